"""An explorer for landscapes over the plane: choose a start and a step size, and see where descent goes.

Data types, in words
    SurfaceState   the knobs: surface, start (x, y), step size, number of steps, method
    Descent        the path that follows from them, and what is known about its end
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure

from lmcourse import plots
from lmcourse.critical import classify
from lmcourse.landscape import Landscape
from lmcourse.networks.surfaces import surface, surface_names
from lmcourse.training import METHODS

from .base import Explorer
from .controls import Select, Slider
from .picture import Words
from .state import between, choice, limits, one_of

METHOD_NAMES = {"gd": "gradient descent", "momentum": "momentum"}
STARTS = {
    "quadratic saddle": (-1.5, 0.05),
    "monkey saddle": (1.0, 0.2),
    "himmelblau": (-0.5, -1.0),
    "rosenbrock": (-1.2, 1.0),
    "narrow pass": (-1.5, 1.0),
    "octopus": (0.1, 0.2),
    "flat bowl": (1.0, 1.0),
    "flat saddle": (1.0, 0.3),
    "shelf": (1.0, 1.0),
    "smallest deep network": (-1.5, 1.0),
}
STEP_SIZES = [mantissa * 10.0**power for power in (-4, -3, -2, -1) for mantissa in (1, 2, 5)] + [1.0]
STEPS = [0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500]
POSITIONS = 81  # of each start slider
MAP = {"left": 0.07, "right": 0.47, "bottom": 0.14, "top": 0.93}  # where the two halves lie in the picture
CURVE = {"left": 0.57, "right": 0.985, "bottom": 0.14, "top": 0.93}


class SurfaceState(traitlets.HasTraits):
    """The knobs. A surface brings its own start, when it is chosen."""

    surface = traitlets.Unicode("himmelblau")
    x = traitlets.Float()
    y = traitlets.Float()
    step_size = traitlets.Float(0.01)
    steps = traitlets.Int(50)
    method = traitlets.Unicode("gd")

    def __init__(self, **settings):
        name = one_of(settings.get("surface", "himmelblau"), surface_names(), "surface")
        x, y = STARTS.get(name, (0.0, 0.0))
        super().__init__(**{"x": x, "y": y} | settings)
        self.observe(self._start_anew, "surface")

    def _start_anew(self, change) -> None:
        self.x, self.y = STARTS.get(change["new"], (0.0, 0.0))

    _known_surface = choice("surface", surface_names())
    _known_method = choice("method", METHOD_NAMES)

    @traitlets.validate("x", "y")
    def _in_window(self, proposal) -> float:
        low, high = surface(self.surface).window["xy".index(proposal["trait"].name)]
        return between(proposal["value"], low, high, f"start {proposal['trait'].name}")

    _positive = limits("step_size", STEP_SIZES[0], STEP_SIZES[-1], "step size")
    _few = limits("steps", STEPS[0], STEPS[-1], "number of steps")


@dataclass(frozen=True)
class Descent:
    """A path (steps + 1, 2) with its losses; `grad_norm` and `kind` speak of its last point."""

    land: Landscape
    step_size: float
    path: np.ndarray
    losses: np.ndarray
    grad_norm: float
    kind: str

    @property
    def diverged(self) -> bool:
        return self.kind == "DIVERGED"


@lru_cache(maxsize=64)
def descend(name: str, x: float, y: float, step_size: float, steps: int, method: str = "gd") -> Descent:
    """Follow a descent method and keep every point; it ends early where the point leaves all bounds.

    >>> descend("rosenbrock", 1.0, 1.0, step_size=0.001, steps=10).kind
    'strict minimum'
    """
    land = surface(name)
    init, update = METHODS[method]()
    theta = torch.tensor([[x, y]], dtype=torch.float64)
    state = init(theta, torch.tensor([[step_size]], dtype=torch.float64))
    far = 10 * max(abs(edge) for window in land.window for edge in window)
    path = [theta]
    for _ in range(steps):
        theta, state = update(theta, land.gradient(theta), state)
        if not bool((theta.abs() < far).all()):
            break
        path.append(theta)
    diverged = len(path) <= steps
    points = torch.cat(path)
    end = classify(land, points[-1:])[0]
    kind = "DIVERGED" if diverged else end.kind
    return Descent(land, step_size, points.numpy(), land.loss(points).numpy(), float(end.grad_norm), kind)


def draw_descent(figure: Figure, descent: Descent) -> None:
    """The path on the surface, and beside it the loss against the step."""
    map_axes = figure.add_subplot(figure.add_gridspec(1, 1, **MAP)[0])
    plots.draw_contours(map_axes, descent.land)
    plots.draw_path(map_axes, descent.path)
    map_axes.set_title(f"{descent.land.name}: start (circle), end (square)")
    axes = figure.add_subplot(figure.add_gridspec(1, 1, **CURVE)[0])
    axes.plot(descent.losses, marker=".", color=plots.PALETTE["vermilion"])
    axes.plot(0, descent.losses[0], marker="o", color="white", markeredgecolor="black", markersize=9)
    axes.plot(
        len(descent.losses) - 1,
        descent.losses[-1],
        marker="s",
        color=plots.PALETTE["vermilion"],
        markeredgecolor="black",
        markersize=9,
    )
    if descent.losses.min() > 0 and descent.losses.max() > 20 * descent.losses.min():
        axes.set_yscale("log")
    title = "DIVERGED" if descent.diverged else "Loss along the path"
    axes.set(xlabel="step (number)", ylabel="loss (no unit)", title=title)
    axes.grid(alpha=0.3)


def say_descent(descent: Descent) -> Words:
    """The same in words."""
    steps = len(descent.path) - 1
    start, end = (f"({x:.2f}, {y:.2f})".replace("-0.00", "0.00") for x, y in descent.path[[0, -1]])
    alt = (
        f"Height lines of the surface {descent.land.name} with a path of {steps} steps from {start} to {end}; "
        f"beside it the loss against the step, from {descent.losses[0]:.3g} to {descent.losses[-1]:.3g}."
    )
    if descent.diverged:
        remedy = (
            f"try a step size below {descent.step_size:g}"
            if descent.land.known_minimum is not None
            else "this surface has no lowest point"
        )
        return Words(
            alt,
            f"From {start}: DIVERGED after {steps} steps of size {descent.step_size:g}. "
            f"The next point lies far outside the picture; {remedy}.",
        )
    return Words(
        alt,
        f"From {start}: {steps} steps of size {descent.step_size:g} end at {end}. "
        f"Loss {descent.losses[-1]:.3g}, gradient norm {descent.grad_norm:.2g}: {descent.kind}.",
    )


class SurfaceExplorer(Explorer):
    """Descent on a surface over the plane; a click on the surface sets the start.

    >>> explorer = SurfaceExplorer(surface="quadratic saddle", x=1.0, y=0.0, step_size=0.5)
    >>> explorer.picture.readout
    'From (1.00, 0.00): 50 steps of size 0.5 end at (0.00, 0.00). Loss 3.94e-31, gradient norm 8.9e-16: strict saddle.'
    """

    State = SurfaceState
    clickable = True

    def controls(self) -> list:
        self.start_sliders = [
            self.tie(Slider(f"Start {name}", self._positions(name), write="{:.2f}".format), name) for name in "xy"
        ]
        self.state.observe(self._fit_sliders, "surface")
        return [
            self.tie(Select("Surface", surface_names()), "surface"),
            *self.start_sliders,
            self.tie(Slider("Step size", STEP_SIZES, write="{:g}".format), "step_size"),
            self.tie(Slider("Number of steps", STEPS), "steps"),
            self.tie(Select("Method", list(METHOD_NAMES), write=METHOD_NAMES.get), "method"),
        ]

    def _positions(self, name: str) -> list[float]:
        low, high = surface(self.state.surface).window["xy".index(name)]
        return np.linspace(low, high, POSITIONS).round(10).tolist()

    def _fit_sliders(self, change) -> None:
        for name, slider in zip("xy", self.start_sliders, strict=True):
            slider.offer(self._positions(name), getattr(self.state, name))

    def compute(self) -> Descent:
        state = self.state
        return descend(state.surface, state.x, state.y, state.step_size, state.steps, state.method)

    def draw(self, figure: Figure, result: Descent) -> None:
        draw_descent(figure, result)

    def words(self, result: Descent) -> Words:
        return say_descent(result)

    def clicked(self, x: float, y: float) -> None:
        across = (x - MAP["left"]) / (MAP["right"] - MAP["left"])
        up = (y - MAP["bottom"]) / (MAP["top"] - MAP["bottom"])
        if 0 <= across <= 1 and 0 <= up <= 1:
            (left, right), (low, high) = surface(self.state.surface).window
            self.state.x, self.state.y = left + across * (right - left), low + up * (high - low)
