"""What theory says of the critical points of the spherical p-spin model: how many there are, how high, and of what index.

The Hessian at a critical point of height u is a random symmetric matrix shifted in proportion to u. So its spectrum is a
semicircle whose position is fixed by the height: low points are minima, high points maxima (Auffinger, Ben Arous and Cerny 2013).
All counts are means over the couplings.

Data types, in words
    u           the height H/N of a point, in energy per spin
    share       the share of negative eigenvalues among the N - 1 along the sphere
    complexity  (1/N) times the logarithm of a mean number of critical points, for large N
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch
from scipy.linalg import eigvalsh_tridiagonal
from scipy.optimize import brentq
from torch import Tensor

from lmcourse.devices import NOISE, random_stream


def semicircle_share(x: Tensor) -> Tensor:
    """The share of a semicircle law of radius 1 that lies below x (...): 1/2 + (x sqrt(1 - x^2) + arcsin x) / pi.

    >>> semicircle_share(torch.tensor([-1.0, 0.0, 2.0]))
    tensor([0.0000, 0.5000, 1.0000])
    """
    x = torch.as_tensor(x).clamp(-1, 1)
    return 0.5 + (x * (1 - x**2).sqrt() + x.asin()) / math.pi


def p_spin_edge(p: int) -> float:
    """E_inf = 2 sqrt((p-1)/p): below the height -E_inf critical points have few negative directions, above it a share of them.

    >>> round(p_spin_edge(3), 6)
    1.632993
    """
    return 2 * math.sqrt((p - 1) / p)


def p_spin_index_share(u: Tensor, p: int, N: int | None = None) -> Tensor:
    """The expected share of negative Hessian eigenvalues at a critical point of height u (...) per spin: F(u / E_inf).

    F is `semicircle_share`.

    N : for finite size, where the height is stretched by sqrt(N / (N - 1)).

    >>> p_spin_index_share(torch.tensor([-1.7, 0.0, 1.7]), p=3)
    tensor([0.0000, 0.5000, 1.0000])
    """
    stretch = 1.0 if N is None else math.sqrt(N / (N - 1))
    return semicircle_share(torch.as_tensor(u) * stretch / p_spin_edge(p))


def p_spin_complexity(u: float, p: int, index: int | None = None) -> float:
    """Theta(u): there are about exp(N Theta) critical points below the height u per spin; with `index`, of that index alone.

    Source: Auffinger, Ben Arous and Cerny (2013), the limit of the mean number of critical points.

    >>> round(p_spin_complexity(-p_spin_edge(3), p=3), 6)              # ln(2)/2 - 1/3
    0.01324
    """
    edge = p_spin_edge(p)
    if index is None:
        below = min(u, 0.0)
        return math.log(p - 1) / 2 - (p - 2) * below**2 / (4 * (p - 1)) - _rarity(below, edge)
    below = min(u, -edge)
    return math.log(p - 1) / 2 - (p - 2) * below**2 / (4 * (p - 1)) - (index + 1) * _rarity(below, edge)


def p_spin_lowest(p: int, index: int = 0) -> float:
    """E_k > 0: for large N there are no critical points of index k below -E_k per spin; index 0 gives the ground state.

    >>> [round(p_spin_lowest(3, index), 4) for index in (0, 1, 2)]
    [1.657, 1.6529, 1.6503]
    """
    return brentq(lambda E: p_spin_complexity(-E, p, index), p_spin_edge(p), 2 * p_spin_edge(p), xtol=1e-12)


def _rarity(u: float, edge: float) -> float:
    """I(u), the cost of pulling the smallest eigenvalue out of the semicircle; zero above the edge."""
    if u > -edge:
        return 0.0
    root = math.sqrt(u**2 - edge**2)
    return -u * root / edge**2 - math.log(-u + root) + math.log(edge)


def p_spin_mean_counts(N: int, p: int = 3, samples: int = 20_000, seed: int = 0) -> np.ndarray:
    """The mean number of critical points of each index 0, ..., N - 1, exact for every N but for the sampling of Gaussian matrices.

    From N x N Gaussian symmetric matrices (off-diagonal variance 1) with eigenvalues l_0 <= l_1 <= ...:
    count_k = 2 sqrt(2/p) (p-1)^(N/2) E exp(-l_k^2 (p-2)/(4p)).
    The spectrum of these matrices is symmetric in law, so the counts of k and N - 1 - k are averaged.
    Source: Auffinger, Ben Arous and Cerny (2013), from the Kac-Rice formula.

    >>> float(p_spin_mean_counts(N=4, p=2).sum().round(12))           # the 4 eigenvectors of a matrix, and their negatives
    8.0
    """
    draw = random_stream(seed, NOISE).normal(size=(samples, N, N))
    eigenvalues = np.linalg.eigvalsh((draw + draw.transpose(0, 2, 1)) / math.sqrt(2))
    weights = np.exp(-(eigenvalues**2) * (p - 2) / (4 * p)).mean(axis=0)
    return math.sqrt(2 / p) * (p - 1) ** (N / 2) * (weights + weights[::-1])


class Minima(NamedTuple):
    """Mean numbers of minima and of saddles of index 1; of the minima, the median height u and the share below -E_inf."""

    minima: float
    saddles: float
    median: float
    below_edge: float


def p_spin_minima(N: int, p: int = 3, samples: int = 20_000, seed: int = 0) -> Minima:
    """The two lowest rows of `p_spin_mean_counts`, and where the minima lie: u = l_0 sqrt((p-1)/(p N)) under the weight of l_0.

    Only the two lowest eigenvalues are computed, from tridiagonal matrices, so that hundreds of spins are in reach.

    >>> found = p_spin_minima(9, samples=2000)
    >>> 5.2 < found.minima < 6.0 and -1.25 < found.median < -1.15
    True
    """
    draw, lowest = random_stream(seed, NOISE), np.empty((samples, 2))
    for row in lowest:
        entries = math.sqrt(2) * draw.normal(size=N), np.sqrt(draw.chisquare(np.arange(N - 1, 0, -1)))
        row[:] = eigvalsh_tridiagonal(*entries, select="i", select_range=(0, 1))
    weights = np.exp(-(lowest**2) * (p - 2) / (4 * p))
    counts = 2 * math.sqrt(2 / p) * (p - 1) ** (N / 2) * weights.mean(axis=0)
    height = lowest[:, 0] * math.sqrt((p - 1) / (p * N))
    order = height.argsort()
    part = weights[order, 0].cumsum() / weights[:, 0].sum()
    below = weights[height < -p_spin_edge(p), 0].sum() / weights[:, 0].sum()
    return Minima(*map(float, counts), float(height[order][np.searchsorted(part, 0.5)]), float(below))
