"""Critical points: refine a trained point to machine precision, then say what kind of point it is.

Data types, in words
    Refined         points after Newton's method, with how far each moved and whether it may have left its basin
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

KINDS = (
    "strict minimum",
    "minimum up to symmetry",
    "degenerate: no negative eigenvalue",
    "strict saddle",
    "strict maximum",
    "not critical",
)
ZERO = 1e-8  # an eigenvalue below this share of the largest counts as zero
HESSIAN_ENTRIES = 4_000_000  # Hessians of so many numbers together are held at a time: about 32 MB


@dataclass(frozen=True, repr=False, eq=False)
class Refined:
    """Points (members, P) after Newton's method.

    grad_norm : norm of the gradient there. moved : how far each point went. steps : Newton steps taken.
    left : True where the end is not known to be the critical point that the start belonged to.
    """

    theta: Tensor
    grad_norm: Tensor
    moved: Tensor
    steps: Tensor
    left: Tensor

    def __len__(self) -> int:
        return len(self.theta)

    def __repr__(self) -> str:
        if not len(self):
            return "Refined: no points"
        return (
            f"Refined: {len(self)} points, gradient norm at most {float(self.grad_norm.max()):.1e}, moved by at most "
            f"{float(self.moved.max()):.1e}; {int(self.left.sum())} left their basin or did not arrive"
        )


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
        positions = torch.arange(len(self.kind))[which]
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


def refine(land: Landscape, theta: Tensor, max_steps: int = 30, max_move: float = 0.1) -> Refined:
    """Newton's method on the gradient, from points (members, P) that training left near critical ones.

    A step is taken in the eigenbasis of the Hessian, leaving out directions that are flat to rounding, and only if it makes
    the gradient smaller (it is halved up to ten times, else the point rests). A point that moves further than max_move
    times its length (or 1, if longer), whose index changes, or whose gradient did not vanish is flagged
    in `left`. theta (P,) counts as one member.

    >>> import lmcourse as lm
    >>> land = lm.teacher_student(k=3)
    >>> near = torch.eye(3, dtype=torch.float64).flatten() + 1e-3
    >>> bool(lm.refine(land, near).grad_norm < 1e-14)
    True
    """
    theta = _as_batch(land, theta)
    parts = [_refine_chunk(land, part, max_steps, max_move) for part in theta.split(_chunk(land))]
    return Refined(*(torch.cat(columns) for columns in zip(*parts, strict=True)))


def classify(land: Landscape, theta: Tensor, tol: float = 1e-7) -> CriticalPoints:
    """Loss, gradient, spectrum, index and kind of points (members, P); theta (P,) counts as one member.

    A point is called critical if |gradient| <= tol * (largest |eigenvalue|) * max(1, |theta|). An eigenvalue counts as zero below
    1e-8 of the largest one, or where the remaining gradient could have made it. If the zeros are no more than the
    directions along which a symmetry moves the point, the rest decides ("minimum up to symmetry").

    >>> import lmcourse as lm
    >>> lm.classify(lm.surface("quadratic saddle"), torch.zeros(1, 2, dtype=torch.float64))[0]
    strict saddle: loss 0, gradient norm 0.0e+00, index 1, eigenvalues -1 to 1
    """
    theta = _as_batch(land, theta)
    eigenvalues = torch.cat([torch.linalg.eigvalsh(land.hessian(part)) for part in theta.split(_chunk(land))])
    grad_norm = torch.linalg.vector_norm(land.gradient(theta), dim=-1)
    largest = eigenvalues.abs().amax(dim=-1)
    critical = grad_norm <= tol * largest.clamp_min(torch.finfo(theta.dtype).tiny) * theta.norm(dim=-1).clamp_min(1)
    zero = torch.maximum(ZERO * largest, grad_norm)
    index = (eigenvalues < -zero[:, None]).sum(dim=-1)
    zeros = (eigenvalues.abs() <= zero[:, None]).sum(dim=-1)
    explained = zero_modes(land, theta) + land.constraints
    kinds = tuple(
        _kind(bool(c), int(i), int(z), int(e), land.dim - land.constraints)
        for c, i, z, e in zip(critical, index, zeros, explained, strict=True)
    )
    return CriticalPoints(theta, land.loss(theta), grad_norm, eigenvalues, index, explained, kinds)


def _kind(critical: bool, index: int, zeros: int, explained: int, dim: int) -> str:
    if not critical:
        return "not critical"
    if index == dim:
        return "strict maximum"
    if index > 0:
        return "strict saddle"
    if zeros == 0:
        return "strict minimum"
    return "minimum up to symmetry" if zeros <= explained else "degenerate: no negative eigenvalue"


def _refine_chunk(land: Landscape, start: Tensor, max_steps: int, max_move: float):
    theta, gradient = start.clone(), land.gradient(start)
    norm = torch.linalg.vector_norm(gradient, dim=-1)
    steps = torch.zeros(len(theta), dtype=torch.int64, device=theta.device)
    going = torch.ones_like(norm, dtype=torch.bool)
    eigenvalues, basis = torch.linalg.eigh(land.hessian(theta))
    first_index = _index(eigenvalues)
    for _ in range(max_steps):
        going = going & (norm > _rounding(theta, eigenvalues))
        newton = _newton_step(eigenvalues, basis, gradient)
        theta, gradient, norm, better = _shorter(land, theta, newton, gradient, norm, going)
        steps, going = steps + better, going & better
        if not going.any():
            break
        eigenvalues[going], basis[going] = torch.linalg.eigh(land.hessian(theta[going]))
    moved = torch.linalg.vector_norm(theta - start, dim=-1)
    far = moved > max_move * torch.linalg.vector_norm(start, dim=-1).clamp_min(1)
    arrived = norm <= 1e6 * _rounding(theta, eigenvalues)
    return theta, norm, moved, steps, far | ~arrived | (_index(eigenvalues) != first_index)


def _newton_step(eigenvalues: Tensor, basis: Tensor, gradient: Tensor) -> Tensor:
    flat = eigenvalues.abs() <= 1e-12 * eigenvalues.abs().amax(dim=-1, keepdim=True)
    along = (basis.mT @ gradient.unsqueeze(-1)).squeeze(-1)  # (members, P)
    along = torch.where(flat, 0, along / torch.where(flat, 1, eigenvalues))
    return (basis @ along.unsqueeze(-1)).squeeze(-1)


def _shorter(land: Landscape, theta, newton, gradient, norm, going):
    """Take the longest of the steps 1, 1/2, 1/4, ... that makes the gradient smaller; say which members found one."""
    found = torch.zeros_like(going)
    for halving in range(10):
        search = going & ~found
        if not search.any():
            break
        trial = theta[search] - newton[search] / 2**halving
        trial_gradient = land.gradient(trial)
        trial_norm = torch.linalg.vector_norm(trial_gradient, dim=-1)
        better = trial_norm < norm[search]
        where = search.nonzero().squeeze(-1)[better]
        theta, gradient, norm = theta.clone(), gradient.clone(), norm.clone()
        theta[where], gradient[where], norm[where] = trial[better], trial_gradient[better], trial_norm[better]
        found[where] = True
    return theta, gradient, norm, found


def _rounding(theta: Tensor, eigenvalues: Tensor) -> Tensor:
    """The gradient that rounding theta alone can cause: smaller ones cannot be asked for."""
    return (
        torch.finfo(theta.dtype).eps
        * eigenvalues.abs().amax(dim=-1)
        * torch.linalg.vector_norm(theta, dim=-1).clamp_min(1)
    )


def _index(eigenvalues: Tensor) -> Tensor:
    return (eigenvalues < -ZERO * eigenvalues.abs().amax(dim=-1, keepdim=True)).sum(dim=-1)


def _as_batch(land: Landscape, theta: Tensor) -> Tensor:
    theta = land.checked_finite(theta).detach()
    return theta.reshape(-1, land.dim)


def _chunk(land: Landscape) -> int:
    return max(1, HESSIAN_ENTRIES // land.dim**2)
