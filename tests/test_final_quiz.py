"""Every right option of the final quiz is the one that an experiment chooses: each function here measures, and returns a place.

None of these functions knows which option is marked: a mark that is moved fails its test, and so does an experiment that changes.
"""

import ast
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

import lmcourse as lm
from authoring.notebook import read_notebook
from authoring.prose import anchors
from authoring.source import read_source
from lmcourse.lesson import links
from lmcourse.networks import random_field_theory as theory

ROOT = Path(__file__).parent.parent
PATH = ROOT / "sources" / "companion" / "6_final_quiz.py"


def asked():
    """{id: (question, options, section to read)} of the page's quiz cells."""
    found = {}
    for cell in read_source(PATH.read_text(encoding="utf-8"), PATH.name, "page").cells:
        if cell.kind == "code" and cell.text.startswith("lm.quiz("):
            call = ast.parse(cell.text).body[0].value
            id, question, options = map(ast.literal_eval, call.args)
            found[id] = question, options, ast.literal_eval(call.keywords[0].value)
    return found


QUESTIONS = asked()
MEASURED = {}


def answers(id):
    """Register the experiment that answers a question; it returns the place of the option that it confirms."""
    return lambda experiment: MEASURED.setdefault(id, experiment)


def bin_of(value, *edges):
    """In which of the ranges that the edges divide a value lies, from 0; a value near an edge decides nothing."""
    assert all(abs(value - edge) > 0.05 * max(abs(edge), 1e-12) for edge in edges), f"{value} is too near an edge"
    return int(np.searchsorted(edges, value))


@pytest.mark.parametrize("id", QUESTIONS)
def test_the_right_option_is_the_one_that_is_measured(id):
    _, options, _ = QUESTIONS[id]
    right = next(place for place, (_, mark, _) in enumerate(options) if mark)
    assert MEASURED[id]() == right, f"the experiment confirms another option than {options[right][0]!r}"


def test_every_question_has_an_experiment_and_every_experiment_a_question():
    assert set(MEASURED) == set(QUESTIONS) and len(QUESTIONS) == 20


def test_four_questions_a_chapter_and_every_lesson_is_asked_about():
    lessons = [id.partition("/")[2].partition("-")[0] for id in QUESTIONS]
    assert Counter(lesson[0] for lesson in lessons) == dict.fromkeys("12345", 4)
    assert set(lessons) == {path.parent.name[0] + "." + path.name[0] for path in ROOT.glob("chapters/*/*.ipynb")}


def test_neither_place_nor_length_gives_the_right_option_away():
    places, longest, shortest = Counter(), 0, 0
    for _, options, _ in QUESTIONS.values():
        lengths = [len(text) for text, _, _ in options]
        right = next(place for place, (_, mark, _) in enumerate(options) if mark)
        places[right] += 1
        longest += lengths[right] == max(lengths)
        shortest += lengths[right] == min(lengths)
    assert set(places.values()) == {5} and len(places) == 4, f"right options by place: {places}"
    assert longest <= 6 and shortest <= 7, f"right options that are the longest: {longest}, the shortest: {shortest}"


@pytest.mark.parametrize("id", QUESTIONS)
def test_a_question_names_the_section_that_answers_it(id, monkeypatch):
    monkeypatch.chdir(ROOT / "companion")
    lesson, _, section = QUESTIONS[id][2].partition("#")
    assert id.startswith(f"final/{lesson}-"), "a question is read again in the lesson that it is named after"
    cells = read_notebook(links.find_notebook(lesson)).cells
    assert section in {each for cell in cells if cell.cell_type == "markdown" for each in anchors(cell.source)}


# Chapter 1


@answers("final/1.1-rest")
def newton_beside_the_saddle():
    saddle = lm.experiments.network_saddle.network(seed=2)
    starts = 1e-3 * lm.starts(saddle.land, seeds=range(5), scheme="normal")
    path = lm.experiments.network_saddle.walk(saddle.land, starts, "newton")
    ends = lm.classify(saddle.land, path[:, -1], tol=1e-6)
    at_rest, at_zero = bool((ends.grad_norm < 1e-11).all()), ends.theta.norm(dim=1) < 1e-6
    if not at_rest:
        return 3
    if set(ends.kind) == {"strict minimum"}:
        return 2
    assert set(ends.kind) == {"strict saddle"} and (ends.index == 4).all() and 0.6 < ends.theta.norm(dim=1).max() < 0.8
    return 0 if at_zero.all() else 1


@answers("final/1.2-band")
def minima_in_the_band():
    return 3 - bin_of(theory.p_spin_minima(100, samples=20_000).below_edge, 0.01, 0.25, 0.8)


