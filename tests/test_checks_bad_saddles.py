"""The checks of lesson 3.2's exercises: right answers in several styles, and what is said of typical wrong ones."""

import math
from functools import reduce
from itertools import pairwise

import numpy as np
import pytest
import torch

import lmcourse as lm

check = lm.checks.bad_saddles


# ----------------------------------------------------------------------------------------------- task 1


def falling_order(loss, theta, D):
    t = 0.005
    near, far = (loss(theta) - loss(theta + way * D) for way in (t, 2 * t))
    return torch.log2(far / near)


def by_a_line(loss, theta, D):
    t = np.array([0.004, 0.008, 0.016])
    fall = [float(loss(theta)) - float(loss(theta.numpy() + way * D.numpy())) for way in t]
    return np.polyfit(np.log(t), np.log(fall), 1)[0]


def rounded(loss, theta, D):
    return round(float(falling_order(loss, theta, D)))


def by_batch(loss, theta, D):
    t = torch.tensor([0.0, 0.006, 0.012])[:, None].double()
    heights = loss(theta + t * D)
    return math.log2((heights[0] - heights[2]) / (heights[0] - heights[1]))


def in_a_fresh_tensor(loss, theta, D):
    return torch.tensor(float(falling_order(loss, theta, D)))  # float32, but right


@pytest.mark.parametrize("answer", [falling_order, by_a_line, rounded, by_batch, in_a_fresh_tensor])
def test_task_1_accepts_what_is_right(answer):
    assert check.falling_order(answer).state == "right"


