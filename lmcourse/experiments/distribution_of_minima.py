"""How many minima small tanh networks have, how much they cost, and how train and test loss go together.

The measurements are this course's own. Two tasks:

    regression      N Gaussian inputs in 3 dimensions; targets "random", N(0, 1), or "teacher", tanh(p1) - tanh(p2) + tanh(p3)
                    with three random projections p and a little noise. Loss: mean (f - y)^2 + decay/2 |theta|^2.
    quadrants       120 Gaussian points in the plane, class 1 where x1 x2 > 0. Loss: mean of -log p(y) + decay/2 |theta|^2.

Data types, in words
    count       rows of regression: every member is a start, trained to a gradient of zero, all on one data set
    spread      rows of quadrants by width: member i belongs to data set i mod 4
    stop        rows of quadrants with one label in ten flipped, width 16, by decay: member i belongs to data set i mod 4
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lmcourse.critical import refine
from lmcourse.data import Data
from lmcourse.devices import DATA, LABELS, NOISE, random_stream
from lmcourse.initialisations import starts
from lmcourse.landscape import Landscape
from lmcourse.networks.sigmoid import tanh_mlp
from lmcourse.plots import PALETTE, log_values
from lmcourse.training import Runs, train

TITLE = "Small tanh networks: minima met by 200 starts, their cost by width, and train and test loss by weight decay"
SOURCE = "this course"
VERSION = 1
MEMBERS = CHUNK = 200
WIDTHS, TARGETS, DECAYS, SAMPLES = (
    (1, 2, 3, 4, 6, 8),
    ("random", "teacher"),
    (2e-4, 2e-3, 2e-2),
    (10, 20, 40, 80, 160, 320),
)
DATA_SETS, SPREAD_WIDTHS, STOP_DECAYS, STOP_WIDTH = 4, (2, 3, 4, 6, 8, 12, 16, 32), (0.0, 1e-3, 3e-3, 1e-2), 16
ALIKE_LOSS, ALIKE_LENGTH = 1e-9, 1e-6  # minima that agree in both, up to this, are counted as one


def row_of(target: str, layers: Sequence[int], N: int = 40, decay: float = 2e-3, data: int = 0) -> dict:
    """The spec of a row of "count"."""
    return {"table": "count", "target": target, "layers": list(layers), "N": N, "decay": decay, "data": data}


SPECS = (
    *(row_of(target, [n], decay=decay) for decay in DECAYS for target in TARGETS for n in WIDTHS),
    *(row_of(target, [3], data=data) for target in TARGETS for data in range(1, DATA_SETS)),
    *(row_of("random", [3], N=N) for N in SAMPLES if N != 40),
    *(row_of("random", [3] * depth) for depth in (2, 3)),
    *({"table": "spread", "width": n} for n in SPREAD_WIDTHS),
    *({"table": "stop", "decay": decay} for decay in STOP_DECAYS),
)


class Minima(NamedTuple):
    """How many different minima so many runs met, and how many of them once and twice.

    >>> Minima(met=50, once=30, twice=9, runs=100).estimate
    93.5
    """

    met: int
    once: int
    twice: int
    runs: int

    @property
    def estimate(self) -> float:
        """Chao's (1984) lower estimate of how many there are: many that were met once speak for many that were not met."""
        return self.met + self.once * (self.once - 1) / (2 * (self.twice + 1))


def regression_data(target: str, N: int = 40, seed: int = 0) -> Data:
    """N samples; those with fewer samples are the first of those with more.

    >>> regression_data("teacher")
    Data: x (40, 3), y (40,)
    """
    if target not in TARGETS:
        raise ValueError(f"The target must be one of {TARGETS}, but {target!r} came.")
    x, draw = random_stream(seed, DATA).normal(size=(N, 3)), random_stream(seed, LABELS)
    if target == "random":
        return Data(*map(torch.from_numpy, (x, draw.normal(size=N))))
    bent = np.tanh(x @ draw.normal(size=(3, 3)).T)
    return Data(*map(torch.from_numpy, (x, bent @ [1.0, -1.0, 1.0] + 0.1 * draw.normal(size=N))))


def regression(target: str, layers: Sequence[int] = (3,), N: int = 40, decay: float = 2e-3, data: int = 0) -> Landscape:
    """A tanh network with these hidden layers on `regression_data`.

    >>> regression("random").dim
    16
    """
    return tanh_mlp([3, *layers, 1], regression_data(target, N, data), reduction="mean", weight_decay=decay)


