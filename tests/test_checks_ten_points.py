"""The checks of lesson 2.1's exercises: right answers in several styles, and what is said of typical wrong ones."""

import math

import pytest
import torch

import lmcourse as lm

check = lm.checks.ten_points
TEN = lm.data.ten_points()
TRAP = lm.landmark("ten points, log, trap").theta


def parts(theta):
    return theta[:4].reshape(2, 2), theta[4:6], theta[6:8], theta[8]


def logits(theta, x):
    a, b, v, c = parts(theta)
    return torch.sigmoid(x @ a.T + b) @ v + c


def loss(theta, x, y):
    return torch.nn.functional.softplus(torch.where(y == 1, -1, 1) * logits(theta, x)).sum()


def by_the_library(theta, x, y):
    return lm.sigmoid_mlp([2, 2, 1], lm.data.Data(x, y), loss="log").loss(theta)


def with_plain_floats(theta, x, y):
    def minus_log_sigmoid(t):
        return math.log1p(math.exp(-t)) if t > -500 else -t

    signed = [o if label == 1 else -o for o, label in zip(logits(theta, x).tolist(), y.tolist(), strict=True)]
    return sum(minus_log_sigmoid(o) for o in signed)


def naive(theta, x, y):
    p = torch.sigmoid(logits(theta, x))
    return -(y * p.log() + (1 - y) * (1 - p).log()).sum()


def clamped(theta, x, y):
    p = torch.sigmoid(logits(theta, x)).clamp(1e-12, 1 - 1e-12)
    return -(y * p.log() + (1 - y) * (1 - p).log()).sum()


def by_cross_entropy(theta, x, y):
    return torch.nn.functional.binary_cross_entropy(torch.sigmoid(logits(theta, x)), y, reduction="sum")


@pytest.mark.parametrize("answer", [loss, by_the_library, with_plain_floats])
def test_task_1_accepts_what_is_right(answer):
    assert check.log_loss(answer).state == "right", check.log_loss(answer)


def turned(theta, x, y):
    return loss(theta[[0, 2, 1, 3, 4, 5, 6, 7, 8]], x, y)


def linear(theta, x, y):
    a, b, v, c = parts(theta)
    return torch.nn.functional.softplus(torch.where(y == 1, -1, 1) * ((x @ a.T + b) @ v + c)).sum()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda theta, x, y: loss(theta, x, y) / len(y), "mean over the points"),
        (lambda theta, x, y: -loss(theta, x, y), "sign is that of a likelihood"),
        (lambda theta, x, y: loss(theta, x, 1 - y), "classes are exchanged"),
        (lambda theta, x, y: ((torch.sigmoid(logits(theta, x)) - y) ** 2).sum(), "squared loss"),
        (lambda theta, x, y: loss(theta, x, y) / math.log(2), "base 2"),
        (lambda theta, x, y: loss(torch.cat([theta[:8], 0 * theta[:1]]), x, y), "output bias c is missing"),
        (turned, "Rows and columns"),
        (linear, "hidden neurons are linear"),
        (lambda theta, x, y: loss(theta, x[y == 1], y[y == 1]), "Only the points of class 1"),
        (lambda theta, x, y: loss(theta, x[y == 0], y[y == 0]), "Only the points of class 0"),
        (lambda theta, x, y: loss(theta, x, y) + 0.1, "not in one of the usual ways"),
        (lambda theta, x, y: loss(theta, x, y) / len(y) * 4, "with ten not"),
        (naive, "rounded to 0"),
        (clamped, "cut off"),
        (by_cross_entropy, "cut off"),
        (lambda theta, x, y: x, "one number"),
        (lambda theta, x: 0.0, "stops with TypeError"),
    ],
)
def test_task_1_names_the_mistake(answer, words):
    verdict = check.log_loss(answer)
    assert verdict.state == "not yet"
    assert words in verdict.message


def reverse(theta, j):
    copy = theta.clone()
    for i in (2 * j, 2 * j + 1, 4 + j, 6 + j):
        copy[i] *= -1
    copy[8] += theta[6 + j]
    return copy


