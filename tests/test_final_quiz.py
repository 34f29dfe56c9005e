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
from lmcourse.networks import random_matrices as matrices

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
    assert set(places.values()) == {4} and len(places) == 5, f"right options by place: {places}"
    assert longest <= 6 and shortest <= 7, f"right options that are the longest: {longest}, the shortest: {shortest}"


@pytest.mark.parametrize("id", QUESTIONS)
def test_a_question_names_the_section_that_answers_it(id, monkeypatch):
    monkeypatch.chdir(ROOT / "companion")
    lesson, _, section = QUESTIONS[id][2].partition("#")
    assert id.startswith(f"final/{lesson}-"), "a question is read again in the lesson that it is named after"
    cells = read_notebook(links.find_notebook(lesson)).cells
    assert section in {each for cell in cells if cell.cell_type == "markdown" for each in anchors(cell.source)}


# Chapter 1


@answers("final/1.1-maps")
def maps_that_agree():
    experiment, land = lm.experiments.basins, lm.surface("himmelblau")
    ends = {method: experiment.basins(land, method, side=60).ends for method in experiment.NAMES}
    pairs = (
        ("gd", "momentum"),
        ("newton", "saddle-free newton"),
        ("gd", "saddle-free newton"),
        ("momentum", "saddle-free newton"),
    )
    same = [float((ends[one] == ends[other]).mean()) for one, other in pairs]
    assert not any(0.85 < share < 0.97 for share in same)
    return next((place for place, share in enumerate(same) if share > 0.97), 4)


@answers("final/1.2-coins")
def shares_beside_coins():
    spins = theory.p_spin_mean_counts(9)  # a point has 8 directions
    over_coins = (
        matrices.positive_share(9) * 2.0**9,
        float(matrices.index_shares(18)[0]) * 2.0**18,
        float(spins[0] / spins.sum()) * 2.0**8,
    )
    assert all(ratio < 0.5 or ratio > 2 for ratio in over_coins)
    more = tuple(ratio > 1 for ratio in over_coins)
    return [(False, True, True), (False, True, False), (False, False, False), (False, False, True)].index(more)


@answers("final/1.3-steps")
def larger_steps_past_five_saddles():
    experiment = lm.experiments.escaping
    land, start, left = experiment.octopus(5, L=1, gamma=1), experiment.box(5, seeds=range(20)), {}
    for lr in (0.25, 0.4):
        path = lm.train(land, start, "gd", lr=lr, tol=0, max_steps=1500, record=1).path.theta
        left[lr] = experiment.stage_times(path).double().median(dim=0).values
        ratio = experiment.growth_of_time(lr=lr, L=1, gamma=1)
        assert abs(float(left[lr][3] / left[lr][2]) - ratio) < 0.3
    assert left[0.25][[0, 4]].tolist() == [6, 465] and left[0.4][0] == 4
    return bin_of(float(left[0.4][4]), 150, 380, 600, 1200)


@answers("final/1.4-same")
def different_minima_and_level_pairs():
    experiment, minima = lm.experiments.straight_line, []
    for n in (4, 16):
        land, ends = experiment.solutions(n, range(12))
        ends = lm.experiments.distribution_of_minima.descend(land, ends)
        minima.append(len(lm.distinct(land, ends)))
        level = int((experiment.barriers_after_renaming(land, ends) < 0.02).sum())
        assert level < 33 if n == 4 else level > 44
    return [[4, 1], [4, 10], [8, 8], [10, 4], [12, 12]].index(minima)


# Chapter 2


