"""The checks of lesson 2.2's exercises: right answers in several styles, and what is said of typical wrong ones."""

from fractions import Fraction

import numpy as np
import pytest
import torch

import lmcourse as lm

check = lm.checks.relu_blind_spots


def table(w, b, x):
    return x[:, None] * w + b


def by_hand(w, b, x):
    return torch.tensor([not any(wj * xi + bj > 0 for wj, bj in zip(w, b, strict=True)) for xi in x])


def by_the_network(w, b, x):
    n = len(w)
    land = lm.relu_mlp([1, n, 1], lm.data.Data(x[:, None], 0 * x))
    from lmcourse.networks.relu import blind_spots

    return blind_spots(land, torch.cat([w, b, torch.ones(n + 1, dtype=w.dtype)]), x[:, None])


@pytest.mark.parametrize("answer", [lambda w, b, x: (table(w, b, x) <= 0).all(1), by_hand, by_the_network])
def test_task_1_accepts_what_is_right(answer):
    assert check.blind(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda w, b, x: (table(w, b, x) > 0).any(1), "upside down"),
        (lambda w, b, x: (table(w, b, x) <= 0).any(1), "not already where one of them is"),
        (lambda w, b, x: (table(w, b, x) < 0).all(1), "On a kink"),
        (lambda w, b, x: table(w, b, x)[:, 0] <= 0, "first neuron alone"),
        (lambda w, b, x: (table(w, b, x) <= 0).all(0), "one answer for each neuron"),
        (lambda w, b, x: (table(w, b, x) <= 0).all(1, keepdim=True), "must have the shape (8,)"),
        (lambda w, b, x: (table(w, b, x)[:, :2] <= 0).all(1) if len(w) == 3 else by_hand(w, b, x), "by hand"),
        (lambda w, b, x: by_hand(w, b, x) if len(w) == 3 else x > 0, "other numbers of neurons"),
        (lambda w, b, x: [True] * 8, "must be a torch tensor"),
        (lambda w, b, x: by_hand(w, b, x).int(), "must hold True and False"),
        (lambda w, b, x: w @ x, "stops with RuntimeError"),
    ],
)
def test_task_1_names_the_mistake(answer, words):
    verdict = check.blind(answer)
    assert verdict.state == "not yet"
    assert words in verdict.message


def features(t, side, x):
    return torch.stack([(side * (x - t)).relu(), torch.ones_like(x)], 1)


def squares(A, y):
    return float((A @ torch.linalg.lstsq(A, y[:, None], driver="gelsd").solution - y[:, None]).square().sum())


def with_numpy(t, side, x, y):
    A = features(t, side, x).numpy()
    return np.sum((A @ np.linalg.lstsq(A, y.numpy(), rcond=None)[0] - y.numpy()) ** 2)


def by_variances(t, side, x, y):
    h = (side * (x - t)).clamp(min=0)
    h, r = h - h.mean(), y - y.mean()
    return (r @ r - (h @ r) ** 2 / (h @ h) if bool(h @ h > 1e-12) else r @ r).item()


@pytest.mark.parametrize("answer", [lambda t, side, x, y: squares(features(t, side, x), y), with_numpy, by_variances])
def test_task_2_accepts_what_is_right(answer):
    assert check.lowest_loss(answer).state == "right"


def normal_equations(t, side, x, y):
    A = features(t, side, x)
    return ((A @ torch.linalg.solve(A.mT @ A, A.mT @ y) - y) ** 2).sum()


def closed_form(t, side, x, y):
    h = (side * (x - t)).relu()
    h, centred = h - h.mean(), y - y.mean()
    return centred @ centred - (h @ centred) ** 2 / (h @ h)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda t, side, x, y: squares(features(t, side, x), y) / len(x), "mean of the squares"),
        (lambda t, side, x, y: squares(features(t, side, x), y) ** 0.5, "root of the sum"),
        (lambda t, side, x, y: squares(features(t, side, x), y) / 2, "half the sum"),
        (lambda t, side, x, y: squares(features(t, side, x)[:, :1], y), "output bias"),
        (lambda t, side, x, y: squares(torch.stack([x - t, torch.ones_like(x)], 1), y), "kink is missing"),
        (lambda t, side, x, y: squares(features(t, -side, x), y), "wrong side"),
        (lambda t, side, x, y: squares(features(t, 1, x), y), "With side=-1 the neuron looks to the wrong side"),
        (lambda t, side, x, y: float((y - y.mean()).square().sum()), "best constant"),
        (lambda t, side, x, y: squares(torch.stack([(x > t).double(), 1 + 0 * x], 1), y), "not a hinge"),
        (lambda t, side, x, y: 0.0, "out of reach"),
        (lambda t, side, x, y: 99.0, "lower loss is possible"),
        (normal_equations, "a column is zero"),
        (closed_form, "divided by zero"),
        (lambda t, side, x, y: torch.tensor(float("nan")), "divided by zero"),
        (lambda t, side, x, y: squares(features(t, side, x), y) + float(t.abs() > 8), "among the samples, but off"),
        (lambda t, side, x, y: (features(t, side, x) @ torch.ones(2).double() - y).square(), "one number"),
    ],
)
def test_task_2_names_the_mistake(answer, words):
    verdict = check.lowest_loss(answer)
    assert verdict.state == "not yet"
    assert words in verdict.message