def by_matrices(theta, j):
    land = lm.sigmoid_mlp([2, 2, 1], TEN, loss="log")
    sign = torch.ones(2, dtype=theta.dtype)
    sign[j] = -1
    W1, b1, W2, b2 = land.unpack(theta).values()
    return land.pack(W1=W1 * sign[:, None], b1=b1 * sign, W2=W2 * sign, b2=b2 + W2[:, j])


@pytest.mark.parametrize("answer", [reverse, by_matrices])
def test_task_2_accepts_what_is_right(answer):
    assert check.reverse(answer).state == "right", check.reverse(answer)


def changed(positions, c=1.0):
    def answer(theta, j):
        copy = theta.clone()
        copy[[2 * j + p if p < 2 else p + j for p in positions]] *= -1
        copy[8] += c * theta[6 + j]
        return copy

    return answer


def in_place(theta, j):
    theta[:] = reverse(theta, j)
    return theta


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda theta, j: theta.clone(), "nothing is reversed"),
        (lambda theta, j: reverse(theta, 1 - j), "another neuron"),
        (lambda theta, j: reverse(reverse(theta, 0), 1), "or both"),
        (changed([0, 1, 4]), "sign of v_j"),
        (changed([0, 1, 6]), "sign of b_j"),
        (changed([0, 4, 6]), "sign of w_j"),
        (changed([0, 1, 4, 6], c=0.0), "moved by a constant"),
        (changed([0, 1, 4, 6], c=-1.0), "Check sign and factor"),
        (changed([0, 1, 4, 6], c=0.5), "Check sign and factor"),
        (lambda theta, j: theta[[2, 3, 0, 1, 5, 4, 7, 6, 8]], "changed places"),
        (lambda theta, j: reverse(theta, j)[[2, 3, 0, 1, 5, 4, 7, 6, 8]], "changed places"),
        (lambda theta, j: -theta, "other neuron must stay"),
        (in_place, "changes theta itself"),
        (lambda theta, j: reverse(theta, j)[:8], "must have the shape (9,)"),
    ],
)
def test_task_2_names_the_mistake(answer, words):
    verdict = check.reverse(answer)
    assert verdict.state == "not yet"
    assert words in verdict.message


def ends(scale, scheme="normal"):
    land = lm.sigmoid_mlp([2, 2, 1], TEN, loss="log")
    return lm.train(land, lm.starts(land, range(100), scheme=scheme, scale=scale), lr=0.1, max_steps=8000).loss


def in_two_halves(scale):
    land, count = lm.sigmoid_mlp([2, 2, 1], TEN, loss="log", reduction="mean"), 0
    for seeds in (range(50), range(50, 100)):
        runs = lm.train(land, lm.starts(land, seeds, scheme="normal") * scale, lr=1.0, max_steps=8000)
        count += sum(5.8705 < 10 * value < 5.8745 for value in runs.loss.tolist())
    return count


@pytest.mark.parametrize("answer", [lambda scale: ((ends(scale) - 5.872536).abs() < 0.002).sum(), in_two_halves])
def test_task_3_accepts_what_is_right(answer):
    assert check.trapped_runs(answer).state == "right", check.trapped_runs(answer)


def trapped(losses):
    return int(((losses - 5.8725).abs() < 0.002).sum())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda scale: 100 - trapped(ends(scale)), "not trapped"),
        (lambda scale: trapped(ends(scale)) / 100, "whole number"),
        (lambda scale: trapped(ends(1.0)), "does not depend on the scale"),
        (lambda scale: int((ends(scale) < 5.8745).sum()), "lower loss"),
        (lambda scale: trapped(ends(scale, "uniform")), 'scheme="normal"'),
        (lambda scale: trapped(ends(scale)) + 1, "the count is off".capitalize()),
    ],
)
def test_task_3_names_the_mistake(answer, words):
    verdict = check.trapped_runs(answer)
    assert verdict.state == "not yet"
    assert words in verdict.message


def moved_x(number, shift):
    x = TEN.x.clone()
    x[number - 1] += torch.tensor(shift, dtype=x.dtype)
    return x


def moved(number, shift):
    return lm.sigmoid_mlp([2, 2, 1], lm.data.Data(moved_x(number, shift), TEN.y), loss="log")


