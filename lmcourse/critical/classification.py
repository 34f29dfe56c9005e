"""What kind of point it is: loss, gradient, spectrum and index, and a word for them.

Data types, in words
    CriticalPoints  points with loss, gradient norm, eigenvalues of the Hessian, index, zero modes and kind
    kind            a word that is never stronger than what was computed; only a certificate says "proved"
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from lmcourse.landscape import Landscape
from lmcourse.symmetry import zero_modes
from lmcourse.training.second_order import members_at_a_time

KINDS = (
    "strict minimum",
    "minimum up to symmetry",
    "degenerate: no negative eigenvalue",
    "strict saddle",
    "strict maximum",
    "not critical",
)
ZERO = 1e-8  # an eigenvalue below this share of the largest counts as zero


@dataclass(frozen=True, repr=False, eq=False)
class CriticalPoints:
    """What `classify` found, one entry a point; indexing with a number gives that point, with a mask or slice several.

    theta (points, P); loss, grad_norm (points,); eigenvalues (points, P) in rising order; index (points,) how many are
    negative; zero_modes (points,) flat directions that the symmetries explain; kind: a tuple of words, see `KINDS`.
    """

    theta: Tensor
    loss: Tensor
    grad_norm: Tensor
    eigenvalues: Tensor
    index: Tensor
    zero_modes: Tensor
    kind: tuple[str, ...] | str

    def __len__(self) -> int:
        return len(self.theta)

    def __getitem__(self, which) -> CriticalPoints:
        positions = torch.arange(len(self.kind))[which.cpu() if isinstance(which, Tensor) else which]
        kind = self.kind[int(positions)] if positions.ndim == 0 else tuple(self.kind[i] for i in positions.tolist())
        values = {f.name: getattr(self, f.name)[which] for f in fields(self) if f.name != "kind"}
        return CriticalPoints(**values, kind=kind)

    def __iter__(self) -> Iterator[CriticalPoints]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        if isinstance(self.kind, str):
            return (
                f"{self.kind}: loss {float(self.loss):.6g}, gradient norm {float(self.grad_norm):.1e}, index {int(self.index)}, "
                f"eigenvalues {float(self.eigenvalues[0]):.4g} to {float(self.eigenvalues[-1]):.4g}"
            )
        counts = ", ".join(f"{number} {kind}" for kind, number in Counter(self.kind).most_common())
        return f"CriticalPoints: {len(self)} points: {counts or 'none'}"


def zero_share(dtype: torch.dtype) -> float:
    """Below this share of the largest an eigenvalue counts as zero: 1e-8, in float32 4e-6, above the noise of rounding."""
    return max(ZERO, 32 * torch.finfo(dtype).eps)


def classify(land: Landscape, theta: Tensor, tol: float = 1e-7) -> CriticalPoints:
    """Loss, gradient, spectrum, index and kind of points (members, P); theta (P,) counts as one member.

    A point is called critical if |gradient| <= tol * (largest |eigenvalue|) * max(1, |theta|). An eigenvalue counts as zero below
    1e-8 of the largest one (in float32 4e-6), or where the remaining gradient could have made it. If the zeros are no more than the
    directions along which a symmetry moves the point, the rest decides ("minimum up to symmetry"). On a kink a Hessian speaks of
    one side only, so no point there is called a minimum.
    Raises ValueError for a wrong shape, NaN or infinity in theta. The index is that of Dauphin et al. (2014).

    >>> import lmcourse as lm
    >>> lm.classify(lm.surface("quadratic saddle"), torch.zeros(1, 2, dtype=torch.float64))[0]
    strict saddle: loss 0, gradient norm 0.0e+00, index 1, eigenvalues -1 to 1
    """
    theta = as_batch(land, theta)
    eigenvalues = torch.cat(
        [torch.linalg.eigvalsh(land.hessian(part)) for part in theta.split(members_at_a_time(land))]
    )
    grad_norm = torch.linalg.vector_norm(land.gradient(theta), dim=-1)
    largest = eigenvalues.abs().amax(dim=-1)
    critical = grad_norm <= tol * largest.clamp_min(torch.finfo(theta.dtype).tiny) * theta.norm(dim=-1).clamp_min(1)
    zero = torch.maximum(zero_share(theta.dtype) * largest, grad_norm)
    index = (eigenvalues < -zero[:, None]).sum(dim=-1)
    zeros = (eigenvalues.abs() <= zero[:, None]).sum(dim=-1) - land.constraints  # across a surface they mean nothing
    explained = zero_modes(land, theta)
    kinds = tuple(
        _kind(bool(c), int(i), int(z), int(e), bool(k), land.dim - land.constraints)
        for c, i, z, e, k in zip(critical, index, zeros, explained, _on_kink(land, theta), strict=True)
    )
    return CriticalPoints(theta, land.loss(theta), grad_norm, eigenvalues, index, explained, kinds)


def _on_kink(land: Landscape, theta: Tensor) -> Tensor:
    if land.kink_distance_of is None:
        return torch.zeros(len(theta), dtype=torch.bool)
    return land.kink_distance_of(theta) <= zero_share(theta.dtype) * theta.norm(dim=-1).clamp_min(1)


def _kind(critical: bool, index: int, zeros: int, explained: int, on_kink: bool, dim: int) -> str:
    if not critical:
        return "not critical"
    if index == dim:
        return "strict maximum"
    if index > 0:
        return "strict saddle"
    if on_kink:  # the Hessian is that of one side: it may see no way down where the other side has one
        return "degenerate: no negative eigenvalue"
    if zeros <= 0:
        return "strict minimum"
    return "minimum up to symmetry" if zeros <= explained else "degenerate: no negative eigenvalue"


def as_batch(land: Landscape, theta: Tensor) -> Tensor:
    """theta (points, P), whatever axes it came with; finite and without a graph."""
    theta = land.checked_finite(theta).detach()
    return theta.reshape(-1, land.dim)
