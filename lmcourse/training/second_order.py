"""Newton's method and its relatives: the gradient is divided by a curvature in every eigendirection of the Hessian.

    method                  curvature of an eigendirection
    newton                  lambda            walks to the nearest critical point of any kind, saddles and maxima too
    damped newton           lambda + m        keeps off saddles only if m exceeds the most negative lambda
    saddle-free newton      |lambda| + m      walks away from a saddle (Dauphin et al. 2014, with the exact |Hessian|)

Where several dampings m are given, each member takes at each step the one whose step leads to the lowest loss, as Dauphin et
al. do. The Hessian is a matrix (P, P) a member, and its eigenvectors cost about 10 P^3 operations a step.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from lmcourse.landscape import Landscape
from lmcourse.training.methods import Method, check_positive

DAMPINGS = (1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5)
FLAT = 1e-12  # a curvature below this share of the largest is rounding, in float64
FAR = 1e100  # where the Hessian is nearly singular a step leads far away, from where Newton's method comes back
HESSIAN_ENTRIES = 4_000_000  # Hessians of so many numbers together are held at a time: about 32 MB


def newton(land: Landscape, *, cut: float = FLAT, longest: float = math.inf) -> Method:
    """theta <- theta - lr * H^-1 gradient; it converges to critical points of every kind.

    cut : directions with |eigenvalue| <= cut * (largest) are left out. longest : a longer move is cut to this length.
    """
    return _eigenvalue_method(land, lambda eigenvalues: eigenvalues, (0.0,), cut, longest)


def damped_newton(land: Landscape, *, damping: float | Sequence[float] = DAMPINGS, longest: float = math.inf) -> Method:
    """theta <- theta - lr * (H + m I)^-1 gradient, with the damping m of the lowest loss (Levenberg 1944)."""
    return _eigenvalue_method(land, lambda eigenvalues: eigenvalues, _dampings(damping), FLAT, longest)


def saddle_free_newton(
    land: Landscape, *, damping: float | Sequence[float] = DAMPINGS, longest: float = math.inf
) -> Method:
    """theta <- theta - lr * (|H| + m I)^-1 gradient, |H| with absolute eigenvalues (Dauphin et al. 2014)."""
    return _eigenvalue_method(land, torch.abs, _dampings(damping), FLAT, longest)


def eigenbasis(land: Landscape, theta: Tensor) -> tuple[Tensor, Tensor]:
    """Eigenvalues (members, P), rising, and eigenvectors (members, P, P) of the Hessian; zeros where it is not finite."""
    hessian = land.hessian(theta)
    finite = torch.isfinite(hessian).all(dim=-1).all(dim=-1)
    return torch.linalg.eigh(torch.where(finite[:, None, None], hessian, 0))


def divided(basis: Tensor, gradient: Tensor, curvature: Tensor, flat: Tensor) -> Tensor:
    """The gradient (members, P), divided in each eigendirection by its curvature; without the directions that are flat."""
    along = (basis.mT @ gradient.unsqueeze(-1)).squeeze(-1)  # (members, P)
    along = torch.where(flat, 0, along / torch.where(flat, 1, curvature))
    return (basis @ along.unsqueeze(-1)).squeeze(-1)


def flat_share(theta: Tensor) -> float:
    """The share of the largest curvature below which there is only rounding, for numbers like those of theta."""
    return FLAT * torch.finfo(theta.dtype).eps / torch.finfo(torch.float64).eps


def at_most(longest: float, step: Tensor) -> Tensor:
    """The step (members, P), cut to the length `longest` where it is longer."""
    if longest == math.inf:
        return step
    return step * (longest / torch.linalg.vector_norm(step, dim=-1, keepdim=True).clamp_min(longest))


def members_at_a_time(land: Landscape) -> int:
    """How many Hessians may be held at a time."""
    return max(1, HESSIAN_ENTRIES // land.dim**2)


def _eigenvalue_method(
    land: Landscape,
    curvature_of: Callable[[Tensor], Tensor],
    dampings: tuple[float, ...],
    cut: float,
    longest: float,
) -> Method:
    retract = land.retract or (lambda theta: theta)

    def moved_piece(theta, gradient, lr):
        eigenvalues, basis = eigenbasis(land, theta)
        largest = eigenvalues.abs().amax(dim=-1, keepdim=True)
        best, best_loss = None, None
        for damping in dampings:
            curvature = curvature_of(eigenvalues) + damping
            step = lr * divided(basis, gradient, curvature, curvature.abs() <= max(cut, flat_share(theta)) * largest)
            trial = retract(theta - at_most(longest, step))
            if len(dampings) == 1:
                return trial
            loss = land.loss(trial).nan_to_num(nan=math.inf)
            if best is None:
                best, best_loss = trial, loss
            lower = loss < best_loss
            best, best_loss = torch.where(lower[:, None], trial, best), torch.where(lower, loss, best_loss)
        return best

    def update(theta, gradient, state):
        size = members_at_a_time(land)
        pieces = zip(theta.split(size), gradient.split(size), state["lr"].split(size), strict=True)
        return torch.cat([moved_piece(*piece) for piece in pieces]), state

    check_positive(longest=longest)
    if not 0 <= cut < 1:
        raise ValueError(f"cut, a share of the largest eigenvalue, must be from 0 to 1, but cut = {cut} came.")
    return Method(lambda theta, lr, seeds=None: {"lr": lr}, update, bound=FAR)


def _dampings(damping: float | Sequence[float]) -> tuple[float, ...]:
    values = tuple(damping) if isinstance(damping, Sequence) else (damping,)
    if not values or not all(0 <= value < math.inf for value in values):
        raise ValueError(f"damping must be a number from 0 on, or several of them, but {damping!r} came.")
    return tuple(float(value) for value in values)
