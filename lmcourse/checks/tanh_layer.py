"""One layer of tanh neurons (W (n, d), b (n,), v (n,)): what it answers, and which of its copies is nearest to another."""

from __future__ import annotations

from itertools import permutations

from torch import Tensor, allclose, tanh, where


def clones(parts) -> list[Tensor]:
    return [part.clone() for part in parts]


def same(first, second) -> bool:
    return all(allclose(one, other, rtol=0, atol=1e-9) for one, other in zip(first, second, strict=True))


def answers(layer, x: Tensor) -> Tensor:
    W, b, v = layer
    return tanh(x @ W.mT + b) @ v


def distance(first, second) -> float:
    return float(sum((one - other).square().sum() for one, other in zip(first, second, strict=True)))


def nearest(first, second) -> tuple[Tensor, ...]:
    """The nearest copy, by trying all orders; signs one by one."""
    size, best = len(first[1]), None
    for order in permutations(range(size)):
        moved = tuple(part[list(order)] for part in second)
        alike = (first[0] * moved[0]).sum(1) + first[1] * moved[1] + first[2] * moved[2]
        if best is None or float(alike.abs().sum()) > best[0]:
            sign = where(alike < 0, -1.0, 1.0).to(alike)
            best = float(alike.abs().sum()), (moved[0] * sign[:, None], moved[1] * sign, moved[2] * sign)
    return best[1]
