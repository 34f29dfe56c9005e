"""Training with one wide layer: the stored runs, members with data of their own, digits with random labels, and the explorer."""

import numpy as np
import pytest
import torch
from samples.explorers import STOPPED

import lmcourse as lm
from lmcourse import store
from lmcourse.experiments import random_labels
from lmcourse.experiments import wide_training as experiment
from lmcourse.widgets import WideTrainingExplorer
from lmcourse.widgets import wide_training as widget

SPEC = {"table": "gaussian", "filters": 2, "middle": "softplus"}


@pytest.fixture(scope="module")
def stored():
    return store.load("wide_training")


@pytest.fixture(scope="module")
def labels():
    return store.load("random_labels")


# ----------------------------------------------------------------------------------------------- the networks


@pytest.mark.parametrize(
    "spec",
    [
        {"table": "gaussian", "filters": 2, "middle": "softplus"},
        {"table": "gaussian", "filters": 1, "middle": "sigmoid"},
        {"table": "digits", "filters": 2, "labels": "random"},
    ],
    ids=str,
)
def test_members_side_by_side_are_the_networks_of_small_cnn(spec):
    together = experiment.side_by_side(spec, [3, 8])
    for number, seed in enumerate([3, 8]):
        land = experiment.landscape(spec, experiment.images(spec, seed))
        theta = lm.starts(land, range(4), "normal", 0.5)
        named = torch.cat([theta, torch.full((4, 1), number, dtype=theta.dtype)], dim=1)
        torch.testing.assert_close(together.loss(named), land.loss(theta))
        slope = together.gradient(named)
        torch.testing.assert_close(slope[:, :-1], land.gradient(theta))
        assert not slope[:, -1].any()


def test_below_the_target_the_gradient_is_zero():
    start = lm.starts(experiment.landscape(SPEC, experiment.images(SPEC, 0)), range(9), "normal", 0.3)
    theta = torch.cat([start, torch.zeros(9, 1, dtype=torch.float64)], dim=1)
    middle = float(experiment.side_by_side(SPEC, [0]).loss(theta).median())
    land = experiment.side_by_side(SPEC, [0], target=middle)
    assert torch.equal(land.gradient(theta).any(dim=1), land.loss(theta) >= middle)
    assert int((land.loss(theta) < middle).sum()) == 4


def test_members_have_images_labels_and_starts_of_their_own():
    one, other = experiment.images(SPEC, 0), experiment.images(SPEC, 1)
    assert not torch.equal(one.x, other.x) and not torch.equal(one.y, other.y)
    true, random = (experiment.images({"table": "digits", "labels": kind}, 5) for kind in ("true", "random"))
    assert torch.equal(true.x, random.x) and not torch.equal(true.y, random.y)
    assert len(torch.unique(true.x, dim=0)) == 300


def test_a_member_trains_the_same_alone_and_among_others_while_rounding_is_small():
    _, curve = experiment.train_members(SPEC, range(4), 20)
    _, alone = experiment.train_members(SPEC, [2], 20)
    seen = ~np.isnan(alone[0])
    np.testing.assert_allclose(curve[2][seen], alone[0][seen], rtol=1e-5)


def test_a_loss_below_a_quarter_means_that_no_sample_is_wrong():
    draw = torch.Generator().manual_seed(0)
    y = torch.nn.functional.one_hot(torch.arange(10)).double()
    answers = y + 0.23 * torch.randn(2000, 10, 10, generator=draw, dtype=torch.float64)
    loss, wrong = (answers - y).square().sum((1, 2)) / 2, (answers.argmax(2) != torch.arange(10)).any(1)
    each = (answers - y).square().sum(2) / 2
    assert wrong.any() and each[answers.argmax(2) != torch.arange(10)].min() >= 0.25
    assert not wrong[loss < 0.25].any()


# ----------------------------------------------------------------------------------------------- the stored results


def test_width_helps_before_there_are_as_many_neurons_as_images(stored):
    soft = {T: experiment.count(stored.row(filters=T, middle="softplus")) for T in experiment.FILTERS}
    assert soft[1].share > 0.35 and all(soft[T].share < 0.1 for T in (2, 3, 4, 5, 8))
    assert all(soft[1].interval[0] > soft[T].interval[1] for T in (2, 3, 4, 5, 8))


