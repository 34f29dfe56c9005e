"""Fully connected sigmoid and tanh networks on finite data.

Data types, in words
    theta       (..., P): W1, b1, W2, b2, ..., WL, bL, each row by row
    s           the logistic function s(t) = 1 / (1 + exp(-t))
    p           what an output sigmoid gives, read as the probability of class 1
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from lmcourse.landscape import Landscape
from lmcourse.networks.dense import fully_connected


def sigmoid_mlp(
    widths: Sequence[int],
    data,
    loss: str = "squared",
    *,
    output: str = "sigmoid",
    reduction: str = "sum",
    weight_decay: float = 0.0,
) -> Landscape:
    """A sigmoid network, its output neuron too, p = s(W_L s(.. s(W1 x + b1) ..) + b_L): sum_i |p_i - y_i|^2 or sum_i -log p_i(y_i).

    widths : inputs, hidden layers, outputs; [2, 2, 1] is p = s(v1 s(a1.x + b1) + v2 s(a2.x + b2) + c).
    loss : "squared"; "log", for labels 0 and 1; "cross_entropy", with softmax in place of the last sigmoid, for class numbers.
    output : "linear" leaves the last sigmoid of the squared loss out: sum_i |f_i - y_i|^2.
    reduction : "sum", or "mean" over the samples. weight_decay : adds weight_decay/2 |theta|^2.
    Raises ValueError where widths, targets or names do not fit. Source: Swirszcz, Czarnecki and Pascanu (2016), theorem 1.

    >>> import torch
    >>> from lmcourse.data import ten_points
    >>> land = sigmoid_mlp([2, 2, 1], ten_points(), loss="log")
    >>> float(land.loss(torch.zeros(9, dtype=torch.float64)))                   # a constant p = 1/2: 10 log 2
    6.931471805599453
    """
    return fully_connected(
        "sigmoid network", widths, "sigmoid", data,
        loss=loss, output=output, reduction=reduction, weight_decay=weight_decay,
    )  # fmt: skip


def tanh_mlp(
    widths: Sequence[int],
    data,
    loss: str = "squared",
    *,
    output: str = "linear",
    reduction: str = "sum",
    weight_decay: float = 0.0,
) -> Landscape:
    """A tanh network f = W_L tanh(.. tanh(W1 x + b1) ..) + b_L on data: sum_i |f(x_i) - y_i|^2, or sum_i -log p_i(y_i), p from f.

    widths : inputs, hidden layers, outputs. loss : "squared"; "log", p = s(f) for labels 0 and 1; "cross_entropy", p = softmax(f)
    for class numbers. output : "sigmoid" puts one on the output of squared loss: sum_i |p_i - y_i|^2.
    reduction : "sum", or "mean" over the samples. weight_decay : adds weight_decay/2 |theta|^2.
    Raises ValueError where widths, targets or names do not fit. Source: Rumelhart, Hinton and Williams (1986).

    >>> import torch
    >>> from lmcourse.data import xor
    >>> land = tanh_mlp([2, 3, 1], xor(), reduction="mean")
    >>> float(land.loss(torch.zeros(land.dim)))                                 # half of the four targets are missed by 1
    0.5
    >>> [(symmetry.group, symmetry.count) for symmetry in land.symmetries]
    [('permutations', 3), ('signs', 3)]
    """
    return fully_connected(
        "tanh network", widths, "tanh", data,
        loss=loss, output=output, reduction=reduction, weight_decay=weight_decay,
    )  # fmt: skip


def mirror(land: Landscape, theta: Tensor, neurons: Sequence[int], layer: int = 1) -> Tensor:
    """The same sigmoid network with the named neurons of a hidden layer reversed: (a, b, v, c) -> (-a, -b, -v, c + v).

    It rests on s(-t) = 1 - s(t). The map is no rotation: loss and index stay, eigenvalues of the Hessian do not.

    >>> import torch
    >>> from lmcourse.data import xor
    >>> land = sigmoid_mlp([2, 2, 1], xor())
    >>> theta = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0])
    >>> mirror(land, theta, neurons=[0])
    tensor([-1., -2.,  3.,  4., -5.,  6., -7.,  8., 16.])
    """
    tensors = dict(land.unpack(theta))
    W, b, V, c = (f"W{layer}", f"b{layer}", f"W{layer + 1}", f"b{layer + 1}")
    if V not in tensors:
        raise ValueError(f"{land.name} has {len(tensors) // 2 - 1} hidden layers, but layer = {layer} came.")
    sign = theta.new_ones(tensors[b].shape[-1])
    sign[list(neurons)] = -1
    tensors[c] = tensors[c] + (tensors[V] * (sign < 0)).sum(-1)
    tensors[W], tensors[b], tensors[V] = tensors[W] * sign.unsqueeze(-1), tensors[b] * sign, tensors[V] * sign
    return land.pack(**tensors)
