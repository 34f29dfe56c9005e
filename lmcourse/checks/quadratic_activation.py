"""Checks of the exercises of lesson 4.3.

Each check calls the learner's function on points of its own and looks at properties first, then compares with the
library. Typical mistakes are recognised by the value that they give.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from lmcourse.checks.verdict import ask, near, number, require, task, tensor
from lmcourse.critical import refine
from lmcourse.data import Data
from lmcourse.devices import random_stream
from lmcourse.experiments import quadratic_activation as experiment
from lmcourse.initialisations import starts
from lmcourse.networks.quadratic import QuadraticLandscape, quadratic_net
from lmcourse.training import train

DECAY = 0.3


def _case(n: int, N: int, d: int, seed: int) -> tuple[Tensor, Data]:
    draw = random_stream(seed)
    W, x, y = draw.normal(size=(n, d)), draw.normal(size=(N, d)), 3 * draw.normal(size=N)
    return torch.from_numpy(W), Data(torch.from_numpy(x), torch.from_numpy(y))


def _slack(W: Tensor, data: Data, decay: float) -> Tensor:
    return quadratic_net(len(W), data, decay=decay, reduction="mean").slack_of(W.flatten())[0]


def _close(value: Tensor, expected: Tensor) -> bool:
    return bool(torch.allclose(value, expected, rtol=1e-9, atol=1e-9))


@task("Task 1")
def slack_matrix(answer) -> str:
    """`answer(W, x, y, decay)` is the gradient S (d, d) of the mean squared loss by M = W'W."""
    W, data = _case(2, 5, 3, seed=1)
    arguments = (W, data.x, data.y, DECAY)
    value = tensor(ask(answer, *arguments, called="with W (2, 3), x (5, 3) and y (5,)"), (3, 3), "S")
    half, identity, bare = _slack(W, data, DECAY), torch.eye(3, dtype=W.dtype), _slack(W, data, 0.0)
    require(_close(value, value.T), "S must be a symmetric matrix, as every x x' is; yours is not.")
    weighted = (data.x.T * ((data.x @ W.T).square().sum(dim=1))) @ data.x / 5  # without the labels
    mistakes = (
        (5 * bare + DECAY / 2 * identity, "Your sum over the samples is not divided by N: the loss is a mean."),
        (bare, "The weight decay is missing: |W|^2 is the trace of M, and a trace has a gradient too."),
        (bare + DECAY * identity, "The decay counts twice as much as it should. Which factor stands before |W|^2?"),
        (
            bare + DECAY / 2,
            "The decay belongs on the diagonal alone: the gradient of a trace is no matrix full of ones.",
        ),
        (DECAY / 2 * identity - bare, "The errors have the wrong sign: the derivative is output minus label."),
        (
            2 * bare + DECAY / 2 * identity,
            "The errors count twice: the factor 1/2 of the loss cancels the 2 of the square.",
        ),
        (bare / 2 + DECAY / 2 * identity, "The errors count half: differentiate 1/2 (f - y)^2 once more."),
        (2 * half, "All of it counts twice. This is the gradient by M, without the 2 of the chain rule for W."),
        (weighted + DECAY / 2 * identity, "The labels have no influence. The weights are errors, not outputs."),
    )
    for wrong, message in mistakes:
        require(not _close(value, wrong), message)
    require(_close(value, half), "The value is off. Is the weight of each x x' its own error, output minus label?")
    square, wide = _case(4, 6, 4, seed=2)
    value = tensor(ask(answer, square, wide.x, wide.y, DECAY, called="with W (4, 4) and x (6, 4)"), (4, 4), "S")
    require(
        not _close(value, _slack(square.T.contiguous(), wide, DECAY)),
        "It looks as if columns were taken for neurons. In this course neurons are rows: W is (n, d).",
    )
    require(
        _close(value, _slack(square, wide, DECAY)), "With W (4, 4) the value is off. Are neurons rows, samples rows?"
    )
    return "Samples and decay have the right weights and signs."


@task("Task 2")
def enough(answer) -> str:
    """`answer(N, d)` is the smallest width that theorem A or B covers."""
    cases = [(N, d) for d in (5, 12, 40) for N in (1, 2, 3, 4, 6, 9, 10, 11, 14, 15, 28, 45, 46, 300, 10_000)]
    given = {
        case: number(ask(answer, *case, called=f"with N = {case[0]}, d = {case[1]}"), "The width") for case in cases
    }
    require(all(value == round(value) for value in given.values()), "A width must be a whole number of neurons.")
    for (N, d), value in given.items():
        require(
            value <= d,
            f"For N = {N}, d = {d} you ask for more than d neurons. Theorem A holds from n = d on, for every N.",
        )
        right = experiment.covered_from(N, d)
        require(
            not (value < right and value * (value + 1) == 2 * N),
            f"For N = {N} your width gives n (n + 1) / 2 = N. Theorem B wants more than N.",
        )
        require(value >= right, f"For N = {N}, d = {d} neither theorem covers your width.")
        require(
            value <= right,
            f"For N = {N}, d = {d} a smaller width is covered. Is it n (n + 1) / 2 that you compare with N?",
        )
    return "Both theorems, and whichever begins earlier."


@lru_cache(maxsize=1)
def _trap() -> Tensor:
    """W (2, 12): where two neurons end on the lesson's data."""
    land = experiment.landscape(n=2, N=28, seed=6)
    return land.unpack(refine(land, experiment.descend(land, seeds=[0]).theta).theta[0])["W"]


