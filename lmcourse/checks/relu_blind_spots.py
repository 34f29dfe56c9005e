"""Checks for the exercises of lesson 2.2: blind samples, the lowest loss for a kink, ways out, forced zeros."""

from __future__ import annotations

from fractions import Fraction

import torch
from torch import Tensor

from lmcourse.certificates import certify
from lmcourse.data import Data
from lmcourse.devices import random_stream
from lmcourse.networks.landmarks import landmark
from lmcourse.networks.relu import relu_mlp

from .verdict import Mistake, NotAttempted, ask, near, number, require, task, tensor


def _draw(seed: int, size: int, high: int = 6) -> Tensor:
    """Different whole numbers from -high to high, so that nothing is close to a kink by chance."""
    return torch.from_numpy(random_stream(seed).permutation(2 * high + 1)[:size] - high).double()


@task("Task 1")
def blind(answer) -> str:
    """`answer(w, b, x)` says at which samples no neuron is on."""
    w, b = torch.tensor([1.0, -2.0, 3.0]).double(), torch.tensor([-4.0, -2.0, -6.0]).double()
    x = torch.tensor([-3.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 6.0]).double()  # kinks at 4, -1 and 2
    value = ask(answer, w, b, x, called="with 3 neurons and 8 samples")
    if isinstance(value, Tensor) and value.shape == (len(w),):
        raise Mistake("There is one answer for each neuron. It is the samples that are blind or not.")
    given = tensor(value, tuple(x.shape), "The answer") != 0
    require(value.dtype == torch.bool, f"The answer must hold True and False, but its entries are {value.dtype}.")
    z = x[:, None] * w + b
    right = (z <= 0).all(1)
    mistakes = (
        (~right, "The answer is upside down: True must stand where no neuron is on."),
        ((z <= 0).any(1), "A sample is blind where all neurons are off, not already where one of them is."),
        ((z < 0).all(1), "On a kink, w x + b = 0, the neuron is not on. What does your comparison say of a zero?"),
        ((z >= 0).all(1), "The sign is off: a neuron is on where w x + b is positive."),
        (z[:, 0] <= 0, "Your answer depends on the first neuron alone."),
    )
    for wrong, message in mistakes:
        require(torch.equal(given, right) or not torch.equal(given, wrong), message)
    require(torch.equal(given, right), "Some samples are judged wrongly. Compute w x + b for each pair by hand once.")
    for seed in range(5):
        w, b, x = _draw(3 * seed, 2), _draw(3 * seed + 1, 2), _draw(3 * seed + 2, 5)
        given = tensor(ask(answer, w, b, x, called="with 2 neurons and 5 samples"), tuple(x.shape), "The answer") != 0
        require(
            torch.equal(given, (x[:, None] * w + b <= 0).all(1)),
            "With other numbers of neurons and samples the answer is off.",
        )
    return "Every sample is judged rightly, those on a kink as well."


def _finite_loss(value) -> float:
    """A learner's loss as one number; NaN gets the hint that belongs here."""
    finite = not isinstance(value, float | Tensor) or bool(torch.isfinite(torch.as_tensor(value)).all())
    require(
        finite,
        "The lowest loss is not finite. Where no sample is on, one column is zero: is something divided by zero there?",
    )
    return number(value, "The lowest loss")


def _lowest(features: list[Tensor], y: Tensor) -> float:
    A = torch.stack(features, dim=1)
    return float((A @ (torch.linalg.pinv(A) @ y) - y).square().sum())


@task("Task 2")
def lowest_loss(answer) -> str:
    """`answer(t, side, x, y)` is the lowest sum of squares of a neuron with its kink at t."""
    x, y = (
        torch.tensor([-2.0, -1.0, 0.5, 2.0, 3.0, 5.0]).double(),
        torch.tensor([1.0, 4.0, -1.0, 2.0, 0.0, 3.0]).double(),
    )
    ones, t = torch.ones_like(x), torch.tensor(1.0).double()
    for side in (1, -1):
        hinge = (side * (x - t)).relu()
        value = _finite_loss(ask(answer, t, side, x, y, called=f"with a kink at 1 and side={side}"))
        right = _lowest([hinge, ones], y)
        mistakes = (
            (right / len(x), "That is the mean of the squares. The loss of this lesson is their sum."),
            (right**0.5, "That is the root of the sum of squares."),
            (right / 2, "That is half the sum of squares."),
            (_lowest([hinge], y), "Where is the output bias c? It can lower the loss, too."),
            (_lowest([x - t, ones], y), "The kink is missing: where the neuron is off, s must not act."),
            (_lowest([(side * (t - x)).relu(), ones], y), f"With side={side} the neuron looks to the wrong side."),
            (_lowest([(x > t).double(), ones], y), "A step is not a hinge: what multiplies s grows with the distance to the kink."),
            (float((y - y.mean()).square().sum()), "That is the loss of the best constant. Is the slope s fitted?"),
        )  # fmt: skip
        for wrong, message in mistakes:
            require(near(value, right) or not near(value, wrong, 1e-6), message)
        require(value >= right - 1e-9, "So low a loss is out of reach of such a network.")
        require(near(value, right, 1e-6), "A lower loss is possible with this kink. Are s and c fitted together?")
    for place in (9.0, -9.0):
        for side in (1, -1):
            hinge = (side * (x - place)).relu()
            seen = "all samples are on" if side * place < 0 else "no sample is on and a column is zero"
            name = f"with a kink at {place:g} and side={side}, where {seen}"
            value = _finite_loss(ask(answer, torch.tensor(place).double(), side, x, y, called=name))
            require(
                near(value, _lowest([hinge, ones], y), 1e-6),
                f"It is right with the kink among the samples, but off {name}. What is left of f there?",
            )
    return "Both sides agree with least squares, beyond the samples as well."