def quadrants(width: int, decay: float = 0.0, seed: int = 0, flipped: float = 0.0, fresh: bool = False) -> Landscape:
    """A tanh network on 120 points of the plane, class 1 in two opposite quadrants; `fresh`: on 2,000 other points.

    flipped : so large a share of the labels, of training and of fresh points, is turned round.
    >>> quadrants(4, fresh=True).samples
    2000
    """
    x = random_stream(seed, DATA).normal(size=(2120, 2))
    turned = random_stream(seed, NOISE).random(2120) < flipped
    y = ((x.prod(axis=1) > 0) != turned).astype(float)
    part = slice(120, None) if fresh else slice(120)
    data = Data(torch.from_numpy(x[part]), torch.from_numpy(y[part]))
    return tanh_mlp([2, width, 1], data, "log", reduction="mean", weight_decay=decay)


def quadrant_starts(land: Landscape, seeds: Iterable[int]) -> Tensor:
    """Hidden weights and biases N(0, 1), output weights N(0, 1 / width), output bias 0: theta (members, P)."""
    tensors = dict(land.unpack(starts(land, seeds, scheme="normal")))
    tensors["W2"] = tensors["W2"] / tensors["W2"].shape[-1] ** 0.5
    return land.pack(**tensors | {"b2": torch.zeros_like(tensors["b2"])})


def descend(land: Landscape, theta: Tensor, stop: Callable[[], bool] | None = None) -> Tensor:
    """The critical points (members, P) below theta: L-BFGS, Newton steps that keep off saddles, then `refine`.

    >>> land = regression("teacher")
    >>> bool((land.gradient(descend(land, starts(land, range(2), scheme="normal"))).norm(dim=1) < 1e-10).all())
    True
    """
    theta = train(land, theta, "lbfgs", tol=1e-6, max_steps=3000, stop=stop).theta
    theta = train(land, theta, "saddle-free newton", tol=1e-9, max_steps=100, stop=stop).theta
    return refine(land, theta).theta


