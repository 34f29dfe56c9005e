"""Digits learnt from starts whose mean is shifted, with their own labels and with shuffled ones.

A small relative of an experiment of Swirszcz, Czarnecki and Pascanu (2016), who took MNIST, wider networks and a million updates;
their shifts are not published. Here: 500 images of 8 x 8 pixels, one hidden layer of h ReLU neurons, weights N(mean, 1/inputs),
biases 0, cross-entropy, full-batch Adam with step 0.01.

Data types, in words
    labels      "true", or "shuffled": the same labels in an order drawn for each member, so that no image tells its label
    right       the share of images with the right label after so many steps
    live        neurons that are on for at least one image at the start
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from lmcourse.data import Data, digits
from lmcourse.devices import LABELS, random_stream
from lmcourse.initialisations import starts
from lmcourse.landscape import Landscape
from lmcourse.networks.relu import active, relu_mlp
from lmcourse.plots import PALETTE, log_values
from lmcourse.training import train

TITLE = "Digits from shifted starts, with true and with shuffled labels"
SOURCE = "this course, after Swirszcz, Czarnecki and Pascanu (2016)"
VERSION = 1
MEMBERS = 10
SAMPLES = 500
SOON, LATE = 300, 1500  # steps
WIDTHS, MEANS, KINDS = (10, 30, 100), (-0.05, 0.0, 0.1), ("true", "shuffled")
SPECS = tuple({"width": h, "mean": mean, "labels": kind} for kind in KINDS for mean in MEANS for h in WIDTHS)


@lru_cache(maxsize=1)
def images() -> Data:
    """The first 500 digits with their own labels."""
    return digits(SAMPLES)


def labelled(kind: str, seed: int) -> Data:
    """The images with their own labels, or with the same labels in another order.

    >>> torch.equal(labelled("shuffled", seed=0).y.bincount(), labelled("true", seed=0).y.bincount())
    True
    """
    if kind not in KINDS:
        raise ValueError(f'labels must be "true" or "shuffled", but {kind!r} came.')
    data = images()
    if kind == "true":
        return data
    order = random_stream(seed, LABELS).permutation(len(data))
    return Data(data.x, data.y[torch.from_numpy(order)], f"{data.note}, labels shuffled, seed {seed}")


def shifted_start(land: Landscape, seed: int, mean: float) -> Tensor:
    """The start (1, P) of a member: weights N(0, 1/inputs) plus the mean, biases zero."""
    theta = starts(land, [seed], "xavier")
    weights = torch.cat([torch.full(shape, float(len(shape) > 1)).flatten() for shape in land.shapes.values()])
    return theta + mean * weights


def learn(
    width: int, mean: float, labels: str, seed: int, steps: Sequence[int] = (SOON, LATE)
) -> dict[str, list[float] | int]:
    """Train one member and look at it after so many steps: shares right, lengths of the gradient, and live neurons at the start.

    >>> learn(10, mean=-0.2, labels="true", seed=0, steps=[5])["live"]
    0
    """
    data = labelled(labels, seed)
    land = relu_mlp([data.x.shape[1], width, 10], data, "cross_entropy", reduction="mean")
    runs = shifted_start(land, seed, mean)
    found = {"right": [], "gradient": [], "live": int(active(land, runs, data.x)[0].any(-2).sum())}
    for end in steps:
        runs = train(land, runs, "adam", lr=0.01, tol=1e-6, max_steps=end)
        found["right"].append(float((land.outputs(runs.theta)[0].argmax(-1) == data.y).double().mean()))
        found["gradient"].append(float(runs.grad_norm[0]))
    return found


def run_chunk(spec: dict, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """One row of the table: right and gradient (members, 2) after 300 and 1500 steps, live (members,)."""
    found = [learn(spec["width"], spec["mean"], spec["labels"], seed) for seed in seeds]
    return {name: np.array([one[name] for one in found]) for name in ("right", "gradient", "live")}


def summarise(rows: Sequence[tuple[dict, dict]]) -> str:
    """One line a row: live neurons and the share of right answers, both the median of the members."""
    lines = []
    for spec, arrays in rows:
        live = f"{int(np.median(arrays['live'])):3} of {spec['width']:3} neurons live"
        soon, late = np.median(arrays["right"], axis=0)
        right = f"right after {SOON} steps {soon:6.1%}, after {LATE} {late:6.1%}"
        lines.append(f"{spec['labels']:8} labels, mean {spec['mean']:5.2f}, {live}   {right}")
    return "\n".join(lines)


def draw_result(ax, rows: Sequence[tuple[dict, dict]]) -> None:
    """The median share of right answers after 1,500 steps, by width, for each shift; true labels filled, shuffled ones open."""
    for mean, color, marker in zip(MEANS, ("vermilion", "blue", "green"), "so^", strict=True):
        for labels, fill in (("true", "full"), ("shuffled", "none")):
            those = [arrays for spec, arrays in rows if (spec["mean"], spec["labels"]) == (mean, labels)]
            shares = [100 * np.median(arrays["right"][:, 1]) for arrays in those]
            name = f"mean {mean:g}, {labels} labels"
            ax.plot(WIDTHS, shares, marker=marker, fillstyle=fill, color=PALETTE[color], label=name)
    ax.set(xlabel="width (hidden neurons)", ylabel="right after 1,500 steps (percent, median)")
    log_values(ax, WIDTHS)
    ax.legend()
