"""The check of lesson 1.3's task 4: perturbed gradient descent, on hidden slopes, bowls and saddles."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from lmcourse.checks.verdict import ask, require, task, tensor
from lmcourse.devices import random_stream


def double_tensor(value, shape: tuple[int, ...], name: str) -> Tensor:
    """A numpy array or a tensor of float64 as a tensor; lists and other numbers are refused with a reason."""
    value = torch.from_numpy(value) if isinstance(value, np.ndarray) else value
    if isinstance(value, Tensor):
        require(value.dtype == torch.float64, f"{name} came as {value.dtype}. Use float64: dtype=torch.float64.")
    return tensor(value, shape, name)


class _Trial:
    """A gradient and nudges that remember how they were asked."""

    def __init__(self, curvatures, slope: float = 0.0, seed: int = 0):
        self.curvatures, self.slope = torch.tensor(curvatures, dtype=torch.float64), slope
        self.draw, self.nudges = random_stream(seed), 0
        self.asked, self.asked_before_nudge = 0, 0

    def gradient(self, x: Tensor) -> Tensor:
        self.asked += 1
        return self.curvatures * x + self.slope

    def nudge(self) -> Tensor:
        self.asked_before_nudge = self.asked_before_nudge or self.asked
        self.nudges += 1
        return torch.from_numpy(0.1 * self.draw.normal(size=len(self.curvatures)))


def _reference(trial: _Trial, x, lr, threshold, wait, steps, old_gradient=False, replace=False, squared=False):
    """Perturbed gradient descent, and the same with a typical mistake."""
    last = None
    for step in range(steps):
        gradient = trial.gradient(x)
        length = float(gradient.norm())
        if (length**2 if squared else length) <= threshold and (last is None or step - last >= wait):
            x, last = (0 if replace else x) + trial.nudge(), step
            gradient = gradient if old_gradient else trial.gradient(x)
        x = x - lr * gradient
    return x


TRIALS = {
    "a bowl, from far away": (([1.0, 2.0, 0.5], 0.0, 1), [8.0, -3.0, 5.0], 0.1, 1e-3, 5, 12),
    "a plain, with a gradient of zero everywhere": (([0.0, 0.0], 0.0, 2), [1.0, 1.0], 0.1, 1e-3, 7, 30),
    "a saddle, from its centre": (([-1.0, 1.0, 1.0, 2.0], 0.0, 3), [0.0, 0.0, 0.0, 0.0], 0.1, 0.05, 11, 60),
    "a bowl, whose bottom it reaches on the way": (([1.0, 3.0], 0.0, 4), [1.0, 0.02], 0.2, 0.2, 5, 32),
    "a slope whose gradient is as long as the threshold": (([0.0, 0.0, 0.0, 0.0], 0.25, 5), [0.0, 1.0, 2.0, 3.0], 0.5, 0.5, 3, 10),
    "a slope whose gradient is longer than the threshold": (([0.0, 0.0, 0.0, 0.0], 0.25, 6), [0.0, 1.0, 2.0, 3.0], 0.5, 0.4, 3, 10),
}  # fmt: skip


@task("Task 4")
def perturbed_descent(answer) -> str:
    """`answer(gradient, nudge, x, lr, threshold, wait, steps)` is the point after so many steps."""
    for name, (made, x, lr, threshold, wait, steps) in TRIALS.items():
        start = torch.tensor(x, dtype=torch.float64)

        def end(made=made, start=start, settings=(lr, threshold, wait, steps), **mistake):
            trial = _Trial(*made)
            return _reference(trial, start, *settings, **mistake), trial.nudges

        right, expected = end()
        trial, given = _Trial(*made), start.clone()
        value = ask(answer, trial.gradient, trial.nudge, given, lr, threshold, wait, steps, called=f"on {name}")
        require(torch.equal(given, start), "Your function changes the start x itself. Write x = x - ..., not x -= ...")
        value, where = double_tensor(value, tuple(start.shape), "The end point"), f"Here: {name}."
        plain = end(settings=(lr, -1.0, wait, steps))[0]
        square = end(squared=True)[0]
        require(
            expected == 0 or torch.allclose(value, right) or not torch.allclose(value, square),
            f"The threshold is compared with the square of the gradient's length. Take the square root. {where}",
        )
        require(
            trial.nudges > 0 or expected == 0,
            f"No nudge came, though the gradient is short. Is a first nudge possible at once? {where}",
        )
        require(
            trial.nudges == 0 or expected > 0,
            f"Nudges came where the gradient is long. Is its length taken as that of a vector, with all entries? {where}",
        )
        at_once = float(_Trial(*made).gradient(start).norm()) <= threshold
        require(
            not (at_once and trial.asked_before_nudge > max(wait, 6)),
            f"The first nudge comes too late: there was none before it, so it may come at once. {where}",
        )
        require(
            trial.nudges <= expected,
            f"Nudges came too often: after a nudge {wait} steps must pass before the next one. {where}",
        )
        require(
            trial.nudges >= expected,
            f"Nudges came too rarely. The next one may come when the last is {wait} steps ago, not later. {where}",
        )
        for wrong, message in (
            (end(old_gradient=True)[0], "After a nudge the step must use the gradient at the new point."),
            (end(settings=(lr, threshold, wait, steps - 1))[0], "One step is missing."),
            (end(settings=(lr, threshold, wait, steps + 1))[0], "There is one step too many."),
            (end(settings=(-lr, threshold, wait, steps))[0], "The gradient points uphill: subtract it."),
            (end(replace=True)[0], "A nudge is added to x; it does not replace x."),
            (plain, "The nudges were asked for, but they did not move the point."),
        ):
            require(torch.allclose(value, right) or not torch.allclose(value, wrong), f"{message} {where}")
        require(torch.allclose(value, right, rtol=1e-9, atol=1e-12), f"The end point is off. {where}")
    return "It nudges where the gradient is short, waits, and is plain gradient descent otherwise."
