"""The Lanczos process: in the directions that it finds, a symmetric matrix is tridiagonal.

Lanczos (1950), with every new vector made orthogonal to all earlier ones, twice (Parlett 1998, chapter 13).

Data types, in words
    Product     v (B, P) -> H v (B, P), for B vectors at a time
    basis       the Lanczos vectors, orthonormal: Q (B, m, P)
    T           Q H Q', tridiagonal (B, m, m); its eigenvalues are the Ritz values
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import torch
from torch import Tensor

from lmcourse.devices import PROBES, random_stream
from lmcourse.landscape import Landscape

DENSE_ENTRIES = 4_000_000  # a Hessian in closed form of at most so many numbers is formed once: 32 MB

Product = Callable[[Tensor], Tensor]
Draw = Callable[..., Tensor]


def lanczos(
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


def tridiagonal(diagonal: list[Tensor], beside: list[Tensor]) -> Tensor:
    """T (B, m, m); what stands beside its last number is left out."""
    off = torch.stack(beside, dim=-1)[..., :-1]
    return torch.diag_embed(torch.stack(diagonal, dim=-1)) + torch.diag_embed(off, 1) + torch.diag_embed(off, -1)


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


def products(land: Landscape, theta: Tensor) -> Product:
    """v (B, P) -> H v (B, P) at one point. A Hessian in closed form is formed once if it is small, and never if it is large."""
    small = land.dim**2 <= DENSE_ENTRIES
    hessian = land.hessian(theta) if land.hessian_of is not None and small else None
    bare = replace(land, hessian_of=None)  # its products come from automatic differentiation

    def product(v: Tensor) -> Tensor:
        image = bare.hvp(theta, v) if hessian is None else v @ hessian
        if not torch.isfinite(image).all():
            raise ValueError(f"The Hessian of {land.name} is not finite at theta: it has no spectrum there.")
        return image

    return product


def drawing(seed: int, like: Tensor) -> Draw:
    """A function shape -> independent N(0, 1) numbers, of the kind of `like`."""
    generator = random_stream(seed, PROBES)
    return lambda *shape: torch.from_numpy(generator.normal(size=shape)).to(like)


def check_count(name: str, value: int, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} must be a whole number from {least} on, but {value!r} came.")
