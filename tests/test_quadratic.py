"""Quadratic networks: derivatives, symmetry, the proof of global optimality, and how bad minima vanish with width."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from samples.contract import (
    LEADING_AXES,
    check_central_differences,
    check_leading_axes,
    check_samples,
    check_torch_func,
)
from scipy.optimize import minimize

import lmcourse as lm
from lmcourse.data import Data
from lmcourse.networks.quadratic import quadratic_net, random_tilt
from lmcourse.symmetry import random_element, transform, zero_modes

DOUBLE = torch.float64


def gaussian(N: int, d: int, seed: int, labels: str = "teacher") -> Data:
    """Gaussian inputs; labels x'T'T x of a Gaussian teacher T, Gaussian ones, or random classes 0 and 1."""
    draw = np.random.default_rng(seed)
    x, T = draw.normal(size=(N, d)), draw.normal(size=(d, d)) / d**0.5
    y = {
        "teacher": ((x @ T.T) ** 2).sum(axis=1),
        "gaussian": draw.normal(size=N),
        "classes": draw.integers(2, size=N).astype(float),
    }[labels]
    return Data(torch.from_numpy(x), torch.from_numpy(y))


def minima(land, seeds, scale=0.5):
    """Where L-BFGS ends (members, P), refined: stopped early it would fail where the landscape does not."""

    def value_and_slope(theta):
        theta = torch.from_numpy(theta)
        return float(land.loss_of(theta)), land.gradient_of(theta).numpy()

    options = {"maxiter": 5000, "maxfun": 10_000, "ftol": 0, "gtol": 1e-7, "maxcor": 20}
    ends = [
        minimize(value_and_slope, start.numpy(), jac=True, method="L-BFGS-B", options=options).x
        for start in scale * lm.starts(land, seeds=seeds)
    ]
    theta = lm.refine(land, torch.from_numpy(np.stack(ends))).theta
    assert land.gradient(theta).abs().max() < 1e-10
    return theta


LANDSCAPES = {
    "plain": lambda: quadratic_net(3, gaussian(5, 2, 0)),
    "all terms": lambda: quadratic_net(4, gaussian(5, 3, 1), decay=0.3, tilt=random_tilt(3, 0.5), negative=1),
    "mean": lambda: quadratic_net(2, gaussian(5, 3, 1), decay=0.3, tilt=random_tilt(3, 0.5), reduction="mean"),
    "log": lambda: quadratic_net(4, gaussian(6, 2, 2, "classes"), decay=0.1, negative=2, loss="log", reduction="mean"),
    "negative": lambda: quadratic_net(2, gaussian(5, 2, 3, "gaussian"), decay=0.1, negative=2),
}


@pytest.fixture(params=LANDSCAPES, ids=str)
def land(request):
    return LANDSCAPES[request.param]()


# ----------------------------------------------------------------------------------------------- the landscape


def test_the_loss_is_the_formula():
    data, C = gaussian(4, 3, 0, "classes"), random_tilt(3, 0.2)
    W = torch.randn(5, 3, dtype=DOUBLE, generator=torch.Generator().manual_seed(0))
    a = torch.tensor([1.0, 1, 1, -1, -1], dtype=DOUBLE)
    f = [float(x @ (W.mT @ torch.diag(a) @ W) @ x) for x in data.x]
    rest = 0.35 * float(W.square().sum()) + float((C * (W.mT @ W)).sum())
    squared = sum((value - float(y)) ** 2 / 2 for value, y in zip(f, data.y, strict=True))
    log = sum(np.log1p(np.exp((1 - 2 * float(y)) * value)) for value, y in zip(f, data.y, strict=True))
    for name, expected in (("squared", squared), ("log", log)):
        for reduction, share in (("sum", 1), ("mean", 1 / 4)):
            land = quadratic_net(5, data, decay=0.7, tilt=C, negative=2, loss=name, reduction=reduction)
            assert float(land.loss(W.flatten())) == pytest.approx(share * expected + rest, rel=1e-13)


@pytest.mark.parametrize("lead", LEADING_AXES, ids=str)
def test_leading_axes_pass_through_and_members_do_not_see_each_other(land, lead):
    check_leading_axes(land, lead)
    theta = torch.ones(*lead, land.dim, dtype=DOUBLE)
    assert land.slack(theta).shape == land.is_global(theta).shape == lead


def test_closed_forms_agree_with_differences_and_with_torch_func(land):
    check_central_differences(land)
    check_torch_func(land)


def test_losses_on_batches_average_to_the_whole(land):
    check_samples(land)


def test_the_gradient_is_twice_the_slack_matrix_times_the_weights(land):
    theta = torch.randn(land.dim, dtype=DOUBLE, generator=torch.Generator().manual_seed(3))
    W, S = land.unpack(theta)["W"], land.slack_of(theta)
    sizes = [symmetry.count for symmetry in land.symmetries]
    parts = [2 * rows @ matrix for rows, matrix in zip(W.split(sizes), S, strict=True)]
    torch.testing.assert_close(torch.cat(parts).flatten(), land.gradient(theta), rtol=1e-12, atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(n=st.integers(1, 5), negative=st.integers(0, 5), d=st.integers(1, 4), seed=st.integers(0, 10_000))
def test_neurons_of_one_sign_may_be_rotated_into_each_other(n, negative, d, seed):
    negative = min(n, negative)
    land = quadratic_net(n, gaussian(4, d, seed), decay=0.2, tilt=random_tilt(d, 0.1), negative=negative)
    assert sum(symmetry.count for symmetry in land.symmetries) == n
    theta, draw = lm.starts(land, seeds=[seed]), np.random.default_rng(seed)
    for symmetry in land.symmetries:
        moved = transform(land, theta, symmetry, random_element(symmetry, draw))
        torch.testing.assert_close(land.loss(moved), land.loss(theta), rtol=1e-11, atol=1e-11)
        torch.testing.assert_close(land.gradient(moved).norm(), land.gradient(theta).norm(), rtol=1e-9, atol=1e-11)


def test_neurons_of_different_sign_may_not():
    land = quadratic_net(2, gaussian(4, 2, 0), negative=1)
    assert [symmetry.count for symmetry in land.symmetries] == [1, 1]
    theta = lm.starts(land, seeds=[0])
    assert not torch.allclose(land.loss(theta), land.loss(theta.unflatten(-1, (2, 2)).flip(-2).flatten(-2)))


def test_dtype_is_carried_by_theta(land):
    theta = torch.zeros(2, land.dim, dtype=torch.float32) + 0.5
    results = land.loss(theta), land.gradient(theta), land.hessian(theta), land.slack(theta)
    assert {result.dtype for result in results} == {torch.float32}


def test_the_log_loss_does_not_overflow():
    land = quadratic_net(1, Data(torch.tensor([[1.0], [1.0]]), torch.tensor([0.0, 1.0])), loss="log")
    theta = torch.tensor([100.0], dtype=DOUBLE)
    assert float(land.loss(theta)) == pytest.approx(1e4)
    assert torch.isfinite(land.hessian(theta)).all()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"n": 0}, "n, the number of neurons.*n = 0"),
        ({"n": 2.0}, "n = 2.0"),
        ({"negative": 3}, "from 0 to n = 2, but 3"),
        ({"decay": -1.0}, "decay = -1.0"),
        ({"decay": float("nan")}, "decay = nan"),
        ({"tilt": torch.eye(2)}, r"symmetric matrix \(3, 3\)"),
        ({"tilt": torch.ones(3, 3).triu()}, "symmetric"),
        ({"loss": "hinge"}, "losses are: squared, log"),
        ({"loss": "log"}, "labels from 0 to 1"),
        ({"reduction": "max"}, '"sum" or "mean"'),
        ({"data": Data(torch.zeros(4, 3), torch.zeros(4, 1))}, "one output"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_in_words(changes, words):
    with pytest.raises(ValueError, match=words):
        quadratic_net(**{"n": 2, "data": gaussian(4, 3, 0), **changes})


# ----------------------------------------------------------------------------------------------- global optimality


def test_landmark_one_sample():
    # One input x: the best M is m x x'/|x|^2 with m |x|^2 = y - decay / (2 |x|^2), in any width.
    x, y, decay = torch.tensor([[1.0, 2.0, 2.0]], dtype=DOUBLE), 5.0, 0.9
    expected = decay * y / (2 * 9) - decay**2 / (8 * 81)
    for n in (1, 2, 4):
        land = quadratic_net(n, Data(x, torch.tensor([y], dtype=DOUBLE)), decay=decay)
        theta = minima(land, range(3))
        assert land.loss(theta).tolist() == pytest.approx([expected] * 3, abs=1e-12)
        assert land.is_global(theta).all()


def test_the_origin_of_positive_labels_is_a_strict_saddle_and_no_global_minimum():
    land = quadratic_net(3, gaussian(20, 3, 0))
    zero = torch.zeros(9, dtype=DOUBLE)
    assert lm.classify(land, zero)[0].kind in ("strict saddle", "strict maximum")
    assert not land.is_global(zero) and float(land.slack(zero)) < -1


def test_a_point_with_a_gradient_is_not_called_global():
    land = quadratic_net(3, gaussian(5, 3, 0), decay=0.1)
    far = 10 * torch.eye(3, dtype=DOUBLE).flatten()  # the outputs are too large: S is positive
    assert float(land.slack(far)) > 0 and not land.is_global(far)


@pytest.mark.parametrize("labels", ["teacher", "classes"])
def test_width_at_least_d_has_no_bad_minima(labels):
    data, values = gaussian(60, 8, 4, labels), []
    for n in (8, 9, 12, 20):
        land = quadratic_net(n, data, decay=0.05, loss="squared" if labels == "teacher" else "log", reduction="mean")
        theta = minima(land, range(2))
        assert land.is_global(theta).all()
        values += land.loss(theta).tolist()
    assert max(values) - min(values) < 1e-7


@pytest.mark.parametrize(("N", "widths"), [(3, (3, 4)), (10, (5, 8)), (21, (7, 12))])
def test_width_above_sqrt_2N_reaches_the_convex_optimum_with_a_low_rank(N, widths):
    # n (n+1) / 2 > N; every run has its own data, tilt and start
    for n, seed in itertools.product(widths, range(4)):
        land = quadratic_net(n, gaussian(N, 12, seed), decay=0.01, tilt=random_tilt(12, 0.01, seed), reduction="mean")
        theta = minima(land, [seed])
        assert land.is_global(theta).all()
        lengths = torch.linalg.svdvals(theta.reshape(n, 12))
        rank = int((lengths > 1e-3 * lengths[0]).sum())
        assert rank * (rank + 1) / 2 <= N


def test_bad_minima_then_too_narrow_then_optimal():
    # d = 12, N = 28: the theorem covers n >= 8. A single data set: narrow networks end at many heights, all too high.
    data, found, certified = gaussian(28, 12, 0), {}, {}
    for n in (2, 4, 5, 7, 8):
        land = quadratic_net(n, data, decay=0.01, tilt=random_tilt(12, 0.01), reduction="mean")
        theta = minima(land, range(6))
        found[n], certified[n] = land.loss(theta), int(land.is_global(theta).sum())
    assert len(found[2].mul(1e4).round().unique()) > 3
    assert certified == {2: 0, 4: 0, 5: 6, 7: 6, 8: 6}
    assert max(float(found[n].max() - found[n].min()) for n in (5, 7, 8)) < 1e-9
    assert float(found[4].min()) > float(found[5][0]) + 1e-6
    assert float(found[5][0]) == pytest.approx(float(found[8][0]), abs=1e-9)


def test_one_sign_cannot_fit_labels_of_both_but_two_groups_can():
    data = gaussian(30, 8, 5, "gaussian")
    one, both = quadratic_net(16, data), quadratic_net(16, data, negative=8)
    high, low = minima(one, range(2)), minima(both, range(2))
    assert one.is_global(high).all() and both.is_global(low).all()
    assert one.loss(high).min() > 1 and both.loss(low).max() < 1e-9
    decayed = quadratic_net(16, data, decay=0.05, negative=8)
    theta = minima(decayed, range(2))
    assert decayed.is_global(theta).all() and decayed.slack(theta).abs().max() < 1e-6
    assert float(decayed.loss(theta).max() - decayed.loss(theta).min()) < 1e-9


def test_a_tilt_costs_little():
    data, plain = gaussian(20, 8, 6), {"decay": 0.02, "reduction": "mean"}
    untilted = quadratic_net(8, data, **plain)
    best = minima(untilted, [0])[0]
    excess = {}
    for size in (1e-1, 1e-2, 1e-3):
        C = random_tilt(8, 1.0)
        tilt = size * C / torch.linalg.matrix_norm(C, 2)
        theta = minima(quadratic_net(8, data, tilt=tilt, **plain), [0])[0]
        excess[size] = float(untilted.loss(theta) - untilted.loss(best))
        assert -1e-12 < excess[size] <= size * float(best.square().sum())
    assert np.log10(excess[1e-2] / excess[1e-3]) == pytest.approx(2, abs=0.4)


def test_rotations_explain_the_zero_eigenvalues_at_a_minimum():
    land = quadratic_net(4, gaussian(28, 4, 7), decay=0.01)
    found = lm.classify(land, minima(land, [0]))[0]
    assert int(found.zero_modes) == int(zero_modes(land, found.theta)) == 6
    assert found.kind == "minimum up to symmetry"


def test_a_tilt_belongs_to_its_seed():
    assert torch.equal(random_tilt(4, 0.1, seed=3), random_tilt(4, 0.1, seed=3))
    assert not torch.equal(random_tilt(4, 0.1, seed=3), random_tilt(4, 0.1, seed=4))
    assert torch.linalg.eigvalsh(random_tilt(4, 0.1)).min() >= 0
