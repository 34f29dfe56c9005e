"""Lesson 2.2's numbers that stand in no other test, and its explorer."""

import time

import pytest
import torch
from samples.explorers import drag

import lmcourse as lm
from lmcourse.training.methods import Method
from lmcourse.widgets.relu_blind_spots import ReluExplorer
from lmcourse.widgets.relu_walks import WAYS, example, look

DOUBLE = torch.float64
LEVELS = torch.tensor([14.0, 18.0, 614 / 29, 21.2], dtype=DOUBLE)


def clipped(length: float) -> Method:
    """Gradient descent whose gradients are at most so long."""

    def init(theta, lr, seeds):
        return {"lr": lr}

    def update(theta, gradient, state):
        norm = gradient.norm(dim=-1, keepdim=True)
        return theta - state["lr"] * gradient * (length / norm).clamp(max=1), state

    return Method(init, update)


@pytest.fixture(scope="module")
def trained():
    land = lm.landmark("relu 1, trap").land
    starts = lm.starts(land, seeds=range(400), scheme="normal")
    return land, starts, lm.train(land, starts, clipped(50.0), lr=0.002, tol=1e-6, max_steps=60_000)


def test_one_neuron_ends_at_four_losses_in_known_shares(trained):
    _, _, runs = trained
    counts = ((runs.loss[:, None] - LEVELS).abs() < 1e-4).sum(0).tolist()
    assert sum(counts) == 400
    assert [100 * count / 400 for count in counts] == pytest.approx([26, 20, 21, 32], abs=10)


def test_starts_behind_the_wall_never_reach_fourteen(trained):
    land, starts, runs = trained
    behind = (starts[:, 0] > 0) & (land.loss(starts) < 21.2)
    assert int(behind.sum()) >= 5
    assert float(runs.loss[behind].min()) >= 18 - 1e-9


@pytest.mark.parametrize(("w", "v", "bound"), [(1, 1, 18.0), (1, -1, 21.2), (-1, 1, 14.0), (-1, -1, 614 / 29)])
def test_lowest_losses_by_the_signs_of_both_weights(w, v, bound):
    """The two halves of the proof of the wall: w > 0 with v >= 0, and with v < 0."""
    theta = lm.starts(lm.landmark("relu 1, trap").land, seeds=range(3000), scheme="normal", scale=3.0)
    theta[:, 0], theta[:, 2] = w * theta[:, 0].abs(), v * theta[:, 2].abs()
    assert float(lm.landmark("relu 1, trap").land.loss(theta).min()) >= bound - 1e-9


@pytest.mark.parametrize("name", WAYS)
def test_walks_begin_at_a_proved_minimum_and_end_lower(name):
    chosen = example(name)
    first, last = (look(name, chosen.at(percent), chosen.x, chosen.y) for percent in (0, 100))
    assert first.verdict == "Proved: a local minimum." and last.loss < first.loss
    rises = float(torch.diff(first.walk).max())
    assert (rises > 0.01) == (name == "one neuron")
    assert rises < 1e-12 or name == "one neuron"


def test_the_terrace_is_proved_up_to_its_edge_and_not_beyond():
    chosen = example("two neurons")
    said = [
        look("two neurons", chosen.at(percent), chosen.x, chosen.y).verdict for percent in (0, 17, 33, 49, 50, 51, 75)
    ]
    assert said[:4] == ["Proved: a local minimum."] * 4
    assert "one-sided" in said[4] and "no minimum" in said[5] and "no minimum" in said[6]


@pytest.fixture
def explorer():
    explorer = ReluExplorer()
    yield explorer
    explorer.close()


def test_a_dragged_kink_changes_one_bias_and_loses_the_proof(explorer):
    before = explorer.state.theta
    assert "Proved: a local minimum." in explorer.picture.readout
    drag(explorer, "kink of neuron 1", 0.5, 0)
    assert [a == b for a, b in zip(before, explorer.state.theta, strict=True)] == [True] * 2 + [False] + [True] * 4
    assert explorer.handles()[0].said == "x 0.50"
    assert "Proved" not in explorer.picture.readout and "1 of 6 samples are blind" in explorer.picture.readout


def test_a_dragged_sample_moves_and_the_trap_with_it(explorer):
    explorer.state.example = "one neuron"
    drag(explorer, "sample 5", -1, 2)
    assert (explorer.state.x[4], explorer.state.y[4]) == (-1, 2)
    assert "So this is no minimum" in explorer.picture.readout
    explorer.reset()
    assert explorer.state.example == "two neurons" and "Loss 2.667" in explorer.picture.readout


def test_an_example_brings_samples_and_weights_together(explorer):
    for name in (*WAYS, *reversed(WAYS)):
        explorer.state.example = name
        assert explorer.picture.problem == "" and explorer.state.percent == 0
        assert len(explorer.state.theta) == 3 * example(name).neurons + 1


