"""No poor local minima: the stored census, the weighted loss that breaks the theorem, data that do not, and the explorer."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch

import lmcourse as lm
from lmcourse import store
from lmcourse.devices import random_stream
from lmcourse.experiments import no_poor_minima as experiment
from lmcourse.experiments import weighted_fit as weighted
from lmcourse.networks.linear import columns, linear_modes
from lmcourse.widgets import StaircaseExplorer
from lmcourse.widgets import loss_staircase as widget

DOUBLE = torch.float64
# another program's runs with other random numbers: layers -> unfinished after 1000 and 5000 steps, of so many
EARLIER = {1: {2: (25, 0, 100), 3: (42, 0, 100), 4: (54, 0, 100), 5: (59, 0, 100)},
           3: {2: (0, 0, 40), 3: (8, 0, 40), 4: (31, 1, 40), 5: (39, 19, 40)}}  # fmt: skip


@pytest.fixture(scope="module")
def rows():
    return store.load("no_poor_minima").rows


# ----------------------------------------------------------------------------------------------- the census


def test_every_stored_run_ends_at_the_global_value(rows):
    for spec, arrays in rows:
        assert len(arrays["steps"]) == 1000 and (arrays["steps"] >= 0).all(), spec
        done = arrays["steps"] <= experiment.LOOKS[-1]
        assert (abs(arrays["losses"][done, -1] - experiment.GLOBAL) <= experiment.NEAR).all(), spec


def test_usual_starts_need_less_than_twenty_thousand_steps(rows):
    for spec, arrays in rows:
        if spec["smaller"] == 1:
            assert experiment.unfinished(arrays, 20_000).failed == 0


def test_unfinished_shares_agree_with_an_earlier_program(rows):
    for spec, arrays in rows:
        first, second, total = EARLIER[spec["smaller"]][spec["layers"]]
        for after, failed in ((1000, first), (5000, second)):
            assert lm.shares_agree(experiment.unfinished(arrays, after)[:2], (failed, total)), (spec, after)
        if spec["smaller"] == 3:
            assert lm.shares_agree(experiment.unfinished(arrays, 40_000)[:2], (0, 40))


def test_of_small_deep_starts_nearly_all_stand_at_a_critical_level(rows):
    arrays = next(arrays for spec, arrays in rows if spec == {"layers": 5, "smaller": 3})
    late = arrays["losses"][arrays["steps"] > 1000, 0]
    heights = np.array(list(experiment.levels().values()))
    assert (abs(late[:, None] - heights).min(axis=1) < 0.05).mean() > 0.9
    assert 1.7 < np.median(late) < 1.8  # one mode learnt


@pytest.mark.parametrize("spec", [{"layers": 2, "smaller": 1}, {"layers": 4, "smaller": 3}])
def test_stored_members_are_found_again_alone(rows, spec):
    arrays = next(arrays for its, arrays in rows if its == spec)
    for seed in random_stream(spec["layers"]).choice(1000, size=2, replace=False).tolist():
        alone = experiment.run_chunk(spec, [seed])
        assert abs(int(alone["steps"][0]) - int(arrays["steps"][seed])) <= experiment.EVERY
        np.testing.assert_allclose(alone["losses"][0], arrays["losses"][seed], atol=1e-7)


@pytest.mark.parametrize(
    ("layers", "smaller", "median"),
    [(2, 1, 820), (2, 10, 700), (2, 30, 700), (3, 1, 930), (3, 10, 1410), (3, 30, 3250)],
)
def test_small_starts_wait_longer_from_depth_three_on(layers, smaller, median):
    land = experiment.landscape(layers)
    _, steps, _, _ = experiment.descend(land, lm.starts(land, seeds=range(50), scale=1 / smaller), max_steps=10_000)
    assert (steps >= 0).sum() >= 48 and float(steps[steps >= 0].median()) == pytest.approx(median, rel=0.05)


def test_out_of_steps_is_said_and_looks_hold_the_last_loss():
    land = experiment.landscape(5)
    theta = lm.starts(land, seeds=range(3), scale=1 / 3)
    end, steps, losses, gradient = experiment.descend(land, theta, max_steps=100, looks=(50, 5000))
    assert steps.tolist() == [-1] * 3
    torch.testing.assert_close(losses[:, 1], land.loss(end))
    assert (losses[:, 0] > losses[:, 1]).all() and gradient.shape == (3, 2)
    stopped = experiment.descend(land, theta, max_steps=10_000, looks=(), stop=lambda: True)
    assert torch.equal(stopped[0], theta)


def test_levels_are_the_losses_of_the_catalogue():
    data = experiment.target(4, 3, 2, 1)
    table = experiment.levels(2, (4, 3, 2, 1))
    catalogue = {point.kept: point.loss for point in lm.linear_catalogue((4, 2, 4), data)}
    assert table.keys() == catalogue.keys() and len(table) == 11
    assert all(catalogue[kept] == pytest.approx(loss, abs=1e-12) for kept, loss in table.items())


def test_the_summary_names_every_row(rows):
    text = experiment.summarise(rows)
    assert all(f"L = {L}, usual start" in text and f"L = {L}, start 3 times" in text for L in experiment.LAYERS)


def test_the_other_data_break_one_assumption_each():
    broken = {}
    for name in experiment.OTHERS:
        widths, x, y = experiment.other_data(name).proof[1:]
        X, Y = columns(lm.data.Data(x, y))
        strengths = torch.linalg.svdvals(Y @ torch.linalg.pinv(X) @ X)
        squares = torch.cat([strengths, torch.zeros(max(0, len(Y) - len(strengths)), dtype=DOUBLE)])[: len(Y)].square()
        broken[name] = [
            bool(torch.linalg.matrix_rank(X) < len(X)),  # X X' not invertible
            bool(torch.linalg.matrix_rank(X @ Y.mT) < min(len(X), len(Y))),  # X Y' not of full rank
            len(Y) > len(X),
            bool((squares[:-1] - squares[1:] < 1e-9).any()),  # eigenvalues not distinct
        ]
        assert min(widths[1:-1]) < len(Y)
    assert broken == {
        "a strength twice": [False, False, False, True],
        "a strength of zero": [False, True, False, False],
        "more outputs than inputs": [False, False, True, False],
        "fewer samples than inputs": [True, False, False, False],
    }
    with pytest.raises(ValueError, match="There are no data 'others'"):
        experiment.other_data("others")


@pytest.mark.parametrize("name", experiment.OTHERS)
def test_no_run_is_trapped_on_the_other_data(name):
    land = experiment.other_data(name)
    _, steps, _, _ = experiment.descend(land, lm.starts(land, seeds=range(30)), max_steps=50_000)
    assert (steps >= 0).all()


@pytest.mark.parametrize(("missing", "cross"), [(2, 6.0), (4, 2.0)])
def test_the_exchange_that_the_lesson_works_by_hand(missing, cross):
    land = lm.deep_linear((4, 2, 4), experiment.target(4, 3, 2, 1))
    a, b = torch.tensor([[0.3, 0.6], [0.5, -0.2], [0.01, 0.02]], dtype=DOUBLE).T
    W1, W2 = torch.zeros(3, 2, 4, dtype=DOUBLE), torch.zeros(3, 4, 2, dtype=DOUBLE)
    W1[:, 0, 0], W2[:, 0, 0], W1[:, 1, 2], W2[:, 2, 1] = 4, 1, 2, 1  # modes 1 and 3 learnt, loss 5
    W1[:, 1, missing - 1], W2[:, missing - 1, 1] = b, a
    change = land.loss(torch.cat([W1.flatten(1), W2.flatten(1)], dim=1)) - 5
    torch.testing.assert_close(change, (4 * a**2 + b**2 - cross * a * b + a**2 * b**2) / 2)


def test_the_index_formula_counts_modes_where_there_are_more_outputs_than_inputs():
    x, y = torch.eye(2, dtype=DOUBLE), torch.tensor([[2.0, 0, 0], [0, 1, 0]], dtype=DOUBLE)
    land = lm.deep_linear((2, 1, 3), lm.data.Data(x, y))
    eigenvalues = torch.linalg.eigvalsh(land.hessian(torch.zeros(5, dtype=DOUBLE)))
    assert int((eigenvalues < -1e-9).sum()) == 2  # (1 - 0)(2 - 0) with two modes, not (1 - 0)(3 - 0)


# ----------------------------------------------------------------------------------------------- not convex


def test_between_two_best_networks_lies_a_hill():
    land = lm.linear_resnet(torch.diag(torch.tensor([2.0, 1.0])), depth=3)
    W = torch.diag(torch.tensor([2 ** (1 / 3), 1.0], dtype=DOUBLE))
    swap = torch.tensor([[0.0, 1.0], [1.0, 0.0]], dtype=DOUBLE)
    one, other = land.pack(W1=W, W2=W, W3=W), land.pack(W1=swap @ W, W2=swap @ W @ swap, W3=W @ swap)
    assert max(float(land.loss(one)), float(land.loss(other))) < 1e-24
    assert float(land.loss((one + other) / 2)) == pytest.approx(1.2098, abs=1e-4)


@pytest.mark.parametrize("widths", [(4, 2, 4), (4, 3, 2, 4), (4, 1, 3, 2, 4)])
def test_along_one_matrix_the_loss_is_a_convex_parabola(widths):
    land = lm.deep_linear(widths, experiment.target(4, 3, 2, 1))
    theta, D = lm.starts(land, seeds=[0, 1])
    for name in land.shapes:
        only = land.pack(**{other: W * (other == name) for other, W in land.unpack(D).items()})
        t = torch.tensor([-2.0, -1.0, 0.0, 1.0, 2.0], dtype=DOUBLE)[:, None]
        losses = land.loss(theta + t * only)
        second = losses[2:] - 2 * losses[1:-1] + losses[:-2]
        assert (second >= 0).all() and float(second.max() - second.min()) < 1e-10


# ----------------------------------------------------------------------------------------------- weights on the errors


def test_the_weighted_loss_and_its_gradient():
    land = weighted.weighted_net(1.7, (2, 3, 2, 2))
    theta = lm.starts(land, seeds=range(4))
    plain = lm.Landscape("by autograd", land.shapes, land.loss_of)
    torch.testing.assert_close(land.gradient(theta), plain.gradient(theta), rtol=1e-12, atol=1e-12)
    W = land.unpack(theta[0])
    error = W["W3"] @ W["W2"] @ W["W1"] - torch.diag(torch.tensor([2, 1.5], dtype=DOUBLE))
    expected = (error.diagonal().square().sum() + 1.7 * (error[0, 1] ** 2 + error[1, 0] ** 2)) / 2
    assert float(land.loss(theta[0])) == pytest.approx(float(expected), rel=1e-13)
    same = lm.deep_linear((2, 2, 2), experiment.target(2, 1.5))
    theta = lm.starts(same, seeds=range(3))
    torch.testing.assert_close(weighted.weighted_net(1, (2, 2, 2)).loss(theta), same.loss(theta))


def test_a_second_minimum_appears_at_four_thirds():
    M = torch.tensor(weighted.TARGET, dtype=DOUBLE)
    assert [weighted.count_minima(M, weighted.off_diagonal(w)) for w in (1, 1.3, 1.4, 2)] == [1, 1, 2, 2]
    for w, minimum in ((1, False), (Fraction(4, 3) - Fraction(1, 10**6), False), ("4/3", False)):
        assert weighted.prove_second_mode(w).minimum == minimum
    for w in (Fraction(4, 3) + Fraction(1, 10**6), "7/5", 2):
        proof = weighted.prove_second_mode(w)
        assert proof.minimum and proof.loss == 2 and tuple(proof.signs) == (0, 1, 3)
    assert weighted.prove_second_mode(1).saddle and not weighted.prove_second_mode("4/3").saddle
    best = weighted.best_loss(torch.linspace(0, math.pi, 2001, dtype=DOUBLE), M, weighted.off_diagonal(2.0))
    assert float(best.min()) == pytest.approx(1.125, abs=1e-9)


@pytest.mark.parametrize("w", [1.0, 1.3, 1.4, 2.0])
def test_the_smallest_eigenvalue_at_the_second_mode(w):
    share = 1.5**0.5  # every layer the same
    point = torch.tensor([0, share, 0, share], dtype=DOUBLE)
    eigenvalues = torch.linalg.eigvalsh(weighted.weighted_net(w).hessian(point))
    assert float(weighted.weighted_net(w).gradient(point).abs().max()) < 1e-12
    assert float(eigenvalues[0]) == pytest.approx(min(1.5 * w - 2, 0.0), abs=1e-9)


def test_the_best_fit_of_a_direction_is_the_best():
    draw = np.random.default_rng(3)
    M, w = torch.from_numpy(draw.normal(size=(2, 3))), torch.from_numpy(draw.uniform(0.2, 3, size=(2, 3)))
    angles = torch.from_numpy(draw.uniform(0, math.pi, size=5))
    best = weighted.best_loss(angles, M, w)
    for angle, loss in zip(angles, best, strict=True):
        u = torch.stack([angle.cos(), angle.sin()])
        v = torch.zeros(3, dtype=DOUBLE, requires_grad=True)
        for _ in range(3000):
            value = (w * (u[:, None] * v - M).square()).sum() / 2
            (slope,) = torch.autograd.grad(value, v)
            v = (v - 0.3 * slope).detach().requires_grad_(True)
        assert float(value.detach()) == pytest.approx(float(loss), abs=1e-6)


@pytest.mark.parametrize(
    ("widths", "trapped"), [((2, 1, 2), (25, 100)), ((2, 2, 2), (0, 100)), ((2, 2, 2, 2), (0, 100))]
)
def test_runs_are_trapped_only_in_the_bottleneck(widths, trapped):
    land = weighted.weighted_net(2, widths)
    run = lm.train(land, lm.starts(land, seeds=range(60)), lr=0.02, tol=1e-6, max_steps=20_000)
    failed = int((run.loss > (1.125 if 1 in widths else 0) + 1e-6).sum())
    assert lm.shares_agree((failed, 60), trapped)
    assert all(abs(float(loss) - 2) < 1e-6 for loss in run.loss if 1 in widths and loss > 1.2)


# ----------------------------------------------------------------------------------------------- the explorer


def test_what_the_lesson_asks_at_the_explorer():
    for draw in widget.DRAWS:
        assert widget.walk((3, 4), 0.3, 0.0, 1e-3, draw, 2000).rests == ((1, 3), (1, 2))
        assert widget.walk((), 0.3, 0.0, 1e-6, draw, 2000).rests == ((1,), (1, 2))
    assert widget.walk((3, 4), 0.3, 0.0, 0.0, 1, 3000).rests == ((1, 3),)


def test_from_every_saddle_noise_leads_down_to_the_minimum():
    for kept in widget.HEIGHTS:
        walk = widget.walk(kept, 0.0, 0.0, 0.01, 1, 3000)
        assert walk.losses[-1] == pytest.approx(2.5, abs=1e-3), kept
        assert widget.walk(kept, 0.0, 0.0, 0.0, 1, 200).losses[-1] == pytest.approx(widget.HEIGHTS[kept], abs=1e-9)


def test_the_plane_shows_a_way_down_at_each_saddle_and_none_at_the_minimum():
    for kept, loss in widget.HEIGHTS.items():
        level = widget.level_of(kept)
        assert level.heights[20, 20] == pytest.approx(loss, abs=1e-9)
        assert (level.heights[20, 21] < loss) == (kept != (1, 2)) == (level.lowest < -1e-9)
        assert level.heights[22, 20] > loss
        lowest = float(torch.linalg.eigvalsh(widget.LAND.hessian(level.theta))[0])
        assert level.lowest == pytest.approx(lowest, abs=1e-9)


def test_a_click_chooses_the_nearest_level_and_a_handle_the_start():
    explorer = StaircaseExplorer()
    left, bottom, width, height = widget.STAIRS
    explorer.clicked(left + width * (0.1 + 2.4) / 11.8, bottom + height * 2.4 / 16.4)
    assert explorer.state.kept == (1, 2) and "index 0" in explorer.picture.readout
    explorer.clicked(0.99, 0.5)
    assert explorer.state.kept == (1, 2)
    explorer.handle_moved(0, -0.5, 0.25)
    assert (explorer.state.x, explorer.state.y) == (-0.5, 0.25)
    assert explorer.picture.handles[0]["name"] == "Start" and "-0.50" in explorer.picture.handles[0]["said"]
    explorer.reset()
    assert explorer.state.kept == (3, 4) and explorer.state.x == 0.3
    explorer.close()


def test_a_level_that_is_none_is_refused():
    with pytest.raises(Exception, match="There is no level"):
        StaircaseExplorer(kept=(1, 2, 3))


def test_modes_of_the_worked_data():
    assert linear_modes(experiment.target(4, 3, 2, 1)).strengths.tolist() == [4, 3, 2, 1]
