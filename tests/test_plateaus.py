"""Plateaus of deep linear networks: pivots and kinds of saddles, closed forms, times of escape, the stored races, the explorer."""

import math
from collections import Counter

import numpy as np
import pytest
import torch

import lmcourse as lm
from lmcourse import store
from lmcourse.devices import random_stream
from lmcourse.experiments import plateaus as experiment
from lmcourse.networks.linear import deep_linear
from lmcourse.networks.linear_catalogue import linear_catalogue
from lmcourse.networks.linear_dynamics import half_rise_time, mode_speed, mode_strength
from lmcourse.networks.linear_pivots import kind_by_pivots, learnt_modes, pivots
from lmcourse.symmetry import transform
from lmcourse.widgets.plateaus import DEPTHS, PlateauExplorer, follow

DOUBLE = torch.float64


def gaussian(inputs, outputs, seed, samples=20):
    draw = random_stream(seed)
    return lm.data.Data(*(torch.from_numpy(draw.normal(size=(samples, n))) for n in (inputs, outputs)))


def random_basis(n, draw):
    left, right = (torch.linalg.qr(torch.from_numpy(draw.normal(size=(n, n)))).Q for _ in range(2))
    return left @ torch.diag(torch.linspace(0.5, 2, n, dtype=DOUBLE)) @ right


# ----------------------------------------------------------------------------------------------- which saddles are bad


@pytest.mark.parametrize(
    ("widths", "data"),
    [
        ((4, 2, 2, 4), experiment.target(4, 3, 2, 1)),
        ((4, 3, 2, 3), gaussian(4, 3, 0)),
        ((3, 3, 3, 3, 3), gaussian(3, 3, 1)),
        ((4, 3, 2, 4, 3), gaussian(4, 3, 2)),
        ((3, 3, 2, 3, 3, 2), gaussian(3, 2, 3)),
        ((3, 2, 3), gaussian(3, 3, 4)),
    ],
)
def test_the_theorem_agrees_with_the_hessian_in_random_bases(widths, data):
    land, draw, kinds = deep_linear(widths, data), np.random.default_rng(len(widths)), Counter()
    for point in linear_catalogue(widths, data):
        theta = point.theta
        for symmetry in land.symmetries:
            theta = transform(land, theta, symmetry, random_basis(symmetry.count, draw))
        layers = experiment.layers_of(land, theta)
        kind = kind_by_pivots(layers, data)
        assert learnt_modes(layers, data) == point.kept
        assert all(min(pivot.outer, pivot.inner) >= pivot.r == len(point.kept) for pivot in pivots(layers, data))
        eigenvalues = torch.linalg.eigvalsh(land.hessian(theta))
        assert (kind == "strict saddle") == bool(eigenvalues[0] < -1e-7 * eigenvalues.abs().max().clamp_min(1e-9)), (
            point
        )
        assert (kind == "strict saddle") == (point.index > 0)
        assert (kind == "global minimum") == (abs(point.loss - land.known_minimum) < 1e-9)
        kinds[kind] += 1
    assert kinds["global minimum"] == 1
    assert kinds["bad saddle"] == (min(widths) if len(widths) > 3 else 0)  # one for each rank below the highest


def test_points_outside_the_catalogue():
    data, zero = experiment.target(2, 1), torch.zeros(2, 2, dtype=DOUBLE)
    full, one = torch.tensor([[1.0, 0.5], [-0.5, 1.0]]).double(), torch.diag(torch.tensor([1.0, 0])).double()
    land = {L: deep_linear((2,) * (L + 1), data) for L in (3, 4)}
    cases = {
        "all zero": [zero] * 3,
        "one of three not zero": [zero, full, zero],
        "two outer of three zero": [zero, zero, full],
        "one of four not zero": [zero, full, zero, zero],
        "all but the second and third zero": [zero, full, full, zero],
        "free path": [2 * one, torch.eye(2).double(), one],
        "no free path": [2 * one, one, one],
    }
    expected = [
        "bad saddle",
        "strict saddle",
        "strict saddle",
        "bad saddle",
        "strict saddle",
        "strict saddle",
        "bad saddle",
    ]
    for (name, layers), kind in zip(cases.items(), expected, strict=True):
        theta = torch.cat([W.flatten() for W in layers])
        network = land[len(layers)]
        assert network.gradient(theta).abs().max() == 0, name
        smallest = torch.linalg.eigvalsh(network.hessian(theta))[0]
        assert kind_by_pivots(layers, data) == kind and (smallest < -1e-9) == (kind == "strict saddle"), name
        if kind == "bad saddle":
            assert lm.certify(network, theta, "bad saddle").proved, name


