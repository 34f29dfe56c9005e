"""How the eigenvalues are spread: stochastic Lanczos quadrature.

Data types, in words
    probe       a random vector with entries ±1; the mean of v' f(H) v over probes is the trace of f(H)
    Density     nodes with weights that sum to one for each probe, and a smooth curve made from them
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from lmcourse.landscape import Landscape
from lmcourse.spectrum.lanczos import check_count, drawing, lanczos, products, tridiagonal


@dataclass(frozen=True, repr=False, eq=False)
class Density:
    """What `spectral_density` found.

    nodes, weights (probes, steps): each probe's weights sum to one, and the mean of weight * node^j over the probes estimates the
    mean of eigenvalue^j. grid, density (points,): the same as a smooth curve of area one. width: of the smoothing.
    """

    nodes: Tensor
    weights: Tensor
    grid: Tensor
    density: Tensor
    width: float

    def moment(self, power: int) -> tuple[float, float]:
        """The mean of eigenvalue^power, and its standard error from the spread of the probes."""
        estimates = (self.weights * self.nodes**power).sum(dim=-1)  # (probes,)
        spread = float(estimates.std()) if len(estimates) > 1 else math.nan
        return float(estimates.mean()), spread / math.sqrt(len(estimates))

    def __repr__(self) -> str:
        mean, error = self.moment(1)
        return (
            f"Density: eigenvalues from {float(self.nodes.min()):.4g} to {float(self.nodes.max()):.4g}, mean {mean:.4g} "
            f"(standard error {error:.1g}), {len(self.nodes)} probes of {self.nodes.shape[1]} steps"
        )


def spectral_density(
    land: Landscape,
    theta: Tensor,
    probes: int = 16,
    steps: int = 80,
    points: int = 500,
    width: float | None = None,
    seed: int = 0,
) -> Density:
    """How the eigenvalues of the Hessian at one point theta (P,) are spread: stochastic Lanczos quadrature.

    Each of `probes` random vectors with entries ±1 gives, by `steps` Lanczos steps, the nodes and weights of a Gauss quadrature
    that is exact for polynomials of degree 2 steps - 1 (Golub and Meurant 2010; for networks Ghorbani, Krishnan and Xiao 2019).
    The curve has `points` values from 4 widths below the lowest node to 4 above the highest, every node replaced by a
    Gaussian of standard deviation `width` (default 1 % of the range of the nodes). What is narrower than width, the
    curve does not show; the nodes do. Memory: probes * steps * P numbers. Costs probes * steps products H v.
    Raises ValueError for a batch of points, numbers that do not fit, NaN or infinity in theta.

    >>> import lmcourse as lm
    >>> bowl = lm.Landscape("bowl", {"x": (50,)}, lambda x: (x**2).sum(-1))     # every eigenvalue is 2
    >>> found = spectral_density(bowl, torch.zeros(50, dtype=torch.float64), probes=2, steps=3)
    >>> mean, error = found.moment(1)
    >>> abs(mean - 2) < 1e-12, bool((found.weights.sum(-1) - 1).abs().max() < 1e-12)
    (True, True)
    """
    theta = land.checked_finite(theta).detach()
    if theta.ndim != 1:
        raise ValueError(
            f"theta must be one point ({land.dim},), but came as {tuple(theta.shape)}. Take one at a time."
        )
    for name, value, least in (("probes", probes, 1), ("steps", steps, 1), ("points", points, 2)):
        check_count(name, value, least)
    if width is not None and not 0 < width < math.inf:
        raise ValueError(f"width, the standard deviation of the smoothing, must be positive, but {width} came.")
    draw = drawing(seed, theta)
    signs = draw(probes, land.dim).sign()
    *_, (diagonal, beside, _) = lanczos(products(land, theta), signs, min(steps, land.dim), draw)
    nodes, vectors = torch.linalg.eigh(tridiagonal(diagonal, beside))
    weights = vectors[:, 0, :] ** 2  # (probes, steps)
    low, high = float(nodes.min()), float(nodes.max())
    width = (0.01 * (high - low) or 0.01) if width is None else width
    grid = torch.linspace(low - 4 * width, high + 4 * width, points, dtype=theta.dtype, device=theta.device)
    bumps = torch.exp(-(((grid - nodes.reshape(-1, 1)) / width) ** 2) / 2)  # (nodes, points)
    density = weights.flatten() @ bumps / (probes * width * math.sqrt(2 * math.pi))
    return Density(nodes, weights, grid, density, width)
