"""Random landscapes: the spherical p-spin model, a "typical" rugged function of many variables.

N numbers sigma on the sphere |sigma|^2 = N and independent standard normal couplings J (Auffinger, Ben Arous and Cerny 2013):

    H(sigma)  =  N^(-(p-1)/2)  sum over i_1 ... i_p of J_(i_1...i_p) sigma_(i_1) ... sigma_(i_p)

Data types, in words
    theta       (..., N): its direction counts alone; sigma = sqrt(N) theta / |theta|
    S           (N, ..., N): J averaged over all orders of its indices, which gives the same H
"""

from __future__ import annotations

import math
from itertools import permutations

import torch
from torch import Tensor

from lmcourse.devices import COUPLINGS, kept_by_device, random_stream
from lmcourse.landscape import Landscape

MOST_COUPLINGS = 20_000_000  # 160 MB


def p_spin(N: int, p: int = 3, seed: int = 0) -> Landscape:
    """The spherical p-spin model: loss = N^(-(p-1)/2) sum J sigma_(i_1) ... sigma_(i_p) at sigma = sqrt(N) theta / |theta|.

    The gradient and the Hessian are those along the sphere (Riemannian); across it both are zero. `retract` brings theta back to
    the sphere. H(-sigma) is H(sigma) for even p and -H(sigma) for odd p; no other symmetry. For p = 2 the minimum is known,
    N times the smallest eigenvalue of S / sqrt(N).

    seed : which couplings. Source: Auffinger, Ben Arous and Cerny (2013).
    Raises ValueError for N < 2, p < 2 or more than 20 million couplings.

    >>> land = p_spin(N=10, p=3)
    >>> theta = torch.ones(10).double()
    >>> abs(float(land.loss(theta) + land.loss(-2 * theta))) < 1e-12     # p is odd, and the length does not count
    True
    """
    _check_size(N, p)
    J = torch.from_numpy(random_stream(seed, COUPLINGS).normal(size=(N,) * p))
    orders = list(permutations(range(p)))
    S = sum(J.permute(order) for order in orders) / (len(orders) * N ** ((p - 1) / 2))  # the power of N included
    couplings = kept_by_device(S)

    def to_sphere(theta: Tensor) -> Tensor:
        return theta * (math.sqrt(N) / torch.linalg.vector_norm(theta, dim=-1, keepdim=True))

    def loss_of(theta: Tensor) -> Tensor:
        sigma = to_sphere(theta)
        return (_contract(*couplings(theta), sigma, p - 1) * sigma).sum(dim=-1)

    def gradient_of(theta: Tensor) -> Tensor:
        sigma = to_sphere(theta)
        slope = p * _contract(*couplings(theta), sigma, p - 1)
        return (slope - _along(slope, sigma) * sigma) * _stretch(theta)

    def hessian_of(theta: Tensor) -> Tensor:
        """P (second derivatives of H - (sigma . slope / N) I) P, where P projects on the tangent plane at sigma."""
        sigma = to_sphere(theta)
        curvature = p * (p - 1) * _contract(*couplings(theta), sigma, p - 2)
        slope = (curvature @ sigma.unsqueeze(-1)).squeeze(-1) / (p - 1)
        identity = torch.eye(N).to(theta)
        tangent = identity - sigma.unsqueeze(-1) * sigma.unsqueeze(-2) / N
        hessian = tangent @ (curvature - _along(slope, sigma).unsqueeze(-1) * identity) @ tangent
        return (hessian + hessian.mT) / 2 * _stretch(theta).unsqueeze(-1) ** 2

    return Landscape(
        name=f"spherical {p}-spin model, N = {N}, couplings {seed}",
        shapes={"sigma": (N,)},
        loss_of=loss_of,
        gradient_of=gradient_of,
        hessian_of=hessian_of,
        formula="N^(-(p-1)/2) sum J sigma ... sigma",
        known_minimum=float(N * torch.linalg.eigvalsh(S)[0]) if p == 2 else None,
        default_start="sphere",
        retract=to_sphere,
        constraints=1,
        proof=("p-spin", S),
    )


def _contract(S: Tensor, sigma: Tensor, times: int) -> Tensor:
    """S (N, ..., N) with `times` of its indices summed against sigma (..., N)."""
    N, lead = sigma.shape[-1], sigma.shape[:-1]
    rows = sigma.reshape(-1, N)
    result = S.reshape(-1, N) @ rows.mT if times else S.reshape(-1, 1).expand(-1, len(rows))
    for _ in range(times - 1):
        result = (result.reshape(-1, N, len(rows)) * rows.mT).sum(dim=1)
    return result.mT.reshape(*lead, *[N] * (S.ndim - times))


def _along(slope: Tensor, sigma: Tensor) -> Tensor:
    """The part of slope (..., N) across the sphere, in units of sigma: (..., 1)."""
    return (slope * sigma).sum(dim=-1, keepdim=True) / sigma.shape[-1]


def _stretch(theta: Tensor) -> Tensor:
    """d sigma / d theta along the sphere: sqrt(N) / |theta|, one on the sphere; (..., 1)."""
    return math.sqrt(theta.shape[-1]) / torch.linalg.vector_norm(theta, dim=-1, keepdim=True)


def _check_size(N: int, p: int) -> None:
    for name, value, meaning in (("N", N, "the number of spins"), ("p", p, "the number of spins in a coupling")):
        if not isinstance(value, int) or isinstance(value, bool) or value < 2:
            raise ValueError(f"{name}, {meaning}, must be a whole number from 2 on, but {name} = {value!r} came.")
    if N**p > MOST_COUPLINGS:
        raise ValueError(
            f"N = {N} and p = {p} need {N**p} couplings, more than {MOST_COUPLINGS}. Choose a smaller N or p."
        )
