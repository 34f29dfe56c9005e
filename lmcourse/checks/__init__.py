"""Checks of the exercises: they name the property that an answer lacks, never the answer."""

from lmcourse.checks import (
    bad_saddles,
    critical_points,
    dead_layers,
    escaping,
    high_dimension,
    how_many_minima,
    identity_start,
    no_poor_minima,
    proof_by_computer,
    quadratic_activation,
    relu_blind_spots,
    spurious_minima,
    straight_line,
    ten_points,
    width_smooths,
    width_you_have,
)
from lmcourse.checks.verdict import graded, require_right

__all__ = [
    "bad_saddles",
    "critical_points",
    "dead_layers",
    "escaping",
    "graded",
    "high_dimension",
    "how_many_minima",
    "identity_start",
    "no_poor_minima",
    "proof_by_computer",
    "quadratic_activation",
    "relu_blind_spots",
    "require_right",
    "spurious_minima",
    "straight_line",
    "ten_points",
    "width_smooths",
    "width_you_have",
]