@answers("final/1.3-tries")
def random_directions_at_zero_weights():
    saddle = lm.experiments.network_saddle.network(seed=2)
    eigenvalues = torch.linalg.eigvalsh(saddle.land.hessian(torch.zeros(saddle.land.dim).double()))
    assert int((eigenvalues < -1e-6).sum()) == 4 and (eigenvalues[:4] - eigenvalues[0]).abs().max() < 1e-9
    down = lm.experiments.escaping.try_directions(eigenvalues.numpy(), tries=20_000)
    return bin_of(down / 20_000, 1e-3, 0.25, 0.8)


@answers("final/1.4-same")
def level_pairs_that_are_one_network():
    experiment, share = lm.experiments.straight_line, {}
    for n, level_pairs in ((4, 29), (16, 50)):
        land, ends = experiment.solutions(n, range(12))
        ends = lm.experiments.distribution_of_minima.descend(land, ends)
        level = int((experiment.barriers_after_renaming(land, ends) < 0.02).sum())
        same = sum(count * (count - 1) // 2 for count in lm.distinct(land, ends).counts.tolist())
        assert level == level_pairs and same <= level  # copies are level, of course
        share[n] = same / level
    return [[3, 1], [0, 2]][share[4] > 0.5][share[16] > 0.5]


# Chapter 2


@answers("final/2.1-adam")
def what_adam_does_on_ten_points():
    experiment = lm.experiments.ten_points
    (row,) = [arrays for spec, arrays in lm.store.load("ten_points").rows if spec == experiment.SPECS[4]]
    assert experiment.SPECS[4]["method"] == "adam" and experiment.SPECS[4]["loss"] == "log"
    trapped = experiment.is_trapped(torch.from_numpy(row["loss"])).numpy()
    assert 0.01 < trapped.mean() < 0.05
    live = lm.train(
        land := lm.sigmoid_mlp([2, 2, 1], lm.data.ten_points(), loss="log"),
        lm.starts(land, range(20), scheme="uniform"), "adam", lr=0.01, max_steps=6000, record=2000,
    )  # fmt: skip
    lengths, free = live.path.theta.norm(dim=2), ~experiment.is_trapped(live.loss)
    grow = float((lengths[free][:, -1] > lengths[free][:, -2] + 0.3).double().mean())  # they do not come to rest
    shares = (row["right"] == 10).mean(), 1 - grow, (abs(row["loss"] - 6 * np.log(2)) < 0.02).mean(), trapped.mean()
    return next(place for place, share in enumerate(shares) if share > 0.5)


@answers("final/2.1-exit")
def the_exit_of_the_trap():
    mark = lm.landmark("ten points, log, trap")
    land, saddle = mark.land, lm.refine(mark.land, lm.landmark("ten points, log, exit").theta).theta[0]
    down = torch.linalg.eigh(land.hessian(saddle)).eigenvectors[:, 0]
    both = lm.train(land, torch.stack([saddle + 0.03 * down, saddle - 0.03 * down]), lr=0.1, max_steps=10_000, tol=0)
    assert (
        abs(float(both.loss[0]) - mark.loss) < 1e-4 and float(both.loss[1]) < 4.8
    )  # the one side returns, the other leads out
    return bin_of(float(land.loss(saddle)) - mark.loss, 1e-6, 0.01, 0.5)


@answers("final/2.2-push")
def pushed_from_the_floor():
    stuck = lm.landmark("relu 2, interior")
    push = lm.starts(stuck.land, seeds=range(100), scheme="sphere") / stuck.land.dim**0.5
    ends = lm.train(stuck.land, stuck.theta + 0.2 * push, lr=0.001, tol=1e-5, max_steps=15_000).loss
    return bin_of(int((ends < 0.01).sum()), 5, 40, 95)


@answers("final/2.3-pushed")
def pushed_awake():
    bad_starts = lm.experiments.bad_starts
    draws = bad_starts.draw(3, seeds=range(1000), layers=20)
    dead, lowered = bad_starts.dies_at(draws) <= 20, bad_starts.lowered(draws)
    assert 0.85 < dead.double().mean() < 0.92
    return bin_of(float(lowered[dead].double().mean()), 0.01, 0.12, 0.5)


# Chapter 3


@answers("final/3.1-unfinished")
def unfinished_linear_networks():
    experiment = lm.experiments.no_poor_minima
    row = lm.store.load("no_poor_minima").row(layers=5, smaller=1)
    late = row["losses"][row["steps"] > 1000, 0]
    land = experiment.landscape(layers=5)
    again = lm.train(
        land, lm.starts(land, seeds=range(20)), lr=0.02, tol=0, max_steps=1000
    ).loss  # the first of them, here
    assert len(late) == 614 and (again.numpy() > 0.625 + 1e-6).sum() == (row["steps"][:20] > 1000).sum()
    near = {level: float((abs(late - level) < 0.05).mean()) for level in (1.75, 0.625, 3.75)}
    return next((place for place, share in enumerate(near.values()) if share > 0.5), 3)


@answers("final/3.2-stairs")
def stairs_of_two_depths():
    waits = []
    for widths in ((4, 2, 4), (4, 2, 2, 4)):
        land = lm.deep_linear(widths, lm.experiments.plateaus.target(4, 3, 2, 1))
        starts = lm.starts(land, seeds=range(3), scheme="normal", scale=0.05)
        path = lm.train(land, starts, lr=0.005, max_steps=3500, record=10).path
        waits.append(bool((10 * ((land.loss(path.theta) - 7).abs() < 0.3).sum(dim=1)).min() >= 200))
    return {(True, True): 0, (False, False): 1, (True, False): 2, (False, True): 3}[tuple(waits)]


@answers("final/3.2-levels")
def levels_with_a_bad_saddle():
    experiment, widths = lm.experiments.plateaus, (4, 2, 2, 4)
    data = experiment.target(4, 3, 2, 1)
    land, bad = lm.deep_linear(widths, data), set()
    for point in lm.linear_catalogue(widths, data):
        proof = lm.certify(land, experiment.unbalanced(land, point, data), "bad saddle")
        bad |= {point.loss} if proof.proved else set()
        assert proof.proved == (point.index == 0 and point.loss > 2.5)
    return {0: 0, 1: 1, 2: 2, 10: 3}[len(bad)]


@answers("final/3.3-positive")
def descent_on_a_positive_target():
    experiment, target = lm.experiments.power_projection, torch.tensor([[0.3, -6], [4, 5.5]]).double()
    assert torch.linalg.eigvalsh((target + target.mT) / 2)[0] > 0.1
    path = experiment.descend(target, depth=4, rate=3.41e-4, steps=2200)
    others = experiment.descend(experiment.random_positive(75, 2, least=0.1, seed=24), 4, rate=0.0025, steps=6000)
    assert (others.loss[-1] < 1e-4).all() and (others.positivity.amin(0) < 0).any()
    leaves, arrives = bool(path.positivity.min() < -0.5), bool(path.loss[-1] < 1e-8)
    return {(True, True): 0, (True, False): 1, (False, True): 2, (False, False): 3}[leaves, arrives]


# Chapter 4


@answers("final/4.1-down")
def the_way_down_at_five():
    five, saddle = lm.teacher_student(k=5), lm.symmetric_minimum(5).flatten()
    lowest = torch.linalg.eigh(five.hessian(saddle)).eigenvectors[:, :3]  # one eigenvalue, three directions
    wish = torch.zeros(5, 5).double()
    wish[0, 1], wish[0, 2] = 1, -1
    down = lowest @ (lowest.T @ wish.flatten())
    down = (down / down.norm()).reshape(5, 5)
    if down[0, 0].abs() > 0.05:
        return 0
    after = lm.train(five, saddle + 0.05 * down.flatten(), lr=0.4).theta.reshape(5, 5)
    owner = after.argmax(dim=0).tolist()  # which neuron has each teacher neuron now
    assert saddle.reshape(5, 5).argmax(dim=0).tolist()[1:] == [1, 2, 3, 4]
    if len(set(owner)) < 5:
        return 1
    return 2 if owner == [1, 0, 2, 3, 4] and float(five.loss(after.flatten())) < 1e-6 else 3


@answers("final/4.2-proved")
def what_is_proved_of_students_and_teachers():
    """The right sentence is proved here, the third refuted; to the two others nothing is known that could be run."""
    proof = lm.experiments.proof_by_computer
    spare = proof.symmetric_point(11, 2, "spare neurons fill it")
    refuted = lm.certify(lm.teacher_student(11, n=13), spare.flatten(), not_global=True)
    assert refuted.proved and refuted.not_global and not lm.certify_symmetric(5).proved
    assert sum(lm.experiments.spurious_minima.published(k, k + 2).failed for k in range(6, 19)) == 0
    every = proof.every_size(first=6)
    low, _ = every.loss_times_size()
    return 1 if every.proved and low > 0 and every.bound() > 0 else 2


@answers("final/4.3-narrow")
def trapped_or_too_narrow():
    experiment = lm.experiments.quadratic_activation
    stored = lm.store.load("quadratic_activation")
    cells = {spec["n"]: arrays for spec, arrays in stored.rows if spec["table"] == "map" and spec["N"] == 28}
    failed, needed = ~experiment.reached(cells[4]), experiment.ranks(cells[12])
    again = experiment.run_chunk({"table": "map", "N": 28, "n": 4}, seeds=range(10))
    assert failed.sum() == 69 and (~experiment.reached(again) == failed[:10]).all()
    return bin_of(int((failed & (needed <= 4)).sum()), 8, 28, 60)


@answers("final/4.4-task")
def minima_of_a_learnable_task():
    experiment, stored = lm.experiments.distribution_of_minima, lm.store.load("distribution_of_minima")
    met = {
        target: [experiment.count(stored.row(**experiment.row_of(target, [n]))).met for n in (1, 3, 8)]
        for target in experiment.TARGETS
    }
    assert met["random"] == [10, 82, 198] and met["teacher"][:2] == [1, 7]
    land = experiment.regression("teacher", [8])
    live = lm.distinct(land, experiment.descend(land, lm.starts(land, range(20), scheme="normal")))
    assert len(live) <= met["teacher"][2]
    return 3 - bin_of(met["teacher"][2], 5, 40, 120)


# Chapter 5


@answers("final/5.1-remedy")
def what_mends_the_rank():
    experiment = lm.experiments.independent_features
    x, draws = experiment.images("digits", N=200), [experiment.draw(filters=6, seed=seed) for seed in range(30)]
    small = [(W / 10, b / 10) for W, b in draws]
    tries = ((experiment.images("noisy digits", N=200), draws), (x - x.mean(dim=0), draws), (x, small))
    full = [float((experiment.ranks(seen, each, "ReLU") == 200).double().mean()) for seen, each in tries]
    exact = [lm.experiments.rank_proofs.prove_rank(x, *draw, "ReLU") for draw in draws[:3]]
    assert all(proof.proved for proof in exact) and (experiment.ranks(x, draws, "ReLU") == 200).double().mean() < 0.25
    full.append(sum(proof.low == 200 for proof in exact) / len(exact))
    (place,) = [place for place, share in enumerate(full) if share > 0.5]
    return place


@answers("final/5.1-scale")
def the_end_of_the_curve():
    experiment = lm.experiments.independent_features
    x = experiment.images("gaussian", N=200)
    least = {
        s: float(torch.linalg.svdvals(experiment.features(x, *experiment.draw(filters=6, scale=s), "sigmoid"))[-1])
        for s in (1, 0.1, 0.01)
    }
    assert round(least[1], 1) == 0.1 and round(least[0.1], 4) == 0.0007
    proof = lm.experiments.rank_proofs.prove_rank(x, *experiment.draw(filters=6, scale=0.01), "sigmoid")
    return 3 - bin_of(least[0.01], 2e-6, 2e-5, 2e-4) if proof.proved and proof.low == 200 else 0


@answers("final/5.2-wider")
def runs_that_stay_above():
    experiment, stored = lm.experiments.wide_training, lm.store.load("wide_training")
    failed = {T: experiment.count(stored.row(filters=T, middle="sigmoid")).failed for T in (1, 2, 4, 8)}
    assert [failed[T] for T in (1, 2, 4)] == [49, 8, 6]
    spec = {"table": "gaussian", "filters": 8, "middle": "sigmoid"}
    late, _ = experiment.train_members(spec, [11], 300)  # one of them: it stands with hardly any slope left
    F1, F2, _ = experiment.landscape(spec, experiment.images(spec, 11)).layers(late.theta[0])
    assert float((F2 * (1 - F2)).median()) < 1e-3 and float(torch.linalg.svdvals(F1)[-1]) > 0.1
    return bin_of(failed[8], 2, 12, 60)


@answers("final/5.2-flats")
def flats_of_critical_points():
    data, free = lm.data.one_hot(lm.data.gaussian_patches(100)), []
    land = lm.small_cnn(data, filters=8, widths=[5, 3], activation=["sigmoid", "softplus"])
    assert land.dim == 1823
    for lost in (("W1", "W3"), ("W2", "W3")):
        for seed in range(3):  # whatever the weights that are left
            parts = land.unpack(lm.starts(land, [seed], "normal")[0])
            point = land.pack(**parts | {name: 0 * parts[name] for name in lost} | {"b3": data.y.mean(0)})
            assert land.gradient(point).norm() < 1e-11 and float(land.loss(point)) > 30
        free.append(land.dim - sum(parts[name].numel() for name in (*lost, "b3")))
    assert free[1] == 365
    return 3 - bin_of(max(free), 0.5, 100, 500)


def test_a_misplaced_mark_is_found():
    id = "final/1.3-tries"
    _, options, _ = QUESTIONS[id]
    assert [mark for _, mark, _ in options].index(True) == MEASURED[id]()
    moved = [(text, place == 1, comment) for place, (text, _, comment) in enumerate(options)]
    assert [mark for _, mark, _ in moved].index(True) != MEASURED[id]()


def test_feedback_and_questions_are_plain():
    for question, options, _ in QUESTIONS.values():
        words = " ".join([question, *(text + " " + comment for text, _, comment in options)])
        assert not re.search(r"\b(just|simply|obviously)\b|!", words)
        assert len({comment for _, _, comment in options}) >= len(options) - 1
