"""Swirszcz, Czarnecki and Pascanu (2016), propositions 1 to 3: how often their ReLU examples trap a network, by start.

The authors show that poor minima exist, at the losses of LEVELS; how often training meets them, and all the other losses at which
it ends, is this course's own count. Squared loss, summed; full-batch gradient descent with step 0.001 to a gradient of 1e-6, or
30,000 steps.

Data types, in words
    LEVELS      for each example the named losses: its lowest one, its traps, the best constant
    spec        {"example": 1, 2 or 3, "scheme" and "scale" of the starts}; with one neuron "lecun" is "normal, 1"
    loss        (members,) at the end, to six digits
    status      (members,) `Status`: at rest, still moving after all steps, or diverged
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from lmcourse.data import relu_example
from lmcourse.experiments.count import Count
from lmcourse.initialisations import starts
from lmcourse.networks.relu import relu_mlp
from lmcourse.plots import PALETTE, draw_shares
from lmcourse.training import Status, train

TITLE = "ReLU examples 1 to 3: where gradient descent ends, by start"
SOURCE = "this course, on propositions 1 to 3 of Swirszcz, Czarnecki and Pascanu (2016)"
VERSION = 1
MEMBERS = 1000
CHUNK = 500
STEP, TOL, STEPS, WITHIN = 0.001, 1e-6, 30_000, 1e-3
STARTS = (("normal", 0.5), ("normal", 1.0), ("normal", 2.0), ("uniform", 1.0), ("lecun", 1.0), ("he", 1.0))
SPECS = tuple({"example": i, "scheme": scheme, "scale": scale} for i in (1, 2, 3) for scheme, scale in STARTS)
LEVELS: dict[int, dict[str, float]] = {
    1: {"global": 14.0, "trap": 18.0, "best line": 614 / 29, "best constant": 21.2},
    2: {"global": 0.0, "trap": 8 / 3, "best constant": 196 / 3},
    3: {"global": 0.0, "better trap": 1 / 6, "worse trap": 2 / 3, "best constant": 305 / 6},
}


def run_chunk(spec: dict, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Train these members of one row."""
    land = relu_mlp([1, spec["example"], 1], relu_example(spec["example"]))
    theta = starts(land, seeds, scheme=spec["scheme"], scale=spec["scale"])
    runs = train(land, theta, lr=STEP, tol=TOL, max_steps=STEPS, seeds=list(seeds))
    diverged = runs.status == Status.DIVERGED
    loss = runs.loss.masked_fill(diverged, np.inf).numpy().round(6)
    return {"loss": loss.astype(np.float32), "status": runs.status.numpy()}


def count_at(arrays: dict[str, np.ndarray], level: float) -> Count:
    """How many runs ended within 0.001 of a loss.

    >>> count_at({"loss": np.array([18.0, 14.0, 18.0004])}, 18.0)
    Count(failed=2, total=3, unfinished=0)
    """
    return Count(int((abs(arrays["loss"] - level) < WITHIN).sum()), len(arrays["loss"]))


def levels_met(arrays: dict[str, np.ndarray]) -> list[tuple[float, int]]:
    """(loss to three digits, how many runs rest there), the most frequent first."""
    resting = arrays["loss"][arrays["status"] == Status.CONVERGED]
    return [(float(level), count) for level, count in Counter(resting.round(3).tolist()).most_common()]


def name_of(spec: dict) -> str:
    """The starts of a row in words.

    >>> name_of(SPECS[0]), name_of(SPECS[-1])
    ('normal, 0.5', 'he')
    """
    return spec["scheme"] + (f", {spec['scale']:g}" if spec["scheme"] == "normal" else "")


def summarise(rows: Sequence[tuple[dict, dict]]) -> str:
    """A line a row: shares at the named losses, the losses met most often, runs still moving and diverged."""
    lines = ["Percent of runs at the named losses (95 % intervals); then the three losses met most often, by runs"]
    for spec, arrays in rows:
        named = ", ".join(f"{name} {count_at(arrays, level)}" for name, level in LEVELS[spec["example"]].items())
        often = ", ".join(f"{level:.3f}: {count}" for level, count in levels_met(arrays)[:3])
        moving, diverged = ((arrays["status"] == status).sum() for status in (Status.MAX_STEPS, Status.DIVERGED))
        lines.append(
            f"example {spec['example']}, {name_of(spec):11}  {named}; {often} of {len(levels_met(arrays))} losses; "
            f"{moving} still moving, {diverged} diverged"
        )
    return "\n".join(lines)


def draw_result(ax, rows: Sequence[tuple[dict, dict]]) -> None:
    """The share of runs that reach the lowest loss, by example and start."""
    for example, color, marker in ((1, "blue", "o"), (2, "vermilion", "s"), (3, "green", "^")):
        those = [(name_of(spec), arrays) for spec, arrays in rows if spec["example"] == example]
        counts = [count_at(arrays, LEVELS[example]["global"]) for _, arrays in those]
        draw_shares(ax, range(len(those)), counts, f"example {example}", PALETTE[color], marker, "none")
    ax.set_xticks(range(len(STARTS)), [name_of({"scheme": scheme, "scale": scale}) for scheme, scale in STARTS])
    ax.set(xlabel="start", ylabel="runs at the lowest loss (percent)")
    ax.legend()
