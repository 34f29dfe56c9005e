"""Checks of the exercises of lesson 5.2.

Each check calls the learner's function on networks of its own, compares with the library, and recognises typical mistakes by
the value that they give. Answers may be tensors or numpy arrays in double precision.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from lmcourse.checks.verdict import ask, near, number, require, task, tensor
from lmcourse.data import Data, gaussian_patches, one_hot
from lmcourse.devices import random_stream
from lmcourse.initialisations import starts
from lmcourse.landscape import Landscape
from lmcourse.networks.convolutional import small_cnn

ACTIVATIONS = ("sigmoid", "softplus")


def _double(value, shape: tuple[int, ...], name: str) -> Tensor:
    """A tensor or an array in double precision."""
    value = torch.from_numpy(value) if isinstance(value, np.ndarray) and value.dtype.kind in "fiu" else value
    found = tensor(value, shape, name)
    require(value.dtype != torch.float32, f"{name} came in single precision, where this check cannot tell right from wrong. "
            "Keep the dtype of the arguments, float64.")  # fmt: skip
    return found


def _case(N: int, n1: int, n2: int, m: int, seed: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """F_1 (N, n1), W_3 (m, n2), slopes (N, n2) between 0 and 1, errors (N, m)."""
    draw = random_stream(seed)
    parts = (
        draw.normal(size=(N, n1)),
        draw.normal(size=(m, n2)),
        draw.uniform(0.1, 0.9, size=(N, n2)),
        draw.normal(size=(N, m)),
    )
    return tuple(torch.from_numpy(part) for part in parts)


def _close(value: Tensor, expected: Tensor) -> bool:
    return value.shape == expected.shape and bool(torch.allclose(value, expected, rtol=1e-8, atol=1e-10))


@task("Task 1")
def slope_by_W2(answer) -> str:
    """`answer(F1, W3, slope, error)` is the derivative (n2, n1) of the loss by W_2."""
    for N, n1, n2, m, seed in ((7, 9, 4, 3, 1), (5, 5, 5, 5, 2), (6, 4, 3, 2, 3)):
        F1, W3, slope, error = _case(N, n1, n2, m, seed)
        called = f"with F1 ({N}, {n1}), W3 ({m}, {n2}), slope ({N}, {n2}) and error ({N}, {m})"
        value = ask(answer, F1.clone(), W3.clone(), slope.clone(), error.clone(), called=called)
        turned = getattr(value, "shape", None) == (n1, n2) and n1 != n2
        require(
            not turned,
            "Your matrix has a row for each neuron of the wide layer. It must have the shape of W_2, (n_2, n_1).",
        )
        value = _double(value, (n2, n1), "The derivative by W_2")
        back = error @ W3
        mistakes = (
            (
                back.T @ F1,
                "The slopes have no influence: the errors pass the activation of the middle layer on their way back.",
            ),
            (2 * (back * slope).T @ F1, "Twice too large: the loss carries a factor 1/2."),
            ((back * slope).T @ F1 / N, "The loss is a sum over the images, not a mean."),
            (-(back * slope).T @ F1, "The sign is wrong: the error is answer minus target."),
        )
        for wrong, message in mistakes:
            require(not _close(value, wrong), message)
        if n1 == n2:
            require(
                not _close(value, ((back * slope).T @ F1).T),
                "The matrix is transposed: W_2 is (n_2, n_1), neurons are rows.",
            )
        require(
            _close(value, (back * slope).T @ F1),
            "The value is off. Errors times W_3, then entry by entry the slopes, then F_1.",
        )
    return "One product of three factors, and the wide layer stands last."


def _floor(F1: Tensor, W3: Tensor, slope: Tensor, error: Tensor) -> float:
    """The left side of the inequality; zero where the rows of a factor cannot be independent."""
    return float(_least(F1) * _least(W3) * slope.min() * error.norm())


def _least(A: Tensor) -> Tensor:
    return torch.linalg.svdvals(A)[-1] if A.shape[0] <= A.shape[1] else torch.zeros((), dtype=A.dtype)


@task("Task 2")
def lower_bound(answer) -> str:
    """`answer(F1, W3, slope, error)` is a lower bound of the derivative's length that holds for any shapes."""
    for N, n1, n2, m, seed in ((6, 11, 5, 3, 4), (4, 4, 3, 3, 5)):
        case = F1, W3, slope, error = _case(N, n1, n2, m, seed)
        value = number(ask(answer, *(part.clone() for part in case)), "The bound")
        s1, s3, expected = torch.linalg.svdvals(F1), torch.linalg.svdvals(W3), _floor(*case)
        size = float((error @ W3 * slope).T.matmul(F1).norm())
        spectral = torch.linalg.matrix_norm(error, 2)
        others = (
            (s1[0] * s3[0] * slope.max() * error.norm(), "This is the upper bound: every factor is the largest, not the smallest."),
            (s1[-1] * s3[-1] * slope.min(), "The error is missing: only with it does no gradient mean no error."),
            (s1[-1] * s3[-1] * slope.min() * spectral, "|E| is the root of the sum of all squares, not a singular value of E."),
            (s1[-1] * s3[-1] * slope.min() * error.square().sum(), "|E| enters as it is, not squared."),
            (s1[-1] * s3[-1] * slope.mean() * error.norm(), "The mean slope is no bound: one unit may be flatter than the mean."),
            (s1[-1] * s3[-1] * error.norm(), "The slopes are missing."),
        )  # fmt: skip
        for wrong, message in others:
            require(not near(value, float(wrong), 1e-9), message)
        require(value <= size * (1 + 1e-9), "Here the gradient is smaller than your bound, so it is no lower bound.")
        require(
            near(value, expected, 1e-8),
            "True here, but it is not the lesson's bound"
            + (", and sharper" if value > expected else "")
            + ". Asked is the left side of "
            "the inequality: three smallest numbers and one length are multiplied.",
        )
    for name, sizes in (("F_1 (8, 5)", (8, 5, 4, 3)), ("W_3 (4, 2)", (5, 7, 2, 4))):
        case = _case(*sizes, seed=6)
        value = number(ask(answer, *(part.clone() for part in case), called=f"with {name}"), "The bound")
        require(
            abs(value) < 1e-12,
            f"With {name} your bound is positive, and some errors have a gradient of zero there: more rows than columns are never "
            "independent. What does torch.linalg.svdvals return for such a matrix?",
        )
    return "A bound for all shapes: where the rows cannot be independent, it says nothing, and says so."


