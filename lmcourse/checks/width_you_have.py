"""Checks of lesson 5.1's exercises: they name the property that an answer lacks, never the answer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import ceil

import numpy as np
import torch
from torch import Tensor, nn

from lmcourse.checks.verdict import ask, near, number, require, task, tensor
from lmcourse.devices import random_stream

# side of the image, channels, side of the patch, stride, padding
LAYERS = (
    (224, 64, 3, 1, 1), (8, 6, 3, 1, 0), (28, 1, 5, 1, 0), (28, 7, 3, 2, 0), (227, 96, 7, 2, 0), (224, 64, 7, 2, 3),
    (9, 2, 4, 3, 1), (299, 32, 3, 2, 0), (10, 3, 1, 1, 0), (12, 5, 4, 4, 2), (7, 11, 7, 1, 0), (31, 13, 6, 5, 2), (64, 20, 2, 3, 0),
)  # fmt: skip


def _answered(value, shape: tuple[int, ...], name: str) -> Tensor:
    """A result as a float64 tensor of this shape, from torch or numpy; single precision is refused."""
    value = torch.from_numpy(np.asarray(value)) if isinstance(value, (np.ndarray, np.generic)) else value
    if isinstance(value, Tensor):
        require(
            value.dtype != torch.float32,
            f"{name} came in single precision: with seven digits the errors are larger than what is asked. Stay with float64.",
        )
    return tensor(value, shape, name)


@lru_cache(maxsize=1)
def _measured() -> tuple[int, ...]:
    """How many numbers torch's own convolutions put out, on the meta device."""
    found = []
    for side, channels, patch, stride, padding in LAYERS:
        with torch.device("meta"):
            found.append(nn.Conv2d(3, channels, patch, stride, padding)(torch.empty(1, 3, side, side)).numel())
    return tuple(found)


def _wrong_widths(side: int, channels: int, patch: int, stride: int, padding: int) -> dict[str, float]:
    """What to tell those who count otherwise: their number by the message."""

    def places(padding: float) -> float:
        return (side + 2 * padding - patch) / stride + 1

    right = int(places(padding))
    return {
        "This is the number of channels. A filter answers at each of its positions.": channels,
        "These are the positions along one side. An image has two sides.": channels * right,
        "These are the positions of one filter. There are several filters.": right**2,
        "Input channels do not count: a filter adds them up.": 3 * channels * right**2,
        "These are the weights of the filters. A neuron is a number that the layer puts out.": channels * patch**2,
        "These are weights and biases. A neuron is a number that the layer puts out.": channels * (patch**2 + 1),
        "One position a side is missing: the first patch counts as well.": channels * (right - 1) ** 2,
        "Padding is added on both sides of the image.": channels * int(places(padding / 2)) ** 2,
        "The padding is missing: it makes the image larger before patches are cut.": channels * int(places(0)) ** 2,
        "A position is a whole number: a patch that would stick out is left away.": channels * places(padding) ** 2,
        "A patch that would stick out is left away: round down.": channels * ceil(places(padding)) ** 2,
        "Not every pixel is the corner of a patch: at the edge none fits, and a stride leaves some out.": channels
        * side**2,
    }


def _explain(given: Sequence[float], wrong: Sequence[dict[str, float]]) -> None:
    """A Mistake where one and the same misunderstanding explains all that was answered."""
    for message in wrong[0]:
        explained = all(near(value, case[message]) for value, case in zip(given, wrong, strict=True))
        require(not explained, message)


@task("Task 1")
def neurons(answer) -> str:
    """`answer(side, channels, patch, stride, padding)` is the number of neurons of a convolutional layer on square images."""
    words = [
        f"side = {side}, channels = {channels}, patch = {patch}, stride = {stride}, padding = {padding}"
        for side, channels, patch, stride, padding in LAYERS
    ]
    given = [
        number(ask(answer, *case, called=f"with {text}"), "The width") for case, text in zip(LAYERS, words, strict=True)
    ]
    _explain(given, [_wrong_widths(*case) for case in LAYERS])
    for value, right, text in zip(given, _measured(), words, strict=True):
        require(value == right, f"With {text} the number is off. How many patches fit into a side, padding included?")
    return "Channels times positions."


