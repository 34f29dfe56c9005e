"""One door to all proofs: what a landscape says of itself decides which proof a claim gets.

Sources: Safran and Shamir (2018) prove minima of teacher-student networks in this way; balls are those of Arb (Johansson 2017).
docs/proofs.md explains what is proved and what has to be trusted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import torch
from torch import Tensor

from lmcourse.certificates import symmetric, teacher_student
from lmcourse.certificates.balls import enclosures
from lmcourse.certificates.certificate import Certificate, Refusal, refused
from lmcourse.certificates.models import model_of
from lmcourse.certificates.networks import certify_network, numbers, standard
from lmcourse.certificates.rounding import BITS, exact, precision
from lmcourse.certificates.spins import entries_of, prove_spin, spin_enclosures
from lmcourse.certificates.wide import certify_wide, wide_model_of
from lmcourse.certificates.wide_layer import loss_over
from lmcourse.landscape import Landscape


def certify(
    land: Landscape,
    theta: Tensor | Sequence,
    claim: str = "strict local minimum",
    not_global: bool = False,
    better: Tensor | Sequence | None = None,
    **evidence,
) -> Certificate:
    """Prove a claim about the point theta (P,), with all rounding errors enclosed, or say in a sentence why it is not proved.

    land : a teacher-student network, a p-spin model, a polynomial surface over the plane, or a network on data: sigmoid,
    tanh, ReLU, deep linear, quadratic, convolutional.
    claim : "strict local minimum", "index-2 saddle" or "strict local maximum". Networks on data know more, such as "minimum up to
    symmetry", "bad saddle" or "minimum on linear pieces": all are listed in `lmcourse.certificates.networks`.
    not_global : prove too that a lower loss exists.
    better : a point (P,) with a lower loss, needed for not_global where the loss of a global minimum is not known.
    evidence : what a claim needs besides the point, for example stops=... for an "exit that never rises".
    Returns a Certificate; where nothing is proved its why_not says why, and it counts as False.
    Raises ValueError for a claim that no proof knows, for a landscape without formulas for balls, and for one whose loss is not
    the one that its `proof` describes.

    >>> import lmcourse as lm
    >>> proof = lm.certify(lm.teacher_student(6), lm.symmetric_minimum(6).flatten(), not_global=True)
    >>> proof.proved, proof.kind, proof.radius > 1e-7, proof.eigenvalue_bound > 0.0046
    (True, 'strict local minimum', True, True)
    >>> lm.certify(lm.teacher_student(6), lm.symmetric_minimum(6).flatten() + 1e-3).proved
    False
    """
    if not land.proof:
        raise ValueError(f"No proofs are written for {land.name}: its landscape does not say how its loss is made.")
    if better is not None and not not_global:
        raise ValueError("better=... names a point with a lower loss, which only not_global=True asks for.")
    with precision(BITS):
        found = _proof(land, theta, standard(claim), not_global, better, evidence)
        if found.proved and all(abs(number) < 1e300 for number in found.point):
            _check_same_loss(land, [float(number) for number in found.point])
    return found


def _proof(land: Landscape, theta, claim: str, not_global: bool, better, evidence: dict) -> Certificate:
    if land.proof[0] == "convolutional":
        return certify_wide(land, theta, claim, not_global, better, evidence)
    if land.proof[0] == "p-spin":
        return _spin_proof(land, theta, claim, not_global, better, evidence)
    if land.proof[0] != "teacher_student":
        return certify_network(land, theta, claim, not_global, better, **evidence)
    if evidence:
        raise ValueError(
            f"On teacher-student landscapes a proof needs nothing but a point, but {', '.join(evidence)} came."
        )
    index = index_of(claim, land.dim)
    point, wrong = numbers(theta, land.dim)
    lower, wrong_better = (None, "") if better is None else numbers(better, land.dim)
    if wrong or wrong_better:
        return refused(claim, wrong or f"The point named as better: {wrong_better}")
    return teacher_student.prove(land.proof[1:], point, index, not_global, lower)


def _spin_proof(land: Landscape, theta, claim: str, not_global: bool, better, evidence: dict) -> Certificate:
    if not_global or better is not None or evidence:
        raise ValueError("On a p-spin model a proof speaks of the point alone: kind and index, along the sphere.")
    index, (point, wrong) = index_of(claim, land.dim - 1), numbers(theta, land.dim)
    S = land.proof[1]
    return refused(claim, wrong) if wrong else prove_spin(land.dim, S.ndim, entries_of(S), point, index)


def _check_same_loss(land: Landscape, point: list[float]) -> None:
    """ValueError if the landscape's own loss is not the one that was proved something about, here or at another point.

    A copy of a landscape with another loss still carries the first one's `proof`. This finds a mistake; it proves nothing.
    """
    if land.proof[0] == "teacher_student":
        names = dict(zip(("k", "n", "d", "teacher"), land.proof[1:], strict=True))
        loss_over_balls = teacher_student.enclosures({**names, "wide": False}).loss
    elif land.proof[0] == "convolutional":
        loss_over_balls = loss_over(wide_model_of(land))
    elif land.proof[0] == "p-spin":
        loss_over_balls = spin_enclosures(land.dim, land.proof[1].ndim, entries_of(land.proof[1])).loss
    else:
        loss_over_balls = enclosures(model_of(land)).loss
    other = [0.75 * number + 0.2 + 0.3 * math.sin(i + 1) for i, number in enumerate(point)]
    pairs = []
    for theta in (point, other):
        try:
            with precision(BITS):
                right = float(loss_over_balls([exact(number) for number in theta]))
            with precision(53):  # how much is lost in floats
                lost = float(loss_over_balls([exact(number) for number in theta]).rad())
        except (Refusal, OverflowError):
            continue  # a kink
        pairs.append((float(land.loss(torch.tensor(theta, dtype=torch.float64, device="cpu"))), right, lost))
    scale = max((abs(right) for _, right, _ in pairs), default=0.0)
    for seen, right, lost in pairs:
        if math.isfinite(scale) and math.isfinite(seen) and abs(seen - right) > 1e-6 * scale + 100 * lost + 1e-300:
            raise ValueError(
                f"The loss of {land.name} is {seen:.6g} where the one that its proofs are about is {right:.6g}: was it changed "
                "in a copy that kept its `proof`? Clear it, proof=(), or make the landscape anew."
            )


def certify_symmetric(k: int) -> Certificate:
    """Prove the spurious minimum with one reversed neuron for n = k neurons, any k from 6 on, and any number of inputs from k on.

    Safran and Shamir (2018) proved k = 6 to 20 on the whole Hessian. Here the symmetry makes the proof equally short for every k:
    five numbers describe the point, two 5 x 5 blocks and two numbers its Hessian. The certificate's point are these five
    numbers; its radius speaks of symmetric points. At k = 5 the point is a saddle, below there
    is none: then the certificate says so and proves nothing.

    >>> import lmcourse as lm
    >>> lm.certify_symmetric(10_000).proved
    True
    """
    with precision(BITS):
        return symmetric.prove(k)


def index_of(claim: str, size: int) -> int:
    """The number of negative eigenvalues that a claim names.

    >>> index_of("index 3 saddle", 36), index_of("strict local maximum", 36)
    (3, 36)
    """
    saddle = re.fullmatch(r"index[- ](\d+)( saddle)?", claim)
    known = {"strict local minimum": 0, "strict local maximum": size}
    if claim not in known and not (saddle and int(saddle[1]) <= size):
        raise ValueError(
            f"{claim!r} cannot be claimed here. What can: {', '.join(known)}, index-m saddle with m up to {size}."
        )
    return known[claim] if claim in known else int(saddle[1])
