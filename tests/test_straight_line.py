"""Lines from start to end, barriers between ends, and the theorem about answers that do not turn back."""

import numpy as np
import pytest
import torch

import lmcourse as lm
from lmcourse.devices import random_stream
from lmcourse.experiments import straight_line as experiment
from lmcourse.experiments.distribution_of_minima import descend, quadrant_starts
from lmcourse.widgets.straight_line import PathExplorer, trained


def median(table, width, name):
    return float(np.median(lm.store.load("straight_line").row(table=table, width=width)[name]))


def test_short_lines_fall_and_long_ones_do_not_always():
    stored = lm.store.load("straight_line")
    falling = {
        (n, rate): int((stored.row(table="line", width=n, rate=rate, steps=1000)["rise"] < 1e-3).sum())
        for n in experiment.LINE_WIDTHS
        for rate in experiment.RATES
    }
    assert all(falling[n, 0.003] == 100 for n in experiment.LINE_WIDTHS)
    assert falling[8, 0.3] < 80
    for n in experiment.LINE_WIDTHS:
        lengths, rises, done = experiment.lengths_and_rises(stored, n)
        assert (rises[~done] < 1e-3).all() and done.sum() == 200
        assert (rises[done] >= 1e-3).sum() == 200 - falling[n, 0.03] - falling[n, 0.3]
        assert np.median(lengths[~done]) < np.median(lengths[done])


def test_narrow_networks_share_their_minima_and_wide_ones_do_not():
    counts = {}
    for n in (4, 16):
        land, ends = experiment.solutions(n, range(12))
        counts[n] = len(lm.distinct(land, descend(land, ends)))
    assert counts == {4: 4, 16: 10}


def test_barriers_between_ends_are_high_and_go_with_the_names():
    assert median("pair", 16, "straight") > 0.5 and median("pair", 16, "matched") < 0.02
    assert median("pair", 32, "matched") < 0.01 and median("pair", 4, "matched") > 0.03


def test_bent_paths_get_lower_with_width():
    bent = [median("curve", n, "bent") for n in experiment.EXPLORER_WIDTHS]
    assert bent == sorted(bent, reverse=True) and bent[-1] < 0.02
    assert all(b < median("pair", n, "straight") / 3 for n, b in zip(experiment.EXPLORER_WIDTHS, bent, strict=True))


@pytest.mark.parametrize("seed", range(20))
def test_the_squared_loss_never_rises_where_no_two_steps_turn_back(seed):
    """The discrete form of the theorem, on random polygons that end at the targets."""
    draw = random_stream(seed)
    z = torch.from_numpy((draw.normal(size=(12, 4)) + draw.uniform(0, 2)).cumsum(0))
    loss = (z - z[-1]).square().sum(dim=1) / 2
    if experiment.largest_turn(z) <= 90:
        assert (loss.diff() <= 0).all()
    within = z.clone()
    within[:, 1:] = torch.from_numpy(np.abs(draw.normal(size=(12, 3)))).cumsum(0)  # all steps in one quarter ...
    within[:, 0] = torch.linspace(0, 1, 12, dtype=torch.float64)
    assert experiment.largest_turn(within) <= 90
    assert ((within - within[-1]).square().sum(dim=1).diff() <= 0).all()


def test_a_path_that_turns_back_can_rise():
    z = torch.tensor([[0.0, 0.0], [0.0, 2.0], [1.0, 0.0]], dtype=torch.float64)
    assert experiment.largest_turn(z) > 90
    assert ((z - z[-1]).square().sum(dim=1).diff() > 0).any()


def test_turns_are_angles():
    angles = torch.linspace(0, 2.0, 9, dtype=torch.float64)
    slow = torch.stack([angles.cos(), angles.sin()], dim=1).cumsum(0)
    assert float(experiment.largest_turn(slow)) == pytest.approx(np.degrees(2.0 - 0.25))


def test_wide_networks_turn_little_and_move_little():
    turns = {}
    for n in (8, 128):
        land = experiment.fit_of_random_targets(n)
        start = quadrant_starts(land, range(4))
        path = lm.slices.line(land, start, lm.train(land, start, "lbfgs", tol=1e-7, max_steps=3000).theta)
        assert path.end_losses[:, 1].max() < 1e-10  # a perfect fit
        turns[n] = experiment.largest_turns(land, path)
        assert (path.largest_rise[turns[n] <= 90] < 1e-9).all()
    assert turns[128].max() < 90 and turns[8].max() > turns[128].max()


def test_lazy_networks_move_like_one_over_the_root_of_their_width():
    moves = [experiment.lazy_distance(n) for n in (128, 512)]
    assert np.log(moves[1] / moves[0]) / np.log(4) == pytest.approx(-0.5, abs=0.1)


def test_two_solutions_are_proved_to_be_different_minima():
    land, ends = experiment.solutions(8, range(2))
    first, second = (lm.certify(land, theta, "strict local minimum") for theta in descend(land, ends))
    assert first.proved and second.proved and first.loss_bounds[1] < second.loss_bounds[0]


def test_a_renamed_network_is_the_same_function():
    land, ends = experiment.solutions(8, range(3))
    copy = lm.slices.matched(land, ends[1], ends[0])
    x = torch.from_numpy(random_stream(0).normal(size=(50, 2)))
    torch.testing.assert_close(land.outputs(copy, x), land.outputs(ends[1], x), rtol=0, atol=1e-12)
    assert (copy - ends[0]).norm() < (ends[1] - ends[0]).norm()


def test_the_explorer_shows_the_stored_networks():
    for width in experiment.EXPLORER_WIDTHS:
        _, ends = experiment.solutions(width, range(2))
        assert (trained(width, (1, 2)) - ends).abs().max() < 1e-4
    explorer = PathExplorer(width=16, first=3, second=3, path="straight")
    assert "no way to go" in explorer.picture.readout
    for path in ("from its start", "straight", "matched", "bent"):
        explorer.state.path, explorer.state.second = path, 4
        assert explorer.picture.problem == ""
    straight = PathExplorer(path="straight").compute().path.barrier
    assert PathExplorer(path="matched").compute().path.barrier < straight / 10
    assert PathExplorer(path="bent").compute().path.barrier < straight / 10
