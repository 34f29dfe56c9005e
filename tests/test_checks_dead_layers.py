"""The checks of lesson 2.3's exercises: right answers in several styles, and what is said of typical wrong ones."""

import math

import pytest
import torch

import lmcourse as lm

check = lm.checks.dead_layers


def switch_off(W, x, margin):
    return -margin - (x @ W.T).max(0).values


def off_by_loops(W, x, margin):
    return torch.tensor([-margin - max(float(w @ sample) for sample in x) for w in W]).double()


@pytest.mark.parametrize("answer", [switch_off, off_by_loops])
def test_task_1_accepts_what_is_right(answer):
    assert check.switch_off(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda W, x, margin: margin + (x @ W.T).amax(0), "sign is turned"),
        (lambda W, x, margin: -margin - (x @ W.T).amin(0), "smallest input"),
        (lambda W, x, margin: -(x @ W.T).amax(0), "margin is missing"),
        (lambda W, x, margin: margin - (x @ W.T).amax(0), "sign of the margin"),
        (lambda W, x, margin: -margin - (x @ W.T).mean(0), "not off at every sample"),
        (lambda W, x, margin: (-margin - (x @ W.T).max()).expand(4), "not all by the margin"),
        (lambda W, x, margin: -1 - (x @ W.T).amax(0), "not all by the margin"),
        (lambda W, x, margin: -margin - (x @ W.T).amax(0).clamp_min(0), "not all by the margin"),
        (lambda W, x, margin: -margin - (x @ W.T).amax(1), "shape (4,)"),
        (lambda W, x, margin: x @ W, "stops with RuntimeError"),
        (lambda W, x, margin: -margin - (x @ W.T).max(0), "two things"),
        (lambda W, x, margin: None, "returns None"),
    ],
)
def test_task_1_names_the_mistake(answer, words):
    verdict = check.switch_off(answer)
    assert verdict.state == "not yet" and words in verdict.message


def plateau(u, a, b):
    return u.repeat(4, 1), -torch.tensor([a - 1, a, b, b + 1]).double(), torch.tensor([1, -1, -1, 1]).double()


def scaled(u, a, b):
    W, biases, v = plateau(u, a, b)
    return 3 * W, 3 * biases, v / 3


def in_another_order(u, a, b):
    return tuple(part[[2, 0, 3, 1]] for part in plateau(u, a, b))


@pytest.mark.parametrize("answer", [plateau, scaled, in_another_order])
def test_task_2_accepts_what_is_right(answer):
    assert check.plateau(answer).state == "right"


def with_biases(shift):
    return lambda u, a, b: (plateau(u, a, b)[0], shift(a, b), plateau(u, a, b)[2])


def with_v(*v):
    return lambda u, a, b: (*plateau(u, a, b)[:2], torch.tensor(v).double())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (with_biases(lambda a, b: torch.tensor([a - 1, a, b, b + 1]).double()), "kink at t = -s"),
        (with_biases(lambda a, b: -torch.tensor([a - 2, a - 1, b, b + 1]).double()), "Left of a - 1"),
        (with_biases(lambda a, b: -torch.tensor([a, a + 1, b, b + 1]).double()), "Half way up"),
        (with_v(1, -2, 0, 1), "not level at 1"),
        (with_v(1, -1, -1, 0), "add up to 0"),
        (with_v(2, -2, -2, 2), "Half way up"),
        (with_biases(lambda a, b: -torch.tensor([a - 1, a, b + 1, b + 2]).double()), "Right of b + 1"),
        (lambda u, a, b: (u.repeat(4, 1) + torch.eye(len(u)).double()[0], *plateau(u, a, b)[1:]), "look along u"),
        (lambda u, a, b: (u.repeat(3, 1), *plateau(u, a, b)[1:]), "must have the shape (4"),
        (lambda u, a, b: plateau(u, a, b)[0], "Return three things"),
        (
            lambda u, a, b: (
                torch.stack([u, u, -u, -u]),
                torch.tensor([1 - a, -a, b + 1, b]).double(),
                torch.tensor([1, -1, 1, -1]).double(),
            ),
            "wrong height everywhere",
        ),
    ],
)
def test_task_2_names_the_mistake(answer, words):
    verdict = check.plateau(answer)
    assert verdict.state == "not yet" and words in verdict.message


