"""Refining: from a point that training left near a critical one to the critical point itself, by Newton's method."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from lmcourse.critical.classification import as_batch, zero_share
from lmcourse.landscape import Landscape
from lmcourse.training.second_order import divided, eigenbasis, flat_share, members_at_a_time


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


def refine(land: Landscape, theta: Tensor, max_steps: int = 30, max_move: float = 0.1) -> Refined:
    """Newton's method on the gradient, from points (members, P) that training left near critical ones.

    A step is taken in the eigenbasis of the Hessian, leaving out directions that are flat to rounding, and only if it makes
    the gradient smaller (it is halved up to ten times, else the point rests). A point that moves further than max_move
    times its length (or 1, if longer), whose index changes, or whose gradient did not vanish is flagged
    in `left`. theta (P,) counts as one member. Parameters that are bound to a surface stay on it.
    Raises ValueError for a wrong shape, NaN or infinity in theta. Source: Nocedal and Wright (2006), chapter 11.

    >>> import lmcourse as lm
    >>> land = lm.teacher_student(k=3)
    >>> near = torch.eye(3, dtype=torch.float64).flatten() + 1e-3
    >>> bool(lm.refine(land, near).grad_norm < 1e-14)
    True
    """
    theta = on_surface(land, as_batch(land, theta))
    parts = [_refine_chunk(land, part, max_steps, max_move) for part in theta.split(members_at_a_time(land))]
    return Refined(*(torch.cat(columns) for columns in zip(*parts, strict=True)))


def _refine_chunk(land: Landscape, start: Tensor, max_steps: int, max_move: float):
    theta, gradient = start.clone(), land.gradient(start)
    norm = torch.linalg.vector_norm(gradient, dim=-1)
    steps = torch.zeros(len(theta), dtype=torch.int64, device=theta.device)
    going = torch.ones_like(norm, dtype=torch.bool)
    eigenvalues, basis = eigenbasis(land, theta)
    first_index = _index(eigenvalues)
    for _ in range(max_steps):
        going = going & (norm > rounding(theta, eigenvalues))
        largest = eigenvalues.abs().amax(dim=-1, keepdim=True)
        newton = divided(basis, gradient, eigenvalues, eigenvalues.abs() <= flat_share(theta) * largest)
        theta, gradient, norm, better = _shorter(land, theta, newton, gradient, norm, going)
        steps, going = steps + better, going & better
        if not going.any():
            break
        eigenvalues[going], basis[going] = eigenbasis(land, theta[going])
    moved = torch.linalg.vector_norm(theta - start, dim=-1)
    far = moved > max_move * torch.linalg.vector_norm(start, dim=-1).clamp_min(1)
    arrived = norm <= 1e6 * rounding(theta, eigenvalues)
    return theta, norm, moved, steps, far | ~arrived | (_index(eigenvalues) != first_index)


def _shorter(land: Landscape, theta, newton, gradient, norm, going):
    """Take the longest of the steps 1, 1/2, 1/4, ... that makes the gradient smaller; say which members found one."""
    found = torch.zeros_like(going)
    for halving in range(10):
        search = going & ~found
        if not search.any():
            break
        trial = on_surface(land, theta[search] - newton[search] / 2**halving)
        trial_gradient = land.gradient(trial)
        trial_norm = torch.linalg.vector_norm(trial_gradient, dim=-1)
        better = trial_norm < norm[search]
        where = search.nonzero().squeeze(-1)[better]
        theta, gradient, norm = theta.clone(), gradient.clone(), norm.clone()
        theta[where], gradient[where], norm[where] = trial[better], trial_gradient[better], trial_norm[better]
        found[where] = True
    return theta, gradient, norm, found


def on_surface(land: Landscape, theta: Tensor) -> Tensor:
    """theta (..., P), brought back to the surface that the parameters are bound to, if they are."""
    return theta if land.retract is None else land.retract(theta)


def rounding(theta: Tensor, eigenvalues: Tensor) -> Tensor:
    """The gradient that rounding theta alone can cause: smaller ones cannot be asked for."""
    return (
        torch.finfo(theta.dtype).eps
        * eigenvalues.abs().amax(dim=-1)
        * torch.linalg.vector_norm(theta, dim=-1).clamp_min(1)
    )


def _index(eigenvalues: Tensor) -> Tensor:
    return (eigenvalues < -zero_share(eigenvalues.dtype) * eigenvalues.abs().amax(dim=-1, keepdim=True)).sum(dim=-1)