def test_shares_agree_with_an_earlier_program(stored):
    # 8 runs a width by SciPy's L-BFGS, 2500 iterations, one data set: runs below 0.001
    earlier = {"softplus": {1: 3, 2: 5, 3: 8, 5: 8, 8: 8}, "sigmoid": {1: 3, 2: 4, 3: 8, 5: 6, 8: 6}}
    differ = 0
    for middle, found in earlier.items():
        for T, arrived in found.items():
            count = experiment.count(stored.row(filters=T, middle=middle))
            differ += not lm.shares_agree((count.total - count.failed, count.total), (arrived, 8))
    assert differ <= 2  # both rows of 72 neurons: one data set and one start scheme make 8 runs alike


def test_runs_that_did_not_arrive_are_at_no_critical_point(stored):
    for spec, arrays in stored.rows:
        late = ~experiment.arrived(arrays)
        assert (arrays["grad_norm"][late] > 1e-9).all()
        assert (arrays["steps"][late] == experiment.STEPS).mean() > 0.9 if late.any() else True
        if spec["filters"] >= 3:
            assert (arrays["least"] > 1e-4).all()


@pytest.mark.slow
def test_runs_on_a_plateau_are_good_points_with_saturated_units():
    spec, seeds = {"table": "gaussian", "filters": 8, "middle": "sigmoid"}, [11, 24]
    runs, _ = experiment.train_members(spec, seeds, experiment.STEPS)
    for theta, seed in zip(runs.theta, seeds, strict=True):
        land = experiment.landscape(spec, experiment.images(spec, seed))
        F1, F2, _ = land.layers(theta)
        slope = F2 * (1 - F2)
        assert land.loss(theta) > 0.1 and land.gradient(theta).norm() < 0.1
        assert torch.linalg.matrix_rank(F1) == 100 and torch.linalg.svdvals(land.unpack(theta)["W3"])[-1] > 0.01
        assert slope.median() < 3e-4 and slope.min() < 1e-11


@pytest.mark.slow
def test_arrived_runs_of_wide_networks_have_shorter_weights_and_more_curvature():
    narrow, wide = (experiment.ends(T, range(8)) for T in (1, 8))
    narrow, wide = ({name: value[end["loss"] < 1e-3] for name, value in end.items()} for end in (narrow, wide))
    assert len(narrow["loss"]) >= 3 and len(wide["loss"]) >= 6
    assert np.median(wide["lengths"]) < np.median(narrow["lengths"]) / 2
    assert np.median(wide["curvature"]) > np.median(narrow["curvature"])


def test_the_largest_curvature_is_the_eigenvalue_of_the_hessian():
    found = experiment.ends(1, [4], steps=60)
    spec = {"table": "gaussian", "filters": 1, "middle": "softplus"}
    runs, _ = experiment.train_members(spec, [4], 60)
    hessian = experiment.landscape(spec, experiment.images(spec, 4)).hessian(runs.theta[0])
    assert found["curvature"][0] == pytest.approx(float(torch.linalg.eigvalsh(hessian)[-1]), rel=1e-3)


def test_targets_of_one_hot_rows_leave_200_of_300_numbers_free():
    y = experiment.images(SPEC, 0).y
    assert torch.equal(y.sum(1), torch.ones(100, dtype=y.dtype)) and torch.linalg.matrix_rank(y - y.mean(0)) == 2


@pytest.mark.parametrize("lost", [("W2", "W3"), ("W1", "W3"), ("W1", "W2", "W3")])
def test_bad_critical_points_form_flats_and_only_the_smallest_hides_its_way_down(lost):
    data = lm.data.one_hot(lm.data.gaussian_patches(100))
    land = lm.small_cnn(data, 2, [5, 3], ["sigmoid", "softplus"])
    parts = land.unpack(lm.starts(land, [1], "normal")[0])
    point = land.pack(**parts | {name: 0 * parts[name] for name in lost} | {"b3": data.y.mean(0)})
    least = torch.linalg.eigvalsh(land.hessian(point))[0]
    assert land.gradient(point).norm() < 1e-11 and abs(land.loss(point) - 32.81) < 1e-9
    assert least > -1e-10 if len(lost) == 3 else least < -1


def test_runs_that_rest_at_a_constant_answer_are_not_near_the_bad_saddle():
    data = lm.data.one_hot(lm.data.gaussian_patches(100))
    land = lm.small_cnn(data, 1, [5, 3], ["sigmoid", "softplus"])
    theta = lm.train(land, lm.starts(land, range(2), "normal", 0.1), "lbfgs", max_steps=4).theta
    assert (abs(land.loss(theta) - 32.81) < 0.2).all() and (land.unpack(theta)["W2"].flatten(1).norm(dim=1) > 1).all()
    assert all(torch.linalg.eigvalsh(land.hessian(point))[0] < -1 for point in theta)