@task("Task 3")
def way_down(answer) -> str:
    """`answer(W, S)` is a direction (n, d) of length 1 and negative curvature at a critical W of rank below n."""
    trap = _trap()
    n, d = 4, trap.shape[1]
    padded = torch.cat([trap, torch.zeros(n - len(trap), d, dtype=trap.dtype)])
    rotation = torch.linalg.qr(torch.from_numpy(random_stream(3).normal(size=(n, n)))).Q
    land = experiment.landscape(n=n, N=28, seed=6)
    for W, words in (
        (padded, "two neurons and two rows of zeros"),
        (padded.roll(2, dims=0), "two rows of zeros first"),
        (rotation @ padded, "four neurons that are mixtures of two: none of its rows is zero"),
    ):
        theta = W.flatten()
        given, S = W.clone(), land.slack_of(theta)[0]
        value = ask(answer, given, S.clone(), called=f"with W of shape ({n}, {d})")
        require(torch.equal(given, W), "Your function changes W itself. Let it work on a copy.")
        Z = tensor(value, (n, d), "The direction")
        require(near(float(Z.norm()), 1.0, 1e-6), "The direction must have length 1. Divide it by its norm.")
        flat = Z.flatten()
        curvature = float(flat @ land.hessian(theta) @ flat)
        where = f"W here: {words}."
        require(
            curvature < -1e-6 or float((W.T @ Z).norm()) < 1e-6,
            f"The outputs change to first order along your direction, and the loss curves up. Is b'W = 0 for your b? "
            f"(In torch.linalg.svd the vectors are the columns of U, but the rows of Vh.) {where}",
        )
        require(
            curvature < -1e-6,
            "Your neuron is spare, but along your direction the loss does not curve down. Which v makes v'Sv negative? "
            f"(torch.linalg.eigh returns eigenvectors as columns; torch.linalg.svd as columns of U, but rows of Vh.) {where}",
        )
    return "A spare neuron and a negative eigenvalue: the way down."


@lru_cache(maxsize=1)
def _places() -> tuple[tuple[str, Tensor, Data, float, float], ...]:
    """(name, W, data, decay, true gap): random points, ends of a narrow and a wide network, and points near an end."""
    found = []
    for seed, decay in ((0, 0.1), (1, 0.5)):
        data = experiment.data(10, seed, d=5)
        ends = {n: _end(quadratic_net(n, data, decay=decay, reduction="mean")) for n in (1, 5)}
        lowest = ends[5][1]
        for size in (0.0, 0.05, 1.0, 3.0):
            W = size * torch.from_numpy(random_stream(seed + 10).normal(size=(3, 5)))
            loss = float(quadratic_net(3, data, decay=decay, reduction="mean").loss(W.flatten()))
            found.append((f"a random W of size {size:g}" if size else "W = 0", W, data, decay, loss - lowest))
        found.append(("the end of a run with one neuron", ends[1][0], data, decay, ends[1][1] - lowest))
        found.append(("the end of a run with five neurons", ends[5][0], data, decay, 0.0))
        wide = quadratic_net(5, data, decay=decay, reduction="mean")
        for share in (0.999, 0.99):
            loss = float(wide.loss(share * ends[5][0].flatten()))
            found.append((f"{share} times the end of this run", share * ends[5][0], data, decay, loss - lowest))
    return tuple(found)


def _end(land: QuadraticLandscape) -> tuple[Tensor, float]:
    run = train(land, starts(land, [0], scale=0.5), "lbfgs", tol=1e-10, max_steps=5000)
    theta = refine(land, run.theta).theta[0]
    return land.unpack(theta)["W"], float(land.loss(theta))


@task("Task 4")
def gap_bound(answer) -> str:
    """`answer(W, x, y, decay)` is an upper bound of L(W) - min L over all widths."""
    bounds = []
    for name, W, data, decay, gap in _places():
        bounds.append(number(ask(answer, W, data.x, data.y, decay, called=f"at {name}"), "The bound"))
        require(
            bounds[-1] > -1e-9 or float(torch.linalg.eigvalsh(_slack(W, data, decay))[0]) < 0,
            f"At {name} your bound is negative. Does epsilon stay at zero where S has no negative eigenvalue?",
        )
        require(
            bounds[-1] >= gap - 1e-9 * max(1.0, gap),
            f"At {name} your bound is smaller than the true distance from the best. Are all terms there: <S, M>, and epsilon "
            "times a bound of the trace? Is the trace bounded by the loss at W, and lambda halved?",
        )
    for (name, W, data, decay, _), bound in zip(_places(), bounds, strict=True):
        S, M = _slack(W, data, decay), W.T @ W
        loss = float(quadratic_net(len(W), data, decay=decay, reduction="mean").loss(W.flatten()))
        epsilon = max(0.0, -float(torch.linalg.eigvalsh(S)[0]))
        reachable = float((S * M).sum()) + 2 * epsilon * loss / decay
        require(
            not (reachable < 1e-6 < bound),
            f"At {name} nothing does better, and your bound does not see it: it should be zero there, up to rounding.",
        )
        require(
            bound <= 1.5 * reachable + 1e-6,
            f"At {name} your bound is valid, but too wide. What multiplies epsilon? A trace is bounded through lambda/2, "
            "and <S, M> needs no absolute value of its parts.",
        )
    return "Never too small, and zero where nothing does better."
