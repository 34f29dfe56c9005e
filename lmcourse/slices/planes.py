"""Planes through a landscape, and random directions to span them.

Data types, in words
    direction   a tensor (..., P), one at each point
    filter      what feeds one neuron: a row of a weight matrix, a kernel of a convolution, a single bias
    Plane       the loss over a plane through a point

Leading axes are many planes at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from lmcourse.devices import DIRECTIONS, random_stream
from lmcourse.landscape import Landscape
from lmcourse.slices.copies import balancing_factors
from lmcourse.slices.points import common_shape, loss_over, positions


@dataclass(frozen=True, repr=False, eq=False)
class Plane:
    """The loss over the points centre + x across + y up: loss (..., points, points), a row for each y, a column for each x.

    x, y (points,); centre, across, up (..., P).
    """

    x: Tensor
    y: Tensor
    loss: Tensor
    centre: Tensor
    across: Tensor
    up: Tensor

    def coordinates(self, theta: Tensor) -> Tensor:
        """The x and y (..., 2) of the point of the plane that is nearest to theta (..., P)."""
        sides = torch.stack([self.across, self.up], dim=-1)  # (..., P, 2)
        return (torch.linalg.pinv(sides) @ (theta - self.centre).unsqueeze(-1)).squeeze(-1)

    def __repr__(self) -> str:
        many = "" if self.loss.ndim == 2 else f"{self.loss[..., 0, 0].numel()} times "
        ends = f"x {float(self.x[0]):g} to {float(self.x[-1]):g}, y {float(self.y[0]):g} to {float(self.y[-1]):g}"
        low, high = float(self.loss.min()), float(self.loss.max())
        return f"Plane: {many}{len(self.y)} x {len(self.x)} points, {ends}, loss {low:.4g} to {high:.4g}"


def plane(
    land: Landscape,
    centre: Tensor,
    across: Tensor,
    up: Tensor,
    points: int = 41,
    span: tuple[float, float] = (-1.0, 1.0),
) -> Plane:
    """The loss over the plane centre + x across + y up, x and y from span[0] to span[1]; centre, across, up (..., P).

    Two random directions give the pictures of Li et al. (2018); across = b - a and up = c - a a plane through three
    networks; two vectors of `extreme_eigenvalues` the plane that bends most. Raises ValueError for shapes that do not fit.

    >>> import lmcourse as lm
    >>> x, y = torch.eye(2, dtype=torch.float64)
    >>> plane(lm.surface("quadratic saddle"), 0 * x, x, y, points=5)
    Plane: 5 x 5 points, x -1 to 1, y -1 to 1, loss -0.5 to 0.5
    """
    sides = common_shape(land, centre, across, up)
    along = positions(sides[0], points, span)
    y, x = (grid.flatten() for grid in torch.meshgrid(along, along, indexing="ij"))
    loss = loss_over(land, torch.stack([torch.ones_like(x), x, y], dim=-1), torch.stack(sides, dim=-2))
    return Plane(along, along, loss.unflatten(-1, (points, points)), *sides)


def random_direction(land: Landscape, theta: Tensor, seed: int = 0, normalise: str = "filter") -> Tensor:
    """A random direction (..., P) at theta (..., P), the same random numbers for every point.

    normalise : "unit" length one, every direction equally likely; "filter" every filter as long as that of theta (Li et al. 2018).
    By itself this makes pictures of ReLU networks comparable only if all neurons of a layer are scaled alike. So the
    direction is drawn at the `balanced` copy of theta and carried back: then the loss along it does not change under any
    of the declared rescalings of neurons. Raises ValueError for another word.

    >>> import lmcourse as lm
    >>> land = lm.teacher_student(k=2)
    >>> theta = torch.tensor([3.0, 4.0, 0.0, 2.0], dtype=torch.float64)
    >>> land.unpack(random_direction(land, theta))["W"].norm(dim=1).round(decimals=12)
    tensor([5., 2.], dtype=torch.float64)
    """
    if normalise not in ("unit", "filter"):
        raise ValueError(f'normalise must be "unit" or "filter", but {normalise!r} came.')
    theta = land.checked_finite(theta).detach()
    gaussian = torch.from_numpy(random_stream(seed, DIRECTIONS).normal(size=land.dim)).to(theta)
    if normalise == "unit":
        return (gaussian / gaussian.norm()).expand_as(theta)
    factors = balancing_factors(land, theta)
    return _as_long_as(land, gaussian.expand_as(theta), theta * factors) / factors


def _as_long_as(land: Landscape, direction: Tensor, theta: Tensor) -> Tensor:
    """The direction with every filter as long as that of theta: rows of matrices and kernels, single numbers of biases."""
    pieces, models = land.unpack(direction), land.unpack(theta)
    for name, shape in land.shapes.items():
        first = -len(shape) + 1  # all axes but the first one of the tensor
        if len(shape) > 1:
            length = torch.linalg.vector_norm(pieces[name], dim=tuple(range(first, 0)), keepdim=True)
            model = torch.linalg.vector_norm(models[name], dim=tuple(range(first, 0)), keepdim=True)
            pieces[name] = pieces[name] * (model / length)
        else:
            pieces[name] = pieces[name].sign() * models[name].abs()
    return land.pack(**pieces)
