"""The spurious minimum of Safran and Shamir (2018) with one reversed neuron, for any size, from five numbers.

Data types, in words
    values      a tensor (..., 5): the numbers a, f, e, c, d
    W           (k, k): first row (a, f, ..., f); each other row i has e in column 1, c in column i and d elsewhere

All networks of this form are fixed by every exchange of two neurons 2..k together with the same two inputs. The gradient
at such a point has the same form, so a point that is critical among them is critical among all networks: five
equations in five unknowns, however large k is.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lmcourse.landscape import Landscape
from lmcourse.networks.teacher_student import pair_energy

AT_SIX = (-0.601512, 0.224516, 0.308011, 0.986704, -0.050413)  # Safran and Shamir (2018), example 1, to six digits


def five_numbers(k: int) -> Landscape:
    """The loss of teacher-student networks with k = n neurons, restricted to points with one reversed neuron.

    >>> land = five_numbers(6)
    >>> round(float(land.loss(torch.tensor(AT_SIX, dtype=torch.float64))), 6)
    0.025081
    """

    def loss_of(values: Tensor) -> Tensor:
        a, f, e, c, d = values.unbind(-1)
        one, two = (
            (a**2 + (k - 1) * f**2).sqrt(),
            (e**2 + c**2 + (k - 2) * d**2).sqrt(),
        )  # lengths of neuron 1 and of the others

        def energy(first: Tensor, second, inner: Tensor) -> Tensor:
            return pair_energy(first * second, inner / (first * second))

        own = (one**2 + (k - 1) * two**2) / 2  # f(w, w) = |w|^2 / 2
        own = own + 2 * (k - 1) * energy(one, two, a * e + f * c + (k - 2) * f * d)
        own = own + (k - 1) * (k - 2) * energy(two, two, e**2 + 2 * c * d + (k - 3) * d**2)
        shared = energy(one, 1.0, a) + (k - 1) * (energy(one, 1.0, f) + energy(two, 1.0, e) + energy(two, 1.0, c))
        shared = shared + (k - 1) * (k - 2) * energy(two, 1.0, d)
        right_angle = 1 / (2 * torch.pi)  # f of two orthogonal unit vectors
        return own / 2 - shared + (k / 2 + k * (k - 1) * right_angle) / 2

    return Landscape(f"one reversed neuron, k = {k}", {"afecd": (5,)}, loss_of)


def symmetric_minimum(k: int) -> Tensor:
    """The critical point with one reversed neuron, W (k, k), to machine precision: a saddle for k = 3, 4, 5, a minimum from 6 on.

    Solved by Newton's method on the five numbers, from the values at k = 6 and then over growing sizes.
    Raises ValueError for k < 3. Source: Safran and Shamir (2018), example 1.

    >>> [round(float(v), 6) for v in symmetric_minimum(6)[:2, :2].flatten()]     # a, f, e, c
    [-0.601512, 0.224516, 0.308011, 0.986704]
    """
    if not isinstance(k, int) or k < 3:
        raise ValueError(
            f"The critical point with one reversed neuron is known for whole k from 3 on, but k = {k!r} came."
        )
    values = torch.tensor(AT_SIX, dtype=torch.float64)
    size = 6
    values = _newton(five_numbers(size), values)
    while size != k:
        size = max(size - 1, k) if k < size else min(size + size // 6, k)  # the numbers change little from size to size
        values = _newton(five_numbers(size), values)
    return _matrix(values, k)


def _newton(land: Landscape, values: Tensor) -> Tensor:
    for _ in range(50):
        step = torch.linalg.solve(land.hessian(values), land.gradient(values))
        values = values - step
        if step.abs().max() < 1e-9:  # the error left is of the order of its square
            break
    return values


def _matrix(values: Tensor, k: int) -> Tensor:
    a, f, e, c, d = values.tolist()
    W = torch.full((k, k), d, dtype=values.dtype)
    W.fill_diagonal_(c)
    W[:, 0], W[0, :], W[0, 0] = e, f, a
    return W
