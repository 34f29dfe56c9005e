"""A count of runs, and the interval that a count of its size leaves."""

from __future__ import annotations

from typing import NamedTuple

from lmcourse.counting import binomial_interval


class Count(NamedTuple):
    """Failed runs of all runs; `unfinished` of them had not come to rest, so they may yet succeed.

    >>> print(Count(126, 1000))
    12.6 % (10.7 to 14.8)
    """

    failed: int
    total: int
    unfinished: int = 0

    @property
    def share(self) -> float:
        return self.failed / self.total

    @property
    def interval(self) -> tuple[float, float]:
        return binomial_interval(self.failed, self.total)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{100 * self.share:.1f} % ({100 * low:.1f} to {100 * high:.1f})"
