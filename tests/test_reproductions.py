"""Experiments that were run for their tables alone: the stored results, what makes them, and their pictures."""

import numpy as np
import pytest
import torch

import lmcourse as lm
from lmcourse import store
from lmcourse.experiments import (
    identity_steps,
    linear_census,
    relu_examples,
    spin_counts,
    spurious_minima,
    spurious_minima_extended,
    spurious_minima_proofs,
)
from lmcourse.plots import figure
from lmcourse.symmetry import random_element

NAMES = store.names()
STORED = sorted(file.stem for file in store.STORED.glob("*.json"))


@pytest.fixture(scope="module")
def proofs():
    return store.load("spurious_minima_proofs").rows


# ----------------------------------------------------------------------------------------------- every experiment


@pytest.mark.parametrize("name", NAMES)
def test_an_experiment_says_where_its_question_comes_from(name):
    experiment = store.find(name)
    assert len(experiment.SOURCE) > 10 and len(experiment.TITLE) > 20 and experiment.summarise.__doc__


@pytest.mark.parametrize("name", STORED)
def test_the_picture_of_a_stored_result_has_two_named_axes_and_data(name):
    experiment = store.find(name)
    _, ax = figure(8, 5)
    experiment.draw_result(ax, store.load(name).rows)
    assert ax.get_xlabel() and (ax.get_ylabel() or name in ("layer_widths", "ten_points"))
    assert ax.lines or ax.containers or ax.images


def test_stored_results_stay_small():
    assert all(file.stat().st_size < 500_000 for file in store.STORED.glob("*.npz"))


# ----------------------------------------------------------------------------------------------- Safran and Shamir


def test_every_failed_run_of_table_1_is_proved(proofs):
    table_1 = [arrays for spec, arrays in proofs if spec["n"] == spec["k"]]
    assert len(table_1) == 15 and sum(int(arrays["failed"].sum()) for arrays in table_1) == 8506
    for arrays in table_1:
        assert (arrays["proved"] == arrays["failed"]).all() and not arrays["left"].any()
        assert arrays["own"].sum() <= 12 and (arrays["curvature"][arrays["proved"]] > 0).all()


def test_a_failed_run_is_proved_or_left_or_refused_with_a_reason(proofs):
    for _, arrays in proofs:
        refused = arrays["why_not"] != ""
        assert (arrays["proved"].astype(int) + arrays["left"] + refused == arrays["failed"]).all()
        assert (arrays["loss_low"][arrays["proved"]] > 1e-3).all()
        assert (arrays["minimum"] >= 0).tolist() == arrays["proved"].tolist()


def test_the_failed_runs_are_those_of_the_stored_table(proofs):
    table = store.load("spurious_minima")
    for spec, arrays in proofs:
        stored = table.row(**spec)["loss"]
        assert (abs(stored - arrays["loss"]) < 1e-5).mean() > 0.99
        assert abs(int((stored >= 1e-3).sum()) - int(arrays["failed"].sum())) <= 3


def test_the_proof_of_a_run_can_be_made_again(proofs, monkeypatch):
    monkeypatch.setattr(spurious_minima_proofs, "engine_used", lambda: "eager")  # two runs are not worth compiling for
    arrays = next(arrays for spec, arrays in proofs if spec == {"k": 8, "n": 8})
    seeds = [int(np.flatnonzero(arrays["own"])[0]), int(np.flatnonzero(arrays["proved"] & ~arrays["own"])[5])]
    again = spurious_minima_proofs.run_chunk({"k": 8, "n": 8}, seeds)
    assert again["own"].tolist() == [True, False] and again["proved"].all()
    np.testing.assert_allclose(again["curvature"], arrays["curvature"][seeds], rtol=1e-4)


def test_copies_need_one_proof_and_no_other_point_gets_one():
    W, land = lm.symmetric_minimum(7).flatten(), lm.teacher_student(7)
    draw, copies = np.random.default_rng(0), [W]
    for _ in range(5):
        copy = W
        for symmetry in land.symmetries:
            copy = lm.symmetry.transform(land, copy, symmetry, random_element(symmetry, draw))
        copies.append(copy)
    solution, saddle = torch.eye(7).double().flatten(), lm.symmetric_minimum(5).flatten()
    found, refined = spurious_minima_proofs.prove_all(land, torch.stack([*copies, solution]))
    assert found.member_of.tolist() == [0] * 6 + [-1] and len(found.certificates) == 1 and refined.sum() == 1
    assert "not surely above the global minimum" in found.why_not[6]
    found, _ = spurious_minima_proofs.prove_all(lm.teacher_student(5), saddle[None])
    assert found.member_of.tolist() == [-1] and "exactly 3 of 25 eigenvalues are negative" in found.why_not[0]


def test_a_run_that_rests_at_a_saddle_goes_on():
    five, saddle = lm.teacher_student(5), lm.symmetric_minimum(5).flatten()
    lowest = torch.linalg.eigh(five.hessian(saddle)).eigenvectors[:, 0]
    resting = saddle + 1e-5 * lowest
    assert float(five.gradient(resting).norm()) < 1e-6 and float(five.loss(resting)) > 0.01
    minimum = lm.symmetric_minimum(6).flatten() + 1e-4
    assert float(five.loss(spurious_minima_proofs.go_on(five, resting[None], lr=0.4))[0]) < 1e-3
    six = lm.teacher_student(6)
    stayed = spurious_minima_proofs.go_on(six, minimum[None], lr=0.4)
    assert float(six.loss(stayed)[0]) > 0.02 and float(six.gradient(stayed).norm()) < 1e-10


