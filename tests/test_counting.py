"""Intervals and agreement of counts."""

import pytest
from scipy.stats import binomtest

from lmcourse.counting import binomial_interval, shares_agree


@pytest.mark.parametrize(("count", "total"), [(0, 10), (3, 1000), (126, 1000), (7, 7)])
def test_the_interval_is_wilsons(count, total):
    expected = binomtest(count, total).proportion_ci(method="wilson")
    assert binomial_interval(count, total) == pytest.approx((expected.low, expected.high), abs=2e-5)


def test_agreement_depends_on_the_size_of_the_counts():
    assert shares_agree((12, 100), (20, 100))
    assert not shares_agree((1200, 10_000), (2000, 10_000))
    assert shares_agree((0, 50), (0, 1000))


@pytest.mark.parametrize(("count", "total"), [(-1, 5), (6, 5), (0, 0)])
def test_impossible_counts_are_refused(count, total):
    with pytest.raises(ValueError, match="between 0 and its total"):
        binomial_interval(count, total)
