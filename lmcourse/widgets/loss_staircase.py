"""An explorer for the eleven critical levels of a two-layer linear network: choose one, push the point off, descend.

Data types, in words
    StaircaseState   the knobs: the set of modes kept, the start in the plane of two directions, noise, its draw, steps
    Level            a critical point with its Hessian's lowest eigenvalue, and the two directions that span the plane
    Walk             a descent from near a level: its losses, and the levels on which it rested
    rest             a level near which the loss stays for LONG steps
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor

from lmcourse import plots
from lmcourse.devices import random_stream
from lmcourse.experiments.no_poor_minima import levels, target
from lmcourse.networks.linear import deep_linear
from lmcourse.networks.linear_catalogue import linear_catalogue

from .base import Words
from .controls import Select, Slider
from .pointer import Handle, Plane, PointerExplorer
from .state import between, limits, one_of

STRENGTHS, WIDTHS = (4.0, 3.0, 2.0, 1.0), (4, 2, 4)
LAND = deep_linear(WIDTHS, target(*STRENGTHS))
HEIGHTS = levels(WIDTHS[1], STRENGTHS)  # by the set of modes, the lowest first
INDEX = {point.kept: point.index for point in linear_catalogue(WIDTHS, target(*STRENGTHS))}
NOISES = (0.0, 1e-6, 1e-3, 0.01, 0.1)
STEPS = (50, 100, 200, 500, 1000, 2000, 3000)
DRAWS = range(1, 21)
STEP, CLOSE, LONG = 0.02, 0.05, 100
STAIRS, CURVE = (0.055, 0.14, 0.27, 0.76), (0.375, 0.14, 0.27, 0.76)
PLANE = Plane(0.72, 0.14, 0.265, 0.76, (-1.0, 1.0), (-1.0, 1.0))
EDGE = (0.0, 16.4)  # of the losses that are drawn
STAIRS_LIMITS = (-2.4, 9.4)


@dataclass(frozen=True, eq=False)
class Level:
    """A critical point theta (16,); the `down` direction has the lowest eigenvalue that is not zero, `up` the highest."""

    kept: tuple[int, ...]
    theta: Tensor
    lowest: float
    down: Tensor
    up: Tensor
    heights: np.ndarray  # (41, 41): the loss over the plane, rows from bottom to top


@dataclass(frozen=True, eq=False)
class Walk:
    """A descent that begins beside a level; rests : the sets of modes on whose level it rested, in order."""

    level: Level
    losses: np.ndarray
    rests: tuple[tuple[int, ...], ...]


class StaircaseState(traitlets.HasTraits):
    """The knobs; (x, y) is the start, as steps along the two directions of the plane."""

    kept = traitlets.Any((3, 4))
    x = traitlets.Float(0.3)
    y = traitlets.Float(0.0)
    noise = traitlets.Float(0.0)
    draw = traitlets.Int(1, min=DRAWS[0], max=DRAWS[-1])
    steps = traitlets.Int(1000)

    @traitlets.validate("kept")
    def _a_level(self, proposal) -> tuple[int, ...]:
        kept = proposal["value"]
        return one_of(tuple(sorted(kept)) if isinstance(kept, tuple | list | set) else kept, HEIGHTS, "level")

    @traitlets.validate("x", "y")
    def _in_the_plane(self, proposal) -> float:
        return round(between(proposal["value"], -1.0, 1.0, f"start {proposal['trait'].name}"), 3)

    _small = limits("noise", 0.0, NOISES[-1])
    _few = limits("steps", 1, STEPS[-1], "number of steps")


def name_of(kept: tuple[int, ...]) -> str:
    """A set of modes as text.

    >>> name_of((1, 3)), name_of(())
    ('{1, 3}', '{}')
    """
    return "{" + ", ".join(map(str, kept)) + "}"


@lru_cache(maxsize=len(HEIGHTS))
def level_of(kept: tuple[int, ...]) -> Level:
    """The critical point of a set of modes, every layer sharing equally, with its plane."""
    theta = next(point.theta for point in linear_catalogue(WIDTHS, target(*STRENGTHS)) if point.kept == kept)
    values, vectors = torch.linalg.eigh(LAND.hessian(theta))
    lowest = values[0] if values[0] < -1e-9 else values[values > 1e-9][0]
    down, up = _direction(values, vectors, lowest), _direction(values, vectors, values[-1])
    across = torch.linspace(-1, 1, 41, dtype=torch.float64)
    grid = theta + across[None, :, None] * down + across[:, None, None] * up
    return Level(kept, theta, float(values[0]), down, up, LAND.loss(grid).numpy())


def _direction(values: Tensor, vectors: Tensor, value: Tensor) -> Tensor:
    """One eigenvector of a value, the same on every machine also where the value occurs more than once."""
    basis = vectors[:, (values - value).abs() < 1e-9]
    wanted = torch.linspace(2, 1, len(values), dtype=values.dtype)
    vector = basis @ (basis.mT @ wanted)
    vector = torch.where(vector.abs() < 1e-9, 0.0, vector)  # zeros stay zeros on the whole descent
    return vector / vector.norm()


@lru_cache(maxsize=256)
def walk(kept: tuple[int, ...], x: float, y: float, noise: float, draw: int, steps: int) -> Walk:
    """Gradient descent, step size 0.02, from beside the level of a set of modes.

    >>> walk((3, 4), 0.3, 0.0, noise=0.0, draw=1, steps=1000).rests
    ((1, 3),)
    >>> walk((3, 4), 0.3, 0.0, noise=0.001, draw=1, steps=2000).rests[-1]
    (1, 2)
    """
    level = level_of(kept)
    theta = level.theta + x * level.down + y * level.up
    if noise:
        theta = theta + noise * torch.from_numpy(random_stream(draw).normal(size=len(theta)))
    path = [theta]
    for _ in range(steps):
        theta = theta - STEP * LAND.gradient_of(theta)
        path.append(theta)
    losses = LAND.loss(torch.stack(path)).numpy()
    return Walk(level, losses, rests_of(losses))


def rests_of(losses: np.ndarray) -> tuple[tuple[int, ...], ...]:
    """The levels near which the losses stay for LONG steps at least, in order.

    >>> rests_of(np.repeat([7.0, 6.0, 2.5], [150, 300, 200]))
    ((1,), (1, 2))
    """
    sets, heights = list(HEIGHTS), np.array(list(HEIGHTS.values()))
    place = abs(losses[:, None] - heights).argmin(axis=1)
    place = np.where(abs(losses - heights[place]) < CLOSE, place, -1)
    ends = np.flatnonzero(np.diff(place, append=-2)) + 1
    runs = [(place[end - 1], end - begin) for begin, end in zip(np.append(0, ends[:-1]), ends, strict=True)]
    found = [sets[which] for which, length in runs if which >= 0 and length >= LONG]
    return tuple(kept for i, kept in enumerate(found) if i == 0 or kept != found[i - 1])


class StaircaseExplorer(PointerExplorer):
    """Choose a level by its set of modes, or by a click on it; drag the start off the critical point; watch the descent.

    >>> explorer = StaircaseExplorer(kept=(1, 2), x=0.0)
    >>> print(explorer.picture.readout.split(". ")[0])
    {1, 2}: loss 2.5, index 0, lowest Hessian eigenvalue 0
    """

    State = StaircaseState
    width, height = 11.0, 4.6
    plane = PLANE
    clickable = True

    def controls(self) -> list:
        return [
            self.tie(Select("Modes kept", list(HEIGHTS), self.state.kept, write=name_of), "kept"),
            self.tie(Slider("Noise", NOISES, write="{:g}".format), "noise"),
            self.tie(Slider("Draw of the noise", DRAWS), "draw"),
            self.tie(Slider("Steps", STEPS), "steps"),
        ]

    def handles(self) -> list[Handle]:
        x, y = self.state.x, self.state.y
        return [
            Handle("Start", x, y, f"{x:.2f} along the first direction, {y:.2f} along the second", step=(0.05, 0.05))
        ]

    def handle_moved(self, number: int, x: float, y: float) -> None:
        self.state.x, self.state.y = x, y

    def clicked(self, x: float, y: float) -> None:
        left, bottom, width, height = STAIRS
        across, up = (x - left) / width, (y - bottom) / height
        if not (0 <= across <= 1 and 0 <= up <= 1):
            return
        index = STAIRS_LIMITS[0] + across * (STAIRS_LIMITS[1] - STAIRS_LIMITS[0])
        loss = EDGE[0] + up * (EDGE[1] - EDGE[0])
        self.state.kept = min(HEIGHTS, key=lambda kept: abs(INDEX[kept] - index) + abs(HEIGHTS[kept] - loss))

    def compute(self) -> Walk:
        state = self.state
        return walk(state.kept, state.x, state.y, state.noise, state.draw, state.steps)

    def draw(self, figure: Figure, result: Walk) -> None:
        draw_stairs(figure.add_axes(STAIRS), result)
        draw_curve(figure.add_axes(CURVE), result)
        draw_plane(PLANE.axes(figure), result, self.state.x, self.state.y)

    def words(self, result: Walk) -> Words:
        kept, losses, steps = result.level.kept, result.losses, len(result.losses) - 1
        rests = ", then ".join(name_of(each) for each in result.rests) or "no level"
        lowest = result.level.lowest if abs(result.level.lowest) > 1e-9 else 0.0
        readout = (
            f"{name_of(kept)}: loss {HEIGHTS[kept]:g}, index {INDEX[kept]}, lowest Hessian eigenvalue {lowest:.3g}. Start "
            f"{self.state.x:.2f}, {self.state.y:.2f} off it with noise {self.state.noise:g}: loss {losses[0]:.4g}, after {steps} "
            f"steps {losses[-1]:.4f}. The descent rested at {rests}."
        )
        alt = (
            f"Three pictures. Eleven critical levels, loss against index, from {{1, 2}} at loss 2.5, index 0, to {{}} at loss "
            f"15, index 8; {name_of(kept)} is chosen. The loss over {steps} steps, from {losses[0]:.4g} to {losses[-1]:.4g}. "
            f"Height lines of the loss around the chosen point, with the start at {self.state.x:.2f}, {self.state.y:.2f}."
        )
        return Words(alt, readout)


def draw_level(axes, kept: tuple[int, ...], loss: float, index: int) -> None:
    """One critical level with its modes: a circle for a minimum, a triangle for a saddle."""
    marker, color = ("o", "blue") if index == 0 else ("v", "vermilion")
    axes.plot(index, loss, marker, color=plots.PALETTE[color], markersize=8)
    above_or_below = {(4,): (0, 17), (): (0, -18)}  # points; these two stand close to each other
    place = above_or_below.get(kept, (-14, 0) if len(kept) == 2 and index else (14, 0))
    align = {0: "center", 14: "left", -14: "right"}[place[0]]
    axes.annotate(name_of(kept), (index, loss), place, textcoords="offset points", va="center", ha=align, fontsize=10)


def draw_stairs(axes, walk: Walk | None = None) -> None:
    """All levels, loss against index; a square around the chosen one, a triangle near the right edge where its descent ends."""
    for kept, loss in HEIGHTS.items():
        draw_level(axes, kept, loss, INDEX[kept])
    if walk is not None:
        kept = walk.level.kept
        square = {"markersize": 17, "fillstyle": "none", "markeredgewidth": 2.5}
        axes.plot(INDEX[kept], HEIGHTS[kept], "s", color=plots.PALETTE["black"], **square)
        axes.plot(STAIRS_LIMITS[1] - 0.5, walk.losses[-1], "<", color=plots.PALETTE["green"], markersize=12)
    axes.set(xlim=STAIRS_LIMITS, ylim=EDGE, xticks=range(0, 9, 2), title="Levels; green: loss at the end")
    axes.set(xlabel="index (number)", ylabel="loss (no unit)")


def draw_curve(axes, walk: Walk) -> None:
    """The loss of the descent, with a line at every level."""
    for loss in HEIGHTS.values():
        axes.axhline(loss, color=plots.PALETTE["grey"], linewidth=0.7, linestyle=":")
    axes.plot(walk.losses, color=plots.PALETTE["green"], linewidth=2.2)
    axes.set(ylim=EDGE, xlabel="step (number)", title="Descent; dotted: the levels", yticklabels=[])


def draw_plane(axes, walk: Walk, x: float, y: float) -> None:
    """Height lines around the critical point (diamond) in the plane of its two directions; the start is a circle."""
    level, grid = walk.level, np.linspace(-1, 1, 41)
    lines = np.unique(np.quantile(level.heights, np.linspace(0, 1, 14)))
    axes.contourf(grid, grid, level.heights, levels=lines, cmap="cividis", alpha=0.75)
    axes.contour(grid, grid, level.heights, levels=lines, colors="white", linewidths=0.5)
    axes.plot(0, 0, "D", color="white", markeredgecolor="black", markersize=7)
    axes.plot(x, y, "o", color=plots.PALETTE["green"], markeredgecolor="black", markersize=10)
    way = "steepest way down" if level.lowest < -1e-9 else "flattest way up"
    axes.set(
        xlabel=f"{way} (no unit)",
        ylabel="steepest way up (no unit)",
        title=f"Around {name_of(level.kept)}; green: start",
    )
    axes.set(xticks=(-1, 0, 1), yticks=(-1, 0, 1))
