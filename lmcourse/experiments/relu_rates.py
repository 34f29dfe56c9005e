"""Swirszcz, Czarnecki and Pascanu (2016), table 1: how often 2-h-1 networks learn XOR and the Jellyfish, four points each.

Data types, in words
    PUBLISHED   (data, activation, method) -> percent of runs that converged, for h = 2, ..., 7 hidden neurons
    spec        one row of our table: data, activation, method, lr, hidden, steps
    right       (members,) samples on the right side at the end, 0 to 4; a run counts as converged when all 4 are

The paper states neither step sizes nor the initial distribution, the steps or the number of runs behind its table, nor what
converged means. Here: mean log loss, all four points in each step, weights and biases N(0, 1/inputs).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from lmcourse import data
from lmcourse.experiments.count import Count
from lmcourse.initialisations import starts
from lmcourse.networks.relu import relu_mlp
from lmcourse.networks.sigmoid import sigmoid_mlp
from lmcourse.plots import PALETTE, draw_shares
from lmcourse.training import Runs, train

TITLE = "Share of 2-h-1 networks that learn XOR and the Jellyfish, by activation, method and width"
SOURCE = "Swirszcz, Czarnecki and Pascanu (2016), table 1"
VERSION = 1
MEMBERS = 200
WIDTHS = (2, 3, 4, 5, 6, 7)
PUBLISHED = {
    ("xor", "relu", "adam"): (28, 52, 68, 81, 91, 97),
    ("xor", "sigmoid", "adam"): (79, 98, 100, 100, 100, 100),
    ("jellyfish", "relu", "adam"): (7, 34, 50, 51, 61, 69),
    ("jellyfish", "sigmoid", "adam"): (0, 0, 2, 27, 17, 58),
    ("xor", "relu", "gd"): (23, 47, 70, 80, 89, 89),
    ("xor", "sigmoid", "gd"): (90, 100, 100, 100, 100, 100),
    ("jellyfish", "relu", "gd"): (16, 33, 66, 68, 69, 86),
    ("jellyfish", "sigmoid", "gd"): (62, 100, 100, 100, 100, 100),
}  # percent
SETTINGS = (  # data, activation, method, lr, steps
    ("xor", "relu", "gd", 1.0, 20_000), ("xor", "relu", "adam", 0.01, 20_000),
    ("xor", "sigmoid", "gd", 1.0, 20_000), ("xor", "sigmoid", "adam", 0.01, 20_000),
    ("jellyfish", "relu", "gd", 0.1, 20_000), ("jellyfish", "relu", "gd", 1.0, 20_000),
    ("jellyfish", "relu", "adam", 0.01, 20_000),
    ("jellyfish", "sigmoid", "gd", 1.0, 20_000), ("jellyfish", "sigmoid", "adam", 0.01, 20_000),
    ("jellyfish", "sigmoid", "adam", 0.001, 1_000), ("jellyfish", "sigmoid", "adam", 0.001, 5_000),
    ("jellyfish", "sigmoid", "adam", 0.001, 20_000),
)  # fmt: skip
NAMES = ("data", "activation", "method", "lr", "steps")
SPECS = tuple(dict(zip(NAMES, setting, strict=True), hidden=hidden) for setting in SETTINGS for hidden in WIDTHS)
FACTORIES = {"relu": relu_mlp, "sigmoid": sigmoid_mlp}


def run(name: str, activation: str, hidden: int, seeds: Iterable[int], method="gd", lr=1.0, steps=20_000) -> Runs:
    """Train 2-hidden-1 networks on the data set of this name, every run for all its steps.

    >>> count_learnt(samples_right("xor", "relu", run("xor", "relu", 4, seeds=range(10), steps=1000)))
    Count(failed=6, total=10, unfinished=0)
    """
    land = landscape(name, activation, hidden)
    seeds = list(seeds)
    theta = starts(land, seeds, scheme="lecun")
    return train(land, theta, method=method, lr=lr, tol=0.0, max_steps=steps, seeds=seeds)


def landscape(name: str, activation: str, hidden: int):
    """The mean log loss of a 2-hidden-1 network on the data set of this name."""
    return FACTORIES[activation]([2, hidden, 1], getattr(data, name)(), "log", reduction="mean")


def samples_right(name: str, activation: str, runs: Runs) -> np.ndarray:
    """How many of the four samples each run has on the right side, (members,)."""
    hidden = (runs.theta.shape[1] - 1) // 4
    probability = landscape(name, activation, hidden).outputs(runs.theta)[..., 0]
    return ((probability > 0.5) == (getattr(data, name)().y > 0.5)).sum(-1).numpy()


def run_chunk(spec: dict, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """One row of the table: for each seed the samples right, and the loss, at the end."""
    name, activation = spec["data"], spec["activation"]
    runs = run(name, activation, spec["hidden"], seeds, spec["method"], spec["lr"], spec["steps"])
    return {"right": samples_right(name, activation, runs).astype(np.int8), "loss": runs.loss.numpy()}


def count_learnt(right: np.ndarray) -> Count:
    """How many runs have all four samples right; `Count.failed` counts them, so that `share` is the share learnt."""
    return Count(int((np.asarray(right) == 4).sum()), len(right))


def table(rows: Iterable[tuple[dict, dict[str, np.ndarray]]]) -> Iterator[tuple[dict, list[Count]]]:
    """The stored rows, joined by setting: (setting without its width, counts for WIDTHS)."""
    counts = {}
    for spec, arrays in rows:
        setting = tuple(spec[name] for name in NAMES)
        counts.setdefault(setting, {})[spec["hidden"]] = count_learnt(arrays["right"])
    for setting, by_width in counts.items():
        yield dict(zip(NAMES, setting, strict=True)), [by_width[hidden] for hidden in WIDTHS]


def summarise(rows: Iterable[tuple[dict, dict[str, np.ndarray]]]) -> str:
    """The table in words, each setting with the published percentages below it, and how many of these our intervals hold."""
    lines = [f"{'h':42}" + "".join(f"{hidden:7}" for hidden in WIDTHS)]
    for spec, counts in table(rows):
        setting = f"{spec['data']}, {spec['activation']}, {spec['method']} {spec['lr']:g}, {spec['steps']:,} steps"
        lines.append(f"{setting:42}" + "".join(f"{100 * count.share:7.1f}" for count in counts))
        published = PUBLISHED[spec["data"], spec["activation"], spec["method"]]
        inside = sum(
            count.interval[0] <= share / 100 <= count.interval[1]
            for share, count in zip(published, counts, strict=True)
        )
        lines.append(
            f"{'  published':42}" + "".join(f"{share:7}" for share in published) + f"   {inside} of 6 in our intervals"
        )
    lines.append("The paper names no step sizes, starts or steps, so rows outside our intervals are no contradiction.")
    return "\n".join(lines)


def draw_result(ax, rows: Iterable[tuple[dict, dict[str, np.ndarray]]]) -> None:
    """ReLU and gradient descent: ours with the step 1 for XOR and 0.1 for the Jellyfish, over the published shares."""
    for spec, counts in table(rows):
        if (spec["activation"], spec["method"]) == ("relu", "gd") and (spec["data"], spec["lr"]) != ("jellyfish", 1.0):
            color, marker = ("blue", "o") if spec["data"] == "xor" else ("vermilion", "s")
            published = PUBLISHED[spec["data"], "relu", "gd"]
            ax.plot(WIDTHS, published, "--", marker=marker, color=PALETTE["grey"], label=f"{spec['data']}, published")
            draw_shares(ax, WIDTHS, counts, f"{spec['data']}, this course", PALETTE[color], marker, "none")
    ax.set(xlabel="h (hidden ReLU neurons)", ylabel="runs that learnt all four points (percent)")
    ax.legend()
