"""Paths through a landscape: straight lines, polygons and Bézier curves, and how high the loss rises along them.

Data types, in words
    control     points (..., C, P) that carry a path: two for a line, the corners of a polygon, the control points of a Bézier curve
    t           where on the path: 0 at its first end, 1 at its last
    Path        a path with the loss along it, its barrier and its largest rise

Leading axes are many paths at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from lmcourse.landscape import Landscape
from lmcourse.slices.points import check_count, common_shape, loss_over, positions
from lmcourse.training import train


@dataclass(frozen=True, repr=False, eq=False)
class Path:
    """The loss along paths: kind "line", "polygon" or "bezier"; control (..., C, P); t (points,); loss (..., points).

    barrier (...) : how far the loss rises above the straight line between the losses at the two ends, at the points with
    0 <= t <= 1; never negative. largest_rise (...) : the largest loss(t) - loss(s) with s < t; 0 where the loss never rises.
    """

    kind: str
    control: Tensor
    t: Tensor
    loss: Tensor
    end_losses: Tensor

    @property
    def barrier(self) -> Tensor:
        inside = (self.t >= 0) & (self.t <= 1)
        t, (first, last) = self.t[inside], self.end_losses.unsqueeze(-1).unbind(-2)
        return (self.loss[..., inside] - (1 - t) * first - t * last).amax(dim=-1).clamp_min(0)

    @property
    def largest_rise(self) -> Tensor:
        inside = (self.t >= 0) & (self.t <= 1)
        loss = torch.cat([self.end_losses[..., :1], self.loss[..., inside], self.end_losses[..., 1:]], dim=-1)
        return (loss - loss.cummin(dim=-1).values).amax(dim=-1)

    def at(self, t: Tensor) -> Tensor:
        """The points of the path at t (T,), as a tensor (..., T, P)."""
        return _blend(self.kind, t.to(self.control), self.control.shape[-2]) @ self.control

    def __repr__(self) -> str:
        bends = self.control.shape[-2] - 2
        what = f"{self.kind} with {bends} bend" + "s" * (bends > 1) if bends else self.kind
        barrier = self.barrier.flatten()
        if barrier.numel() == 1:
            low, high = float(self.loss.min()), float(self.loss.max())
            return f"Path: {what}, loss {low:.4g} to {high:.4g}, barrier {float(barrier):.3g}"
        middle, most = float(barrier.median()), float(barrier.max())
        return f"Path: {barrier.numel()} times {what}, barrier {middle:.3g} in the middle, {most:.3g} at most"


def line(land: Landscape, a: Tensor, b: Tensor, points: int = 51, span: tuple[float, float] = (0.0, 1.0)) -> Path:
    """The loss at (1 - t) a + t b, for `points` values of t from span[0] to span[1]; a, b (..., P).

    From the start of training to its end: Goodfellow, Vinyals and Saxe (2014). Raises ValueError for shapes that do not fit.

    >>> import lmcourse as lm
    >>> a, b = torch.tensor([[-1.0, 0.0], [1.0, 0.0]], dtype=torch.float64)
    >>> line(lm.surface("narrow pass"), a, b)       # (x^2 - 1)^2 / 4 between its two minima
    Path: line, loss 0 to 0.25, barrier 0.25
    """
    control = torch.stack(common_shape(land, a, b), dim=-2)
    return _path(land, "line", control, positions(control, points, span))


def curve(
    land: Landscape,
    a: Tensor,
    b: Tensor,
    kind: str = "bezier",
    bends: int = 1,
    *,
    lr: float = 0.03,
    max_steps: int = 800,
    samples: int = 20,
    points: int = 61,
) -> Path:
    """A curve from a to b (..., P) whose control points in between were trained to make the mean loss along it small.

    kind : "bezier" of degree bends + 1, or "polygon" with `bends` corners. Training starts on the straight line and takes at most
    max_steps steps of Adam at rate lr on the mean loss at `samples` values of t; the ends stay where they are. So do Garipov et al.
    (2018); Draxler et al. (2018) bend a polygon by another rule. The result is judged on a grid of `points` values: a low
    curve shows that there is a low path, a high one only that this search found none.
    Raises ValueError for an unknown kind, numbers that do not fit, and a landscape on a curved surface.

    >>> import lmcourse as lm
    >>> ring = lm.Landscape("ring", {"x": (2,)}, lambda x: ((x**2).sum(-1) - 1) ** 2)
    >>> a, b = torch.tensor([[1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
    >>> float(line(ring, a, b).barrier), bool(curve(ring, a, b).barrier < 0.01)
    (0.25, True)
    """
    if kind not in ("bezier", "polygon"):
        raise ValueError(f'kind must be "bezier" or "polygon", but {kind!r} came.')
    if land.retract is not None:
        raise ValueError(f"{land.name} lives on a curved surface, where curves between points are not trained.")
    for name, value in (("bends", bends), ("samples", samples), ("max_steps", max_steps)):
        check_count(name, value, 1)
    a, b = common_shape(land, a, b)
    share = torch.linspace(0, 1, bends + 2, dtype=a.dtype, device=a.device).unsqueeze(-1)
    control = torch.lerp(a.unsqueeze(-2), b.unsqueeze(-2), share)  # (..., C, P), on the straight line
    t = (torch.arange(samples, dtype=a.dtype, device=a.device) + 0.5) / samples
    curves = _curves(land, _blend(kind, t, bends + 2))
    runs = train(curves, control.reshape(-1, curves.dim), method="adam", lr=lr, max_steps=max_steps)
    return _path(land, kind, runs.theta.reshape(control.shape), positions(control, points, (0.0, 1.0)))


def _curves(land: Landscape, blend: Tensor) -> Landscape:
    """The mean loss over the points blend @ control, as a landscape over the control points (C, P); both ends are held."""
    samples, corners = blend.shape

    def loss_of(control: Tensor) -> Tensor:  # (..., C P) -> (...)
        return land.loss(blend @ control.unflatten(-1, (corners, land.dim))).mean(dim=-1)

    def gradient_of(control: Tensor) -> Tensor:
        gradient = land.gradient(blend @ control.unflatten(-1, (corners, land.dim)))  # (..., samples, P)
        gradient = blend.mT @ gradient / samples
        gradient[..., [0, -1], :] = 0
        return gradient.flatten(-2)

    shapes = {"control": (corners, land.dim)}
    return Landscape(f"curves in {land.name}", shapes, loss_of, gradient_of, constraints=2 * land.dim)


def _blend(kind: str, t: Tensor, corners: int) -> Tensor:
    """How much each control point counts at t (T,), as a matrix (T, C) whose rows sum to one."""
    if kind == "polygon":
        position = t.clamp(0, 1).unsqueeze(-1) * (corners - 1)
        return (1 - (position - torch.arange(corners).to(t)).abs()).clamp_min(0)
    t, degree = t.unsqueeze(-1), corners - 1
    powers = torch.arange(corners).to(t)
    choose = torch.tensor([math.comb(degree, j) for j in range(corners)]).to(t)
    return choose * t**powers * (1 - t) ** (degree - powers)


def _path(land: Landscape, kind: str, control: Tensor, t: Tensor) -> Path:
    loss = loss_over(land, _blend(kind, t, control.shape[-2]), control)
    return Path(kind, control, t, loss, land.loss(control[..., [0, -1], :]))
