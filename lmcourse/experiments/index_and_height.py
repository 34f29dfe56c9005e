"""Index against height: all critical points of small spin models, and what a search finds on a small network's loss.

That height and index rise together was found for random fields by Bray and Dean (2007) and for two network families by Dauphin et
al. (2014). Frye et al. (2021) warned that such searches end at places which are gradient-flat, and not critical. Networks, data
and searches here are this course's own: tanh networks 3-5-1 (26 weights) on 40 Gaussian samples with random labels,
mean (f - y)^2 + 1e-4 |theta|^2.

Data types, in words
    row         {"data": number of the data set, "search": one of `lm.find_critical_points`}; rows of one data set share starts
    member      one start: a random place on a run of gradient descent, disturbed by noise, as in Dauphin et al.
    arrays      leading axis = members: loss, grad_norm, index (negative eigenvalues), length of theta, verdict (its number in
                lmcourse.critical.VERDICTS)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lmcourse.critical import VERDICTS, CriticalPoints, Search, classify, distinct, find_critical_points
from lmcourse.data import Data
from lmcourse.devices import DATA, LABELS, NOISE, random_stream
from lmcourse.experiments.count import Count
from lmcourse.initialisations import starts
from lmcourse.landscape import Landscape
from lmcourse.networks.random_fields import p_spin
from lmcourse.networks.random_waves import random_waves
from lmcourse.networks.sigmoid import tanh_mlp
from lmcourse.plots import PALETTE
from lmcourse.training import train

TITLE = "Index against height: where searches for critical points of a small tanh network end"
SOURCE = "this course, after Dauphin et al. (2014)"
VERSION = 1
MEMBERS = 300
WIDTHS, SAMPLES, DECAY = (3, 5, 1), 40, 2e-4
RATE, LONGEST_RUN = 0.075, 1500  # of the gradient descent that the starts are taken from
NEWTON_STEP = 0.5  # the longest one
STEP = 0.25 / 24**0.5  # of a gradient path on a spin model: a quarter of one over the semicircle's radius, 2 sqrt(6)
SPECS = tuple({"data": data, "search": search} for data in (0, 1, 2) for search in ("gradient norm", "newton"))


# ------------------------------------------------------------------------------------------------ networks


def network(data: int = 0) -> Landscape:
    """The tanh network 3-5-1 on data set number `data`.

    >>> network(0).dim
    26
    """
    x = torch.from_numpy(random_stream(data, DATA).normal(size=(SAMPLES, WIDTHS[0])))
    y = torch.from_numpy(random_stream(data, LABELS).normal(size=SAMPLES))
    return tanh_mlp(WIDTHS, Data(x, y), reduction="mean", weight_decay=DECAY)


def clusters(k: int, width: int = 32, seed: int = 0, spread: float = 0.1) -> Landscape:
    """The tanh network 10-width-1 on 120 points in k tight clusters, targets 1 and -1 by turns: mean (f - y)^2.

    >>> clusters(4).dim
    385
    """
    draw = random_stream(seed, DATA)
    centres = np.repeat(draw.normal(size=(k, 10)), 120 // k, axis=0)
    y = torch.from_numpy(np.repeat((-1.0) ** np.arange(k), 120 // k))
    x = torch.from_numpy(centres + spread * draw.normal(size=centres.shape))
    return tanh_mlp((10, width, 1), Data(x, y), reduction="mean")


def disturbed(land: Landscape, seeds: Sequence[int]) -> Tensor:
    """Starts (members, P): 0 to 1500 steps of gradient descent from N(0, 1), then uniform noise of size 1e-4 to 1e-1."""
    draws = [random_stream(int(seed), NOISE) for seed in seeds]
    steps = torch.tensor([int(draw.integers(0, LONGEST_RUN + 1)) for draw in draws])
    noise = np.stack([10 ** draw.uniform(-4, -1) * draw.uniform(-1, 1, land.dim) for draw in draws])
    theta = starts(land, seeds, scheme="normal")
    ends, done = theta.clone(), 0
    for stop in sorted(set(steps.tolist())):  # members leave the run one after another
        going = steps >= stop
        if stop > done:
            ends[going] = train(land, ends[going], lr=RATE, tol=0, max_steps=stop - done).theta
        done = stop
    return ends + torch.from_numpy(noise)


def search(land: Landscape, start: Tensor, method: str, max_steps: int = 200) -> Search:
    """`lm.find_critical_points` with the settings of this experiment."""
    longest = NEWTON_STEP if method == "newton" else float("inf")
    return find_critical_points(land, start, method, max_steps=max_steps, longest=longest)


def run_chunk(spec: dict, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """The arrays of one row of SPECS for these seeds."""
    land = network(spec["data"])
    return arrays_of(search(land, disturbed(land, seeds), spec["search"]))


def arrays_of(found: Search) -> dict[str, np.ndarray]:
    """What is kept of a search. Where Newton's method has not arrived, it is wandering, and where it happens to be says nothing."""
    ends = found.ends
    verdict = np.array([VERDICTS.index(verdict) for verdict in found.verdict], dtype=np.int8)
    arrays = {"loss": ends.loss, "grad_norm": ends.grad_norm, "index": ends.index, "length": ends.theta.norm(dim=-1)}
    arrays = {name: value.double().numpy() for name, value in arrays.items()} | {"verdict": verdict}
    lost = ~critical(arrays) & (found.method == "newton")
    arrays["verdict"][lost] = VERDICTS.index("unfinished")
    return {name: np.where(lost, np.nan, value) if name != "verdict" else value for name, value in arrays.items()}


def critical(arrays: dict[str, np.ndarray]) -> np.ndarray:
    """True (members,) where the search ended at a critical point."""
    return arrays["verdict"] == VERDICTS.index("critical")


