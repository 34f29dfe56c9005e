"""Checks of the exercises of lesson 1.3.

Each check asks the learner's function about cases of its own, hidden and of many kinds, so that an answer that is right at one of
them by accident is found out. Typical mistakes are recognised by the value that they give.
"""

from __future__ import annotations

import math

from scipy.special import betainc

from lmcourse.checks.perturbed_steps import double_tensor, perturbed_descent
from lmcourse.checks.verdict import ask, near, number, require, task
from lmcourse.devices import random_stream
from lmcourse.experiments import escaping as experiment

__all__ = ["chance", "in_ball", "perturbed_descent", "steps_to_leave"]

CASES = ((2, 1, 1.0, 1.0), (3, 1, 1.0, 1.0), (10, 1, 4.0, 1.0), (10, 3, 1.0, 1.0), (7, 2, 0.5, 3.0), (100, 40, 1.0, 1.0),
         (40, 25, 1.0, 2.0), (100, 1, 50.0, 1.0), (6, 5, 0.2, 1.7))  # fmt: skip
MANY = 40_000  # points asked for in task 3


MISTAKES = (  # of task 1: what the typical wrong answers give, with their words
    (
        lambda a, b, y: betainc(a, b, 1 - y),
        "The curvatures are exchanged: the steeper the way down, the likelier a try succeeds.",
    ),
    (
        lambda a, b, y: betainc(2 * a, 2 * b, y),
        "Both parameters of the Beta distribution are twice what they should be.",
    ),
    (
        lambda a, b, y: betainc(b, a, y),
        "The numbers of directions are exchanged: the more lead down, the likelier it is.",
    ),
    (lambda a, b, y: 1 - betainc(a, b, y), "This is the chance that the loss rises."),
    (
        lambda a, b, y: betainc(a, b, 0.5),
        "The curvatures have no influence. A steep way down outweighs several gentle ways up.",
    ),
    (
        lambda a, b, y: b / (a + b),
        "This is the share of directions that lead down. A random direction is a mixture of all of them.",
    ),
    (
        lambda a, b, y: y ** (2 * a),
        "This treats each direction up as a separate toss. A random direction mixes all of them.",
    ),
)


@task("Task 1")
def chance(answer) -> str:
    """`answer(N, k, down, up)` is the probability that a random direction leads down."""
    values, plain = [], []
    for N, k, down, up in CASES:
        where = f"with N = {N}, k = {k}, curvatures -{down:g} and {up:g}"
        values.append(number(ask(answer, N, k, down, up, called=where), "The chance"))
        require(-1e-12 <= values[-1] <= 1 + 1e-12, f"A chance lies between 0 and 1, but {where} yours does not.")
        plain.append(((N - k) / 2, k / 2, down / (down + up)))
    right = [experiment.chance(*case) for case in CASES]
    for wrong, message in MISTAKES:
        same = all(near(value, float(wrong(*case)), 1e-7) for value, case in zip(values, plain, strict=True))
        require(not same, message)
    for value, expected, (N, k, down, up) in zip(values, right, CASES, strict=True):
        where = f"(N = {N}, k = {k}, curvatures -{down:g} and {up:g})"
        require(
            abs(value - expected) > 0.1 * expected or abs(value - expected) <= 1e-7 * expected,
            f"Near, but not exact: is it a simulation, or the formula for large N? The lesson has a closed form. {where}",
        )
        require(abs(value - expected) <= 1e-7 * expected, f"The value is off. What is the distribution of A? {where}")
    return "At every dimension, number of ways down and pair of curvatures."


def _leaving_cases() -> list[tuple[float, float, float, float]]:
    """(x, curvature, lr, size): signs, sizes and rates of all kinds."""
    draw = random_stream(13)
    found = [(1e-3, 1.0, 0.1, 1.0), (-1e-3, 1.0, 0.1, 1.0), (0.5, 4.0, 0.25, 1.0), (1e-300, 0.01, 0.5, 3.0)]
    for _ in range(25):
        x = float(draw.choice([-1, 1])) * 10 ** float(draw.uniform(-12, -1))
        found.append((x, float(draw.uniform(0.1, 20)), float(draw.uniform(0.001, 0.3)), float(draw.uniform(0.2, 5))))
    return found


