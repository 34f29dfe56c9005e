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

The set is {C + D: |D| <= delta}, with C a matrix next to the Hessian at c, whose eigenvalues `eigenvalues` bounds, and delta a
bound of the Frobenius norm of H(x) - C on the box around B. Weyl: the eigenvalues of C + D are at most delta away from those of C.

This module needs no torch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from time import perf_counter
from typing import Any

from flint import arb, arb_mat

from lmcourse.certificates.certificate import Certificate, Refusal, at_least, refused
from lmcourse.certificates.eigenvalues import spectrum
from lmcourse.certificates.rounding import BITS, down, exact, length, precision, up

BITS_ON_BOXES = 64  # the width of a box hides finer digits


@dataclass(frozen=True)
class Enclosures:
    """A landscape over balls. Each function maps a list of P arb to an enclosure of its values on that box.

    loss -> arb, gradient -> list of P arb, hessian -> arb_mat (P, P), exactly symmetric. A function raises Refusal, with a
    sentence, where the box touches a kink. name: the landscape in words. recipe: plain data from which the
    functions can be made again. known_minimum: a proved lower bound of the loss that is attained, or its infimum, else None.
    among: words for the set to which "exactly one critical point" is confined, where it is not the whole ball.
    """

    loss: Callable[[list[arb]], arb]
    gradient: Callable[[list[arb]], list[arb]]
    hessian: Callable[[list[arb]], arb_mat]
    name: str
    recipe: dict[str, Any]
    known_minimum: float | None = None
    among: str = ""


@dataclass(frozen=True)
class AtPoint:
    """What is proved at the point: |gradient| <= gradient_bound; the matrix centre, all but equal to the Hessian there, has exactly
    `index` negative eigenvalues, and none is nearer to zero than gap."""

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
    """Prove that exactly one critical point lies near point, with `index` negative eigenvalues.

    not_global : prove too that it is no global minimum. better : a point with a lower loss, needed for that where the global
    minimum is not known.
    """
    start, kind = perf_counter(), kind_of(index, len(point))
    recipe = {**land.recipe, "better": None if better is None else list(better)}
    try:
        at = examine(land, point)
        _check_index(at, index, len(point))
        radius, gap = _choose_radius(land, point, at)
        certificate = _certificate(land, point, at, radius, gap, not_global, recipe)
    except Refusal as refusal:
        certificate = refused(
            kind, str(refusal), point=tuple(point), recipe=recipe, not_global=False if not_global else None
        )
    return _timed(certificate, start)


def prove_again(land: Enclosures, old: Certificate) -> Certificate:
    """Prove what a certificate says with its own radius: nothing is searched for."""
    start = perf_counter()
    try:
        at = examine(land, old.point)
        _check_index(at, old.index, len(old.point))
        gap = _proved_gap(land, old.point, at, old.radius)
        certificate = _certificate(land, old.point, at, old.radius, gap, bool(old.not_global), old.recipe, old)
    except Refusal as refusal:
        certificate = refused(old.kind, str(refusal), point=old.point, recipe=old.recipe)
    return _timed(certificate, start)


def examine(land: Enclosures, point: Sequence[float | Fraction]) -> AtPoint:
    """Gradient and eigenvalues at the exact point; Refusal on a kink, or if an eigenvalue cannot be told from zero."""
    with precision(BITS):
        centre = [exact(number) for number in point]
        gradient_bound = length(land.gradient(centre))
        hessian = land.hessian(centre)
    if not gradient_bound.is_finite():
        raise Refusal("The formulas give no finite gradient at this point.")
    return AtPoint(gradient_bound, *spectrum(hessian))


def change_on_box(land: Enclosures, point: Sequence[float | Fraction], centre: arb_mat, radius: float) -> arb:
    """A bound of the Frobenius norm of (Hessian anywhere within radius of point) - centre."""
    with precision(BITS_ON_BOXES):
        box = [exact(number) + arb(0, radius) for number in point]
        change = length((land.hessian(box) - centre).entries())
    if not change.is_finite():
        raise Refusal(f"The Hessian has no finite enclosure on the box of half-width {radius:.1e} around the point.")
    return change


def _choose_radius(land, point, at: AtPoint) -> tuple[float, arb]:
    """A radius with which the proof goes through, and what `_proved_gap` says of it; Refusal says what fails."""
    small = 2.0**-40
    slope = float(change_on_box(land, point, at.centre, small)) / small
    reason = ""
    for share in (2.0**-6, 2.0**-2, 2.0**-14, 2.0**-24):  # of the gap that the change of the Hessian may eat up
        wanted = share * float(at.gap) / max(slope, 1e-9)
        if not wanted > 2.0**-1000:
            raise Refusal("The Hessian changes so fast near this point that no radius a float holds is small enough.")
        radius = 2.0 ** min(-10, math.floor(math.log2(min(wanted, 1.0))))
        try:
            return radius, _proved_gap(land, point, at, radius)
        except Refusal as refusal:
            reason = reason or str(refusal)
    raise Refusal(reason)


