"""Checks of the exercises of lesson 1.1.

Each check calls the learner's function on random cases of its own and looks at properties first. Typical mistakes are recognised by
the value that they give.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from lmcourse.checks.critical_points_cases import (
    borders,
    coarse,
    count,
    exact_plateaus,
    newton_like,
    plateaus,
    points,
    surfaces,
    symmetric,
    wrong_steps,
)
from lmcourse.checks.verdict import ask, number, require, task
from lmcourse.devices import random_stream

WORDS = ("not critical", "strict minimum", "strict saddle", "strict maximum", "undecided")
NEAR = 1e-4  # a point counts as found within this distance


def _numbers(value, name: str) -> Tensor:
    """A learner's tensor or array as float64; single precision is refused."""
    if isinstance(value, np.ndarray):
        value = torch.from_numpy(value)
    require(isinstance(value, Tensor), f"{name} must be a torch tensor, but a {type(value).__name__} came.")
    require(
        value.dtype != torch.float32,
        f"{name} came in single precision (float32). The arguments are float64: make new tensors with dtype=torch.float64.",
    )
    return value.detach().to(torch.float64)


def _vector(value, size: int, name: str) -> Tensor:
    value = _numbers(value, name)
    require(
        tuple(value.shape) == (size,), f"{name} must have the shape ({size},), but it came as {tuple(value.shape)}."
    )
    require(torch.isfinite(value).all(), f"{name} holds NaN or infinity.")
    return value


# ------------------------------------------------------------------------------------------------ task 1


@task("Task 1")
def kind(answer) -> str:
    """`answer(gradient, hessian)` is one of five words."""
    for seed, (right, eigenvalues, words) in enumerate(points()):
        size = len(eigenvalues)
        hessian, zero = symmetric(eigenvalues, seed), torch.zeros(size, dtype=torch.float64)
        value = _word(ask(answer, zero, hessian, called=f"with a gradient of zeros and {words}"))
        require(value == right, _wrong_word(value, right, words))
        slope = 0.1 * torch.from_numpy(random_stream(100 + seed).normal(size=size))
        slope -= slope.mean() if size > 1 else 0.0  # its entries cancel
        value = _word(ask(answer, slope, hessian, called=f"with a gradient that is not zero and {words}"))
        require(
            value == "not critical", f"Where the gradient is not zero you answer {value!r}. Look at its length first."
        )
        value = _word(ask(answer, zero + 1e-11, hessian, called="with a gradient of size 1e-11"))
        require(value == right, "A gradient of size 1e-11 is rounding: compare its length with tol.")
    hessian = symmetric([-1e-12, 1.0], seed=50)
    value = _word(ask(answer, torch.zeros(2, dtype=torch.float64), hessian, called="with the eigenvalues -1e-12 and 1"))
    require(
        value == "undecided", "An eigenvalue of -1e-12 counts as zero: compare eigenvalues with tol, on both sides."
    )
    for seed, (right, eigenvalues, entry, tol, words) in enumerate(coarse(), start=60):
        slope = torch.full((len(eigenvalues),), entry, dtype=torch.float64)
        value = _word(ask(answer, slope, symmetric(eigenvalues, seed), tol, called=f"with {words}"))
        if right == "not critical":
            message = (
                f"With {words} you answer {value!r}. How long is this gradient? Its length is not its largest entry."
            )
        else:
            message = f"With {words} you answer {value!r}. The borders are at the argument tol, whatever it is."
        require(value == right, message)
    for right, slope, hessian, words in borders():
        value = _word(ask(answer, slope, hessian, 0.25, called=f"with {words}"))
        require(value == right, f"With {words} you answer {value!r}. A size of exactly tol still counts as zero.")
    return "All five words in the right places, in one to four dimensions and with other tolerances."


def _word(value) -> str:
    require(isinstance(value, str), f"The answer must be a word, but a {type(value).__name__} came.")
    require(value in WORDS, f"{value!r:.60} is none of the five words: {', '.join(WORDS)}.")
    return value


def _wrong_word(value: str, right: str, words: str) -> str:
    if value == "not critical":
        return f"At a point with {words} the gradient was zero, but you say that it is not critical."
    if right == "undecided":
        return (
            f"With {words} you answer {value!r}. What does the loss do along the eigenvector of a zero? "
            "(A computed zero is rarely exact: sizes up to tol count as zero.)"
        )
    if value == "undecided":
        return f"With {words} you answer 'undecided'. Is there nothing that settles the question?"
    return (
        f"With {words} you answer {value!r}. Do you count the signs of the eigenvalues? Neither the diagonal nor the determinant "
        "or the trace replaces them."
    )


# ------------------------------------------------------------------------------------------------ task 2


