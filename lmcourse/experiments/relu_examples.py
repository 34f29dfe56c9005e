"""Swirszcz, Czarnecki and Pascanu (2016), propositions 1 to 3: how often their ReLU examples trap a network, by start.

The authors show that poor minima exist, at the losses of LEVELS; how often training meets them, and all the other losses at which
it ends, is this course's own count. Squared loss, summed; full-batch gradient descent with step 0.001 to a gradient of 1e-6, or
30,000 steps.

Data types, in words
    LEVELS      for each example the named losses: its lowest one, its traps, the best constant
    OUTCOMES    how a run can end; many still creep when time is up, so one less than NEAR above a named loss counts as there
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
from lmcourse.plots import PALETTE
from lmcourse.training import Status, train

TITLE = "ReLU examples 1 to 3: where gradient descent ends, by start"
SOURCE = "this course, on propositions 1 to 3 of Swirszcz, Czarnecki and Pascanu (2016)"
VERSION = 1
MEMBERS = 1000
CHUNK = 500
STEP, TOL, STEPS, WITHIN, NEAR = 0.001, 1e-6, 30_000, 1e-3, 0.1
STARTS = (("normal", 0.5), ("normal", 1.0), ("normal", 2.0), ("uniform", 1.0), ("lecun", 1.0), ("he", 1.0))
SPECS = tuple({"example": i, "scheme": scheme, "scale": scale} for i in (1, 2, 3) for scheme, scale in STARTS)
LEVELS: dict[int, dict[str, float]] = {
    1: {"global": 14.0, "trap": 18.0, "best line": 614 / 29, "best constant": 21.2},
    2: {"global": 0.0, "trap": 8 / 3, "best constant": 196 / 3},
    3: {"global": 0.0, "better trap": 1 / 6, "worse trap": 2 / 3, "best constant": 305 / 6},
}

OUTCOMES = {  # and how it is drawn
    "at the lowest loss": ("blue", ""),
    "at a bad minimum of the paper": ("vermilion", "//"),
    "at rest elsewhere": ("yellow", ".."),
    "still moving": ("white", ""),
    "diverged": ("grey", "xx"),
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


def outcomes(spec: dict, arrays: dict[str, np.ndarray]) -> list[int]:
    """How many runs end in each of OUTCOMES. No other loss at which runs rest lies less than NEAR above a named one.

    >>> arrays = {"loss": np.array([14.0, 18.0, 21.2, np.inf]), "status": np.array([0, 0, 0, 2])}
    >>> outcomes({"example": 1}, arrays)
    [1, 1, 1, 0, 1]
    """
    loss, levels = arrays["loss"], LEVELS[spec["example"]]
    lowest = loss < levels["global"] + NEAR
    above = np.array([loss - level for name, level in levels.items() if "trap" in name])
    named = ((above > -WITHIN) & (above < NEAR)).any(axis=0)
    moving, diverged = (arrays["status"] == status for status in (Status.MAX_STEPS, Status.DIVERGED))
    apart = ~(lowest | named)
    kinds = lowest, named, apart & ~moving & ~diverged, apart & moving, diverged
    return [int(kind.sum()) for kind in kinds]


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
        near, trapped, _, moving, diverged = outcomes(spec, arrays)
        lines.append(
            f"example {spec['example']}, {name_of(spec):11}  {named}; {often} of {len(levels_met(arrays))} losses; "
            f"less than {NEAR} above the lowest {near}, a trap {trapped}, elsewhere still moving {moving}, diverged {diverged}"
        )
    return "\n".join(lines)


def draw_result(ax, rows: Sequence[tuple[dict, dict]]) -> None:
    """How the runs of each row end, as bars that add up to all of them."""
    names = [f"{spec['example']}: {name_of(spec)}" for spec, _ in rows]
    shares = np.array(
        [[100 * count / len(arrays["loss"]) for count in outcomes(spec, arrays)] for spec, arrays in rows]
    )
    begin = shares.cumsum(1) - shares
    for k, (outcome, (color, hatch)) in enumerate(OUTCOMES.items()):
        looks = {"color": PALETTE.get(color, color), "edgecolor": "black", "hatch": hatch, "label": outcome}
        ax.barh(names, shares[:, k], left=begin[:, k], **looks)
    ax.invert_yaxis()
    ax.set(xlabel="runs (percent)", ylabel="example: start", xlim=(0, 100))
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, frameon=False)
