"""The check of lesson 3.1's task 4: how many minima the best weighted rank-one fit has over the direction of its column."""

from __future__ import annotations

import math
from functools import lru_cache

import torch
from torch import Tensor

from lmcourse.checks.verdict import ask, number, require, task
from lmcourse.devices import random_stream
from lmcourse.experiments.weighted_fit import best_loss, count_minima, off_diagonal

SEEDS = (0, 3, 6, 7, 9, 8, 14, 25, 10, 16, 18, 220)  # random cases with one, two and three minima, none of them shallow
NARROW = (1586, 2003, 2324)  # valleys of a few degrees: 50 angles miss one, 400 see it
STARTS = (0.3, 0.5, 1.0, torch.pi / 4)  # where a scan may begin: a minimum stands there


@lru_cache(maxsize=1)
def _fits() -> tuple[tuple[Tensor, Tensor, int], ...]:
    """(M, weights, minima): random cases, some with a minimum close to angle zero or another start, some with a narrow one."""
    cases = [
        (_random((2, 2 + seed % 3), seed), (1.5 * _random((2, 2 + seed % 3), seed + 1000)).exp()) for seed in SEEDS
    ]
    for corner in (1e-3, -1e-3):
        M = torch.tensor([[2.0, corner], [0.0, 1.5]], dtype=torch.float64)
        cases += [(M, off_diagonal(w)) for w in (1.2, 2.0)]
    cases += [(_random((2, 3), seed), (3 * _random((2, 3), seed + 5000)).exp()) for seed in NARROW]
    for start in STARTS:
        cos, sin = math.cos(start + 1e-4), math.sin(start + 1e-4)
        M = torch.tensor([[2 * cos, -sin], [2 * sin, cos]], dtype=torch.float64)
        cases.append((M, torch.full_like(M, 0.7)))
    return tuple((M, weights, count_minima(M, weights)) for M, weights in cases)


def _random(shape: tuple[int, int], seed: int) -> Tensor:
    return torch.from_numpy(random_stream(seed).normal(size=shape))


@task("Task 4")
def minima(answer) -> str:
    """`answer(M, weights)` is the number of local minima of the best weighted rank-one fit over all directions of its column."""
    cases, given = _fits(), []
    for M, weights, _ in cases:
        called = f"with M and weights of shape {tuple(M.shape)}"
        given.append(number(ask(answer, M.clone(), weights.clone(), called=called), "The number of minima"))
    right = [count for _, _, count in cases]
    require(all(value == round(value) for value in given), "A number of minima must be whole.")
    require(
        given != [2 * count for count in right],
        "Each minimum is counted twice: the columns u and -u make the same fits, so half a turn holds all directions.",
    )
    plain = [count_minima(M, torch.ones_like(M)) for M, _, _ in cases]
    require(given != plain, "Your count is that of the plain loss, without the weights.")
    half = [_minima_of(lambda a, M=M, w=w: _half_weighted(a, M, w)) for M, w, _ in cases]
    require(
        given != half, "The weights count in the loss, but not in the best v. Set the derivative by v_j to zero again."
    )
    open_ends = [_minima_of(lambda a, M=M, w=w: best_loss(a, M, w), closed=False) for M, w, _ in cases]
    require(
        given != open_ends,
        "Minima at the ends of the scan are missed. 0 and pi are one direction: scan only one of them, and let the last "
        "angle before pi and the first be neighbours.",
    )
    off = sum(value != count for value, count in zip(given, right, strict=True))
    require(
        not off,
        f"{off} of {len(right)} cases are off. Are the angles fine enough (some valleys are narrow), is v the best one for each "
        "angle, and are the first and the last angle neighbours, but not the same direction twice?",
    )
    return "Weighted fits, all directions, each minimum once."


def _half_weighted(angles: Tensor, M: Tensor, weights: Tensor) -> Tensor:
    u = torch.stack([angles.cos(), angles.sin()], dim=-1).unsqueeze(-1)
    return (weights * (u * (u * M).sum(-2, keepdim=True) - M).square()).sum(dim=(-1, -2)) / 2


def _minima_of(loss_of, closed: bool = True, points: int = 3600) -> int:
    loss = loss_of((torch.arange(points, dtype=torch.float64) + 0.3) * torch.pi / points)
    low = (loss < loss.roll(1)) & (loss < loss.roll(-1))
    return int((low if closed else low[1:-1]).sum())
