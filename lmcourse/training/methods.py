"""Descent methods that need the gradient alone, one short function each.

Data types, in words
    method      a pair (init, update), after optax: state = init(theta, lr, seeds); theta, state = update(theta, gradient, state)
    state       a dictionary of tensors whose leading axis is the member; `update` never changes it in place
    lr          the learning rates (members, 1); they are in the state, so that they leave with their member
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from lmcourse.training.runs import DIVERGED_NORM

State = dict[str, Tensor]


@dataclass(frozen=True)
class Method:
    """A descent method: `init(theta, lr, seeds)` makes the state, `update(theta, gradient, state)` makes one step.

    look_every : the whole gradient is computed every so many steps; in between, `update` gets None for it.
    random : steps are drawn by chance, so a step that changes nothing is not the end.
    may_rest : the members (members,) that may be called converged, from the state; None: all.
    bound : a member whose gradient is longer has diverged.

    >>> import lmcourse as lm
    >>> signs = Method(init=lambda theta, lr, seeds=None: {"lr": lr},
    ...                update=lambda theta, gradient, state: (theta - state["lr"] * gradient.sign(), state))
    >>> lm.train(lm.surface("quadratic saddle"), torch.tensor([1.0, 0.0]), method=signs, lr=0.25).theta
    tensor([[0., 0.]])
    """

    init: Callable[..., State]
    update: Callable[[Tensor, Tensor | None, State], tuple[Tensor, State]]
    look_every: int = 1
    random: bool = False
    may_rest: Callable[[State], Tensor] | None = None
    bound: float = DIVERGED_NORM

    def __iter__(self) -> Iterator[Callable]:
        return iter((self.init, self.update))


def gradient_descent() -> Method:
    """theta <- theta - lr * gradient (Cauchy 1847)."""
    return Method(
        init=lambda theta, lr, seeds=None: {"lr": lr},
        update=lambda theta, gradient, state: (theta - state["lr"] * gradient, state),
    )


def heavy_ball(*, momentum: float = 0.9) -> Method:
    """v <- momentum * v - lr * gradient, theta <- theta + v (Polyak 1964)."""
    check_share("momentum", momentum)

    def update(theta, gradient, state):
        velocity = momentum * state["velocity"] - state["lr"] * gradient
        return theta + velocity, {**state, "velocity": velocity}

    return Method(lambda theta, lr, seeds=None: {"lr": lr, "velocity": torch.zeros_like(theta)}, update)


def nesterov(*, momentum: float = 0.9) -> Method:
    """x <- theta - lr * gradient(theta), theta <- x + momentum * (x - previous x) (Nesterov 1983).

    theta is the point that looks ahead; both come to rest at the same place.
    """
    check_share("momentum", momentum)

    def update(theta, gradient, state):
        stepped = theta - state["lr"] * gradient
        return stepped + momentum * (stepped - state["stepped"]), {**state, "stepped": stepped}

    return Method(lambda theta, lr, seeds=None: {"lr": lr, "stepped": theta}, update)


def adam(*, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Method:
    """theta <- theta - lr * m / (sqrt(s) + eps), with running means m of the gradient and s of its square (Kingma and Ba 2015).

    beta1, beta2 : how much of the old mean is kept at a step; both means are corrected for their start at zero.
    """
    check_share("beta1", beta1)
    check_share("beta2", beta2)

    def init(theta, lr, seeds=None):
        zero = torch.zeros_like(theta)
        return {"lr": lr, "mean": zero, "square": zero, "step": torch.zeros_like(lr)}

    def update(theta, gradient, state):
        step = state["step"] + 1
        mean = beta1 * state["mean"] + (1 - beta1) * gradient
        square = beta2 * state["square"] + (1 - beta2) * gradient**2
        size = (square / (1 - beta2**step)).sqrt() + eps
        moved = theta - state["lr"] * (mean / (1 - beta1**step)) / size
        return moved, {**state, "mean": mean, "square": square, "step": step}

    return Method(init, update)


def check_share(name: str, value: float) -> None:
    if not 0 <= value < 1:
        raise ValueError(f"{name} must be at least 0 and less than 1, but {name} = {value} came.")


def check_positive(**values: float) -> None:
    for name, value in values.items():
        if not value > 0:
            raise ValueError(f"{name} must be positive, but {name} = {value} came.")