def true_points(*rows: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Loss and index of the critical points in rows of one data set, each once: copies share loss and length of theta."""
    joined = {name: np.concatenate([row[name][critical(row)] for row in rows]) for name in ("loss", "index", "length")}
    keys = np.stack([joined["loss"].round(8), joined["length"].round(5)], axis=1)
    _, first = np.unique(keys, axis=0, return_index=True)
    return joined["loss"][first], joined["index"][first]


def correlation(height: np.ndarray, index: np.ndarray) -> float:
    """Pearson's correlation of heights and indexes.

    >>> round(correlation(np.array([1.0, 2.0, 3.0]), np.array([0, 2, 4])), 6)
    1.0
    """
    return float(np.corrcoef(np.asarray(height, dtype=float), np.asarray(index, dtype=float))[0, 1])


def summarise(rows: Sequence) -> str:
    """Shares that ended at critical points, and how index and loss go together there."""
    lines = [
        "Ends that are critical points; median gradient elsewhere; correlation of loss and index over distinct points"
    ]
    for spec, arrays in rows:
        true = critical(arrays)
        loss, index = true_points(arrays)
        elsewhere = (
            "" if spec["search"] == "newton" else f"gradient elsewhere {np.median(arrays['grad_norm'][~true]):.1e}, "
        )
        lines.append(
            f"data {spec['data']}, {spec['search']:13}: {Count(int(true.sum()), len(true))}, {elsewhere}"
            f"{len(loss)} distinct, index {index.min():.0f} to {index.max():.0f}, correlation {correlation(loss, index):.2f}"
        )
    return "\n".join(lines)


def draw_result(ax, rows: Sequence) -> None:
    """Index against loss, all distinct critical points of the three data sets."""
    for data, color, marker in ((0, "blue", "o"), (1, "vermilion", "s"), (2, "green", "^")):
        loss, index = true_points(*(arrays for spec, arrays in rows if spec["data"] == data))
        ax.plot(loss, index, marker, linestyle="none", fillstyle="none", color=PALETTE[color], label=f"data set {data}")
    ax.set(xlabel="loss", ylabel="index (negative eigenvalues)")
    ax.legend()


# ------------------------------------------------------------------------------------------------ spin models


class Spins(NamedTuple):
    """Critical points found on a spin model, each once, in rising order: land, and what `classify` says of them."""

    land: Landscape
    points: CriticalPoints

    @property
    def height(self) -> np.ndarray:
        """u = H/N of each point."""
        return (self.points.loss / self.land.dim).numpy()

    @property
    def index(self) -> np.ndarray:
        return self.points.index.numpy()

    @property
    def share(self) -> np.ndarray:
        """The share of negative eigenvalues among the N - 1 along the sphere."""
        return self.index / (self.land.dim - 1)

    @property
    def morse_sum(self) -> int:
        """The sum of (-1)^index: 2 on a sphere of even dimension (N odd), 0 on one of odd dimension, if no point is missing."""
        return int(((-1) ** self.index).sum())


def all_critical_points(N: int, seed: int, batch: int = 1000, batches: int = 20, p: int = 3) -> Spins:
    """Newton's method from random directions, batch after batch, until the Morse sum is right and a batch brings nothing new.

    For odd p: -sigma is taken along with sigma. A sum that is right is no proof: a minimum and a saddle of index 1 that are both
    missing leave it as it is.

    >>> spins = all_critical_points(N=5, seed=0)
    >>> len(spins.points), spins.morse_sum
    (34, 2)
    """
    land, expected = p_spin(N, p, seed), 2 * (N % 2)
    found: CriticalPoints | None = None
    for number in range(batches):
        start = starts(land, range(number * batch, (number + 1) * batch))
        theta = find_critical_points(land, start, longest=1.5, max_steps=40).critical.theta
        theta = torch.cat([theta, -theta, *([] if found is None else [found.theta])])
        before, found = 0 if found is None else len(found), _each_once(land, theta)
        if len(found) == before and Spins(land, found).morse_sum == expected:
            break
    return Spins(land, found)


def points_in_box(dim: int, seed: int, side: float = 10.0, tries: int = 1200, mu: float = 0.0) -> CriticalPoints:
    """The critical points of `random_waves` in a box around 0, as far as Newton's method from uniform starts finds them.

    >>> len(points_in_box(dim=1, seed=0, side=40.0)) > 15
    True
    """
    land = random_waves(dim, seed, mu=mu)
    start = torch.from_numpy(random_stream(seed, NOISE).uniform(-side / 2 - 0.5, side / 2 + 0.5, size=(tries, dim)))
    found = find_critical_points(land, start, longest=0.3, max_steps=60).critical.theta
    return _each_once(land, found[(found.abs() <= side / 2).all(dim=1)])


def along_paths(N: int, seed: int, members: int = 300, steps: int = 60, p: int = 3) -> Spins:
    """Newton's method from places down and up gradient paths, since from random places it sees the middle heights alone."""
    land = p_spin(N, p, seed)
    theta = starts(land, range(members))
    many, way = torch.arange(members) % steps, torch.where(torch.arange(members) % 2 == 0, -1.0, 1.0)
    for step in range(steps - 1):
        size = STEP * way * (many > step)
        theta = land.retract(theta + size[:, None] * land.gradient(theta))
    found = find_critical_points(land, theta, longest=0.2 * N**0.5, max_steps=100).critical.theta
    return Spins(land, _each_once(land, torch.cat([found, -found])))


def _each_once(land: Landscape, theta: Tensor) -> CriticalPoints:
    _, first = np.unique(theta.numpy().round(5), axis=0, return_index=True)  # few are left twice
    points = classify(land, theta[torch.from_numpy(first)])
    return points[distinct(land, points).first]
