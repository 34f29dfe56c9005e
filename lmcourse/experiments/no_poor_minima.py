"""Deep linear networks from random starts: how long they sit on plateaus, and that none of them stays.

Kawaguchi (2016) proves that every local minimum of such a network is global. The census of runs is this course's own.
Gradient descent on 1/2 |W_L ... W_1 - diag(2, 1.5, 1, 0.5)|^2, widths 4-2-...-2-4, step size 0.02, every weight N(0, 1/inputs) at
the start, or this divided by 3. A run is finished when its loss is within 1e-6 of the global value, 0.625.

Data types, in words
    rows        (layers, smaller): the number of matrices L, and what the usual start is divided by
    arrays      what a row gives, leading axis = members: steps (the step at which a run was finished, counted in tens; -1 if it
                never was), losses (members, LOOKS; where a run is after so many steps) and gradient (the same, its length)
    level       the loss of a critical point; the sets of modes that fit through two hidden neurons have eleven levels
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
import torch
from torch import Tensor

from lmcourse.data import Data
from lmcourse.devices import DATA, random_stream
from lmcourse.experiments.count import Count
from lmcourse.initialisations import starts
from lmcourse.landscape import Landscape
from lmcourse.networks.linear import deep_linear
from lmcourse.plots import PALETTE, draw_shares

TITLE = "Deep linear networks from random starts: unfinished runs by number of steps, depth and size of the start"
SOURCE = "this course, on the theorem of Kawaguchi (2016)"
VERSION = 1
MEMBERS = 1000
CHUNK = 500
LAYERS, SMALLER = (2, 3, 4, 5), (1, 3)
SPECS = tuple({"layers": layers, "smaller": smaller} for smaller in SMALLER for layers in LAYERS)
STRENGTHS, GLOBAL = (2.0, 1.5, 1.0, 0.5), 0.625
STEP, NEAR = 0.02, 1e-6
LOOKS = (1000, 5000, 20_000, 100_000)
BUDGET = 1_000_000  # steps; the slowest of all runs needs about half of it
OTHERS = ("a strength twice", "a strength of zero", "more outputs than inputs", "fewer samples than inputs")
EVERY = 10  # steps between two looks at the loss


def target(*strengths: float) -> Data:
    """The samples (e_i, s_i e_i): the network is to be diag(s_1, ..., s_d).

    >>> target(2, 1)
    Data: x (2, 2), y (2, 2)
    """
    return Data(
        torch.eye(len(strengths), dtype=torch.float64), torch.diag(torch.tensor(strengths, dtype=torch.float64))
    )


def landscape(layers: int) -> Landscape:
    """The census's network: `layers` matrices, widths 4-2-...-2-4.

    >>> landscape(3).shapes
    {'W1': (2, 4), 'W2': (2, 2), 'W3': (4, 2)}
    """
    return deep_linear((4, *[2] * (layers - 1), 4), target(*STRENGTHS))


def other_data(name: str) -> Landscape:
    """A network of three matrices on data that break one assumption of Kawaguchi's theorem, and no other.

    >>> other_data("a strength twice").known_minimum
    0.625
    """
    if name == "a strength twice":
        return deep_linear((4, 2, 2, 4), target(2, 1, 1, 0.5))
    if name == "a strength of zero":
        return deep_linear((4, 2, 2, 4), target(2, 1.5, 1, 0))
    draw = random_stream(0, DATA)
    if name == "more outputs than inputs":
        x, _ = np.linalg.qr(draw.normal(size=(12, 2)))
        return deep_linear((2, 1, 1, 3), Data(torch.from_numpy(x), torch.from_numpy(2 * draw.normal(size=(12, 3)))))
    if name == "fewer samples than inputs":
        x, _ = np.linalg.qr(draw.normal(size=(6, 3)))
        return deep_linear((6, 2, 2, 3), Data(torch.from_numpy(x.T), torch.from_numpy(2 * draw.normal(size=(3, 3)))))
    raise ValueError(f"There are no data {name!r}. There are: {', '.join(OTHERS)}.")


def descend(
    land: Landscape, theta: Tensor, max_steps: int = 20_000, lr: float = STEP, looks: Sequence[int] = LOOKS, stop=None
):
    """Gradient descent of all members (members, P) together until each is within 1e-6 of the global value, or out of steps.

    Returns (theta, steps, losses, gradient): see `arrays` above; after a run has finished its losses are those of its end.

    >>> land = landscape(2)
    >>> int(descend(land, starts(land, seeds=range(5)))[1].max()) < 5000
    True
    """
    end, active = theta.clone(), torch.arange(len(theta))
    steps = torch.full((len(theta),), -1)
    losses, gradient = (torch.empty(len(theta), len(looks), dtype=torch.float64) for _ in range(2))
    for step in range(max_steps + 1):
        slope = land.gradient_of(theta)
        if step % EVERY == 0:
            end[active] = theta
            done = land.loss_of(theta) <= land.known_minimum + NEAR
            for place in (i for i, look in enumerate(looks) if look == step):
                losses[:, place], gradient[:, place] = land.loss(end), land.gradient(end).norm(dim=-1)
            steps[active[done]] = step
            active, theta, slope = active[~done], theta[~done], slope[~done]
            if not len(active) or (stop is not None and stop()):
                break
        theta = theta - lr * slope
    for place in (i for i, look in enumerate(looks) if look > step):
        losses[:, place], gradient[:, place] = land.loss(end), land.gradient(end).norm(dim=-1)
    return end, steps, losses, gradient


def run_chunk(spec: dict, seeds: Iterable[int]) -> dict[str, np.ndarray]:
    """Train members `seeds` of one row until they are finished."""
    land = landscape(spec["layers"])
    theta = starts(land, seeds, scale=1 / spec["smaller"])
    _, steps, losses, gradient = descend(land, theta, BUDGET)
    return {"steps": steps.numpy(), "losses": losses.numpy(), "gradient": gradient.float().numpy()}


def unfinished(arrays: dict[str, np.ndarray], after: int) -> Count:
    """How many runs are not within 1e-6 of the global value after so many steps.

    >>> print(unfinished({"steps": np.array([500, 1500, -1, 90])}, after=1000))
    50.0 % (15.0 to 85.0)
    """
    steps = arrays["steps"]
    late = int(((steps < 0) | (steps > after)).sum())
    return Count(late, len(steps), late)


def levels(hidden: int = 2, strengths: Sequence[float] = STRENGTHS) -> dict[tuple[int, ...], float]:
    """The loss of every critical point, by the set of modes that it has learnt, from the lowest to the highest.

    >>> levels(1, (2, 1))
    {(1,): 0.5, (2,): 2.0, (): 2.5}
    """
    modes = range(1, len(strengths) + 1)
    sets = [kept for r in range(hidden + 1) for kept in combinations(modes, r)]
    found = {kept: sum(strengths[i - 1] ** 2 for i in modes if i not in kept) / 2 for kept in sets}
    return dict(sorted(found.items(), key=lambda item: item[1]))


def nearest_level(losses: np.ndarray) -> list[tuple[int, ...]]:
    """For every loss (members,) the set of modes whose level lies nearest.

    >>> nearest_level(np.array([0.63, 1.74]))
    [(1, 2), (1,)]
    """
    table = levels()
    sets, heights = list(table), np.array(list(table.values()))
    return [sets[i] for i in abs(np.asarray(losses)[:, None] - heights).argmin(axis=1)]


def summarise(rows: Sequence) -> str:
    """All rows in words."""
    lines = ["Runs that are not within 1e-6 of the global value, by number of steps"]
    for spec, arrays in rows:
        size = "usual start" if spec["smaller"] == 1 else f"start {spec['smaller']} times smaller"
        counts = ", ".join(f"{look}: {unfinished(arrays, look).failed}" for look in (*LOOKS, BUDGET))
        steps = arrays["steps"][arrays["steps"] >= 0]
        ended = f"median {np.median(steps):.0f}, most {steps.max()}"
        lines.append(f"L = {spec['layers']}, {size}: of {len(arrays['steps'])} runs {counts}; {ended}")
    return "\n".join(lines)


def draw_result(ax, rows: Sequence) -> None:
    """The share of unfinished runs by number of steps and depth, from the usual start."""
    usual = [(spec, arrays) for spec, arrays in rows if spec["smaller"] == 1]
    for (spec, arrays), color, marker in zip(usual, ("blue", "vermilion", "green", "purple"), "os^v", strict=True):
        counts = [unfinished(arrays, look) for look in LOOKS]
        draw_shares(ax, LOOKS, counts, f"{spec['layers']} layers", PALETTE[color], marker)
    ax.set(xlabel="steps", ylabel="runs not yet at the global loss (percent)", xscale="log")
    ax.legend()