def test_the_bad_saddles_of_the_worked_example_are_proved_in_balanced_scaling():
    data, widths = experiment.target(4, 3, 2, 1), (4, 2, 2, 4)
    land = deep_linear(widths, data)
    for point in linear_catalogue(widths, data):
        if point.index == 0 and point.loss > 2.5:
            proof = lm.certify(land, point.theta, "bad saddle")
            assert proof.proved and point.loss in (7, 15)


def test_all_seventeen_points_of_the_worked_example_are_proved_in_whole_numbers():
    data, widths = experiment.target(4, 3, 2, 1), (4, 2, 2, 4)
    land, claims = deep_linear(widths, data), Counter()
    for point in linear_catalogue(widths, data):
        theta = experiment.unbalanced(land, point, data)
        kind = kind_by_pivots(experiment.layers_of(land, theta), data)
        claim = {"global minimum": "minimum up to symmetry", "bad saddle": "bad saddle"}.get(
            kind, f"index-{point.index} saddle"
        )
        proof = lm.certify(land, theta, claim)
        assert proof.proved and float(proof.loss_bounds[0]) == point.loss == float(proof.loss_bounds[1])
        wrong = "bad saddle" if kind != "bad saddle" else "minimum up to symmetry"
        assert not lm.certify(land, theta, wrong).proved
        claims[kind] += 1
    assert claims == {"global minimum": 1, "strict saddle": 14, "bad saddle": 2}


def test_swapping_hidden_units_joins_two_minima_by_a_hill():
    # two global minima of three layers that differ by the order of the hidden neurons; half-way the loss is 1.2098
    land, a = deep_linear((2, 2, 2, 2), experiment.target(2, 1)), 2 ** (1 / 3)
    theta = experiment.diagonal((a, 1), (a, 1), (a, 1))
    swap = torch.tensor([[0.0, 1], [1, 0]]).double()
    W1, W2, W3 = experiment.layers_of(land, theta)
    other = land.pack(W1=swap @ W1, W2=swap @ W2 @ swap, W3=W3 @ swap)
    assert max(float(land.loss(theta)), float(land.loss(other))) < 1e-28
    assert float(land.loss((theta + other) / 2)) == pytest.approx(1.2098, abs=1e-4)


def test_the_smaller_the_start_the_less_the_hessian_shows_on_a_floor():
    land, shown = deep_linear((4, 2, 2, 4), experiment.target(4, 3, 2, 1)), {}
    for size, steps in ((0.05, 2000), (0.02, 3500)):
        starts = lm.starts(land, [1, 3], "normal", scale=size)
        path = lm.train(land, starts, lr=0.005, max_steps=steps, record=20).path
        near = (land.loss(path.theta) - 7).abs() < 0.3
        smallest = torch.linalg.eigvalsh(land.hessian(path.theta))[..., 0]
        shown[size] = [float(smallest[k][near[k]].max()) for k in range(2)]
    assert all(-0.6 < large < 2 * small < 0 for large, small in zip(shown[0.05], shown[0.02], strict=True)), shown


# ----------------------------------------------------------------------------------------------- closed forms


@pytest.mark.parametrize("layers", [1, 2, 3, 4, 6])
@pytest.mark.parametrize(("s", "u0"), [(3.0, 0.001), (0.7, 0.1)])
def test_the_curve_solves_its_equation(layers, s, u0):
    t = torch.linspace(0, float(experiment.mode_time(torch.tensor(0.98 * s), s, u0, layers)), 4001).double()
    u = experiment.mode_curve(t, s, u0, layers)
    assert float(u[0]) == pytest.approx(u0, rel=1e-9) and float(u[-1]) == pytest.approx(0.98 * s, rel=1e-5)
    slope = (u[2:] - u[:-2]) / (t[2:] - t[:-2])
    speed = mode_speed(u[1:-1], s, layers)
    assert ((slope - speed).abs() / speed.max()).max() < 1e-3
    half = experiment.mode_time(torch.tensor(s / 2), s, u0, layers)
    assert float(experiment.mode_curve(half[None], s, u0, layers)) == pytest.approx(s / 2, rel=1e-6)


def test_two_layers_give_saxes_formula():
    t = torch.linspace(0, 8, 401).double()
    for s in (3.0, 2.0, 1.0):
        assert (experiment.mode_curve(t, s, 0.001, 2) - mode_strength(t, s, 0.001)).abs().max() < 1e-8
        assert float(experiment.mode_time(s / 2, s, 0.001, 2)) == pytest.approx(half_rise_time(s, 0.001), abs=1e-8)


# depth, size: time that was measured, and the integral (s = 2, step 0.02)
ALIGNED = {
    (2, 0.1): (1.34, 1.32), (2, 0.03): (1.96, 1.93), (2, 0.01): (2.52, 2.48),
    (3, 0.1): (4.72, 4.66), (3, 0.03): (16.40, 16.33), (3, 0.01): (49.76, 49.66),
    (4, 0.1): (24.98, 24.90), (4, 0.03): (277.8, 277.7), (4, 0.01): (2500.0, 2499.9),
}  # fmt: skip


