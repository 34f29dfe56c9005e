"""Checks of the exercises: they name the property that an answer lacks, never the answer."""

from lmcourse.checks import spurious_minima, ten_points

__all__ = ["spurious_minima", "ten_points"]
