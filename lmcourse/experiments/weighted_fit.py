"""A linear network with a bottleneck and a loss that weighs its errors: the smallest one with a poor local minimum.

Kawaguchi's theorem (2016) is about the plain squared loss. Here error (i, j) counts w_ij times:

    loss  =  1/2 sum over i, j of w_ij (W_L ... W_1 - M)_ij^2

That such losses with a bottleneck can have poor minima is known (Srebro and Jaakkola 2003; Trager, Kohn and Bruna 2020 say what is
special about equal weights). The example M = diag(2, 3/2) with weight w off the diagonal, and its threshold w = 4/3, are this
course's own.

Data types, in words
    M, weights  (n, d): the target matrix, and a positive weight for each of its entries
    angles      a tensor (...): the direction (cos, sin) of the one column that a rank-one fit has; half a turn covers all of them
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import torch
from flint import fmpq
from torch import Tensor

from lmcourse.certificates.formulas import exact
from lmcourse.certificates.jets import derivatives
from lmcourse.certificates.rational import Inertia, fraction, inertia
from lmcourse.landscape import Landscape

TARGET = ((2.0, 0.0), (0.0, 1.5))
POINTS = 3600  # angles at which minima are counted


def off_diagonal(w: float | str) -> Tensor:
    """Weights (2, 2): one on the diagonal, w off it; w may be text, "4/3".

    >>> off_diagonal(2.0)
    tensor([[1., 2.],
            [2., 1.]], dtype=torch.float64)
    """
    w = float(Fraction(w))
    return torch.tensor([[1.0, w], [w, 1.0]], dtype=torch.float64)


def weighted_net(w: float, widths: Sequence[int] = (2, 1, 2)) -> Landscape:
    """A network of matrices with weight w on the off-diagonal errors of the target diag(2, 3/2).

    >>> land = weighted_net(w=2.0)
    >>> float(land.loss(torch.tensor([0.0, 1.5, 0.0, 1.0]).double()))     # W1 = (0, 3/2), W2 = (0, 1)': 2^2 / 2
    2.0
    """
    M, weights = torch.tensor(TARGET, dtype=torch.float64), off_diagonal(w)
    shapes = {f"W{h}": (n, inputs) for h, (inputs, n) in enumerate(pairwise(widths), 1)}
    sizes = [n * inputs for n, inputs in shapes.values()]

    def products_of(theta: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        layers = [
            part.unflatten(-1, shape) for part, shape in zip(theta.split(sizes, -1), shapes.values(), strict=True)
        ]
        products = [torch.eye(2, dtype=theta.dtype)]
        for W in layers:
            products.append(W @ products[-1])
        return layers, products

    def loss_of(theta: Tensor) -> Tensor:
        return (weights * (products_of(theta)[1][-1] - M).square()).sum(dim=(-1, -2)) / 2

    def gradient_of(theta: Tensor) -> Tensor:
        layers, products = products_of(theta)
        slope, parts = weights * (products[-1] - M), []
        for W, product in zip(reversed(layers), reversed(products[:-1]), strict=True):
            parts.append((slope @ product.mT).flatten(-2))
            slope = W.mT @ slope
        return torch.cat(parts[::-1], dim=-1)

    name = f"weighted linear network {'-'.join(map(str, widths))}, w = {w:g}"
    return Landscape(name, shapes, loss_of, gradient_of, formula="1/2 sum w_ij (W_L ... W_1 - M)_ij^2")


def best_loss(angles: Tensor, M: Tensor, weights: Tensor) -> Tensor:
    """The lowest loss (...) of a fit u v' whose column u points in direction `angles` (...); M and weights (2, d).

    >>> best_loss(torch.tensor([0.0, torch.pi / 2]).double(), torch.tensor(TARGET).double(), off_diagonal(2.0))
    tensor([1.1250, 2.0000], dtype=torch.float64)
    """
    u = torch.stack([angles.cos(), angles.sin()], dim=-1).unsqueeze(-1)  # (..., 2, 1)
    v = (weights * u * M).sum(-2, keepdim=True) / (weights * u.square()).sum(-2, keepdim=True)  # (..., 1, d)
    return (weights * (u * v - M).square()).sum(dim=(-1, -2)) / 2


def count_minima(M: Tensor, weights: Tensor, points: int = POINTS) -> int:
    """The number of local minima of `best_loss` over half a turn, seen on so many angles.

    >>> [count_minima(torch.tensor(TARGET).double(), off_diagonal(w)) for w in (1.0, 1.3, 1.4, 2.0)]
    [1, 1, 2, 2]
    """
    angles = (torch.arange(points, dtype=torch.float64) + 0.3) * (torch.pi / points)  # no angle at a place of symmetry
    loss = best_loss(angles, M, weights)
    return int(((loss < loss.roll(1)) & (loss < loss.roll(-1))).sum())


class Proof(NamedTuple):
    """What is proved exactly about W1 = (0, 3/2), W2 = (0, 1)' in the network 2-1-2 with weight w off the diagonal.

    loss : there. signs : of its Hessian's eigenvalues. minimum : a local minimum, isolated but for the scaling of the two layers.
    saddle : some eigenvalue is negative and some positive. Neither at the threshold.
    """

    loss: Fraction
    signs: Inertia
    minimum: bool

    @property
    def saddle(self) -> bool:
        return self.signs.negative > 0 and self.signs.positive > 0


def prove_second_mode(w: float | Fraction | str) -> Proof:
    """Examine the fit that has learnt the weaker mode alone, in fractions: is it a local minimum?

    The gradient is exactly zero. If no eigenvalue is negative and the only zero belongs to (W1, W2) -> (c W1, W2 / c), which
    changes no output, the point is a local minimum (the theorem of `lmcourse.certificates.degenerate`).

    >>> prove_second_mode("4/3").minimum, prove_second_mode("7/5").minimum
    (False, True)
    """
    weight, half = exact(w), fmpq(1, 2)

    def loss_of(theta):
        b1, b2, a1, a2 = theta  # W1 = (b1, b2), W2 = (a1, a2)'
        straight = (a1 * b1 - 2) * (a1 * b1 - 2) + (a2 * b2 - fmpq(3, 2)) * (a2 * b2 - fmpq(3, 2))
        return (straight + (a1 * b2 * a1 * b2 + a2 * b1 * a2 * b1) * weight) * half

    point = [fmpq(0), fmpq(3, 2), fmpq(0), fmpq(1)]
    loss, gradient, hessian = derivatives(loss_of, point)
    assert all(entry == 0 for entry in gradient.entries())  # the point is critical for every w
    signs = inertia(hessian)
    scaling = (point[0], point[1], -point[2], -point[3])
    moved = [sum(entry * t for entry, t in zip(row, scaling, strict=True)) for row in hessian.tolist()]
    return Proof(fraction(loss), signs, signs.negative == 0 and signs.zero == 1 and not any(e != 0 for e in moved))