def _proved_gap(land, point, at: AtPoint, radius: float) -> arb:
    """How far from zero all eigenvalues stay on the box; Refusal if the lemma does not apply."""
    if not (isinstance(radius, float) and 0 < radius < 1):
        raise Refusal("The radius must be a number between 0 and 1.")
    gap = at.gap - change_on_box(land, point, at.centre, radius)
    if gap > 0 and 2 * at.gradient_bound < gap * radius:
        return gap.lower()
    scale = float(length(at.centre.entries()))
    if float(at.gradient_bound) > 1e-11 * scale:
        raise Refusal(
            f"The gradient here is too long, {at.gradient_bound.str(2, radius=False)}: a critical point near by cannot be proved. "
            "Move the point to the critical point first: lm.refine does."
        )
    raise Refusal(
        f"The eigenvalue nearest to zero, about {at.gap.str(2, radius=False)}, is too small: the Hessian changes by more within "
        f"the smallest box that surely holds the critical point (the gradient is {at.gradient_bound.str(2, radius=False)} long)."
    )


def _check_index(at: AtPoint, index: int, size: int) -> None:
    if at.index != index:
        raise Refusal(
            f"A Hessian with {index} negative eigenvalues was claimed, {_with_article(kind_of(index, size))}, but here "
            f"exactly {at.index} of {size} eigenvalues are negative (proved): near by there can only be "
            f"{_with_article(kind_of(at.index, size))}."
        )


def _certificate(
    land, point, at: AtPoint, radius: float, gap: arb, not_global: bool, recipe: dict, old=None
) -> Certificate:
    with precision(BITS):
        distance = (at.gradient_bound / gap).upper()
        # The Hessian changes by less than its smallest eigenvalue, so in the ball its norm is below twice the one at the centre.
        change = (at.gradient_bound + length(at.centre.entries()) * distance) * distance
        loss = land.loss([exact(number) for number in point]) + arb(0, change.upper())
        reason = _why_not_global(land, loss, recipe.get("better")) if not_global else ""
        numbers = stated(gap, at.gradient_bound, loss, old)
    kind = kind_of(at.index, len(point))
    statement = (
        f"On the landscape '{land.name}' exactly one critical point{land.among} lies within {at_least(radius)} of the given point. "
        f"It is {_with_article(kind)}: {at.index} of the {len(point)} eigenvalues of the Hessian are negative "
        f"and none is nearer to zero than {at_least(numbers['eigenvalue_bound'])}.{reason}"
    )
    return Certificate(
        True,
        kind,
        statement,
        tuple(point),
        radius,
        **numbers,
        not_global=True if not_global else None,
        index=at.index,
        recipe=recipe,
    )


def stated(gap: arb, gradient: arb, loss: arb, old: Certificate | None) -> dict[str, Any]:
    """The numbers that a certificate states: a little weaker than proved, or those of an old one if they are not stronger."""
    if old is None:
        bounds = down(loss, slack=2.0**-48), up(loss, slack=2.0**-48)
        if not 0 < down(gap) < math.inf or not all(map(math.isfinite, (up(gradient), *bounds))):
            raise Refusal("The numbers of this proof are too large or too small for floats.")
        return {"eigenvalue_bound": down(gap), "gradient_bound": up(gradient), "loss_bounds": bounds}
    low, high = old.loss_bounds
    if not 0 < old.eigenvalue_bound < gap:
        raise Refusal(
            f"The bound {old.eigenvalue_bound:.6g} of the eigenvalues is not proved: only {down(gap):.6g} is."
        )
    if not gradient <= old.gradient_bound:
        raise Refusal(f"The bound {old.gradient_bound:.3g} of the gradient is not proved: only {up(gradient):.3g} is.")
    if not low <= loss <= high:
        raise Refusal(f"The loss is not proved to lie between {low} and {high}.")
    return {
        "eigenvalue_bound": old.eigenvalue_bound,
        "gradient_bound": old.gradient_bound,
        "loss_bounds": old.loss_bounds,
    }


def _why_not_global(land: Enclosures, loss: arb, better) -> str:
    """A sentence that says why a lower loss surely exists; Refusal if that is not proved."""
    if better is not None:
        if not loss > land.loss([exact(number) for number in better]):
            raise Refusal("The point named as better is not proved to have a lower loss.")
        return " It is not a global minimum: the point named as better has a lower loss."
    if land.known_minimum is None:
        raise Refusal(
            "The global minimum is not known here: to prove that this is none, name a better point, better=..."
        )
    if not loss > land.known_minimum:
        raise Refusal(
            f"The loss, between {down(loss, 0.0):.3g} and {up(loss, 0.0):.3g}, is not surely above the global minimum "
            f"{land.known_minimum:g}: this may be a global minimum."
        )
    return f" It is not a global minimum: its loss is above {land.known_minimum:g}, which is the infimum."


# ----------------------------------------------------------------------------------------------- small tools


def kind_of(index: int, size: int) -> str:
    """The word for a critical point of this index.

    >>> kind_of(0, 9), kind_of(2, 9), kind_of(9, 9)
    ('strict local minimum', 'index-2 saddle', 'strict local maximum')
    """
    return (
        "strict local minimum" if index == 0 else "strict local maximum" if index == size else f"index-{index} saddle"
    )


def _with_article(kind: str) -> str:
    return ("an " if kind[0] in "aeiou" else "a ") + kind


def _timed(certificate: Certificate, start: float) -> Certificate:
    return replace(certificate, seconds=perf_counter() - start)
