"""The spectrum of the Hessian where its matrix is too large to write down: only products H v are needed.

Data types, in words
    basis       the Lanczos vectors, orthonormal: Q (steps, P)
    T           Q H Q', a tridiagonal matrix (steps, steps); its eigenvalues are the Ritz values
    Extremes    eigenvalues at one end or both, each with its measured residual |H v - lambda v| and a flag
    Density     how the eigenvalues are spread: nodes with weights that sum to one, and a smooth curve made from them

Lanczos (1950), with every new vector made orthogonal to all earlier ones, twice (Parlett 1998, chapter 13).
Where P^2 numbers fit into memory, `classify` gives the whole spectrum, exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lmcourse.devices import random_stream
from lmcourse.landscape import Landscape

PROBES = 21  # the stream of these random vectors, see `devices`
DENSE_ENTRIES = 4_000_000  # a Hessian in closed form of at most so many numbers is formed once: 32 MB

Product = Callable[[Tensor], Tensor]
Draw = Callable[..., Tensor]


@dataclass(frozen=True, repr=False, eq=False)
class Extremes:
    """What `extreme_eigenvalues` found, in rising order.

    values, residuals, converged (..., count), or (..., 2 count) for both ends, the smallest first; vectors (..., count, P), rows
    of length one; steps (...): Hessian-vector products used. There is an eigenvalue within residual of every value.
    """

    values: Tensor
    vectors: Tensor
    residuals: Tensor
    converged: Tensor
    steps: Tensor

    def __repr__(self) -> str:
        share = f"{int(self.converged.sum())} of {self.converged.numel()} converged"
        listed = ", ".join(f"{value:.6g}" for value in self.values.flatten()[:8].tolist())
        more = ", ..." if self.values.numel() > 8 else ""
        return (
            f"Extremes: eigenvalues {listed}{more}; {share}, residuals at most {float(self.residuals.max()):.1e}, "
            f"{int(self.steps.max())} Hessian-vector products"
        )


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


def extreme_eigenvalues(
    land: Landscape,
    theta: Tensor,
    count: int = 1,
    which: str = "both",
    *,
    tol: float | None = None,
    max_steps: int = 500,
    seed: int = 0,
) -> Extremes:
    """The `count` smallest and largest eigenvalues of the Hessian at theta (..., P), without the Hessian.

    which : "both", "largest" or "smallest".  tol : a value counts as converged when its residual |H v - lambda v|, which is
    measured, is at most tol times the largest |eigenvalue|; default 1e-10, in float32 1e-5. The error of an eigenvalue is
    at most its residual, mostly about its square.  max_steps : products H v to spend on each point; the vectors kept take
    up to max_steps * P numbers.  seed : of the random vector to begin with.

    One Lanczos run sees a multiple eigenvalue once. So runs are repeated, each orthogonal to what is known, until one finds nothing
    further out; if the products run out before that, nothing is called converged.
    Raises ValueError for a count that does not fit, an unknown end, NaN or infinity in theta.

    >>> import lmcourse as lm
    >>> stiff = lm.Landscape("stiff", {"x": (1000,)}, lambda x: 0.5 * (torch.arange(1000) * x**2).sum(-1))
    >>> found = extreme_eigenvalues(stiff, torch.zeros(1000, dtype=torch.float64), count=2)
    >>> bool((found.values - torch.tensor([0, 1, 998, 999])).abs().max() < 1e-9), bool(found.converged.all())
    (True, True)
    """
    theta = land.checked_finite(theta).detach()
    low, high = _wanted(count, which, land.dim)
    tol = (1e-10 if theta.dtype == torch.float64 else 1e-5) if tol is None else tol
    _check_count("max_steps", max_steps, low + high)
    if theta.numel() == 0:
        raise ValueError(f"theta holds no points: it came as {tuple(theta.shape)}.")
    found = []
    for point in theta.reshape(-1, land.dim):
        draw = _drawing(random_stream(seed, PROBES), theta)
        found.append(_extremes(_product(land, point), draw, land.dim, low, high, tol, max_steps))
    columns = (torch.stack(column) for column in zip(*found, strict=True))
    return Extremes(*(column.reshape((*theta.shape[:-1], *column.shape[1:])) for column in columns))


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

    Each of `probes` random vectors with entries +-1 gives, by `steps` Lanczos steps, the nodes and weights of a Gauss quadrature
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
        _check_count(name, value, least)
    if width is not None and not 0 < width < math.inf:
        raise ValueError(f"width, the standard deviation of the smoothing, must be positive, but {width} came.")
    draw = _drawing(random_stream(seed, PROBES), theta)
    signs = draw(probes, land.dim).sign()
    *_, (diagonal, beside, _) = _lanczos(_product(land, theta), signs, min(steps, land.dim), draw)
    nodes, vectors = torch.linalg.eigh(_tridiagonal(diagonal, beside))
    weights = vectors[:, 0, :] ** 2  # (probes, steps)
    low, high = float(nodes.min()), float(nodes.max())
    width = (0.01 * (high - low) or 0.01) if width is None else width
    grid = torch.linspace(low - 4 * width, high + 4 * width, points, dtype=theta.dtype, device=theta.device)
    bumps = torch.exp(-(((grid - nodes.reshape(-1, 1)) / width) ** 2) / 2)  # (nodes, points)
    density = weights.flatten() @ bumps / (probes * width * math.sqrt(2 * math.pi))
    return Density(nodes, weights, grid, density, width)


# --------------------------------------------------------------------------------------------------- Lanczos


def _lanczos(
    product: Product, start: Tensor, steps: int, draw: Draw, known: Tensor | None = None
) -> Iterator[tuple[list[Tensor], list[Tensor], Tensor]]:
    """After each of m steps the diagonal of T, what stands beside it (m numbers (B,) each), and the basis (B, m, P).

    Everything is done for B vectors at a time, and orthogonal to `known` (K, P). Where the space that a vector can reach is used
    up, a random vector begins a new block of T: beside it stands a zero.
    """
    known = start.new_zeros(0, start.shape[-1]) if known is None else known
    diagonal, beside, basis = [], [], start.new_empty(len(start), 0, start.shape[-1])
    rest, scale = _orthogonal(start, basis, known), start.new_zeros(len(start))
    for m in range(steps):
        basis = _with_room(basis, m + 1)
        basis[:, m] = q = rest / torch.linalg.vector_norm(rest, dim=-1, keepdim=True)
        image = product(q)  # (B, P)
        diagonal.append((q * image).sum(-1))
        rest = _orthogonal(image, basis[:, : m + 1], known)
        length = torch.linalg.vector_norm(rest, dim=-1)
        scale = torch.maximum(scale, torch.maximum(diagonal[-1].abs(), length))
        used_up = length <= 1e3 * torch.finfo(q.dtype).eps * scale
        beside.append(length.masked_fill(used_up, 0))
        yield diagonal, beside, basis[:, : m + 1]
        if used_up.any():
            fresh = _orthogonal(draw(*start.shape), basis[:, : m + 1], known)
            rest = torch.where(used_up.unsqueeze(-1), fresh, rest)


def _tridiagonal(diagonal: list[Tensor], beside: list[Tensor]) -> Tensor:
    """T (B, m, m); what stands beside its last number is left out."""
    off = torch.stack(beside, dim=-1)[..., :-1]
    return torch.diag_embed(torch.stack(diagonal, dim=-1)) + torch.diag_embed(off, 1) + torch.diag_embed(off, -1)


def _extremes(product: Product, draw: Draw, dim: int, low: int, high: int, tol: float, max_steps: int):
    """Lanczos runs, each orthogonal to the vectors that are known so far, until one finds nothing further out."""
    vectors, values, steps, complete = draw(0, dim), draw(0), 0, False
    while not complete and steps < max_steps:
        ends = (low, high) if not len(vectors) else (min(low, 1), min(high, 1))
        fresh, fresh_vectors, spent, settled = _run(product, draw, vectors, ends, tol / 4, max_steps - steps)
        steps += spent
        margin = tol * float(torch.cat([values, fresh]).abs().max())
        news = not len(vectors) or (low and fresh[0] < values[low - 1] - margin)
        news = news or (high and fresh[-1] > values[len(values) - high] + margin)
        if news:
            together = torch.cat([values, fresh])
            order = together.argsort()
            order = torch.cat([order[:low], order[len(order) - high :]])
            values, vectors = together[order], torch.cat([vectors, fresh_vectors])[order]
        complete = settled and (not news or len(vectors) == dim)
    images = product(vectors)
    values = (vectors * images).sum(-1)
    residuals = torch.linalg.vector_norm(images - values.unsqueeze(-1) * vectors, dim=-1)
    converged = (residuals <= tol * values.abs().max()) & complete
    order = values.argsort()
    return values[order], vectors[order], residuals[order], converged[order], torch.tensor(steps + len(values))


def _run(product: Product, draw: Draw, known: Tensor, ends: tuple[int, int], tol: float, max_steps: int):
    """One Lanczos run, until the outermost Ritz values have settled: values, vectors, steps, and whether they have."""
    low, high = ends
    dim = known.shape[-1]
    check = low + high
    most = min(max_steps, dim - len(known))
    for steps, (diagonal, beside, basis) in enumerate(_lanczos(product, draw(1, dim), most, draw, known), 1):
        if steps < check and steps < most:
            continue
        check = steps + 1 + steps // 8  # the small eigenvalue problem of T is not free
        ritz, small = torch.linalg.eigh(_tridiagonal(diagonal, beside)[0])
        outer = [*range(low), *range(steps - high, steps)]
        settled = bool((beside[-1] * small[-1, outer].abs() <= tol * ritz.abs().max()).all())
        if settled or steps == most:
            return ritz[outer], small[:, outer].mT @ basis[0], steps, settled


def _orthogonal(v: Tensor, basis: Tensor, known: Tensor) -> Tensor:
    """The part of v (B, P) that is orthogonal to basis (B, m, P) and known (K, P); twice is enough (Parlett 1998, 6.9)."""
    for _ in range(2):
        v = v - ((basis @ v.unsqueeze(-1)).mT @ basis).squeeze(-2)
        v = v - (v @ known.mT) @ known
    return v


def _with_room(basis: Tensor, rows: int) -> Tensor:
    """The basis with space for so many vectors; the space grows by half, so that little is copied."""
    if rows <= basis.shape[1]:
        return basis
    larger = basis.new_empty(len(basis), rows + rows // 2 + 16, basis.shape[-1])
    larger[:, : basis.shape[1]] = basis
    return larger


def _product(land: Landscape, theta: Tensor) -> Product:
    """v (B, P) -> H v (B, P) at one point."""
    hessian = land.hessian(theta) if land.hessian_of is not None and land.dim**2 <= DENSE_ENTRIES else None

    def product(v: Tensor) -> Tensor:
        image = land.hvp(theta, v) if hessian is None else v @ hessian
        if not torch.isfinite(image).all():
            raise ValueError(f"The Hessian of {land.name} is not finite at theta: it has no spectrum there.")
        return image

    return product


def _drawing(generator: np.random.Generator, like: Tensor) -> Draw:
    return lambda *shape: torch.from_numpy(generator.normal(size=shape)).to(like)


# ----------------------------------------------------------------------------------------------- what came in


def _wanted(count: int, which: str, dim: int) -> tuple[int, int]:
    _check_count("count", count, 1)
    if which not in ("both", "largest", "smallest"):
        raise ValueError(f'which must be "both", "largest" or "smallest", but {which!r} came.')
    low, high = (count if which != "largest" else 0), (count if which != "smallest" else 0)
    if low + high > dim:
        raise ValueError(
            f"{low + high} eigenvalues were asked for, but the Hessian has {dim}. classify gives all of them."
        )
    return low, high


def _check_count(name: str, value: int, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} must be a whole number from {least} on, but {value!r} came.")
