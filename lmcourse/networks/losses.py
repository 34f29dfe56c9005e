"""What a network's answers cost: squared loss, log loss and cross-entropy, with their slopes.

Data types, in words
    o           a tensor (..., m, N): raw outputs, m output neurons for N samples; samples stand last
    y           a tensor (m, N) or (..., m, N): targets in the same layout
    DataLoss    what the last neurons show, the cost of every sample and its derivative by o

Costs come from o, never from a rounded probability, so that a log loss of 1e-30 and a slope of 1e-30 are not taken for zero.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

LOSSES = ("squared", "log", "cross_entropy")
OUTPUTS = ("linear", "sigmoid")


class DataLoss(NamedTuple):
    """show (o) -> answers, terms (o, y) -> cost of every sample (..., N), slope (o, y) -> its derivative, shaped like o."""

    show: Callable[[Tensor], Tensor]
    terms: Callable[[Tensor, Tensor], Tensor]
    slope: Callable[[Tensor, Tensor], Tensor]
    formula: str  # of one sample


def data_loss(loss: str, output: str, half: bool = False) -> DataLoss:
    """The loss by its name; `output` says what the last neurons do under squared loss, `half` asks for its factor 1/2.

    >>> log = data_loss("log", "sigmoid")
    >>> o, y = torch.tensor([[100.0, -800.0]]), torch.tensor([[1.0, 0.0]])
    >>> log.show(o), log.terms(torch.zeros(1, 1), y[:, :1])                     # log 2 for a coin flip
    (tensor([[1., 0.]]), tensor([0.6931]))
    """
    if loss not in LOSSES:
        raise ValueError(f"There is no loss {loss!r}. The losses are: {', '.join(LOSSES)}.")
    if output not in OUTPUTS:
        raise ValueError(f"The output neurons must be one of {OUTPUTS}, but {output!r} came.")
    if loss == "log":
        return DataLoss(torch.sigmoid, _log, _miss, "-log p(y)")
    if loss == "cross_entropy":
        return DataLoss(
            lambda o: o.softmax(-2),
            lambda o, y: -(y * o.log_softmax(-2)).sum(-2),
            lambda o, y: o.softmax(-2) - y,
            "-log p(y)",
        )
    factor = 0.5 if half else 1.0
    formula = "1/2 |f - y|^2" if half else "|f - y|^2"
    if output == "linear":
        return DataLoss(
            lambda o: o, lambda o, y: factor * (o - y).square().sum(-2), lambda o, y: 2 * factor * (o - y), formula
        )

    def slope(o: Tensor, y: Tensor) -> Tensor:
        return 2 * factor * _miss(o, y) * torch.sigmoid(o) * torch.sigmoid(-o)

    return DataLoss(
        torch.sigmoid,
        lambda o, y: factor * _miss(o, y).square().sum(-2),
        slope,
        formula.replace("f", "p"),
    )


def _miss(o: Tensor, y: Tensor) -> Tensor:
    """p - y without cancellation, for p = s(o): at y = 1 it is -s(-o)."""
    return (1 - y) * torch.sigmoid(o) - y * torch.sigmoid(-o)


def _log(o: Tensor, y: Tensor) -> Tensor:
    return -(y * logsigmoid(o) + (1 - y) * logsigmoid(-o)).sum(-2)


def checked_targets(y: Tensor, samples: int, outputs: int, loss: str) -> Tensor:
    """Targets as (outputs, samples), samples last; a ValueError says what does not fit the loss.

    >>> checked_targets(torch.tensor([2, 0]), samples=2, outputs=3, loss="cross_entropy")
    tensor([[0., 1.],
            [0., 0.],
            [1., 0.]], dtype=torch.float64)
    """
    if len(y) != samples:
        raise ValueError(f"There must be one target a sample, but {len(y)} targets came for {samples} samples.")
    if loss == "cross_entropy":
        return _class_shares(y, outputs)
    columns = y.double().reshape(samples, -1)
    if columns.shape[1] != outputs:
        raise ValueError(
            f"The network has {outputs} outputs, but the targets y came as {tuple(y.shape)}. "
            "one_hot(data) turns class numbers into one column a class."
        )
    if loss == "log" and not bool(((columns >= 0) & (columns <= 1)).all()):
        raise ValueError(
            f"The log loss needs labels from 0 to 1, but they go from {float(y.min()):g} to {float(y.max()):g}."
        )
    return columns.mT.contiguous()


def _class_shares(y: Tensor, outputs: int) -> Tensor:
    if outputs < 2:
        raise ValueError('The cross-entropy needs one output a class, at least two; with one output use loss="log".')
    if y.ndim == 1:
        classes = y.long()
        if not torch.equal(classes.to(y.dtype), y) or int(classes.min()) < 0 or int(classes.max()) >= outputs:
            raise ValueError(
                f"Class numbers must be whole numbers from 0 to {outputs - 1}, but they go from {float(y.min()):g} to "
                f"{float(y.max()):g}."
            )
        return torch.nn.functional.one_hot(classes, outputs).double().mT.contiguous()
    shares = y.double()
    if shares.shape[1] != outputs or not torch.allclose(shares.sum(1), torch.ones(len(y), dtype=shares.dtype)):
        raise ValueError(
            f"y must hold class numbers (N,) or one row of {outputs} probabilities a sample, but came as {tuple(y.shape)}."
        )
    return shares.mT.contiguous()


def accuracy(outputs: Tensor, y: Tensor) -> Tensor:
    """The share of samples that are right, (...), for outputs (..., N, m) as `land.outputs` gives them and y (N,) or (N, m).

    One output: above 1/2 means class 1. Several: the largest output is the class.

    >>> accuracy(torch.tensor([[0.9], [0.2], [0.6]]), torch.tensor([1.0, 0.0, 0.0]))
    tensor(0.6667)
    """
    if outputs.shape[-1] == 1:
        right = (outputs[..., 0] > 0.5) == (y.reshape(-1) > 0.5).to(outputs.device)
    else:
        classes = y if y.ndim == 1 else y.argmax(-1)
        right = outputs.argmax(-1) == classes.to(outputs.device)
    return right.to(outputs.dtype).mean(-1)
