"""The bound on how far a quadratic network is from the lowest loss of all widths: never too small, and tight at the end."""

from dataclasses import replace
from fractions import Fraction

import pytest
import torch
from flint import fmpq, fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st

import lmcourse as lm
from lmcourse.certificates import largest_gap
from lmcourse.certificates.quadratic_gap import lower_bound
from lmcourse.certificates.rational import inertia
from lmcourse.devices import random_stream
from lmcourse.experiments import quadratic_activation as experiment


def end(land):
    run = lm.train(land, lm.starts(land, seeds=[0], scale=0.5), "lbfgs", tol=1e-10, max_steps=5000)
    return lm.refine(land, run.theta).theta[0]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), n=st.integers(1, 4), size=st.sampled_from([0.0, 0.1, 1.0, 5.0]), mean=st.booleans())
def test_no_other_network_is_lower_by_more(seed, n, size, mean):
    data, options = experiment.data(6, seed, d=3), {"decay": 0.2, "reduction": "mean" if mean else "sum"}
    land = lm.quadratic_net(n, data, tilt=lm.random_tilt(3, 0.1, seed), **options)
    theta = size * torch.from_numpy(random_stream(seed).normal(size=land.dim))
    loss, bound = float(land.loss(theta)), float(largest_gap(land, theta))
    wide = lm.quadratic_net(5, data, tilt=lm.random_tilt(3, 0.1, seed), **options)
    others = torch.cat([lm.starts(wide, range(20), scale=0.5), end(wide)[None]])
    assert loss - float(wide.loss(others).min()) <= bound + 1e-9 * max(1.0, loss)


def test_landmark_one_sample():
    # x = 1, y = 4, decay 2: loss (m - 4)^2 / 2 + m, lowest 3.5 at m = 3. At W = 0: S = 1 - 4, so the bound is 3 * 8 / 1.
    one = torch.ones(1, 1, dtype=torch.float64)
    land = lm.quadratic_net(1, lm.data.Data(one, 4 * one[0]), decay=2.0)
    assert float(largest_gap(land, torch.zeros(1, dtype=torch.float64))) == pytest.approx(24, rel=1e-12)
    W = torch.tensor([3.0**0.5], dtype=torch.float64)
    assert 0 <= largest_gap(land, W) < 1e-12
    # at m = 4 the errors vanish, S = K = 1 and <S, M> = 4, while the true gap is 1/2
    assert largest_gap(land, torch.tensor([2.0], dtype=torch.float64)) == Fraction(4)


def test_wide_runs_are_proved_to_be_the_best_and_narrow_ones_are_not():
    for n, proved in ((2, False), (4, False), (5, True), (8, True)):
        land = experiment.landscape(n, N=28, seed=6)
        gap = largest_gap(land, end(land))
        assert isinstance(gap, Fraction) and (gap < 1e-10) == proved


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(-9, 9), min_size=6, max_size=6))
def test_a_lower_bound_is_one_and_is_close(entries):
    a, b, c, d, e, f = entries
    H = fmpq_mat([[a, b, c], [b, d, e], [c, e, f]])
    bound = lower_bound(H)
    identity = fmpq_mat([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    assert inertia(H - identity * bound).negative == 0
    assert inertia(H - identity * (bound + fmpq(1, 10**6))).negative > 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"loss": "log"}, "squared loss"),
        ({"negative": 1}, "all \\+1"),
        ({"decay": 0.0}, "Without weight decay"),
    ],
)
def test_what_the_bound_is_not_written_for_is_refused(change, words):
    data = experiment.data(6, 0, d=3)
    data = lm.data.Data(data.x, (data.y > 1).double())
    land = lm.quadratic_net(2, data, **{"decay": 0.1} | change)
    with pytest.raises(ValueError, match=words):
        largest_gap(land, torch.ones(6, dtype=torch.float64))


def test_other_landscapes_points_and_losses_are_refused():
    land = lm.quadratic_net(2, experiment.data(6, 0, d=3), decay=0.1)
    theta = torch.ones(6, dtype=torch.float64)
    with pytest.raises(ValueError, match="No proofs are written"):
        largest_gap(lm.surface("narrow pass"), theta[:2])
    with pytest.raises(ValueError, match="one point \\(6,\\)"):
        largest_gap(land, theta[None])
    with pytest.raises(ValueError, match="finite"):
        largest_gap(land, theta / 0)
    doubled = replace(land, loss_of=lambda theta: 2 * land.loss_of(theta))
    with pytest.raises(ValueError, match="make the landscape anew"):
        largest_gap(doubled, theta)
