"""Escaping from saddles: closed forms against counts, logarithmic and exponential times, the edge of stability."""

import math

import numpy as np
import pytest
import torch
import traitlets
from samples.explorers import drag
from scipy.stats import f as f_distribution
from test_methods import octopus as octopus_row_by_row

import lmcourse as lm
from lmcourse import store
from lmcourse.devices import random_stream
from lmcourse.experiments import edge_of_stability, escaping, network_saddle
from lmcourse.networks.octopus import growth_of_time, octopus, stage_points
from lmcourse.widgets.escaping import LONGEST, RUNS, EscapingExplorer, heights_of, ways_down

# ------------------------------------------------------------------------------------------------ random directions


@pytest.mark.parametrize(
    ("N", "k", "down", "up", "expected"),
    [
        (2, 1, 1, 1, 0.5), (3, 1, 1, 1, 0.29289), (5, 1, 1, 1, 0.116117), (10, 1, 1, 1, 0.0149564), (20, 1, 1, 1, 3.37882e-4),
        (30, 1, 1, 1, 8.6995e-6), (50, 1, 1, 1, 6.6337e-9), (100, 1, 1, 1, 1.4072e-16), (1000, 1, 1, 1, 1.54e-152),
        (10, 1, 4, 1, 0.16785), (10, 3, 1, 1, 0.16047), (100, 40, 1, 1, 0.07620), (100, 45, 1, 1, 0.23772), (100, 50, 1, 1, 0.5),
        (100, 1, 50, 1, 0.16252),
    ],
)  # fmt: skip
def test_the_chance_of_a_try(N, k, down, up, expected):
    chance = escaping.chance(N, k, down, up)
    assert chance == pytest.approx(expected, rel=1e-3 if N == 1000 else 1e-4)
    assert chance == pytest.approx(f_distribution.sf((N - k) / k * up / down, k, N - k), rel=1e-6)


def test_the_chance_in_the_plane_and_in_space():
    for down, up in ((1.0, 1.0), (4.0, 1.0), (0.3, 2.0)):
        assert escaping.chance(2, 1, down, up) == pytest.approx(2 / math.pi * math.atan(math.sqrt(down / up)))
        assert escaping.chance(3, 1, down, up) == pytest.approx(1 - math.sqrt(up / (down + up)))


@pytest.mark.parametrize(("N", "too_high"), [(10, 0.10), (100, 0.012)])
def test_the_formula_for_large_dimensions(N, too_high):
    y = 0.5
    formula = y ** ((N - 1) / 2) / math.sqrt(math.pi * (N - 1) * (1 - y) / 2)
    assert formula / escaping.chance(N) - 1 == pytest.approx(too_high, rel=0.15)


@pytest.mark.parametrize(
    ("N", "k", "down", "up"),
    [(3, 1, 1, 1), (10, 1, 4, 1), (10, 3, 1, 1), (7, 4, 0.5, 3), (100, 1, 50, 1), (100, 40, 1, 1)],
)
def test_tries_succeed_as_often_as_the_closed_form_says(N, k, down, up):
    tries, chance = 20_000, escaping.chance(N, k, down, up)
    found = escaping.try_directions(escaping.spectrum(N, k, down, up), tries, seed=5)
    assert abs(found - tries * chance) < 4 * math.sqrt(tries * chance * (1 - chance))


def test_stored_tries_agree_with_the_closed_form():
    for spec, arrays in store.load("escaping").rows:
        total, chance = spec["tries"] * len(arrays["down"]), escaping.chance(spec["N"], spec["k"])
        assert abs(arrays["down"].sum() - total * chance) < 4 * math.sqrt(total * chance * (1 - chance)), spec


