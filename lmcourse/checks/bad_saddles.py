"""Checks of the exercises of lesson 3.2.

Each check calls the learner's function on cases of its own, random ones among them, and looks at properties. Typical mistakes are
recognised by the value that they give.
"""

from __future__ import annotations

import math
from functools import reduce

import numpy as np
import torch
from torch import Tensor

from lmcourse.checks.bad_saddle_points import critical_points, saddles
from lmcourse.checks.verdict import ask, number, require, task
from lmcourse.devices import random_stream
from lmcourse.experiments.plateaus import mode_time

# ----------------------------------------------------------------------------------------------- task 1


def _fall(order: int, seed: int):
    """(loss, theta, D): a loss of several numbers that falls along D with a first term of this order, and rises in other ways."""
    draw = random_stream(seed)
    theta, D = (torch.from_numpy(draw.normal(size=5)) for _ in range(2))
    D = D / D.norm()
    height, steep, up = float(draw.uniform(0.5, 4)), float(draw.uniform(1.5, 3)), float(draw.uniform(0.5, 2))

    def loss(point) -> Tensor:
        away = torch.as_tensor(point, dtype=torch.float64) - theta
        along = away @ D
        across = (away - along[..., None] * D).square().sum(dim=-1)
        return height - steep * along**order + up * along ** (2 * order) + across

    return loss, theta, D


@task("Task 1")
def falling_order(answer) -> str:
    """`answer(loss, theta, D)` is the order m of the first term by which the loss falls along D."""
    for order, seed in ((2, 1), (3, 2), (4, 3), (5, 4), (2, 5), (3, 6)):
        loss, theta, D = _fall(order, seed)
        value = ask(answer, loss, theta.clone(), D.clone(), called="with a loss, a theta (5,) and a D (5,)")
        case = f"for a loss that falls like t^{order}" if seed <= 2 else "for a loss of the check"
        require(
            not _is_nan(value),
            f"The order came out as nan {case}: rounding has eaten a fall, and zero has no logarithm. Is t too small?",
        )
        single, value = _is_single(value), number(value, "The order")
        require(not single or abs(value - order) < 0.05, SINGLE)
        require(value > -0.5, f"The order came out negative {case}. Which of the two falls is the larger one?")
        require(
            abs(value) > 0.05,
            f"The order came out as nothing {case}. Is it the fall that you compare, not the loss itself?",
        )
        require(
            abs(value - order * math.log(2)) > 0.03,
            "The logarithm has the wrong base: on twice the way the fall is 2^m times as large.",
        )
        require(
            abs(value - order) < 0.05,
            f"The order is off {case}. The fall is c t^m with a c that you do not know: compare two falls, so that c drops out. "
            "And t must be small, so that higher powers do not count, but not so small that rounding eats a fall of order 5.",
        )
    return "Two falls compared: the factor drops out, the order stays."


SINGLE = "The result came in float32, whose seven digits cannot hold falls this small. Stay in float64."


def _is_single(value) -> bool:
    return getattr(value, "dtype", None) in (torch.float32, np.float32, torch.float16, np.float16)


def _is_nan(value) -> bool:
    try:
        return math.isnan(float(value))
    except (TypeError, ValueError, RuntimeError):
        return False


# ----------------------------------------------------------------------------------------------- task 2


@task("Task 2")
def escape_time(answer) -> str:
    """`answer(s, eps, layers)` is the time of a' = a^(L-1) (s - a^L) from eps to half of s, measured in a^L."""
    draw = random_stream(7)
    cases = [(2.0, 0.1, 3), (2.0, 0.1, 2), (1.0, 0.3, 4), (3.0, 0.2, 3), (0.7, 0.25, 2), (1.6, 0.45, 5)]
    cases += [(float(draw.uniform(0.5, 3)), float(draw.uniform(0.1, 0.5)), int(layers)) for layers in (2, 3, 4)]
    for s, eps, layers in cases:
        words = f"s = {s:.3g}, eps = {eps:.3g}, {layers} layers"
        value = number(ask(answer, s, eps, layers, called=f"with {words}"), "The time")
        right = _time(s, eps**layers, s / 2, layers)
        close = _close_to(value)
        mistakes = (
            (
                right / layers,
                "Your layers move faster than the equation says. Only the product has a factor L in its equation.",
            ),
            (
                _half_layer(s, eps, layers),
                f"For {words} you wait until the layer a has half of s. It is the product a^L that should.",
            ),
            (
                _time(s, eps, s / 2, layers) if eps < s / 2 else None,
                f"For {words} your product starts at eps. Every layer does, so the product starts smaller.",
            ),
            (
                _rough(s, eps, layers),
                f"For {words} you give the rule for small eps. At this eps it is too rough: follow the equation itself.",
            ),
        )
        for wrong, message in mistakes:
            require(wrong is None or close(right) or not close(wrong), message)
        require(
            value < 20 * right + 20,
            f"For {words} the time is far too long. Do you return steps? The time is their number times the step size.",
        )
        require(close(right), f"For {words} the time is off by more than 3 % and 0.1. A step of 0.01 is small enough.")
    return "The equation followed to the half-way point."