def test_curves_begin_together_and_end_at_the_loss(stored):
    for _, arrays in stored.rows:
        first = arrays["curve"][:, 0]
        assert (first > 30).all() and (first < 200).all()
        np.testing.assert_allclose(
            arrays["early"], arrays["curve"][:, experiment.MARKS.index(experiment.EARLY)], rtol=1e-6
        )


def test_slices_of_wide_networks_are_lower_at_the_rim(stored):
    rim = {}
    for T in (1, 8):
        planes = stored.row(filters=T, middle="softplus")["plane"][: experiment.PLANES].astype(float)
        rim[T] = np.median(np.concatenate([planes[:, 0], planes[:, -1]]))
    assert rim[1] > rim[8] + 1


def test_true_labels_are_learnt_below_the_width_of_the_theorem_and_random_ones_need_more(labels):
    wrong = {(spec["labels"], spec["filters"]): arrays["wrong"] for spec, arrays in labels.rows}
    assert all((wrong["true", T] == 0).all() for T in (2, 4, 8, 12))
    assert all(wrong["random", T].mean() > 10 for T in (1, 2))
    assert wrong["random", 12].mean() < wrong["random", 2].mean() / 3


@pytest.mark.parametrize("module", [experiment, random_labels])
def test_the_summary_names_every_row(module):
    rows = store.load(module.__name__.rpartition(".")[2]).rows
    assert len(module.summarise(rows).splitlines()) == len(rows) + 1


# ----------------------------------------------------------------------------------------------- the explorer


def test_the_explorer_says_what_it_shows():
    explorer = WideTrainingExplorer(filters=1, middle="softplus", run=3)
    assert (
        explorer.picture.readout.startswith("1 filter, n₁ = 36, softplus:")
        and "Run 3 ends " in explorer.picture.readout
    )
    explorer.state.filters = 8
    assert explorer.picture.readout.startswith("8 filters, n₁ = 288, softplus:")
    explorer.close()


def test_a_run_that_arrives_is_not_said_to_end_at_the_target():
    rows = widget.stored_rows()
    arrived = experiment.arrived({"loss": rows[1, "softplus"].loss})[: experiment.PLANES]
    for run, below in enumerate(arrived, 1):
        explorer = WideTrainingExplorer(filters=1, middle="softplus", run=run)
        assert f"Run {run} ends {'below 0.001' if below else 'at '}" in explorer.picture.readout
        explorer.close()
    assert arrived.any() and not arrived.all()


def test_what_the_lesson_asks_at_the_explorer_has_the_answers_that_it_means():
    rows = widget.stored_rows()
    low, high = (np.median([plane[0].max() for plane in rows[T, "softplus"].plane]) for T in (8, 1))
    assert high > low + 1
    flat = rows[8, "sigmoid"]
    assert flat.count.failed > 0


def test_new_runs_are_trained_and_shown():
    row = widget.train_row(1, "softplus", seeds=range(300, 302))
    assert row.fresh and row.plane.shape == (2, experiment.POINTS, experiment.POINTS)
    explorer = WideTrainingExplorer(filters=8)
    explorer._take(row)
    assert "of 2 runs" in explorer.picture.readout and "trained now" in explorer.picture.readout
    explorer.state.filters = 2
    assert "stored" in explorer.picture.readout
    explorer._take(None)
    explorer.close()


def test_training_stops_when_told():
    assert widget.train_row(1, "softplus", run=STOPPED) is None


def test_a_width_that_is_not_stored_is_refused():
    with pytest.raises(Exception, match="no number of filters 7"):
        WideTrainingExplorer(filters=7)


# ----------------------------------------------------------------------------------------------- the plan for a GPU


def test_the_plan_at_the_size_of_mnist_runs_and_is_not_taken_for_measured():
    large = lm.experiments.wide_training_large
    assert [large.POSITIONS * spec["filters"] for spec in large.SPECS][::5] == [169, 60164]
    spec = {"filters": 1, "samples": 12, "steps": 8}
    arrays = large.run_chunk(spec, [0, 1])
    assert arrays["loss"].shape == (2,) and (arrays["steps"] <= 8).all() and (arrays["loss"] <= arrays["early"]).all()
    assert "n_1 =   169" in large.summarise([(spec, arrays)])
    with pytest.raises(store.StoredResultError, match="No result of 'wide_training_large' is stored"):
        store.load("wide_training_large")
