"""The losses of the course, each written once over numbers of any kind: balls, fractions, polynomials, jets, floats.

A loss is described by plain data, its model: a dictionary with the family, the sizes and all samples, every number as exact
text. `loss_of(model)` turns it into a formula, theta (a list of numbers) -> a number. Nothing here needs torch: what a
re-check reads is this file, `jets` and the arithmetic of python-flint.

Data types, in words
    model       {"family": "dense" | "deep linear" | "quadratic", sizes, "x": rows of samples, "y": rows of targets, ...},
                or {"family": "polynomial", "terms": rows of a coefficient and the power of each parameter}
    text        a number written exactly: "13/3", "-2", "0.25" or a hexadecimal float such as "0x1.8000000000000p+1"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

from flint import fmpq

from lmcourse.certificates.exact_text import float_of
from lmcourse.certificates.jets import exp, log, relu, sigmoid, softplus, tanh

ACTIVATIONS = {"sigmoid": sigmoid, "tanh": tanh, "softplus": softplus, "relu": relu, "relu, on at zero": relu}

_TEXT = re.compile(
    r"-?(0x[01]\.[0-9a-f]{1,13}p[+-]\d{1,4}|\d{1,4000}(/\d{1,4000}|\.\d{1,4000})?(e[+-]?\d{1,3})?)", re.ASCII
)


def exact(number) -> fmpq:
    """A fraction from a float, a whole number, a Fraction or text, without any rounding; ValueError for other text.

    >>> exact("13/3"), exact(0.5), exact("0x1.8000000000000p+1")
    (13/3, 1/2, 3)
    """
    if isinstance(number, fmpq):
        return number
    if isinstance(number, str):
        if not _TEXT.fullmatch(number):
            raise ValueError(f"{number!r:.60} is no number as it is written here")
        number = float_of(number) if "0x" in number else number
    fraction = Fraction(number)  # raises ValueError or OverflowError for NaN and infinity
    return fmpq(fraction.numerator, fraction.denominator)


def text(number: float | fmpq) -> str:
    """A number written exactly, for a file: whole numbers and fractions as such, floats in hexadecimal.

    >>> text(3.0), text(0.1), exact(text(0.1)) == exact(0.1)
    ('3', '0x1.999999999999ap-4', True)
    """
    if isinstance(number, float) and not number.is_integer():
        return number.hex()
    return str(exact(number))


def loss_of(model: dict) -> Callable[[Sequence], object]:
    """The loss of a model as a formula: a list of P numbers -> a number. KeyError for a family that is not known."""
    formula = FAMILIES[model["family"]](model)
    size = size_of(model)

    def loss(theta: Sequence):
        if len(theta) != size:
            raise ValueError(f"The model has {size} parameters, but {len(theta)} numbers came.")
        return formula(theta)

    return loss


def size_of(model: dict) -> int:
    """P, the number of parameters of a model.

    >>> size_of({"family": "dense", "widths": [2, 2, 1]})
    9
    """
    if model["family"] == "polynomial":
        return len(model["terms"][0]) - 1
    if model["family"] == "quadratic":
        return model["n"] * len(model["x"][0])
    biases = model["family"] == "dense"
    return sum(n * (inside + biases) for inside, n in pairwise(model["widths"]))


def is_polynomial(model: dict) -> bool:
    """Whether the loss is a polynomial of the parameters, so that fractions give a fraction."""
    return model["family"] == "polynomial" or (model["family"] != "dense" and model["cost"] == "half squared")


def samples_of(model: dict) -> tuple[list[list[fmpq]], list[list[fmpq]]]:
    """The samples x and the targets y as rows of fractions."""
    x, y = ([[exact(value) for value in row] for row in model[name]] for name in ("x", "y"))
    if len(x) != len(y) or not x:
        raise ValueError(f"A model needs as many rows of x as of y, but {len(x)} and {len(y)} came.")
    inputs, outputs = (len(x[0]), 1) if model["family"] == "quadratic" else (model["widths"][0], model["widths"][-1])
    if any(len(row) != inputs for row in x) or any(len(row) != outputs for row in y):
        raise ValueError(f"Every sample needs {inputs} inputs and every target {outputs} numbers.")
    return x, y


# ----------------------------------------------------------------------------------------------- families


def dense_loss(model: dict) -> Callable[[Sequence], object]:
    """A network F_l = s(W_l F_l-1 + b_l), its last layer linear; theta is W1, b1, W2, b2, ..., each row by row."""
    x, y = samples_of(model)
    s, cost, decay = ACTIVATIONS[model["activation"]], COSTS[model["cost"]], exact(model["weight_decay"])

    def loss(theta: Sequence):
        layers = _layers(theta, model["widths"])
        total = 0
        for inputs, targets in zip(x, y, strict=True):
            total = cost(_forward(layers, s, inputs), targets) + total
        return total * exact(model["scale"]) + sum(t * t for t in theta) * (decay / 2)

    return loss


def deep_linear_loss(model: dict) -> Callable[[Sequence], object]:
    """1/2 sum over samples |W_L ... W_1 x - y|^2; theta is W_1, ..., W_L, each row by row."""
    x, y = samples_of(model)

    def loss(theta: Sequence):
        product = None
        for W in _matrices(theta, model["widths"]):
            product = W if product is None else _product(W, product)
        errors = [
            dot(row, inputs) - targets[i] for inputs, targets in zip(x, y, strict=True) for i, row in enumerate(product)
        ]
        return sum(error * error for error in errors) * fmpq(1, 2)

    return loss


def quadratic_loss(model: dict) -> Callable[[Sequence], object]:
    """sum_i l(f(x_i), y_i) + decay/2 |W|^2 + <tilt, W'W>, f(x) = sum_j a_j (w_j.x)^2; theta is W, row by row."""
    x, y = samples_of(model)
    d, signs, cost = len(x[0]), [int(sign) for sign in model["signs"]], COSTS[model["cost"]]
    fixed = [[exact(entry) for entry in row] for row in model["fixed"]]  # decay/2 I + tilt

    def loss(theta: Sequence):
        rows = [theta[i : i + d] for i in range(0, len(theta), d)]
        total = 0
        for inputs, targets in zip(x, y, strict=True):
            inner = [dot(row, inputs) for row in rows]
            total = cost([sum(z * z * sign for z, sign in zip(inner, signs, strict=True))], targets) + total
        penalty = sum(dot(row, [dot(row, column) for column in fixed]) for row in rows)
        return total * exact(model["scale"]) + penalty

    return loss


