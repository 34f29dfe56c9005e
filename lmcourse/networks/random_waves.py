"""A random landscape without bounds: a sum of waves in random directions, in any dimension."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from lmcourse.devices import COUPLINGS, kept_by_device, random_stream
from lmcourse.landscape import Landscape


def random_waves(dim: int = 2, seed: int = 0, waves: int = 300, mu: float = 0.0) -> Landscape:
    """loss = sqrt(2 / waves) sum over waves of cos(k . x + b) + mu/2 |x|^2, k from N(0, I), b uniform.

    Nearly a Gaussian field with covariance exp(-|x - y|^2 / 2) (random Fourier features, Rahimi and Recht 2007).

    seed : which waves. mu : weight decay. Raises ValueError for a dimension or number of waves below 1.

    >>> random_waves(dim=3).dim
    3
    """
    if dim < 1 or waves < 1:
        raise ValueError(f"Dimension and number of waves must be at least 1, but dim = {dim}, waves = {waves} came.")
    draw, size = random_stream(seed, COUPLINGS), math.sqrt(2 / waves)
    k, b = torch.from_numpy(draw.normal(size=(waves, dim))), torch.from_numpy(draw.uniform(0, 2 * math.pi, waves))
    constants = kept_by_device(k, b)

    def phase(x: Tensor) -> tuple[Tensor, Tensor]:
        k, b = constants(x)
        return k, x @ k.mT + b  # (waves, dim), (..., waves)

    def loss_of(x: Tensor) -> Tensor:
        return size * phase(x)[1].cos().sum(dim=-1) + mu / 2 * x.square().sum(dim=-1)

    def gradient_of(x: Tensor) -> Tensor:
        k, turned = phase(x)
        return -size * turned.sin() @ k + mu * x

    def hessian_of(x: Tensor) -> Tensor:
        k, turned = phase(x)
        return -size * (k.mT * turned.cos().unsqueeze(-2)) @ k + mu * torch.eye(dim).to(x)

    return Landscape(
        name=f"{waves} random waves in {dim} dimensions, number {seed}" + (f", mu = {mu:g}" if mu else ""),
        shapes={"x": (dim,)},
        loss_of=loss_of,
        gradient_of=gradient_of,
        hessian_of=hessian_of,
        formula="sqrt(2/waves) sum cos(k . x + b)" + (" + mu/2 |x|^2" if mu else ""),
        default_start="normal",
        window=((-5.0, 5.0), (-5.0, 5.0)) if dim == 2 else None,
    )
