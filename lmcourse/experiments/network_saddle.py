"""The saddle inside a network: a tanh network with all weights zero, and three methods that start next to it.

    f(x) = sum_j v_j tanh(w_j . x + b_j) + c,    L = mean (f - y)^2,    mean y = 0,    C = mean of y x

At theta = 0 the gradient is zero, and to second order L = mean y^2 + c^2 - 2 sum_j v_j (w_j . C). So the Hessian has eigenvalues
-2 |C| and 2 |C|, each once a hidden neuron, 2 once, and 0 for the rest.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from lmcourse.data import Data
from lmcourse.devices import random_stream
from lmcourse.landscape import Landscape
from lmcourse.networks.sigmoid import tanh_mlp
from lmcourse.training import train

SETTINGS: dict[str, dict] = {
    "gd": {"lr": 0.05},  # on the mean without a factor 1/2
    "newton": {"cut": 1e-6, "longest": 1.0},
    "saddle-free newton": {},
}
EXACT = 2.0**20  # labels are whole multiples of 1 / EXACT, so that their sum can be exactly zero


class ZeroWeights(NamedTuple):
    """A landscape whose origin is critical, and the vector C (d,)."""

    land: Landscape
    C: Tensor

    def spectrum(self) -> Tensor:
        """The eigenvalues (P,) of the Hessian at zero by the closed form, in rising order."""
        hidden, size = self.land.shapes["W1"][0], 2 * float(self.C.norm())
        values = torch.zeros(self.land.dim, dtype=torch.float64)
        values[:hidden], values[hidden : 2 * hidden], values[2 * hidden] = -size, size, 2
        return values.sort().values


def network(seed: int = 0, N: int = 100, d: int = 5, hidden: int = 4) -> ZeroWeights:
    """A d-hidden-1 tanh network on N Gaussian samples; labels: the difference of two tanh of random projections, mean zero.

    >>> saddle = network()
    >>> eigenvalues = torch.linalg.eigvalsh(saddle.land.hessian(torch.zeros(saddle.land.dim, dtype=torch.float64)))
    >>> bool((eigenvalues - saddle.spectrum()).abs().max() < 1e-8)
    True
    """
    draw = random_stream(seed)
    x = torch.from_numpy(draw.normal(size=(N, d)))
    first, second = (torch.tanh(2 * x @ torch.from_numpy(draw.normal(size=d))) for _ in range(2))
    y = ((first - second) - (first - second).mean()).mul(EXACT).round() / EXACT
    y[0] -= y.sum()  # exact: all are multiples of 1 / EXACT
    return ZeroWeights(tanh_mlp([d, hidden, 1], Data(x, y), reduction="mean"), (x * y[:, None]).mean(dim=0))


def steps_to_half(land: Landscape, path: Tensor) -> Tensor:
    """After how many steps the loss along paths (members, steps, P) is below half of its first value; all steps if never."""
    loss = land.loss(path)
    return (loss > loss[:, :1] / 2).long().cumprod(dim=1).sum(dim=1)


def walk(land: Landscape, starts: Tensor, method: str, steps: int = 100) -> Tensor:
    """The points (members, steps + 1, P) that a method visits, with the settings above."""
    return train(land, starts, method, tol=0, max_steps=steps, record=1, **SETTINGS[method]).path.theta
