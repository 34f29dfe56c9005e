"""The check of one step of gradient descent on a chain of matrices: every gradient from the old layers, with its transposes."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from lmcourse.checks.matrices import matrix
from lmcourse.checks.verdict import ask, require, task
from lmcourse.devices import random_stream
from lmcourse.experiments.power_projection import gradient_step, product_of


def drawn(*shape: int, seed: int) -> Tensor:
    return torch.from_numpy(random_stream(seed).normal(size=shape))


def close(value: Tensor, expected: Tensor) -> bool:
    return bool(torch.allclose(value, expected, rtol=1e-9, atol=1e-9))


def _slopes(layers: list[Tensor], target: Tensor, transposed: bool = True) -> list[Tensor]:
    """The gradient by each layer; without the transposes, a typical mistake."""
    found, error = [], product_of(layers) - target
    eye = torch.eye(len(target), dtype=target.dtype)
    for h in range(len(layers)):
        P, Q = product_of([eye, *layers[h + 1 :]]), product_of([eye, *layers[:h]])
        found.append(P.T @ error @ Q.T if transposed else P @ error @ Q)
    return found


def _one_after_another(layers: list[Tensor], target: Tensor, eta: float, order) -> list[Tensor]:
    layers = list(layers)
    for h in order:
        layers[h] = layers[h] - eta * _slopes(layers, target)[h]
    return layers


@task("Task 1")
def one_step(answer) -> str:
    """`answer(layers, target, eta)` is the list of layers after one step of gradient descent."""
    for L, d, seed in ((1, 2, 1), (3, 2, 2), (2, 3, 3), (4, 3, 4)):
        layers, target, eta = list(drawn(L, d, d, seed=seed).unbind()), drawn(d, d, seed=seed + 10), 0.3
        given = [W.clone() for W in layers]
        called = f"with {L} layer{'s' if L > 1 else ''} of shape ({d}, {d})"
        value = ask(answer, given, target.clone(), eta, called=called)
        require(
            len(given) == L and all(map(torch.equal, given, layers)),
            "Your function changes the layers that it is given. Let it return new ones.",
        )
        require(
            isinstance(value, list | tuple | Tensor | np.ndarray) and len(value) == L,
            f"The result must be a list of {L} layer{'s' if L > 1 else ''} {called}.",
        )
        moved = [matrix(W, (d, d), f"Layer {h} of the result") for h, W in enumerate(value, 1)]
        _check_moves(layers, target, eta, moved, called)
    return "Each layer moves down its own gradient, all at once."


def _check_moves(layers, target, eta, moved, called) -> None:
    L, slopes, flat = len(layers), _slopes(layers, target), _slopes(layers, target, transposed=False)
    other_way = _slopes(layers[::-1], target)[::-1]
    mistakes = (
        (-1, slopes, "You walk uphill: the loss grows. What is the sign of a descent step?"),
        (2, slopes, "Your step is twice as long as it should be. The 1/2 of the loss cancels the 2 of the square."),
        (0.5, slopes, "Your step is half as long as it should be: the gradient has no factor 1/2 left."),
        (1, flat, "The other layers enter without being transposed. What becomes of P and Q in the gradient?"),
        (
            1,
            other_way,
            "Your product has the layers in the other order: layers[0] acts first, so it stands on the right.",
        ),
    )

    def same(expected) -> bool:
        return all(close(W, each) for W, each in zip(moved, expected, strict=True))

    right = gradient_step(layers, target, eta)
    if same(right):
        return
    for factor, slope, message in mistakes:
        wrong = [W - factor * eta * each for W, each in zip(layers, slope, strict=True)]
        require(not same(wrong), f"{message} Seen {called}.")
    for order in (range(L), range(L)[::-1]):
        require(
            not same(_one_after_another(layers, target, eta, order)),
            "The layers move one after another: later gradients see layers that have moved already. All belong to the old layers.",
        )
    off = [str(h) for h, (W, each) in enumerate(zip(moved, right, strict=True), 1) if not close(W, each)]
    require(False, f"The gradient of layer {', '.join(off)} is off {called}. What stands before it, what after it?")