@answers("final/2.1-double")
def doubled_neurons_of_the_trap():
    mark, wider = lm.landmark("ten points, log, trap"), lm.sigmoid_mlp([2, 3, 1], lm.data.ten_points(), loss="log")
    W1, b1, W2, b2 = mark.land.unpack(mark.theta).values()
    saddle = {}
    for j in (0, 1):
        for share in (-1, 0.25, 0.5, 0.75, 2):
            split = torch.cat([(1 - share) * W2[:, [j]], share * W2[:, [j]], W2[:, [1 - j]]], dim=1)
            double = wider.pack(W1=W1[[j, j, 1 - j]], b1=b1[[j, j, 1 - j]], W2=split, b2=b2)
            assert wider.gradient(double).norm() < 1e-9 and abs(float(wider.loss(double)) - mark.loss) < 1e-10
            saddle[j, share] = float(torch.linalg.eigvalsh(wider.hessian(double))[0]) < -1e-3
    inside = {saddle[j, share] for j in (0, 1) for share in (0.25, 0.5, 0.75)}
    outside = {saddle[j, share] for j in (0, 1) for share in (-1, 2)}
    return {(False, True): 0, (True, False): 1, (True, True): 2, (False, False): 3}.get((*inside, *outside), 4)


@answers("final/2.1-three")
def three_neurons_on_ten_points():
    experiment = lm.experiments.ten_points
    rows = [
        arrays for spec, arrays in lm.store.load("ten_points").rows if spec["loss"] == "log" and spec["hidden"] == 3
    ]
    (row,) = rows
    live = experiment.run(range(10), hidden=3)
    right = experiment.count_right(experiment.network(3), live.theta)
    assert ((right == 10).numpy() == (row["right"][:10] == 10)).all() and not experiment.is_trapped(live.loss).any()
    trapped = bin_of(float(experiment.is_trapped(torch.from_numpy(row["loss"])).double().mean()), 0.02, 0.5)
    solved = bin_of(float((row["right"] == 10).mean()), 0.02, 0.35, 0.75)
    return [(0, 3), (0, 1), (1, 1), (1, 2), (2, 0)].index((trapped, solved))


@answers("final/2.2-push")
def pushed_from_the_floor_and_from_its_edge():
    stuck = lm.landmark("relu 2, interior")
    edge = torch.tensor([-3, 1, 3, -26 / 3, 1, -1, -5 / 3]).double()
    push = lm.starts(stuck.land, seeds=range(100), scheme="sphere") / stuck.land.dim**0.5
    begin = torch.cat([stuck.theta + 0.2 * push, stuck.theta + 0.5 * push, edge + 0.2 * push])
    ends = lm.train(stuck.land, begin, lr=0.001, tol=1e-5, max_steps=15_000).loss.reshape(3, 100)
    free = (ends < 0.01).sum(dim=1)
    options = torch.tensor([[0, 15, 70], [15, 45, 45], [0, 0, 15], [40, 70, 95], [0, 60, 95]])
    near = (options - free).abs().amax(dim=1) <= 3
    assert int(near.sum()) == 1
    return int(near.int().argmax())


@answers("final/2.3-pushed")
def pushed_awake():
    bad_starts = lm.experiments.bad_starts
    draws = bad_starts.draw(3, seeds=range(1000), layers=20)
    dead, strictly, lowered = bad_starts.dies_at(draws) <= 20, bad_starts.off_strictly(draws), bad_starts.lowered(draws)
    assert 0.85 < dead.double().mean() < 0.92
    inside = bin_of(float(strictly[dead].double().mean()), 0.05, 0.5, 0.95)
    woken = bin_of(float(lowered[dead].double().mean()), 0.01, 0.1, 0.5, 0.85)
    return [(3, 0), (2, 2), (1, 1), (1, 3), (0, 4)].index((inside, woken))


# Chapter 3


