"""Backpropagation with the members of the batch on the last axis, for the compiled engine and small networks.

Matrix products of a few rows keep a processor waiting. Written as sums of products whose last axis runs over the members, they
become one loop when compiled (see `engine`), about twice as fast as the products of `dense`; for wide layers
they are slower, which is why `dense` offers this gradient only where every weight matrix is small.

Data types, in words
    theta       (P, M): a network is a column
    W, F        (outside, inside, M) and (inside, N, M): weights and what flows into them, for M members and N samples
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

LARGEST_MATRIX = 256  # weights of a layer, up to which sums of products are worth it


def members_last_gradient(
    shapes: Mapping[str, tuple[int, ...]],
    activations: Sequence,
    slope: Callable[[Tensor, Tensor], Tensor],
    samples: Callable,
) -> Callable[[Tensor], Tensor]:
    """The gradient (P, M) of a fully connected network with parameters W1, b1, W2, b2, ..., as a function of theta (P, M).

    activations : value and slope of every hidden layer. slope : the derivative of the loss by the raw outputs (..., m, N) for
    targets (m, N). samples : theta -> inputs (d, N) and targets (m, N).
    """
    sizes = [math.prod(shape) for shape in shapes.values()]

    def gradient(theta: Tensor) -> Tensor:
        inputs, targets = samples(theta)
        pieces = [piece.unflatten(0, shape) for piece, shape in zip(theta.split(sizes), shapes.values(), strict=True)]
        W, b = pieces[::2], pieces[1::2]
        F, Z = [inputs.unsqueeze(-1)], [_affine(W[0], b[0], inputs.unsqueeze(-1))]
        for activation, weights, biases in zip(activations, W[1:], b[1:], strict=True):
            F.append(activation.value(Z[-1]))
            Z.append(_affine(weights, biases, F[-1]))
        back = slope(Z[-1].movedim(-1, 0), targets).movedim(0, -1)  # (m, N, M): the derivative by Z_L
        found = []
        for layer in reversed(range(len(W))):
            found += [back.sum(1), (back.unsqueeze(1) * F[layer]).sum(2).flatten(0, 1)]
            if layer:
                back = _times(W[layer].transpose(0, 1), back) * activations[layer - 1].slope(Z[layer - 1], F[layer])
        return torch.cat(found[::-1])

    return gradient


def _times(W: Tensor, F: Tensor) -> Tensor:
    return (W.unsqueeze(2) * F).sum(1)  # (outside, N, M)


def _affine(W: Tensor, b: Tensor, F: Tensor) -> Tensor:
    return _times(W, F) + b.unsqueeze(1)
