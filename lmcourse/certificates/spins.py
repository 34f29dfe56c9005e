"""Proof that a critical point of a spherical p-spin model lies near a given point, and of which index it is along the sphere.

With x = theta and r = |x| the loss is  f(x) = N^(p/2) S(x, ..., x) / r^p,  the same all along a ray. Hold the largest parameter x_h
at its value and let the others vary. If all derivatives by these vanish at a point, so does the one by x_h: along a ray f does not
change, so x . grad f = 0, and x_h is not 0. Then the Hessian maps x to 0, and every vector is one of the slice plus a multiple of
x: so the Hessian on the slice has as many negative eigenvalues as the one along the sphere. On the slice `smooth` does the proof.

S is meant exactly symmetric: its entry at indices in rising order is the float, the others are copies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations_with_replacement, product
from typing import Any

from flint import arb, arb_mat, ctx

from lmcourse.certificates.certificate import Certificate, Refusal
from lmcourse.certificates.rounding import exact
from lmcourse.certificates.smooth import Enclosures, prove, prove_again


def prove_spin(N: int, p: int, entries: Sequence[float], point: Sequence[float], index: int = 0) -> Certificate:
    """The proof for the couplings S with these entries, those of rising indices in order; index : negative eigenvalues.

    >>> prove_spin(2, 2, [1.0, 0.0, 3.0], [1.0, 0.0]).kind                      # x^2 + 3 y^2 on a circle
    'strict local minimum'
    """
    held = max(range(N), key=lambda i: abs(float(point[i])))
    recipe = {"proof": "p-spin", "p": p, "couplings": list(entries), "held": [held], "better": None}
    return _whole(prove(_slice(N, recipe, point), _free(point, held), index), recipe, point)


def prove_spin_again(old: Certificate) -> Certificate:
    """The same proof with the parameter and the radius of the certificate: nothing is searched for."""
    land = _slice(len(old.point), old.recipe, old.point)
    return _whole(prove_again(land, replace(old, point=_free(old.point, old.recipe["held"][0]))), old.recipe, old.point)


def spin_enclosures(N: int, p: int, entries: Sequence[float], name: str = "") -> Enclosures:
    """The loss over balls, with its derivatives by all N parameters."""
    rising = {key: exact(value) for key, value in zip(_rising(N, p), entries, strict=True)}
    S = arb_mat(N ** (p - 1), N, [rising[tuple(sorted(key))] for key in product(range(N), repeat=p)])
    last: list = [None, 0, None]  # numbers, precision, parts

    def parts(x: list[arb]) -> tuple:
        """x as a column, S(x, ..), S(x, .., x, .), S(x, .., x), and 1/r^2 with f's factor N^(p/2) / r^p."""
        if last[0] is not x or last[1] != ctx.prec:
            column, tensor = arb_mat(N, 1, x), S
            for power in range(p - 1, 1, -1):
                tensor = arb_mat(N ** (power - 1), N, (tensor * column).entries())
            slope = tensor * column
            square = sum((value * value for value in x), arb(0))
            scale = (arb(N) / square).sqrt() ** p
            height = (column.transpose() * slope)[0, 0]
            last[:] = x, ctx.prec, (column, tensor, slope, height, 1 / square, scale)
        return last[2]

    def gradient(x: list[arb]) -> list[arb]:
        column, _, slope, height, inverse, scale = parts(x)
        return ((slope - column * (height * inverse)) * (p * scale)).entries()

    def hessian(x: list[arb]) -> arb_mat:
        column, tensor, slope, height, inverse, scale = parts(x)
        mixed = slope * column.transpose()
        identity = arb_mat([[arb(int(i == j)) for j in range(N)] for i in range(N)])
        outer = column * column.transpose()
        found = (
            tensor * (p * (p - 1)) - (mixed + mixed.transpose()) * (p * p * inverse) - identity * (p * height * inverse)
        )
        found = (found + outer * (p * (p + 2) * height * inverse * inverse)) * scale
        return arb_mat([[found[min(i, j), max(i, j)] for j in range(N)] for i in range(N)])

    return Enclosures(
        lambda x: parts(x)[3] * parts(x)[5], gradient, hessian, name or f"spherical {p}-spin model, N = {N}", {}
    )


def _slice(N: int, recipe: dict[str, Any], point: Sequence[float]) -> Enclosures:
    (held,), p = recipe["held"], recipe["p"]
    if not (isinstance(p, int) and p >= 2 and 0 <= held < N) or float(point[held]) == 0:
        raise Refusal("A proof on the sphere holds one parameter that is not zero, and p is at least 2.")
    whole = spin_enclosures(N, p, recipe["couplings"])
    free = [i for i in range(N) if i != held]
    last: list = [None, None]

    def at(numbers: list[arb]) -> list[arb]:
        if last[0] is not numbers:
            last[:] = numbers, [*numbers[:held], exact(point[held]), *numbers[held:]]
        return last[1]

    def hessian(numbers: list[arb]) -> arb_mat:
        full = whole.hessian(at(numbers))
        return arb_mat([[full[i, j] for j in free] for i in free])

    return Enclosures(
        lambda numbers: whole.loss(at(numbers)),
        lambda numbers: [value for i, value in enumerate(whole.gradient(at(numbers))) if i != held],
        hessian,
        f"{whole.name}, parameter {held + 1} held",
        {},
    )


def _whole(on_slice: Certificate, recipe: dict[str, Any], point: Sequence[float]) -> Certificate:
    statement = on_slice.statement and (
        f"{on_slice.statement} It is critical by all {len(point)} parameters, and along the sphere as many eigenvalues of the "
        "Hessian are negative."
    )
    return replace(on_slice, statement=statement, point=tuple(point), recipe=recipe)


def _free(point: Sequence[float], held: int) -> tuple:
    return tuple(number for i, number in enumerate(point) if i != held)


def entries_of(S) -> list[float]:
    """The entries of a tensor of couplings (N, ..., N) at indices in rising order."""
    return [float(S[key]) for key in _rising(S.shape[0], S.ndim)]


def _rising(N: int, p: int) -> list[tuple[int, ...]]:
    return list(combinations_with_replacement(range(N), p))