def polynomial_loss(model: dict) -> Callable[[Sequence], object]:
    """sum over terms of c theta_1^a theta_2^b ...; a term is the row [c, a, b, ...]."""
    terms = [(exact(c), powers) for c, *powers in model["terms"]]

    def loss(theta: Sequence):
        total = 0
        for product, powers in terms:
            for number, power in zip(theta, powers, strict=True):
                for _ in range(power):
                    product = number * product
            total = product + total
        return total

    return loss


FAMILIES = {
    "dense": dense_loss,
    "deep linear": deep_linear_loss,
    "quadratic": quadratic_loss,
    "polynomial": polynomial_loss,
}


# ----------------------------------------------------------------------------------------------- costs of one sample


def _squared(o: Sequence, y: Sequence):
    return sum((answer - target) * (answer - target) for answer, target in zip(o, y, strict=True))


def _log(o: Sequence, y: Sequence):
    return sum(
        softplus(-answer) * target + softplus(answer) * (1 - target) for answer, target in zip(o, y, strict=True)
    )


def _cross_entropy(o: Sequence, y: Sequence):
    return log(sum(exp(answer) for answer in o)) * sum(y) - dot(o, y)


COSTS = {
    "squared": _squared,
    "half squared": lambda o, y: _squared(o, y) * fmpq(1, 2),
    "squared, sigmoid": lambda o, y: _squared([sigmoid(answer) for answer in o], y),
    "log": _log,
    "cross_entropy": _cross_entropy,
}


# ----------------------------------------------------------------------------------------------- layers


def dot(a: Sequence, b: Sequence):
    """sum_i a_i b_i."""
    return sum(p * q for p, q in zip(a, b, strict=True))


def _forward(layers: list, s: Callable, inputs: Sequence) -> list:
    *hidden, last = layers
    for W, b in hidden:
        inputs = [s(dot(row, inputs) + bias) for row, bias in zip(W, b, strict=True)]
    return [dot(row, inputs) + bias for row, bias in zip(last[0], last[1], strict=True)]


def _layers(theta: Sequence, widths: Sequence[int]) -> list[tuple[list, list]]:
    layers, start = [], 0
    for inside, n in pairwise(widths):
        W = [theta[start + i * inside : start + (i + 1) * inside] for i in range(n)]
        start += n * inside
        layers.append((W, theta[start : start + n]))
        start += n
    return layers


def _matrices(theta: Sequence, widths: Sequence[int]) -> list[list]:
    matrices, start = [], 0
    for inside, n in pairwise(widths):
        matrices.append([theta[start + i * inside : start + (i + 1) * inside] for i in range(n)])
        start += n * inside
    return matrices


def _product(A: list, B: list) -> list:
    columns = list(zip(*B, strict=True))
    return [[dot(row, column) for column in columns] for row in A]
