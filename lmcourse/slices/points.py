"""What all slices share: points as blends of a few control points, and the loss over them."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from lmcourse.landscape import Landscape

PRODUCTS_AT_A_TIME = 4_000_000  # of a coordinate with a sample: what a network keeps of them on the way is some 10 MB


def loss_over(land: Landscape, blend: Tensor, control: Tensor) -> Tensor:
    """The loss (..., points) at the points blend (points, C) @ control (..., C, P), so many at a time as memory allows."""
    products = max(1, control.numel() // control.shape[-2]) * max(4, land.samples or 1)
    size = max(1, PRODUCTS_AT_A_TIME // products)
    surface = land.retract or (lambda theta: theta)
    return torch.cat([land.loss(surface(part @ control)) for part in blend.split(size)], dim=-1)


def for_each(land: Landscape, function: Callable[..., Tensor], *thetas: Tensor) -> Tensor:
    """function(land, theta, ...) for every point of the batches (..., P), one after another."""
    rows = zip(*(theta.reshape(-1, land.dim) for theta in thetas), strict=True)
    results = [function(land, *row) for row in rows]
    return torch.stack(results).reshape(thetas[0].shape) if results else thetas[0].clone()


def common_shape(land: Landscape, *thetas: Tensor) -> tuple[Tensor, ...]:
    """The thetas, checked, all with the same leading axes."""
    return torch.broadcast_tensors(*(land.checked_finite(theta).detach() for theta in thetas))


def positions(like: Tensor, points: int, span: tuple[float, float]) -> Tensor:
    """So many numbers from span[0] to span[1], of the kind of `like`."""
    check_count("points", points, 2)
    if not -math.inf < span[0] < span[1] < math.inf:
        raise ValueError(f"span must be (from, to) with from < to, but {span} came.")
    return torch.linspace(*span, points, dtype=like.dtype, device=like.device)


def check_count(name: str, value: int, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} must be a whole number from {least} on, but {value!r} came.")
