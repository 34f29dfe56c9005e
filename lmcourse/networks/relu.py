"""Fully connected ReLU networks on finite data, and which sample switches which neuron on.

Data types, in words
    theta       (..., P): W1, b1, W2, b2, ..., WL, bL, each row by row
    active      (..., N, n): True where a sample's input to a neuron is positive
    kink        a point of theta where a sample's input to a neuron is exactly zero: the loss may have no second derivative there
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from lmcourse.landscape import Landscape
from lmcourse.networks.dense import fully_connected


def relu_mlp(
    widths: Sequence[int],
    data,
    loss: str = "squared",
    *,
    output: str = "linear",
    reduction: str = "sum",
    weight_decay: float = 0.0,
    at_kink: str = "off",
) -> Landscape:
    """A ReLU network f = W_L [.. [W1 x + b1]+ ..]+ + b_L on data: sum_i |f(x_i) - y_i|^2, or sum_i -log p_i(y_i) with p from f.

    widths : inputs, hidden layers, outputs. loss : "squared"; "log", p = 1/(1 + exp(-f)) for labels 0 and 1; "cross_entropy",
    p = softmax(f) for class numbers. output : "sigmoid" puts one on the output of squared loss: sum_i |p(x_i) - y_i|^2.
    reduction : "sum", or "mean" over the samples. weight_decay : adds weight_decay/2 |theta|^2.
    at_kink : whether a neuron whose input is exactly zero counts as "off" (slope 0, as torch has it) or "on" in derivatives.
    Raises ValueError where widths, targets or names do not fit. Source: Swirszcz, Czarnecki and Pascanu (2016), propositions 1-3.

    >>> from lmcourse.data import relu_example
    >>> land = relu_mlp([1, 1, 1], relu_example(1))                              # v [w x + b]+ + c, theta = w, b, v, c
    >>> points = torch.tensor([[1.0, -3.0, 1.0, 0.0], [-7.0, -4.0, 1.0, 0.0]])
    >>> land.loss(points), float(land.gradient(points).abs().max())              # a trap, and the global minimum
    (tensor([18., 14.]), 0.0)
    """
    if at_kink not in ("off", "on"):
        raise ValueError(f'at_kink must be "off" or "on", but {at_kink!r} came.')
    activation = "relu" if at_kink == "off" else "relu, on at zero"
    land = fully_connected(
        "ReLU network", widths, activation, data,
        loss=loss, output=output, reduction=reduction, weight_decay=weight_decay,
    )  # fmt: skip
    return replace(land, kink_distance_of=lambda theta: distance_to_kink(land, theta, data.x.to(theta)))


def inputs_of_neurons(land: Landscape, theta: Tensor, x: Tensor) -> tuple[Tensor, ...]:
    """What flows into the hidden neurons of each layer on x (N, d), before the kink, W F + b: one (..., N, n) for each layer.

    >>> from lmcourse.data import relu_example
    >>> data = relu_example(1)
    >>> theta = torch.tensor([1.0, -3.0, 1.0, 0.0])
    >>> inputs_of_neurons(relu_mlp([1, 1, 1], data), theta, data.x)[0].flatten()
    tensor([ 2.,  1.,  0., -2., -4.])
    """
    pieces, hidden = list(land.unpack(theta).values()), land.layers(theta, x)[:-1]
    before = [x.to(theta), *hidden[:-1]]
    return tuple(F @ W.mT + b.unsqueeze(-2) for F, W, b in zip(before, pieces[:-2:2], pieces[1:-2:2], strict=True))


def active(land: Landscape, theta: Tensor, x: Tensor) -> tuple[Tensor, ...]:
    """Which input of x (N, d) switches which neuron on: one (..., N, n) of True and False for each hidden layer.

    >>> from lmcourse.data import relu_example
    >>> data = relu_example(1)                                                   # x = 5, 4, 3, 1, -1
    >>> theta = torch.tensor([1.0, -3.0, 1.0, 0.0])
    >>> active(relu_mlp([1, 1, 1], data), theta, data.x)[0].flatten().tolist()
    [True, True, False, False, False]
    """
    return tuple(F > 0 for F in land.layers(theta, x)[:-1])


def blind_spots(land: Landscape, theta: Tensor, x: Tensor) -> Tensor:
    """Which inputs of x (N, d) leave some layer dark, every neuron off: (..., N). There the network ignores its input.

    >>> from lmcourse.data import relu_example
    >>> data = relu_example(1)
    >>> theta = torch.tensor([1.0, -3.0, 1.0, 0.0])
    >>> blind_spots(relu_mlp([1, 1, 1], data), theta, data.x).tolist()
    [False, False, True, True, True]
    """
    return torch.stack([~layer.any(-1) for layer in active(land, theta, x)]).any(0)


def distance_to_kink(land: Landscape, theta: Tensor, x: Tensor) -> Tensor:
    """The smallest |input| of any hidden neuron for x (N, d), as (...): zero on a kink, where a Hessian means little.

    >>> from lmcourse.data import relu_example
    >>> data = relu_example(1)
    >>> points = torch.tensor([[1.0, -3.0, 1.0, 0.0], [-7.0, -4.0, 1.0, 0.0]])
    >>> distance_to_kink(relu_mlp([1, 1, 1], data), points, data.x)
    tensor([0., 3.])
    """
    smallest = [layer.abs().flatten(-2).amin(-1) for layer in inputs_of_neurons(land, theta, x)]
    return torch.stack(smallest).amin(0)
