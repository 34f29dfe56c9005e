"""Methods that draw random numbers: minibatches and perturbations, from one random stream a member.

What a member draws depends on its seed and on its own steps alone. So member 17 takes the same way alone and among a
thousand, and a run that is continued draws what it would have drawn without the pause.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lmcourse.devices import MINIBATCHES, PERTURBATIONS, random_stream
from lmcourse.landscape import Landscape
from lmcourse.training.methods import Method, check_positive


def sgd(land: Landscape, *, batch_size: int = 1) -> Method:
    """theta <- theta - lr * (gradient on a minibatch), each epoch in a new order (Robbins and Monro 1951).

    batch_size : samples a step; what is left over at the end of an epoch is skipped. The whole gradient, which decides on the
    end, is computed once an epoch. With a constant lr the steps do not die out: use a schedule to converge.
    """
    if land.samples is None or land.batch_loss_of is None:
        raise ValueError(f'{land.name} has no samples to choose from; "sgd" needs a loss over data. Use "gd".')
    if not isinstance(batch_size, int) or not 1 <= batch_size <= land.samples:
        raise ValueError(f"batch_size must be a whole number from 1 to {land.samples}, but {batch_size!r} came.")
    batches = land.samples // batch_size  # an epoch

    def init(theta, lr, seeds):
        step = torch.zeros(len(theta), dtype=torch.int64, device=theta.device)
        order = torch.zeros(len(theta), land.samples, dtype=torch.int64, device=theta.device)
        return {"lr": lr, "seed": seeds, "step": step, "order": order}

    def update(theta, gradient, state):
        step, order = state["step"], state["order"]
        begins = step % batches == 0
        if begins.any():
            drawn = _orders(state["seed"][begins], step[begins] // batches, land.samples)
            order = order.clone()
            order[begins] = drawn.to(order.device)
        first = (step % batches) * batch_size
        rows = order.gather(1, first[:, None] + torch.arange(batch_size, device=theta.device))  # (members, batch_size)
        moved = theta - state["lr"] * land.batch_gradient(theta, rows)
        return moved, {**state, "step": step + 1, "order": order}

    return Method(init, update, look_every=batches, random=True)


def perturbed_gradient_descent(
    land: Landscape, *, radius: float = 1e-2, threshold: float = 1e-3, wait: int = 100, decrease: float = 1e-6
) -> Method:
    """Gradient descent that shakes a member whose gradient is small, to leave saddles (Jin et al. 2017, algorithm 2).

    radius : of the ball that a perturbation is drawn from. threshold : the gradient norm at which to perturb.
    wait : steps without another one. decrease : if the loss fell by less in that time, the point before the perturbation is
    accepted, and plain gradient descent goes on from there to the tolerance. The paper's values are `jin_parameters`; for
    lessons they are far too small, so the defaults are set by hand.
    """
    check_positive(radius=radius, threshold=threshold, wait=wait)
    retract = land.retract or (lambda theta: theta)

    def init(theta, lr, seeds):
        step = torch.zeros(len(theta), dtype=torch.int64, device=theta.device)
        return {
            "lr": lr, "seed": seeds, "step": step, "perturbed at": step - wait - 1, "before": theta,
            "accepted": torch.zeros_like(step, dtype=torch.bool),
        }  # fmt: skip

    def update(theta, gradient, state):
        lr, step, before, accepted = state["lr"], state["step"], state["before"], state["accepted"]
        moved, perturbed_at = theta - lr * gradient, state["perturbed at"]
        judged = (step - perturbed_at == wait) & ~accepted
        if judged.any():
            gain = torch.full_like(gradient[:, 0], math.inf)
            gain[judged] = land.loss(before[judged]) - land.loss(theta[judged])
            accepted = accepted | (gain < decrease)
            moved = torch.where((gain < decrease)[:, None], before, moved)
        small = torch.linalg.vector_norm(gradient, dim=-1) <= threshold
        shaken = small & (step - perturbed_at > wait) & ~accepted
        if shaken.any():
            before, moved = torch.where(shaken[:, None], theta, before), moved.clone()
            xi = radius * _in_unit_ball(state["seed"][shaken], step[shaken], theta)
            point = retract(theta[shaken] + xi)
            moved[shaken] = point - lr[shaken] * land.gradient(point)
            perturbed_at = torch.where(shaken, step, perturbed_at)
        state = {**state, "step": step + 1, "perturbed at": perturbed_at, "before": before, "accepted": accepted}
        return moved, state

    return Method(init, update, random=True, may_rest=lambda state: state["accepted"])


class JinParameters(NamedTuple):
    """lr and the options of "perturbed gd" that the theorem asks for; `chi` is its logarithm."""

    lr: float
    radius: float
    threshold: float
    wait: int
    decrease: float
    chi: float


def jin_parameters(
    dim: int, gradient_lipschitz: float, hessian_lipschitz: float, eps: float, drop: float,
    c: float = 0.1, failure: float = 0.1,
) -> JinParameters:  # fmt: skip
    """The parameters of Jin et al. (2017), algorithm 2, for an eps-second-order stationary point in dimension dim.

    drop : an upper bound of how far the loss at the start lies above the lowest. failure : the probability that is allowed for
    failure. c : a constant that is to be small enough; the paper gives no number.

    >>> jin = jin_parameters(dim=100, gradient_lipschitz=1, hessian_lipschitz=1, eps=0.01, drop=1)
    >>> f"chi {jin.chi:.1f}, lr {jin.lr}, radius {jin.radius:.2e}, decrease {jin.decrease:.1e}, wait {jin.wait}"
    'chi 55.3, lr 0.1, radius 1.04e-06, decrease 5.9e-10, wait 55263'
    """
    check_positive(dim=dim, gradient_lipschitz=gradient_lipschitz, hessian_lipschitz=hessian_lipschitz, eps=eps,
                   drop=drop, c=c, failure=failure)  # fmt: skip
    chi = 3 * max(math.log(dim * gradient_lipschitz * drop / (c * eps**2 * failure)), 4)
    threshold = math.sqrt(c) / chi**2 * eps
    return JinParameters(
        lr=c / gradient_lipschitz,
        radius=threshold / gradient_lipschitz,
        threshold=threshold,
        wait=math.ceil(chi / c**2 * gradient_lipschitz / math.sqrt(hessian_lipschitz * eps)),
        decrease=c / chi**3 * math.sqrt(eps**3 / hessian_lipschitz),
        chi=chi,
    )


def _stream_at(seed: int, stream: int, position: int) -> np.random.Generator:
    """The member's stream, far enough along that different positions share no numbers."""
    generator = random_stream(seed, stream)
    generator.bit_generator.advance(position << 64)
    return generator


def _orders(seeds: Tensor, epochs: Tensor, samples: int) -> Tensor:
    """A random order of the samples for each member, (members, samples)."""
    pairs = zip(seeds.tolist(), epochs.tolist(), strict=True)
    orders = [_stream_at(seed, MINIBATCHES, epoch).permutation(samples) for seed, epoch in pairs]
    return torch.from_numpy(np.stack(orders))


def _in_unit_ball(seeds: Tensor, steps: Tensor, like: Tensor) -> Tensor:
    """A point a member, uniform in the unit ball: U^(1/P) * Y / |Y|, (members, P)."""
    points = []
    for seed, step in zip(seeds.tolist(), steps.tolist(), strict=True):
        draw = _stream_at(seed, PERTURBATIONS, step)
        direction = draw.normal(size=like.shape[-1])
        points.append(direction * (draw.uniform() ** (1 / len(direction)) / np.linalg.norm(direction)))
    return torch.from_numpy(np.stack(points)).to(like)
