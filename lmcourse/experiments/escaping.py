"""How one leaves a saddle: by random directions, and by a small nudge that the gradient takes up.

The claim under test, "at a saddle try random directions until one leads down", is folklore; the closed forms and all measurements
here are this course's own. Stored are the tries at saddles with one way down among N directions, and with many.

Data types, in words
    saddle      sum of signed squares in N dimensions: k of them lead down with curvature -down, N - k up with curvature `up`
    try         a direction, uniform on the sphere; it leads down if the loss is lower there, at any length
    nudge       a point at distance r from the saddle in such a direction, from which gradient descent goes on
    arrays      what a row gives: down (members,), how many of spec["tries"] tries led down
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import torch
from scipy.special import betainc, betaincinv
from torch import Tensor

from lmcourse.counting import binomial_interval
from lmcourse.devices import DIRECTIONS, random_stream
from lmcourse.landscape import Landscape
from lmcourse.networks.octopus import growth_of_time, octopus, stage_points
from lmcourse.plots import PALETTE
from lmcourse.training.chance import jin_parameters

__all__ = [
    "chance", "growth_of_time", "jin_parameters", "octopus", "run_chunk", "saddle", "stage_points", "summarise",
]  # fmt: skip

TITLE = "Random directions at a saddle: how many lead down, by dimension"
SOURCE = "this course, on a claim that is folklore"
VERSION = 1
MEMBERS = 100
CHUNK = 10
SPECS = (
    *({"N": N, "k": 1, "tries": 1_000_000} for N in (2, 3, 5, 10, 20, 30)),
    *({"N": 100, "k": k, "tries": 10_000} for k in (30, 40, 45, 50)),
)
BLOCK = 500_000  # numbers drawn at a time


def chance(N: int, k: int = 1, down: float = 1.0, up: float = 1.0) -> float:
    """The probability that a try leads down: k curvatures -down, N - k curvatures up.

    The squared length A of the part in the k directions is Beta(k/2, (N - k)/2), and a try succeeds where down A > up (1 - A).

    >>> [float(f"{chance(N):.3g}") for N in (2, 3, 10, 100)]
    [0.5, 0.293, 0.015, 1.41e-16]
    """
    return float(betainc((N - k) / 2, k / 2, down / (down + up)))


def chance_to_escape(N: int, k: int, radius: float, steps, lr: float = 0.1, level: float = 0.5) -> np.ndarray:
    """The probability that gradient descent from a nudge of this radius is below -level after so many steps, curvatures -1 and 1.

    With an infinite radius and no steps this is `chance`.

    >>> [round(float(share), 3) for share in chance_to_escape(100, 1, radius=1e-3, steps=[60, 90, 100, 130])]
    [0.0, 0.059, 0.471, 0.967]
    """
    steps = np.asarray(steps, dtype=float)
    grown, shrunk = (1 + lr) ** (2 * steps), (1 - lr) ** (2 * steps)
    share_down = (2 * level / radius**2 + shrunk) / (grown + shrunk)  # A must be larger
    return betainc((N - k) / 2, k / 2, np.clip(1 - share_down, 0, 1))


def median_steps(N: int, k: int, radius: float, lr: float = 0.1, level: float = 0.5) -> float:
    """The number of steps, not rounded, after which half of all nudges have escaped, as above; the other directions are neglected.

    >>> [round(median_steps(N, 1, 1e-3)) for N in (2, 10, 100, 1000, 10_000)]
    [76, 88, 101, 113, 125]
    """
    A = betaincinv(k / 2, (N - k) / 2, 0.5)
    return max(0.0, math.log(math.sqrt(2 * level / A) / radius) / math.log(1 + lr))


def try_directions(curvatures, tries: int, seed: int = 0) -> int:
    """How many of so many random directions lead down, at a saddle whose Hessian has these eigenvalues.

    >>> try_directions([-1.0, 1.0], 1000)
    480
    """
    curvatures = np.asarray(curvatures, dtype=float)
    stream = random_stream(seed, DIRECTIONS)
    stream.bit_generator.advance((1000 * len(curvatures) + int((curvatures < 0).sum())) << 64)  # rows share no numbers
    found, block = 0, max(1, BLOCK // len(curvatures))
    for first in range(0, tries, block):
        direction = stream.normal(size=(min(block, tries - first), len(curvatures)))  # its length does not matter
        found += int((np.square(direction) @ curvatures < 0).sum())
    return found


def spectrum(N: int, k: int = 1, down: float = 1.0, up: float = 1.0) -> np.ndarray:
    """The eigenvalues (N,) of the saddle with k ways down."""
    return np.concatenate([np.full(k, -down), np.full(N - k, up)])


def semicircle(N: int, shift: float) -> np.ndarray:
    """N eigenvalues spread as a semicircle of radius 1 around `shift`, rising: the spectrum of a large random matrix.

    >>> float((semicircle(200, 0.3) < 0).mean()), round(float(semicircle(200, 0.3).mean()), 6)
    (0.31, 0.3)
    """
    middle = (np.arange(N) + 0.5) / N
    return 2 * betaincinv(1.5, 1.5, middle) - 1 + shift


def saddle(N: int, k: int = 1) -> Landscape:
    """The loss 1/2 (- x_1^2 - ... - x_k^2 + x_(k+1)^2 + ... + x_N^2), (..., N) -> (...).

    >>> saddle(3).gradient(torch.tensor([1.0, 2.0, 3.0]))
    tensor([-1.,  2.,  3.])
    """
    signs = torch.from_numpy(spectrum(N, k))

    def gradient_of(theta: Tensor) -> Tensor:
        return theta * signs.to(theta)

    return Landscape(
        f"saddle with {k} of {N} ways down",
        {"x": (N,)},
        lambda theta: (gradient_of(theta) * theta).sum(-1) / 2,
        gradient_of,
    )


def nudges(N: int, radius: float, seeds: Iterable[int]) -> Tensor:
    """Points at distance `radius` from the origin in random directions, (members, N).

    >>> nudges(5, 0.001, seeds=range(3)).norm(dim=1)
    tensor([0.0010, 0.0010, 0.0010], dtype=torch.float64)
    """
    points = torch.from_numpy(np.stack([random_stream(seed, DIRECTIONS).normal(size=N) for seed in seeds]))
    return radius * points / points.norm(dim=1, keepdim=True)


def steps_until(land: Landscape, theta: Tensor, level: float, lr: float, max_steps: int = 10_000) -> Tensor:
    """Steps of gradient descent until the loss is below `level`, (members,); max_steps where that did not happen.

    >>> steps_until(saddle(2), torch.tensor([[1e-3, 0.0], [0.0, 1.0]], dtype=torch.float64), level=-0.5, lr=0.1, max_steps=200)
    tensor([ 73, 200])
    """
    steps = torch.full(theta.shape[:-1], max_steps)
    for step in range(max_steps):
        below = land.loss(theta) < level
        steps[below & (steps == max_steps)] = step
        if below.all():
            break
        theta = theta - lr * land.gradient(theta)
    return steps


def box(dim: int, seeds: Iterable[int]) -> Tensor:
    """Starts uniform in [-1, 1]^dim, (members, dim), as Du et al. (2017) take them for the octopus.

    >>> tuple(box(6, seeds=range(20)).shape)
    (20, 6)
    """
    return torch.from_numpy(np.stack([random_stream(seed).uniform(-1, 1, size=dim) for seed in seeds]))


def stage_times(path: Tensor, tau: float = math.e) -> Tensor:
    """When each coordinate of an octopus has left: the first step with |x_j| >= 2 tau, (members, d).

    path : (members, steps, d). Where a coordinate has not left, the number of steps stands.

    >>> stage_times(torch.tensor([[[1.0, 0.0], [3.0, 0.0], [6.0, 0.0], [9.0, 0.0]]]))
    tensor([[2, 4]])
    """
    return (path.abs() < 2 * tau).long().cumprod(dim=1).sum(dim=1)


def run_chunk(spec: dict, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """The arrays of one row of SPECS for these seeds."""
    curvatures = spectrum(spec["N"], spec["k"])
    return {"down": np.array([try_directions(curvatures, spec["tries"], seed) for seed in seeds])}


def summarise(rows: Sequence) -> str:
    """Counts with their 95 % intervals beside the closed form."""
    lines = [
        "Tries that lead down at a saddle with k of N directions down, all curvatures of one size; the closed form last."
    ]
    for spec, arrays in rows:
        found, total = int(arrays["down"].sum()), spec["tries"] * len(arrays["down"])
        low, high = binomial_interval(found, total)
        lines.append(
            f"N = {spec['N']:3}, k = {spec['k']:2}: {found:,} of {total:,}, {found / total:.4g} "
            f"({low:.4g} to {high:.4g}); {chance(spec['N'], spec['k']):.4g}"
        )
    return "\n".join(lines)


def draw_result(ax, rows: Sequence) -> None:
    """The share of tries that lead down with one direction down, by dimension, over the closed form."""
    one = [
        (spec["N"], arrays["down"].sum() / (spec["tries"] * len(arrays["down"])))
        for spec, arrays in rows
        if spec["k"] == 1
    ]
    sizes, shares = zip(*one, strict=True)
    ax.plot(sizes, [chance(N, 1) for N in sizes], "--", color=PALETTE["grey"], label="closed form")
    ax.plot(sizes, shares, "o", color=PALETTE["blue"], label="counted")
    ax.set(xlabel="N (dimension)", ylabel="share of directions that lead down", yscale="log")
    ax.legend()