@answers("final/3.1-stand")
def the_hessian_beside_a_long_plateau():
    land = lm.experiments.no_poor_minima.landscape(layers=4)
    run = lm.train(land, lm.starts(land, seeds=[303], scale=1 / 3), lr=0.02, max_steps=6000)
    assert abs(float(run.loss[0]) - 1.75) < 1e-4
    point = run.theta[0]
    for _ in range(10):  # Newton's method for a zero of the gradient
        values, vectors = torch.linalg.eigh(land.hessian(point))
        point = point - vectors @ torch.where(values.abs() > 1e-3, (vectors.mT @ land.gradient(point)) / values, 0.0)
    values = torch.linalg.eigvalsh(land.hessian(point))
    assert land.gradient(point).norm() < 1e-12 and (point - run.theta[0]).norm() < 0.01
    negative, ratio = int((values < -1e-9).sum()), float(-values[0] / values[-1])
    if negative > 1:
        return 3
    if negative == 0:
        return {3: 1, 4: 2}[len(land.shapes)]
    return [4, 0][bin_of(ratio, 1e-2)]


@answers("final/3.1-unfinished")
def unfinished_linear_networks():
    experiment = lm.experiments.no_poor_minima
    row = lm.store.load("no_poor_minima").row(layers=5, smaller=1)
    late = row["losses"][row["steps"] > 1000, 0]
    land = experiment.landscape(layers=5)
    again = lm.train(land, lm.starts(land, seeds=range(20)), lr=0.02, tol=0, max_steps=1000).loss  # the first of them
    assert len(late) == 614 and (again.numpy() > 0.625 + 1e-6).sum() == (row["steps"][:20] > 1000).sum()
    near = {level: float((abs(late - level) < 0.05).mean()) for level in (3.75, 1.75, 1.25, None, 0.625) if level}
    assert max(near.values()) > 0.5 or max(near.values()) < 0.34
    return next(((0, 1, 2, 4)[place] for place, share in enumerate(near.values()) if share > 0.5), 3)


@answers("final/3.2-five")
def the_hessian_during_the_third_wait():
    land = lm.deep_linear((4, 2, 2, 4), lm.experiments.plateaus.target(4, 3, 2, 1))
    path = lm.train(
        land, lm.starts(land, range(3), "normal", scale=0.05), lr=0.005, max_steps=3500, record=10
    ).path.theta
    wait = (land.loss(path) - 5).abs() < 0.02
    run = int(wait.sum(dim=1).argmax())
    assert wait[run].sum() >= 20
    there = path[run][wait[run]]
    product = lm.experiments.plateaus.product(land, there).diagonal(dim1=-2, dim2=-1).mean(dim=0)
    assert (product - torch.tensor([4, 0, 2, 0])).abs().max() < 0.1  # the modes 1 and 3
    smallest = float(torch.linalg.eigvalsh(land.hessian(there))[:, 0].mean())
    return [4, 0, 1, 2][bin_of(smallest, -2.5, -0.2, -0.001)]


@answers("final/3.3-turned")
def turned_layers_and_their_number():
    steps = {}
    for L in (2, 4, 8):
        start = torch.polar(torch.tensor(1.0).double(), torch.tensor(0.001).double())
        w = lm.experiments.identity_start.eigenvalues(torch.tensor(-1.0).to(start), L, 0.02, 20_000, start=start)
        steps[L] = int(((w + 1).abs().square() / 2 <= 1e-4).int().argmax())
    assert abs(steps[2] - 470) < 10 and abs(steps[4] - 1500) < 30
    return bin_of(steps[8], 600, 1200, 3000, 9000)


# Chapter 4


@answers("final/4.1-proved")
def failed_runs_that_are_proved_to_be_stuck():
    found = {}
    for spec, arrays in lm.store.load("spurious_minima_proofs").rows:
        counts = found.setdefault(spec["n"] - spec["k"], {"failed": 0, "proved": 0})
        for name in counts:
            counts[name] += int(arrays[name].sum())
    assert (found[0]["failed"], found[1]["failed"]) == (8506, 1563)
    one = lm.experiments.proof_by_computer.symmetric_point(8, 1, "spare neurons fill it")  # one of them, proved again
    assert lm.certify(lm.teacher_student(8, n=9), one.flatten(), not_global=True).not_global
    shares = [bin_of(each["proved"] / each["failed"], 0.02, 0.3, 0.7) for each in (found[0], found[1])]
    whole = [each["proved"] == each["failed"] for each in (found[0], found[1])]
    nearly = abs(1 - found[1]["proved"] / found[1]["failed"] - 1 / 17) < 0.005
    options = [([3, 3], [True, True]), ([3, 3], [True, False]), ([3, 1], [True, False]), ([3, 2], [False, False])]
    place = [*options, ([2, 0], [False, False])].index((shares, whole))
    assert place != 1 or nearly
    return place


