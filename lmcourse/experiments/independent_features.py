"""Are the features of N images linearly independent at random weights? Ranks by width, activation, data and weight scale.

The question, the layer and the theorems are Nguyen and Hein's (2018); they print no such measurement, so all numbers are this
course's own. Images are 8 x 8, patches 3 x 3 with stride 1: each filter sees 36 patches, so T filters make n_1 = 36 T neurons,

    F(x)_h = s( <w_t, patch_q(x)> + b_h ),     h = (q-1) T + t,     weights and biases N(0, scale^2), a bias for each neuron.

Data types, in words
    images      "gaussian", independent N(0, 1) pixels; "digits", handwritten, pixels from 0 to 1; "noisy digits": plus N(0, 1e-6)
    W, b        filters (..., T, 9) and biases (..., 36 T); a seed's first filters are the same for every T
    F           features (..., N, 36 T), a row for each image
    row         (images, N, activation, filters): members have different weights on the same images
    arrays      what a row gives, leading axis = members: rank, smallest and largest singular value; for ReLU (else 0) `off` and
                `on`, neurons that are off, or on, for all images, and `bound`, which the rank does not exceed
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from math import ceil

import numpy as np
import torch
from torch import Tensor

from lmcourse import data
from lmcourse.devices import PERTURBATIONS, random_stream
from lmcourse.experiments.count import Count
from lmcourse.networks.convolutional import patches
from lmcourse.plots import PALETTE

TITLE = "Rank of the features of N images at random weights, as wide as there are images"
SOURCE = "this course, on the question of Nguyen and Hein (2018)"
VERSION = 1
MEMBERS, CHUNK = 20, 5
SIDE, PATCHES, INPUTS = 8, 36, 9  # of an image; seen by a filter; in a patch
ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "sigmoid": torch.sigmoid,
    "softplus": torch.nn.functional.softplus,
    "ReLU": torch.relu,
}
IMAGES = ("gaussian", "digits", "noisy digits")
SAMPLES = (200, 500, 1000, 1797)


def filters_for(N: int) -> int:
    """The smallest number of filters that gives N neurons or more.

    >>> filters_for(200), filters_for(1797)
    (6, 50)
    """
    return ceil(N / PATCHES)


SPECS = (
    *({"images": "digits", "N": N, "activation": name, "filters": filters_for(N)} for N in SAMPLES for name in ACTIVATIONS),
    *({"images": "digits", "N": N, "activation": "ReLU", "filters": 2 * filters_for(N)} for N in SAMPLES),
    *({"images": "noisy digits", "N": N, "activation": "ReLU", "filters": filters_for(N)} for N in SAMPLES),
)  # fmt: skip


@lru_cache(maxsize=16)
def images(name: str, N: int = 200) -> Tensor:
    """N images (N, 64) of the kind `name`, see IMAGES.

    >>> images("gaussian").shape, images("digits").max()
    (torch.Size([200, 64]), tensor(1., dtype=torch.float64))
    """
    if name not in IMAGES:
        raise ValueError(f"The images are {', '.join(IMAGES)}, but {name!r} came.")
    if name == "gaussian":
        return data.gaussian_patches(N, SIDE).x
    x = data.digits(N).x
    if name == "digits":
        return x
    return x + 1e-3 * torch.from_numpy(random_stream(0, PERTURBATIONS).normal(size=(1797, SIDE * SIDE)))[:N]


def draw(filters: int, scale: float = 1.0, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Filters W (T, 9) and biases b (36 T,), all N(0, scale^2).

    >>> few, many = draw(2)[0], draw(5)[0]
    >>> bool((many[:2] == few).all()), draw(5)[1].shape
    (True, torch.Size([180]))
    """
    numbers = scale * torch.from_numpy(random_stream(seed).normal(size=(filters, INPUTS + PATCHES)))
    return numbers[:, :INPUTS].contiguous(), numbers[:, INPUTS:].T.flatten()