def _close_to(value: float):
    return lambda wanted: abs(value - wanted) <= 0.03 * wanted + 0.1


def _time(s: float, u0: float, u: float, layers: int) -> float:
    """When the product a^L of L equal layers, u0 at the start, reaches u."""
    return float(mode_time(torch.tensor(u, dtype=torch.float64), s, u0, layers))


def _half_layer(s: float, eps: float, layers: int) -> float | None:
    u = (s / 2) ** layers
    return _time(s, eps**layers, u, layers) if eps < s / 2 and u < 0.99 * s and abs(u - s / 2) > 0.05 * s else None


def _rough(s: float, eps: float, layers: int) -> float:
    return math.log(1 / eps) / s if layers == 2 else eps ** (2 - layers) / ((layers - 2) * s)


# ----------------------------------------------------------------------------------------------- task 3


@task("Task 3")
def is_tightened(answer) -> str:
    """`answer(layers, C)` says whether all pivots are tightened, C = X Y' (inputs, outputs)."""
    for words, layers, C, right in critical_points():
        given = [W.clone() for W in layers]
        value = ask(answer, given, C.clone(), called=f"at {words}")
        require(
            all(map(torch.equal, given, layers)), "Your function changes the layers themselves. Let it work on copies."
        )
        value = value.item() if hasattr(value, "item") and getattr(value, "ndim", 0) == 0 else value
        require(
            isinstance(value, (bool, int)) and value in (0, 1),
            f"The answer must be True or False, but {value!r:.40} came.",
        )
        why = (
            "all its pivots are tightened, and you say no. One block of the two is enough, and the outer block is one "
            "product, in the order of the formula: which ranks did you find?"
            if right
            else "some pivot is not tightened, and you say yes. Do you look at all pairs i > j, not neighbours alone, with X Y' "
            "between the outer layers, and the identity between neighbours?"
        )
        require(bool(value) == right, f"At {words} {why}")
    return "All pivots, both blocks, and one of the two is enough."


# ----------------------------------------------------------------------------------------------- task 4


@task("Task 4")
def way_down(answer) -> str:
    """`answer(layers, Y)` is a list of matrices D_h along which the loss falls from a bad saddle, inputs the unit vectors."""
    for words, layers, Y in saddles():
        given = [W.clone() for W in layers]
        value = ask(answer, given, Y.clone(), called=f"at {words}")
        require(
            all(map(torch.equal, given, layers)), "Your function changes the layers themselves. Let it work on copies."
        )
        value = list(value) if isinstance(value, (list, tuple)) else []
        value = [torch.from_numpy(D) if isinstance(D, np.ndarray) else D for D in value]
        require(
            len(value) == len(layers) and all(isinstance(D, Tensor) for D in value),
            f"A direction is a list of {len(layers)} matrices, one for each layer.",
        )
        for part in value:
            require(not _is_single(part), SINGLE)
        shapes = [tuple(D.shape) for D in value], [tuple(W.shape) for W in layers]
        require(
            shapes[0] == shapes[1], f"At {words} the matrices must have the shapes {shapes[1]}, but {shapes[0]} came."
        )
        D = [part.detach().double() for part in value]
        length = float(torch.cat([part.flatten() for part in D]).norm())
        require(math.isfinite(length) and length > 1e-9, f"At {words} the direction is zero, or not finite.")

        def loss(t: float, D=D, length=length, layers=layers, Y=Y) -> float:
            moved = [W + t / length * part for W, part in zip(layers, D, strict=True)]
            return float((reduce(torch.matmul, moved[::-1]) - Y).square().sum()) / 2

        here, moved = loss(0.0), [loss(t) for t in (0.1, 0.05)]
        back = [loss(t) for t in (-0.1, -0.05)]
        require(
            not (min(moved) > here and max(back) < here),
            f"At {words} the loss rises along your direction, and falls backwards. "
            "Do W_(h+1) D_h and D_(h+1) W_h vanish? Then mind the signs that the layers pass on.",
        )
        require(
            any(abs(value - here) > 1e-10 for value in moved),
            f"At {words} the loss does not change along your direction. Does each D_h hand on what the one before it brings?",
        )
        require(
            max(moved) < here,
            f"At {words} the loss does not fall along your direction. Does the product of all D_h point along the "
            "error that is left? And do W_(h+1) D_h and D_(h+1) W_h vanish, so that nothing that is learnt gets lost?",
        )
    return "A new mode through unused neurons of every layer."
