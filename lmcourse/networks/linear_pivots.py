"""Which saddles of a linear network are bad: pivots, the classification of Achour, Malgouyres and Gerchinovitz (2024, Theorem 7).

At a critical point with r = rank(W_L ... W_1) a pivot is a pair of layers i > j. It leaves two blocks,

    outer   W_j-1 ... W_1 X Y' W_L ... W_i+1        what stands outside the pair, closed to a ring by the data
    inner   W_i-1 ... W_j+1                         what stands between them; the identity where they are neighbours

Both have rank r or more. The pivot is tightened if one of them has rank r; the point is tightened if all its pivots are. A saddle
is bad, that is, without negative eigenvalue, exactly if the network has learnt the r strongest modes, could learn more, and
is tightened. Their theorem asks for X X' invertible, X Y' of full rank, no more outputs than inputs, and distinct modes.

Data types, in words
    layers      W_1, ..., W_L, each (n_h, n_h-1), float64
    mode        a singular direction of the best linear fit; numbered from 1, strongest first
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import torch
from torch import Tensor

from lmcourse.data import Data
from lmcourse.networks.linear import columns, linear_modes

TOL = 1e-8  # singular values below this share of the block's scale are zero


class Pivot(NamedTuple):
    """Layers i > j, the ranks of the two blocks that they leave, and the rank r of the whole product."""

    i: int
    j: int
    outer: int
    inner: int
    r: int

    @property
    def tightened(self) -> bool:
        return self.r in (self.outer, self.inner)


def pivots(layers: Sequence[Tensor], data: Data, tol: float = TOL) -> list[Pivot]:
    """All pivots of a point, with the ranks of their blocks.

    >>> data = Data(torch.eye(2).double(), torch.diag(torch.tensor([2.0, 1.0])).double())
    >>> one = torch.diag(torch.tensor([1.0, 0.0])).double()
    >>> [pivot.tightened for pivot in pivots([2 * one, one, one], data)]
    [True, True, True]
    >>> [pivot.tightened for pivot in pivots([2 * one, torch.eye(2).double(), one], data)]     # W_2 offers a free path
    [True, False, True]
    """
    X, Y = columns(data)
    L, sizes = len(layers), [float(torch.linalg.matrix_norm(W, 2)) for W in layers]
    ring = X @ Y.mT

    def rank(matrices: Sequence[Tensor], scales: Sequence[float]) -> int:
        """The rank of a product; `scales` bound the singular values that its factors could give."""
        values = torch.linalg.svdvals(reduce(torch.matmul, matrices))
        return int((values > tol * max(reduce(lambda a, b: a * b, scales, 1.0), 1e-300)).sum())

    r = rank(layers[::-1], sizes)
    found = []
    for i in range(2, L + 1):
        for j in range(1, i):
            between = layers[j : i - 1][::-1]
            inner = rank(between, sizes[j : i - 1]) if between else len(layers[j - 1])
            outside = [*layers[: j - 1][::-1], ring, *layers[i:][::-1]]
            scales = [*sizes[: j - 1], float(torch.linalg.matrix_norm(ring, 2)), *sizes[i:]]
            found.append(Pivot(i, j, rank(outside, scales), inner, r))
    return found


def learnt_modes(layers: Sequence[Tensor], data: Data) -> tuple[int, ...]:
    """The modes that a critical point has learnt, the set S of its product U_S U_S' fit.

    >>> data = Data(torch.eye(2).double(), torch.diag(torch.tensor([2.0, 1.0])).double())
    >>> learnt_modes([torch.diag(torch.tensor([0.0, 1.0])).double()], data)
    (2,)
    """
    modes = linear_modes(data)
    product = reduce(torch.matmul, layers[::-1])
    shares = (modes.U.mT @ product * (modes.U.mT @ modes.fit)).sum(dim=1) / (modes.U.mT @ modes.fit).square().sum(dim=1)
    return tuple((shares > 0.5).nonzero().flatten().add(1).tolist())


def kind_by_pivots(layers: Sequence[Tensor], data: Data) -> str:
    """What Theorem 7 says of a critical point: "global minimum", "strict saddle" or "bad saddle".

    >>> data = Data(torch.eye(2).double(), torch.diag(torch.tensor([2.0, 1.0])).double())
    >>> one = torch.diag(torch.tensor([1.0, 0.0])).double()
    >>> kind_by_pivots([2 * one, one, one], data), kind_by_pivots([2 * one, one], data)
    ('bad saddle', 'strict saddle')
    """
    kept = learnt_modes(layers, data)
    r, most = len(kept), min(*(min(W.shape) for W in layers), len(linear_modes(data).strengths))
    if kept != tuple(range(1, r + 1)):
        return "strict saddle"
    if r == most:
        return "global minimum"
    return "bad saddle" if all(pivot.tightened for pivot in pivots(layers, data)) else "strict saddle"
