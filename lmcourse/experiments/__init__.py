"""Published tables and figures, one file each: what was published, and the same experiment on this machine."""

from lmcourse.experiments import (
    bad_starts,
    basins,
    distribution_of_minima,
    easy_cases,
    no_poor_minima,
    proof_by_computer,
    quadratic_activation,
    relu_rates,
    shifted_digits,
    spurious_minima,
    ten_points,
    weighted_fit,
)

__all__ = [
    "bad_starts",
    "basins",
    "distribution_of_minima",
    "easy_cases",
    "no_poor_minima",
    "proof_by_computer",
    "quadratic_activation",
    "relu_rates",
    "shifted_digits",
    "spurious_minima",
    "ten_points",
    "weighted_fit",
]