@pytest.mark.parametrize(("layers", "eps"), ALIGNED)
def test_how_long_an_aligned_start_is_held(layers, eps):
    measured, integral = ALIGNED[layers, eps]
    a, steps = eps, 0
    while a**layers < 1:
        a, steps = a + 0.02 * a ** (layers - 1) * (2 - a**layers), steps + 1
    assert 0.02 * steps == pytest.approx(measured, abs=0.03 * measured + 0.1)
    assert float(experiment.mode_time(1.0, 2.0, eps**layers, layers)) == pytest.approx(
        integral, abs=0.03 * integral + 0.1
    )
    rule = math.log(1 / eps) / 2 if layers == 2 else eps ** (2 - layers) / ((layers - 2) * 2)
    assert rule == pytest.approx(integral, rel=0.15)


# ----------------------------------------------------------------------------------------------- the stored races


@pytest.fixture(scope="module")
def stored():
    return store.load("plateaus")


def middle(stored, **spec):
    return experiment.median(stored.row(**spec)["escape"])[0]


def test_ten_times_smaller_costs_a_constant_a_tenfold_or_a_hundredfold(stored):
    wide, small = ({L: middle(stored, table="origin", depth=L, size=size) for L in (2, 3, 4)} for size in (0.2, 0.02))
    assert small[2] - wide[2] == pytest.approx(math.log(10) / 2 / 0.02, rel=0.1)
    assert small[3] / wide[3] == pytest.approx(10, rel=0.2)
    assert small[4] / wide[4] == pytest.approx(100, rel=0.1)


def test_random_starts_need_about_as_long_as_in_an_earlier_program(stored):
    # medians of nine runs elsewhere were 73, 373, 4604
    for L, steps in ((2, 73), (3, 373), (4, 4604)):
        assert middle(stored, table="origin", depth=L, size=0.05) == pytest.approx(steps, rel=0.35)


def test_the_kind_of_saddle_decides_and_not_its_function(stored):
    for size in (0.2, 0.1, 0.05, 0.02):
        two, three, bad = (
            middle(stored, table="saddle", depth=L, point=point, size=size)
            for L, point in ((2, "strict"), (3, "strict"), (3, "bad"))
        )
        assert abs(two / three - 1) < 0.15 and bad > 4 * three
    assert middle(stored, table="saddle", depth=3, point="strict", size=0.02) == pytest.approx(172, rel=0.25)
    assert middle(stored, table="saddle", depth=3, point="bad", size=0.02) == pytest.approx(3263, rel=0.4)


def test_the_two_saddles_of_the_race_have_one_function():
    (strict, first), (bad, second) = experiment.saddle(3, "strict"), experiment.saddle(3, "bad")
    torch.testing.assert_close(experiment.product(strict, first), experiment.product(bad, second), rtol=0, atol=1e-14)
    assert lm.classify(strict, first)[0].kind == "strict saddle" and lm.certify(bad, second, "bad saddle").proved
    for point in ("strict", "bad"):
        land, theta, level = experiment.adam_race(point)
        assert land.gradient(theta).abs().max() < 1e-10 and level < float(land.loss(theta)) - 0.1
        assert kind_by_pivots(experiment.layers_of(land, theta), lm.data.Data(*land.proof[2:])) == f"{point} saddle"


def test_who_is_not_out_counts_as_late_and_a_stop_is_obeyed():
    land, theta = experiment.saddle(3, "bad")
    starts = experiment.around(theta, 0.02, range(3))
    assert experiment.escape(land, starts, below=0.25, limit=50).tolist() == [50.0] * 3
    looks = iter([False, False, True])
    assert experiment.escape(land, starts, below=0.25, limit=10**6, stop=lambda: next(looks)).tolist() == [10**6] * 3


def test_the_interval_of_a_median_covers_it():
    draw, covered = np.random.default_rng(0), 0
    for _ in range(400):
        _, low, high = experiment.median(draw.exponential(size=40))
        covered += low <= math.log(2) <= high
    assert covered >= 370


def test_the_summary_has_every_row(stored):
    assert len(experiment.summarise(stored.rows).splitlines()) == 1 + len(experiment.SPECS)


# ----------------------------------------------------------------------------------------------- from linear to ReLU


def test_a_dead_unit_is_a_local_minimum_that_is_not_global():
    x = torch.tensor([1.0, 2.0]).double()
    v, w = torch.meshgrid(1 + torch.linspace(-0.3, 0.3, 13), -1 + torch.linspace(-0.3, 0.3, 13), indexing="ij")
    loss = (v[..., None] * (w[..., None] * x).relu() - x).square().sum(dim=-1) / 2
    assert (loss == 2.5).all()