@task("Task 2")
def saddle_free_step(answer) -> str:
    """`answer(gradient, hessian, damping)` is the damped saddle-free step."""
    cases = (([-2.0, 3.0], 0.1), ([-1.0, -4.0, 2.0], 0.5), ([5.0, 1.0], 0.01), ([-3.0, -0.2, 0.05, 0.7, 6.0], 0.3))
    for seed, (eigenvalues, m) in enumerate(cases):
        size = len(eigenvalues)
        hessian = symmetric(eigenvalues, 10 + seed)
        gradient = torch.from_numpy(random_stream(20 + seed).normal(size=size))
        given = gradient.clone(), hessian.clone()
        value = _vector(ask(answer, *given, m, called=f"with {size} parameters and damping {m}"), size, "The step")
        require(
            torch.equal(given[0], gradient) and torch.equal(given[1], hessian),
            "Your function changes its arguments. Let it work on copies.",
        )
        right = newton_like(gradient, hessian, lambda values, m=m: values.abs() + m)
        rotated = torch.linalg.eigh(hessian).eigenvectors
        for wrong, message in wrong_steps(gradient, hessian, m, rotated):
            both = torch.allclose(wrong, right, rtol=1e-7, atol=1e-9)
            require(both or not torch.allclose(value, wrong, rtol=1e-7, atol=1e-9), message)
        parts = (rotated.T @ gradient).abs() / (torch.linalg.eigvalsh(hessian).abs() + m)
        require(
            not torch.allclose(value.abs(), parts, rtol=1e-6, atol=1e-9),
            "These are the parts of the step along the eigenvectors: the way back, a multiplication by V, is missing.",
        )
        require(
            float(value @ gradient) < 0,
            "Along your step the loss rises at first. Every part of a saddle-free step goes downhill.",
        )
        require(
            torch.allclose(value, right, rtol=1e-6, atol=1e-9),
            f"The step is off for {size} parameters. Is each part of the gradient, in the eigenbasis, divided by its own number?",
        )
    return "Downhill in every eigendirection, and damped after the absolute values."


# ------------------------------------------------------------------------------------------------ task 3


@task("Task 3")
def plateau(answer) -> str:
    """`answer(r, s, a, eta)` is a pair of whole numbers of steps."""
    for r, s, a, eta in (*plateaus(), *exact_plateaus()):
        value = ask(answer, r, s, a, eta, called=f"with r = {r:.2g}, s = {s:.2g}, a = {a:.2g}, eta = {eta:.2g}")
        require(
            isinstance(value, tuple | list) and len(value) == 2,
            "Return two numbers: for gradient descent, for saddle-free Newton.",
        )
        first, second = (
            number(each, name) for each, name in zip(value, ("The first count", "The second count"), strict=True)
        )
        require(first >= 0 and second >= 0, "A count came out negative. Which of r and s is the larger one?")
        right = count(r, s, 1 + eta * a), count(r, s, 2.0)
        require(
            (first, second) != right[::-1] or right[0] == right[1],
            "The two counts are exchanged: gradient descent comes first.",
        )
        require(
            first == round(first) and second == round(second),
            "A number of steps is whole: round up to where s is reached.",
        )
        require(
            first != right[0] - 1 and second != right[1] - 1,
            "One count is one too small: after so many steps the distance is still below s.",
        )
        require(
            first != right[0] + 1 and second != right[1] + 1,
            "One count is one too large: s is reached, or met exactly, one step earlier. The start is no step.",
        )
        require(
            first == right[0] or first != math.ceil(math.log(s / r) / (eta * a)),
            "For gradient descent you use the logarithm of the growth as if it were eta a: that is right for small eta a alone.",
        )
        require(
            first == right[0],
            "The count of gradient descent is off. By what does one step multiply the distance, if the eigenvalue is -a?",
        )
        require(
            second == right[1],
            "The count of saddle-free Newton is off. By what does one step multiply the distance, whatever the eigenvalue is?",
        )
    return "Both counts fit a step-by-step simulation on thirty random cases, and where a step lands on s itself."


# ------------------------------------------------------------------------------------------------ task 4


@task("Task 4")
def all_critical_points(answer) -> str:
    """`answer(land)` is (n, 2): all critical points in the window, each once."""
    for land, right in surfaces():
        value = _numbers(ask(answer, land, called="with a hidden surface"), "The result")
        require(
            value.ndim == 2 and value.shape[1] == 2,
            f"The result must have the shape (n, 2), but it came as {tuple(value.shape)}.",
        )
        require(torch.isfinite(value).all(), "The result holds NaN or infinity.")
        (left, high_x), (low, high_y) = land.window
        outside = (value[:, 0] < left) | (value[:, 0] > high_x) | (value[:, 1] < low) | (value[:, 1] > high_y)
        require(not outside.any(), "Some of your points lie outside the window: leave these out.")
        level = land.gradient(value).norm(dim=1) < 1e-3
        require(level.all(), "At some of your points the gradient is not zero. Did every start arrive?")
        near = torch.cdist(value, right) < NEAR
        missing, twice = int((~near.any(dim=0)).sum()), int((near.sum(dim=0) > 1).sum())
        kinds = (torch.linalg.eigvalsh(land.hessian(right)) < 0).sum(dim=1)
        require(
            not (missing and (near.any(dim=0) == (kinds == 0)).all()),
            "You found all minima, and nothing else. A method that goes down cannot find the others.",
        )
        merged = torch.cdist(right[~near.any(dim=0)], value).min(dim=1).values < 0.5 if missing else near[:0, 0]
        require(
            not (missing and merged.all()),
            "A critical point next to another one is missing. Do you take two points for one that are not that close?",
        )
        require(missing == 0, "Some critical points are missing. Do you start from enough places, all over the window?")
        require(
            twice == 0,
            "Some points stand in your result more than once: ends that differ by rounding are the same point.",
        )
        require(len(value) == len(right), "Your result holds more points than there are.")
    return "All of them, each once, on three surfaces."
