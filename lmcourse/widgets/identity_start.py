"""An explorer for gradient descent from the identity: drag an eigenvalue of the target and watch the product walk along a chord.

Data types, in words
    ChordState   the knobs: the target's eigenvalue phi = x + iy, layers, step size, steps, and how far each layer is turned at
                 the start
    Walk         w of the product from step to step, its loss |w - phi|^2 / 2, and whether it left all bounds
"""

from __future__ import annotations

import cmath
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import traitlets
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from lmcourse import plots
from lmcourse.experiments.identity_start import closest_to_zero

from .base import Words
from .controls import Slider
from .pointer import Handle, Plane, PointerExplorer
from .state import choice, limits

EDGE = (2.2, 1.65)  # of the plane, across and up
LAYERS, RATES = range(1, 9), (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 1.0)
STEPS, TURNS = (30, 100, 300, 1000, 3000, 10_000), (0.0, 0.0001, 0.001, 0.01, 0.1)
PLANE = Plane(0.07, 0.14, 3.45 / 11 * EDGE[0] / EDGE[1], 0.75, (-EDGE[0], EDGE[0]), (-EDGE[1], EDGE[1]))
LOSS = (0.58, 0.14, 0.4, 0.75)
LOWEST, ARRIVED, BOUNDS = 1e-12, 1e-8, 1e6
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SNAP = 0.04  # a target dropped so near to the real axis lies on it


class ChordState(traitlets.HasTraits):
    """The knobs; `turn` is an angle in radians, the same for every layer."""

    x = traitlets.Float(-1.0)
    y = traitlets.Float(0.5)
    layers = traitlets.Int(4)
    rate = traitlets.Float(0.02)
    steps = traitlets.Int(1000)
    turn = traitlets.Float(0.0)

    _across = limits("x", -EDGE[0], EDGE[0], "real part of the target")
    _up = limits("y", -EDGE[1], EDGE[1], "imaginary part of the target")
    _few = choice("layers", LAYERS, "number of layers")
    _positive = limits("rate", 1e-4, RATES[-1], "step size")
    _some = limits("steps", 1, STEPS[-1], "number of steps")
    _small = limits("turn", 0.0, 0.5, "turn of each layer at the start")


@dataclass(frozen=True, eq=False)
class Walk:
    """w (steps + 1,) complex and loss (steps + 1,); with `diverged` the walk ends early."""

    phi: complex
    w: np.ndarray
    loss: np.ndarray
    diverged: bool

    @property
    def arrived(self) -> int | None:
        """The first step with a loss of at most 1e-8."""
        small = np.flatnonzero(self.loss <= ARRIVED)
        return int(small[0]) if len(small) else None

    @property
    def floor(self) -> float | None:
        """Where the target is negative: the loss of w = 0, which the chord cannot pass."""
        return self.phi.real**2 / 2 if self.phi.imag == 0 and self.phi.real < 0 else None


@lru_cache(maxsize=256)
def walk(phi: complex, layers: int, rate: float, steps: int, turn: float) -> Walk:
    """Gradient descent on one eigenvalue: z <- z + rate (phi - z^L) conj(z)^(L-1), from z = exp(i turn).

    >>> end = walk(2 + 0j, layers=4, rate=0.05, steps=300, turn=0.0)
    >>> end.arrived, end.diverged, complex(end.w[-1].round(6))
    (14, False, (2+0j))
    """
    z, path, diverged = cmath.exp(1j * turn) if turn else 1 + 0j, [], False
    for _ in range(steps + 1):
        power = z ** (layers - 1)
        w = power * z
        if abs(w) > BOUNDS:
            diverged = True
            break
        path.append(w)
        z = z + rate * (phi - w) * power.conjugate()
    w = np.array(path)
    return Walk(phi, w, abs(w - phi) ** 2 / 2, diverged)


