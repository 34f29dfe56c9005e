"""The directions in which the continuous symmetries of a network move a point, over numbers of any kind.

Along each of them runs a one-parameter group that leaves the loss as it is:

    deep linear networks    W_h -> (1 + E) W_h, W_h+1 -> W_h+1 (1 + E)^-1: a change of basis between two layers
    quadratic networks      two neurons with the same output weight are rotated into each other
    ReLU networks           (w, b, v) -> (a w, a b, v / a), a > 0, for one neuron; not with weight decay
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from lmcourse.certificates.formulas import exact
from lmcourse.certificates.shallow import RELU


def tangents(model: dict, point: Sequence) -> list[list]:
    """One list of P numbers a symmetry; each entry is a number of the point, its negative, or the integer 0.

    >>> model = {"family": "deep linear", "widths": [1, 1, 1]}
    >>> tangents(model, [2, 5])                                                    # a b with a = 2, b = 5
    [[2, -5]]
    """
    if model["family"] == "quadratic":
        return list(_rotations(point, [int(sign) for sign in model["signs"]]))
    if model["family"] == "polynomial":
        return []
    if model["family"] == "deep linear":
        return list(_changes_of_basis(point, model["widths"]))
    scales = model["activation"] in RELU and exact(model["weight_decay"]) == 0
    return list(_scalings(point, model["widths"])) if scales else []


def _rotations(point: Sequence, signs: Sequence[int]) -> Iterator[list]:
    d = len(point) // len(signs)
    for i in range(len(signs)):
        for j in range(i):
            if signs[i] == signs[j]:
                tangent = [0] * len(point)
                tangent[i * d : (i + 1) * d] = point[j * d : (j + 1) * d]
                tangent[j * d : (j + 1) * d] = [-v for v in point[i * d : (i + 1) * d]]
                yield tangent


def _changes_of_basis(point: Sequence, widths: Sequence[int]) -> Iterator[list]:
    """For every entry (a, b) of E: row b of W_h is added to row a, column a of W_h+1 taken from column b."""
    starts = [0, *accumulate(n * inside for inside, n in pairwise(widths))]
    for h in range(1, len(widths) - 1):
        before, n, after = widths[h - 1 : h + 2]
        for a in range(n):
            for b in range(n):
                tangent = [0] * len(point)
                for m in range(before):
                    tangent[starts[h - 1] + a * before + m] = point[starts[h - 1] + b * before + m]
                for o in range(after):
                    tangent[starts[h] + o * n + b] = -point[starts[h] + o * n + a]
                yield tangent


def _scalings(point: Sequence, widths: Sequence[int]) -> Iterator[list]:
    starts = [0, *accumulate(n * (inside + 1) for inside, n in pairwise(widths))]
    for h in range(1, len(widths) - 1):
        before, n, after = widths[h - 1 : h + 2]
        for j in range(n):
            tangent = [0] * len(point)
            own = [*range(starts[h - 1] + j * before, starts[h - 1] + (j + 1) * before), starts[h - 1] + n * before + j]
            for k in own:
                tangent[k] = point[k]
            for o in range(after):
                tangent[starts[h] + o * n + j] = -point[starts[h] + o * n + j]
            yield tangent