def test_the_extended_runs_begin_with_those_of_the_table():
    table = store.load("spurious_minima")
    for spec, arrays in store.load("spurious_minima_extended").rows:
        assert len(arrays["loss"]) == spec["members"]
        if spec["k"] <= 13:
            same = abs(arrays["loss"][:1000] - table.row(k=spec["k"], n=spec["n"])["loss"]) < 1e-5
            assert same.mean() > 0.99
        for year, theirs in spurious_minima_extended.published(spec["k"], spec["n"]):
            agree = lm.shares_agree(spurious_minima_extended.count(arrays)[:2], theirs[:2])
            assert agree == ((spec["k"], year) != (13, "2018")), (spec, year)


def test_a_published_count_that_is_out_of_line_has_a_reason():
    for (k, n), failed in spurious_minima.PUBLISHED.items():
        ours = spurious_minima.count_stored(store.load("spurious_minima").row(k=k, n=n))
        words = spurious_minima.verdict(k, n, ours)
        low, high = ours.interval
        assert ("lies in our interval" in words) == (low <= failed / 1000 <= high)
        assert ("DIFFER" in words) == ((k, n) == (13, 13))
    assert "67.0 %" in spurious_minima.verdict(13, 13, spurious_minima.Count(650, 1000))


# ----------------------------------------------------------------------------------------------- the others


@pytest.mark.parametrize("example", [1, 2, 3])
def test_the_named_losses_of_the_relu_examples_are_right(example):
    data, levels = lm.data.relu_example(example), relu_examples.LEVELS[example]
    y = data.y.flatten()
    line = torch.stack([data.x[:, 0], torch.ones_like(y)], dim=1)
    assert levels["best constant"] == pytest.approx(float((y - y.mean()).square().sum()))
    if example == 1:
        assert levels["best line"] == pytest.approx(
            float((line @ torch.linalg.lstsq(line, y).solution - y).square().sum())
        )
    marks = {
        "global": "solution",
        "trap": "trap" if example == 1 else "interior",
        "worse trap": "worse",
        "better trap": "better",
    }
    for name in levels.keys() - {"best constant", "best line"}:
        assert levels[name] == pytest.approx(lm.landmark(f"relu {example}, {marks[name]}").loss)


def test_relu_runs_rest_where_the_stored_ones_do():
    rows = store.load("relu_examples").rows
    for spec, arrays in rows:
        assert (arrays["loss"] > relu_examples.LEVELS[spec["example"]]["global"] - 1e-4).all()
    spec, arrays = rows[1]
    named = [relu_examples.count_at(arrays, level).failed for level in relu_examples.LEVELS[1].values()]
    assert sum(named) > 990 and min(named) > 100  # example 1 from N(0, 1): four losses and no fifth


def test_a_run_counts_as_near_a_loss_only_from_above_and_where_no_other_run_rests():
    for spec, arrays in store.load("relu_examples").rows:
        assert sum(relu_examples.outcomes(spec, arrays)) == len(arrays["loss"])
        named = [
            loss for name, loss in relu_examples.LEVELS[spec["example"]].items() if name == "global" or "trap" in name
        ]
        for loss, _ in relu_examples.levels_met(arrays):
            assert not any(relu_examples.WITHIN < loss - level < relu_examples.NEAR for level in named)
    runs = {"loss": np.array([0.09, 0.15, 0.2, 0.7, 2.818]), "status": np.array([1, 1, 1, 0, 0])}
    assert relu_examples.outcomes({"example": 3}, runs) == [1, 2, 1, 1, 0]  # 0.15 is below 1/6: on its way further down


def test_spin_models_have_as_many_critical_points_as_theory_says():
    rows = store.load("spin_counts").rows
    for spec, arrays in rows:
        (found, minima), errors = spin_counts.means(arrays)
        exact = spin_counts.theory(spec["N"])
        assert abs(found - exact.sum()) < 3.3 * errors[0] and abs(minima - exact[0]) < 3.3 * errors[1]
        assert (arrays["by_index"] == arrays["by_index"][:, ::-1]).all()  # with every point its mirror image
    assert "DIFFER" not in spin_counts.summarise(rows)
    spec, arrays = rows[-1]
    assert "DIFFER" in spin_counts.summarise([(spec, arrays | {"by_index": arrays["by_index"] + 3})])


def test_the_catalogue_holds_and_a_wrong_formula_would_be_seen(monkeypatch):
    text = linear_census.summarise(store.load("linear_census").rows)
    assert text.count("the formulas hold on all 100 data sets") == len(linear_census.SPECS)
    right = linear_census.linear_catalogue

    def wrong(widths, data):
        first, *others = right(widths, data)
        return [first, *(type(p)(p.kept, p.paths, p.theta, p.loss, p.index + 1) for p in others)]

    monkeypatch.setattr(linear_census, "linear_catalogue", wrong)
    arrays = linear_census.run_chunk({"widths": [3, 2, 3]}, range(2))
    assert arrays["wrong"].tolist() == [6, 6] and "DIFFER" in linear_census.summarise([({"widths": [3, 2, 3]}, arrays)])


def test_whole_matrices_need_the_steps_of_the_recursion_in_any_basis():
    for spec, arrays in store.load("identity_steps").rows:
        assert (arrays["needed"] == arrays["recursion"]).all()
        assert (arrays["needed"] <= identity_steps.bounds(spec)).all()
        if spec["kappa"] <= 16:
            assert arrays["recursion"][0].tolist() == identity_steps.scalar_steps(spec)
    spec = {"depth": 4, "kappa": 4}
    assert identity_steps.run_chunk(spec, [0, 12])["needed"].tolist() == 2 * [identity_steps.scalar_steps(spec)]