@task("Task 2")
def steps_to_leave(answer) -> str:
    """`answer(x, curvature, lr, size)` is the smallest whole t with |x| (1 + lr curvature)^t >= size."""
    for x, curvature, lr, size in _leaving_cases():
        where = f"x = {x:.3g}, curvature -{curvature:.3g}, step {lr:.3g}, size {size:.3g}"
        value = number(ask(answer, x, curvature, lr, size, called=f"with {where}"), "The number of steps")
        require(value == round(value), f"Steps are whole: round up, since the size must be reached. ({where})")
        growth = math.log1p(lr * curvature)
        exact = math.log(size / abs(x)) / growth
        flow = math.ceil(math.log(size / abs(x)) / (lr * curvature))
        require(
            value != flow or value >= exact,
            f"Your growth is exp(lr curvature) a step: the flow in continuous time. A step multiplies by a little less. ({where})",
        )
        require(
            value >= exact - 1e-9,
            f"After so many steps the size is not reached yet. Is the number rounded up? ({where})",
        )
        require(value < exact + 1 + 1e-9, f"The size is reached earlier. What multiplies x in one step? ({where})")
    exact = number(
        ask(answer, 0.25, 4.0, 0.25, 1.0, called="where each step doubles x = 0.25, until size 1"),
        "The number of steps",
    )
    require(
        exact == 2,
        "Where |x| equals the size exactly, it is reached: 'at least'. Try x = 0.25, doubled at each step, and size 1.",
    )
    done = number(
        ask(answer, -2.0, 1.0, 0.1, 1.0, called="with x = -2, which is larger than size 1"), "The number of steps"
    )
    require(done == 0, "Where |x| is at least the size from the start, no step is needed.")
    never = ask(answer, 0.0, 1.0, 0.1, 1.0, called="with x = 0")
    never = never.item() if hasattr(never, "item") else never
    require(
        isinstance(never, float) and math.isinf(never) and never > 0,
        "With x = 0 there is nothing to grow: return math.inf.",
    )
    return "Both signs, large and small, and never where there is nothing to grow."


@task("Task 3")
def in_ball(answer) -> str:
    """`answer(members, N, radius)` are points (members, N), uniform in the ball."""
    for N, radius in ((3, 0.5), (2, 2.0), (1, 1.0), (9, 1e-3)):
        where = f"In {N} dimension{'s' * (N > 1)}"
        x = double_tensor(
            ask(answer, MANY, N, radius, called=f"with {MANY}, N = {N}, radius {radius:g}"), (MANY, N), "The points"
        )
        x, spread = x / radius, (N / (N + 2) - (N / (N + 1)) ** 2) ** 0.5 / MANY**0.5
        length = x.norm(dim=1)
        require(
            radius == 1 or not near(float(length.mean()) * radius, N / (N + 1), 6 * spread),
            f"{where} the points fill the ball of radius 1. What does the radius do?",
        )
        require(
            float(length.max()) <= 1 + 1e-9,
            f"{where} some points lie outside the ball. Coordinates drawn one by one fill a cube, or a cloud without an edge.",
        )
        require(float(x.std(dim=0).min()) > 0, f"{where} all points are the same: each member needs its own draw.")
        require(
            float(x.mean(dim=0).abs().max()) < 6 / (N + 2) ** 0.5 / MANY**0.5,
            f"{where} the points are not centred: do directions of both signs occur?",
        )
        require(float(length.std()) > 1e-6, f"{where} all points lie at one distance: on a sphere, not in the ball.")
        mean = float(length.mean())
        require(
            N == 1 or abs(mean - 0.5) > 6 * spread,
            f"{where} half of your points lie within half the radius. How much of the volume is that? The distance from the centre "
            "is not uniform.",
        )
        require(
            mean < N / (N + 1) + 6 * spread and mean > N / (N + 1) - 6 * spread,
            f"{where} the distances from the centre do not belong to a uniform ball. How does the volume grow with the distance?",
        )
        fourth = (x / length[:, None]).pow(4).mean(dim=0)  # 3 / (N (N + 2)) if no direction is preferred
        noise = (105 / (N * (N + 2) * (N + 4) * (N + 6)) - 9 / (N * (N + 2)) ** 2) ** 0.5 / MANY**0.5 if N > 1 else 1
        require(
            float((fourth - 3 / (N * (N + 2))).abs().max()) < 6 * noise,
            f"{where} some directions are preferred. Normal numbers have no preferred direction; uniform ones prefer the corners.",
        )
    return "Uniform in the ball, in 1, 2, 3 and 9 dimensions."