@task("Task 3")
def way_out(stops) -> str:
    """`stops` are the corners of a path out of the minimum with loss 2/3."""
    if stops is ... or (isinstance(stops, list) and ... in stops):
        raise NotAttempted
    start = landmark("relu 3, worse")
    stops = stops.tolist() if isinstance(stops, Tensor) else stops
    require(isinstance(stops, list | tuple), f"The check needs a list of corners, but a {type(stops).__name__} came.")
    require(len(stops) > 0, "Your list of corners is empty: a way out needs at least one.")
    corners = []
    for place, corner in enumerate(stops, 1):
        corner = corner.tolist() if isinstance(corner, Tensor) else corner
        require(
            isinstance(corner, list | tuple) and len(corner) == 10,
            f"Corner {place} must be a list of ten numbers: three w, three b, three v, and c.",
        )
        corners.append([_fraction(entry, place) for entry in corner])
    floats = torch.tensor([[float(entry) for entry in corner] for corner in corners], dtype=torch.float64)
    end = float(start.land.loss(floats[-1]))
    require(end < 2 / 3 - 1e-9, f"Your path ends at a loss of {end:.4f}, and not below 2/3.")
    path = torch.cat([start.theta[None], floats])
    share = torch.linspace(0, 1, 1001, dtype=torch.float64)[:, None]
    for leg in range(len(corners)):
        heights = start.land.loss(torch.lerp(path[leg], path[leg + 1], share))
        lowest = heights.cummin(0).values
        at = int((heights - lowest).argmax())
        require(
            float(heights[at] - lowest[at]) < 1e-9,
            f"On leg {leg + 1} the loss rises from {float(lowest[at]):.4f} to {float(heights[at]):.4f}. "
            "Which output at which sample changes there, and who could make up for it?",
        )
    proof = certify(start.land, start.theta, "exit that never rises", stops=corners)
    require(
        proof.proved,
        f"Along a fine grid the loss never rises, but it is not proved: {proof.why_not} Are all fractions exact?",
    )
    left = "a perfect fit" if end < 1e-12 else f"a loss of {end:.4f}"
    return f"Proved: a way out in {len(corners)} legs to {left}."


def _fraction(entry, place: int) -> Fraction | float:
    try:
        value = Fraction(entry) if isinstance(entry, str | int | Fraction) else float(entry)
        require(abs(value) < 1e6, f"Corner {place} holds {entry!r}; numbers below a million will do.")
    except (TypeError, ValueError, ZeroDivisionError):
        raise Mistake(f'Corner {place} holds {entry!r}, which is no number. Fractions are written "2/3".') from None
    return value


@task("Task 4")
def scalings(answer) -> str:
    """`answer(theta)` is, row by row, the direction in which scaling moves each neuron."""
    for n in (2, 3):
        theta = _draw(n, 3 * n + 1, high=12) + 0.25
        value = ask(answer, theta.clone(), called=f"with {n} neurons")
        rows = tensor(value, (n, 3 * n + 1), "The result")
        w, b, v = theta[:n], theta[n : 2 * n], theta[2 * n : 3 * n]
        zero = torch.zeros(n, 1, dtype=torch.float64)

        def layout(*blocks: Tensor, last: Tensor = zero) -> Tensor:
            return torch.cat([*(torch.diag(block) for block in blocks), last], dim=1)

        right = layout(w, b, -v)
        require(bool((rows.abs().sum(1) > 0).all()), "A row is zero, but each of these neurons can be scaled.")
        mistakes = (
            (layout(w, b, v), "The sign of one block is off: when a grows, v / a shrinks."),
            (layout(w, b, 1 / v), "The last block is off: differentiate v / a with respect to a, and put a = 1."),
            (layout(w, b, -1 / v), "The last block is off: differentiate v / a with respect to a, and put a = 1."),
            (layout(w, b, 0 * v), "Who makes up for it when w and b grow? The output weight has to move, too."),
            (layout(w, 0 * b, -v), "If b stays while w grows, the kink moves and the function changes."),
            (layout(w, b, -v).sum(0, keepdim=True).expand(n, -1), "Each row scales all neurons at once. One row, one neuron."),
        )  # fmt: skip
        for wrong, message in mistakes:
            require(not torch.allclose(rows, wrong), message)
        if torch.allclose(rows / rows.norm(dim=1, keepdim=True), -right / right.norm(dim=1, keepdim=True)):
            raise Mistake("The rows point the other way: they belong to a that shrinks.")
        data = Data(_draw(7, 6)[:, None], _draw(8, 6))
        slope = float((rows @ relu_mlp([1, n, 1], data).gradient(theta)).abs().max())
        require(
            slope < 1e-6,
            f"With {n} neurons the loss changes along a row: its slope there is {slope:.3g}. Is the order w, b, v, c?",
        )
        parallel = torch.allclose(rows / rows.norm(dim=1, keepdim=True), right / right.norm(dim=1, keepdim=True))
        require(
            not parallel or torch.allclose(rows, right),
            "The directions are right, their lengths are not the derivative's.",
        )
        require(
            torch.allclose(rows, right),
            "The loss is level along your rows, but row j must move neuron j alone, in order.",
        )
    return "The loss is level along every row."
