"""What training returns: how every member ended, and where.

Data types, in words
    Status      how a member's training ended; every status carries a sentence
    Runs        points, losses, gradient norms, steps and statuses, one a member, with all that is needed to go on
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import IntEnum

import torch
from torch import Tensor

from lmcourse.training.record import Path

DIVERGED_NORM = 1e10  # a gradient this long is on its way to infinity


class Status(IntEnum):
    """How the training of one member ended.

    >>> print(Status.STALLED.sentence)
    A step no longer changes theta in floating point, though the gradient is above the tolerance.
    """

    CONVERGED = 0, "The norm of the gradient fell to the tolerance."
    MAX_STEPS = 1, "The steps were used up before the gradient fell to the tolerance: a plateau is not a minimum."
    DIVERGED = 2, "The gradient grew beyond all bounds; a smaller learning rate may help."
    INTERRUPTED = 3, "Training was interrupted; the point is where the member stood."
    STALLED = 4, "A step no longer changes theta in floating point, though the gradient is above the tolerance."

    sentence: str

    def __new__(cls, value: int, sentence: str):
        member = int.__new__(cls, value)
        member._value_ = value
        member.sentence = sentence
        return member


@dataclass(frozen=True, repr=False, eq=False)
class Runs:
    """The end of training, one entry a member.

    theta (members, P); loss, grad_norm (members,); steps (members,) int64; status (members,) int8,
    see `Status`; seeds (members,) int64. method, options : what moved them. engine : what computed the steps.
    state : the method's own memory, every tensor (members, ...); with it `train(land, runs)` goes on as if it had not stopped.
    path : what `record` kept of the way, see `Path`, else None.
    """

    theta: Tensor
    loss: Tensor
    grad_norm: Tensor
    steps: Tensor
    status: Tensor
    seeds: Tensor
    method: str
    engine: str = "eager"
    options: dict = field(default_factory=dict)
    state: dict[str, Tensor] = field(default_factory=dict)
    path: Path | None = None

    def __len__(self) -> int:
        return len(self.theta)

    def count(self, status: Status) -> int:
        """How many members ended with this status."""
        return int((self.status == status).sum())

    def unfinished(self, tol: float) -> Tensor:
        """Which members (members,) could go on: out of steps, interrupted, or converged to a looser tolerance than tol."""
        loosely = (self.status == Status.CONVERGED) & (self.grad_norm > tol)
        return loosely | (self.status == Status.MAX_STEPS) | (self.status == Status.INTERRUPTED)

    def __repr__(self) -> str:
        counts = Counter(Status(int(s)).name for s in self.status)
        ends = ", ".join(f"{number} {name}" for name, number in counts.most_common())
        if not len(self):
            return "Runs: no members"
        low, high = float(self.loss.min()), float(self.loss.max())
        steps = f"steps {int(self.steps.min())} to {int(self.steps.max())}"
        return f"Runs: {len(self)} members by {self.method}: {ends}; loss {low:.3g} to {high:.3g}, {steps}"


class Ends:
    """Where every member stands at its end, filled in while members leave."""

    def __init__(self, theta: Tensor):
        members, device = len(theta), theta.device
        self.theta = theta.clone()
        self.grad_norm = torch.full((members,), float("nan"), dtype=theta.dtype, device=device)
        self.steps = torch.zeros(members, dtype=torch.int64, device=device)
        self.status = torch.full((members,), int(Status.INTERRUPTED), dtype=torch.int8, device=device)
        self.state: dict[str, Tensor] = {}

    @classmethod
    def of(cls, runs: Runs) -> Ends:
        ends = cls(runs.theta)
        ends.grad_norm, ends.steps, ends.status = runs.grad_norm.clone(), runs.steps.clone(), runs.status.clone()
        return ends

    def remember(self, state: dict[str, Tensor]) -> None:
        """Take over the method's state of all members, to be overwritten row by row."""
        self.state = {name: value.clone(memory_format=torch.contiguous_format) for name, value in state.items()}

    def write(self, members: Tensor, theta: Tensor, grad_norm, steps: int, status, state: dict[str, Tensor]) -> None:
        self.theta[members], self.grad_norm[members] = theta, grad_norm
        self.steps[members], self.status[members] = steps, status
        for name, value in state.items():
            self.state[name][members] = value
