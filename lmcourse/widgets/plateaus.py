"""An explorer for the plateaus of deep linear networks: choose depth, start and strengths, and compare with the closed form.

Data types, in words
    PlateauState    the knobs: depth (number of matrices), u0 (strength at the start), start, and the strengths of three modes
    Course          one run of gradient descent: times, singular values of the product, loss, and the closed form beside it
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from matplotlib.legend_handler import HandlerTuple

from lmcourse import plots
from lmcourse.devices import random_stream
from lmcourse.experiments.plateaus import mode_curve, mode_time

from .base import Words
from .controls import Select, Slider
from .pointer import Handle, Plane, PointerExplorer
from .state import between, choice, limits

DEPTHS = range(1, 6)
U0 = (0.1, 0.03, 0.01, 0.003, 0.001)
STARTS = ("aligned", "random 1", "random 2", "random 3")
WEAKEST, STRONGEST = 0.5, 4.0
SHARE = 0.1  # the step, as a share of the largest that is stable
MOST = 20_000  # steps
FEW = 1000  # so many first products are all kept, so that short runs have smooth curves
EVERY = 4  # steps from one kept product to the next, later
LEARNT = (
    0.005  # a run ends when no entry of the product misses its target by more than this share of the weakest strength
)
LOOKS = 240  # points of a curve
NAMES = ("blue", "vermilion", "green")
RISE = Plane(0.06, 0.16, 0.5, 0.72, (0, 1), (0, 4.4))
LOSS = (0.635, 0.16, 0.3, 0.72)


@dataclass(frozen=True, eq=False)
class Course:
    """Times (K,), singular values `found` and loss of the run, all numpy; strengths, strongest first.

    The closed form has times of its own, `moments` (240,) with `formula` (240, 3), since a run may have few steps; `halves` are
    its times of half rise.
    """

    times: np.ndarray
    found: np.ndarray
    moments: np.ndarray
    formula: np.ndarray
    halves: tuple[float, ...]
    loss: np.ndarray
    strengths: tuple[float, ...]
    step: float

    def half_rise(self) -> list[float | None]:
        """When each mode of the run first has half of its strength; None: not by the end."""
        halves = []
        for curve, s in zip(self.found.T, self.strengths, strict=True):
            above = np.flatnonzero(curve > s / 2)
            if not len(above):
                halves.append(None)
            elif above[0] == 0:
                halves.append(0.0)
            else:
                k = above[0]
                share = (s / 2 - curve[k - 1]) / (curve[k] - curve[k - 1])
                halves.append(float(self.times[k - 1] + share * (self.times[k] - self.times[k - 1])))
        return halves


class PlateauState(traitlets.HasTraits):
    """The knobs; the strengths stand in the order of their handles."""

    depth = traitlets.Int(3)
    u0 = traitlets.Float(0.001)
    start = traitlets.Unicode("aligned")
    strengths = traitlets.Tuple((3.0, 2.0, 1.0))

    _few = choice("depth", DEPTHS)
    _small = limits("u0", U0[-1], U0[0], "strength at the start")
    _known = choice("start", STARTS)

    @traitlets.validate("strengths")
    def _three(self, proposal) -> tuple[float, ...]:
        values = tuple(round(float(value), 3) for value in proposal["value"])
        if len(values) != 3:
            raise traitlets.TraitError(f"There must be three strengths, but {values} came.")
        for value in values:
            between(value, WEAKEST, STRONGEST, "strength of a mode")
        return values


@lru_cache(maxsize=64)
def follow(depth: int, u0: float, start: str, strengths: tuple[float, ...]) -> Course:
    """Gradient descent on 1/2 |W_L ... W_1 - diag(s)|^2 with small steps, strengths s strongest first."""
    s, n = np.array(strengths), len(strengths)
    step = SHARE * 2 / (depth * s[0] ** (2 - 2 / depth))
    if start == "aligned":
        layers = [u0 ** (1 / depth) * np.eye(n)] * depth
    else:  # entries of the product have the typical size u0
        size = (u0 / n ** ((depth - 1) / 2)) ** (1 / depth)
        layers = list(size * random_stream(int(start.split()[1])).normal(size=(depth, n, n)))
    products, kept, target = [], [], np.diag(s)
    for k in range(MOST + 1):
        before = layers[:1]  # W_h ... W_1
        for W in layers[1:]:
            before.append(W.dot(before[-1]))
        slope = before[-1] - target
        if k < FEW or k % EVERY == 0:
            products.append(before[-1])
            kept.append(k)
            if np.abs(slope).max() < LEARNT * s[-1]:
                break
        slope *= step
        for h in range(depth - 1, 0, -1):
            move, slope = slope.dot(before[h - 1].T), layers[h].T.dot(slope)
            layers[h] = layers[h] - move
        layers[0] = layers[0] - slope
    looks = np.unique(np.searchsorted(kept, np.linspace(0, kept[-1], LOOKS).round()))
    times, seen = np.array(kept)[looks] * step, np.stack(products)[looks]
    moments = np.linspace(0, times[-1], LOOKS)
    formula = [mode_curve(torch.from_numpy(moments), float(each), u0, depth).numpy() for each in s]
    halves = tuple(float(mode_time(torch.tensor(each / 2), float(each), u0, depth)) for each in s)
    loss, found = 0.5 * ((seen - target) ** 2).sum(axis=(1, 2)), np.linalg.svd(seen, compute_uv=False)
    return Course(times, found, moments, np.stack(formula, axis=1), halves, loss, strengths, float(step))


class PlateauExplorer(PointerExplorer):
    """Choose depth and start; drag the strengths of the target's modes, or move them with the arrow keys.

    >>> explorer = PlateauExplorer(depth=2, u0=0.001)
    >>> print(explorer.picture.readout[:44])
    2 matrices, aligned start of strength 0.001.
    """

    State = PlateauState
    width, height = 11.0, 4.2
    plane = RISE

    def controls(self) -> list:
        return [
            self.tie(Slider("Depth (matrices)", DEPTHS), "depth"),
            self.tie(Slider("Start strength", U0), "u0"),
            self.tie(Select("Start", STARTS), "start"),
        ]

    def handles(self) -> list[Handle]:
        return [
            Handle(f"Strength of mode {number}", 0.985, s, f"{s:.2f}", step=(0, 0.05))
            for number, s in enumerate(self.state.strengths, start=1)
        ]

    def handle_moved(self, number: int, x: float, y: float) -> None:
        strengths = list(self.state.strengths)
        strengths[number] = min(max(y, WEAKEST), STRONGEST)
        self.state.strengths = tuple(strengths)

    def compute(self) -> Course:
        state = self.state
        return follow(state.depth, state.u0, state.start, tuple(sorted(state.strengths, reverse=True)))

    def draw(self, figure: Figure, result: Course) -> None:
        axes = figure.add_axes(RISE[:4])
        last, lines = float(result.times[-1]), []
        for k, (name, dash) in enumerate(zip(NAMES, ("-", "--", "-."), strict=True)):
            axes.plot(result.moments, result.formula[:, k], color="0.75", linewidth=6, solid_capstyle="butt")
            lines += axes.plot(result.times, result.found[:, k], color=plots.PALETTE[name], linestyle=dash, linewidth=2)
            axes.plot(0.985 * last, result.strengths[k], "D", color=plots.PALETTE[name], markersize=8, zorder=4)
        grey = axes.plot([], [], color="0.75", linewidth=6)[0]
        axes.set(xlim=(0, last), ylim=RISE.ylim, xlabel="time, steps × step size (no unit)")
        axes.set(ylabel="strength (no unit)", title="Singular values of the product")
        names = ("formula, aligned start", "descent, modes 1 to 3")
        both = {tuple: HandlerTuple(ndivide=None, pad=0.4)}
        axes.legend(
            (grey, tuple(lines)), names, loc="upper left", ncols=2, frameon=False, handler_map=both, handlelength=3
        )
        axes = figure.add_axes(LOSS)
        for r, level in enumerate(levels(result.strengths)):
            axes.axhline(level, color=plots.PALETTE["grey"], linestyle=":", linewidth=1.2)
            axes.text(1.01 * last, level, f"rank {r}", fontsize=10, va="center", color=plots.PALETTE["grey"])
        axes.plot(result.times, result.loss, color=plots.PALETTE["black"], linewidth=2)
        axes.set(xlim=(0, last), ylim=(-0.03 * result.loss.max(), 1.12 * result.loss.max()))
        axes.set(xlabel="time (no unit)", ylabel="loss (no unit)", title="Loss; dotted: best of each rank")

    def words(self, result: Course) -> Words:
        modes = "; ".join(
            f"mode {k} (strength {s:g}){' reaches half its strength' * (k == 1)} at {_time(a)}, formula {_time(b)}"
            for k, (s, a, b) in enumerate(
                zip(result.strengths, result.half_rise(), result.halves, strict=True), start=1
            )
        )
        matrices = "1 matrix" if self.state.depth == 1 else f"{self.state.depth} matrices"
        readout = (
            f"{matrices}, {self.state.start} start of strength {self.state.u0:g}. {modes.capitalize()}. "
            f"Loss at first {result.loss[0]:.2f}, at last {_loss(result.loss[-1])}."
        )
        alt = (
            f"Two pictures over the same time, 0 to {result.times[-1]:.3g}. Left the three singular values of the product, which "
            f"rise from near 0 to {', '.join(f'{value:.2f}' for value in result.found[-1])}, each beside the grey band of the "
            f"closed form for an aligned start. Right the loss, which falls from {result.loss[0]:.2f} to {_loss(result.loss[-1])}."
        )
        return Words(alt, readout)


def levels(strengths: tuple[float, ...]) -> list[float]:
    """The lowest loss of each rank 0, 1, 2, ...: half the sum of the squares that are left out.

    >>> levels((3.0, 2.0, 1.0))
    [7.0, 2.5, 0.5, 0.0]
    """
    return [sum(s * s for s in strengths[r:]) / 2 for r in range(len(strengths) + 1)]


def _loss(value: float) -> str:
    return f"{value:.2g}" if value >= 1e-4 else "below 0.0001"


def _time(value: float | None) -> str:
    return "no time yet" if value is None else f"{value:.2f}"