def _systems():
    """Matrices F (N, n) with independent rows, labels y, and the shortest fit; some wide, one square, one badly scaled."""
    for seed, (N, n) in enumerate(((5, 8), (1, 4), (12, 12), (30, 90), (8, 9))):
        draw = random_stream(seed + 50)
        F, y = torch.from_numpy(draw.normal(size=(N, n))), torch.from_numpy(draw.normal(size=N))
        F = F + 2.0 if seed == 3 else F
        yield F, y, torch.linalg.pinv(F) @ y


@task("Task 2")
def fit(answer) -> str:
    """`answer(F, y)` is v (n,) with F v = y, the shortest one, for F (N, n) with independent rows."""
    for F, y, shortest in _systems():
        N, n = F.shape
        given = F.clone()
        value = ask(answer, given, y.clone(), called=f"with F ({N}, {n}) and y ({N},)")
        require(torch.equal(given, F), "Your function changes F itself. Let it work on a copy.")
        fitted = _answered(value, (n,), "v")
        error = float((F @ fitted - y).abs().max())
        require(
            error < 1e-8 * max(1.0, float(y.abs().max())),
            f"With F ({N}, {n}) the outputs F v miss the labels by up to {error:.1e}. Is it F F' that is inverted, "
            "and not F' F, which is singular for n > N? Is nothing added to its diagonal? Does F' stand in front?",
        )
        require(
            float(fitted.norm()) <= float(shortest.norm()) * (1 + 1e-6),
            f"With F ({N}, {n}) the labels are met, but another v is shorter: a combination of the rows of F. "
            "(Did you invert F' F? For n > N it is singular, and an answer is an accident of rounding.)",
        )
    return "All labels met, by the shortest weights."