def rest(explorer):
    end = time.monotonic() + 90
    while (explorer._run is not None or "Still" in explorer.picture.readout) and time.monotonic() < end:
        time.sleep(0.05)
    return explorer.picture.readout


def test_descent_from_beyond_the_edge_reaches_zero_and_is_proved_to_be_near_a_minimum(explorer):
    explorer.state.percent = 60
    explorer.descend()
    readout = rest(explorer)
    assert "Loss 0.000" in readout and "Proved: a local minimum lies within" in readout


def test_descent_on_the_terrace_moves_nothing_and_keeps_the_proof(explorer):
    explorer.state.percent = 25
    before = explorer.state.theta
    explorer.descend()
    assert rest(explorer).endswith("Gradient of length 0. Proved: a local minimum.") and explorer.state.theta == before


def test_a_bad_percent_or_example_is_refused_in_words():
    import traitlets

    with pytest.raises(traitlets.TraitError, match="percent of the walk must lie between 0 and 100"):
        ReluExplorer(percent=101)
    with pytest.raises(traitlets.TraitError, match="There is no example 'four neurons'"):
        ReluExplorer(example="four neurons")


def test_rows_below_a_picture_leave_room_for_each_neuron():
    heights = lm.plots.rows_below(-5, 6, neurons=2)
    assert heights.tolist() == pytest.approx([-6.54, -8.08, -9.29])


def test_a_walk_is_drawn_with_its_heights():
    _, ax = lm.plots.figure()
    land = lm.landmark("relu 1, trap").land
    heights = lm.plots.draw_walk(ax, land, [[1, -3, 1, 0], [1, -3, 0, 0.6]], "up", lm.plots.PALETTE["blue"])
    assert heights.shape == (1, 101) and float(heights[0, -1]) == pytest.approx(21.2)
    assert len(ax.lines) == 2


def test_a_second_neuron_opens_the_wall_of_the_first_example():
    """Exercise 5: with v2 = 0 the loss is still 18, and raising v2 leads down to 9 without a rise."""
    land = lm.relu_mlp([1, 2, 1], lm.data.relu_example(1))
    start = [1, -7, -3, -4, 1, 0, 0]
    proof = lm.certify(land, start, "exit that never rises", stops=[[1, -7, -3, -4, 1, 1, 0]])
    assert proof and "leads to a loss of 9" in proof.statement


def test_a_moved_sample_turns_the_trap_into_the_solution():
    """With y = 1 at x = -1 descent from the trap ends at 8, the global minimum, and the old solution is a minimum with 14."""
    data = lm.data.relu_example(1)
    data.y[4] = 1
    land = lm.relu_mlp([1, 1, 1], data)
    end = lm.train(land, torch.tensor([1.0, -3, 1, 0], dtype=DOUBLE), lr=0.001, tol=1e-6, max_steps=20_000)
    assert float(end.loss[0]) == pytest.approx(8, abs=1e-4)
    assert lm.certify(land, [1, -2, 1, -1], "global minimum of one neuron").loss_bounds == (8, 8)
    assert lm.certify(land, [-3, -2, 1, 0], "minimum on linear pieces").loss_bounds == (14, 14)


@pytest.mark.parametrize("touch", [
    lambda explorer: setattr(explorer.state, "example", "one neuron"),
    lambda explorer: drag(explorer, "kink of neuron 1", 0.5, 0),
    lambda explorer: drag(explorer, "sample 2", 1, 3),
])  # fmt: skip
def test_whoever_touches_the_network_ends_the_descent(explorer, touch):
    explorer.state.percent = 60
    explorer.descend()
    run = explorer._run
    touch(explorer)
    theta = explorer.state.theta
    assert run.wait(30) and explorer.stop_button.disabled
    assert explorer.state.theta == theta and explorer.picture.problem == ""


def test_where_the_way_out_of_exercise_5_leads():
    land = lm.relu_mlp([1, 2, 1], lm.data.relu_example(1))
    start = torch.tensor([1.0, -7, -3, -4, 1, 1, 0], dtype=DOUBLE)
    assert float(lm.train(land, start, lr=0.001, tol=1e-6, max_steps=30_000).loss[0]) == pytest.approx(0.1714, abs=1e-4)
    runs = lm.train(land, lm.starts(land, range(200), scheme="normal"), lr=0.0005, tol=1e-6, max_steps=20_000)
    assert float(runs.loss.min()) == pytest.approx(0.0714, abs=1e-4)
    assert 2 <= int((runs.loss < 0.08).sum()) <= 25


def test_at_the_papers_point_of_the_terrace_one_side_of_the_kink_shows_only_the_forced_zeros():
    mark = lm.landmark("relu 2, terrace")
    on = lm.relu_mlp([1, 2, 1], lm.data.relu_example(2), at_kink="on")
    zeros = [int((torch.linalg.eigvalsh(land.hessian(mark.theta)).abs() < 1e-9).sum()) for land in (mark.land, on)]
    assert zeros == [2, 3]