def run_chunk(spec: dict, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """The arrays of one row of SPECS for these seeds."""
    if spec["table"] == "count":
        land = regression(spec["target"], spec["layers"], spec["N"], spec["decay"], spec["data"])
        return arrays_of(land, descend(land, starts(land, seeds, scheme="normal")))
    seeds = np.asarray(seeds)
    found: dict[str, np.ndarray] = {}
    for data in range(DATA_SETS):
        those = (seeds % DATA_SETS) == data
        if those.any():
            part = (
                _spread(spec["width"], data, seeds[those])
                if spec["table"] == "spread"
                else _stop(spec["decay"], data, seeds[those])
            )
            for name, values in part.items():
                found.setdefault(name, np.zeros(len(seeds)))[those] = values
    return found


def arrays_of(land: Landscape, theta: Tensor) -> dict[str, np.ndarray]:
    """What is kept of the ends theta (members, P) of a row of "count"; of the Hessian's eigenvalues the first and last."""
    eigenvalues = torch.linalg.eigvalsh(land.hessian(theta))
    found = {"loss": land.loss(theta), "length": theta.norm(dim=1), "gradient": land.gradient(theta).norm(dim=1)}
    return {
        name: value.numpy()
        for name, value in (found | {"lowest": eigenvalues[:, 0], "highest": eigenvalues[:, -1]}).items()
    }


def count(arrays: dict[str, np.ndarray], members: int | None = None) -> Minima:
    """How many different minima the first `members` runs met; ends that are no strict minima do not count."""
    times = np.bincount(classes({name: values[:members] for name, values in arrays.items()}))
    return Minima(len(times), int((times == 1).sum()), int((times == 2).sum()), int(times.sum()))


def classes(arrays: dict[str, np.ndarray]) -> np.ndarray:
    """A number for each end that is a strict minimum, equal for ends that agree in loss and in length of theta.

    Both are the same for all copies of a network under exchanges and signs of its neurons.
    """
    loss, length = (arrays[name][strict(arrays)] for name in ("loss", "length"))
    order = np.lexsort([length, np.round(loss, 8)])
    new = (np.diff(loss[order]) > ALIKE_LOSS) | (np.abs(np.diff(length[order])) > ALIKE_LENGTH)
    found = np.zeros(len(order), dtype=int)
    found[order[1:]] = np.cumsum(new)
    return found


def strict(arrays: dict[str, np.ndarray]) -> np.ndarray:
    """True (members,) for ends with a gradient of zero, up to rounding, and positive eigenvalues only."""
    return (arrays["gradient"] < 1e-8) & (arrays["lowest"] > 1e-7)


def by_data_set(values: np.ndarray) -> list[np.ndarray]:
    """The members of each of the four data sets of a row of "spread" or "stop"."""
    return [values[data::DATA_SETS] for data in range(DATA_SETS)]


def excess(loss: np.ndarray) -> np.ndarray:
    """How many percent each member of a row of "spread" ends above the best of its data set, (members,).

    >>> excess(np.array([2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.5]))
    array([100.,   0.,   0.,   0.,   0.,   0.,   0.,  50.])
    """
    best = np.array([values.min() for values in by_data_set(loss)])
    return 100 * (loss / best[np.arange(len(loss)) % DATA_SETS] - 1)


def train_and_watch(decay: float, data: int, seeds: Iterable[int], steps: int = 1500) -> tuple[Runs, Tensor, Tensor]:
    """Adam with a cosine schedule, width 16, one label in ten flipped: the runs, and train and test loss (members, looks).

    A look every 10 steps; both are losses without decay.
    """
    land, known, fresh = (
        quadrants(STOP_WIDTH, d, data, 0.1, new) for d, new in ((decay, False), (0.0, False), (0.0, True))
    )
    runs = train(land, quadrant_starts(land, seeds), "adam", 0.03, tol=0, max_steps=steps, schedule="cosine", record=10)
    return runs, *(_losses(land, runs.path.theta) for land in (known, fresh))


def _losses(land: Landscape, theta: Tensor) -> Tensor:
    """The losses (members, looks) of points (members, looks, P), one look at a time: all at once would take a gigabyte."""
    losses = theta.new_empty(theta.shape[:2])  # filled in: many small results between large ones would tear the memory
    for look in range(theta.shape[1]):
        losses[:, look] = land.loss(theta[:, look])
    return losses


def stopping(arrays: dict[str, np.ndarray]) -> tuple[list[float], list[float]]:
    """Of a row of "stop", for each data set: the mean gain of early stopping, and the correlation of train and test loss."""
    gains = by_data_set(arrays["test"] - arrays["lowest_test"])
    pairs = zip(by_data_set(arrays["train"]), by_data_set(arrays["test"]), strict=True)
    return [float(gain.mean()) for gain in gains], [float(np.corrcoef(*pair)[0, 1]) for pair in pairs]


def _spread(width: int, data: int, seeds: np.ndarray) -> dict[str, np.ndarray]:
    land, fresh = quadrants(width, 1e-4, data), quadrants(width, seed=data, fresh=True)
    runs = train(land, quadrant_starts(land, seeds.tolist()), "lbfgs", tol=1e-6, max_steps=5000)
    return {"loss": runs.loss.numpy(), "gradient": runs.grad_norm.numpy(), "test": fresh.loss(runs.theta).numpy()}


def _stop(decay: float, data: int, seeds: np.ndarray) -> dict[str, np.ndarray]:
    _, known, fresh = train_and_watch(decay, data, seeds.tolist())
    best = fresh.argmin(dim=1)
    found = {"train": known[:, -1], "test": fresh[:, -1], "lowest_test": fresh.amin(dim=1), "step": 10 * best}
    return {name: value.numpy() for name, value in found.items()}


def summarise(rows: Sequence) -> str:
    """All tables in words."""
    lines = ["Different minima met (Chao's estimate of all), runs that count; median and best loss"]
    for spec, arrays in rows:
        if spec["table"] == "count":
            m, loss = count(arrays), arrays["loss"][strict(arrays)]
            name = f"{spec['target']:7} N = {spec['N']:3} layers {spec['layers']} decay {spec['decay']:g} data {spec['data']}"
            lines.append(
                f"{name}: {m.met:3} ({m.estimate:.0f}), {m.runs} runs; {np.median(loss):.4f}, {loss.min():.4f}"
            )
    lines.append(
        "Quadrants by width, four data sets: excess of the median over the best, standard deviation, mean test loss"
    )
    for spec, arrays in rows:
        if spec["table"] == "spread":
            losses = by_data_set(arrays["loss"])
            excess = ", ".join(f"{100 * (np.median(loss) / loss.min() - 1):.1f} %" for loss in losses)
            sd = ", ".join(f"{loss.std():.4f}" for loss in losses)
            lines.append(f"width {spec['width']:2}: {excess}; {sd}; {arrays['test'].mean():.3f}")
    lines.append("Flipped labels by decay, four data sets: gain of early stopping, correlation of train and test loss")
    for spec, arrays in rows:
        if spec["table"] == "stop":
            gain, together = stopping(arrays)
            numbers = ", ".join(f"{g:.3f}" for g in gain), ", ".join(f"{c:+.2f}" for c in together)
            lines.append(f"decay {spec['decay']:g}: {'; '.join(numbers)}")
    return "\n".join(lines)


def draw_result(ax, rows: Sequence) -> None:
    """How far the median run ends above the best of its data set, by width; the means over four data sets."""
    those = [(spec["width"], excess(arrays["loss"])) for spec, arrays in rows if spec["table"] == "spread"]
    middle = [np.mean([np.median(values) for values in by_data_set(above)]) for _, above in those]
    ax.plot([width for width, _ in those], middle, marker="o", color=PALETTE["blue"])
    ax.set(xlabel="width (hidden neurons)", ylabel="median above the best (percent)")
    log_values(ax, [width for width, _ in those])
