"""Certificates for networks on data: which proof a claim asks for, and what a search must find before it can begin."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from torch import Tensor

from lmcourse.certificates.balls import enclosures
from lmcourse.certificates.certificate import Certificate, Refusal, refused
from lmcourse.certificates.degenerate import examine, find_directions, settle
from lmcourse.certificates.exact_proofs import PROOFS, prove_exactly
from lmcourse.certificates.formulas import exact
from lmcourse.certificates.models import model_of
from lmcourse.certificates.one_piece import find_distance
from lmcourse.certificates.rational import fraction, simplest
from lmcourse.certificates.smooth import prove
from lmcourse.certificates.up_to_symmetry import prove_up_to_symmetry
from lmcourse.landscape import Landscape

CLAIMS = (
    "strict local minimum", "strict local maximum", "index-m saddle", "minimum up to symmetry",
    "index-m saddle up to symmetry", *(proof for proof in PROOFS if proof != "signs of all eigenvalues"),
)  # fmt: skip
LARGEST = 1000  # rows of a Hessian that is computed in balls: minutes
EVIDENCE = {  # what a claim may be given, all of it or nothing; with True it cannot do without
    "exit that never rises": ({"stops"}, True),
    "minimum behind a barrier": ({"stops"}, True),
    "bad saddle": ({"direction", "upward"}, False),
}


def certify_network(
    land: Landscape,
    theta: Tensor | Sequence,
    claim: str = "strict local minimum",
    not_global: bool = False,
    better: Tensor | Sequence | None = None,
    **evidence,
) -> Certificate:
    """Prove a claim about a point of a network on data, or say why not.

    theta : a tensor (P,), or a list in which numbers may stand as text or fractions, "13/3". Exact proofs read a double as the
    simple fraction that it is the nearest double of, if there is one. claim : see `CLAIMS`. not_global : prove too that a
    lower loss exists, at the point `better`. evidence : stops, the corners of a path, for an exit or a barrier.
    Raises ValueError for a claim that has no proof, and for evidence that is missing or does not fit.

    >>> import lmcourse as lm
    >>> from lmcourse.networks.landmarks import landmark
    >>> trap = landmark("relu 1, trap")
    >>> certify_network(trap.land, trap.theta, "minimum on linear pieces").loss_bounds
    (Fraction(18, 1), Fraction(18, 1))
    """
    claim = standard(claim)
    saddle = re.fullmatch(r"index-(\d+) saddle( up to symmetry)?", claim)
    if claim not in CLAIMS and not saddle:
        raise ValueError(f"There is no proof of {claim!r}. What can be claimed: {', '.join(CLAIMS)}.")
    _check_evidence(claim, evidence, land.dim)
    point, wrong = numbers(theta, land.dim)
    better, wrong_better = (None, "") if better is None else numbers(better, land.dim)
    if wrong or wrong_better:
        return refused(claim, wrong or f"The point named as better: {wrong_better}")
    model = model_of(land)
    if claim in PROOFS:
        return _exactly(claim, model, point, better, not_global, evidence)
    if land.dim <= LARGEST and "saddle up to" not in claim and _is_critical(model, point):
        return _by_signs(claim, model, point, better, not_global)
    if land.dim > LARGEST:
        return refused(claim, f"The Hessian has {land.dim} rows, and on data it is written out up to {LARGEST}.")
    index = int(saddle[1]) if saddle else land.dim if claim == "strict local maximum" else 0
    if claim.endswith("up to symmetry"):
        return prove_up_to_symmetry(model, point, index, not_global, better)
    return prove(enclosures(model), point, index=index, not_global=not_global, better=better)


def standard(claim: str) -> str:
    """A claim with the words that its proof has for it.

    >>> standard("index 3"), standard("index-2 saddle up to symmetry")
    ('index-3 saddle', 'index-2 saddle up to symmetry')
    """
    if not isinstance(claim, str):
        raise TypeError(f"A claim is text, such as 'strict local minimum', but {claim!r:.60} came.")
    saddle = re.fullmatch(r"index[- ](\d+)(?: saddle)?( up to symmetry)?", claim)
    if saddle and int(saddle[1]) == 0:
        return "minimum up to symmetry" if saddle[2] else "strict local minimum"
    return f"index-{int(saddle[1])} saddle{saddle[2] or ''}" if saddle else claim


def _check_evidence(claim: str, evidence: dict, size: int) -> None:
    names, needed = EVIDENCE.get(claim, (set(), False))
    if set(evidence) != names and (needed or evidence):
        wanted = f"{', '.join(sorted(names))}, each of {size} numbers" if names else "nothing but a point"
        raise ValueError(f"The claim {claim!r} is proved from {wanted}, but {', '.join(evidence) or 'nothing'} came.")
    for name, value in evidence.items():
        try:
            rows = list(value) if name == "stops" else [value]
        except TypeError:
            rows = []
        found = [numbers(row, size) for row in rows]
        if not rows or any(wrong for _, wrong in found):
            raise ValueError(f"{name} must hold points or directions of {size} numbers each, but {value!r:.200} came.")


def _exactly(claim, model, given, better, not_global, evidence) -> Certificate:
    point = [simplest(number) for number in given]
    try:
        if claim == "bad saddle":
            point = settle(model, point) if model["family"] == "deep linear" else point
            if not evidence:
                down, up = find_directions(model, point)
                evidence = {"direction": [fraction(v) for v in down], "upward": [fraction(v) for v in up]}
        if claim == "minimum on a linear piece":
            evidence = {"within": fraction(find_distance(model, point))}
    except Refusal as refusal:
        return refused(claim, str(refusal), point=tuple(map(fraction, point)))
    evidence = {key: _plain(value) for key, value in evidence.items()}
    return prove_exactly(claim, model, [fraction(v) for v in point], better, not_global, given, **evidence)


def _by_signs(claim, model, given, better, not_global) -> Certificate:
    point = [fraction(v) for v in _exact_critical_point(model, given)]
    found = prove_exactly("signs of all eigenvalues", model, point, better, not_global, given)
    if found.proved and found.kind != claim:
        article = "an" if found.kind[0] in "aeiou" else "a"
        return refused(
            claim,
            f"What is proved is {article} {found.kind}: {found.statement}",
            point=found.point,
            recipe=found.recipe,
        )
    return found if found.proved else replace(found, kind=claim)


def _exact_critical_point(model: dict, point: Sequence) -> list:
    simple = [simplest(number) for number in point]
    return settle(model, simple) if model["family"] == "deep linear" else simple


def _is_critical(model: dict, point: Sequence) -> bool:
    try:
        examine(model, _exact_critical_point(model, point))
    except Refusal:
        return False
    return True


def numbers(theta, size: int) -> tuple[list[float | Fraction], str]:
    """The point as floats and fractions, and a sentence if it is none."""
    if isinstance(theta, Tensor):
        if theta.ndim != 1:
            return [], f"A certificate is about one point ({size},), but a tensor {tuple(theta.shape)} came."
        if theta.is_complex():
            return [], "The point holds complex numbers: nothing can be proved about it."
        try:
            theta = (theta.detach().double() if theta.is_floating_point() else theta).tolist()
        except (RuntimeError, NotImplementedError):  # sparse, quantized, or without values
            return (
                [],
                f"A certificate is about one point of numbers, but a {theta.layout} tensor on {theta.device} came.",
            )
    try:
        if isinstance(theta, str | bytes | dict | set | np.ma.MaskedArray):
            raise TypeError
        entries = list(theta)
    except TypeError:
        return [], f"A certificate is about one point, a list of {size} numbers, but {theta!r:.60} came."
    if len(entries) != size:
        return [], f"The landscape has {size} parameters, but the point has {len(entries)}."
    try:
        return [_number(entry) for entry in entries], ""
    except ValueError as error:
        return [], f"The point holds {error}: nothing can be proved about it."


def _number(number) -> float | Fraction:
    """A float, or anything else that is a finite number as an exact fraction; ValueError names what it is instead."""
    if isinstance(number, np.longdouble) and number == float(number):
        number = float(number)
    if not isinstance(number, float | str | Fraction) and hasattr(number, "item"):  # a number of numpy or torch
        number = number.item()
    if isinstance(number, float):
        if not math.isfinite(number):
            raise ValueError("NaN or infinity")
        return float(number)
    try:
        found = fraction(exact(number))
        float(found)
        return found
    except OverflowError:
        raise ValueError("a number beyond floats") from None
    except (TypeError, ValueError, ZeroDivisionError, RuntimeError):
        raise ValueError(f"{number!r:.60}, which is no finite number") from None


def _plain(value):
    """The same evidence as plain data that a file can hold exactly."""
    if isinstance(value, Tensor):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return fraction(simplest(_number(value)))