def test_moving_the_expectation_outside_adds_the_variance_of_the_gate():
    # one gate A in {0, 1} with P(A = 1) = rho, output A w x / rho: 1/2 E|A w x / rho - y|^2 - 1/2 |w x - y|^2
    rho, w, x, y = 0.3, 1.7, torch.tensor([1.0, -2.0, 0.5]), torch.tensor([0.2, 1.0, -1.0])
    inside = (w * x - y).square().sum() / 2
    outside = rho * (w * x / rho - y).square().sum() / 2 + (1 - rho) * y.square().sum() / 2
    assert float(outside - inside) == pytest.approx(float((1 - rho) / rho * w**2 * x.square().sum() / 2), rel=1e-5)


# ----------------------------------------------------------------------------------------------- depth that accelerates


@pytest.mark.parametrize("layers", [2, 3])
def test_the_product_moves_as_arora_cohen_and_hazan_say(layers):
    draw = random_stream(1)
    w = torch.from_numpy(draw.normal(size=(1, 4)))
    land = deep_linear((4, *(1,) * (layers - 1), 1), gaussian(4, 1, 2))
    length = float(w.norm())
    first = w / length * length ** (1 / layers)
    rest = [torch.full((1, 1), length ** (1 / layers)).double()] * (layers - 1)
    theta, h = torch.cat([W.flatten() for W in (first, *rest)]), 1e-6
    ahead, behind = (experiment.product(land, theta - sign * h * land.gradient(theta)) for sign in (1, -1))
    x, y = land.proof[2], land.proof[3]
    G = (w @ x.mT - y.mT) @ x
    along = (G @ w.mT) / length**2 * w
    expected = -(length ** (2 - 2 / layers)) * (G + (layers - 1) * along)
    torch.testing.assert_close((ahead - behind) / (2 * h), expected, rtol=1e-6, atol=1e-6)


def test_depth_accelerates_the_fourth_power_and_not_the_square():
    steps = {(p, L): experiment.fewest_steps(p, L, 1e-6) for p in (2, 4) for L in (1, 2)}
    assert steps[2, 1] < steps[2, 2] and steps[4, 1] > 4 * steps[4, 2]


# ----------------------------------------------------------------------------------------------- the explorer


@pytest.mark.parametrize("depth", DEPTHS)
def test_an_aligned_run_follows_the_closed_form(depth):
    course = follow(depth, 0.003, "aligned", (3.0, 2.0, 1.0))
    found, formula = course.half_rise(), course.halves
    assert max(abs(a - b) for a, b in zip(found, formula, strict=True)) < 0.12
    assert course.loss[-1] < 1e-3 and course.found[-1] == pytest.approx([3, 2, 1], abs=0.02)


def test_the_closed_form_is_exact_where_a_run_has_few_steps():
    course = follow(1, 0.001, "aligned", (3.0, 2.0, 1.0))  # 30 steps; each mode is s - (s - u0) e^-t
    assert len(course.times) < 40 < len(course.moments) and len(course.times) == len(course.loss) == len(course.found)
    assert course.halves == pytest.approx([math.log(2)] * 3, abs=2e-3)
    assert "formula 0.69" in PlateauExplorer(depth=1).picture.readout
    assert course.formula[:, 0] == pytest.approx(3 - 2.999 * np.exp(-course.moments), abs=1e-4)


def test_a_random_run_learns_the_same_modes_at_other_times():
    course = follow(3, 0.001, "random 1", (3.0, 2.0, 1.0))
    assert course.found[-1] == pytest.approx([3, 2, 1], abs=0.02)
    found, formula = course.half_rise(), course.halves
    assert max(abs(a / b - 1) for a, b in zip(found, formula, strict=True)) > 0.2


def test_strengths_are_dragged_and_kept_in_bounds():
    explorer = PlateauExplorer()
    before = explorer.picture.png
    explorer.handle_moved(2, 0.985, 2.4)
    assert explorer.state.strengths == (3.0, 2.0, 2.4) and explorer.picture.png != before
    assert "mode 2 (strength 2.4)" in explorer.picture.readout  # modes stand in falling order
    explorer.handle_moved(0, 0.985, 9.0)
    assert explorer.state.strengths[0] == 4.0
    handles = explorer.picture.handles
    assert [handle["name"] for handle in handles] == [f"Strength of mode {k}" for k in (1, 2, 3)]
    assert all(handle["room"][2] == handle["room"][3] for handle in handles)  # a strength moves up and down alone
    explorer.reset()
    assert explorer.state.strengths == (3.0, 2.0, 1.0) and explorer.picture.problem == ""
    explorer.close()
