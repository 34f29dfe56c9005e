"""The loop of training: all members step together, and each leaves when it has ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor
from tqdm.auto import tqdm

from lmcourse.engine import batch_gradient, block_size
from lmcourse.landscape import Landscape
from lmcourse.training.catalogue import choose_method, usual_rate
from lmcourse.training.methods import Method, State
from lmcourse.training.record import Recorder
from lmcourse.training.runs import Ends, Runs, Status
from lmcourse.training.schedules import Schedule, named_schedule


class Moment(NamedTuple):
    """What a callback sees at a step, before the move: members (m,), theta (m, P) and grad_norm (m,) of those still training."""

    step: int
    members: Tensor
    theta: Tensor
    grad_norm: Tensor


def train(
    land: Landscape,
    theta0: Tensor | Runs,
    method: str | Method | None = None,
    lr: float | Tensor | None = None,
    tol: float = 1e-9,
    max_steps: int = 100_000,
    *,
    schedule: str | Schedule | None = None,
    seeds: Iterable[int] | None = None,
    chunk: int | None = None,
    record: int | None = None,
    callback: Callable[[Moment], None] | None = None,
    stop: Callable[[], bool] | None = None,
    progress: bool = False,
    engine: str = "eager",
    memory: float = 500.0,
    **options,
) -> Runs:
    """Train every member of theta0 (members, P), or the single point (P,), until |gradient| <= tol; return `Runs`.

    method : a name from `METHODS`, default "gd", or a `Method` of your own. options : the method's, for example momentum=0.8.
    lr : learning rate, one number or one a member. Default 0.1; "adam" 0.01; 1 for Newton's methods and "lbfgs".
    schedule : a function of the step whose value multiplies lr, or "constant", "step" (a tenth after each third of max_steps),
        "cosine" (to zero at max_steps), "1/t" (halved after a tenth of max_steps).
    tol : Euclidean norm of the flat gradient at which a member is done. max_steps : steps a member may take in all.
    seeds : names of the members, default 0, 1, 2, ...; what a method draws by chance depends on them.
    chunk : train so many members at a time; by default as many as `memory` allows.
    record : keep the points of every so many steps in `runs.path`.
    callback : is shown a `Moment` at every look at the gradient. stop : a function that is asked at every step; when it answers
        True (or on Ctrl-C) what is not finished is INTERRUPTED. progress : show a bar that counts finished members.
    engine : "eager", or "compiled" for long runs where there is a C++ compiler (the first use of a size costs seconds).
    memory : megabytes for all that training needs beside its starts and its result: half for members that train together,
        half for what lies between them and their gradient.

    With `Runs` in place of theta0 the unfinished members go on, and steps count from their first start. If method and options
    are the same (as by default), nothing is forgotten: the end is that of training without a pause. With another method or
    other options the method's memory begins anew. A path that is recorded begins where they go on.
    Raises ValueError for a wrong shape, NaN or infinity in theta0, an unknown method, a rate that is not positive; TypeError
    for an option that the method does not have. Gradient descent is Cauchy's (1847); each method names its source.

    >>> import lmcourse as lm
    >>> land = lm.teacher_student(k=3)
    >>> runs = lm.train(land, lm.starts(land, seeds=range(5)), lr=0.3, tol=1e-8)
    >>> runs.count(Status.CONVERGED), bool(runs.loss.max() < 1e-12)
    (5, True)
    >>> saddle = lm.surface("quadratic saddle")
    >>> start = torch.tensor([4.0, 0.0])
    >>> lm.train(saddle, start, "momentum", lr=0.5, momentum=0.25, max_steps=2).theta    # 4, then 2, then 2 - 0.25 * 2 - 0.5 * 2
    tensor([[0.5000, 0.0000]])
    """
    _check_limits(tol=tol, max_steps=max_steps, chunk=chunk, record=record)
    before = theta0 if isinstance(theta0, Runs) else None
    ends = Ends(_checked_starts(land, theta0)) if before is None else Ends.of(before)
    names = _checked_names(seeds, len(ends.theta), before)
    name, options, made = choose_method(land, method, options, before)
    remembered = before is not None and (name, options) == (before.method, before.options)
    lr = usual_rate(name) if lr is None and not remembered else lr
    rates = before.state["lr"] if lr is None else _checked_rates(lr, ends.theta)
    state = before.state if remembered else made.init(ends.theta, rates, names.to(rates.device))
    ends.remember({**state, "lr": rates})

    todo = torch.ones_like(ends.steps, dtype=torch.bool) if before is None else before.unfinished(tol)
    recorder = Recorder(record, *ends.theta.shape) if record else None
    gradient_of = batch_gradient(land, engine, memory / 2)
    chunk = min(chunk or len(ends.theta), _members_in(memory / 2, land, state)) or None
    job = _Job(land, gradient_of, made, tol, max_steps, named_schedule(schedule, max_steps), recorder, callback, stop)
    stopped = False
    with tqdm(total=int(todo.sum()), unit="run", disable=not progress) as bar:
        for members in _chunks(todo, ends.steps, chunk):
            stopped = _train_chunk(job, ends, members, stopped, bar)
    loss = torch.cat([land.loss(part) for part in ends.theta.split(block_size(land, memory / 2))])
    path = recorder.path(ends.theta, ends.steps) if recorder else None
    return Runs(ends.theta, loss, ends.grad_norm, ends.steps, ends.status, names, name,
                engine=engine, options=options, state=ends.state, path=path)  # fmt: skip


class _Job(NamedTuple):
    """What does not change while members train."""

    land: Landscape
    gradient_of: Callable[[Tensor], Tensor]
    method: Method
    tol: float
    max_steps: int
    schedule: Schedule | None
    recorder: Recorder | None
    callback: Callable[[Moment], None] | None
    stop: Callable[[], bool] | None


class _Batch(NamedTuple):
    """Members that still train, all at the same step."""

    members: Tensor
    theta: Tensor
    state: State
    step: int

    def only(self, which: Tensor) -> _Batch:
        state = {name: value[which] for name, value in self.state.items()}
        return _Batch(self.members[which], self.theta[which], state, self.step)


def _train_chunk(job: _Job, ends: Ends, members: Tensor, stopped: bool, bar) -> bool:
    """Train members that stand at the same step until each is finished; True says that they were stopped."""
    gradient_of = job.gradient_of
    state = {name: value[members] for name, value in ends.state.items()}
    batch = _Batch(members, ends.theta[members], state, int(ends.steps[members[0]]))
    try:
        while len(batch.members) and not stopped:
            looks = batch.step % job.method.look_every == 0 or batch.step == job.max_steps
            gradient = gradient_of(batch.theta) if looks else None
            moved = _moved(job, batch, gradient)
            if job.recorder is not None:
                job.recorder.take(batch.step, batch.members, batch.theta)
            status = _status(job, batch, gradient, moved) if looks else None
            stopped = job.stop is not None and job.stop()
            onward = batch if stopped else moved
            if status is not None:
                finished = status != Status.INTERRUPTED
                if finished.any():
                    _leave(ends, batch.only(finished), gradient[finished], status[finished])
                    bar.update(int(finished.sum()))
                    onward = onward.only(~finished)
            batch = onward  # all at once, so that Ctrl-C finds a batch whose parts belong together
    except KeyboardInterrupt:
        stopped = True
    if len(batch.members):
        _leave(ends, batch, gradient_of(batch.theta), int(Status.INTERRUPTED))
    return stopped


def _moved(job: _Job, batch: _Batch, gradient: Tensor | None) -> _Batch:
    """The batch one step on."""
    if job.schedule is None:
        theta, state = job.method.update(batch.theta, gradient, batch.state)
    else:
        lr = batch.state["lr"]
        theta, state = job.method.update(batch.theta, gradient, {**batch.state, "lr": lr * job.schedule(batch.step)})
        state = {**state, "lr": lr}
    theta = theta if job.land.retract is None else job.land.retract(theta)
    return _Batch(batch.members, theta, state, batch.step + 1)


def _status(job: _Job, batch: _Batch, gradient: Tensor, moved: _Batch) -> Tensor:
    """The status of every member, int8; INTERRUPTED stands for "goes on"."""
    norm = torch.linalg.vector_norm(gradient, dim=-1)
    if job.callback is not None:
        job.callback(Moment(batch.step, batch.members, batch.theta, norm))
    otherwise = Status.MAX_STEPS if batch.step == job.max_steps else Status.INTERRUPTED
    status = torch.full(norm.shape, int(otherwise), dtype=torch.int8, device=norm.device)
    if job.schedule is None and not job.method.random:  # else a step of length zero says nothing about the next one
        status[(moved.theta == batch.theta).all(dim=-1)] = int(Status.STALLED)
    converged = norm <= job.tol
    if job.method.may_rest is not None:
        status[converged & (status == Status.STALLED)] = int(otherwise)
        converged = converged & job.method.may_rest(batch.state)
    status[~(norm <= job.method.bound)] = int(Status.DIVERGED)
    status[converged] = int(Status.CONVERGED)
    return status


def _leave(ends: Ends, batch: _Batch, gradient: Tensor, status) -> None:
    norm = torch.linalg.vector_norm(gradient, dim=-1)
    ends.write(batch.members, batch.theta, norm, batch.step, status, batch.state)


def _members_in(memory: float, land: Landscape, state: State) -> int:
    """How many members can train together in so many megabytes: theta, its gradient, the next theta and the method's state."""
    numbers = 5 * land.dim + sum(value[0].numel() for value in state.values() if len(value))
    return max(1, int(memory * 1e6 / (8 * numbers)))


