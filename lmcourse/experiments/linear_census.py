"""The catalogue of critical points of deep linear networks, checked against the Hessian on random data.

Loss and index of every critical point by formula (Baldi and Hornik 1989 for two matrices; Achour, Malgouyres and Gerchinovitz 2024
for any depth) on random targets, beside the loss, the gradient and the eigenvalues of the Hessian there. What Kawaguchi (2016)
proves is one line of it: points without a negative eigenvalue are global, or bad saddles, which need three matrices.

Data types, in words
    row         {"widths": [n_0, ..., n_L]}; members have inputs and targets of their own, Gaussian, twice as many samples as inputs
    points      (members,) entries of the catalogue
    wrong       (members,) entries whose number of negative eigenvalues is not the index of the formula
    bad_saddles (members,) entries without a negative eigenvalue that are not global
    worst_loss, worst_gradient   (members,) the largest error of the formula for the loss, the longest gradient, relative to |y|^2
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np
import torch

from lmcourse.critical.classification import zero_share
from lmcourse.data import Data
from lmcourse.devices import DATA, LABELS, random_stream
from lmcourse.networks.linear import deep_linear
from lmcourse.networks.linear_catalogue import linear_catalogue
from lmcourse.plots import PALETTE

TITLE = "Critical points of deep linear networks: the formulas for loss and index against the Hessian"
SOURCE = "Baldi and Hornik (1989); Kawaguchi (2016); Achour, Malgouyres and Gerchinovitz (2024)"
VERSION = 1
MEMBERS = 100
WIDTHS = (
    (2, 1, 2), (3, 2, 3), (4, 2, 4), (5, 3, 4), (3, 2, 2, 3), (4, 2, 2, 4), (4, 3, 2, 3), (3, 2, 2, 2, 3), (3, 2, 2, 2, 2, 3),
)  # fmt: skip
SPECS = tuple({"widths": list(widths)} for widths in WIDTHS)
BY_ROUNDING = ("worst_loss", "worst_gradient")
NEAR_GLOBAL = 1e-6  # of |y|^2: losses so much above the lowest one are still taken for it


def random_data(widths: Sequence[int], seed: int) -> Data:
    """Gaussian inputs (2 n_0, n_0) and targets (2 n_0, n_L)."""
    N = 2 * widths[0]
    x = random_stream(seed, DATA).normal(size=(N, widths[0]))
    return Data(torch.from_numpy(x), torch.from_numpy(random_stream(seed, LABELS).normal(size=(N, widths[-1]))))


def expected_points(widths: Sequence[int]) -> int:
    """Entries of the catalogue: sets of modes, times the possible numbers of unused paths if there are three matrices or more.

    >>> expected_points((4, 2, 4)), expected_points((4, 2, 2, 4))
    (11, 17)
    """
    narrowest = min(widths)
    ways = [min(widths[1:-1]) - r + 1 if len(widths) > 3 else 1 for r in range(narrowest + 1)]
    return sum(comb(widths[-1], r) * way for r, way in enumerate(ways))


def census(widths: Sequence[int], data: Data) -> tuple[int, int, int, float, float]:
    """The entries of the arrays for one data set."""
    land, points = deep_linear(widths, data), linear_catalogue(widths, data)
    theta, size = torch.stack([point.theta for point in points]), float(data.y.square().sum())
    losses = torch.tensor([point.loss for point in points], dtype=torch.float64)
    eigenvalues = torch.linalg.eigvalsh(land.hessian(theta))
    index = (eigenvalues < -zero_share(eigenvalues.dtype) * eigenvalues.abs().amax(dim=1, keepdim=True)).sum(dim=1)
    wrong = int((index != torch.tensor([point.index for point in points])).sum())
    bad = int(((index == 0) & (losses > losses.min() + NEAR_GLOBAL * size)).sum())
    worst = (land.loss(theta) - losses).abs().max() / size, land.gradient(theta).norm(dim=1).max() / size
    return len(points), wrong, bad, *map(float, worst)


def run_chunk(spec: dict, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """The arrays of one row of SPECS for these data sets."""
    columns = zip(*(census(spec["widths"], random_data(spec["widths"], int(seed))) for seed in seeds), strict=True)
    return {
        name: np.array(column)
        for name, column in zip(("points", "wrong", "bad_saddles", *BY_ROUNDING), columns, strict=True)
    }


def summarise(rows: Sequence[tuple[dict, dict]]) -> str:
    """A line for each list of widths, with the verdict of the Hessian on the formulas."""
    lines = ["widths       points  bad saddles  wrong index  error of the loss  longest gradient   verdict"]
    for spec, arrays in rows:
        widths, points = "-".join(map(str, spec["widths"])), expected_points(spec["widths"])
        right = not arrays["wrong"].any() and (arrays["points"] == points).all()
        verdict = f"{'the formulas hold' if right else 'DIFFER'} on all {len(arrays['points'])} data sets"
        lines.append(
            f"{widths:12} {points:6} {arrays['bad_saddles'].max():12} {arrays['wrong'].sum():12} "
            f"{arrays['worst_loss'].max():18.1e} {arrays['worst_gradient'].max():17.1e}   {verdict}"
        )
    return "\n".join(lines)


def draw_result(ax, rows: Sequence[tuple[dict, dict]]) -> None:
    """The size of each catalogue, with its bad saddles, and how many entries of all data sets the Hessian contradicts."""
    names = ["-".join(map(str, spec["widths"])) for spec, _ in rows]
    points, bad = (np.array([int(arrays[name].max()) for _, arrays in rows]) for name in ("points", "bad_saddles"))
    ax.barh(names, points - bad, color=PALETTE["blue"], label="global or with a way down")
    ax.barh(
        names, bad, left=points - bad, color=PALETTE["vermilion"], hatch="//", edgecolor="white", label="bad saddles"
    )
    for place, (_, arrays) in enumerate(rows):
        words = f" index wrong: {arrays['wrong'].sum()} of {arrays['points'].sum():,}"
        ax.text(points[place], place, words, va="center")
    ax.set(
        xlabel="critical points in the catalogue (number)", ylabel="widths of the layers", xlim=(0, 1.6 * max(points))
    )
    ax.invert_yaxis()
    ax.legend(loc="upper right")
