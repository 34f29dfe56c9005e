"""The edge of stability: with a constant step, the sharpness of full-batch gradient descent rises to 2 / step and stays there.

Cohen, Kaur, Li, Kolter and Talwalkar (2021) found it on image networks; this is a small stand-in of the course's own, on 40
points of the plane.

Data types, in words
    sharpness   the largest eigenvalue of the Hessian
    edge        2 / lr: on a quadratic with a larger curvature, gradient descent moves away along it
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lmcourse.data import Data
from lmcourse.devices import DATA, STARTS, random_stream
from lmcourse.landscape import Landscape
from lmcourse.networks.sigmoid import tanh_mlp
from lmcourse.training import train

WIDTH = 64


class Edge(NamedTuple):
    """Runs with different steps from one start: rates (members,), times (looks,) in steps, loss and sharpness (members, looks)."""

    rates: Tensor
    times: Tensor
    loss: Tensor
    sharpness: Tensor

    def mean_sharpness(self, first: int, last: int | None = None) -> Tensor:
        """The mean sharpness (members,) over the looks from step `first` to step `last`."""
        inside = (self.times >= first) & (self.times <= (self.times[-1] if last is None else last))
        return self.sharpness[:, inside].mean(dim=1)


def network(seed: int = 0) -> tuple[Landscape, Tensor]:
    """A tanh network 2-64-1 on 40 points with labels sign(x1 x2), mean |f - y|^2, and its start (257,).

    >>> land, start = network()
    >>> land.dim, tuple(start.shape)
    (257, (257,))
    """
    x = torch.from_numpy(random_stream(seed, DATA).normal(size=(40, 2)))
    land = tanh_mlp([2, WIDTH, 1], Data(x, torch.sign(x[:, 0] * x[:, 1])), reduction="mean")
    draw = random_stream(seed, STARTS)
    start = np.concatenate([0.2 * draw.normal(size=3 * WIDTH), 0.05 * draw.normal(size=WIDTH), np.zeros(1)])
    return land, torch.from_numpy(start)


def sharpness(land: Landscape, theta: Tensor, rounds: int = 60) -> Tensor:
    """The largest eigenvalue of the Hessian at theta (..., P), as a tensor (...), by power iteration: a little low, never high.

    Hessian-vector products are differences of gradients. Where the two largest eigenvalues are close, the value may be 2 % low.

    >>> import lmcourse as lm
    >>> sharpness(lm.surface("rosenbrock"), torch.tensor([1.0, 1.0], dtype=torch.float64)).round(decimals=1)
    tensor(1001.6000, dtype=torch.float64)
    """
    product, step = torch.ones_like(theta), 1e-4
    for _ in range(rounds):
        v = product / torch.linalg.vector_norm(product, dim=-1, keepdim=True)
        product = (land.gradient(theta + step * v) - land.gradient(theta - step * v)) / (2 * step)
    return (v * product).sum(-1)


def watch(rates: Sequence[float], steps: int = 6000, every: int = 100, seed: int = 0) -> Edge:
    """Train from one start with several steps at a time, and measure loss and sharpness at every look."""
    land, start = network(seed)
    lr = torch.tensor(rates, dtype=torch.float64)
    path = train(land, start.expand(len(lr), -1), lr=lr, tol=0, max_steps=steps, record=every).path
    sharp = torch.stack([sharpness(land, member) for member in path.theta])  # one after another: less memory
    return Edge(lr, path.steps, land.loss(path.theta), sharp)
