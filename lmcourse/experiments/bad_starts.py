"""Swirszcz, Czarnecki and Pascanu (2016), propositions 4 and 5: starts that leave a ReLU network blind, in closed form and counted.

    width h, depth k    k hidden layers of h neurons; weights independent N(mean, scale^2), biases zero
    dead                some hidden layer hands on 0 for all samples, so the network answers its output bias alone
    off strictly        some hidden layer has z < 0 at all samples, as the theorem on dead layers needs it. This is more than dead:
                        with biases zero a lost sample has z = 0 at all later neurons, on their kinks

Data types, in words
    Draws       standard normal numbers of an ensemble: inputs, first matrices, later matrices; a start is mean + scale * draw
    dies_at     for each member the first hidden layer that hands on 0 for all its samples; layers + 1 where none does
    Count       dead of total networks, with its interval

Proposition 5 bounds the share of dead networks from below. The bound from above is Rister and Rubin's (2020): a network that is
dead for ten samples is dead for the first of them. With biases zero only mean / scale matters.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lmcourse.devices import DATA, LABELS, random_stream
from lmcourse.experiments.count import Count
from lmcourse.plots import PALETTE, draw_shares, log_values

TITLE = "Networks that are dead at the start, by width and depth (weights with mean 0, biases 0, ten Gaussian inputs in the plane)"
SOURCE = "Swirszcz, Czarnecki and Pascanu (2016), propositions 4 and 5; Rister and Rubin (2020)"
VERSION = 1
MEMBERS = 10_000
LAYERS, SAMPLES, INPUTS = 100, 10, 2
SPECS = tuple({"width": width} for width in (2, 3, 5, 10))

# Proposition 4: "at least 99 percent, even for width 10000 and 100 layers"
PUBLISHED_MEANS = {"scale 0.01": 0.07, "scale by width": 0.24}


class Draws(NamedTuple):
    """x (members, samples, inputs), first (members, h, inputs), later (members, layers - 1, h, h): all N(0, 1)."""

    x: Tensor
    first: Tensor
    later: Tensor


def draw(width: int, seeds: Sequence[int], layers: int = LAYERS, samples: int = SAMPLES) -> Draws:
    """The random numbers of members `seeds`: the same for a member alone and in a batch.

    >>> draw(3, seeds=range(5), layers=7).later.shape
    torch.Size([5, 6, 3, 3])
    """
    members = len(seeds)
    x, first = np.empty((members, samples, INPUTS)), np.empty((members, width, INPUTS))
    later = np.empty((members, layers - 1, width, width))
    for member, seed in enumerate(seeds):
        x[member] = random_stream(seed, DATA).normal(size=x.shape[1:])
        stream = random_stream(seed)
        first[member], later[member] = stream.normal(size=first.shape[1:]), stream.normal(size=later.shape[1:])
    return Draws(*map(torch.from_numpy, (x, first, later)))


def features(draws: Draws, mean: float = 0.0, scale: float = 1.0) -> Iterator[Tensor]:
    """What each hidden layer hands on, (members, samples, h), layer by layer; each member's are divided by their largest one.

    Dividing by a positive number changes no sign further on, and keeps a hundred layers within the range of numbers.
    """
    F = draws.x
    for W in (draws.first, *draws.later.unbind(1)):
        F = torch.relu(F @ (mean + scale * W).mT)
        F = F / F.amax((1, 2), keepdim=True).clamp_min(torch.finfo(F.dtype).tiny)
        yield F


def dies_at(draws: Draws, mean: float = 0.0, scale: float = 1.0) -> Tensor:
    """The first hidden layer that hands on 0 for all samples of a member, (members,); layers + 1 where none does.

    >>> dies_at(draw(2, seeds=range(4)))
    tensor([14,  6,  5,  6])
    """
    dark = torch.stack([(F == 0).all(-1).all(-1) for F in features(draws, mean, scale)], dim=1)
    return torch.cat([dark, torch.ones_like(dark[:, :1])], dim=1).int().argmax(1) + 1


def deaths(width: int, seeds: Sequence[int], mean: float = 0.0, scale: float = 1.0) -> Tensor:
    """`dies_at` of members `seeds` with 100 layers of this width, drawn a hundred members at a time to save memory.

    >>> deaths(2, seeds=range(4))
    tensor([14,  6,  5,  6])
    """
    parts = [seeds[first : first + 100] for first in range(0, len(seeds), 100)]
    return torch.cat([dies_at(draw(width, part), mean, scale) for part in parts])


def off_strictly(draws: Draws) -> Tensor:
    """Whether some hidden layer of a member has z < 0, not only z <= 0, at all samples, (members,); mean 0.

    >>> some = draw(2, seeds=range(100), layers=20)
    >>> int((dies_at(some) <= 20).sum()), int(off_strictly(some).sum())
    (100, 5)
    """
    F, found = draws.x, torch.zeros(len(draws.x), dtype=torch.bool)
    for W, handed_on in zip((draws.first, *draws.later.unbind(1)), features(draws), strict=True):
        found |= (F @ W.mT < 0).all(-1).all(-1)
        F = handed_on
    return found


def lowered(draws: Draws, pushes: int = 100, size: float = 1e-9) -> Tensor:
    """Whether a push of all hidden biases by N(0, size^2) leads a member below the loss of the best constant, (members,); mean 0.

    Targets and output weights are N(0, 1), the output bias is the best one after each push. A dead member that some push
    lowers is no local minimum: the best constant is all that it had.

    >>> some = draw(2, seeds=range(100), layers=20)
    >>> int(lowered(some)[off_strictly(some)].sum())                       # z < 0: constant all around
    0
    """
    members, samples, _ = draws.x.shape
    stream, width = random_stream(0, LABELS), draws.first.shape[1]

    def normal(*shape: int) -> Tensor:
        return torch.from_numpy(stream.normal(size=shape))

    y, v = normal(members, samples), normal(members, width, 1)
    y, found = y - y.mean(1, keepdim=True), torch.zeros(members, dtype=torch.bool)
    for _ in range(pushes):
        F = draws.x
        for W in (draws.first, *draws.later.unbind(1)):
            F = torch.relu(F @ W.mT + size * normal(members, 1, width))
        answer = (F @ v)[..., 0]
        answer = answer - answer[:, :1]  # exactly 0 where the answer is constant
        answer = answer - answer.mean(1, keepdim=True)
        found |= (answer * (answer - 2 * y)).sum(1) < 0  # the change of the squared loss
    return found


def count_dead(layer_of_death, depth: int) -> Count:
    """How many networks of this depth are dead, from what `dies_at` says of deeper ones."""
    died = np.asarray(layer_of_death) <= depth
    return Count(int(died.sum()), len(died))


def run_chunk(spec: dict, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """One row of the table: for each seed the layer at which the network dies."""
    return {"dies_at": deaths(spec["width"], seeds).numpy()}


def summarise(rows: Sequence[tuple[dict, dict]]) -> str:
    """One line for each width and depth: the share of dead networks, and the two numbers that it is proved to lie between."""
    return "\n".join(
        f"width {spec['width']:2}, depth {depth:3}   dead {count_dead(arrays['dies_at'], depth)!s:24} "
        f"proved: {100 * least_dead(spec['width'], depth):5.1f} to {100 * most_dead(spec['width'], depth):5.1f} %"
        for spec, arrays in rows
        for depth in (5, 10, 20, 50, 100)
    )


def draw_result(ax, rows: Sequence[tuple[dict, dict]]) -> None:
    """The share of dead networks by depth, a curve for each width."""
    depths = (5, 10, 20, 50, 100)
    for (spec, arrays), color, marker in zip(rows, ("blue", "vermilion", "green", "purple"), "os^v", strict=True):
        counts = [count_dead(arrays["dies_at"], depth) for depth in depths]
        draw_shares(ax, depths, counts, f"width {spec['width']}", PALETTE[color], marker)
    ax.set(xlabel="depth (hidden layers)", ylabel="dead networks (percent)")
    log_values(ax, depths)
    ax.legend()


# ------------------------------------------------------------------------------------------------ closed forms


def normal_below(z: float) -> float:
    """Phi(z), the probability that a standard normal number is below z."""
    return math.erfc(-z / math.sqrt(2)) / 2


def least_dead(width: int, depth: int, ratio: float = 0.0) -> float:
    """Proposition 5: at least this share is dead, since each later layer has only negative weights with chance F_W(0)^(h^2).

    ratio : mean / scale of the weights. The proof that was printed has other exponents; a reviewer pointed it out.

    >>> round(least_dead(width=3, depth=20), 3)
    0.036
    """
    return _at_least_once(normal_below(-ratio) ** (width * width), depth - 1)


def most_dead(width: int, depth: int, ratio: float = 0.0) -> float:
    """At most this share is dead: the chance that one sample alone is lost in some layer, or a bound of it (Rister and Rubin 2020).

    For mean 0 a layer loses a sample with chance 2^-h, exactly. For another mean a neuron is off with chance Phi(-ratio s), where
    s = sum F / |F|: between 1 and sqrt(h) for what a layer hands on, sqrt(2) cos(angle) for an input at a random angle.

    >>> round(most_dead(width=3, depth=20), 3)
    0.931
    """
    angles = [2 * math.pi * i / 360 for i in range(360)]
    first = sum(normal_below(-ratio * math.sqrt(2) * math.cos(angle)) ** width for angle in angles) / len(angles)
    later = normal_below(max(-ratio * math.sqrt(width), -ratio)) ** width
    return 1 - (1 - first) * (1 - _at_least_once(later, depth - 1))


def _at_least_once(chance: float, times: int) -> float:
    return 1.0 if chance >= 1 else -math.expm1(times * math.log1p(-chance))


def all_positive(mean: float, width: int, layers: int, rule: str = "scale by width", inputs: int = INPUTS) -> float:
    """Proposition 4: the probability that all weights of a network with so many layers (one of them the output) are positive.

    rule : "scale 0.01"; "scale by width", variance 1/h in every matrix, as the published bound takes it; "Glorot", variance
    2/(in + out) (Glorot and Bengio 2010); "fan-in", variance 1/in with the inputs of each matrix (LeCun, Bottou, Orr and
    Müller 1998).

    >>> round(all_positive(0.24, width=1000, layers=100), 3), round(all_positive(0.24, width=100, layers=100), 3)
    (1.0, 0.0)
    """
    log = sum(
        entries * math.log(normal_below(mean / scale) or 5e-324)
        for entries, scale in _matrices(width, layers, rule, inputs)
    )
    return math.exp(log)


def _matrices(width: int, layers: int, rule: str, inputs: int) -> list[tuple[int, float]]:
    """(entries, scale) of the first matrix, of all those between hidden layers, and of the last one."""
    sizes = ((inputs, width, 1), (width, width, layers - 2), (width, 1, 1))
    variance = {
        "scale 0.01": lambda ins, outs: 1e-4,
        "scale by width": lambda ins, outs: 1 / width,
        "Glorot": lambda ins, outs: 2 / (ins + outs),
        "fan-in": lambda ins, outs: 1 / ins,
    }
    if rule not in variance:
        raise ValueError(f"There is no rule {rule!r} for the scale. The rules are: {', '.join(variance)}.")
    return [(ins * outs * times, math.sqrt(variance[rule](ins, outs))) for ins, outs, times in sizes]


def least_mean(width: int, layers: int = 100, rule: str = "scale by width", probability: float = 0.99) -> float:
    """The mean from which on all weights are positive with this probability, by bisection.

    >>> round(least_mean(700), 4), round(least_mean(100), 4)
    (0.2361, 0.5608)
    """
    low, high = 0.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if all_positive(middle, width, layers, rule) < probability else (low, middle)
    return high