SOLUTION = [-3, 1, 1, 1, -8, -11, 1, -1, -1, -1]
EDGE = [-2, 1, 1, 2, "-25/3", -11, 1, -1, -1, "-4/3"]


@pytest.mark.parametrize(
    "stops",
    [
        [EDGE, SOLUTION],
        ([-2, 1, 1, 3, Fraction(-28, 3), -11, 1, -1, -1, Fraction(-7, 3)], EDGE, SOLUTION),
        [torch.tensor([-2, 1, 1, 2, -25 / 3, -11, 1, -1, -1, -4 / 3], dtype=torch.float64), SOLUTION],
        torch.tensor([[-2, 1, 1, 2, -25 / 3, -11, 1, -1, -1, -4 / 3], SOLUTION], dtype=torch.float64),
        [EDGE, [-2.5, 1, 1, 1.5, "-49/6", -11, 1, -1, -1, "-7/6"]],
    ],
)
def test_task_3_accepts_every_way_out(stops):
    verdict = check.way_out(stops)
    assert verdict.state == "right", verdict.message
    assert "Proved" in verdict.message


@pytest.mark.parametrize(
    ("stops", "words"),
    [
        ([SOLUTION], "On leg 1 the loss rises"),
        ([EDGE], "not below 2/3"),
        ([EDGE, [0] * 10, SOLUTION], "On leg 2 the loss rises"),
        ([EDGE[:9], SOLUTION], "Corner 1 must be a list of ten numbers"),
        ([EDGE, [*SOLUTION[:9], "minus one"]], "which is no number"),
        ([EDGE, [*SOLUTION[:9], "1/0"]], "which is no number"),
        ([EDGE, [*SOLUTION[:9], float("inf")]], "below a million"),
        ([[-2, 1, 1, 2, -8.333, -11, 1, -1, -1, -1.333], SOLUTION], "On leg 1 the loss rises"),
        ("EDGE", "needs a list of corners"),
        ([], "list of corners is empty"),
        (SOLUTION, "Corner 1 must be a list"),
    ],
)
def test_task_3_names_the_mistake(stops, words):
    verdict = check.way_out(stops)
    assert verdict.state == "not yet"
    assert words in verdict.message


def scalings(theta, sign=-1.0):
    n = len(theta) // 3
    w, b, v = theta[:-1].reshape(3, n)
    return torch.cat([torch.diag(w), torch.diag(b), torch.diag(sign * v), torch.zeros(n, 1, dtype=theta.dtype)], 1)


def by_autograd(theta):
    n = len(theta) // 3

    def scaled(a):
        return torch.cat([a * theta[:n], a * theta[n : 2 * n], theta[2 * n : 3 * n] / a, theta[-1:]])

    return torch.func.jacrev(scaled)(torch.ones(n, dtype=theta.dtype)).T


def in_blocks_of_neurons(theta):
    n = len(theta) // 3
    rows = scalings(theta)
    return rows[:, [*(k * n + j for j in range(n) for k in range(3)), 3 * n]]


@pytest.mark.parametrize("answer", [scalings, by_autograd])
def test_task_4_accepts_what_is_right(answer):
    assert check.scalings(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda theta: scalings(theta, 1.0), "sign of one block"),
        (lambda theta: scalings(theta, 0.0), "Who makes up"),
        (lambda theta: -scalings(theta), "other way"),
        (
            lambda theta: scalings(torch.cat([theta[: 2 * (len(theta) // 3)], 1 / theta[2 * (len(theta) // 3) :]])),
            "The last block",
        ),
        (lambda theta: 3 * scalings(theta), "lengths"),
        (lambda theta: scalings(theta).flip(0), "move neuron j alone"),
        (lambda theta: scalings(theta).sum(0, keepdim=True).expand(len(theta) // 3, -1), "all neurons at once"),
        (lambda theta: 0 * scalings(theta), "A row is zero"),
        (in_blocks_of_neurons, "Is the order w, b, v, c?"),
        (lambda theta: scalings(theta)[:, :-1], "must have the shape (2, 7)"),
        (lambda theta: scalings(theta).T, "must have the shape (2, 7)"),
    ],
)
def test_task_4_names_the_mistake(answer, words):
    verdict = check.scalings(answer)
    assert verdict.state == "not yet"
    assert words in verdict.message


@pytest.mark.parametrize("name", ["blind", "lowest_loss", "scalings"])
def test_an_untouched_stub_is_not_attempted(name):
    for stub in (lambda *arguments: ..., ...):
        assert getattr(check, name)(stub).state == "not attempted yet"


def test_untouched_corners_are_not_attempted():
    assert check.way_out(...).state == check.way_out([...]).state == "not attempted yet"