def fall(loss, theta, D, t):
    return loss(theta) - loss(theta + t * D)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda loss, theta, D: torch.log(fall(loss, theta, D, 0.01) / fall(loss, theta, D, 0.005)), "wrong base"),
        (lambda loss, theta, D: torch.log2(fall(loss, theta, D, 0.005) / fall(loss, theta, D, 0.01)), "negative"),
        (lambda loss, theta, D: torch.log2(loss(theta + 0.01 * D) / loss(theta + 0.005 * D)), "fall that you compare"),
        (lambda loss, theta, D: torch.log(fall(loss, theta, D, 0.01)) / math.log(0.01), "c drops out"),
        (lambda loss, theta, D: 2, "order is off"),
        (lambda loss, theta, D: 3.0, "order is off"),
        (lambda loss, theta, D: falling_order(loss, theta, 1e-3 * D), "came out as"),
        (lambda loss, theta, D: falling_order(lambda at: loss(at).float(), theta, D), "float32"),
        (lambda loss, theta, D: falling_order(loss, theta, 1e-8 * D), "Is t too small"),
        (lambda loss, theta, D: D * falling_order(loss, theta, D), "one number"),
    ],
)
def test_task_1_names_the_mistake(answer, words):
    verdict = check.falling_order(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


# ----------------------------------------------------------------------------------------------- task 2


def escape_time(s, eps, layers, step=0.005, wait=lambda a, layers: a**layers, power=0, start=None):
    a, t = eps if start is None else start(eps, layers), 0.0
    while wait(a, layers) < s / 2 and t < 1000:
        a, t = a + step * layers**power * a ** (layers - 1) * (s - a**layers), t + step
    return t


def by_an_integral(s, eps, layers):
    a = np.linspace(eps, (s / 2) ** (1 / layers), 20_001)
    slowness = 1 / (a ** (layers - 1) * (s - a**layers))
    return float(((slowness[1:] + slowness[:-1]) / 2 * np.diff(a)).sum())


def by_training(s, eps, layers):
    land = lm.linear_resnet(torch.tensor([[s]]), layers)
    below = (s / 2) ** 2 / 2
    theta = torch.full((1, layers), eps).double()
    return 0.005 * lm.experiments.plateaus.escape(land, theta, below, lr=0.005)[0]


@pytest.mark.parametrize("answer", [escape_time, by_an_integral, by_training])
def test_task_2_accepts_what_is_right(answer):
    assert check.escape_time(answer).state == "right"


def by_the_rule(s, eps, layers):
    return math.log(1 / eps) / s if layers == 2 else eps ** (2 - layers) / ((layers - 2) * s)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda s, eps, L: escape_time(s, eps, L, wait=lambda a, L: a), "It is the product"),
        (lambda s, eps, L: escape_time(s, eps, L, power=1), "move faster"),
        (lambda s, eps, L: escape_time(s, eps, L, start=lambda eps, L: eps ** (1 / L)), "product starts at eps"),
        (by_the_rule, "the rule for small eps"),
        (lambda s, eps, L: escape_time(s, eps, L) / 0.005, "Do you return steps"),
        (lambda s, eps, L: escape_time(s, eps, 2), "off by more than 3 %"),
        (lambda s, eps, L: 1.33, "off by more than 3 %"),
        (lambda s, eps, L: float("inf"), "finite"),
    ],
)
def test_task_2_names_the_mistake(answer, words):
    verdict = check.escape_time(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


# ----------------------------------------------------------------------------------------------- task 3


def rank(M):
    return int((torch.linalg.svdvals(M) > 1e-8).sum())


def blocks(layers, C, neighbours=False, with_data=True, ends=False):
    """(outer rank, inner rank) of all pivots."""
    L, found = len(layers), []
    for i in range(2, L + 1):
        for j in range(i - 1 if neighbours else 1, i):
            before = reduce(lambda a, W: W @ a, layers[: j - 1], torch.eye(len(C)).double())
            after = reduce(lambda a, W: W @ a, layers[i:], torch.eye(len(layers[i - 1])).double())
            between = reduce(lambda a, W: W @ a, layers[j : i - 1], torch.eye(len(layers[j - 1])).double())
            outer = before @ (C if with_data else torch.eye(*C.shape).double()) @ after
            found.append((min(rank(before), rank(after)) if ends else rank(outer), rank(between)))
    return found


def product_rank(layers):
    return rank(reduce(lambda a, W: W @ a, layers))


def is_tightened(layers, C):
    r = product_rank(layers)
    return all(r in pair for pair in blocks(layers, C))


def with_numpy(layers, C):
    W, C = [layer.numpy() for layer in layers], C.numpy()

    def chain(matrices, size):
        return reduce(lambda a, M: M @ a, matrices, np.eye(size))

    def rank(M):
        return np.linalg.matrix_rank(M, tol=1e-8)

    r = rank(chain(W, len(C)))
    for j in range(len(W)):
        for i in range(j + 1, len(W)):
            head, tail = chain(W[:j], len(C)), chain(W[i + 1 :], len(W[i]))
            if rank(head @ C @ tail) > r < rank(chain(W[j + 1 : i], len(W[j]))):
                return np.False_
    return np.True_


def transposed(layers, C):
    """C' instead of C, wherever the shapes allow it."""
    return is_tightened(layers, C.mT if len(C) == C.shape[1] else C)


@pytest.mark.parametrize("answer", [is_tightened, with_numpy, lambda layers, C: torch.tensor(is_tightened(layers, C))])
def test_task_3_accepts_what_is_right(answer):
    verdict = check.is_tightened(answer)
    assert verdict.state == "right", verdict


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda W, C: all(product_rank(W) in pair for pair in blocks(W, C, neighbours=True)), "neighbours alone"),
        (lambda W, C: all(product_rank(W) == outer for outer, _ in blocks(W, C)), "One block of the two is enough"),
        (lambda W, C: all(product_rank(W) == inner for _, inner in blocks(W, C)), "One block of the two is enough"),
        (lambda W, C: any(product_rank(W) in pair for pair in blocks(W, C)), "some pivot is not tightened"),
        (
            lambda W, C: all(product_rank(W) in pair for pair in blocks(W, C, with_data=False)),
            "X Y' between the outer layers",
        ),
        (
            lambda W, C: all(product_rank(W) in pair for pair in blocks(W, C, ends=True)),
            "is one product",
        ),
        (transposed, "order of the formula"),
        (lambda W, C: all(rank(layer) == product_rank(W) for layer in W), "and you say yes"),
        (lambda W, C: len(W) > 2, "and you say yes"),
        (lambda W, C: True, "and you say yes"),
        (lambda W, C: "yes", "True or False"),
        (lambda W, C: is_tightened([layer.mul_(2) for layer in W], C), "changes the layers"),
    ],
)
def test_task_3_names_the_mistake(answer, words):
    verdict = check.is_tightened(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


# ----------------------------------------------------------------------------------------------- task 4


def way_down(layers, Y, sign=1.0, right=0, last=0):
    product = reduce(lambda a, W: W @ a, layers)
    out, _, into = torch.linalg.svd(Y - product)
    brings, found = into[last], []
    for W, later in pairwise(layers):
        c = torch.linalg.svd(later).Vh[-1]
        found.append(torch.outer(c, brings))
        brings = c - W @ torch.linalg.pinv(W, rtol=1e-8) @ c
    return [*found, sign * torch.outer(out[:, right], brings)]


def in_numpy(layers, Y):
    return tuple(5 * D.numpy() for D in way_down(layers, Y))


def by_search(layers, Y):
    """The flattest way: the null space of the neighbours, by eigenvectors."""
    product = reduce(lambda a, W: W @ a, layers)
    M = Y - product
    out = torch.linalg.eigh(M @ M.mT).eigenvectors[:, -1]
    brings, found = M.mT @ out, []
    for W, later in pairwise(layers):
        right = torch.linalg.eigh(later.mT @ later).eigenvectors[:, 0]
        left = torch.linalg.svd(W).U[:, int((torch.linalg.svdvals(W) > 1e-8).sum()) :]
        b = left @ (left.mT @ right)
        found.append(torch.outer(right, brings))
        brings = b
    return [*found, torch.outer(out, brings)]


def from_both_sides(layers, Y):
    """b_h and c_h apart: c_h from the layer after, b_h what is left of it beside the columns of the layer before."""
    out, _, into = torch.linalg.svd(Y - reduce(lambda a, W: W @ a, layers))
    c = [torch.linalg.svd(W).Vh[-1] for W in layers[1:]]
    b = [part - W @ torch.linalg.pinv(W, rtol=1e-8) @ part for W, part in zip(layers, c, strict=False)]
    return [torch.outer(left, right) for left, right in zip([*c, out[:, 0]], [into[0], *b], strict=True)]


@pytest.mark.parametrize("answer", [way_down, in_numpy, by_search, from_both_sides])
def test_task_4_accepts_what_is_right(answer):
    verdict = check.way_down(answer)
    assert verdict.state == "right", verdict


def negative_gradient(layers, Y):
    parts = [W.clone().requires_grad_(True) for W in layers]
    loss = (reduce(lambda a, W: W @ a, parts) - Y).square().sum() / 2
    return list(torch.autograd.grad(loss, parts))


def last_neurons(layers, Y):
    """Right where the last neuron is unused: not in a random basis."""
    found = [torch.zeros_like(W) for W in layers]
    for D in found:
        D[-1, -1] = 1.0
    found[0] = found[0] * (Y - reduce(lambda a, W: W @ a, layers))[-1, -1].sign()
    return found


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda W, Y: way_down(W, Y, sign=-1.0), "falls backwards"),
        (negative_gradient, "direction is zero"),
        (last_neurons, "in random bases"),
        (lambda W, Y: way_down(W, Y)[:2], "one for each layer"),
        (lambda W, Y: [D.mT for D in way_down(W, Y)], "must have the shapes"),
        (lambda W, Y: [D.float() for D in way_down(W, Y)], "float32"),
        (lambda W, Y: way_down(W, Y, right=1), "along your direction"),
        (lambda W, Y: [*way_down(W, Y)[:-1], torch.zeros_like(W[-1])], "does not change"),
        (lambda W, Y: torch.cat([D.flatten() for D in way_down(W, Y)]), "one for each layer"),
    ],
)
def test_task_4_names_the_mistake(answer, words):
    verdict = check.way_down(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


@pytest.mark.parametrize("name", ["falling_order", "escape_time", "is_tightened", "way_down"])
def test_an_untouched_stub_is_not_attempted(name):
    def unfinished(*arguments):
        raise NotImplementedError

    for stub in (lambda *arguments: ..., unfinished, ...):
        assert getattr(check, name)(stub).state == "not attempted yet"
