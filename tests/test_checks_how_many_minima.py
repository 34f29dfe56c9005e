"""The checks of lesson 4.4: right answers written in several ways pass, typical wrong ones are told what is wrong."""

import pytest
import torch

import lmcourse as lm
from lmcourse.checks import how_many_minima as check
from lmcourse.experiments import distribution_of_minima as experiment
from lmcourse.initialisations import starts


def by_loop(w, y, R, m):
    return sum((y - torch.sigmoid(w / R**j)) ** 2 for j in range(m))


def by_table(w, y, R, m):
    return (y - 1 / (1 + torch.exp(-torch.outer(w, R ** -torch.arange(m).to(w))))).square().sum(-1)


def with_float32_powers(w, y, R, m):
    return (y - torch.sigmoid(torch.outer(w, R ** -torch.arange(m)))).square().sum(-1)


@pytest.mark.parametrize("answer", [by_loop, by_table, with_float32_powers])
def test_task_1_accepts_what_is_right(answer):
    assert check.one_neuron(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda w, y, R, m: by_loop(w, y, R, m) / m, "Is it a sum"),
        (lambda w, y, R, m: by_loop(w, y, R, m) / 2, "Is it a sum"),
        (lambda w, y, R, m: sum((y - torch.tanh(w / R**j)) ** 2 for j in range(m)), "as tanh does"),
        (lambda w, y, R, m: by_loop(w / R, y, R, m), "j begins with 0"),
        (lambda w, y, R, m: by_loop(w, y, 1 / R, m), "must shrink"),
        (lambda w, y, R, m: by_loop(w, y, R, m).sum(), "must have the shape (5,)"),
    ],
)
def test_task_1_names_the_mistake(answer, words):
    verdict = check.one_neuron(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


def canonical(W, b, v):
    sign = v.sign()
    order = v.abs().argsort()
    return (sign[:, None] * W)[order], (sign * b)[order], v.abs()[order]


def by_sorting_rows(W, b, v):
    rows = torch.cat([W, b[:, None], v[:, None]], dim=1)
    rows = torch.stack([row if row[-1] >= 0 else -row for row in rows])
    rows = torch.stack(sorted(rows, key=lambda row: float(row[-1])))
    return rows[:, :-2], rows[:, -2], rows[:, -1]


@pytest.mark.parametrize("answer", [canonical, by_sorting_rows])
def test_task_2_accepts_what_is_right(answer):
    assert check.canonical(answer).state == "right"


def in_place(W, b, v):
    W *= v.sign()[:, None]
    return W, b * v.sign(), v.abs()


def order_first(W, b, v):
    order = v.argsort()
    W, b, v = W[order], b[order], v[order]
    return W * v.sign()[:, None], b * v.sign(), v.abs()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda W, b, v: (W, b, v), "is negative"),
        (lambda W, b, v: (W, b, v.abs()), "another function"),
        (lambda W, b, v: (W * v.sign()[:, None], b, v.abs()), "another function"),
        (order_first, "come out differently"),
        (lambda W, b, v: tuple(part.flip(0) for part in canonical(W, b, v)), "order of rising v"),
        (in_place, "changes its arguments"),
        (lambda W, b, v: W, "Return three tensors"),
    ],
)
def test_task_2_names_the_mistake(answer, words):
    verdict = check.canonical(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


def ends_of(land, seeds):
    return experiment.descend(land, starts(land, seeds, scheme="normal"))


def by_loss(land, seeds):
    return len(torch.unique(land.loss(ends_of(land, seeds)).round(decimals=7)))


@pytest.mark.parametrize("answer", [lambda land, seeds: len(lm.distinct(land, ends_of(land, seeds))), by_loss])
def test_task_3_accepts_what_is_right(answer):
    assert check.minima_met(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda land, seeds: len(ends_of(land, seeds)), "count runs"),
        (lambda land, seeds: len(torch.unique(ends_of(land, seeds).round(decimals=5), dim=0)), "their parameters"),
        (lambda land, seeds: len(lm.distinct(land, ends_of(land, range(5)))), "the count is off"),
        (lambda land, seeds: len(torch.unique(land.loss(ends_of(land, seeds)).round(decimals=3))), "rounded losses"),
        (lambda land, seeds: lm.distinct(land, ends_of(land, seeds)).counts, "must be one number"),
    ],
)
def test_task_3_names_the_mistake(answer, words):
    verdict = check.minima_met(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


def rises(H, length):
    return length**2 * H.trace() / (2 * len(H)), length**2 * torch.linalg.eigvalsh(H).max() / 2


def by_eigenvalues(H, length):
    values = torch.linalg.eigvalsh(H)
    return float(values.mean()) * length**2 / 2, float(values[-1]) * length**2 / 2


@pytest.mark.parametrize("answer", [rises, by_eigenvalues])
def test_task_4_accepts_what_is_right(answer):
    assert check.rises(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda H, length: tuple(2 * each for each in rises(H, length)), "factor 1/2"),
        (lambda H, length: tuple(each / length for each in rises(H, length)), "it enters squared"),
        (lambda H, length: rises(H, length)[::-1], "other order"),
        (lambda H, length: (len(H) * rises(H, length)[0], rises(H, length)[1]), "P times too large"),
        (lambda H, length: (rises(H, length)[0], length**2 * torch.linalg.eigvalsh(H)[0] / 2), "steepest direction"),
        (lambda H, length: rises(H, length)[0], "Return two numbers"),
    ],
)
def test_task_4_names_the_mistake(answer, words):
    verdict = check.rises(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


@pytest.mark.parametrize("name", ["one_neuron", "canonical", "minima_met", "rises"])
def test_an_untouched_stub_is_not_attempted(name):
    def unfinished(*arguments):
        raise NotImplementedError

    for stub in (lambda *arguments: ..., unfinished, ...):
        assert getattr(check, name)(stub).state == "not attempted yet"