def test_a_try_measures_the_trace():
    tries = 50_000
    curvatures = escaping.semicircle(200, 0.3)
    assert abs((curvatures < 0).mean() - 0.31) < 0.005 and escaping.try_directions(curvatures, tries) == 0

    def normal(curvatures):
        return 0.5 * math.erfc(curvatures.sum() / (2 * np.linalg.norm(curvatures)))

    assert 1e-8 < normal(curvatures) < 1e-6
    for few, shift in ((200, 0.0), (200, 0.05), (200, -0.05)):
        spread = escaping.semicircle(few, shift)
        assert escaping.try_directions(spread, tries) / tries == pytest.approx(normal(spread), abs=0.02)
    drawn = torch.randn(60, 10, 10, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    spectra = torch.linalg.eigvalsh((drawn + drawn.mT) / math.sqrt(2)).numpy() / (2 * math.sqrt(10)) + 0.3
    measured = np.mean([escaping.try_directions(row, 2000, seed) / 2000 for seed, row in enumerate(spectra)])
    assert measured < normal(escaping.semicircle(10, 0.3)) < 0.13  # 0.114: too high in the far tail of a small spectrum


def test_near_a_saddle_only_very_small_steps_improve():
    """Gradient of length 0.1, mean curvature 0.4 and steps of 0.05 in 400 dimensions: Phi(-t h sqrt(N) / (2 |g|)) = 0.0228."""
    N, length, curvature, step = 400, 0.1, 0.4, 0.05
    u = random_stream(3).normal(size=(20_000, N))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    spread = escaping.semicircle(N, 0.0) * 0.5 + curvature
    change = step * length * u[:, 0] + step**2 / 2 * (u**2 @ random_stream(4).permutation(spread))
    formula = 0.5 * math.erfc(step * curvature * math.sqrt(N) / (2 * length) / math.sqrt(2))
    assert formula == pytest.approx(0.0228, abs=1e-4)
    assert (change < 0).mean() == pytest.approx(formula, abs=0.005)


# ------------------------------------------------------------------------------------------------ nudge and follow


@pytest.mark.parametrize(("N", "expected"), [(2, 77), (10, 88), (100, 101), (1000, 112), (10_000, 125)])
def test_after_a_nudge_the_time_is_logarithmic(N, expected):
    steps = escaping.steps_until(
        escaping.saddle(N), escaping.nudges(N, 1e-3, range(40)), level=-0.5, lr=0.1, max_steps=500
    )
    median = float(steps.double().median())
    assert abs(median - expected) < 10 and abs(median - math.log(math.sqrt(N) / 1e-3) / math.log(1.1)) < 10
    assert abs(median - escaping.median_steps(N, 1, 1e-3)) < 5
    assert int(steps.max()) < 300  # all escape


@pytest.mark.parametrize(("N", "k", "radius"), [(2, 1, 1.0), (10, 3, 1e-2), (100, 1, 1e-3), (300, 100, 1e-6)])
def test_the_share_that_has_escaped_follows_the_closed_form(N, k, radius):
    land, theta = escaping.saddle(N, k), escaping.nudges(N, radius, range(1000, 1400))
    steps = escaping.steps_until(land, theta, level=-0.5, lr=0.1, max_steps=500)
    for t in (5, 20, 60, 100, 150):
        low, high = lm.binomial_interval(int((steps <= t).sum()), 400, z=4)
        assert low <= float(escaping.chance_to_escape(N, k, radius, t)) <= high, t
    assert float(escaping.chance_to_escape(N, k, math.inf, 0)) == pytest.approx(escaping.chance(N, k), rel=1e-9)


def test_one_coordinate_grows_geometrically_and_newton_behaves_otherwise():
    land, start = lm.surface("quadratic saddle"), torch.tensor([[0.0, 1e-6]], dtype=torch.float64)
    gd = lm.train(land, start, lr=0.3, tol=0, max_steps=20, record=1).path.theta[0, :, 1]
    torch.testing.assert_close(gd, 1e-6 * 1.3 ** torch.arange(21.0, dtype=torch.float64), rtol=1e-12, atol=0)
    assert float(lm.train(land, start, "newton", tol=0, max_steps=1).theta.norm()) < 1e-15
    free = lm.train(land, start, "saddle-free newton", damping=0.0, tol=0, max_steps=19, record=1).path.theta[0, :, 1]
    assert float(free[-1]) == pytest.approx(1e-6 * 2**19, rel=1e-6)  # log2(size / |x|) steps, whatever the curvature


# ------------------------------------------------------------------------------------------------ theorems' examples


def chain(layers):
    one = torch.ones(1, 1, dtype=torch.float64)
    return lm.deep_linear([1] * (layers + 1), lm.data.Data(one, one))


def test_the_smallest_deep_networks():
    two, three = chain(2), chain(3)
    zero = torch.zeros(2, dtype=torch.float64)
    assert (
        torch.linalg.eigvalsh(two.hessian(zero)).tolist() == [-1, 1] and lm.certify(two, zero, "index-1 saddle").proved
    )
    assert float(three.hessian(torch.zeros(3, dtype=torch.float64)).abs().max()) == 0
    assert lm.certify(three, torch.zeros(3), "bad saddle").proved
    on_the_line = lm.train(two, torch.tensor([0.5, -0.5], dtype=torch.float64), lr=0.1)
    assert float(on_the_line.theta.norm()) < 1e-8
    beside_it = lm.train(two, torch.tensor([0.5, -0.5 + 1e-9], dtype=torch.float64), lr=0.1)
    assert float(beside_it.loss[0]) < 1e-12


# ------------------------------------------------------------------------------------------------ octopus


@pytest.mark.parametrize(("dim", "L", "gamma"), [(1, 1.0, 1.0), (3, 1.0, 1.0), (5, 1.5, 0.7)])
def test_the_octopus_is_the_one_written_row_by_row(dim, L, gamma):
    theta = torch.from_numpy(random_stream(1).uniform(-15, 15, size=(300, dim)))
    theta[100:200] *= torch.from_numpy(random_stream(2).uniform(size=(100, dim)))
    fast, slow = octopus(dim, L, gamma), octopus_row_by_row(dim, L, gamma)
    torch.testing.assert_close(fast.loss(theta), slow.loss(theta), rtol=1e-12, atol=1e-9)
    torch.testing.assert_close(fast.gradient(theta), slow.gradient(theta), rtol=1e-9, atol=1e-9)


def test_the_octopus_is_continuous_with_its_slope():
    tau, land = math.e, octopus(4)
    for edge in (tau, 2 * tau):
        for j in range(4):
            theta = torch.from_numpy(random_stream(j).uniform(0, 0.5, size=(50, 4)))
            theta[:, :j] += 4 * tau
            below, above = theta.clone(), theta.clone()
            below[:, j], above[:, j] = edge - 1e-9, edge + 1e-9
            assert float((land.loss(below) - land.loss(above)).abs().max()) < 1e-6
            assert float((land.gradient(below) - land.gradient(above)).abs().max()) < 1e-6


def test_saddles_and_minimum_of_the_octopus():
    points, land = stage_points(5), octopus(5, L=1.5, gamma=0.5)
    assert float(land.gradient(points).abs().max()) == 0
    found = lm.classify(land, points)
    assert list(found.kind) == 5 * ["strict saddle"] + ["strict minimum"]
    assert found.index.tolist() == [1, 1, 1, 1, 1, 0]
    assert float(found.eigenvalues[:5, 0].max()) == float(found.eigenvalues[:5, 0].min()) == -1.0
    assert float(land.loss(points[-1])) == pytest.approx(land.known_minimum)
    assert (land.loss(torch.from_numpy(random_stream(1).uniform(-16, 16, size=(5000, 5)))) >= land.known_minimum).all()


@pytest.mark.parametrize(("L", "kappa", "last"), [(1.0, 2.71, 6), (1.5, 3.41, 5), (2.0, 4.11, 4)])
def test_time_grows_by_kappa_from_saddle_to_saddle(L, kappa, last):
    assert growth_of_time(0.25 / L, L) == pytest.approx(kappa, abs=0.005)
    land, start = octopus(last, L), escaping.box(last, range(20))
    path = lm.train(land, start, lr=0.25 / L, tol=0, max_steps=1800, record=1).path.theta
    times = escaping.stage_times(path).double().median(dim=0).values
    ratios = times[1:] / times[:-1]
    assert (times[-1] < 1800) and all(abs(float(ratio) - kappa) < 0.25 for ratio in ratios[2:])
    assert (ratios.diff() < 0).all()  # they come down to kappa


def test_with_nudges_time_grows_linearly():
    land, start = octopus(8), escaping.box(8, range(20))
    options = {"radius": math.e / 100, "threshold": math.e / 100, "wait": 1, "decrease": -math.inf}
    path = lm.train(land, start, "perturbed gd", lr=0.25, tol=0, max_steps=260, record=1, **options).path.theta
    times = escaping.stage_times(path).double().median(dim=0).values
    assert all(20 < float(gap) < 35 for gap in times.diff()[1:]) and float(times[-1]) < 220


@pytest.mark.parametrize(("dtype", "saddles"), [(torch.float64, 6), (torch.float32, 4)])
def test_rounding_makes_exponential_time_for_ever(dtype, saddles):
    land, x = octopus(8), escaping.box(8, seeds=[0])[0].to(dtype)
    for _ in range(2000):
        x = x - 0.25 * land.gradient(x)
    assert x.dtype == dtype and int((x.abs() > 2 * math.e).sum()) == saddles
    again = x - 0.25 * land.gradient(x)
    assert torch.equal(again[saddles:], x[saddles:])  # the rest no longer moves


def test_an_octopus_without_arms_is_refused():
    with pytest.raises(ValueError, match="dim >= 1 and positive"):
        octopus(0)
    with pytest.raises(ValueError, match="dim >= 1 and positive"):
        octopus(3, gamma=-1.0)


# ------------------------------------------------------------------------------------------------ step size


def test_the_saddle_at_zero_weights_and_the_time_it_takes():
    saddle = network_saddle.network(seed=2)
    land, lowest = saddle.land, -2 * float(saddle.C.norm())
    zero = torch.zeros(land.dim, dtype=torch.float64)
    expected = torch.tensor(4 * [lowest] + 20 * [0.0] + [2.0] + 4 * [-lowest], dtype=torch.float64).sort().values
    torch.testing.assert_close(torch.linalg.eigvalsh(land.hessian(zero)), expected, rtol=0, atol=1e-8)
    start = 1e-3 * lm.starts(land, range(20), scheme="normal")
    for lr in (0.01, 0.05, 0.2):
        steps = escaping.steps_until(land, start, level=float(land.loss(zero)) / 2, lr=lr).double().median()
        assert float(steps) == pytest.approx(math.log(1e3) / math.log(1 - lr * lowest), rel=0.15)


@pytest.mark.parametrize("seed", [0, 2])
def test_sharpness_settles_at_the_edge_of_stability(seed):
    edge = edge_of_stability.watch((0.05, 0.1, 0.15, 0.2), seed=seed)
    ratio = edge.mean_sharpness(4000) * edge.rates / 2
    assert float(ratio[0]) < 0.7  # the control stays below
    assert ((ratio[2:] - 1).abs() < 0.03).all() and float(ratio[1]) < 1.03
    land, start = edge_of_stability.network(seed)
    exact = float(torch.linalg.eigvalsh(land.hessian(start))[-1])
    assert exact < 10  # so that the sharpness must rise to any of the limits
    assert 0.98 * exact <= float(edge_of_stability.sharpness(land, start)) <= exact * (1 + 1e-6)


# ------------------------------------------------------------------------------------------------ explorer


def test_the_explorer_counts_what_gradient_descent_does():
    heights = heights_of(20, 5, 1e-3)
    assert heights.shape == (RUNS, LONGEST + 1)
    path = lm.train(
        escaping.saddle(20, 5), escaping.nudges(20, 1e-3, range(5)), lr=0.1, tol=0, max_steps=30, record=10
    ).path
    np.testing.assert_allclose(heights[:5, :31:10], escaping.saddle(20, 5).loss(path.theta).numpy(), rtol=1e-9)


def test_the_explorer_keeps_ways_down_below_the_dimension():
    explorer = EscapingExplorer(N=1000, k=500)
    explorer.state.N = 20
    assert explorer.state.k == 10 == explorer.ways.value and explorer.ways.values == ways_down(20)
    with pytest.raises(traitlets.TraitError, match="number of ways down must lie between 1 and 19, but 20 came"):
        explorer.state.k = 20
    explorer.state.N = 2
    assert explorer.state.k == 1 and explorer.picture.problem == ""
    explorer.reset()
    assert (explorer.state.N, explorer.state.k) == (1000, 500)
    explorer.close()


def test_the_explorers_diamond_sets_the_steps():
    explorer = EscapingExplorer()
    handle = explorer.picture.handles[0]
    assert handle["said"] == "100 steps"
    drag(explorer, 0, 152.0, 10.0)
    assert explorer.state.steps == 150 and "150 steps" in explorer.picture.readout
    explorer.picture.set_state({"moved": [2.0, 0.0, 1.0, 0.5]})
    assert explorer.state.steps == LONGEST
    explorer.close()


@pytest.mark.parametrize(("setting", "complaint"), [
    ({"N": 7}, "There is no dimension 7"), ({"k": 0}, "between 1 and 99"), ({"radius": math.nan}, "radius of the nudge"),
    ({"steps": -1}, "number of steps must lie between 0 and 400"),
])  # fmt: skip
def test_the_explorer_refuses_in_words(setting, complaint):
    with pytest.raises(traitlets.TraitError, match=complaint):
        EscapingExplorer(**setting)
