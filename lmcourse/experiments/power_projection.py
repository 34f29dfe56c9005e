"""Power projection: learning a linear map with u'Phi u > 0, by an algorithm made for a proof (Bartlett, Helmbold, Long 2018).

Two regularisers act on the whole product A = W_L ... W_1, not on layers: A is moved to the nearest matrix with u'A u >= gamma,
and is shared out anew, so that all layers have the same singular values. The idea is the paper's; the steps below are this
course's reading of it, and the reasons why each works are its own.

Data types, in words
    A           (..., d, d): a product of layers
    gamma       a positive number; A is gamma-positive if u'A u >= gamma for every unit vector u
    layers      a list of L matrices (..., d, d), the first layer first
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from lmcourse.devices import random_stream

EVERY = 10  # steps between two products that are kept: all would be 100 MB for a batch of targets


class Path(NamedTuple):
    """A run: loss and positivity (steps + 1, ...) of the product, `clipped` (...): in how many steps the projection moved it.

    `product` (steps // EVERY + 1, ..., d, d) is W_L ... W_1 itself at every tenth step, `layers` are those of the end.
    """

    loss: Tensor
    positivity: Tensor
    clipped: Tensor
    layers: list[Tensor]
    product: Tensor


def positivity(A: Tensor) -> Tensor:
    """The smallest u'A u (...) over unit vectors u: the smallest eigenvalue of the symmetric part of A.

    >>> positivity(torch.tensor([[1.0, 4.0], [0.0, 1.0]]).double())          # both eigenvalues of this A are 1
    tensor(-1., dtype=torch.float64)
    """
    return torch.linalg.eigvalsh((A + A.mT) / 2)[..., 0]


def project(A: Tensor, gamma: float) -> Tensor:
    """The gamma-positive matrix that is nearest to A, in the Frobenius norm: small eigenvalues of the symmetric part become gamma.

    >>> positivity(project(torch.tensor([[1.0, 4.0], [0.0, 1.0]]).double(), gamma=0.1))
    tensor(0.1000, dtype=torch.float64)
    """
    w, Q = torch.linalg.eigh((A + A.mT) / 2)
    return A + Q @ ((gamma - w).clamp_min(0).unsqueeze(-1) * Q.mT)


def shared(B: Tensor, depth: int) -> list[Tensor]:
    """L layers whose product is B, all with the singular values of B to the power 1/L, and balanced: W_h+1' W_h+1 = W_h W_h'.

    B must be gamma-positive: then its orthogonal factor turns every plane by less than 90 degrees, and has a real L-th root.

    >>> layers = shared(torch.tensor([[0.0, -16.0], [1.0, 1.0]]).double() + torch.eye(2).double(), depth=2)
    >>> (layers[1] @ layers[0]).round(decimals=9)
    tensor([[  1., -16.],
            [  1.,   2.]], dtype=torch.float64)
    """
    U, s, Vh = torch.linalg.svd(B)
    root = Vh.mT @ (s.unsqueeze(-1) ** (1 / depth) * Vh)  # P^(1/L), where B = R P
    vectors, angles = _turns(U @ Vh)
    layers = []
    for h in range(depth):
        before, after = (_turned(vectors, angles * share / depth) for share in (-h, h + 1))
        layers.append(after @ root @ before)
    return layers


def _turns(R: Tensor) -> tuple[Tensor, Tensor]:
    """Complex eigenvectors (..., d, d), orthonormal columns, and angles (..., d) of an orthogonal R whose angles are below 90."""
    _, vectors = torch.linalg.eigh((R - R.mT) / 2j)  # the sines; below 90 degrees they tell all angles apart
    values = (vectors.mH @ R.to(vectors.dtype) @ vectors).diagonal(dim1=-2, dim2=-1)
    return vectors, values.angle()


def _turned(vectors: Tensor, angles: Tensor) -> Tensor:
    return (vectors @ (torch.exp(1j * angles).unsqueeze(-1) * vectors.mH)).real


def product_of(layers: list[Tensor]) -> Tensor:
    """W_L ... W_1 (..., d, d)."""
    product = layers[0]
    for W in layers[1:]:
        product = W @ product
    return product


def gradient_step(layers: list[Tensor], target: Tensor, rate: float) -> list[Tensor]:
    """All layers one step down the gradient of 1/2 |W_L ... W_1 - target|^2, all at once.

    >>> [float(W) for W in gradient_step([torch.tensor([[1.0]])] * 2, torch.tensor([[2.0]]), rate=0.25)]
    [1.25, 1.25]
    """
    before = [torch.eye(target.shape[-1], dtype=target.dtype)]  # before[h] = W_h ... W_1
    for W in layers:
        before.append(W @ before[-1])
    slope, moved = before[-1] - target, []
    for W, right in zip(reversed(layers), reversed(before[:-1]), strict=True):
        moved.append(W - rate * slope @ right.mT)
        slope = W.mT @ slope
    return moved[::-1]


def descend(target: Tensor, depth: int, rate: float, steps: int, gamma: float | None = None) -> Path:
    """Learn `target` (..., d, d) from the identity: by power projection with this gamma, or with None by gradient descent alone.

    With a gamma every step of the path is the projected product, the one that is shared out.

    >>> turn = torch.tensor([[0.5, -0.5], [0.5, 0.5]]).double()
    >>> [bool(descend(turn, depth=4, rate=0.05, steps=300, gamma=each).loss[-1] < 1e-12) for each in (None, 0.4)]
    [True, True]
    """
    identity = torch.eye(target.shape[-1], dtype=target.dtype)
    layers = [identity.expand(target.shape).clone()] * depth
    lead = target.shape[:-2]
    clipped, products = torch.zeros(lead, dtype=torch.int64), target.new_empty(steps // EVERY + 1, *target.shape)
    losses, positivities = target.new_empty(steps + 1, *lead), target.new_empty(steps + 1, *lead)
    for count in range(steps + 1):
        A = product_of(layers)
        if gamma is not None:
            clipped += positivity(A) < gamma - 1e-12
            A = project(A, gamma)
            layers = shared(A, depth)
        losses[count], positivities[count] = (A - target).square().sum(dim=(-1, -2)) / 2, positivity(A)
        if count % EVERY == 0:
            products[count // EVERY] = A
        if count < steps:
            layers = gradient_step(layers, target, rate)
    return Path(losses, positivities, clipped, layers, products)


def random_positive(count: int, d: int, least: float, seed: int = 0) -> Tensor:
    """Random targets (count, d, d) with smallest u'A u exactly `least`: Gaussian entries, twice as large in the skew part.

    >>> positivity(random_positive(3, d=2, least=0.1))
    tensor([0.1000, 0.1000, 0.1000], dtype=torch.float64)
    """
    A = torch.from_numpy(random_stream(seed).normal(size=(count, d, d)))
    S, K = (A + A.mT) / 2, A - A.mT
    lift = least - torch.linalg.eigvalsh(S)[..., :1]
    return S + K + lift.unsqueeze(-1) * torch.eye(d, dtype=A.dtype)
