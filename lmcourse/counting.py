"""Counts of runs, and what a count says about the share behind it.

Data types, in words
    count, total    whole numbers: so many of so many runs
    interval        (low, high): shares that such a count is compatible with
"""

from __future__ import annotations

import math


def binomial_interval(count: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """The shares compatible with `count` of `total`, by Wilson (1927); z = 1.96 means 95 percent.

    Raises ValueError for a count that is not between 0 and the total.

    >>> low, high = binomial_interval(126, 1000)
    >>> f"{low:.3f} to {high:.3f}"
    '0.107 to 0.148'
    """
    _check(count, total)
    share, spread = count / total, z * z / total
    centre = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)


def shares_agree(first: tuple[int, int], second: tuple[int, int], z: float = 3.3) -> bool:
    """Whether two counts (count, total) can have the same share behind them: they differ by at most z standard errors.

    The standard error is that of the difference, with the share of both counts together; z = 3.3 errs once in a thousand.
    Raises ValueError for a count that is not between 0 and its total. This is the test of two proportions (Pearson 1900).

    >>> shares_agree((126, 1000), (115, 1000)), shares_agree((126, 1000), (60, 200))
    (True, False)
    """
    (a, n), (b, m) = first, second
    _check(a, n)
    _check(b, m)
    pooled = (a + b) / (n + m)
    error = math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return abs(a / n - b / m) <= z * error


def _check(count: int, total: int) -> None:
    if not 0 <= count <= total or total < 1:
        raise ValueError(
            f"A count must lie between 0 and its total, and the total be at least 1, but {count} of {total} came."
        )
