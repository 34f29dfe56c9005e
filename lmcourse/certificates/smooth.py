"""Proof that exactly one critical point lies near a given point, and of what kind it is.

Data types, in words
    Enclosures  loss, gradient and Hessian of one landscape over balls: lists of arb -> arb, list of arb, arb_mat
    Box         what was proved on one box: length of the gradient, distance of the eigenvalues from zero, index

Lemma. Let F be twice continuously differentiable near the ball B of radius r around c, and let every matrix in a convex set of
symmetric matrices that contains all Hessians on B have its eigenvalues at least mu > 0 away from zero. If 2 |grad F(c)| < mu r,
then B holds exactly one critical point x*. It is at most |grad F(c)| / mu away from c, and all those matrices have the same index.
Proof. For x, y in B, grad F(x) - grad F(y) = A (x - y), where A, the mean of the Hessians between x and y, lies in the set; so
|grad F(x) - grad F(y)| >= mu |x - y|, which leaves room for one zero at most and bounds its distance from c. On the edge of B,
|grad F| >= mu r - |grad F(c)| > |grad F(c)|; so |grad F|^2 has its smallest value over B at an interior point x*, where its
gradient 2 H(x*) grad F(x*) vanishes; H(x*) has no eigenvalue zero, so grad F(x*) does. An eigenvalue cannot change its sign
without being zero on the way, and the set is connected. In particular x* is a strict local minimum if the index is 0.

The set is {C + D: |D| <= delta}, with C the Hessian computed at c and delta a bound of the Frobenius norm of H(x) - C on the box around B.
The eigenvalues of C: with V any invertible matrix (here floating-point eigenvectors, which nobody has to trust) M = V'CV has the
index of C by Sylvester's law, M is nearly diagonal, and Gershgorin's discs say where its eigenvalues are. As C^-1 = V M^-1 V',
no eigenvalue of C is nearer to zero than the smallest one of M, in size, divided by |V|^2. Weyl: C + D loses at most delta.

This module needs no torch: only ball arithmetic, and numpy for the guess V.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from time import perf_counter
from typing import Any

import numpy as np
from flint import arb, arb_mat, ctx, fmpq

from lmcourse.certificates.certificate import Certificate, Refusal, at_least, at_most, refused

BITS = 128  # the precision at the point itself: the gradient of a good point is lost in the rounding of double precision
BITS_ON_BOXES = 64  # the width of a box hides finer digits
STATED = 1 - 2.0**-20  # numbers are stated a little weaker than they were proved, so that another machine can prove them again


@dataclass(frozen=True)
class Enclosures:
    """A landscape over balls. Each function maps a list of P arb to an enclosure of its values on that box.

    loss -> arb, gradient -> list of P arb, hessian -> arb_mat (P, P), exactly symmetric. A function raises Refusal, with a
    sentence, where the box touches a kink. name: the landscape in words. recipe: plain data from which the
    functions can be made again. known_minimum: a proved lower bound of the loss that is attained, or its infimum, else None.
    """

    loss: Callable[[list[arb]], arb]
    gradient: Callable[[list[arb]], list[arb]]
    hessian: Callable[[list[arb]], arb_mat]
    name: str
    recipe: dict[str, Any]
    known_minimum: float | None = None


@dataclass(frozen=True)
class AtPoint:
    """What is proved at the point itself: |gradient| <= gradient_bound, and `index` eigenvalues of centre are negative, all >= gap in size."""

    gradient_bound: arb
    centre: arb_mat
    gap: arb
    index: int


def prove(
    land: Enclosures,
    point: Sequence[float | Fraction],
    index: int = 0,
    not_global: bool = False,
    better: Sequence[float | Fraction] | None = None,
) -> Certificate:
    """Prove that exactly one critical point lies near point and has `index` negative eigenvalues; with not_global, that it is no global minimum.

    better : a point with a lower loss, needed for not_global where the global minimum is not known.
    """
    start, kind = perf_counter(), kind_of(index, len(point))
    recipe = {**land.recipe, "better": None if better is None else list(better)}
    try:
        at = examine(land, point)
        _check_index(at, index, len(point))
        radius = _choose_radius(land, point, at)
        certificate = _certificate(land, point, at, radius, not_global, recipe)
    except Refusal as refusal:
        certificate = refused(kind, str(refusal), point=tuple(point), recipe=recipe, not_global=False if not_global else None)
    return _timed(certificate, start)


def prove_again(land: Enclosures, old: Certificate) -> Certificate:
    """Prove what a certificate says with its own radius: nothing is searched for."""
    start = perf_counter()
    try:
        at = examine(land, old.point)
        _check_index(at, old.index, len(old.point))
        certificate = _certificate(land, old.point, at, old.radius, bool(old.not_global), old.recipe)
    except Refusal as refusal:
        certificate = refused(old.kind, str(refusal), point=old.point, recipe=old.recipe)
    return _timed(certificate, start)


def examine(land: Enclosures, point: Sequence[float | Fraction]) -> AtPoint:
    """Gradient and eigenvalues at the exact point; Refusal if an eigenvalue cannot be told from zero or the point lies on a kink."""
    with precision(BITS):
        centre = [exact(number) for number in point]
        gradient_bound = length(land.gradient(centre))
        matrix = _symmetric(land.hessian(centre).mid())
    if not gradient_bound.is_finite() or not all(entry.is_finite() for entry in matrix.entries()):
        raise Refusal("The formulas give no finite gradient and Hessian at this point.")
    gap, index = spectrum(matrix)
    return AtPoint(gradient_bound, matrix, gap, index)


def spectrum(matrix: arb_mat) -> tuple[arb, int]:
    """(gap, index) of a symmetric matrix of exact numbers: `index` eigenvalues are <= -gap, all others >= gap > 0. See the top of the module."""
    size = matrix.nrows()
    with precision(BITS):
        approximate = np.array([float(entry) for entry in matrix.entries()]).reshape(size, size)
        values, vectors = np.linalg.eigh(approximate)
        V = arb_mat(size, size, vectors.ravel().tolist())
        entries = (V.transpose() * (matrix * V)).entries()
        identity = arb_mat(size, size, np.eye(size).ravel().tolist())
        skew = length((V.transpose() * V - identity).entries())
        discs = []
        for i in range(size):
            row = entries[i * size : (i + 1) * size]
            centre = row.pop(i)
            discs.append((centre, sum((abs(entry) for entry in row), arb(0))))
        if not skew < 1 or not all(abs(centre) > radius for centre, radius in discs):
            smallest = float(values[np.abs(values).argmin()])
            raise Refusal(f"The Hessian has an eigenvalue of about {smallest:.1e}, which cannot be told from zero: a flat direction.")
        gap = _minimum([abs(centre) - radius for centre, radius in discs]) / (1 + skew)
        return gap.lower(), sum(bool(centre < 0) for centre, _ in discs)


def change_on_box(land: Enclosures, point: Sequence[float | Fraction], centre: arb_mat, radius: float) -> arb:
    """A bound of the Frobenius norm of (Hessian anywhere within radius of point) - centre."""
    with precision(BITS_ON_BOXES):
        box = [exact(number) + arb(0, radius) for number in point]
        change = length((land.hessian(box) - centre).entries())
    if not change.is_finite():
        raise Refusal(f"The Hessian has no finite enclosure on the box of half-width {radius:.1e} around the point.")
    return change


def _choose_radius(land, point, at: AtPoint) -> float:
    """A radius with which the proof goes through; Refusal says what fails."""
    small = 2.0**-40
    slope = float(change_on_box(land, point, at.centre, small)) / small
    reason = ""
    for share in (2.0**-6, 2.0**-2, 2.0**-14, 2.0**-24):  # of the gap that the change of the Hessian may eat up
        radius = 2.0 ** min(-10, math.floor(math.log2(share * float(at.gap) / max(slope, 1e-9))))
        try:
            _proved_gap(land, point, at, radius)
            return radius
        except Refusal as refusal:
            reason = reason or str(refusal)
    raise Refusal(reason)


def _proved_gap(land, point, at: AtPoint, radius: float) -> arb:
    gap = at.gap - change_on_box(land, point, at.centre, radius)
    if gap > 0 and 2 * at.gradient_bound < gap * radius:
        return gap.lower()
    scale = float(length(at.centre.entries()))
    if float(at.gradient_bound) > 1e-11 * scale:
        raise Refusal(
            f"The gradient here is too long, {float(at.gradient_bound):.1e}: a critical point near by cannot be proved. "
            "Move the point to the critical point first: lm.refine does."
        )
    raise Refusal(
        f"The eigenvalue nearest to zero, about {float(at.gap):.1e}, is too small: the Hessian changes by more within the smallest box "
        f"that surely holds the critical point (the gradient is {float(at.gradient_bound):.1e} long)."
    )


def _check_index(at: AtPoint, index: int, size: int) -> None:
    if at.index != index:
        raise Refusal(
            f"A Hessian with {index} negative eigenvalues was claimed, a {kind_of(index, size)}, but here exactly {at.index} of {size} "
            f"eigenvalues are negative (proved): near by there can be {_with_article(kind_of(at.index, size))} only."
        )


def _certificate(land, point, at: AtPoint, radius: float, not_global: bool, recipe: dict) -> Certificate:
    if not (isinstance(radius, float) and 0 < radius < 1):
        raise Refusal("The radius must be a number between 0 and 1.")
    gap = _proved_gap(land, point, at, radius)
    with precision(BITS):
        distance = (at.gradient_bound / gap).upper()
        loss = land.loss([exact(number) + arb(0, distance) for number in point])
        stated_gap, gradient = down(gap), up(at.gradient_bound)
        low, high = down(loss, slack=0.0), up(loss, slack=0.0)
        reason = _why_not_global(land, loss, recipe.get("better")) if not_global else ""
    if reason.startswith("Not proved"):
        raise Refusal(reason)
    kind = kind_of(at.index, len(point))
    statement = (
        f"On the landscape '{land.name}' exactly one critical point lies within {at_least(radius)} of the given point. It is "
        f"{_with_article(kind)}, at most {at_most(up(distance))} away: {at.index} of the {len(point)} eigenvalues of the Hessian are negative"
        f" and none is nearer to zero than {at_least(stated_gap)}.{' ' + reason if reason else ''}"
    )
    return Certificate(
        True, kind, statement, tuple(point), radius, stated_gap, gradient, (low, high), True if not_global else None, at.index,
        recipe=recipe,
    )  # fmt: skip


def _why_not_global(land: Enclosures, loss: arb, better) -> str:
    """A sentence that proves that a lower loss exists, or that begins with "Not proved"."""
    if land.known_minimum is not None and loss > arb(land.known_minimum):
        return f"It is not a global minimum: its loss is at least {at_least(down(loss))}, and the infimum is {land.known_minimum:g}."
    if better is not None:
        lower = land.loss([exact(number) for number in better])
        if loss > lower:
            return f"It is not a global minimum: its loss is at least {at_least(down(loss))}, elsewhere it is at most {at_most(up(lower))}."
        return "Not proved: the point named as better is not proved to have a lower loss."
    if land.known_minimum is None:
        return "Not proved: not a global minimum. The global minimum is not known here; name a better point with better=..."
    return (
        f"Not proved: not a global minimum. The loss is between {down(loss, slack=0.0):.3g} and {up(loss, slack=0.0):.3g}, "
        f"not surely above the global minimum {land.known_minimum:g}."
    )


# ----------------------------------------------------------------------------------------------- small tools


def kind_of(index: int, size: int) -> str:
    """The word for a critical point of this index.

    >>> kind_of(0, 9), kind_of(2, 9), kind_of(9, 9)
    ('strict local minimum', 'index-2 saddle', 'strict local maximum')
    """
    return "strict local minimum" if index == 0 else "strict local maximum" if index == size else f"index-{index} saddle"


class precision:
    """Within `with precision(bits):` ball arithmetic rounds to this many bits."""

    def __init__(self, bits: int):
        self.bits = bits

    def __enter__(self):
        self.before, ctx.prec = ctx.prec, self.bits

    def __exit__(self, *_):
        ctx.prec = self.before


def exact(number: float | Fraction) -> arb:
    """The ball that holds a float exactly, or a fraction as tightly as the precision allows."""
    return arb(fmpq(number.numerator, number.denominator)) if isinstance(number, Fraction) else arb(float(number))


def length(vector: Sequence[arb]) -> arb:
    """An upper bound of the Euclidean length of a list of balls, as an exact number."""
    sizes = [abs(entry).upper() for entry in vector]
    return sum((size * size for size in sizes), arb(0)).sqrt().upper()


def up(number: arb, slack: float = 2.0**-20) -> float:
    """A float above every number in the ball, by a relative slack that leaves room for another machine's rounding."""
    value = float(number.upper())
    return math.nextafter(value + slack * abs(value), math.inf)


def down(number: arb, slack: float = 2.0**-20) -> float:
    """A float below every number in the ball."""
    value = float(number.lower())
    return math.nextafter(value - slack * abs(value), -math.inf)


def _symmetric(matrix: arb_mat) -> arb_mat:
    """The upper half of a matrix, mirrored: enclosures of equal entries may have different centres."""
    rows = matrix.tolist()
    return arb_mat([[rows[min(i, j)][max(i, j)] for j in range(len(rows))] for i in range(len(rows))])


def _minimum(balls: Sequence[arb]) -> arb:
    smallest = balls[0]
    for ball in balls[1:]:
        smallest = smallest.min(ball)
    return smallest


def _with_article(kind: str) -> str:
    return ("an " if kind[0] in "aeiou" else "a ") + kind


def _timed(certificate: Certificate, start: float) -> Certificate:
    return replace(certificate, seconds=perf_counter() - start)
