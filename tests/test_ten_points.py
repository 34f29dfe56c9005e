"""Ten points that trap a network: the table of runs, what the lesson says beside it, and its explorer."""

import math

import pytest
import torch
import traitlets
from samples.explorers import drag

import lmcourse as lm
from lmcourse.experiments import ten_points as experiment
from lmcourse.widgets import TenPointsExplorer, moved_points

DOUBLE = torch.float64


@pytest.fixture(scope="module")
def stored():
    return lm.store.load("ten_points")


def test_the_stored_table_agrees_with_the_earlier_counts(stored):
    assert len(stored.rows) == len(experiment.EARLIER) == 12
    for number, (spec, arrays) in enumerate(stored.rows):
        trapped, solved = experiment.earlier(number)
        assert len(arrays["loss"]) == 500
        assert lm.shares_agree(experiment.count_trapped(arrays["loss"], spec["loss"])[:2], trapped[:2]), spec
        assert lm.shares_agree(experiment.count_all_right(arrays["right"])[:2], solved[:2]), spec


def test_trapped_runs_have_short_weights_and_the_others_drift(stored):
    for spec, arrays in stored.rows[:8]:
        trapped = experiment.is_trapped(arrays["loss"], spec["loss"])
        if trapped.any():
            assert (arrays["length"][trapped] < 10).all() and set(arrays["right"][trapped]) == {4}
        assert (arrays["length"][~trapped] > 13).all()


def test_the_table_in_words(stored):
    text = experiment.summarise(stored.rows)
    assert len(text.splitlines()) == 13 and "SGD, one sample, uniform" in text and "67.0 % (62.8 to 71.0)" in text


def test_every_trapped_run_ends_at_the_one_trap_and_no_other_finite_minimum_is_met():
    land, trap = experiment.network(), lm.landmark("ten points, log, trap")
    runs = experiment.run(range(60))
    trapped = experiment.is_trapped(runs.loss)
    refined = lm.refine(land, runs.theta)
    strict = torch.tensor([kind == "strict minimum" for kind in lm.classify(land, refined.theta).kind]) & ~refined.left
    assert torch.equal(strict, trapped) and 25 <= int(trapped.sum()) <= 55
    classes = lm.distinct(land, torch.cat([trap.theta[None], refined.theta[trapped]]))
    assert classes.counts.tolist() == [1 + int(trapped.sum())]


@pytest.mark.parametrize(("loss", "constant"), [("log", 10 * math.log(2)), ("squared", 2.5)])
def test_the_trap_beats_a_constant_answer(loss, constant):
    trap = lm.landmark(f"ten points, {loss}, trap")
    assert float(trap.land.loss(torch.zeros(9, dtype=DOUBLE))) == pytest.approx(constant)
    assert trap.loss < constant


@pytest.mark.parametrize("name", ["ten points, log, trap", "ten points, squared, trap", "nine points, log, trap"])
def test_six_decimals_are_enough_to_find_the_minimum_again(name):
    trap = lm.landmark(name)
    found = lm.refine(trap.land, trap.theta.round(decimals=6))
    assert not bool(found.left) and float((found.theta[0] - trap.theta).norm()) < 1e-8


@pytest.mark.parametrize("loss", ["log", "squared"])
def test_whole_numbers_as_coordinates_have_the_same_trap(loss):
    data, trap = lm.data.ten_points(), lm.landmark(f"ten points, {loss}, trap")
    land = lm.sigmoid_mlp([2, 2, 1], lm.data.Data(2 * data.x, data.y), loss)
    theta = torch.cat([trap.theta[:4] / 2, trap.theta[4:]])
    before, after = lm.classify(trap.land, trap.theta)[0], lm.classify(land, theta)[0]
    assert after.kind == "strict minimum" and lm.certify(land, theta).proved
    assert (
        float(after.loss) == pytest.approx(float(before.loss))
        and abs(after.eigenvalues - before.eigenvalues).max() > 1e-3
    )


def test_one_side_of_the_saddle_leads_back_and_the_other_away_for_ever():
    trap, land = lm.landmark("ten points, log, trap"), experiment.network()
    saddle = lm.refine(land, lm.landmark("ten points, log, exit").theta).theta[0]
    down = torch.linalg.eigh(land.hessian(saddle)).eigenvectors[:, 0]
    down = down * torch.sign(down @ (trap.theta - saddle))
    back, away = lm.train(
        land, torch.stack([saddle + 0.03 * down, saddle - 0.03 * down]), lr=0.1, max_steps=20_000
    ).theta
    assert float((lm.match(land, back, trap.theta) - trap.theta).norm()) < 1e-2
    assert float(land.loss(away)) == pytest.approx(4.75, abs=0.02) and float(away.norm()) > 20


@pytest.mark.parametrize(
    ("number", "direction", "stages", "apart", "height"),
    [
        (8, (1.0, 0.0), (0.008, 0.016, 0.024, 0.032), 0.18, 2.2e-5),
        (6, (0.0, 1.0), torch.arange(0.05, 0.976, 0.0125), 1.55, 2e-3),
    ],
)
def test_the_trap_ends_at_this_exit_or_elsewhere(number, direction, stages, apart, height):
    data = lm.data.ten_points()
    pair = torch.stack([lm.landmark(f"ten points, log, {name}").theta for name in ("trap", "exit")])
    for stage in stages:
        x = data.x.clone()
        x[number - 1] += float(stage) * torch.tensor(direction, dtype=DOUBLE)
        land = experiment.network(data=lm.data.Data(x, data.y))
        refined = lm.refine(land, pair)
        assert not refined.left.any()
        pair = refined.theta
    trap, saddle = pair
    assert lm.certify(land, trap).proved and lm.certify(land, saddle, "index-1 saddle").proved
    assert float((trap - saddle).norm()) == pytest.approx(apart, abs=0.02)
    assert float(land.loss(saddle) - land.loss(trap)) == pytest.approx(height, rel=0.1)