@answers("final/4.2-open")
def the_sentence_without_a_proof():
    """Four of the five sentences are proved here; to the one that is left nothing is known that could be run."""
    proof, left = lm.experiments.proof_by_computer, set(range(5))
    every = proof.every_size(first=6)
    low, _ = every.loss_times_size()
    if every.proved and low > 0 and every.bound() > 0:
        left.remove(1)
    for place, k, p in ((2, 11, 2), (3, 15, 3)):
        point = proof.symmetric_point(k, p, "spare neurons fill it")
        if lm.certify(lm.teacher_student(k, k + p), point.flatten(), not_global=True).not_global:
            left.remove(place)
    if all(split.negative == 5 for split in proof.split_signs(6, lm.symmetric_minimum(6))):
        left.remove(4)
    assert not lm.certify_symmetric(5).proved  # and this point is no counterexample
    (place,) = left
    return place


@answers("final/4.3-narrow")
def too_narrow_for_the_lowest_loss():
    experiment = lm.experiments.quadratic_activation
    stored = lm.store.load("quadratic_activation")
    cells = {spec["n"]: arrays for spec, arrays in stored.rows if spec["table"] == "map" and spec["N"] == 28}
    failed, needed = ~cells[4]["reached"], cells[12]["rank"]
    again = experiment.run_chunk({"table": "map", "N": 28, "n": 4}, seeds=range(5))
    wide = experiment.run_chunk({"table": "map", "N": 28, "n": 12}, seeds=range(5))
    assert failed.sum() == 146 and (~again["reached"] == failed[:5]).all()
    assert (wide["rank"] == needed[:5]).all() and cells[12]["reached"].all()
    return bin_of(int((failed & (needed <= 4)).sum()), 10, 35, 75, 125)


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
    return 4 - bin_of(met["teacher"][2], 5, 30, 75, 150)


# Chapter 5


@answers("final/5.1-four")
def what_mends_the_rank():
    experiment = lm.experiments.independent_features
    x, noisy = experiment.images("digits", N=200), experiment.images("noisy digits", N=200)
    draws, wide = ([experiment.draw(filters=T, seed=seed) for seed in range(30)] for T in (6, 12))

    def full(seen, weights, activation="ReLU"):
        return float((experiment.ranks(seen, weights, activation) == 200).double().mean())

    changes = full(noisy, draws), full(x - x.mean(dim=0), draws), full(x, wide), full(x, draws, "sigmoid")
    assert full(x, draws) < 0.25 and not any(0.3 < share < 0.75 for share in changes)
    noise, means, filters, sigmoid = (share > 0.75 for share in changes)
    options = [(0, 0, 0, 1), (1, 0, 1, 1), (0, 0, 1, 1), (1, 1, 1, 1), (0, 1, 1, 1)]
    return options.index((noise, means, filters, sigmoid))


@answers("final/5.2-where")
def widths_at_which_training_succeeds():
    experiment, stored = lm.experiments.wide_training, lm.store.load("wide_training")
    arrived = [100 - experiment.count(stored.row(filters=T, middle="softplus")).failed for T in (1, 2, 3, 5)]
    row = stored.row(filters=3, middle="softplus")
    spec = next(spec for spec, arrays in stored.rows if arrays is row or np.array_equal(arrays["loss"], row["loss"]))
    late, _ = experiment.train_members(spec, [0], 600)  # one of them again
    assert float(late.loss[0]) < 0.001
    options = [[0, 2, 97, 99], [0, 51, 96, 98], [51, 96, 98, 99], [5, 35, 80, 95], [94, 97, 98, 99]]
    near = [max(abs(a - b) for a, b in zip(option, arrived, strict=True)) <= 3 for option in options]
    assert sum(near) == 1
    return near.index(True)


