"""Learning-rate schedules: a function from the number of a step (0, 1, 2, ...) to a factor of the learning rate.

Data types, in words
    schedule    any function step -> factor, for example lambda step: 0.99**step
    SCHEDULES   schedules with a name; they fit themselves to max_steps
"""

from __future__ import annotations

import math
from collections.abc import Callable

Schedule = Callable[[int], float]


def step_decay(every: int, factor: float = 0.1) -> Schedule:
    """Multiply the rate by `factor` after each `every` steps.

    >>> [step_decay(every=10, factor=0.5)(step) for step in (0, 9, 10, 25)]
    [1.0, 1.0, 0.5, 0.25]
    """
    return lambda step: float(factor) ** (step // every)


def cosine(total: int) -> Schedule:
    """From 1 to 0 in `total` steps along half a wave, (1 + cos(pi step / total)) / 2 (Loshchilov and Hutter 2017), then 0.

    >>> [round(cosine(100)(step), 3) for step in (0, 25, 50, 100)]
    [1.0, 0.854, 0.5, 0.0]
    """
    return lambda step: (1 + math.cos(math.pi * min(step / total, 1))) / 2


def inverse_time(halved_after: float) -> Schedule:
    """1 / (1 + step / halved_after): its sum is infinite, that of its squares finite (Robbins and Monro 1951).

    >>> [inverse_time(10)(step) for step in (0, 10, 30)]
    [1.0, 0.5, 0.25]
    """
    return lambda step: 1 / (1 + step / halved_after)


SCHEDULES: dict[str, Callable[[int], Schedule]] = {  # name -> (max_steps -> schedule)
    "constant": lambda max_steps: lambda step: 1.0,
    "step": lambda max_steps: step_decay(max(1, math.ceil(max_steps / 3))),
    "cosine": lambda max_steps: cosine(max(1, max_steps)),
    "1/t": lambda max_steps: inverse_time(max(1, max_steps) / 10),
}


def named_schedule(schedule: str | Schedule | None, max_steps: int) -> Schedule | None:
    """The schedule of this name, or the function itself; None where the rate stays as it is."""
    if schedule is None or schedule == "constant":
        return None
    if callable(schedule):
        return schedule
    if schedule not in SCHEDULES:
        raise ValueError(
            f"schedule must be a function of the step or one of {', '.join(SCHEDULES)}, but {schedule!r} came."
        )
    return SCHEDULES[schedule](max_steps)
