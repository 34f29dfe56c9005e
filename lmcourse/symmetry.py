"""Symmetries: changes of theta that leave the loss as it is, as plain data.

Data types, in words
    IndexAxis   where an index of units lives: (tensor name, axis, first position, power)
    Symmetry    a matrix group that acts on one index of `count` units through its axes

A matrix G of the group turns x into G x along every axis of power +1 (what flows into the units) and into G^-T x
along every axis of power -1 (what flows out), so that products of the two stay as they are. The groups are
    "permutations"   units change places                        (every network)
    "signs"          units change their sign                    (tanh)
    "mirrors"        units are reversed, s(-t) = 1 - s(t)       (sigmoid; the bias after them takes up the rest, see `centred`)
    "scales"         a positive factor moves through the unit   (ReLU)
    "rotations"      orthogonal mixing                          (quadratic activation, unused input directions)
    "linear maps"    any invertible mixing                      (linear networks)
"scales", "rotations" and "linear maps" are continuous: along them the loss is flat, which explains zero eigenvalues of the
Hessian.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from lmcourse.landscape import Landscape

GROUPS = ("permutations", "signs", "mirrors", "scales", "rotations", "linear maps")
SIGNED = ("signs", "mirrors")


class IndexAxis(NamedTuple):
    """Positions `first`, `first + 1`, ... of one axis of one parameter tensor; power +1 flows in, -1 flows out."""

    tensor: str
    axis: int
    first: int = 0
    power: int = 1


@dataclass(frozen=True)
class Symmetry:
    """One matrix group acting on the index of `count` units.

    bias : for the group "mirrors" alone, the name of the tensor that is added to what flows out of the units.

    >>> Symmetry("permutations", 6, (IndexAxis("W", 0),))
    Symmetry(group='permutations', count=6, axes=(IndexAxis(tensor='W', axis=0, first=0, power=1),), bias='')
    """

    group: str
    count: int
    axes: tuple[IndexAxis, ...]
    bias: str = ""

    def __post_init__(self):
        if self.group not in GROUPS:
            raise ValueError(f"The group of a symmetry must be one of {GROUPS}, but {self.group!r} came.")
        if (self.group == "mirrors") != bool(self.bias):
            raise ValueError(
                f'"mirrors", and no other group, need the name of a bias, but {self.group!r} came with {self.bias!r}.'
            )


def transform(land: Landscape, theta: Tensor, symmetry: Symmetry, matrix: Tensor) -> Tensor:
    """Let a matrix (count, count) of the group act on theta (..., P).

    >>> import lmcourse as lm
    >>> land = lm.teacher_student(k=2, n=2)
    >>> swap = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    >>> transform(land, torch.tensor([1.0, 2.0, 3.0, 4.0]), land.symmetries[0], swap)     # neurons are rows
    tensor([3., 4., 1., 2.])
    """
    matrix = matrix.to(theta)
    outward = torch.linalg.inv(matrix).mT
    if symmetry.group != "mirrors":
        return _act(land, theta, symmetry, matrix, outward, keep_rest=True)
    moved = _act(land, _shifted(land, theta, symmetry, 0.5), symmetry, matrix, outward, keep_rest=True)
    return _shifted(land, moved, symmetry, -0.5)


def centred(land: Landscape, theta: Tensor) -> Tensor:
    """theta (..., P) with half of what flows out of sigmoid units added to the bias after them: where mirrors are changes of sign.

    Since s(t) = 1/2 + tanh(t/2)/2, these are the coordinates of a tanh network. There every exchange, sign and mirror is a
    rotation, so that distances between networks make sense. Without declared mirrors theta itself.

    >>> import lmcourse as lm
    >>> land = lm.sigmoid_mlp([1, 1, 1], lm.data.Data(torch.zeros(1, 1), torch.zeros(1)))
    >>> centred(land, torch.tensor([1.0, 2.0, 3.0, 4.0])), centred(land, torch.tensor([-1.0, -2.0, -3.0, 7.0]))
    (tensor([1.0000, 2.0000, 3.0000, 5.5000]), tensor([-1.0000, -2.0000, -3.0000,  5.5000]))
    """
    for symmetry in land.symmetries:
        if symmetry.group == "mirrors":
            theta = _shifted(land, theta, symmetry, 0.5)
    return theta


def tangents(land: Landscape, theta: Tensor) -> Tensor:
    """Directions (..., T, P) at theta along which a continuous symmetry moves it without changing the loss.

    >>> import lmcourse as lm
    >>> tangents(lm.teacher_student(k=2, n=2, d=4), torch.ones(8)).shape      # one rotation of the two unused inputs
    torch.Size([1, 8])
    """
    directions = [
        _act(land, theta, symmetry, generator, -generator.mT, keep_rest=False)
        for symmetry in land.symmetries
        for generator in _generators(symmetry, theta)
    ]
    if not directions:
        return theta.new_zeros(*theta.shape[:-1], 0, theta.shape[-1])
    return torch.stack(directions, dim=-2)


def zero_modes(land: Landscape, theta: Tensor, tol: float = 1e-7) -> Tensor:
    """How many independent flat directions (...) the symmetries cause at theta (..., P).

    tol is relative to the length of theta: a shorter tangent counts as none.
    """
    directions = tangents(land, theta)
    if directions.shape[-2] == 0:
        return torch.zeros(theta.shape[:-1], dtype=torch.int64, device=theta.device)
    scale = theta.norm(dim=-1, keepdim=True).clamp_min(1.0)
    return (torch.linalg.svdvals(directions) > tol * scale).sum(dim=-1)


def random_element(symmetry: Symmetry, generator: np.random.Generator) -> Tensor:
    """A random matrix (count, count) of the group, float64: a tool for testing that a loss is invariant."""
    n = symmetry.count
    if symmetry.group == "permutations":
        return torch.eye(n, dtype=torch.float64)[torch.from_numpy(generator.permutation(n))]
    if symmetry.group in SIGNED:
        return torch.diag(torch.from_numpy(generator.choice([-1.0, 1.0], size=n)))
    if symmetry.group == "scales":
        return torch.diag(torch.from_numpy(np.exp(generator.normal(size=n))))
    gaussian = torch.from_numpy(generator.normal(size=(n, n)))
    if symmetry.group == "rotations":
        return torch.linalg.qr(gaussian).Q
    return torch.eye(n, dtype=torch.float64) + 0.5 * gaussian / n**0.5


def match(land: Landscape, theta: Tensor, target: Tensor) -> Tensor:
    """The copy of theta (P,) that lies as near to target (P,) as this search finds: units exchanged and, where the landscape
    declares it, turned in sign (tanh) or reversed (sigmoid; distances are then those between `centred` points).

    Every exchange is solved as an assignment problem: for several groups first from quantities that the others do not
    change, then in turn until nothing improves. For a single group the result is the nearest point; for several it can
    miss it, so "no match" is evidence, not proof, that two points differ.

    >>> import lmcourse as lm
    >>> land = lm.teacher_student(k=3, n=3)
    >>> shuffled = torch.eye(3)[[2, 0, 1]]
    >>> match(land, land.pack(W=shuffled), land.pack(W=torch.eye(3))).reshape(3, 3)
    tensor([[1., 0., 0.],
            [0., 1., 0.],
            [0., 0., 1.]])
    """
    signed = {symmetry.axes for symmetry in land.symmetries if symmetry.group in SIGNED}
    exchanged = {symmetry.axes for symmetry in land.symmetries if symmetry.group == "permutations"}
    groups = {s.axes: s for s in land.symmetries if s.group == "permutations" or s.group in SIGNED}
    if not signed:
        for symmetry in groups.values():
            signatures = [_slices(land, point, symmetry).sort(dim=-1).values for point in (theta, target)]
            theta = transform(land, theta, symmetry, _assignment(*signatures))
    aim = centred(land, target)
    distance = (centred(land, theta) - aim).norm()
    while True:
        moved = theta
        for axes, symmetry in groups.items():
            rows, aims = _slices(land, centred(land, moved), symmetry), _slices(land, aim, symmetry)
            chosen = _signed_assignment(rows, aims, axes in exchanged) if axes in signed else _assignment(rows, aims)
            moved = transform(land, moved, symmetry, chosen)
        if not (centred(land, moved) - aim).norm() < distance:
            return theta
        theta, distance = moved, (centred(land, moved) - aim).norm()


def _act(land, theta, symmetry, inward, outward, keep_rest):
    tensors = {name: tensor.clone() for name, tensor in land.unpack(theta).items()}
    changed = tensors if keep_rest else {name: torch.zeros_like(tensor) for name, tensor in tensors.items()}
    for name, axis, first, power in symmetry.axes:
        position = theta.ndim - 1 + axis
        units = tensors[name].narrow(position, first, symmetry.count)
        moved = torch.tensordot(units, inward if power > 0 else outward, dims=([position], [1])).movedim(-1, position)
        changed[name].narrow(position, first, symmetry.count).copy_(moved)
    return land.pack(**changed)


def _generators(symmetry: Symmetry, like: Tensor) -> list[Tensor]:
    n = symmetry.count
    unit = torch.eye(n * n, dtype=like.dtype, device=like.device).reshape(n, n, n, n)  # unit[i, j] is one at (i, j)
    if symmetry.group == "scales":
        return [unit[i, i] for i in range(n)]
    if symmetry.group == "rotations":
        return [unit[i, j] - unit[j, i] for i in range(n) for j in range(i)]
    if symmetry.group == "linear maps":
        return [unit[i, j] for i in range(n) for j in range(n)]
    return []


def _slices(land: Landscape, theta: Tensor, symmetry: Symmetry) -> Tensor:
    """What belongs to each unit, one row a unit: (count, everything else)."""
    tensors = land.unpack(theta)
    return torch.cat(
        [tensors[axis.tensor].narrow(axis.axis, axis.first, symmetry.count).movedim(axis.axis, 0).flatten(1)
         if tensors[axis.tensor].ndim > 1 else tensors[axis.tensor].narrow(0, axis.first, symmetry.count).unsqueeze(1)
         for axis in symmetry.axes], dim=1)  # fmt: skip


def _assignment(rows: Tensor, target_rows: Tensor) -> Tensor:
    """The permutation matrix that brings rows nearest to target_rows."""
    costs = torch.cdist(target_rows, rows).square().cpu().numpy()
    _, order = linear_sum_assignment(costs)
    return torch.eye(len(rows), dtype=rows.dtype, device=rows.device)[torch.from_numpy(order).to(rows.device)]


def _signed_assignment(rows: Tensor, target_rows: Tensor, exchange: bool) -> Tensor:
    """The permutation matrix with signs that brings rows nearest to target_rows; without `exchange` the signs alone."""
    products = target_rows @ rows.mT  # (count, count)
    order = linear_sum_assignment(-products.abs().cpu())[1] if exchange else range(len(rows))
    chosen = torch.eye(len(rows), dtype=rows.dtype, device=rows.device)[list(order)]
    return chosen * torch.where(products < 0, -1, 1)


def _shifted(land: Landscape, theta: Tensor, symmetry: Symmetry, share: float) -> Tensor:
    """theta with this share of what flows out of the units added to the bias after them."""
    tensors = dict(land.unpack(theta))
    bias = tensors[symmetry.bias]
    for name, axis, first, power in symmetry.axes:
        if power < 0:
            position = theta.ndim - 1 + axis  # of the matrix that flows out: (..., outputs, units)
            bias = bias + share * tensors[name].narrow(position, first, symmetry.count).sum(position).reshape(
                bias.shape
            )
    return land.pack(**tensors | {symmetry.bias: bias})
