"""The octopus of Du, Jin, Lee, Jordan, Poczos and Singh (2017): a chain of saddles, one for each dimension.

While gradient descent leaves one saddle, the coordinate that leads out of the next one shrinks, so each takes longer than the
one before. The two pieces g1 and g2 join the parts with continuous value and slope; their coefficients follow a public
implementation of the paper's splines.

Data types, in words
    theta       (..., d): the coordinates x_1..x_d; the loss depends on a = |x|
    stage       how many coordinates, from the first on, have left: a_j >= 2 tau for each of them
    tau         half the width of the region in which a coordinate is kept; the minima lie at a = 4 tau
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from lmcourse.landscape import Landscape

TAU = math.e


def octopus(dim: int, L: float = 1.0, gamma: float = 1.0, tau: float = TAU) -> Landscape:
    """The function of Du et al. (2017): stage after stage, x_(i+1) must grow by curvature -2 gamma; the others curve up by 2 L.

    Near the saddle of stage i it is sum_(j<=i) L (|x_j| - 4 tau)^2 - gamma x_(i+1)^2 + sum_(j>i+1) L x_j^2, less a constant.

    >>> land = octopus(3)
    >>> land.loss(torch.zeros(3)), land.gradient(torch.tensor([1.0, 1.0, 1.0]))
    (tensor(0.), tensor([-2.,  2.,  2.]))
    """
    if dim < 1 or min(L, gamma, tau) <= 0:
        raise ValueError(f"An octopus needs dim >= 1 and positive L, gamma and tau, but {dim, L, gamma, tau} came.")
    drop = -_g1(2 * tau, L, gamma, tau)[0] + 4 * L * tau**2  # how much lower each stage begins

    def parts(theta: Tensor):
        """a; masks (..., d) of what has left, what leads out and the next one; a of the leading one (..., 1); the stage."""
        a = theta.abs()
        left = (a >= 2 * tau).long().cumprod(-1).bool()
        stage = left.sum(-1, keepdim=True)
        place = torch.arange(dim, device=theta.device)
        leading = (torch.where(place == stage, a, 0)).sum(-1, keepdim=True)
        return a, left, place == stage, place == stage + 1, leading, stage

    def loss_of(theta: Tensor) -> Tensor:
        a, left, leads, following, leading, stage = parts(theta)
        far = leading > tau
        bottom = torch.where(far, _g1(leading, L, gamma, tau)[0], -gamma * theta**2)
        across = torch.where(following & far, _g2(leading, L, gamma, tau)[0], L)
        terms = torch.where(left, L * (a - 4 * tau) ** 2, torch.where(leads, bottom, across * theta**2))
        return terms.sum(-1) - drop * stage.squeeze(-1).to(theta.dtype)

    def gradient_of(theta: Tensor) -> Tensor:
        _, left, leads, following, leading, _ = parts(theta)
        far = leading > tau
        coupled = torch.where(following, theta**2, 0).sum(-1, keepdim=True)
        curvature, its_slope = _g2(leading, L, gamma, tau)
        outward = theta.sign() * (_g1(leading, L, gamma, tau)[1] + its_slope * coupled)
        slope = torch.where(far, outward, -2 * gamma * theta)
        across = torch.where(following & far, curvature, L)
        return torch.where(
            left, 2 * L * (theta - 4 * tau * theta.sign()), torch.where(leads, slope, 2 * across * theta)
        )

    name = f"octopus in {dim} dimensions"
    lowest = -dim * drop
    return Landscape(name, {"x": (dim,)}, loss_of, gradient_of, formula="Du et al. (2017)", known_minimum=lowest)


def stage_points(dim: int, tau: float = TAU) -> Tensor:
    """The saddles of stage 0 to dim - 1 and, last, a minimum: (dim + 1, dim); stage i has i coordinates at 4 tau, the rest at zero.

    >>> stage_points(2, tau=1.0)
    tensor([[0., 0.],
            [4., 0.],
            [4., 4.]], dtype=torch.float64)
    """
    return 4 * tau * torch.ones(dim + 1, dim, dtype=torch.float64).tril(-1)


def growth_of_time(lr: float, L: float = 1.0, gamma: float = 1.0) -> float:
    """kappa: by which factor the time to reach a stage grows from one stage to the next, for gradient descent with step lr.

    >>> round(growth_of_time(0.25), 2), round(growth_of_time(0.25 / 1.5, L=1.5), 2)
    (2.71, 3.41)
    """
    return 1 - math.log(1 - 2 * lr * L) / math.log(1 + 2 * lr * gamma)


def _g1(z, L: float, gamma: float, tau: float) -> tuple:
    """The way out of a saddle, from tau to 2 tau, and its slope."""
    cubic, quartic = (-14 * L + 10 * gamma) / (3 * tau), (5 * L - 3 * gamma) / (2 * tau**2)
    u = z - tau
    return -gamma * z**2 + cubic * u**3 + quartic * u**4, -2 * gamma * z + 3 * cubic * u**2 + 4 * quartic * u**3


def _g2(z, L: float, gamma: float, tau: float) -> tuple:
    """The curvature of the following coordinate, which turns from L at tau to -gamma at 2 tau, and its slope."""
    u, c = z - 2 * tau, (L + gamma) / tau**3
    value = -gamma - 10 * c * u**3 - 15 * c * u**4 / tau - 6 * c * u**5 / tau**2
    return value, -30 * c * u**2 - 60 * c * u**3 / tau - 30 * c * u**4 / tau**2
