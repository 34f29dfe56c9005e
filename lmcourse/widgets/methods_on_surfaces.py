"""An explorer for four methods on surfaces over the plane: put the start somewhere, and see who goes where.

Data types, in words
    MethodsState   the knobs of the surface explorer, with four methods or all of them, and what lies behind the paths
    Race           the path of one method, and what its end is
    Races          one race for each method that is shown, all from one start, and what lies behind them
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure

from lmcourse.critical import CriticalPoints, classify
from lmcourse.experiments import basins as experiment
from lmcourse.landscape import Landscape
from lmcourse.networks.surfaces import surface, surface_names
from lmcourse.training import Status

from .controls import Select, Slider
from .picture import Words
from .pointer import Handle, Plane, PointerExplorer
from .state import choice
from .surface import STEP_SIZES, STEPS, SurfaceState

ALL = "all four"
CHOICES = (ALL, *experiment.NAMES)
HEIGHTS, ENDS = "heights", "where each start ends"
FULL_STEPS = ("newton", "saddle-free newton")  # their step has a length of its own
SIZES = sorted([*STEP_SIZES, experiment.SETTINGS["gd"]["lr"]])  # the lesson's own among them
SIDE, NEAR = 60, 0.05  # of the coloured map: cells a side; an end this near to a critical point counts as there
REST, CLOSE = 1e-9, 1e-4  # a gradient that ends a path; an end this near to a critical point is that point
DIVERGED = "DIVERGED"
SIGNS = {f"strict {kind}": f"{sign} {kind}" for kind, sign in (("minimum", "○"), ("saddle", "◇"), ("maximum", "△"))}
NEARLY, FLAT = "nearly degenerate", 1e-3  # an eigenvalue this small against the largest one
MAP, CURVE = (0.07, 0.14, 0.40, 0.75), (0.56, 0.14, 0.42, 0.68)


class MethodsState(SurfaceState):
    """The knobs: surface, start and steps as on the surface explorer; `method` may be all four; `background` of the map."""

    method = traitlets.Unicode(ALL)
    background = traitlets.Unicode(HEIGHTS)

    def __init__(self, **settings):
        if settings.get("surface", "himmelblau") == "himmelblau":
            settings = {"x": -0.3, "y": -0.6} | settings
        super().__init__(**{"step_size": experiment.SETTINGS["gd"]["lr"], "steps": 500} | settings)

    _known_method = choice("method", CHOICES)
    _known_background = choice("background", (HEIGHTS, ENDS))


@dataclass(frozen=True, eq=False)
class Race:
    """A path (steps + 1, 2) with its losses, and what kind of point its end is: a word of `classify`, or DIVERGED."""

    path: np.ndarray
    losses: np.ndarray
    kind: str


@dataclass(frozen=True, eq=False)
class Races:
    """Races by method; basins of the one method that is shown, or None; the isolated critical points of the surface."""

    races: dict[str, Race]
    basins: experiment.Basins | None
    places: CriticalPoints


@lru_cache(maxsize=16)
def places_of(name: str) -> CriticalPoints:
    """The isolated critical points of a surface in its window."""
    return experiment.places(surface(name))


@lru_cache(maxsize=64)
def basins_of(name: str, method: str, step_size: float) -> experiment.Basins:
    """Where a method ends from everywhere in the window; step_size for methods that have one."""
    changes = _changes(method, step_size)
    return experiment.basins(surface(name), method, SIDE, places_of(name), STEPS[-1], NEAR, **changes)


@lru_cache(maxsize=64)
def race(name: str, x: float, y: float, step_size: float, steps: int, method: str) -> Race:
    """One method from one start, step by step.

    >>> race("himmelblau", -0.3, -0.6, 0.003, 500, "newton").kind
    'strict maximum'
    """
    land, start = surface(name), torch.tensor([x, y], dtype=torch.float64)
    run = experiment.walk(land, start, method, steps, tol=REST, **_changes(method, step_size))
    path = run.path.theta[0]
    end = classify(land, path[-1])[0]
    known = places_of(name)
    near = [
        kind for theta, kind in zip(known.theta, known.kind, strict=True) if float((theta - path[-1]).norm()) < CLOSE
    ]
    if run.status[0] == Status.DIVERGED or not path.isfinite().all():
        kind = DIVERGED
    elif near or run.status[0] in (Status.CONVERGED, Status.STALLED):
        kind = near[0] if near else _kind(end)
    else:
        kind = "not critical"
    return Race(path.numpy(), land.loss(path).numpy(), kind)


def _kind(end) -> str:
    """The kind of a resting point; nearly degenerate if an eigenvalue of a strict one is tiny against another."""
    sizes = end.eigenvalues.abs()
    return NEARLY if end.kind.startswith("strict") and sizes.min() < FLAT * sizes.max() else end.kind


def _changes(method: str, step_size: float) -> dict:
    return {} if method in FULL_STEPS else {"lr": step_size}


class MethodsExplorer(PointerExplorer):
    """Four methods from one start, which the reader drags, moves with the arrow keys or sets by a click.

    >>> explorer = MethodsExplorer()
    >>> print(explorer.picture.readout[:93])
    From (-0.30, -0.60), step size 0.003: gradient descent ends at (3.00, 2.00), a strict minimum
    """

    State = MethodsState
    width, height = 11.0, 4.8
    clickable = True

    @property
    def plane(self) -> Plane:
        return Plane(*MAP, *surface(self.state.surface).window)

    def controls(self) -> list:
        return [
            self.tie(Select("Surface", surface_names()), "surface"),
            self.tie(Select("Method", CHOICES, write=lambda name: experiment.NAMES.get(name, name)), "method"),
            self.tie(Slider("Step size", SIZES, write="{:g}".format), "step_size"),
            self.tie(Slider("Number of steps", STEPS), "steps"),
            self.tie(Select("Behind the paths", (HEIGHTS, ENDS)), "background"),
        ]

    def handles(self) -> list[Handle]:
        (left, right), (low, high) = surface(self.state.surface).window
        x, y = self.state.x, self.state.y
        return [Handle("Start", x, y, f"at {x:.2f}, {y:.2f}", ((right - left) / 100, (high - low) / 100))]

    def handle_moved(self, number: int, x: float, y: float) -> None:
        with self.state.hold_trait_notifications():
            self.state.x, self.state.y = round(x, 6), round(y, 6)

    def clicked(self, x: float, y: float) -> None:
        plane = self.plane
        inside = 0 <= (x - plane.left) / plane.width <= 1 and 0 <= (y - plane.bottom) / plane.height <= 1
        if inside:
            self.handle_moved(0, *plane.from_picture(x, y))

    def compute(self) -> Races:
        state = self.state
        shown = list(experiment.NAMES) if state.method == ALL else [state.method]
        where = state.surface, state.x, state.y, state.step_size, state.steps
        races = {method: race(*where, method) for method in shown}
        coloured = state.background == ENDS and state.method != ALL
        found = basins_of(state.surface, state.method, state.step_size) if coloured else None
        return Races(races, found, places_of(state.surface))

    def draw(self, figure: Figure, result: Races) -> None:
        axes, land = self.plane.axes(figure), surface(self.state.surface)
        if result.basins is None:
            experiment.draw_bands(axes, land)
            experiment.draw_places(axes, result.places, size=7)
        else:
            experiment.draw_basins(axes, land, result.basins)
            axes.set(xlabel="x (no unit)", ylabel="y (no unit)")
        kinds = ", ".join(dict.fromkeys(SIGNS.get(kind, "□ degenerate") for kind in result.places.kind))
        axes.set_title(f"{land.name.capitalize()}: start (circle), ends (squares)" + f"\nwhite: {kinds}" * bool(kinds))
        curve = figure.add_axes(CURVE)
        paths = {method: torch.from_numpy(run.path) for method, run in result.races.items()}
        experiment.draw_races(axes, curve, land, paths)
        low, high = _heights(land, next(iter(result.races.values())).losses[0])
        curve.set(xlim=(-0.1, 1.3 * STEPS[-1]), ylim=(low, high))
        curve.set_xlabel("step, until the gradient is below $10^{-9}$ (number)")  # REST
        curve.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False)
        curve.grid(alpha=0.3)

    def words(self, result: Races) -> Words:
        state = self.state
        said = [_ending(method, run) for method, run in result.races.items()]
        first, *others = said
        step = "" if state.method in FULL_STEPS else f", step size {state.step_size:g}"
        readout = f"From {_point((state.x, state.y))}{step}: " + "; ".join(
            [first, *(other.replace(" ends at", " at") for other in others)]
        )
        readout += "."
        if result.basins is not None:
            readout += " " + _shares(result.basins)
        elif state.background == ENDS:
            readout += " For a map of all starts choose a single method."
        behind = "coloured by where each start ends" if result.basins is not None else "with height lines"
        alt = (
            f"Left the surface {state.surface} {behind}, its isolated critical points (number: {len(result.places)}), and paths "
            f"of up to {state.steps} steps from {_point((state.x, state.y))}; right the loss along them. {'; '.join(said)}."
        )
        return Words(alt, readout)


def _heights(land: Landscape, first: float) -> tuple[float, float]:
    """Where the loss curves are shown: from the lowest height in the window to a little above the start."""
    heights = land.loss(experiment.grid(land, 40)).numpy()
    low = min(float(heights.min()), first)
    size = max(first - low, 0.05 * (float(np.quantile(heights, 0.9)) - low))
    return low - 0.08 * size, low + 1.2 * size


def _ending(method: str, run: Race) -> str:
    name, steps = experiment.NAMES[method], len(run.path) - 1
    if run.kind == DIVERGED:
        return f"{name} leaves all bounds within {steps} steps"
    if run.kind == "not critical":
        return f"{name} ends at {_point(run.path[-1])}, not at rest after {steps} steps"
    degenerate = run.kind.startswith("degenerate"), run.kind == NEARLY
    what = "a degenerate point" if degenerate[0] else "a nearly degenerate point" if degenerate[1] else f"a {run.kind}"
    return f"{name} ends at {_point(run.path[-1])}, {what}"


def _shares(found: experiment.Basins) -> str:
    counted = {
        "minima": found.share("strict minimum"),
        "saddles": found.share("strict saddle"),
        "a maximum": found.share("strict maximum"),
        "degenerate points": found.share("degenerate: no negative eigenvalue"),
        "a curve of minima": 100 * float((found.ends == len(found.places)).mean()),
        "nowhere yet": found.share(),
    }
    said = ", ".join(f"{share:.0f} % at {name}" for name, share in counted.items() if share > 0)
    return f"Of all {found.ends.size} starts on the map: {said.replace('at nowhere', 'nowhere')}, after at most {STEPS[-1]} steps."


def _point(point) -> str:
    x, y = point
    return f"({x:z.2f}, {y:z.2f})"
