"""From a landscape of a network on data to the plain, exact description that its proofs need.

Data types, in words
    land.proof  ("dense" | "deep linear" | "quadratic" | "polynomial", then settings and tensors), set by the factories in
                `networks`
    model       the same as plain data, every number as exact text (see `formulas`)
"""

from __future__ import annotations

from fractions import Fraction

from torch import Tensor

from lmcourse.certificates.formulas import text
from lmcourse.landscape import Landscape

FAMILIES = ("dense", "deep linear", "quadratic", "polynomial")


def model_of(land: Landscape) -> dict:
    """The model of a landscape whose proofs are written; ValueError for one that says nothing of itself.

    >>> from lmcourse.data import xor
    >>> from lmcourse.networks.sigmoid import sigmoid_mlp
    >>> model = model_of(sigmoid_mlp([2, 2, 1], xor(), "log"))
    >>> model["family"], model["cost"], model["y"]
    ('dense', 'log', [['0'], ['1'], ['1'], ['0']])
    """
    if not land.proof or land.proof[0] not in FAMILIES:
        raise ValueError(f"No proofs are written for {land.name}: its landscape does not say how its loss is made.")
    family, *parts = land.proof
    described = {"dense": _dense, "deep linear": _deep_linear, "quadratic": _quadratic, "polynomial": _polynomial}
    return {"family": family} | described[family](*parts)


def _dense(
    widths, activation: str, x: Tensor, y: Tensor, loss: str, output: str, reduction: str, weight_decay: float
) -> dict:
    cost = "squared, sigmoid" if (loss, output) == ("squared", "sigmoid") else loss
    return {
        "widths": list(widths),
        "activation": activation,
        "cost": cost,
        "scale": "1" if reduction == "sum" else str(Fraction(1, len(x))),
        "weight_decay": text(float(weight_decay)),
        **_samples(x, y),
    }


def _deep_linear(widths, x: Tensor, y: Tensor) -> dict:
    return {"widths": list(widths), "cost": "half squared", **_samples(x, y)}


def _quadratic(x: Tensor, y: Tensor, signs: Tensor, fixed: Tensor, loss: str, reduction: str) -> dict:
    return {
        "n": len(signs),
        "signs": [int(sign) for sign in signs.flatten().tolist()],
        "fixed": _rows(fixed),
        "cost": {"squared": "half squared", "log": "log"}[loss],
        "scale": "1" if reduction == "sum" else str(Fraction(1, len(x))),
        **_samples(x, y),
    }


def _polynomial(terms) -> dict:
    return {"terms": [[text(coefficient), *powers] for coefficient, *powers in terms]}


def _samples(x: Tensor, y: Tensor) -> dict:
    return {"x": _rows(x), "y": _rows(y.reshape(len(x), -1))}


def _rows(matrix: Tensor) -> list[list[str]]:
    if not matrix.isfinite().all():
        raise ValueError("The landscape's data hold NaN or infinity: nothing can be proved about it.")
    return [[text(value) for value in row] for row in matrix.double().tolist()]
