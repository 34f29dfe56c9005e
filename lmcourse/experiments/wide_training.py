"""Training with one wide layer of filters: which runs reach zero, by width.

The question and the theorems are those of Nguyen and Hein (2018). The measurements are this course's own: the first version of
the paper holds none, and no number of the later one is used here. Squared loss, 1/2 of the sum; L-BFGS from N(0, 0.1^2).

Data types, in words
    row         (filters, middle): 100 Gaussian images 8 x 8 with random labels of 3 classes; filters 3 x 3 with sigmoid, so
                n_1 = 36 filters; then 5 units with the activation `middle`; then 3 outputs. With "labels" in place of "middle"
                it is a row of `random_labels`: 300 handwritten digits, 20 softplus units, 10 outputs
    member      has images, labels and a start of its own, the images and labels the same ones for every width
    arrays      what a row gives, leading axis = members: loss, wrong (training samples whose largest output is another class),
                grad_norm (length of the gradient), steps, least (smallest singular value of F_1), early (loss at step EARLY),
                curve (loss at the steps MARKS, NaN after the end), plane (see `plane_of`; zeros from member PLANES on)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from lmcourse.data import Data, digits, gaussian_patches, one_hot
from lmcourse.devices import DATA, LABELS, random_stream
from lmcourse.experiments.count import Count
from lmcourse.initialisations import starts
from lmcourse.landscape import Landscape
from lmcourse.networks.convolutional import features, patches, small_cnn
from lmcourse.networks.dense import ACTIVATIONS
from lmcourse.networks.losses import accuracy
from lmcourse.plots import PALETTE, draw_shares
from lmcourse.slices import plane, random_direction
from lmcourse.training import Runs, train

TITLE = "Training with one wide layer: runs that reach zero, by filters"
SOURCE = "this course, on the question of Nguyen and Hein (2018)"
VERSION = 1
MEMBERS, CHUNK = 100, 20
TARGETS = {"gaussian": 1e-3, "digits": 0.25}  # a run below this loss has arrived, and stops
STEPS = 2000
POSITIONS = 36  # places of a 3 x 3 patch in an image of 8 x 8
FILTERS, MIDDLES = (1, 2, 3, 4, 5, 8), ("softplus", "sigmoid")
SPECS = tuple({"table": "gaussian", "filters": T, "middle": middle} for middle in MIDDLES for T in FILTERS)
MARKS = tuple(sorted({0, *np.unique(np.geomspace(1, STEPS, 45).round().astype(int)).tolist()}))
EARLY = 19
BY_ROUNDING = (
    "loss",
    "wrong",
    "least",
    "curve",
    "plane",
)  # thousands of steps magnify rounding; `early` tells a rerun from another run
PLANES, POINTS = 6, 21  # members with a plane of POINTS x POINTS


def images(spec: dict, seed: int) -> Data:
    """The images of member `seed`, with one column a class.

    >>> images({"table": "gaussian"}, seed=3), images({"table": "digits", "labels": "random"}, seed=0)
    (Data: x (100, 64), y (100, 3): ..., Data: x (300, 64), y (300, 10): ...)
    """
    if spec["table"] == "gaussian":
        return one_hot(gaussian_patches(100, seed=seed))
    pool = _digits()
    rows = torch.from_numpy(random_stream(seed, DATA).choice(len(pool), size=300, replace=False))
    labels = pool.y[rows]
    if spec["labels"] == "random":
        labels = torch.from_numpy(random_stream(seed, LABELS).integers(10, size=300))
    y = torch.nn.functional.one_hot(labels, 10).double()
    return Data(pool.x[rows], y, f"300 handwritten digits with {spec['labels']} labels, number {seed}")


def landscape(spec: dict, data: Data) -> Landscape:
    """The network of a row on some data.

    >>> land = landscape({"table": "gaussian", "filters": 3, "middle": "softplus"}, images({"table": "gaussian"}, 0))
    >>> land.shapes["b1"], land.dim, land.known_minimum
    ((108,), 698, 0.0)
    """
    if spec["table"] == "gaussian":
        return small_cnn(data, spec["filters"], [5, 3], ["sigmoid", spec["middle"]])
    return small_cnn(data, spec["filters"], [20, 10], ["sigmoid", "softplus"])


def train_members(spec: dict, seeds: Sequence[int], steps: int, stop=None) -> tuple[Runs, np.ndarray]:
    """Train members with data of their own in one batch, each until its loss is below TARGET: the runs, and the losses at MARKS.

    >>> runs, curve = train_members({"table": "gaussian", "filters": 2, "middle": "softplus"}, seeds=range(3), steps=5)
    >>> runs.theta.shape, [round(loss) for loss in curve[:, 0]]                      # about 1/2 for each of 100 images
    (torch.Size([3, 473]), [..., ..., ...])
    """
    lands = [landscape(spec, images(spec, seed)) for seed in seeds]
    together, marks = side_by_side(spec, seeds, TARGETS[spec["table"]]), [mark for mark in MARKS if mark <= steps]
    curve = np.full((len(lands), len(MARKS)), np.nan, dtype=np.float32)

    def note(moment) -> None:
        if moment.step in marks:
            curve[moment.members.numpy(), marks.index(moment.step)] = together.loss(moment.theta).numpy()

    theta = torch.cat([starts(land, [seed], "normal", 0.1) for land, seed in zip(lands, seeds, strict=True)])
    numbers = torch.arange(len(lands), dtype=theta.dtype)[:, None]
    runs = train(
        together, torch.cat([theta, numbers], dim=1), "lbfgs", tol=1e-10, max_steps=steps, callback=note, stop=stop
    )
    return replace(runs, theta=runs.theta[:, :-1], state={}), curve


def side_by_side(spec: dict, seeds: Sequence[int], target: float = 0.0) -> Landscape:
    """The networks of members with data of their own as one landscape; theta has a last number, which says whose data.

    Below the target the gradient is zero, so that training rests there. All layers are written out, as in `small_cnn`:
    Z_1 = W_1 * patches + b_1, Z_2 = W_2 F_1 + b_2, answers W_3 F_2 + b_3, with positions times filters in the order of b_1.

    >>> spec = {"table": "gaussian", "filters": 1, "middle": "sigmoid"}
    >>> theta = torch.zeros(1, 249, dtype=torch.float64)                             # 248 parameters and the number 0
    >>> float(side_by_side(spec, [7]).loss(theta)) == float(landscape(spec, images(spec, 7)).loss(theta[0, :-1]))
    True
    """
    sets = [images(spec, seed) for seed in seeds]
    land, T = landscape(spec, sets[0]), spec["filters"]
    seen = torch.stack([patches(data.x, (8, 8)).permute(2, 1, 0).flatten(1) for data in sets])  # (members, 9, 36 N)
    wanted, N = torch.stack([data.y.mT for data in sets]), len(sets[0])  # (members, outputs, N)
    s, shapes = ACTIVATIONS[spec.get("middle", "softplus")], {**land.shapes, "number": (1,)}
    sizes = [math.prod(shape) for shape in land.shapes.values()]

    def forward(theta: Tensor) -> tuple:
        W1, b1, W2, b2, W3, b3 = (
            piece.unflatten(-1, shape)
            for piece, shape in zip(theta[:, :-1].split(sizes, -1), land.shapes.values(), strict=True)
        )
        number = theta[:, -1].long()
        P = seen[number]
        Z1 = (W1 @ P).unflatten(-1, (POSITIONS, N)).transpose(1, 2).flatten(1, 2) + b1.unsqueeze(-1)
        F1 = torch.sigmoid(Z1)
        Z2 = W2 @ F1 + b2.unsqueeze(-1)
        F2 = s.value(Z2)
        return P, F1, Z2, F2, W2, W3, W3 @ F2 + b3.unsqueeze(-1) - wanted[number]

    def loss_of(theta: Tensor) -> Tensor:
        rows = theta.reshape(-1, theta.shape[-1])
        return (forward(rows)[-1].square().sum((-1, -2)) / 2).reshape(theta.shape[:-1])

    def gradient_of(theta: Tensor) -> Tensor:
        P, F1, Z2, F2, W2, W3, error = forward(theta)
        dZ2 = (W3.mT @ error) * s.slope(Z2, F2)
        dZ1 = (W2.mT @ dZ2) * F1 * (1 - F1)
        by_filter = dZ1.unflatten(1, (POSITIONS, T)).transpose(1, 2).flatten(2)  # (members, T, 36 N)
        pieces = (
            by_filter @ P.mT,
            dZ1.sum(-1),
            dZ2 @ F1.mT,
            dZ2.sum(-1),
            error @ F2.mT,
            error.sum(-1),
            0 * theta[:, -1:],
        )
        gradient = torch.cat([piece.flatten(1) for piece in pieces], dim=-1)
        return torch.where((error.square().sum((-1, -2)) / 2 < target)[:, None], 0.0, gradient)

    return Landscape(
        f"{land.name}, each on data of its own", shapes, loss_of, gradient_of, working_numbers=4 * N * (sizes[1] + 9 * POSITIONS)
    )  # fmt: skip


def run_chunk(spec: dict, seeds: Iterable[int], stop=None) -> dict[str, np.ndarray]:
    """What a row of SPECS gives for some members."""
    seeds = list(seeds)
    runs, curve = train_members(spec, seeds, STEPS, stop)
    found = [arrays_of(spec, theta, seed) for theta, seed in zip(runs.theta, seeds, strict=True)]
    arrays = {name: np.array([each[name] for each in found]) for name in found[0]}
    early = curve[:, MARKS.index(EARLY)].astype(float)
    return arrays | {"steps": runs.steps.numpy(), "early": np.where(np.isnan(early), 0, early), "curve": curve}


def arrays_of(spec: dict, theta: Tensor, seed: int) -> dict[str, np.ndarray | float | int]:
    """What is kept of the end theta (P,) of member `seed`, its steps and its curve aside."""
    data = images(spec, seed)
    land = landscape(spec, data)
    planned = spec["table"] == "gaussian" and seed < PLANES
    return {
        "loss": float(land.loss(theta)),
        "wrong": round(len(data) * (1 - float(accuracy(land.outputs(theta), data.y)))),
        "grad_norm": float(land.gradient(theta).norm()),
        "least": float(torch.linalg.svdvals(features(land, theta))[-1]),
        "plane": plane_of(land, theta) if planned else np.zeros((POINTS, POINTS), np.float16),
    }


def ends(filters: int, seeds: Sequence[int], steps: int = STEPS) -> dict[str, np.ndarray]:
    """Runs with softplus in the middle, trained anew: loss, |W_2||W_3|, and the largest eigenvalue of the Hessian at the end.

    >>> {name: value.shape for name, value in ends(1, range(2), steps=3).items()}
    {'loss': (2,), 'lengths': (2,), 'curvature': (2,)}
    """
    spec, found = {"table": "gaussian", "filters": filters, "middle": "softplus"}, []
    runs, _ = train_members(spec, seeds, steps)
    for theta, seed in zip(runs.theta, seeds, strict=True):
        land = landscape(spec, images(spec, seed))
        parts, v = land.unpack(theta), torch.ones_like(theta)
        for _ in range(100):  # power iteration: the eigenvalue that is largest in size is positive at a low loss
            w = land.hvp(theta, v / v.norm())
            curvature, v = float(w @ v / v.norm()), w
        found.append((float(land.loss(theta)), float(parts["W2"].norm() * parts["W3"].norm()), curvature))
    return dict(zip(("loss", "lengths", "curvature"), np.array(found).T, strict=True))


def plane_of(land: Landscape, theta: Tensor) -> np.ndarray:
    """log10 of the loss over a plane through theta (P,), (POINTS, POINTS): two random directions, filter-normalised, -1 to 1."""
    across, up = (random_direction(land, theta, seed) for seed in (0, 1))
    return plane(land, theta, across, up, points=POINTS).loss.clamp_min(1e-6).log10().numpy().astype(np.float16)


def arrived(arrays: dict[str, np.ndarray], target: float = TARGETS["gaussian"]) -> np.ndarray:
    """True (members,) where the loss went below the target."""
    return arrays["loss"] < target


def count(arrays: dict[str, np.ndarray]) -> Count:
    """How many runs did not arrive, of all.

    >>> print(count({"loss": np.array([1e-4, 0.7, 2e-4, 9e-4])}))
    25.0 % (4.6 to 69.9)
    """
    return Count(int((~arrived(arrays)).sum()), len(arrays["loss"]))


def summarise(rows: Sequence) -> str:
    """All rows in words."""
    lines = [
        f"Runs that did not go below {TARGETS['gaussian']:g}, in percent with a 95 % interval, by neurons n_1 of the wide layer"
    ]
    for spec, arrays in rows:
        lines.append(
            f"{spec['middle']:8} n_1 = {POSITIONS * spec['filters']:3}: {count(arrays)}; median steps "
            f"{np.median(arrays['steps']):.0f}, worst loss {arrays['loss'].max():.2g} with a gradient of "
            f"{arrays['grad_norm'][arrays['loss'].argmax()]:.1g}"
        )
    return "\n".join(lines)


def draw_result(ax, rows: Sequence) -> None:
    """The share of runs that did not arrive, by neurons of the wide layer."""
    for middle, color, marker in (("softplus", "blue", "o"), ("sigmoid", "vermilion", "s")):
        those = [(POSITIONS * spec["filters"], count(arrays)) for spec, arrays in rows if spec["middle"] == middle]
        draw_shares(ax, *zip(*those, strict=True), f"{middle} after the wide layer", PALETTE[color], marker)
    ax.set(xlabel="neurons of the wide layer", ylabel="runs that did not reach zero (percent)")
    ax.legend()


@lru_cache(maxsize=1)
def _digits() -> Data:
    return digits()