@answers("final/5.2-wider")
def runs_that_stay_above():
    experiment, stored = lm.experiments.wide_training, lm.store.load("wide_training")
    failed = {T: experiment.count(stored.row(filters=T, middle="sigmoid")).failed for T in (1, 2, 4, 8)}
    assert [failed[T] for T in (1, 2, 4)] == [49, 8, 6]
    spec = {"table": "gaussian", "filters": 8, "middle": "sigmoid"}
    late, _ = experiment.train_members(spec, [11], 300)  # one of them: it stands with hardly any slope left
    F1, F2, _ = experiment.landscape(spec, experiment.images(spec, 11)).layers(late.theta[0])
    assert float((F2 * (1 - F2)).median()) < 1e-3 and float(torch.linalg.svdvals(F1)[-1]) > 0.1
    return bin_of(failed[8], 1, 4, 12, 40)


@answers("final/5.2-flats")
def ways_down_from_three_flats():
    """With W3 = 0 the loss depends on no earlier parameter.

    So the Hessian has a negative eigenvalue exactly if a small W3 gives these parameters a slope.
    """
    data = lm.data.one_hot(lm.data.gaussian_patches(100))
    land = lm.small_cnn(data, filters=8, widths=[5, 3], activation=["sigmoid", "softplus"])
    down = []
    for lost in (("W2", "W3"), ("W1", "W3"), ("W1", "W2", "W3")):
        parts = land.unpack(lm.starts(land, [1], "normal")[0])
        parts |= {name: 0 * parts[name] for name in lost} | {"b3": data.y.mean(0)}
        point = land.pack(**parts)
        assert land.gradient(point).norm() < 1e-11 and float(land.loss(point)) > 30
        size, way = 1e-5, torch.randn(parts["W3"].shape, generator=torch.Generator().manual_seed(0)).double()
        slopes = land.unpack(land.gradient(land.pack(**parts | {"W3": size * way})))
        mixed = {
            name: slopes[name] / size for name in ("W1", "b1", "W2", "b2")
        }  # H times a direction, up to order size
        length = sum(float(slope.square().sum()) for slope in mixed.values()) ** 0.5
        down.append(bool(bin_of(length, 1)))
        if down[-1]:  # along this direction the loss falls
            rise = float(land.loss(land.pack(**parts | {"W3": size * way})) - land.loss(point))
            ahead = {name: parts[name] - 2 * rise / (size * length**2) * slope for name, slope in mixed.items()}
            fall = float(land.loss(land.pack(**parts | ahead | {"W3": size * way})) - land.loss(point))
            assert fall < -0.5 * rise < -1e-11
    options = [
        (True, False, False),
        (True, True, False),
        (False, True, False),
        (False, False, False),
        (True, True, True),
    ]
    return options.index(tuple(down))


def test_a_misplaced_mark_is_found():
    id = "final/1.2-coins"
    _, options, _ = QUESTIONS[id]
    assert [mark for _, mark, _ in options].index(True) == MEASURED[id]()
    moved = [(text, place == 1, comment) for place, (text, _, comment) in enumerate(options)]
    assert [mark for _, mark, _ in moved].index(True) != MEASURED[id]()


def test_feedback_and_questions_are_plain():
    for question, options, _ in QUESTIONS.values():
        words = " ".join([question, *(text + " " + comment for text, _, comment in options)])
        assert not re.search(r"\b(just|simply|obviously)\b|!", words)
        assert len({comment for _, _, comment in options}) >= len(options) - 1
