"""Eigenvalues at the ends of the spectrum, each with its measured residual.

Data types, in words
    Extremes    eigenvalues at one end or both, their vectors, the residuals |H v - lambda v| and flags
    Ritz value  an eigenvalue of T, see `lanczos`; those at the ends converge first (Saad 2011, section 6.6)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from lmcourse.landscape import Landscape
from lmcourse.spectrum.lanczos import Draw, Product, check_count, drawing, lanczos, products, tridiagonal

LOOSE = 1e-6  # share of the largest eigenvalue


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


def extreme_eigenvalues(
    land: Landscape,
    theta: Tensor,
    count: int = 1,
    which: str = "both",
    *,
    tol: float | None = None,
    max_steps: int = 1000,
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
    check_count("max_steps", max_steps, low + high)
    if theta.numel() == 0:
        raise ValueError(f"theta holds no points: it came as {tuple(theta.shape)}.")
    found = []
    for point in theta.reshape(-1, land.dim):
        draw = drawing(seed, theta)
        found.append(_extremes(products(land, point), draw, land.dim, low, high, tol, max_steps))
    columns = (torch.stack(column) for column in zip(*found, strict=True))
    return Extremes(*(column.reshape((*theta.shape[:-1], *column.shape[1:])) for column in columns))


def _extremes(product: Product, draw: Draw, dim: int, low: int, high: int, tol: float, max_steps: int):
    """Lanczos runs, each orthogonal to the vectors that are known so far, until one finds nothing further out."""
    vectors, values, steps, scale, complete = draw(0, dim), draw(0), 0, 0.0, False
    ends, limits = (low, high), (math.inf, -math.inf)
    while not complete and steps < max_steps:
        run = _run(product, draw, vectors, ends, limits, tol / 4, max_steps - steps)
        fresh, fresh_vectors, settled = run.values, run.vectors, run.settled
        steps, scale = steps + run.steps, max(scale, run.largest)
        margin = tol * scale
        news = (low > 0 and fresh[0] < limits[0] - margin) or (high > 0 and fresh[-1] > limits[1] + margin)
        if news:
            together = torch.cat([values, fresh])
            order = together.argsort()
            order = torch.cat([order[:low], order[len(order) - high :]])
            values, vectors = together[order], torch.cat([vectors, fresh_vectors])[order]
            limits = (float(values[low - 1]) if low else -math.inf, float(values[-high]) if high else math.inf)
        ends = (min(low, 1), min(high, 1))
        complete = settled and (not news or len(vectors) == dim)
    images = product(vectors)
    values = (vectors * images).sum(-1)
    residuals = torch.linalg.vector_norm(images - values.unsqueeze(-1) * vectors, dim=-1)
    converged = (residuals <= tol * scale) & complete
    order = values.argsort()
    return values[order], vectors[order], residuals[order], converged[order], torch.tensor(steps + len(values))


class _Run(NamedTuple):
    """The outermost Ritz values and vectors, whether they have settled, and the largest |Ritz value| of all."""

    values: Tensor
    vectors: Tensor
    steps: int
    settled: bool
    largest: float


def _run(
    product: Product,
    draw: Draw,
    known: Tensor,
    ends: tuple[int, int],
    limits: tuple[float, float],
    tol: float,
    max_steps: int,
) -> _Run:
    """One Lanczos run, until the outermost Ritz values have settled.

    What lies clearly between the limits is of no interest: it has settled once its error is below LOOSE.
    """
    low, high = ends
    most, check = min(max_steps, known.shape[-1] - len(known)), low + high
    for steps, (diagonal, beside, basis) in enumerate(lanczos(product, draw(1, known.shape[-1]), most, draw, known), 1):
        if steps < check and steps < most:
            continue
        check = steps + 1 + steps // 8  # the small eigenvalue problem of T is not free
        ritz, small = torch.linalg.eigh(tridiagonal(diagonal, beside)[0])
        outer = sorted({*range(low), *range(steps - high, steps)})
        errors, scale = beside[-1] * small[-1, outer].abs(), ritz.abs().max()
        inside = (ritz[outer] > limits[0] + errors) & (ritz[outer] < limits[1] - errors) & (errors <= LOOSE * scale)
        settled = bool((inside | (errors <= tol * scale)).all())
        if settled or steps == most:
            return _Run(ritz[outer], small[:, outer].mT @ basis[0], steps, settled, float(scale))


def _wanted(count: int, which: str, dim: int) -> tuple[int, int]:
    check_count("count", count, 1)
    if which not in ("both", "largest", "smallest"):
        raise ValueError(f'which must be "both", "largest" or "smallest", but {which!r} came.')
    low, high = (count if which != "largest" else 0), (count if which != "smallest" else 0)
    if low + high > dim:
        raise ValueError(
            f"{low + high} eigenvalues were asked for, but the Hessian has {dim}. classify gives all of them."
        )
    return low, high