def proof_after(number, shift):
    land = moved(number, shift)
    return lm.certify(land, lm.refine(land, TRAP).theta[0])


def in_rounds(number, shift, rounds=4):
    theta = TRAP
    for i in range(rounds):
        land = moved(number, [(i + 1) / rounds * part for part in shift])
        theta = lm.refine(land, theta).theta[0]
    return lm.certify(land, theta)


def by_newton(number, shift):
    theta = TRAP
    for share in torch.linspace(0.1, 1, 10).tolist():
        land = moved(number, [share * part for part in shift])
        for _ in range(8):
            step = torch.linalg.lstsq(land.hessian(theta), land.gradient(theta)).solution
            theta = theta - step if step.norm() < 1 else theta
    return lm.certify(land, theta, "strict local minimum")


def on_the_mean(number, shift):
    data = lm.data.Data(moved_x(number, shift), TEN.y)
    land = lm.sigmoid_mlp([2, 2, 1], data, loss="log", reduction="mean")
    return lm.certify(land, lm.refine(land, TRAP).theta[0])


@pytest.mark.parametrize("answer", [proof_after, in_rounds, by_newton, on_the_mean])
def test_task_4_accepts_what_is_right(answer):
    assert check.proof_after(answer).state == "right", check.proof_after(answer)


def by_classify(number, shift):
    land = moved(number, shift)
    return lm.classify(land, lm.refine(land, TRAP).theta)[0].kind == "strict minimum"


def by_training(number, shift):
    land = moved(number, shift)
    return abs(float(lm.train(land, TRAP, lr=0.1, max_steps=100).loss) - 5.87) < 0.1


def other_labels(number, shift):
    land = lm.sigmoid_mlp([2, 2, 1], lm.data.Data(moved_x(number, shift), 1 - TEN.y), loss="log")
    return lm.certify(land, TRAP)


def as_a_saddle(number, shift):
    return lm.certify(moved(number, shift), TRAP, "index-1 saddle")


def squared(number, shift):
    land = lm.sigmoid_mlp([2, 2, 1], lm.data.Data(moved_x(number, shift), TEN.y), loss="squared")
    return lm.certify(land, TRAP)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda number, shift: proof_after(number, (0.0, 0.0)), "where they were at first"),
        (lambda number, shift: lm.certify(moved(number, shift), TRAP), "Is theta refined"),
        (lambda number, shift: lm.certify(moved(number, shift), 0 * TRAP), "Without any move"),
        (lambda number, shift: proof_after(number % 10 + 1, shift), "counts from 1"),
        (lambda number, shift: proof_after(number, [part / 4 for part in shift]), "all of it"),
        (lambda number, shift: proof_after(number, shift).proved, "a bool came"),
        (by_classify, "no proofs"),
        (by_training, "no proofs"),
        (lambda number, shift: max(map(abs, shift)) < 0.5, "a bool came"),
        (other_labels, "labels"),
        (as_a_saddle, "you claim: index-1 saddle"),
        (squared, "another loss"),
    ],
)
def test_task_4_names_the_mistake(answer, words):
    verdict = check.proof_after(answer)
    assert verdict.state == "not yet"
    assert words in verdict.message


def test_task_4_notices_when_the_points_are_changed_for_everybody(monkeypatch):
    shared = lm.data.Data(TEN.x.clone(), TEN.y)
    monkeypatch.setattr("lmcourse.checks.ten_points.ten_points", lambda: lm.data.Data(shared.x.clone(), TEN.y))

    def in_place(number, shift):
        shared.x[number - 1] += torch.tensor(shift, dtype=shared.x.dtype)
        return lm.certify(lm.sigmoid_mlp([2, 2, 1], shared, loss="log"), TRAP)

    assert "for everybody" in check.proof_after(in_place).message


@pytest.mark.parametrize("name", ["log_loss", "reverse", "trapped_runs", "proof_after"])
def test_an_untouched_stub_is_not_attempted(name):
    def unfinished(*arguments):
        raise NotImplementedError

    for stub in (lambda *arguments: ..., unfinished, ...):
        assert getattr(check, name)(stub).state == "not attempted yet"