class ChordExplorer(PointerExplorer):
    """Drag the target's eigenvalue, with the pointer or the arrow keys; the product's eigenvalue walks from 1 towards it.

    >>> explorer = ChordExplorer(x=-1.0, y=0.0)
    >>> print(explorer.picture.readout[:93])
    Target -1.00, 4 layers, steps of size 0.02: after 1000 steps w = 0.00 and the loss is 0.5006.
    """

    State = ChordState
    width, height = 11.0, 4.6
    plane = PLANE

    def controls(self) -> list:
        state = self.state
        return [
            self.tie(Slider("Layers L", LAYERS, state.layers), "layers"),
            self.tie(Slider("Step size", RATES, state.rate, write="{:g}".format), "rate"),
            self.tie(Slider("Steps", STEPS, state.steps), "steps"),
            self.tie(Slider("Each layer turned (rad)", TURNS, state.turn, write="{:g}".format), "turn"),
        ]

    def handles(self) -> list[Handle]:
        x, y = self.state.x, self.state.y
        return [Handle("Eigenvalue of the target", x, y, f"at {_written(complex(x, y))}", step=(0.05, 0.05))]

    def handle_moved(self, number: int, x: float, y: float) -> None:
        with self.state.hold_trait_notifications():
            self.state.x, self.state.y = round(x, 2) + 0.0, 0.0 if abs(y) < SNAP else round(y, 2)

    def compute(self) -> Walk:
        state = self.state
        return walk(complex(state.x, state.y), state.layers, state.rate, state.steps, state.turn)

    def draw(self, figure: Figure, result: Walk) -> None:
        draw_walk_on_plane(PLANE.axes(figure), result, self.state.layers)
        axes = figure.add_axes(LOSS)
        axes.semilogy(
            np.where(result.loss > LOWEST, result.loss, np.nan), color=plots.PALETTE["blue"], linewidth=2, label="loss"
        )
        if result.floor is not None:
            axes.axhline(result.floor, color=plots.PALETTE["vermilion"], linestyle="--", label="loss at w = 0")
            axes.legend(loc="best")
        at_zero = np.flatnonzero(result.loss <= LOWEST)
        shown = min(len(result.loss) - 1, 1.25 * at_zero[0]) if len(at_zero) else len(result.loss) - 1
        axes.set(
            xlim=(-0.03 * shown, 1.03 * shown + 1),
            xlabel="step (number)",
            ylabel="loss |w − φ|²/2 (no unit)",
            title="Loss of this eigenvalue",
        )
        axes.set_ylim(LOWEST / 3, 30)

    def words(self, result: Walk) -> Words:
        state, target, steps = self.state, _written(result.phi), len(result.w) - 1
        where = f"Target {target}, {state.layers} layer{'s' if state.layers > 1 else ''}, steps of size {state.rate:g}"
        near = float(closest_to_zero(result.phi, complex(result.w[0])))
        if result.diverged:
            said = f"{where}: the loss left all bounds after {len(result.w)} steps. Try shorter steps."
        else:
            end = f"w = {_written(result.w[-1])} and the loss is {_loss(result.loss[-1])}"
            said = f"{where}: after {steps} steps {end}. The chord passes 0 at the distance {near:.3f}."
            if result.arrived is not None:
                said += f" Step {result.arrived} is the first with a loss of at most 10⁻⁸."
            elif result.floor is not None:
                said += f" At w = 0 the loss is {result.floor:.4g}; the lowest on the way was {result.loss.min():.4g}."
        alt = (
            f"Left the complex plane with the chord from {_written(result.w[0])} to the target {target}, bright where the flow is "
            f"fast, and {steps} steps of w as dots. Right the loss by steps, from {_loss(result.loss[0])} to "
            f"{_loss(result.loss[-1])}."
        )
        return Words(alt, said)


def draw_walk_on_plane(axes, result: Walk, layers: int, dots: int = 60) -> None:
    """Draw the chord, coloured by the speed |w|^(2 - 2/L) of the flow, and every so many steps of descent as a dot."""
    chord = np.linspace(result.w[0], result.phi, 121)
    if result.floor is not None and result.w[0] == 1:
        chord = chord[chord.real >= 0]  # behind 0 it is not walked by small steps
    corners = np.stack([chord.real, chord.imag], axis=-1)
    speed = abs((chord[1:] + chord[:-1]) / 2) ** (2 - 2 / layers)
    lines = LineCollection(np.stack([corners[:-1], corners[1:]], axis=1), cmap="cividis", linewidth=7, alpha=0.8)
    lines.set_array(speed)
    lines.set_clim(0, 1)
    axes.axhline(0, color=plots.PALETTE["grey"], linewidth=0.8)
    axes.axvline(0, color=plots.PALETTE["grey"], linewidth=0.8)
    if layers > 1 and result.w[0] == 1:
        axes.plot([-EDGE[0], 0], [0, 0], color=plots.PALETTE["vermilion"], linewidth=2.5, linestyle=(0, (2, 2)))
        said = "not by small steps" if layers % 2 else "never reached"
        axes.text(-EDGE[0] + 0.05, -0.07, said, color="black", fontsize=11, va="top")
    axes.add_collection(lines)
    last = result.arrived or len(result.w) - 1
    every = max(1, last // dots)
    shown = result.w[::every]
    plural = "every step" if every == 1 else f"every {every} steps"
    edge = {"linestyle": "none", "markeredgecolor": "black"}
    axes.plot(shown.real, shown.imag, "o", color="white", markersize=5, label=f"w, {plural}", **edge)
    end, phi, sky, target = result.w[-1], result.phi, plots.PALETTE["sky"], plots.PALETTE["vermilion"]
    axes.plot(end.real, end.imag, "s", color=sky, markersize=9, label="w at the end", **edge)
    axes.plot(phi.real, phi.imag, "D", color=target, markersize=10, clip_on=False, label="target φ", **edge)
    axes.plot(0, 0, "x", markersize=10, markeredgewidth=2.5, label="zero", **edge)
    axes.set(xlabel="real part (no unit)", ylabel="imaginary part (no unit)")
    looks = {"frameon": False, "handletextpad": 0.2, "columnspacing": 1, "borderaxespad": 0.2}
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=4, markerscale=0.8, **looks)


def _written(number: complex) -> str:
    """A complex number with two decimals; a part that is zero is left out.

    >>> _written(-1 + 0j), _written(0.5 - 2j)
    ('-1.00', '0.50 - 2.00i')
    """
    x, y = round(number.real, 2) + 0.0, round(number.imag, 2) + 0.0
    return f"{x:.2f}" if y == 0 else f"{x:.2f} {'-' if y < 0 else '+'} {abs(y):.2f}i"


def _loss(value: float) -> str:
    """A loss as it is read, without a computer's e.

    >>> _loss(0.25), _loss(3.2e-7), _loss(1e-13)
    ('0.25', '3.2·10⁻⁷', 'below 10⁻¹²')
    """
    if value <= LOWEST:
        return "below 10⁻¹²"
    digits, _, power = f"{value:.4g}".partition("e")
    return f"{digits}·10{str(int(power)).translate(RAISED)}" if power else digits
