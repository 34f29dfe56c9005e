"""The same question at the size of MNIST: one wide layer of 169 to 60,164 neurons on 2,000 images of 28 x 28 pixels.

Not measured yet: this file is a plan for a machine with a GPU, `lmcourse reproduce wide_training_large`. No number of the course
comes from it. Filters are 3 x 3 with stride 2, at 169 places; after them 20 softplus units and 10 outputs. Images are Gaussian
with random labels, of a member's own. By count, the widest row needs about 4 GB for one member's features and slopes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import torch

from lmcourse.data import Data, gaussian_patches
from lmcourse.devices import device
from lmcourse.experiments.wide_training import TARGETS
from lmcourse.initialisations import starts
from lmcourse.landscape import Landscape
from lmcourse.networks.convolutional import small_cnn
from lmcourse.networks.losses import accuracy
from lmcourse.training import train

TITLE = "One wide layer at the size of MNIST, on Gaussian images with random labels"
SOURCE = "this course, on the question of Nguyen and Hein (2018)"
VERSION = 1
MEMBERS, CHUNK = 4, 1
POSITIONS, FILTERS = 169, (1, 4, 12, 24, 89, 356)
SPECS = tuple({"filters": T, "samples": 2000, "steps": 2000} for T in FILTERS)
BY_ROUNDING = ("loss", "wrong", "gradient")


def images(spec: dict, seed: int) -> Data:
    """Gaussian images with one column for each of ten classes."""
    data = gaussian_patches(spec["samples"], side=28, classes=10, seed=seed)
    return Data(data.x, torch.nn.functional.one_hot(data.y, 10).double(), data.note)


def landscape(spec: dict, seed: int) -> Landscape:
    """The network of a row on the images of member `seed`.

    >>> landscape({"filters": 2, "samples": 30}, seed=0).shapes["b1"]
    (338,)
    """
    return small_cnn(images(spec, seed), spec["filters"], [20, 10], ["sigmoid", "softplus"], stride=2)


def run_chunk(spec: dict, seeds: Iterable[int], stop=None) -> dict[str, np.ndarray]:
    """Train members one after another, on a GPU where there is one, until no sample can be wrong."""
    found: dict[str, list] = {"loss": [], "wrong": [], "gradient": [], "steps": [], "early": []}
    for seed in seeds:
        land = landscape(spec, seed)
        theta = starts(land, [seed], "normal", 0.1, device=device())
        early = train(land, theta, "lbfgs", max_steps=5)
        run = train(_resting(land, TARGETS["digits"]), early, "lbfgs", tol=1e-10, max_steps=spec["steps"], stop=stop)
        y = images(spec, seed).y
        found["loss"].append(float(run.loss[0]))
        found["wrong"].append(round(len(y) * (1 - float(accuracy(land.outputs(run.theta[0]), y)))))
        found["gradient"].append(float(land.gradient(run.theta[0]).norm()))
        found["steps"].append(int(run.steps[0]))
        found["early"].append(float(early.loss[0]))
    return {name: np.array(values) for name, values in found.items()}


def device_used() -> str:
    """What the record of a result says of the device."""
    return str(device())


def summarise(rows: Sequence) -> str:
    """All rows in words."""
    lines = [f"Training images of {SPECS[0]['samples']} that stay wrong, by neurons n_1 of the wide layer"]
    for spec, arrays in rows:
        wrong = arrays["wrong"]
        lines.append(
            f"n_1 = {POSITIONS * spec['filters']:5}: {wrong.min()} to {wrong.max()} after {arrays['steps'].max()} steps"
        )
    return "\n".join(lines)


def _resting(land: Landscape, target: float) -> Landscape:
    """The same landscape with a gradient of zero wherever the loss is below the target, so that training ends there."""

    def gradient_of(theta):
        return torch.where((land.loss(theta) < target)[..., None], 0.0, land.gradient(theta))

    return replace(land, gradient_of=gradient_of, members_last_gradient_of=None)
