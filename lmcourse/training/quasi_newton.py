"""L-BFGS: curvature learnt from the last moves, and a line search along each direction.

Data types, in words
    moves, changes    the last `memory` moves s of theta and changes y of the gradient, (members, memory, P); zeros where none is
    slope             gradient . direction (members,), negative downhill
"""

from __future__ import annotations

import torch
from torch import Tensor

from lmcourse.landscape import Landscape
from lmcourse.training.methods import Method

DESCENT, CURVATURE = 1e-4, 0.9  # the two constants of Wolfe's conditions (Nocedal and Wright 2006, section 3.1)
TRIALS = 40


def lbfgs(land: Landscape, *, memory: int = 10) -> Method:
    """theta <- theta + t * direction, by the two-loop recursion of Nocedal (1980) and a search for a length t of Wolfe (1969).

    lr is the first length that is tried. Each trial costs a loss and a gradient; most steps need one.
    """
    if not isinstance(memory, int) or memory < 1:
        raise ValueError(
            f"memory, the moves that are remembered, must be a whole number from 1 on, but {memory!r} came."
        )

    def init(theta, lr, seeds=None):
        nothing = theta.new_zeros(len(theta), memory, theta.shape[-1])
        return {"lr": lr, "theta": theta, "gradient": torch.zeros_like(theta), "moves": nothing, "changes": nothing}

    def update(theta, gradient, state):
        moves, changes = _remember(state, theta - state["theta"], gradient - state["gradient"])
        direction = _two_loops(gradient, moves, changes)
        uphill = ~((direction * gradient).sum(-1) < 0)
        direction = torch.where(uphill[:, None], _short_descent(gradient), direction)
        moved, found = _search(land, theta, gradient, direction, state["lr"].squeeze(-1))
        if not found.all():  # what was learnt is of no use there: forget it and go straight down
            lost = ~found
            moves, changes = torch.where(lost[:, None, None], 0, moves), torch.where(lost[:, None, None], 0, changes)
            moved = moved.clone()
            downhill = _short_descent(gradient[lost])
            moved[lost], _ = _search(land, theta[lost], gradient[lost], downhill, state["lr"].squeeze(-1)[lost])
        return moved, {**state, "theta": theta, "gradient": gradient, "moves": moves, "changes": changes}

    return Method(init, update)


def _remember(state: dict[str, Tensor], move: Tensor, change: Tensor) -> tuple[Tensor, Tensor]:
    """Add the last move where the slope rose along it; other moves would spoil the positive curvature."""
    lengths = torch.linalg.vector_norm(move, dim=-1) * torch.linalg.vector_norm(change, dim=-1)
    rose = ((move * change).sum(-1) > 1e-10 * lengths)[:, None, None]
    moves = torch.cat([state["moves"][:, 1:], move[:, None]], dim=1)
    changes = torch.cat([state["changes"][:, 1:], change[:, None]], dim=1)
    return torch.where(rose, moves, state["moves"]), torch.where(rose, changes, state["changes"])


def _two_loops(gradient: Tensor, moves: Tensor, changes: Tensor) -> Tensor:
    """-(inverse Hessian as learnt) gradient, (members, P); a short step down where nothing has been learnt."""
    products = (moves * changes).sum(-1)  # (members, memory)
    inverse = torch.where(products > 0, 1 / products, 0)
    rest, weights = gradient, []
    for i in reversed(range(moves.shape[1])):
        weight = inverse[:, i] * (moves[:, i] * rest).sum(-1)
        rest = rest - weight[:, None] * changes[:, i]
        weights.append(weight)
    squares = (changes[:, -1] ** 2).sum(-1)
    rest = rest * torch.where(squares > 0, products[:, -1] / squares, 1)[:, None]
    for i in range(moves.shape[1]):
        weight = inverse[:, i] * (changes[:, i] * rest).sum(-1)
        rest = rest + (weights.pop() - weight)[:, None] * moves[:, i]
    return torch.where((squares > 0)[:, None], -rest, _short_descent(gradient))


def _short_descent(gradient: Tensor) -> Tensor:
    """-gradient, at most of length one."""
    return -gradient / torch.linalg.vector_norm(gradient, dim=-1, keepdim=True).clamp_min(1)


def _search(
    land: Landscape, theta: Tensor, gradient: Tensor, direction: Tensor, first: Tensor
) -> tuple[Tensor, Tensor]:
    """A point along the direction where the loss fell enough and the slope flattened, by bisection (Lewis and Overton 2013).

    Near a minimum the loss no longer shows in floating point that it falls; there the slope alone decides, as in Hager and Zhang
    (2005). Returns the points (members, P), and which members found one that is lower.
    """
    retract = land.retract or (lambda theta: theta)
    gradient_of = land.gradient_of or land.gradient
    loss, slope = land.loss(theta), (gradient * direction).sum(-1)
    noise = 100 * torch.finfo(theta.dtype).eps * loss.abs().clamp_min(1)
    length, low, high = first.clone(), torch.zeros_like(first), torch.full_like(first, float("inf"))
    moved, found = theta.clone(), torch.zeros_like(slope, dtype=torch.bool)
    searching = torch.arange(len(theta), device=theta.device)
    for _ in range(TRIALS):
        t = length[searching]
        trial = retract(theta[searching] + t[:, None] * direction[searching])
        trial_loss, trial_slope = land.loss(trial), (gradient_of(trial) * direction[searching]).sum(-1)
        rise, start = trial_loss - loss[searching], slope[searching]
        flattened = (rise.abs() <= noise[searching]) & (trial_slope <= (2 * DESCENT - 1) * start)
        fell = (rise <= DESCENT * t * start) | flattened
        moved[searching[fell]], found[searching[fell]] = trial[fell], True
        done = fell & (trial_slope >= CURVATURE * start)
        low[searching], high[searching] = torch.where(fell, t, low[searching]), torch.where(fell, high[searching], t)
        searching = searching[~done]
        if not len(searching):
            break
        between = (low + high) / 2
        length[searching] = torch.where(high.isinf(), 2 * length, between)[searching]
    return moved, found
