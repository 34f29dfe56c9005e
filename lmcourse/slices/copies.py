"""Which of its equivalent copies a network is drawn as.

Exchanging neurons, flipping their signs (tanh), reversing them (sigmoid) and moving a factor through them (ReLU) leave the
loss as it is, and a picture of the loss between two networks not. Here these choices are taken away, by the symmetries that a
landscape declares.

Data types, in words
    unit        one neuron: what flows into it, with its bias, and what flows out
    copy        theta after such a change: a tensor (..., P)
"""

from __future__ import annotations

import torch
from torch import Tensor

from lmcourse.landscape import Landscape
from lmcourse.slices.points import common_shape, for_each
from lmcourse.symmetry import Symmetry, match, transform


def matched(land: Landscape, theta: Tensor, target: Tensor) -> Tensor:
    """The copy of theta (..., P) that lies nearest to target (..., P), as far as this search finds it: the same loss everywhere.

    Exchanges of neurons, and flips of their signs (tanh) or reversals (sigmoid) where the landscape declares them, are chosen
    together, layer after layer until nothing comes nearer: each time an assignment problem. Exact for one hidden layer; for
    more it is the weight matching of Ainsworth, Hayase and Srinivasa (2023). Factors that pass through ReLU neurons are left
    alone, see `balanced`.

    >>> import lmcourse as lm
    >>> land = lm.teacher_student(k=3)
    >>> teacher = torch.eye(3, dtype=torch.float64)
    >>> torch.equal(matched(land, teacher[[2, 0, 1]].flatten(), teacher.flatten()), teacher.flatten())
    True
    """
    theta, target = common_shape(land, theta, target)
    return for_each(land, match, theta, target)


def balanced(land: Landscape, theta: Tensor) -> Tensor:
    """The shortest copy of theta (..., P) that moving factors through ReLU neurons can reach: the same loss.

    There the weights flowing into each neuron, with its bias, are as long as those flowing out. A neuron that has nothing on
    one side is left alone. Without declared rescalings theta itself. (Stock, Graham, Gribonval and Jégou 2019.)

    >>> import lmcourse as lm
    >>> from lmcourse.symmetry import IndexAxis
    >>> factor = Symmetry("scales", 1, (IndexAxis("w", 0), IndexAxis("v", 0, power=-1)))
    >>> land = lm.Landscape("v [w]+", {"w": (1,), "v": (1,)}, lambda x: x[..., 1] * x[..., 0].relu(), symmetries=(factor,))
    >>> balanced(land, torch.tensor([8.0, 2.0], dtype=torch.float64))
    tensor([4., 4.], dtype=torch.float64)
    """
    return theta * balancing_factors(land, theta)


def balancing_factors(land: Landscape, theta: Tensor) -> Tensor:
    """What every number of theta (..., P) is multiplied by to become `balanced`: a tensor (..., P)."""
    return for_each(land, _balance, land.checked_finite(theta).detach())


def _balance(land: Landscape, theta: Tensor) -> Tensor:
    """The factors (P,), neuron by neuron until nothing changes: a convex problem in their logarithms."""
    scales = [symmetry for symmetry in land.symmetries if symmetry.group == "scales"]
    factors = torch.ones_like(theta)
    for _ in range(1000):
        change = 0.0
        for symmetry in scales:
            into, out = (_units(land, theta * factors, symmetry, power).norm(dim=1) for power in (1, -1))
            factor = torch.where((into > 0) & (out > 0), (out / into).sqrt(), 1)
            factors = transform(land, factors, symmetry, torch.diag(factor))
            change = max(change, float(factor.log().abs().max()))
        if change <= 10 * torch.finfo(theta.dtype).eps:
            break
    return factors


def _units(land: Landscape, theta: Tensor, symmetry: Symmetry, power: int | None = None) -> Tensor:
    """What belongs to each unit, one row a unit: (count, everything), or only what flows in (power 1) or out (-1)."""
    tensors = land.unpack(theta)
    axes = [axis for axis in symmetry.axes if power is None or axis.power == power]
    rows = [tensors[axis.tensor].narrow(axis.axis, axis.first, symmetry.count).movedim(axis.axis, 0) for axis in axes]
    return torch.cat([row.reshape(symmetry.count, -1) for row in rows], dim=1)
