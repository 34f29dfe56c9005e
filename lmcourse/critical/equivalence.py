"""Which points are the same up to the symmetries of the landscape.

Data types, in words
    class       points that exchanges and reversals of neurons, signs, factors through ReLU neurons and rotations carry into
                one another
    invariant   a number that is the same all over a class: the loss, the length of theta; and the spectrum of the Hessian, where
                no factors pass through neurons (ReLU) and none are reversed (sigmoid)
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from lmcourse.critical.classification import CriticalPoints, as_batch
from lmcourse.landscape import Landscape
from lmcourse.slices.copies import balanced, matched
from lmcourse.symmetry import Symmetry, centred, transform

ALIKE = 1e3  # invariants of points so many times tol apart are still compared
ROUNDS = 100  # of turning and matching, where a landscape has both rotations and exchanges


@dataclass(frozen=True, repr=False, eq=False)
class Distinct:
    """Classes of points, in rising order of loss.

    theta (classes, P) : one point of each class. loss, counts (classes,) : its loss, and how many points are in the class.
    first (classes,) : where the representative stands among the points that came. member_of (points,) : the class of each.
    """

    theta: Tensor
    loss: Tensor
    counts: Tensor
    first: Tensor
    member_of: Tensor

    def __len__(self) -> int:
        return len(self.theta)

    def __repr__(self) -> str:
        classes = ", ".join(
            f"{n} at {round(loss, 10) + 0.0:.6g}"
            for n, loss in zip(self.counts.tolist(), self.loss.tolist(), strict=True)
        )
        return f"Distinct: {len(self.member_of)} points, {len(self)} up to symmetry: {classes or 'none'}"


def distinct(land: Landscape, points: Tensor | CriticalPoints, tol: float = 1e-6) -> Distinct:
    """Sort points (points, P), or what `classify` found, into those that are the same up to the landscape's symmetries.

    Two points are the same if a copy of the one lies within tol * max(1, |theta|) of the other. Loss and length, and the spectrum
    where `classify` has computed it, decide first; then copies are matched. The search for the nearest copy can miss it where
    there are several layers, so the number of classes may be too large.
    Refine the points first: tol must be larger than their errors. Raises ValueError for a tol that is not positive, and for
    landscapes with the symmetry "linear maps", whose classes are told apart by the product of their matrices instead.
    On the copies of a network and their number see Simsek et al. (2021).

    >>> import lmcourse as lm
    >>> land = lm.teacher_student(k=3)
    >>> runs = lm.train(land, lm.starts(land, seeds=range(8)), lr=0.3)
    >>> distinct(land, lm.refine(land, runs.theta).theta).counts       # six orders of the neurons, one network
    tensor([8])
    """
    if not tol > 0:
        raise ValueError(f"tol, how far apart two points may be, must be positive, but tol = {tol} came.")
    groups = {symmetry.group for symmetry in land.symmetries}
    if "linear maps" in groups:
        raise ValueError(
            f"{land.name} is unchanged by invertible linear maps, which cannot be matched. Compare the products of its matrices."
        )
    theta = as_batch(land, points.theta if isinstance(points, CriticalPoints) else points)
    copies = balanced(land, theta)
    turns = not groups & {
        "scales",
        "mirrors",
    }  # every symmetry is a rotation, so that it keeps the spectrum of the Hessian
    invariants = _invariants(land, copies, points if turns else None)
    classes: list[int] = []  # the first point of each class
    member_of = torch.zeros(len(theta), dtype=torch.int64)
    for point in land.loss(theta).argsort(stable=True).tolist():
        number = _class_of(land, point, classes, copies, invariants, tol)
        if number == len(classes):
            classes.append(point)
        member_of[point] = number
    first = torch.tensor(classes, dtype=torch.int64)
    counts = torch.bincount(member_of, minlength=len(classes))
    return Distinct(theta[first], land.loss(theta[first]), counts, first, member_of)


def _invariants(land: Landscape, theta: Tensor, found: Tensor | CriticalPoints | None) -> Tensor:
    """Numbers (points, any) that symmetries leave alone, each about one in size: what differs in them differs."""
    length = centred(land, theta).norm(dim=1, keepdim=True)
    columns = [land.loss(theta)[:, None], length]
    if isinstance(found, CriticalPoints):
        columns.append(found.eigenvalues)
    return torch.cat([column / column.abs().amax(dim=1, keepdim=True).clamp_min(1) for column in columns], dim=1)


def _class_of(land: Landscape, point: int, classes: list[int], copies: Tensor, invariants: Tensor, tol: float) -> int:
    """The number of the class that a point is in; the number of classes if it is in none."""
    theta = copies[point]
    alike = ((invariants[classes] - invariants[point]).abs() <= ALIKE * tol).all(dim=1).nonzero().squeeze(1)
    others = copies[classes][alike]
    reach = tol * float(theta.norm().clamp_min(1))
    here = ((others - theta).norm(dim=1) <= reach).nonzero()
    if len(here):  # the same copy: nothing to match
        return int(alike[here[0, 0]])
    for number, other in zip(alike.tolist(), others if land.symmetries else [], strict=False):
        if any((_nearest(land, *pair) - pair[1]).norm() <= reach for pair in ((theta, other), (other, theta))):
            return number
    return len(classes)


def _nearest(land: Landscape, theta: Tensor, target: Tensor) -> Tensor:
    """The copy of theta (P,) that lies nearest to target (P,), as far as matching and turning in turn find it."""
    rotations = [symmetry for symmetry in land.symmetries if symmetry.group == "rotations"]
    theta = matched(land, theta, target)
    for _ in range(ROUNDS if rotations else 0):
        moved = theta
        for symmetry in rotations:
            moved = _turned(land, moved, target, symmetry)
        moved = matched(land, moved, target)
        if not (moved - target).norm() < (1 - 1e-12) * (theta - target).norm():
            break
        theta = moved
    return theta


def _turned(land: Landscape, theta: Tensor, target: Tensor, symmetry: Symmetry) -> Tensor:
    """theta (P,), turned towards target by the best rotation or reflection (Schönemann 1966)."""
    rows, target_rows = _units(land, theta, symmetry), _units(land, target, symmetry)
    U, _, Vh = torch.linalg.svd(target_rows @ rows.mT)
    return transform(land, theta, symmetry, U @ Vh)


def _units(land: Landscape, theta: Tensor, symmetry: Symmetry) -> Tensor:
    """What belongs to each unit, one row a unit: (count, everything)."""
    tensors = land.unpack(theta)
    rows = [tensors[axis.tensor].narrow(axis.axis, axis.first, symmetry.count) for axis in symmetry.axes]
    rows = [
        row.movedim(axis.axis, 0).reshape(symmetry.count, -1) for row, axis in zip(rows, symmetry.axes, strict=True)
    ]
    return torch.cat(rows, dim=1)
