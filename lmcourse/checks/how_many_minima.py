"""Checks of the exercises of lesson 4.4.

Each check calls the learner's function on points of its own and looks at properties first (a limit, a symmetry, a scaling), then
compares with the library. Typical mistakes are recognised by the value that they give.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lmcourse.checks.verdict import ask, near, number, require, task, tensor
from lmcourse.critical import distinct
from lmcourse.devices import random_stream
from lmcourse.experiments import distribution_of_minima as experiment
from lmcourse.initialisations import starts


def _draw(*size: int, seed: int = 0) -> Tensor:
    return torch.from_numpy(random_stream(seed).normal(size=size))


@task("Task 1")
def one_neuron(answer) -> str:
    """`answer(w, y, R, m)` is the error of one neuron with weights w (points,) on m samples."""
    w = torch.tensor([0.0, 0.7, 5.0, 40.0, 1e9], dtype=torch.float64)
    y, R, m = 0.6, 30.0, 3
    value = tensor(ask(answer, w, y, R, m, called="with five weights, y = 0.6, R = 30 and m = 3"), (5,), "The error")
    require(
        not near(float(value[0]), m * y**2),
        "At w = 0 your neuron answers 0, as tanh does. The logistic function answers 1/2 there.",
    )
    require(
        near(float(value[0]), m * (y - 0.5) ** 2),
        "At w = 0 the neuron answers 1/2 to every sample, and the m errors add up. Your value there is another one. "
        "Is it a sum, not a mean, of squares without a factor?",
    )
    require(
        near(float(value[-1]), m * (1 - y) ** 2, 1e-6),
        "For a huge weight the neuron answers 1 to every sample. Your value there does not fit.",
    )
    one = tensor(ask(answer, w, y, R, 1, called="with m = 1"), (5,), "The error")
    s = torch.sigmoid
    require(
        not near(float(one[1]), float((y - s(w[1] / R)) ** 2)),
        "The inputs are one power of R off: j begins with 0, so the first input is 1.",
    )
    require(near(float(one[1]), float((y - s(w[1])) ** 2)), "With m = 1 there is one sample, with input 1. Compare.")
    right = sum((y - s(w / R**j)) ** 2 for j in range(m))
    grown = sum((y - s(w * R**j)) ** 2 for j in range(m))
    require(not torch.allclose(value, grown), "Your inputs grow with j: R ** j. They must shrink.")
    require(
        torch.allclose(value, right, rtol=1e-6, atol=1e-6),  # powers of R may have been taken in float32
        "With m = 3 the value is off. Which powers of R do you use?",
    )
    return "The error is right. Count its minima in the next cell."


@task("Task 2")
def canonical(answer) -> str:
    """`answer(W, b, v)` puts a tanh layer W (n, d), b (n,), v (n,) into its canonical form."""
    W, b, v = _draw(4, 3), _draw(4, seed=1), torch.tensor([0.5, -1.5, -0.2, 0.9], dtype=torch.float64)
    given = [each.clone() for each in (W, b, v)]
    parts = _three(ask(answer, *given, called="with four neurons"))
    require(
        all(torch.equal(now, then) for now, then in zip(given, (W, b, v), strict=True)),
        "Your function changes its arguments. Let it make new tensors.",
    )
    x = _draw(50, 3, seed=2)

    def outputs(W: Tensor, b: Tensor, v: Tensor) -> Tensor:
        return torch.tanh(x @ W.T + b) @ v

    require(
        bool((parts[2] >= 0).all()),
        "Some entry of v is negative after your function. A neuron and its reverse, (-w, -b, -v), compute the same.",
    )
    require(
        torch.allclose(outputs(*parts), outputs(W, b, v), rtol=0, atol=1e-12),
        "The network computes another function after yours. Whatever you do to a neuron must be done to its row of W, its b and "
        "its v alike.",
    )
    order = torch.from_numpy(random_stream(3).permutation(4))
    signs = torch.tensor([-1.0, 1.0, 1.0, -1.0], dtype=torch.float64)
    copy = (W * signs[:, None])[order], (b * signs)[order], (v * signs)[order]
    again = _three(ask(answer, *copy, called="with a copy, neurons exchanged and reversed"))
    require(
        all(torch.allclose(one, other, rtol=0, atol=1e-12) for one, other in zip(parts, again, strict=True)),
        "Two copies of the same network come out differently. Are signs settled before the neurons are put in order?",
    )
    require(bool((parts[2].diff() >= 0).all()), "The neurons should stand in the order of rising v.")
    return "All copies of a network come out the same, to twelve digits."


def _three(value) -> list[Tensor]:
    require(isinstance(value, tuple) and len(value) == 3, "Return three tensors: W, b, v.")
    return [
        tensor(part, shape, name)
        for part, shape, name in zip(value, ((4, 3), (4,), (4,)), ("W", "b", "v"), strict=True)
    ]


@task("Task 3")
def minima_met(answer) -> str:
    """`answer(land, seeds)` is how many different minima these starts meet."""
    wanted = {}
    for target, layers in (("random", [3]), ("teacher", [2]), ("random", [1])):
        land = experiment.regression(target, layers)
        value = number(
            ask(answer, land, range(60), called=f"with {target} targets, {layers[0]} neurons, 60 seeds"), "The count"
        )
        ends = experiment.descend(land, starts(land, range(60), scheme="normal"))
        wanted[target, layers[0]] = len(distinct(land, ends)), len(torch.unique(ends.round(decimals=5), dim=0)), value
    require(
        not all(value == 60 for _, _, value in wanted.values()),
        "You count runs. Copies of a minimum, with neurons exchanged or reversed, are one.",
    )
    require(
        not all(value == many for _, many, value in wanted.values()),
        "You have told ends apart by their parameters. Copies, with neurons exchanged or reversed, are one.",
    )
    for (target, n), (right, _, value) in wanted.items():
        require(
            value == right,
            f"With {target} targets and n = {n} the count is off. Do you start with scheme='normal' from the seeds that came, "
            "descend, and then use lm.distinct? Two minima may have nearly the same loss: rounded losses do not tell them apart.",
        )
    return "All counts agree. Now compare the two tasks in the next cell."


@task("Task 4")
def rises(answer) -> str:
    """`answer(H, length)` is the rise along a random direction, on average, and along the steepest."""
    H = torch.diag(torch.tensor([5.0, 1.0, 0.2, 0.01], dtype=torch.float64))
    turn = torch.linalg.qr(_draw(4, 4)).Q
    H, length, trace, top = turn @ H @ turn.T, 0.4, 6.21, 5.0
    value = ask(answer, H, length, called="with a Hessian (4, 4) and length 0.4")
    require(isinstance(value, tuple) and len(value) == 2, "Return two numbers: the mean rise and the largest.")
    mean, largest = (
        number(part, name) for part, name in zip(value, ("The mean rise", "The largest rise"), strict=True)
    )
    right = length**2 * trace / (2 * 4), length**2 * top / 2
    require(not (near(mean, right[1]) and near(largest, right[0])), "The two numbers are in the other order.")
    for factor, words in (
        (2.0, "twice the right one: Taylor's formula has a factor 1/2"),
        (1 / length, "off by the length: it enters squared"),
    ):
        require(not near(largest, factor * right[1]), f"The largest rise is {words}.")
        require(not near(mean, factor * right[0]), f"The mean rise is {words}.")
    require(
        not near(mean, 4 * right[0]),
        "The mean rise is P times too large: a direction of length 1 has squares that add up to 1, not to P.",
    )
    require(near(largest, right[1]), "The largest rise is off. Which eigenvalue belongs to the steepest direction?")
    require(near(mean, right[0]), "The mean rise is off. What is the mean of (u'Hu) over all directions u of length 1?")
    double = ask(answer, H, 2 * length, called="with length 0.8")
    require(near(number(double[0], "The mean rise"), 4 * mean), "Twice the length must give four times the rise.")
    return "Both rises are right."
