"""The critical points of linear networks, written down: which modes a point has learnt says how high it lies and where it falls.

At a critical point the network is the best linear fit cut down to a set S of its modes (Baldi and Hornik 1989 for two layers;
Achour, Malgouyres and Gerchinovitz 2024 for any depth). With L matrices of widths n_0, ..., n_L and r = |S|, the representative
built here has loss and index

    loss   =  unexplained + 1/2 sum of s_i^2 over i not in S
    index  =  #{(i, j): i not in S, j in S, s_i > s_j}  +  (n_L - r) q

where q is the number of unused paths through the hidden layers: min(hidden widths) - r with two matrices, from 0 to that
number with more. The first term counts the exchanges of a learnt mode for a stronger one, the second the ways to begin a new one.

Data types, in words
    modes       numbered from 1, strongest first
    kept        the set S of modes that the point has learnt
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import torch
from torch import Tensor

from lmcourse.data import Data
from lmcourse.networks.linear import LinearModes, deep_linear, linear_modes


@dataclass(frozen=True, repr=False, eq=False)
class LinearCriticalPoint:
    """A critical point of `deep_linear`: kept modes, unused paths, theta (P,), loss, and index (negative Hessian eigenvalues)."""

    kept: tuple[int, ...]
    paths: int
    theta: Tensor
    loss: float
    index: int

    def __repr__(self) -> str:
        modes = ", ".join(map(str, self.kept))
        return f"modes {{{modes}}}, {self.paths} unused paths: loss {self.loss:.6g}, index {self.index}"


def linear_critical_point(
    widths: Sequence[int], data: Data, kept: Iterable[int], paths: int | None = None
) -> LinearCriticalPoint:
    """The critical point of `deep_linear(widths, data)` that has learnt the modes `kept`, every layer sharing equally.

    paths : unused paths through the hidden layers, default as many as there can be; two matrices leave no choice.

    Any change of basis in the hidden layers gives another point with the same loss and index.
    Raises ValueError where the modes of the data are not distinct and positive, or for modes that do not fit in.

    >>> data = Data(torch.eye(4).double(), torch.diag(torch.tensor([4.0, 3.0, 2.0, 1.0])).double())
    >>> linear_critical_point((4, 2, 4), data, kept=(1, 3))
    modes {1, 3}, 0 unused paths: loss 5, index 1
    """
    land, modes = deep_linear(widths, data), linear_modes(data)
    kept = tuple(sorted(kept))
    paths = _checked(modes, widths, kept, paths)
    S = [mode - 1 for mode in kept]
    share = modes.strengths[S] ** (1 / len(land.shapes))  # every layer carries the same share of a mode
    U, r = modes.U[:, S], len(S)

    layers = {name: torch.zeros(shape, dtype=torch.float64) for name, shape in land.shapes.items()}
    first, *middle, last = layers.values()
    first[:r] = (share / modes.strengths[S]).unsqueeze(-1) * (U.mT @ modes.fit)
    for W in middle:
        W[:r, :r] = torch.diag(share)
        W[range(r, r + paths), range(r, r + paths)] = 1.0
    last[:, :r] = U * share

    left_out = [i for i in range(len(modes.strengths)) if i not in S]
    loss = modes.unexplained + float(modes.strengths[left_out].square().sum()) / 2
    exchanges = sum(modes.strengths[i] > modes.strengths[j] for i in left_out for j in S)
    return LinearCriticalPoint(kept, paths, land.pack(**layers), loss, int(exchanges) + (widths[-1] - r) * paths)


def linear_catalogue(widths: Sequence[int], data: Data) -> list[LinearCriticalPoint]:
    """Every set of modes that fits through the network, with every number of unused paths; the lowest loss first.

    >>> data = Data(torch.eye(2).double(), torch.diag(torch.tensor([2.0, 1.0])).double())
    >>> for point in linear_catalogue((2, 1, 2), data):
    ...     print(point)
    modes {1}, 0 unused paths: loss 0.5, index 0
    modes {2}, 0 unused paths: loss 2, index 1
    modes {}, 1 unused paths: loss 2.5, index 2
    """
    outputs, narrowest, deep = widths[-1], min(widths), len(widths) > 3
    points = [
        linear_critical_point(widths, data, kept, paths)
        for r in range(narrowest + 1)
        for kept in combinations(range(1, outputs + 1), r)
        for paths in (range(_most_paths(widths, r) + 1) if deep else [None])
    ]
    return sorted(points, key=lambda point: (point.loss, point.index))


def _most_paths(widths: Sequence[int], r: int) -> int:
    return min(widths[1:-1]) - r


def _checked(modes: LinearModes, widths: Sequence[int], kept: tuple[int, ...], paths: int | None) -> int:
    """The number of unused paths, if the modes of the data and the wishes allow the formulas of this module."""
    s, outputs = modes.strengths, widths[-1]
    if len(widths) < 3:
        raise ValueError(f"The catalogue needs a hidden layer, but widths = {tuple(widths)} have none.")
    gaps = torch.cat([s[:-1] - s[1:], s[-1:]])
    if len(s) < outputs or bool((gaps <= 1e-9 * s[0]).any()):
        raise ValueError(
            f"The catalogue needs {outputs} modes of distinct positive strength, one an output, but the data have {s.tolist()}."
        )
    if len(set(kept)) != len(kept) or not set(kept) <= set(range(1, outputs + 1)):
        raise ValueError(f"kept must be different modes out of 1 to {outputs}, but {kept} came.")
    if len(kept) > min(widths):
        raise ValueError(
            f"A network with the widths {tuple(widths)} can keep {min(widths)} modes at most, but {kept} came."
        )
    most = _most_paths(widths, len(kept))
    paths = most if paths is None else paths
    if not (paths == most if len(widths) == 3 else 0 <= paths <= most):
        expected = f"{most}" if len(widths) == 3 else f"from 0 to {most}"
        raise ValueError(
            f"With {len(kept)} modes kept the number of unused paths must be {expected}, but {paths} came."
        )
    return paths
