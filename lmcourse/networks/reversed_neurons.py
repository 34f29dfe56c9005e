"""Symmetric critical points of teacher-student networks in which several neurons are reversed.

Data types, in words
    pattern     an (n, k) matrix of zeros and ones: where one value stands in W
    family      who fills the gap that the reversed neurons leave, one of FAMILIES

With p reversed neurons, the points that no exchange within the neurons and inputs 1..p, or within p+1..k, moves have the values
a on the diagonal and b off it for the reversed neurons, f from them to the other inputs, e from the other neurons to the
inputs 1..p, c on their own input and d elsewhere. Spare neurons, one for each reversed one, have g on its input, s on the inputs of
the other reversed ones and h on the rest. As in `reversed_neuron`, a point that is critical among these is critical among all.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lmcourse.landscape import Landscape
from lmcourse.networks.teacher_student import teacher_student

OTHERS, REVERSED, SPARE = FAMILIES = ("the others fill it", "the reversed ones fill it", "spare neurons fill it")
SIZES = range(4, 21)  # the k for which these points were computed
STARTS = {  # a, b, f, e, c, d and g, s, h: where the search begins, by eye
    OTHERS: (-0.70, 0.18, 0.16, 0.24, 0.95, 0.0, 0.0, 0.0, 0.0),
    REVERSED: (-0.65, 0.30, -0.01, 0.02, 1.05, 0.0, 0.0, 0.0, 0.0),
    SPARE: (-0.60, 0.12, 0.03, 0.12, 1.0, -0.02, -0.17, -0.03, 0.06),
}
NEAR = 1e-4  # a gradient from which Newton's method finds the way


def patterns(k: int, p: int, spare: int = 0) -> Tensor:
    """Where each of the nine values stands, a tensor (9, k + spare, k); spare is 0 or p.

    >>> patterns(3, 1)[[0, 2]].int().tolist()                                               # a, and f
    [[[1, 0, 0], [0, 0, 0], [0, 0, 0]], [[0, 1, 1], [0, 0, 0], [0, 0, 0]]]
    """
    own = torch.eye(k, dtype=torch.float64)
    low = (torch.arange(k) < p).double()  # the first p, of neurons or of inputs
    high = 1 - low
    on, off = low.outer(low) * own, low.outer(low) * (1 - own)
    square = [on, off, low.outer(high), high.outer(low), high.outer(high) * own, high.outer(high) * (1 - own)]
    below = [on, off, low.outer(high)]
    nothing = own.new_zeros(k, k)
    pairs = [(part, nothing) for part in square] + [(nothing, part) for part in below]
    return torch.stack([torch.cat([first, second[:spare]]) for first, second in pairs])


def among_symmetric(k: int, p: int, spare: int = 0) -> tuple[Landscape, Tensor]:
    """The loss over one value for each pattern that is not empty, and these patterns scaled to length 1, (m, n, k).

    With lengths 1 a gradient step on the values is the same step on W.

    >>> land, directions = among_symmetric(6, 1)
    >>> land.dim, tuple(directions.shape)
    (5, (5, 6, 6))
    """
    full, directions = teacher_student(k, k + spare), patterns(k, p, spare)
    directions = directions[directions.flatten(1).any(dim=1)]
    directions = directions / directions.flatten(1).norm(dim=1)[:, None, None]
    flat = directions.flatten(1)
    land = Landscape(
        f"{p} reversed neurons of {k + spare}, symmetric",
        {"values": (len(flat),)},
        lambda values: full.loss(values @ flat),
        lambda values: full.gradient(values @ flat) @ flat.T,
        lambda values: flat @ full.hessian(values @ flat) @ flat.T,
    )
    return land, directions


def symmetric_point(k: int, p: int, family: str = OTHERS) -> Tensor:
    """A critical point W (n, k) with p reversed neurons, to machine precision: a minimum or a saddle, depending on k and p.

    Found by descent, then Newton's method, among symmetric points. n is k, and k + p where spare neurons fill the gap.
    Raises ValueError, with a sentence, where no such point is known here. Source: Safran and Shamir (2018) met many of them.

    >>> W = symmetric_point(9, 2)
    >>> [round(float(value), 3) for value in (W[0, 0], W[0, 1], W[0, 2], W[2, 0], W[2, 2], W[2, 3])]      # a, b, f, e, c, d
    [-0.715, 0.17, 0.154, 0.214, 0.991, -0.048]
    """
    if p not in known(k, family):
        raise ValueError(_where_known(k, p, family))
    land, directions = among_symmetric(k, p, p if family == SPARE else 0)
    start = torch.tensor(STARTS[family], dtype=torch.float64) @ patterns(k, p, p if family == SPARE else 0).flatten(1)
    values = directions.flatten(1) @ start
    for _ in range(10_000):
        gradient = land.gradient(values)
        if gradient.norm() < NEAR:
            break
        values = values - min(0.3, 2.2 / k) * gradient
    for _ in range(20):
        step = torch.linalg.solve(land.hessian(values), land.gradient(values))
        values = values - step
        if step.norm() < 1e-11:
            break
    return (values[:, None, None] * directions).sum(0)


def known(k: int, family: str = OTHERS) -> range:
    """The numbers of reversed neurons for which `symmetric_point` has a point of this size and family; empty where there is none.

    >>> known(9), known(9, SPARE)
    (range(1, 6), range(1, 3))
    """
    if family not in FAMILIES:
        raise ValueError(f"There is no family {family!r}. Choose one of: {', '.join(FAMILIES)}.")
    if type(k) is not int or k not in SIZES:
        return range(0)
    if family == SPARE:
        return range(1, 4 if k >= 15 else 3 if k >= 6 else 2)
    return range(3, k + 1) if family == REVERSED else range(1, max(2, k - 3))


def _where_known(k: int, p: int, family: str) -> str:
    numbers = known(k, family)
    if not numbers:
        return f"These points are known for k from {SIZES[0]} to {SIZES[-1]}, but k = {k!r} came."
    return f"With k = {k}, where {family}, p from {numbers[0]} to {numbers[-1]} is known, but p = {p!r} came."
