"""Training: a descent method moves every member of a batch until its gradient is small.

Data types, in words
    method      a pair (init, update), after optax: state = init(theta, lr); theta, state = update(theta, gradient, state)
    state       a dictionary of tensors whose leading axis is the member, so that a member can leave with all that is its own
    Status      how a member's training ended; every status carries a sentence
    Runs        what training returns: points, losses, gradient norms, steps and statuses, one a member
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import torch
from torch import Tensor
from tqdm.auto import tqdm

from lmcourse.landscape import Landscape

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


class Method(NamedTuple):
    """A descent method: `init(theta, lr)` makes the state, `update(theta, gradient, state)` makes one step."""

    init: Callable[[Tensor, Tensor], dict[str, Tensor]]
    update: Callable[[Tensor, Tensor, dict[str, Tensor]], tuple[Tensor, dict[str, Tensor]]]


def gradient_descent() -> Method:
    """theta <- theta - lr * gradient (Cauchy 1847)."""
    return Method(
        init=lambda theta, lr: {"lr": lr}, update=lambda theta, gradient, state: (theta - state["lr"] * gradient, state)
    )


METHODS: dict[str, Callable[[], Method]] = {"gd": gradient_descent}


@dataclass(frozen=True, repr=False, eq=False)
class Runs:
    """The end of training, one entry a member.

    theta (members, P); loss, grad_norm (members,); steps (members,) int64; status (members,) int8,
    see `Status`; seeds (members,) int64.
    """

    theta: Tensor
    loss: Tensor
    grad_norm: Tensor
    steps: Tensor
    status: Tensor
    seeds: Tensor
    method: str

    def __len__(self) -> int:
        return len(self.theta)

    def count(self, status: Status) -> int:
        """How many members ended with this status."""
        return int((self.status == status).sum())

    def __repr__(self) -> str:
        counts = Counter(Status(int(s)).name for s in self.status)
        ends = ", ".join(f"{number} {name}" for name, number in counts.most_common())
        if not len(self):
            return "Runs: no members"
        low, high = float(self.loss.min()), float(self.loss.max())
        steps = f"steps {int(self.steps.min())} to {int(self.steps.max())}"
        return f"Runs: {len(self)} members by {self.method}: {ends}; loss {low:.3g} to {high:.3g}, {steps}"


def train(
    land: Landscape,
    theta0: Tensor,
    method: str = "gd",
    lr: float | Tensor = 0.1,
    tol: float = 1e-9,
    max_steps: int = 100_000,
    *,
    seeds: Iterable[int] | None = None,
    chunk: int | None = None,
    stop: Callable[[], bool] | None = None,
    progress: bool = False,
) -> Runs:
    """Train every member of theta0 (members, P), or the single point (P,), until |gradient| <= tol; return `Runs`.

    lr : learning rate, one number or one a member. tol : Euclidean norm of the flat gradient at which a member is done.
    seeds : names of the members, default 0, 1, 2, ...  chunk : train so many members at a time, to save memory.
    stop : a function that is asked at every step; when it answers True (or on Ctrl-C) what is not finished is INTERRUPTED.
    progress : show a bar that counts finished members.
    Raises ValueError for a wrong shape, NaN or infinity in theta0, an unknown method, a rate that is not positive.

    >>> import lmcourse as lm
    >>> land = lm.teacher_student(k=3)
    >>> runs = lm.train(land, lm.starts(land, seeds=range(5)), lr=0.3, tol=1e-8)
    >>> runs.count(Status.CONVERGED), bool(runs.loss.max() < 1e-12)
    (5, True)
    """
    theta0 = land.checked_finite(theta0).detach()
    theta0 = theta0.unsqueeze(0) if theta0.ndim == 1 else theta0
    if theta0.ndim != 2:
        raise ValueError(
            f"theta0 must have the shape (members, {land.dim}), but came as {tuple(theta0.shape)}. Use theta0.flatten(0, -2)."
        )
    rates = _checked_rates(lr, theta0)
    _check_limits(tol, max_steps, chunk)
    names = torch.arange(len(theta0)) if seeds is None else torch.as_tensor(list(seeds), dtype=torch.int64)
    if len(names) != len(theta0):
        raise ValueError(f"There must be one seed a member, but {len(names)} seeds came for {len(theta0)} members.")
    if method not in METHODS:
        raise ValueError(f"There is no method {method!r}. The methods are: {', '.join(METHODS)}.")

    ends = _Ends(theta0)
    size = chunk or max(1, len(theta0))
    with tqdm(total=len(theta0), unit="run", disable=not progress) as bar:
        stopped = False
        for first in range(0, len(theta0), size):
            members = torch.arange(first, min(first + size, len(theta0)), device=theta0.device)
            stopped = stopped or _train_chunk(
                land, METHODS[method](), ends, members, rates[members], tol, max_steps, stop, bar
            )
    return Runs(ends.theta, land.loss(ends.theta), ends.grad_norm, ends.steps, ends.status, names, method)


class _Ends:
    """Where every member stands at its end; INTERRUPTED at its start until it is written."""

    def __init__(self, theta0: Tensor):
        members, device = len(theta0), theta0.device
        self.theta = theta0.clone()
        self.grad_norm = torch.full((members,), float("nan"), dtype=theta0.dtype, device=device)
        self.steps = torch.zeros(members, dtype=torch.int64, device=device)
        self.status = torch.full((members,), int(Status.INTERRUPTED), dtype=torch.int8, device=device)

    def write(self, members, theta, grad_norm, steps, status):
        self.theta[members], self.grad_norm[members] = theta, grad_norm
        self.steps[members], self.status[members] = steps, status


def _train_chunk(land, method, ends, members, rates, tol, max_steps, stop, bar) -> bool:
    """Train some members until each is finished; True says that it was stopped."""
    theta = ends.theta[members]
    state = method.init(theta, rates)
    gradient_of = land.gradient_of or land.gradient
    stopped, step = False, 0
    try:
        while len(members):
            gradient = gradient_of(theta)
            norm = torch.linalg.vector_norm(gradient, dim=-1)
            moved, state = method.update(theta, gradient, state)
            status = _status(norm, theta, moved, tol, step == max_steps)
            finished = status != Status.INTERRUPTED
            if finished.any():
                ends.write(members[finished], theta[finished], norm[finished], step, status[finished])
                bar.update(int(finished.sum()))
                keep = ~finished
                state = {name: value[keep] for name, value in state.items()}
                members, theta, moved = members[keep], theta[keep], moved[keep]
            if stop is not None and stop():
                stopped = True
                break
            theta, step = moved, step + 1
    except KeyboardInterrupt:
        stopped = True
    if len(members):
        ends.write(members, theta, torch.linalg.vector_norm(gradient_of(theta), dim=-1), step, int(Status.INTERRUPTED))
    return stopped


def _status(norm: Tensor, theta: Tensor, moved: Tensor, tol: float, last: bool) -> Tensor:
    """The status of every member, int8; INTERRUPTED stands for "goes on"."""
    status = torch.full(
        norm.shape, int(Status.MAX_STEPS if last else Status.INTERRUPTED), dtype=torch.int8, device=norm.device
    )
    status[(moved == theta).all(dim=-1)] = int(Status.STALLED)
    status[~(norm <= DIVERGED_NORM)] = int(Status.DIVERGED)
    status[norm <= tol] = int(Status.CONVERGED)
    return status


def _checked_rates(lr: float | Tensor, theta0: Tensor) -> Tensor:
    rates = torch.as_tensor(lr, dtype=theta0.dtype, device=theta0.device)
    if rates.ndim > 1 or (rates.ndim == 1 and len(rates) != len(theta0)):
        raise ValueError(
            f"lr must be one number or one a member ({len(theta0)}), but came with the shape {tuple(rates.shape)}."
        )
    if not bool((torch.isfinite(rates) & (rates > 0)).all()):
        raise ValueError(f"The learning rate must be positive and finite, but lr = {lr} came.")
    return rates.expand(len(theta0)).unsqueeze(-1)


def _check_limits(tol: float, max_steps: int, chunk: int | None) -> None:
    if not tol >= 0:
        raise ValueError(f"tol, the gradient norm to stop at, must be zero or positive, but tol = {tol} came.")
    if not isinstance(max_steps, int) or max_steps < 0:
        raise ValueError(f"max_steps must be a whole number from 0 on, but {max_steps!r} came.")
    if chunk is not None and (not isinstance(chunk, int) or chunk < 1):
        raise ValueError(f"chunk, the members trained at a time, must be a whole number from 1 on, but {chunk!r} came.")
