"""Many points, few proofs: exchanging neurons and inputs leaves the loss as it is, so one proof serves all copies of a point."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lmcourse.certificates.certificate import Certificate
from lmcourse.certificates.certify import certify
from lmcourse.certificates.rounding import exact, length, precision
from lmcourse.critical import refine
from lmcourse.landscape import Landscape
from lmcourse.symmetry import match


@dataclass(frozen=True, repr=False, eq=False)
class ProvedClasses:
    """One certificate for each class of points, and the class of each point.

    certificates : one a class. member_of (points,) : the class of each point, -1 where nothing was proved. why_not : the reasons,
    by point. After an exact exchange of neurons and inputs, a point of class c lies in the ball of certificate c, in which
    there is one critical point (of the form that the certificate speaks of).
    """

    certificates: tuple[Certificate, ...]
    member_of: Tensor
    why_not: dict[int, str]

    def __repr__(self) -> str:
        counts = Counter(self.member_of.tolist())
        lines = [f"{counts[c]} points: {certificate!r}" for c, certificate in enumerate(self.certificates)]
        return "\n".join([*lines, f"{len(self.why_not)} points: not proved"])


def certify_classes(
    land: Landscape,
    theta: Tensor,
    claim: str = "strict local minimum",
    not_global: bool = False,
    known: Sequence[Certificate] = (),
) -> ProvedClasses:
    """Certify points (points, P) of a teacher-student landscape: a proof for the first of each class, the others by their place.

    The proof stands at the refined point. known : certificates of this landscape and claim, which become the first classes.

    >>> import lmcourse as lm
    >>> W = lm.symmetric_minimum(7)
    >>> copies = torch.stack([W.flatten(), W[torch.randperm(7)].flatten()])
    >>> certify_classes(lm.teacher_student(7), copies, not_global=True).member_of
    tensor([0, 0])
    """
    if not land.proof or land.proof[0] != "teacher_student" or land.proof[4] is not None:
        raise ValueError(
            f"Copies are placed on teacher-student landscapes with the unit vectors as teacher, not on {land.name}."
        )
    certificates = list(known)
    member_of = torch.full((len(theta),), -1, dtype=torch.int64)
    why_not: dict[int, str] = {}
    for i, point in enumerate(theta):
        place = next((c for c, known in enumerate(certificates) if is_copy(land, point, known)), None)
        if place is None:
            proof = certify(land, refine(land, point[None]).theta[0], claim, not_global)
            if not (proof and is_copy(land, point, proof)):
                why_not[i] = proof.why_not or "The point is too far from the critical point that was proved."
                continue
            place = len(certificates)
            certificates.append(proof)
        member_of[i] = place
    return ProvedClasses(tuple(certificates), member_of, why_not)


def is_copy(land: Landscape, theta: Tensor, known: Certificate) -> bool:
    """Whether theta (P,), after some exchange of neurons and of the teacher's inputs, surely lies in the ball of a certificate.

    The exchange is searched for in floating point; that it is one, and that the distance is below the radius, is checked exactly.
    """
    (n, d), k = land.shapes["W"], land.proof[1]
    W, centre = (
        theta.double().reshape(n, d),
        torch.tensor([float(number) for number in known.point], dtype=torch.float64),
    )
    noise = 1e-9 * torch.rand(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    marked = W + noise  # equal entries become different, so that each can be found again after the exchange
    near = match(land, marked.flatten(), centre).reshape(n, d)
    where = {value: divmod(place, d) for place, value in enumerate(marked.flatten().tolist())}
    rows, columns = [where[value][0] for value in near[:, 0].tolist()], [where[value][1] for value in near[0].tolist()]
    if sorted(rows) != list(range(n)) or sorted(columns[:k]) != list(range(k)) or columns[k:] != list(range(k, d)):
        return False
    near = W[rows][:, columns]
    if known.recipe.get("wide") and bool(near[:, k:].any()):  # that proof is about points without weights there
        return False
    with precision(128):
        distance = length([exact(a) - exact(b) for a, b in zip(near.flatten().tolist(), known.point, strict=True)])
        return bool(distance < exact(known.radius))
