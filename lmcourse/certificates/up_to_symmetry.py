"""Minima and saddles that are isolated but for the symmetries of the network, at floating-point weights: in balls.

Theorem. Let the vector fields X_1, ..., X_z each generate a one-parameter group that leaves the loss F as it is. Hold z of the
parameters, those with numbers in K, at their values. Let F on this slice have exactly one critical point x* near the given point,
with m negative and else positive eigenvalues, and let the z x z matrix of the entries of X_1, ..., X_z in K be invertible at x*.
Then x* is a critical point of F, whose Hessian has exactly m negative and z zero eigenvalues; if m = 0 it is a local minimum, and
near it the same loss occurs only along the symmetries.
Proof. F does not change along X_a, and its derivatives within the slice vanish at x*; so do, as the matrix is invertible, those by
the parameters in K. The map (s, p) -> exp(s_1 X_1) ... exp(s_z X_z) p from numbers s and points p of the slice is invertible near
(0, x*), for the same reason, and F of its result is F(p). So F near x* is F on the slice near x*, times z flat dimensions.

The critical point on the slice is proved as in `smooth`; the matrix is shown to be invertible on the whole box around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, arb_mat

from lmcourse.certificates.balls import enclosures_of
from lmcourse.certificates.certificate import Certificate, Refusal, at_least, refused
from lmcourse.certificates.descriptions import check_model, described
from lmcourse.certificates.exact_proofs import sentence_not_global
from lmcourse.certificates.formulas import loss_of
from lmcourse.certificates.jets import Jet
from lmcourse.certificates.rounding import BITS, length, up
from lmcourse.certificates.smooth import BITS_ON_BOXES, Enclosures, exact, precision, prove, prove_again
from lmcourse.certificates.tangents import tangents

ZERO = 1e-7  # a tangent direction shorter than this share of the longest is taken for none, when the slice is chosen


def prove_up_to_symmetry(
    model: dict, point: Sequence[float | Fraction], index: int = 0, not_global: bool = False, better=None
) -> Certificate:
    """The theorem for a given index; the fields and the slice are chosen here, and written into the recipe."""
    fields, held = choose_slice(model, point)
    recipe: dict[str, Any] = {"proof": "up to symmetry", "model": model, "fields": fields, "held": held}
    recipe["better"] = None if better is None else list(better)
    on_slice = prove(_slice(model, point, held), _free(point, held), index)
    return _whole(on_slice, recipe, point, not_global)


def prove_up_to_symmetry_again(old: Certificate) -> Certificate:
    """The same proof with the slice and the radius of the certificate: nothing is searched for."""
    recipe = old.recipe
    land = _slice(recipe["model"], old.point, recipe["held"])
    on_slice = prove_again(land, replace(old, point=_free(old.point, recipe["held"]), not_global=None))
    return _whole(on_slice, recipe, old.point, bool(old.not_global), old.gradient_bound)


def choose_slice(model: dict, point: Sequence[float | Fraction]) -> tuple[list[int], list[int]]:
    """Fields and held parameters for which the matrix of the theorem is far from singular. Not trusted."""
    rows = np.array([[float(value) for value in row] for row in tangents(model, point)]).reshape(-1, len(point))
    fields: list[int] = []
    held: list[int] = []
    largest = np.abs(rows).max(initial=0.0)
    while rows.size and np.abs(rows).max() > ZERO * max(largest, 1e-300):  # elimination with complete pivoting
        a, k = np.unravel_index(np.abs(rows).argmax(), rows.shape)
        fields.append(int(a))
        held.append(int(k))
        rows = rows - np.outer(rows[:, k] / rows[a, k], rows[a])
        rows[a] = 0.0
    return fields, held


def _whole(
    on_slice: Certificate, recipe: dict, point: Sequence, not_global: bool, stated_gradient: float | None = None
) -> Certificate:
    """The certificate in the whole space, from that on the slice. stated_gradient : the bound that an old certificate states."""
    index, z = on_slice.index or 0, len(recipe["held"])
    kind = f"{on_slice.kind.removeprefix('strict local ') if index == 0 else on_slice.kind} up to symmetry"
    try:
        check_model(recipe["model"])
        if not on_slice.proved:
            raise Refusal(f"With {z} parameters held, as many as the symmetries move: {on_slice.why_not}")
        if index and index == len(point) - z:
            raise Refusal(
                f"All {index} eigenvalues but those of the symmetries are negative: near by there is a local maximum, no saddle."
            )
        _check_transversal(recipe, point, on_slice.radius)
        gradient_bound = _whole_gradient(recipe, point, stated_gradient)
        sentence = sentence_not_global(recipe["model"], on_slice.loss_bounds[0], recipe["better"]) if not_global else ""
    except Refusal as refusal:
        return refused(kind, str(refusal), point=tuple(point), recipe=recipe, not_global=False if not_global else None)
    what = "a local minimum" if index == 0 else f"a saddle with exactly {index} negative eigenvalues"
    statement = (
        f"On the landscape '{described(recipe['model'])}' within {at_least(on_slice.radius)} of the given point lies {what}, "
        f"isolated but for symmetries: with {z} of the {len(point)} parameters held it is the only critical point there, {index} "
        f"eigenvalues of the Hessian by the others are negative and none is nearer to zero than "
        f"{at_least(on_slice.eigenvalue_bound)}; along the {z} directions in which symmetries move it, the loss is constant."
        f"{sentence}"
    )
    return replace(
        on_slice,
        kind=kind,
        statement=statement,
        point=tuple(point),
        gradient_bound=gradient_bound,
        recipe=recipe,
        not_global=True if not_global else None,
    )


def _whole_gradient(recipe: dict, point: Sequence, old: float | None) -> float:
    """A bound of the length of the gradient by all parameters at the point: that on the slice leaves out those held."""
    whole = enclosures_of(loss_of(recipe["model"]), described(recipe["model"]), {})
    with precision(BITS):
        gradient = length(whole.gradient([exact(number) for number in point]))
        if not gradient.is_finite():
            raise Refusal("The formulas give no finite gradient at this point.")
        if old is None:
            return up(gradient)
        if not gradient <= old:
            raise Refusal(f"The bound {old:.3g} of the gradient is not proved: only {up(gradient):.3g} is.")
    return old


def _check_transversal(recipe: dict, point: Sequence, radius: float) -> None:
    fields, held = recipe["fields"], recipe["held"]
    if len(fields) != len(held) or len(set(held)) != len(held) or not set(held) < set(range(len(point))):
        raise Refusal("As many different parameters must be held as symmetries are used, and not all.")
    with precision(BITS_ON_BOXES):
        box = [exact(number) + (0 if k in held else arb(0, radius)) for k, number in enumerate(point)]
        moved = tangents(recipe["model"], box)
        matrix = arb_mat([[moved[a][k] for k in held] for a in fields]) if held else None
        if matrix is not None and matrix.det().contains(0):
            raise Refusal("The symmetries are not proved to move the point out of the slice.")


def _slice(model: dict, point: Sequence, held: Sequence[int]) -> Enclosures:
    """The landscape over the parameters that are not held."""
    formula, free = loss_of(model), [k for k in range(len(point)) if k not in held]

    def merged(numbers: Sequence) -> list:
        whole = [exact(number) for number in point]
        if isinstance(numbers[0], Jet):
            flat = numbers[0].gradient * 0
            whole = [Jet(value, flat) for value in whole]
        for k, number in zip(free, numbers, strict=True):
            whole[k] = number
        return whole

    return enclosures_of(lambda numbers: formula(merged(numbers)), described(model), {})


def _free(point: Sequence, held: Sequence[int]) -> tuple:
    return tuple(number for k, number in enumerate(point) if k not in held)