def _layers():
    """Z (N, n), d and the numbers of neurons that are off, on and switching, in mixed order; two images may be equal."""
    cases = ((12, 2, 3, 4, 5), (20, 5, 9, 3, 4), (6, 0, 0, 9, 2), (15, 7, 0, 5, 3), (40, 3, 20, 10, 12), (9, 1, 2, 30, 3),
             (30, 0, 11, 2, 8), (25, 6, 10, 1, 6))  # fmt: skip
    for seed, (N, off, on, switching, d) in enumerate(cases):
        draw = random_stream(seed + 80)
        x = draw.normal(size=(N, d))
        x[1] = x[0] if seed % 2 else x[1]
        Z = x @ draw.normal(size=(d, off + on + switching))  # (N, n): affine functions of the images, with
        Z -= Z.mean(axis=0)  # a constant that says whether zero lies above, below or among their values
        if not on:
            Z *= np.where(Z[0] > 0, -1, 1)  # the first image switches on no neuron at all
        Z[:, :off] -= Z[:, :off].max(axis=0) + seed % 2  # for even seeds one value is zero
        Z[:, : off // 3] = 0  # zero itself for all images: off, and not on
        Z[:, off : off + on] -= Z[:, off : off + on].min(axis=0) - 0.5
        yield torch.from_numpy(Z[:, draw.permutation(Z.shape[1])]), d, (N, off, on, switching)


def _wrong_ranks(N: int, off: int, on: int, switching: int, d: int) -> dict[str, float]:
    affine = min(on, d + 1)
    return {
        "A matrix with N rows has rank N at most.": switching + affine,
        "This counts all neurons. What does one bring that is off for all images?": min(N, off + on + switching),
        "All neurons that are on for all images are affine in d pixels. How many are independent?": min(
            N, on + switching
        ),
        "Neurons that are on for all images still bring something: an affine function each.": min(N, switching),
        "Affine functions of d pixels: do not forget the constant.": min(N, switching + min(on, d)),
        "A neuron that is on for all images is no constant: it follows the pixels.": min(N, switching + min(on, 1)),
        "Neurons that are off bring nothing: count them apart.": min(N, switching + min(on + off, d + 1)),
    }


@task("Task 3")
def largest_rank(answer) -> str:
    """`answer(Z, d)` bounds the rank of relu(Z), for Z (N, n) from images of d pixels."""
    layers = list(_layers())
    given = [
        number(ask(answer, Z.clone(), d, called=f"with Z {tuple(Z.shape)} and d = {d}"), "The bound")
        for Z, d, _ in layers
    ]
    _explain(given, [_wrong_ranks(*counted, d) for _, d, counted in layers])
    transposed = "It looks as if rows were taken for neurons. A row of Z is an image, a column a neuron."
    _explain(given, [{transposed: _of_rows(Z, d)} for Z, d, _ in layers])
    strict = "A neuron with Z = 0 puts out 0 as well: off means Z <= 0 for all images."
    _explain(given, [{strict: _counted(Z, d, Z < 0, Z > 0)} for Z, d, _ in layers])
    twice = "A neuron with Z = 0 for all images is counted twice: it is off, and not on."
    _explain(given, [{twice: _counted(Z, d, Z <= 0, Z >= 0)} for Z, d, _ in layers])
    for value, (Z, d, (N, _, on, switching)) in zip(given, layers, strict=True):
        right, here = min(N, switching + min(on, d + 1)), f"(Here Z is {tuple(Z.shape)} and d = {d}.)"
        require(
            value >= right,
            f"Your bound is too small: it must hold for every layer with so many neurons of each kind. {here}",
        )
        require(
            value <= right,
            f"Your bound is valid, but a smaller one holds. Which neurons bring nothing, or share? {here}",
        )
    return "Neurons that switch count one each, those that never do share."


def _of_rows(Z: Tensor, d: int) -> int:
    """What somebody counts who takes the rows of Z for neurons."""
    off, on = int((Z <= 0).all(1).sum()), int((Z > 0).all(1).sum())
    return min(Z.shape[1], len(Z) - off - on + min(on, d + 1))


def _counted(Z: Tensor, d: int, below: Tensor, above: Tensor) -> int:
    """What somebody counts for whom these entries of Z are off and on."""
    off, on = int(below.all(0).sum()), int(above.all(0).sum())
    return min(len(Z), Z.shape[1] - off - on + min(on, d + 1))


def _guesses():
    """(words, F, R): good and bad guesses of a right inverse."""
    for seed, (N, n) in enumerate(((4, 7), (10, 30), (6, 6))):
        draw = random_stream(seed + 120)
        F = torch.from_numpy(draw.normal(size=(N, n))) * 10.0 ** (1 - seed)
        good, noise = torch.linalg.pinv(F), torch.from_numpy(draw.normal(size=(n, N)))
        yield "R a right inverse of F", F, good
        yield "R half a right inverse of F", F, good / 2
        yield "R a right inverse of F with errors", F, good + 0.03 * noise * good.norm() / noise.norm() / N**0.5
        yield "R twice a right inverse of F", F, 2.2 * good
        yield "R drawn at random", F, 3 * noise / F.norm()
        yield "R full of zeros", F, torch.zeros(n, N, dtype=F.dtype)
        twin = F.clone()
        twin[1] = twin[0]
        yield "two equal rows in F", twin, torch.linalg.pinv(twin)


@task("Task 4")
def singular_bound(answer) -> str:
    """`answer(F, R)` is a number that no singular value of F (N, n) is below, from a guess R (n, N); 0 where |FR - I| >= 1."""
    for words, F, R in _guesses():
        N, n = F.shape
        value = ask(answer, F.clone(), R.clone(), called=f"with F ({N}, {n}) and {words}")
        bound = number(value, "The bound")
        true = float(torch.linalg.svdvals(F)[-1])
        E = F @ R - torch.eye(N, dtype=F.dtype)
        wide, narrow = float(E.norm()), float(torch.linalg.svdvals(E)[0])
        require(
            bound > -1e-12, f"With {words} your bound is negative. A singular value never is: where delta >= 1, say 0."
        )
        if narrow >= 1 - 1e-9:
            require(
                bound < 1e-9,
                f"With {words} the product F R is so far from the identity that nothing follows, yet your bound is positive. "
                "Do you use R, and say 0 where delta >= 1?",
            )
            continue
        require(
            bound <= true * (1 + 1e-9),
            f"With {words} your bound is above the smallest singular value of F. What is divided by what, and is delta subtracted?",
        )
        if wide < 1:
            least = (1 - wide) / float(R.norm())
            advice = (
                "If R were twice as long, with the same delta, should the bound rise or fall?"
                if bound > 0
                else ("Zero is always true; here delta < 1, and more follows.")
            )
            require(
                bound >= least * (1 - 1e-6),
                f"With {words} your bound is valid, but smaller than what follows. What is divided by what? {advice}",
            )
    return "Never too large, and zero where nothing follows."