def before(x: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """What enters the activation, Z (..., N, 36 T), for images x (N, 64)."""
    return torch.einsum("...tl,nql->...nqt", W, patches(x, (SIDE, SIDE))).flatten(-2) + b.unsqueeze(-2)


def features(x: Tensor, W: Tensor, b: Tensor, activation: str = "sigmoid") -> Tensor:
    """F (..., N, 36 T), the features of the wide layer.

    >>> features(images("gaussian"), *draw(6)).shape
    torch.Size([200, 216])
    """
    if activation not in ACTIVATIONS:
        raise ValueError(f"The activations are {', '.join(ACTIVATIONS)}, but {activation!r} came.")
    return ACTIVATIONS[activation](before(x, W, b))


def rank(singular: Tensor, F: Tensor) -> Tensor:
    """The numerical rank of F (..., N, n): how many singular values exceed rounding, max(N, n) times eps times the largest."""
    rounding = max(F.shape[-2:]) * torch.finfo(F.dtype).eps * singular[..., :1]
    return (singular > rounding).sum(-1)


def ranks(x: Tensor, draws: Iterable[tuple[Tensor, Tensor]], activation: str) -> Tensor:
    """The rank of the features of the same images (N, 64) for each of several draws (W, b), (draws,).

    >>> ranks(images("gaussian", 50), [draw(1), draw(2)], "softplus")
    tensor([36, 50])
    """
    found = (features(x, W, b, activation) for W, b in draws)
    return torch.stack([rank(torch.linalg.svdvals(F), F) for F in found])


def switching_shares(x: Tensor, draws: Iterable[tuple[Tensor, Tensor]]) -> Tensor:
    """Which share of the neurons at each position of a patch is on for some of the images (N, 64) and off for others, (6, 6).

    >>> float(switching_shares(images("gaussian"), [draw(6)]).min())
    1.0
    """
    shares = []
    for W, b in draws:
        Z = before(x, W, b)
        switching = (Z > 0).any(0) & (Z <= 0).any(0)  # (36 T,)
        shares.append(switching.reshape(PATCHES, -1).double().mean(1))
    return torch.stack(shares).mean(0).reshape(SIDE - 2, SIDE - 2)


def counts(Z: Tensor) -> tuple[Tensor, Tensor]:
    """How many neurons are off for all images, and how many on for all, from Z (..., N, n).

    >>> [int(count) for count in counts(torch.tensor([[-1.0, 1.0, 2.0], [-2.0, 3.0, -1.0]]))]
    [1, 1]
    """
    return (Z <= 0).all(-2).sum(-1), (Z > 0).all(-2).sum(-1)


def largest_relu_rank(Z: Tensor, x: Tensor) -> Tensor:
    """At least the rank of relu(Z), Z (..., N, n) from images x (N, d); what matters is which neurons switch.

    A neuron that is off for all images gives a column of zeros. One that is on for all is an affine function of the image, so
    together these have at most the rank of the images with a constant beside them: pixels that differ, plus one.
    """
    off, on = counts(Z)
    affine = int((x != x[:1]).any(0).sum()) + 1
    return (Z.shape[-1] - off - on + on.clamp_max(affine)).clamp_max(Z.shape[-2])


def run_chunk(spec: dict, seeds: Iterable[int]) -> dict[str, np.ndarray]:
    """Draw weights for every seed and measure the features of one row; arrays lead with members."""
    x, rows = images(spec["images"], spec["N"]), []
    for seed in seeds:
        W, b = draw(spec["filters"], seed=seed)
        F = features(x, W, b, spec["activation"])
        singular = torch.linalg.svdvals(F)
        Z = before(x, W, b)
        neurons = (*counts(Z), largest_relu_rank(Z, x)) if spec["activation"] == "ReLU" else (0, 0, 0)
        rows.append((int(rank(singular, F)), float(singular[-1]), float(singular[0]), *map(int, neurons)))
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return dict(zip(("rank", "smallest", "largest", "off", "on", "bound"), columns, strict=True))


def full(arrays: dict[str, np.ndarray], N: int) -> Count:
    """How many members of a row miss rank N."""
    return Count(int((arrays["rank"] < N).sum()), len(arrays["rank"]))


def summarise(rows: list[tuple[dict, dict[str, np.ndarray]]]) -> str:
    """A line for each row: ranks, and how many members have full rank."""
    lines = ["images           N  activation  neurons  rank          full rank  smallest"]
    for spec, arrays in rows:
        values, count = arrays["rank"], full(arrays, spec["N"])
        lines.append(
            f"{spec['images']:12}  {spec['N']:4}  {spec['activation']:10}  {PATCHES * spec['filters']:7}  {values.min():4} to "
            f"{values.max():4}  {count.total - count.failed:3} of {count.total}  {arrays['smallest'].min():.1e}"
        )
    return "\n".join(lines)


def draw_result(ax, rows: list[tuple[dict, dict[str, np.ndarray]]]) -> None:
    """The smallest rank found over N, against N, for layers as wide as there are digits."""
    looks = (("sigmoid", "blue", "o", 12), ("softplus", "green", "^", 7), ("ReLU", "vermilion", "s", 7))
    for name, color, marker, size in looks:  # the first two coincide: a large open mark around a small one
        those = [
            (spec["N"], arrays["rank"].min() / spec["N"])
            for spec, arrays in rows
            if (spec["images"], spec["activation"], spec["filters"]) == ("digits", name, filters_for(spec["N"]))
        ]
        fill = "none" if size > 7 else "full"
        ax.plot(*zip(*those, strict=True), color=PALETTE[color], marker=marker, ms=size, fillstyle=fill, label=name)
    ax.set(xlabel="N (images)", ylabel="smallest rank, as a share of N", ylim=(0, 1.05))
    ax.legend()
