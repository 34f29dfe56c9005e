"""The minimum with one reversed neuron, proved for any size k = n >= 6 (a saddle at k = 5) and any number of inputs d >= k.

Data types, in words
    values      (a, f, e, c, d): neuron 1 is (a, f, ..., f); each neuron i >= 2 has e at input 1, c at input i and d elsewhere
    centre      a block of the Hessian (see `symmetric_blocks`) next to the one at the values, its gap, its index, and how often it
                stands there

A point that is critical among those of this form is critical among all. With all blocks positive on a box that holds the
critical point, it is a strict local minimum for every d >= k. The lemma at the top of `smooth` is applied in the five
dimensions; lengths are those of R^(k x k).

This module needs no torch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from time import perf_counter

import numpy as np
from flint import arb, arb_mat

from lmcourse.certificates.certificate import Certificate, Refusal, at_least, refused
from lmcourse.certificates.eigenvalues import spectrum
from lmcourse.certificates.rounding import BITS, down, exact, length, minimum, precision, up
from lmcourse.certificates.smooth import kind_of, stated
from lmcourse.certificates.symmetric_blocks import Shape, blocks, fixed_block, gradient, loss, scales

FIRST = (
    -0.601512,
    0.224516,
    0.308011,
    0.986704,
    -0.050413,
)  # at k = 6, to six digits: Safran and Shamir (2018), example 1


def solve(k: int, start: Sequence[float] = FIRST) -> list[float]:
    """The five values at the critical point of size k, by Newton's method from a start near by; nothing is proved here.

    >>> [round(value, 6) for value in solve(6)]
    [-0.601512, 0.224516, 0.308011, 0.986704, -0.050413]
    """
    values, weights = np.array(start, dtype=float), np.array([float(scale) for scale in scales(k - 1)])
    for _ in range(30):
        shape = Shape([arb(float(value)) for value in values], k)
        hessian = np.array([float(entry) for entry in fixed_block(shape).entries()]).reshape(5, 5)
        step = np.linalg.solve(hessian, [float(entry) for entry in gradient(shape)]) / weights
        values = values - step
        if np.abs(step * weights).max() < 1e-11:  # the error left is of the order of its square
            break
    return values.tolist()


def solve_up_to(k: int) -> list[float]:
    """`solve` over growing sizes from 6 on: the values change little from one to the next."""
    size, values = 6, solve(6)
    while size != k:
        size = max(size - 1, k) if k < size else min(size + size // 6, k)
        values = solve(size, values)
    return values


def sharpen(k: int, values: Sequence[float]) -> list[Fraction]:
    """The five values with more digits than a float has: d stands (k-1)(k-2) times in W, and so does its rounding error."""
    with precision(192):
        sharper = [exact(value) for value in values]
        for _ in range(4):
            shape = Shape(sharper, k)
            slopes = arb_mat([[entry.mid()] for entry in gradient(shape)])
            steps = fixed_block(shape).mid().solve(slopes).entries()
            moves = zip(sharper, steps, scales(k - 1), strict=True)
            sharper = [(value - step / scale).mid() for value, step, scale in moves]
        return [
            Fraction(int(mantissa)) * Fraction(2) ** int(power) for mantissa, power in (v.man_exp() for v in sharper)
        ]


def prove(k: int, values: Sequence[float] | None = None, index: int = 0, not_global: bool = True) -> Certificate:
    """Prove that a critical point with one reversed neuron lies near the five values, for k = n, of this index.

    A strict local minimum, index 0, is proved for every d >= k. values : by default those of `solve_up_to`, sharpened above
    k = 10,000.
    index : the number of negative eigenvalues claimed, of k*k.

    >>> prove(1000).index
    0
    """
    if values is None and type(k) is int and k >= 5:
        values = solve_up_to(k) if k <= 10_000 else sharpen(k, solve_up_to(k))
    return _attempt(k, values, index, not_global, None)


def prove_again(old: Certificate) -> Certificate:
    """Prove what a certificate says with its own radius."""
    return _attempt(old.recipe["k"], old.point, old.index, bool(old.not_global), old)


def _attempt(k: int, values, index: int, not_global: bool, old: Certificate | None) -> Certificate:
    start, recipe = perf_counter(), {"family": "symmetric", "k": k}
    try:
        certificate = _proof(k, tuple(values or ()), index, not_global, recipe, old)
    except Refusal as refusal:
        known = {"point": tuple(values or ()), "recipe": recipe, "not_global": False if not_global else None}
        certificate = refused(kind_of(index, k * k if type(k) is int else 0), str(refusal), **known)
    return replace(certificate, seconds=perf_counter() - start)


def _proof(k, values, index, not_global, recipe, old) -> Certificate:
    if type(k) is not int or k < 5 or len(values) != 5 or not all(np.isfinite(float(value)) for value in values):
        raise Refusal(
            f"The size must be a whole number from 5 on, and the values five finite numbers, but k = {k!r} came."
        )
    with precision(BITS):
        shape = Shape([exact(value) for value in values], k)
        gradient_bound, height = length(gradient(shape)), loss(shape)
        centres = [(*spectrum(block), times) for block, times in blocks(shape)]
        found = sum(negative * times for _, _, negative, times in centres)
        if found != index or (index == 0 and any(negative for _, _, negative, _ in centres)):
            raise Refusal(
                f"{index} negative eigenvalues of the Hessian were claimed, but {found} of {k * k} are negative at this point."
            )
        radius = _radius(k, values, centres) if old is None else old.radius
        gaps = [
            gap - change for (_, gap, _, _), change in zip(centres, _changes(k, values, centres, radius), strict=True)
        ]
        if not all(gap > 0 for gap in gaps) or not 2 * gradient_bound < gaps[0] * radius:
            raise Refusal(
                f"The gradient, {gradient_bound.str(2, radius=False)} long, or the change of the Hessian near by is too large."
            )
        if not _is_reversed(values, radius):
            raise Refusal("One reversed neuron has a < 0 and c > 0, and here that is not so on the whole box.")
        distance = (gradient_bound / gaps[0]).upper()
        # The Hessian changes by less than its smallest eigenvalue, so in the ball its norm is below twice the one at the centre.
        height += arb(0, ((gradient_bound + length(centres[0][0].entries()) * distance) * distance).upper())
        if not_global and not height > 0:
            raise Refusal(
                f"The loss, between {down(height):.3g} and {up(height):.3g}, is not surely above the global minimum 0."
            )
        numbers = stated(minimum(gaps), gradient_bound, height, old)
    kind = kind_of(index, k * k)
    where = "for every number of inputs d >= k " if index == 0 else ""
    statement = (
        f"For k = n = {k}, exactly one critical point with one reversed neuron lies within {at_least(radius)} of the five given "
        f"values, measured on the whole matrix W. It is, {where}among all W, a {kind}: {index} of the {k * k} "
        f"eigenvalues of the Hessian are negative and none is nearer to zero than {at_least(numbers['eigenvalue_bound'])}."
    )
    if not_global:
        statement += " It is not a global minimum: its loss is above 0, which is the infimum."
    return Certificate(
        True,
        kind,
        statement,
        values,
        radius,
        **numbers,
        not_global=True if not_global else None,
        index=index,
        recipe=recipe,
    )


def _is_reversed(values, radius: float) -> bool:
    """Whether a < 0 < c at every point within radius: the first neuron points away from its teacher, all others do not."""
    a, _, _, c, _ = (exact(value) for value in values)
    return bool(a + exact(radius) < 0) and bool(c - exact(radius) > 0)


def _radius(k: int, values, centres) -> float:
    """The largest power of two on whose box no block is expected to change by more than a small share of its gap."""
    small = 2.0**-40
    changes = _changes(k, values, centres, small)
    shares = [float(gap) / max(float(change), 1e-300) for (_, gap, _, _), change in zip(centres, changes, strict=True)]
    if not min(shares) > 2.0**-900:  # also where a change is infinite or no number
        raise Refusal("The Hessian changes so fast near these values that no radius a float holds is small enough.")
    return min(2.0**-10, small * 2.0 ** math.floor(math.log2(2.0**-6 * min(shares))))


def _changes(k: int, values, centres, radius: float) -> list[arb]:
    """How much each block can differ from its centre on the box: a value may move by radius / sqrt(how often it stands in W)."""
    box = [
        exact(value) + arb(0, (arb(radius) / scale).upper()) for value, scale in zip(values, scales(k - 1), strict=True)
    ]
    moved = [block for block, _ in blocks(Shape(box, k))]
    return [length((block - centre).entries()) for block, (centre, *_) in zip(moved, centres, strict=True)]
