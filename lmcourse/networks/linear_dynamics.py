"""How linear networks learn, in closed form: gradient flow, the limit of gradient descent with small steps.

For uncorrelated inputs and a start that is aligned with the modes and shared equally by all layers, every mode learns alone.
Its strength u in the product of L layers follows (Saxe, McClelland and Ganguli 2013)

    du/dt  =  L u^(2 - 2/L) (s - u)

from a plateau near 0 to its final strength s: the stronger the mode, the sooner. One unit of time is 1/eta steps.

Data types, in words
    s, u0       final strength of a mode and its strength at t = 0, both positive numbers
    t           a tensor of times
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def mode_strength(t: Tensor, s: float, u0: float) -> Tensor:
    """The strength of one mode at times t (...) in a network of two layers: u(t) = s / (1 + (s/u0 - 1) exp(-2 s t)).

    Saxe, McClelland and Ganguli (2013), the solution of their du/dt = 2 u (s - u). Raises ValueError unless s, u0 > 0.

    >>> mode_strength(torch.tensor([0.0, 100.0]).double(), s=3.0, u0=0.001)
    tensor([1.0000e-03, 3.0000e+00], dtype=torch.float64)
    """
    _check_strengths(s, u0)
    return s / (1 + (s / u0 - 1) * torch.exp(-2 * s * torch.as_tensor(t)))


def half_rise_time(s: float, u0: float) -> float:
    """When a mode of a two-layer network has half of its final strength: ln(s/u0 - 1) / (2 s).

    >>> round(half_rise_time(s=3.0, u0=0.001), 4)
    1.3343
    """
    _check_strengths(s, u0)
    if not u0 < s / 2:
        raise ValueError(f"The mode must begin below half of its strength s = {s}, but u0 = {u0} came.")
    return math.log(s / u0 - 1) / (2 * s)


def mode_speed(u: Tensor, s: float, layers: int) -> Tensor:
    """du/dt of a mode of strength u (...) in a network of `layers` layers: L u^(2 - 2/L) (s - u).

    >>> mode_speed(torch.tensor([1.0]), s=3.0, layers=2)
    tensor([4.])
    """
    return layers * u ** (2 - 2 / layers) * (s - u)


def identity_start_floor(target: Tensor) -> float:
    """Below this loss gradient flow from the identity cannot bring `linear_resnet` on a symmetric target: 1/2 sum of phi_j^2 over
    its negative eigenvalues phi_j, because each eigenvalue of the product begins at 1 and would have to pass through 0.

    For an even number of layers it holds for gradient descent with any steps. Source: Bartlett, Helmbold and Long (2018), their
    negative result. Raises ValueError for a target that is not symmetric.

    >>> identity_start_floor(torch.diag(torch.tensor([2.0, 1.0, -0.5]).double()))
    0.125
    """
    if (
        target.ndim != 2
        or target.shape[0] != target.shape[1]
        or not torch.allclose(target, target.mT, rtol=0, atol=1e-12)
    ):
        raise ValueError("The target must be a symmetric matrix: only then do all layers stay equal.")
    return float(torch.linalg.eigvalsh(target).clamp_max(0).square().sum()) / 2


def _check_strengths(s: float, u0: float) -> None:
    if not (s > 0 and u0 > 0):
        raise ValueError(f"s and u0 must be positive, but s = {s} and u0 = {u0} came.")
