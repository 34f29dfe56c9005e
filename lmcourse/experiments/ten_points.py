"""Ten points that trap a sigmoid network: how often, by method, start and width.

Data types, in words
    spec        what the runs of a row have in common: loss, hidden neurons, method, learning rate, scheme and scale of the starts
    trapped     a run whose loss ends within 0.002 of the strict minimum's
    EARLIER     (trapped, all ten right, runs) of each row, counted with other code and other starts when the points were made

The points are this course's own, so is every number here: there is no published table to compare with. What Swirszcz, Czarnecki
and Pascanu (2016, in the revision of 2017) report is that ten such points exist. The loss is a sum over the points: a learning rate
of 0.1 makes the same steps as 1 on the mean. Squared loss gets three times as long a step, since its gradients are smaller.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from torch import Tensor

from lmcourse.counting import shares_agree
from lmcourse.data import Data, ten_points
from lmcourse.experiments.count import Count
from lmcourse.initialisations import starts
from lmcourse.landscape import Landscape
from lmcourse.networks.landmarks import landmark
from lmcourse.networks.sigmoid import sigmoid_mlp
from lmcourse.plots import PALETTE, draw_share_rows
from lmcourse.training import Runs, train

TITLE = "Ten points: runs that end in the strict minimum with 4 of 10 right, by method, start and width"
SOURCE = "this course, on the question of Swirszcz, Czarnecki and Pascanu (2016)"
VERSION = 1
MEMBERS = 500
WITHIN = 0.002  # of the trap's loss: the lowest exit lies 0.0044 above it, other ends lie far away


def _row(loss="log", hidden=2, method="gd", lr=0.1, scheme="uniform", scale=1.0, steps=20_000) -> dict:
    return {
        "loss": loss,
        "hidden": hidden,
        "method": method,
        "lr": lr,
        "scheme": scheme,
        "scale": scale,
        "steps": steps,
    }


SPECS = (
    _row(),
    _row(scheme="normal", scale=0.5),
    _row(scheme="normal", scale=1.0),
    _row(scheme="normal", scale=2.0),
    _row(method="adam", lr=0.01),
    _row(method="sgd", lr=0.01, steps=60_000),
    _row(loss="squared", lr=0.3),
    _row(loss="squared", method="adam", lr=0.01),
    *(_row(hidden=hidden) for hidden in (3, 4, 6, 8)),
)
EARLIER = (
    (335, 0, 500), (297, 3, 500), (130, 70, 500), (20, 170, 500), (14, 1, 500), (0, 0, 500), (351, 0, 500), (40, 3, 500),
    (0, 38, 200), (0, 189, 200), (0, 200, 200), (0, 200, 200),
)  # fmt: skip


def network(hidden: int = 2, loss: str = "log", data: Data | None = None) -> Landscape:
    """The landscape of a 2-hidden-1 sigmoid network on the ten points, or on others.

    >>> network()
    Landscape: sigmoid network 2-2-1, 9 parameters (W1 2x2, b1 2, W2 1x2, b2 1), loss = sum over 10 samples of -log p(y)
    """
    return sigmoid_mlp([2, hidden, 1], data or ten_points(), loss)


def run(seeds: Iterable[int], **changes) -> Runs:
    """Train these members; `changes` replaces entries of the first row, for example method="adam", lr=0.01.

    >>> count_trapped(run(range(20), steps=10).loss)
    Count(failed=0, total=20, unfinished=0)
    """
    spec, seeds = _row(**changes), list(seeds)
    land = network(spec["hidden"], spec["loss"])
    theta = starts(land, seeds, scheme=spec["scheme"], scale=spec["scale"])
    return train(land, theta, spec["method"], lr=spec["lr"], max_steps=spec["steps"], seeds=seeds)


def run_chunk(spec: dict, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """One row's members: their loss, how many of the ten points are right, the length of theta and of the gradient."""
    runs = run(seeds, **spec)
    right = count_right(network(spec["hidden"]), runs.theta)
    arrays = {
        "loss": runs.loss,
        "right": right.to(torch.int8),
        "length": runs.theta.norm(dim=1),
        "grad_norm": runs.grad_norm,
    }
    return {name: array.numpy() for name, array in arrays.items()}


def count_right(land: Landscape, theta: Tensor, data: Data | None = None) -> Tensor:
    """How many samples each network theta (..., P) puts on the right side of p = 1/2: (...).

    >>> mark = landmark("ten points, log, trap")
    >>> int(count_right(mark.land, mark.theta))
    4
    """
    data = data or ten_points()
    return ((land.outputs(theta)[..., 0] > 0.5) == (data.y > 0.5)).sum(-1)


def is_trapped(losses, loss: str = "log"):
    """Which final losses (members,) are the strict minimum's, up to 0.002."""
    return abs(losses - landmark(f"ten points, {loss}, trap").loss) < WITHIN


def count_trapped(losses, loss: str = "log") -> Count:
    """How many of the final losses (members,) are the strict minimum's."""
    return Count(int(is_trapped(losses, loss).sum()), len(losses))


def count_all_right(right) -> Count:
    """How many members have all ten points right, of their numbers right (members,)."""
    return Count(int((right == 10).sum()), len(right))


def earlier(number: int) -> tuple[Count, Count]:
    """The counts of row `number` when the points were made: trapped, and all ten right."""
    trapped, right, runs = EARLIER[number]
    return Count(trapped, runs), Count(right, runs)


def name_of(spec: dict) -> str:
    """A row in words.

    >>> name_of(SPECS[1]), name_of(SPECS[4]), name_of(SPECS[-1])
    ('gradient descent, N(0, 0.5²)', 'Adam, uniform', 'gradient descent, uniform, 8 hidden')
    """
    method = {"gd": "gradient descent", "adam": "Adam", "sgd": "SGD, one sample"}[spec["method"]]
    start = spec["scheme"] if spec["scheme"] == "uniform" else f"N(0, {spec['scale']:g}²)"
    extra = [f"{spec['hidden']} hidden"] * (spec["hidden"] > 2) + ["squared loss"] * (spec["loss"] == "squared")
    return ", ".join([method, start, *extra])


def summarise(rows) -> str:
    """The table as text, with 95 % intervals, beside the earlier counts."""
    lines = [f"{'method, start':40} {'trapped':>22} {'earlier':>22} {'all ten right':>22} {'earlier':>22}"]
    for number, (spec, arrays) in enumerate(rows):
        here = count_trapped(arrays["loss"], spec["loss"]), count_all_right(arrays["right"])
        there = earlier(number)
        agree = all(shares_agree(ours[:2], theirs[:2]) for ours, theirs in zip(here, there, strict=True))
        counts = f"{here[0]!s:>22} {there[0]!s:>22} {here[1]!s:>22} {there[1]!s:>22}"
        lines.append(f"{name_of(spec):40} {counts}   {'agree' if agree else 'DIFFER'}")
    return "\n".join(lines)


def draw_result(ax, rows) -> None:
    """Shares of trapped runs and of runs with all ten points right, a row for each setting."""
    names = [name_of(spec) for spec, _ in rows]
    trapped = [count_trapped(arrays["loss"], spec["loss"]) for spec, arrays in rows]
    right = [count_all_right(arrays["right"]) for _, arrays in rows]
    draw_share_rows(ax, names, trapped, "trapped", PALETTE["vermilion"], "o", lift=0.15)
    draw_share_rows(ax, names, right, "all ten right", PALETTE["blue"], "s", lift=-0.15)
    ax.legend()