def _good_cases() -> list[tuple[str, Landscape, Tensor, bool]]:
    """Networks and points: what they are in words, and whether they are good."""
    data = one_hot(gaussian_patches(40, side=6, seed=3))  # 16 places a filter
    wide, narrow = (small_cnn(data, T, [4, 3], ACTIVATIONS) for T in (3, 2))
    theta, small = starts(wide, [5], "normal")[0], starts(wide, [6], "normal", 0.1)[0]
    parts = wide.unpack(theta)
    twin = Data(data.x[[0, 0, *range(2, 40)]], data.y)
    same = small_cnn(twin, 3, [4, 3], ACTIVATIONS)
    low = torch.outer(parts["W3"][:, 0], parts["W3"][0])
    relu = small_cnn(data, 3, [4, 3], ("relu", "softplus"))
    off = wide.pack(**parts | {"b1": parts["b1"] - 60})
    return [
        ("a random network with 48 neurons for 40 images", wide, theta, True),
        ("a network with weights of size 0.1", wide, small, True),
        ("a network with 32 neurons for 40 images", narrow, starts(narrow, [5], "normal")[0], False),
        ("all weights zero", wide, 0 * theta, False),
        ("a W_3 of rank 1", wide, wide.pack(**parts | {"W3": low}), False),
        ("two equal images", same, theta, False),
        ("a ReLU layer that is off at all images", relu, off, False),
        ("another W_2, all zero", wide, wide.pack(**parts | {"W2": 0 * parts["W2"]}), True),
    ]


@task("Task 3")
def is_good(answer) -> str:
    """`answer(land, theta)` says whether the rows of F_1 are independent and W_3 has full rank."""
    for words, land, theta, expected in _good_cases():
        value = ask(answer, land, theta.clone(), called=f"with {words}")
        if isinstance(value, (Tensor, np.ndarray)):
            require(value.shape == () or len(value) == 1, "True or False is expected, one answer for the whole point.")
        value = value.item() if hasattr(value, "item") else value
        require(
            isinstance(value, (bool, np.bool_, int)), f"True or False is expected, but a {type(value).__name__} came."
        )
        require(
            bool(value) == expected,
            f"For {words} the point is {'good' if expected else 'not good'}; yours says otherwise.",
        )
    return "Both conditions, and nothing about W_2."


def _uphill(land: Landscape, data: Data, theta: Tensor, height: float) -> str:
    """Why a point near the one without weights is higher: the mean answer, or the direction."""
    common = float((land.outputs(theta).mean(0) - data.y.mean(0)).square().sum()) * len(data) / 2
    if common > 0.01 * height:
        return (
            "Do the answers still have the mean of the targets? What they all gain in common costs a term of second order, and the "
            "way down is of third."
        )
    return (
        "The mean of the answers is right; what is left has the wrong direction. If you follow one path: try the other sign of its "
        "last weight."
    )


@task("Task 4")
def way_down(answer) -> str:
    """`answer(land, data, zero, size)` is a point with a lower loss, at most `size` from the point without weights."""
    for N, T, seed, size in ((60, 2, 11, 0.5), (40, 3, 12, 0.3), (50, 1, 13, 0.2)):
        data = one_hot(gaussian_patches(N, side=6, seed=seed))
        land = small_cnn(data, T, [4, 3], ACTIVATIONS)
        biases = land.unpack(0.5 * starts(land, [seed], "normal")[0])
        zero = land.pack(
            **{name: 0 * part if name.startswith("W") else part for name, part in biases.items()}
            | {"b3": data.y.mean(0)}
        )
        given = zero.clone()
        value = ask(answer, land, data, given, size, called=f"with {N} images, {T} filters and size {size}")
        require(
            torch.equal(given, zero),
            "Your function changes `zero` itself. `land.unpack` shares memory: give it `zero.clone()`.",
        )
        theta = _double(value, (land.dim,), "The point")
        away, height = float((theta - zero).norm()), float(land.loss(theta) - land.loss(zero))
        require(away > 0, "You return the point itself. Its gradient is zero, so plain descent does not leave it.")
        require(away <= size * (1 + 1e-9), f"Your point is {away:.3g} away, at most {size} is allowed.")
        require(
            height < 0,
            f"With {N} images the loss at your point is higher by {height:.2g}. {_uphill(land, data, theta, height)}",
        )
        require(
            height < -1e-9 * float(land.loss(zero)),
            "The loss falls by no more than rounding does. Use more of the allowed size.",
        )
    return "Lower, and as near as was asked: the point without weights is no local minimum."