def safe_width(k, chance):
    return next(h for h in range(1, 100) if 1 - (1 - 2.0**-h) ** k <= chance)


def by_logarithms(k, chance):
    return max(1, math.ceil(-math.log2(-math.expm1(math.log1p(-chance) / k)) - 1e-12))


@pytest.mark.parametrize("answer", [safe_width, by_logarithms])
def test_task_3_accepts_what_is_right(answer):
    assert check.safe_width(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda k, chance: safe_width(k, chance) - 1, "at least one neuron"),
        (lambda k, chance: max(1, safe_width(k, chance) - 1), "too small"),
        (lambda k, chance: safe_width(k, chance) + 1, "one too large"),
        (lambda k, chance: safe_width(k - 1, chance), "One layer too few"),
        (lambda k, chance: next(h for h in range(1, 100) if 1 - (1 - 2.0 ** -(h * h)) ** k <= chance), "h^2 coins"),
        (lambda k, chance: next(h for h in range(1, 100) if (1 - 2.0**-h) ** k <= chance), "chance to live"),
        (lambda k, chance: next(h for h in range(1, 100) if k * 2.0**-h <= chance), "exact bound"),
        (lambda k, chance: math.log2(k / chance), "whole number"),
    ],
)
def test_task_3_names_the_mistake(answer, words):
    verdict = check.safe_width(answer)
    assert verdict.state == "not yet" and words in verdict.message


def layer_of_death(x, weights):
    for i, W in enumerate(weights):
        x = torch.relu(x @ W.T)
        if (x == 0).all():
            return i + 1
    return 0


def sample_by_sample(x, weights):
    lost = []
    for sample in x:
        F, at = sample, 0
        for i, W in enumerate(weights, 1):
            F = torch.relu(W @ F)
            if at == 0 and float(F.sum()) == 0:
                at = i
        lost.append(at)
    return 0 if 0 in lost else max(lost)


@pytest.mark.parametrize("answer", [layer_of_death, sample_by_sample])
def test_task_4_accepts_what_is_right(answer):
    assert check.layer_of_death(answer).state == "right"


def variant(dead=lambda F: (F == 0).all(), pass_on=torch.relu, product=lambda F, W: F @ W.T):
    def answer(x, weights):
        for i, W in enumerate(weights):
            Z = product(x, W)
            x = pass_on(Z)
            if dead(torch.relu(Z)):
                return i + 1
        return 0

    return answer


def strictly(x, weights):
    for i, W in enumerate(weights):
        if (x @ W.T < 0).all():
            return i + 1
        x = torch.relu(x @ W.T)
    return 0


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x, weights: max(0, layer_of_death(x, weights) - 1), "number 1"),
        (lambda x, weights: layer_of_death(x, weights) or len(weights) + 1, "must be 0"),
        (variant(dead=lambda F: (F == 0).all(1).any()), "not at one"),
        (variant(dead=lambda F: (F == 0).all(0).any()), "all neurons of the layer"),
        (variant(pass_on=lambda Z: Z), "pass on what ReLU gives"),
        (variant(product=lambda F, W: F @ W), "neurons the rows"),
        (lambda x, weights: layer_of_death(x, weights) if len(weights) < 30 else 0, "30 random layers"),
        (strictly, "z <= 0, not only z < 0"),
        (lambda x, weights: layer_of_death(x[:1] if len(x) == 5 else x, weights), "all of them?"),
        (lambda x, weights: [W.neg_() for W in weights] and 0, "changes the weights"),
    ],
)
def test_task_4_names_the_mistake(answer, words):
    verdict = check.layer_of_death(answer)
    assert verdict.state == "not yet" and words in verdict.message


@pytest.mark.parametrize("name", ["switch_off", "plateau", "safe_width", "layer_of_death"])
def test_an_untouched_stub_is_not_attempted(name):
    def unfinished(*arguments):
        raise NotImplementedError

    for stub in (lambda *arguments: ..., lambda *arguments: (..., ..., ...), unfinished, ...):
        assert getattr(check, name)(stub).state == "not attempted yet"