def test_both_ways_down_from_the_saddle_at_zero_lead_into_the_trap():
    land, origin = experiment.network(), torch.zeros(9, dtype=DOUBLE)
    curvatures, directions = torch.linalg.eigh(land.hessian(origin))
    assert land.gradient(origin).norm() < 1e-12 and int((curvatures < -0.5).sum()) == 2
    ways = torch.stack([directions[:, 0], -directions[:, 0]])
    assert experiment.is_trapped(lm.train(land, 0.01 * ways, lr=0.1, max_steps=8000).loss).all()


def test_a_minimum_at_infinity_leaves_six_points_at_one_half():
    land, runs = experiment.network(), experiment.run([0, 1, 2, 3], method="adam", lr=0.01)
    near = (runs.loss - 6 * math.log(2)).abs() < 0.01
    assert near.any()
    for p in land.outputs(runs.theta[near])[..., 0]:
        assert int(((p - 0.5).abs() < 0.01).sum()) == 6
    assert not lm.certify(land, runs.theta[near][0]).proved


# --------------------------------------------------------------------------------------------------- the explorer


@pytest.fixture
def explorer():
    explorer = TenPointsExplorer()
    yield explorer
    explorer.close()


def test_it_begins_with_the_trap_and_its_proof(explorer):
    assert "The trap: loss 5.87254, 4 of 10 right. Proved: a strict local minimum." in explorer.picture.readout
    assert "No point is moved." in explorer.picture.readout and len(explorer.picture.handles) == 10


def test_the_proof_goes_with_a_point_and_ends_when_the_trap_does(explorer):
    drag(explorer, 0, 3.2, 2.5)
    assert explorer.state.points[0] == (3.2, 2.5)
    assert "The trap: loss 5.9" in explorer.picture.readout and "Proved" in explorer.picture.readout
    assert "Press Train for these settings." in explorer.picture.readout and "Moved: 1." in explorer.picture.readout
    explorer.reset()
    drag(explorer, 7, 0.05, 0.0)  # one press of an arrow key
    words = explorer.picture.readout
    assert words.startswith(
        "The trap is lost: Newton's method, which followed it, finds no strict minimum near by any more."
    )
    assert "Nothing is proved." in words and "lm.refine" not in words and "loss 5.8" not in words
    explorer.reset()
    assert "Proved" in explorer.picture.readout


def test_points_stay_inside_the_square(explorer):
    drag(explorer, 3, 99.0, -99.0)
    assert explorer.state.points[3] == (4.0, -4.0)
    with pytest.raises(traitlets.TraitError, match="place of a point must lie between -4 and 4, but 5 came"):
        explorer.state.points = ((5.0, 0.0),) * 10
    with pytest.raises(traitlets.TraitError, match="ten points with two numbers"):
        explorer.state.points = ((0.0, 0.0),)
    for name, value in (("hidden", 5), ("method", "magic"), ("members", 0), ("show", "all")):
        with pytest.raises(traitlets.TraitError):
            setattr(explorer.state, name, value)


def test_following_gives_up_where_there_is_nothing_left():
    theta, found = moved_points.follow(moved_points.FIRST)
    assert found and torch.allclose(theta, lm.landmark("ten points, log, trap").theta, atol=1e-10)
    far = tuple((-x, -y) for x, y in moved_points.FIRST)
    assert not moved_points.follow(far)[1]
    assert not moved_points.follow(((0.0, 0.0),) * 10)[1]


def test_training_answers_for_the_points_as_they_are(explorer, monkeypatch):
    monkeypatch.setattr(moved_points, "STEPS", 2000)
    drag(explorer, 7, 0.1, 0.0)
    explorer.state.members = 50
    explorer.train()
    assert explorer._run is None or explorer._run.wait(60)
    assert explorer.state.ensemble.points == explorer.state.points and len(explorer.state.ensemble.loss) == 50
    assert "Press Train" not in explorer.picture.readout and "of 50 runs are trapped" in explorer.picture.readout
    explorer.state.show = "lowest loss"
    assert explorer.picture.readout.startswith("The run with the lowest loss: loss ")
    explorer.state.hidden = 3
    assert explorer.picture.readout.startswith("Press Train to see a network.") and explorer.picture.problem == ""


def test_wider_networks_are_judged_by_the_same_rule(monkeypatch):
    monkeypatch.setattr(moved_points, "STEPS", 3000)
    ensemble = moved_points.train_ensemble(moved_points.FIRST, 4, "adam", 20)
    assert ensemble.theta.shape == (20, 17) and ensemble.count.failed == 0 and ensemble.trap is None


def test_stopping_keeps_the_steps_that_were_done():
    class Told:
        class stopping:
            is_set = staticmethod(lambda: True)

        def report(self, text):
            self.text = text

    run = Told()
    ensemble = moved_points.train_ensemble(moved_points.FIRST, 2, "gd", 5, run)
    assert ensemble.steps == moved_points.LEG and run.text == "5 runs: 1000 of 20000 steps are done."