def _chunks(todo: Tensor, steps: Tensor, chunk: int | None) -> Iterator[Tensor]:
    """The members to train, in parts that stand at the same step."""
    for step in steps[todo].unique().tolist():
        members = (todo & (steps == step)).nonzero().squeeze(-1)
        yield from members.split(chunk or len(members))


def _checked_starts(land: Landscape, theta0: Tensor) -> Tensor:
    theta0 = land.checked_finite(theta0).detach()
    theta0 = theta0.unsqueeze(0) if theta0.ndim == 1 else theta0
    if theta0.ndim != 2:
        raise ValueError(
            f"theta0 must have the shape (members, {land.dim}), but came as {tuple(theta0.shape)}. Use theta0.flatten(0, -2)."
        )
    return theta0 if land.retract is None else land.retract(theta0)


def _checked_names(seeds: Iterable[int] | None, members: int, before: Runs | None) -> Tensor:
    if seeds is None:
        return torch.arange(members) if before is None else before.seeds
    names = torch.as_tensor(list(seeds), dtype=torch.int64)
    if len(names) != members:
        raise ValueError(f"There must be one seed a member, but {len(names)} seeds came for {members} members.")
    return names


def _checked_rates(lr: float | Tensor, theta0: Tensor) -> Tensor:
    rates = torch.as_tensor(lr, dtype=theta0.dtype, device=theta0.device)
    if rates.ndim > 1 or (rates.ndim == 1 and len(rates) != len(theta0)):
        raise ValueError(
            f"lr must be one number or one a member ({len(theta0)}), but came with the shape {tuple(rates.shape)}."
        )
    if not bool((torch.isfinite(rates) & (rates > 0)).all()):
        raise ValueError(f"The learning rate must be positive and finite, but lr = {lr} came.")
    return rates.expand(len(theta0)).unsqueeze(-1)


def _check_limits(tol: float, max_steps: int, **at_least_one: int | None) -> None:
    if not tol >= 0:
        raise ValueError(f"tol, the gradient norm to stop at, must be zero or positive, but tol = {tol} came.")
    if not isinstance(max_steps, int) or max_steps < 0:
        raise ValueError(f"max_steps must be a whole number from 0 on, but {max_steps!r} came.")
    meanings = {"chunk": "the members trained at a time", "record": "the steps from one kept point to the next"}
    for name, value in at_least_one.items():
        if value is not None and (not isinstance(value, int) or value < 1):
            raise ValueError(f"{name}, {meanings[name]}, must be a whole number from 1 on, but {value!r} came.")
