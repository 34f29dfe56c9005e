"""An explorer for ten points in the plane: move one, watch the trap follow or be lost, train an ensemble on the new points.

Data types, in words
    PointsState   the knobs: where the points are, hidden neurons, method, members, which network is shown, the last Ensemble
    View          what is drawn: a network or None, its proof or None, and the ensemble
    lost          Newton's method follows the trap up to some place, and finds no strict minimum where the points are now

What it computes stands in `moved_points`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor

from lmcourse import plots
from lmcourse.certificates import Certificate
from lmcourse.data import Data
from lmcourse.experiments import ten_points as experiment
from lmcourse.landscape import Landscape

from .base import Words
from .controls import Button, Select, Slider
from .moved_points import FIRST, LABELS, STEPS, Ensemble, Points, data_at, first_ensemble, follow, prove, train_ensemble
from .pointer import Handle, Plane, PointerExplorer
from .state import between, choice, limits

HIDDEN = (2, 3, 4)
METHODS = {"gd": "gradient descent", "adam": "Adam"}
MEMBERS = (50, 100, 200)
SHOW = ("trap", "lowest loss")
LOST = "The trap is lost"
EDGE = 4.0  # the points stay inside a square of this half width


class PointsState(traitlets.HasTraits):
    """The knobs, and the ensemble that was trained last."""

    points = traitlets.Tuple()
    hidden = traitlets.Int(2)
    method = traitlets.Unicode("gd")
    members = traitlets.Int(100)
    show = traitlets.Unicode("trap")
    ensemble = traitlets.Any(allow_none=True)

    def __init__(self, **settings):
        super().__init__(**{"points": FIRST} | settings)

    @traitlets.validate("points")
    def _ten_in_the_square(self, proposal) -> Points:
        points = tuple(tuple(round(float(number), 3) for number in point) for point in proposal["value"])
        if len(points) != len(FIRST) or any(len(point) != 2 for point in points):
            raise traitlets.TraitError(f"There must be ten points with two numbers each, but {points} came.")
        for point in points:
            for number in point:
                between(number, -EDGE, EDGE, "place of a point")
        return points

    _few = choice("hidden", HIDDEN, "number of hidden neurons")
    _known_method = choice("method", METHODS)
    _some = limits("members", 1, MEMBERS[-1], "number of runs")
    _known_network = choice("show", SHOW, "network to show")


@dataclass(frozen=True, eq=False)
class View:
    """What is shown: theta (P,) of a network or None, `title`, its proof or None; `current` says whether the ensemble fits.

    Where the trap is `lost`, theta is the last network that was followed: no critical point, so no proof is tried.
    """

    land: Landscape
    data: Data
    theta: Tensor | None
    title: str
    proof: Certificate | None
    ensemble: Ensemble
    current: bool
    lost: bool


MAP = Plane(0.07, 0.14, 0.36, 0.75, (-EDGE, EDGE), (-EDGE, EDGE))
ENDS = (0.52, 0.14, 0.45, 0.75)


class TenPointsExplorer(PointerExplorer):
    """Move a point, with the pointer or the arrow keys; watch the trap and its proof; train an ensemble on the new points.

    >>> explorer = TenPointsExplorer()
    >>> print(explorer.picture.readout[:70])
    The trap: loss 5.87254, 4 of 10 right. Proved: a strict local minimum.
    """

    State = PointsState
    width, height = 11.0, 4.6
    plane = MAP

    def __init__(self, **settings):
        super().__init__(**{"ensemble": first_ensemble()} | settings)

    def controls(self) -> list:
        return [
            self.tie(Select("Network to show", SHOW), "show"),
            self.tie(Slider("Hidden neurons", HIDDEN), "hidden"),
            self.tie(Select("Method", list(METHODS), write=METHODS.get), "method"),
            self.tie(Slider("Runs", MEMBERS, self.state.members), "members"),
            Button("Train", self.train),
            self.stop_button,
        ]

    def handles(self) -> list[Handle]:
        return [
            Handle(f"Point {number}, class {label:.0f}", x, y, f"at {x:.2f}, {y:.2f}", step=(0.05, 0.05))
            for number, ((x, y), label) in enumerate(zip(self.state.points, LABELS.tolist(), strict=True), start=1)
        ]

    def handle_moved(self, number: int, x: float, y: float) -> None:
        points = list(self.state.points)
        points[number] = (x, y)
        self.state.points = tuple(points)

    def train(self) -> None:
        """Train the chosen ensemble in the background."""
        state = self.state
        wanted = state.points, state.hidden, state.method, state.members
        self.start(lambda run: train_ensemble(*wanted, run), self._take)

    def _take(self, ensemble: Ensemble) -> None:
        self.state.ensemble = ensemble

    def compute(self) -> View:
        state, ensemble = self.state, self.state.ensemble
        data = data_at(state.points)
        land = experiment.network(state.hidden, data=data)
        current = self._fits()
        theta, proof, title = None, None, "Press Train to see a network"
        if state.show == "trap":
            theta, title = self._trap()
        elif current:
            theta, title = ensemble.theta[int(ensemble.loss.argmin())], "The run with the lowest loss"
        lost = title == LOST
        if theta is not None and state.show == "trap" and not lost:
            proof = prove(state.points, state.hidden, tuple(theta.tolist()))
        return View(land, data, theta, title, proof, ensemble, current, lost)

    def _trap(self) -> tuple[Tensor | None, str]:
        """The trap that is followed, else one that the ensemble found, else where the followed one was lost; and a title."""
        theta, found = follow(self.state.points) if self.state.hidden == 2 else (None, False)
        if found:
            return theta, "The trap"
        if self._fits() and self.state.ensemble.trap is not None:
            return self.state.ensemble.trap, "A trap of these runs"
        return theta, "No trap is known here" if theta is None else LOST

    def _fits(self) -> bool:
        """Whether the ensemble was trained with the settings that the knobs show."""
        state, ensemble = self.state, self.state.ensemble
        return (ensemble.points, ensemble.hidden, ensemble.method) == (state.points, state.hidden, state.method)

    def draw(self, figure: Figure, result: View) -> None:
        axes = MAP.axes(figure)
        if result.theta is None:
            plots.draw_points(axes, result.data)
            axes.set(xlabel="first input (no unit)", ylabel="second input (no unit)")
        else:
            plots.draw_regions(axes, result.land, result.theta, result.data, MAP.xlim, MAP.ylim)
        axes.set_title(_heading(result))
        _draw_ends(figure.add_axes(ENDS), result.ensemble, result.current)

    def words(self, result: View) -> Words:
        moved = [str(i) for i, pair in enumerate(zip(self.state.points, FIRST, strict=True), 1) if pair[0] != pair[1]]
        where = f"Moved: {', '.join(moved)}." if moved else "No point is moved."
        ensemble, count = result.ensemble, result.ensemble.count
        network = f"{result.title}."
        if result.lost:
            network = (
                f"{LOST}: Newton's method, which followed it, finds no strict minimum near by any more. Nothing is proved. "
                f"The map shows the last network on the way; {_right(result)} of 10 right."
            )
        elif result.theta is not None:
            network = f"{result.title}: loss {float(result.land.loss(result.theta)):.5f}, {_right(result)} of 10 right."
        if result.proof is not None:
            proved = "Proved: a strict local minimum." if result.proof else f"Not proved: {result.proof.why_not}"
            network = f"{network} {proved}"
        runs = f"{count.failed} of {count.total} runs are trapped, {count}; {int((ensemble.right == 10).sum())} have all ten right"
        if ensemble.steps < STEPS:
            runs += f" (stopped after {ensemble.steps} steps)"
        if not result.current:
            runs = f"Press Train for these settings. Before them: {runs}"
        alt = (
            f"Left the ten points, of two classes, with what the network answers over the plane; {_right(result)} of 10 are on "
            f"their right side. Right the ends of {count.total} runs: losses from {float(ensemble.loss.min()):.2f} to "
            f"{float(ensemble.loss.max()):.2f}, {int(ensemble.right.min())} to {int(ensemble.right.max())} points right. {where}"
        )
        return Words(alt, f"{network} {runs}. {where}")


def _right(view: View) -> str:
    if view.theta is None:
        return "an unknown number"
    return str(int(experiment.count_right(view.land, view.theta, view.data)))


def _heading(view: View) -> str:
    if view.theta is None:
        return view.title
    if view.lost:
        return f"{LOST}; the last network followed"
    proved = "" if view.proof is None else ", proved" if view.proof else ", not proved"
    return f"{view.title}: {_right(view)} of 10 right{proved}"


def _draw_ends(axes, ensemble: Ensemble, current: bool) -> None:
    """Loss against points right, the size of a mark for the number of runs; triangles are strict minima, circles drift on."""
    for trapped, marker, color, label in (
        (True, "^", "vermilion", "trapped: a strict minimum"),
        (False, "o", "blue", "not trapped"),
    ):
        which = ensemble.trapped if trapped else ~ensemble.trapped
        ends = torch.stack([ensemble.loss[which].round(decimals=1), ensemble.right[which].double()], dim=1)
        places, counts = ends.unique(dim=0, return_counts=True)
        sizes = (30 + 900 * counts / len(ensemble.loss)).tolist()
        color = plots.PALETTE[color] if current else plots.PALETTE["grey"]
        axes.scatter(
            *places.T.tolist() or ([], []), s=sizes, marker=marker, facecolors="none", edgecolors=color, linewidths=2
        )
        axes.plot([], [], marker, color=color, markerfacecolor="none", markeredgewidth=2, label=label)
    title = f"{len(ensemble.loss)} runs, {ensemble.count.failed} trapped" + (
        "; larger marks, more runs" if current else "; settings before"
    )
    axes.set(xlim=(-0.3, 7.3), ylim=(-0.6, 10.9), yticks=range(0, 11, 2), title=title)
    axes.set(xlabel="final loss (no unit)", ylabel="points right (number)")
    axes.axvline(
        len(FIRST) * math.log(2), color=plots.PALETTE["grey"], linestyle=":", label="loss of a constant answer"
    )
    axes.legend(loc="lower left")
