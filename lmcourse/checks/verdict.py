"""What a check says, and how it asks.

Data types, in words
    Verdict         right, not yet, or not attempted yet, with a sentence for the learner
    Mistake         raised inside a check: what is wrong, in words, without the answer
    examination     a function of the learner's answer that raises a Mistake, or returns a sentence of praise
"""

from __future__ import annotations

import contextlib
import functools
import html
import math
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

SIGNS = {"right": "✓", "not yet": "✗", "not attempted yet": "○"}


@dataclass(frozen=True)
class Verdict:
    """The outcome of one task; `state` is one of the words in SIGNS."""

    task: str
    state: str
    message: str = ""

    def __repr__(self) -> str:
        return f"{SIGNS[self.state]} {self.task}: {self.state}." + (f" {self.message}" if self.message else "")

    def _repr_html_(self) -> str:
        words = html.escape(f"{self.task}: {self.state}.")
        return f"<p><strong>{SIGNS[self.state]} {words}</strong> {html.escape(self.message)}</p>"


class Mistake(Exception):
    """What is wrong with an answer, in words for the learner."""


class NotAttempted(Exception):
    """The answer is still the stub."""


def task(name: str) -> Callable[[Callable[..., str]], Callable[..., Verdict]]:
    """Turn an examination into a check that returns a Verdict and never raises.

    >>> @task("Task 1")
    ... def check(answer):
    ...     require(ask(answer, 2) == 4, "2 must become 4: is it the square?")
    ...     return "The square."
    >>> check(lambda x: x * x), check(lambda x: x + 3), check(lambda x: ...)
    (✓ Task 1: right. The square., ✗ Task 1: not yet. 2 must become 4: is it the square?, ○ Task 1: not attempted yet.)
    """

    def decorate(examination: Callable[..., str]) -> Callable[..., Verdict]:
        @functools.wraps(examination)
        def check(answer) -> Verdict:
            try:
                with _words_on_stdout():
                    return Verdict(name, "right", examination(answer))
            except NotAttempted:
                return Verdict(name, "not attempted yet")
            except Mistake as mistake:
                return Verdict(name, "not yet", str(mistake))

        return check

    return decorate


def require(condition, message: str) -> None:
    """Raise a Mistake with this message unless the condition holds."""
    if not bool(condition):
        raise Mistake(message)


GRADING = "NBGRADER_EXECUTION"  # nbgrader sets this variable where it validates or grades a notebook


def _words_on_stdout():
    """nbgrader takes a word on stderr, such as a warning in a right answer, for a failed test."""
    return contextlib.redirect_stderr(sys.stdout) if GRADING in os.environ else contextlib.nullcontext()


class NotRight(AssertionError):
    """Raised in a graded cell for a verdict that is not right. A notebook shows its sentence, without the way there."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def require_right(verdict: Verdict) -> None:
    """Raise for a verdict that is not right.

    >>> require_right(Verdict("Task 1", "right", "The square."))
    >>> require_right(Verdict("Task 1", "not yet", "2 must become 4."))
    Traceback (most recent call last):
    lmcourse.checks.verdict.NotRight: ✗ Task 1: not yet. 2 must become 4.
    """
    if verdict.state != "right":
        raise NotRight(repr(verdict))


def graded(verdict: Verdict) -> Verdict | None:
    """Hand a verdict on to the learner; where nbgrader runs the notebook, print it, or raise unless it is right."""
    if GRADING not in os.environ:
        return verdict
    require_right(verdict)
    print(verdict)  # a returned value would be taken for points
    return None


def ask(answer, *arguments, called: str = ""):
    """Call the learner's function; whatever goes wrong becomes a sentence. `called` describes the call in words."""
    if answer is ...:
        raise NotAttempted
    require(callable(answer), f"The check needs your function itself, but a {type(answer).__name__} came.")
    place = f" when it is called {called}" if called else ""
    try:
        value = answer(*arguments)
    except NotImplementedError:
        raise NotAttempted from None
    except Exception as error:  # noqa: BLE001  whatever the learner's code raises, the learner should read it
        raise Mistake(f"Your function stops with {type(error).__name__}: {error}{place}.") from None
    if value is ... or (isinstance(value, tuple) and any(part is ... for part in value)):
        raise NotAttempted
    require(value is not None, f"Your function returns None{place}. Does each way through it end with return?")
    return value


def number(value, name: str) -> float:
    """A learner's result as one finite number, else a Mistake."""
    came = f"a tensor of shape {tuple(value.shape)}" if isinstance(value, Tensor) else f"a {type(value).__name__}"
    try:
        value = value.item() if hasattr(value, "item") else value
    except (RuntimeError, ValueError):
        value = None
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    require(is_number, f"{name} must be one number, but {came} came.")
    require(not math.isinf(value), f"{name} came out as {value}, but a finite number is expected.")
    require(
        not math.isnan(value),
        f"{name} came out as {value}: somewhere zero was divided by zero, or an arccos, a root or a logarithm got a number outside "
        "its range. (Rounding can push a cosine slightly beyond 1; clamp(-1, 1) brings it back.)",
    )
    return float(value)


def tensor(value, shape: tuple[int, ...], name: str) -> Tensor:
    """A learner's result as a finite float64 tensor of this shape, else a Mistake."""
    require(isinstance(value, Tensor), f"{name} must be a torch tensor, but a {type(value).__name__} came.")
    require(tuple(value.shape) == shape, f"{name} must have the shape {shape}, but it came as {tuple(value.shape)}.")
    require(torch.isfinite(value).all(), f"{name} holds NaN or infinity.")
    return value.detach().to(torch.float64)


def near(value: float, expected: float, tolerance: float = 1e-9) -> bool:
    return abs(value - expected) <= tolerance * max(1.0, abs(expected))
