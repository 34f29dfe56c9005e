"""An explorer for paths between trained networks: width, two networks and a path -> the loss along it, and its barrier.

Data types, in words
    PathState   the knobs: width, the numbers of two networks, counted from 1, and the kind of path
    Walk        the loss along the chosen path, and the barrier beside those of 100 stored pairs
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor

from lmcourse import plots, store
from lmcourse.experiments import straight_line as experiment
from lmcourse.experiments.distribution_of_minima import quadrant_starts, quadrants
from lmcourse.slices import Path, curve, line, matched

from .base import Explorer, Words
from .controls import Select, Slider
from .state import between, choice

NETWORKS = 12
PATHS = ("from its start", "straight", "matched", "bent")
IN_WORDS = {
    "from its start": "Network {a}, from its start to its end on a straight line",
    "straight": "Networks {a} and {b}, straight across",
    "matched": "Networks {a} and {b}, straight across after the neurons of {b} were renamed and reversed to match",
    "bent": "Networks {a} and {b}, on a curve with one trained bend",
}
STRIPS = ("straight", "matched", "bent")
SMALLEST = 1e-5  # barriers below are drawn there
CURVE, STRIP = (0.07, 0.16, 0.44, 0.73), (0.66, 0.16, 0.32, 0.73)


class PathState(traitlets.HasTraits):
    """The knobs; `first` and `second` count from 1."""

    width = traitlets.Int(16)
    first = traitlets.Int(1)
    second = traitlets.Int(2)
    path = traitlets.Unicode("straight")

    _known_width = choice("width", experiment.EXPLORER_WIDTHS)

    @traitlets.validate("first", "second")
    def _known_network(self, proposal) -> int:
        return between(proposal["value"], 1, NETWORKS, "number of the network")

    _known_path = choice("path", PATHS)


@dataclass(frozen=True, eq=False)
class Walk:
    """A path of the chosen kind, and the stored barriers (pairs,) of each kind at this width."""

    kind: str
    networks: tuple[int, int]
    width: int
    path: Path
    others: dict[str, np.ndarray]


@lru_cache(maxsize=1)
def stored_result() -> store.Stored:
    return store.load("straight_line")


def trained(width: int, networks: tuple[int, int]) -> Tensor:
    """The stored ends of training of two networks: (2, P)."""
    theta = stored_result().row(table="ends", width=width)["theta"]
    return torch.from_numpy(theta[[number - 1 for number in networks]]).double()


@lru_cache(maxsize=64)
def walk(kind: str, width: int, networks: tuple[int, int]) -> Walk:
    """The path of this kind between two networks; a bend is trained now."""
    land = quadrants(width, experiment.PAIR_DECAY)
    a, b = trained(width, networks)
    if kind == "from its start":
        path = line(land, quadrant_starts(land, [networks[0] - 1])[0], a)
    elif kind == "bent":
        path = curve(land, a, b, max_steps=300, samples=12, points=51)
    else:
        path = line(land, a, matched(land, b, a) if kind == "matched" else b)
    others = stored_result().row(table="pair", width=width) | stored_result().row(table="curve", width=width)
    return Walk(kind, networks, width, path, {name: others[name] for name in STRIPS})


def shown(path: str) -> str:
    """The word of the lesson for a kind of path."""
    return "renamed" if path == "matched" else path


class PathExplorer(Explorer):
    """Choose two trained networks and a path, and see how high the loss rises on the way.

    >>> explorer = PathExplorer(width=16, path="matched")
    >>> print(explorer.picture.readout.split(" after ")[0])
    16 neurons. Networks 1 and 2, straight across
    """

    State = PathState
    width, height = 11.0, 4.0

    def controls(self) -> list:
        numbers = range(1, NETWORKS + 1)
        return [
            self.tie(Slider("Neurons n", experiment.EXPLORER_WIDTHS, self.state.width), "width"),
            self.tie(Slider("First network", numbers, self.state.first), "first"),
            self.tie(Slider("Second network", numbers, self.state.second), "second"),
            self.tie(Select("Path", PATHS, self.state.path, write=shown), "path"),
        ]

    def compute(self) -> Walk:
        return walk(self.state.path, self.state.width, (self.state.first, self.state.second))

    def draw(self, figure: Figure, result: Walk) -> None:
        draw_losses_along(figure.add_axes(CURVE), result)
        draw_barriers(figure.add_axes(STRIP), result)

    def words(self, result: Walk) -> Words:
        path, (a, b) = result.path, result.networks
        way = IN_WORDS[result.kind].format(a=a, b=b)
        first, last = (float(loss) for loss in path.end_losses)
        highest, barrier, rise = float(path.loss.max()), float(path.barrier), float(path.largest_rise)
        if result.kind == "from its start":
            judgement = "It falls all the way." if rise < experiment.RISE else f"It rises by {rise:.3f} on the way."
        else:
            judgement = f"The barrier is {barrier:.3g}." if a != b else "There is no way to go."
            if a != b:
                others = result.others[result.kind]
                judgement += f" Of 100 stored pairs {int((others > barrier).sum())} have a higher one."
        readout = f"{result.width} neurons. {way}: loss {first:.3f} to {last:.3f}, at most {highest:.3f}. {judgement}"
        alt = (
            f"Two pictures. Left, the loss along the path, a curve from {first:.3f} to {last:.3f} that reaches "
            f"{highest:.3f}. Right, "
            "barriers of 100 stored pairs as dots on a scale of powers of ten, one row each for straight, renamed and bent paths."
        )
        return Words(alt, readout)


def draw_losses_along(axes, result: Walk) -> None:
    """The loss along the path, and the straight line between the losses at its ends."""
    path = result.path
    axes.plot([0, 1], path.end_losses, ":", color=plots.PALETTE["grey"])
    axes.plot(path.t, path.loss, color=plots.PALETTE["vermilion"], linewidth=2.5)
    start = "start" if result.kind == "from its start" else f"network {result.networks[0]}"
    end = f"network {result.networks[0] if result.kind == 'from its start' else result.networks[1]}"
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], [start, "¼", "½", "¾", end])
    axes.set(
        ylabel="loss (no unit)", xlabel="place on the path (share)", ylim=(0, 1.05 * max(0.8, float(path.loss.max())))
    )
    axes.set_title("Loss along the path")


def draw_barriers(axes, result: Walk) -> None:
    """A row of dots for each kind of path: the barriers of the stored pairs, and a star for the one on the left."""
    for row, name in enumerate(STRIPS):
        values = np.maximum(result.others[name], SMALLEST)
        lift = 0.25 * np.sin(np.arange(len(values)) * 2.4)  # spread, so that dots do not hide each other
        axes.plot(values, row + lift, ".", color=plots.PALETTE["blue"], alpha=0.5)
        if name == result.kind:
            axes.plot(
                max(float(result.path.barrier), SMALLEST), row, "*", color=plots.PALETTE["vermilion"], markersize=16
            )
    axes.set(xscale="log", xlim=(SMALLEST / 1.5, 10), ylim=(-0.5, 2.5), xlabel="barrier (no unit)")
    axes.set_yticks(range(3), [shown(name) for name in STRIPS])
    axes.set_xticks([SMALLEST, 1e-4, 1e-3, 1e-2, 1e-1, 1], ["≤ 0.00001", "", "0.001", "0.01", "0.1", "1"])
    axes.invert_yaxis()
    axes.set_title("100 stored pairs")
