"""Who goes where on a surface over the plane: four methods from one start, and each method from every point of a grid.

    gd                    x <- x - lr gradient
    momentum              the same with a memory: a heavy ball (Polyak 1964)
    newton                x <- x - H^-1 gradient, the full step
    saddle-free newton    x <- x - |H|^-1 gradient, a step longer than 1 cut to 1 (Dauphin et al. 2014; the cut is ours)

Data types, in words
    places      the critical points of a surface, in rising order of the loss (`CriticalPoints`)
    Basins      where each start of a grid ends: the number of a place; -1 for "not at rest"; as many as there are places for "at
                rest, but at none of them", as on a curve of minima

The grid is fixed, so its shares are counts without chance: no interval belongs to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import numpy as np
import torch
from matplotlib.colors import ListedColormap, to_rgb
from torch import Tensor

from lmcourse.critical import CriticalPoints, classify, find_critical_points
from lmcourse.landscape import Landscape
from lmcourse.plots import PALETTE, draw_path
from lmcourse.training import Runs, Status, train

NAMES = {
    "gd": "gradient descent",
    "momentum": "momentum",
    "newton": "Newton",
    "saddle-free newton": "saddle-free Newton",
}
SETTINGS: dict[str, dict] = {
    "gd": {"lr": 0.003},
    "momentum": {"lr": 0.003},
    "newton": {"lr": 1.0},
    "saddle-free newton": {"lr": 1.0, "damping": 0.0, "longest": 1.0},
}
LOOKS = {  # of a path: colour, dash
    "gd": ("blue", "-"), "momentum": ("purple", "--"), "newton": ("vermilion", "-."), "saddle-free newton": ("green", ":"),
}  # fmt: skip
MARKS = {"strict minimum": "o", "strict saddle": "D", "strict maximum": "^"}
MARK = "s"  # of any other kind
NEAR = 1e-3  # an end counts as a place within this distance
SAME = 1e-5  # two critical points nearer than this are one
FLAT_SET = "minimum up to symmetry"  # such minima fill a curve: they are no places
SHADES = ("sky", "orange", "green", "yellow", "purple", "blue")  # of the basins of minima, one after another


@dataclass(frozen=True, eq=False)
class Basins:
    """Where `method` goes from the cells of a grid: `ends` (side, side) holds numbers of `places`, rows from low y."""

    method: str
    places: CriticalPoints
    ends: np.ndarray

    def share(self, *kinds: str) -> float:
        """Per cent of the starts that end at places of these kinds; without a kind, of those that are not at rest.

        >>> from lmcourse.networks.surfaces import surface
        >>> found = basins(surface("himmelblau"), "newton", side=20)
        >>> round(found.share("strict minimum") + found.share("strict saddle") + found.share("strict maximum"))
        100
        """
        wanted = [number for number, kind in enumerate(self.places.kind) if kind in kinds] if kinds else [-1]
        return 100 * float(np.isin(self.ends, wanted).mean())


def grid(land: Landscape, side: int) -> Tensor:
    """The centres (side^2, 2) of side x side cells in the window of a surface, row by row from low y.

    >>> from lmcourse.networks.surfaces import surface
    >>> grid(surface("himmelblau"), 2).tolist()
    [[-2.5, -2.5], [2.5, -2.5], [-2.5, 2.5], [2.5, 2.5]]
    """
    (left, right), (low, high) = land.window
    centres = (torch.arange(side, dtype=torch.float64) + 0.5) / side
    y, x = torch.meshgrid(low + (high - low) * centres, left + (right - left) * centres, indexing="ij")
    return torch.stack([x, y], dim=-1).reshape(-1, 2)


def places(land: Landscape, side: int = 41) -> CriticalPoints:
    """The isolated critical points that Newton's method finds from a grid of starts in the window, each once, the lowest first.

    >>> from lmcourse.networks.surfaces import surface
    >>> places(surface("himmelblau"))
    CriticalPoints: 9 points: 4 strict minimum, 4 strict saddle, 1 strict maximum
    """
    critical = find_critical_points(land, grid(land, side)).critical
    found = critical.theta[torch.tensor([kind != FLAT_SET for kind in critical.kind], dtype=torch.bool)]
    (left, right), (low, high) = land.window
    found = found[(found[:, 0] >= left) & (found[:, 0] <= right) & (found[:, 1] >= low) & (found[:, 1] <= high)]
    chosen: list[Tensor] = []
    for point in found:
        if all(float((point - other).norm()) > SAME for other in chosen):
            chosen.append(point)
    points = _simple(land, torch.stack(chosen)) if chosen else found
    return classify(land, points[land.loss(points).argsort(stable=True)])


def _simple(land: Landscape, points: Tensor) -> Tensor:
    """Points (n, 2), each rounded to three decimals where the gradient is no longer there: a degenerate point is found roughly."""
    rounded = points.round(decimals=3)
    better = land.gradient(rounded).norm(dim=-1) <= land.gradient(points).norm(dim=-1)
    return torch.where(better[:, None], rounded, points)


def path(land: Landscape, start: Tensor, method: str, max_steps: int = 1000, **changes) -> Tensor:
    """The points (steps + 1, 2) that a method visits from start (2,), with the settings above or with `changes`.

    >>> from lmcourse.networks.surfaces import surface
    >>> path(surface("quadratic saddle"), torch.tensor([1.0, 0.5]), "newton").tolist()     # one step to the saddle
    [[1.0, 0.5], [0.0, 0.0]]
    """
    return walk(land, start, method, max_steps, **changes).path.theta[0]


def walk(land: Landscape, start: Tensor, method: str, max_steps: int, tol: float = 1e-6, **changes) -> Runs:
    """The run from start (2,), with every point that it visits in `.path`."""
    return train(land, start, method, tol=tol, max_steps=max_steps, record=1, **{**SETTINGS.get(method, {}), **changes})


def basins(
    land: Landscape,
    method: str,
    side: int = 200,
    known: CriticalPoints | None = None,
    max_steps: int = 5000,
    near: float = NEAR,
    **changes,
) -> Basins:
    """Follow a method from every cell of the grid. known : the places of the surface, if they were found before.

    method : one of the four, or another that `lm.train` knows. near : an end counts as a place within this distance.
    changes : replace the settings above, for example lr=0.01.
    """
    known = places(land) if known is None else known
    runs = train(
        land, grid(land, side), method, tol=1e-6, max_steps=max_steps, **{**SETTINGS.get(method, {}), **changes}
    )
    resting = (runs.status == Status.CONVERGED) | (runs.status == Status.STALLED)
    ends = torch.where(resting, len(known), -1)
    if len(known):
        distance, number = torch.cdist(runs.theta, known.theta).min(dim=1)
        ends = torch.where(distance < near, number, ends)
    return Basins(method, known, ends.reshape(side, side).numpy())


def draw_places(ax, known: CriticalPoints, size: float = 9) -> None:
    """Mark critical points by kind: circles for minima, diamonds for saddles, triangles for maxima, squares for others."""
    looks = {"color": "white", "markeredgecolor": "black", "markeredgewidth": 1.5, "markersize": size}
    for kind in dict.fromkeys(known.kind):
        those = torch.tensor([each == kind for each in known.kind])
        ax.plot(*known.theta[those].T, MARKS.get(kind, MARK), label=kind, **looks)


def draw_bands(ax, land: Landscape, bands: int = 14, side: int = 300) -> tuple:
    """Draw a surface in bands, dark where it is low, finer there; sharp edges keep the picture small in a notebook.

    Returns the picture and the heights between the bands, as `draw_key` wants them.
    """
    heights = land.loss(grid(land, side)).reshape(side, side).numpy()
    inner = np.unique(np.quantile(heights, np.linspace(0, 1, bands + 1)[1:-1] ** 1.6))
    extent = (*land.window[0], *land.window[1])
    colours = {"cmap": "cividis", "vmin": -0.5, "vmax": 1.25 * len(inner)}
    picture = ax.imshow(
        np.digitize(heights, inner), origin="lower", extent=extent, aspect="auto", interpolation="nearest", **colours
    )
    ax.set(xlim=land.window[0], ylim=land.window[1], xlabel="x (no unit)", ylabel="y (no unit)")
    return picture, inner


def draw_key(ax, picture, heights: np.ndarray) -> None:
    """A colour bar for a map in bands: every second border between two bands, with its height."""
    edges = np.arange(len(heights) + 2) - 0.5
    key = ax.figure.colorbar(picture, ax=ax, boundaries=edges, values=np.arange(len(edges) - 1), drawedges=False)
    key.set_ticks(edges[1:-1:2], labels=[f"{height:.0f}" for height in heights[::2]])
    key.minorticks_off()
    key.set_label("height L, where two bands meet (no unit)")


def draw_races(left, right, land: Landscape, paths: dict[str, Tensor]) -> None:
    """Draw paths (steps + 1, 2) by method on a map, and on other axes the loss along them, against the step."""
    for method, points in paths.items():
        color, dash = PALETTE[LOOKS[method][0]], LOOKS[method][1]
        losses, numbers = land.loss(points), torch.arange(len(points))
        draw_path(left, points.clamp(-1e3, 1e3), NAMES[method], color, dash)
        right.plot(numbers, losses, linestyle=dash, color=color, label=NAMES[method])
        right.plot(numbers[-1], losses[-1], "s", color=color, markeredgecolor="black", markersize=8)
    right.set_xscale("symlog", linthresh=1)
    right.set(xlabel="step (number)", ylabel="loss (no unit)")
    right.set_xticks([0, 1, 10, 100], ["0", "1", "10", "100"])
    right.minorticks_off()


def draw_basins(ax, land: Landscape, found: Basins) -> None:
    """Colour every start by its end: light for each minimum, grey for saddles, black for maxima, white where nothing rests."""
    minima = count()
    dark = {"strict saddle": PALETTE["grey"], "strict maximum": "black"}
    colours = ["white", *(dark.get(kind) or _light(next(minima)) for kind in (*found.places.kind, FLAT_SET))]
    extent = (*land.window[0], *land.window[1])
    picture = {"cmap": ListedColormap(colours), "vmin": -0.5, "vmax": len(colours) - 0.5}
    ax.imshow(found.ends + 1, origin="lower", extent=extent, aspect="auto", interpolation="nearest", **picture)
    draw_places(ax, found.places, size=7)
    ax.set(xlim=land.window[0], ylim=land.window[1], title=NAMES.get(found.method, found.method))


def _light(number: int) -> tuple[float, float, float]:
    r, g, b = to_rgb(PALETTE[SHADES[number % len(SHADES)]])
    return 0.35 + 0.65 * r, 0.35 + 0.65 * g, 0.35 + 0.65 * b
