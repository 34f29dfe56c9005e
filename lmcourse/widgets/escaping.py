"""An explorer for a saddle in N dimensions: nudge, follow the gradient, and see how many runs escape, beside the closed form.

Data types, in words
    EscapingState   the knobs: dimension N, ways down k, radius of the nudge, steps that a run is given
    Escape          200 runs of gradient descent from nudges of one radius, and what probability says about them
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import traitlets
from matplotlib.figure import Figure

from lmcourse import plots
from lmcourse.counting import binomial_interval
from lmcourse.experiments import escaping as experiment

from .base import Words
from .controls import Slider
from .pointer import Handle, Plane, PointerExplorer
from .state import between, choice, limits

DIMENSIONS = (2, 3, 5, 10, 20, 50, 100, 300, 1000)
WAYS_DOWN = (1, 2, 3, 5, 10, 20, 30, 40, 45, 50, 100, 150, 300, 450, 500)
RADII = (1e-12, 1e-9, 1e-6, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0)
RUNS, LONGEST, GRAIN = 200, 400, 5  # runs of a setting, steps of a run, and from one number of steps to the next
RATE, LEVEL = 0.1, 0.5
HEIGHTS = (0.085, 0.16, 0.39, 0.72)  # the left picture
SHOWN = 25  # runs drawn there
LINEAR = 1e-12  # heights below this are drawn with a ruler
LOWEST = -10.0  # runs are drawn down to here
TICKS = {"$10^4$": 1e4, "1": 1, "$10^{-4}$": 1e-4, "$10^{-8}$": 1e-8, "0": 0,
         "$-10^{-8}$": -1e-8, "$-10^{-4}$": -1e-4, "−1": -1}  # fmt: skip


class EscapingState(traitlets.HasTraits):
    """The knobs; k stays below N."""

    N = traitlets.Int(100)
    k = traitlets.Int(1)
    radius = traitlets.Float(1e-3)
    steps = traitlets.Int(100)

    _known = choice("N", DIMENSIONS, "dimension")

    @traitlets.validate("k")
    def _some(self, proposal) -> int:
        return between(proposal["value"], 1, max(self.N - 1, 1), "number of ways down")

    _positive = limits("radius", RADII[0], RADII[-1], "radius of the nudge")
    _few = limits("steps", 0, LONGEST, "number of steps")

    @traitlets.observe("N")
    def _keep_below(self, change) -> None:
        self.k = min(self.k, ways_down(change["new"])[-1])


@dataclass(frozen=True, eq=False)
class Escape:
    """heights (RUNS, LONGEST + 1): the loss of each run at each step; `steps` is how many a run is given."""

    N: int
    k: int
    radius: float
    steps: int
    heights: np.ndarray

    @property
    def escaped(self) -> np.ndarray:
        """True (RUNS,) where the loss has fallen below -LEVEL in the given steps."""
        return self.heights[:, self.steps] < -LEVEL

    def expected(self, steps) -> np.ndarray:
        """The probability of that, for any number of steps."""
        return experiment.chance_to_escape(self.N, self.k, self.radius, steps, RATE, LEVEL)


def ways_down(N: int) -> list[int]:
    """The numbers of negative directions that the slider offers in N dimensions.

    >>> ways_down(2), ways_down(20)
    ([1], [1, 2, 3, 5, 10])
    """
    return [k for k in WAYS_DOWN if k < N]


@lru_cache(maxsize=16)
def heights_of(N: int, k: int, radius: float) -> np.ndarray:
    """Run gradient descent with step 0.1 from RUNS nudges: the loss at every step, (RUNS, LONGEST + 1).

    >>> heights_of(3, 1, 1.0)[:2, :3].round(2)
    array([[ 0.36,  0.27,  0.18],
           [ 0.05, -0.05, -0.15]])
    """
    curvatures = experiment.spectrum(N, k)
    x = experiment.nudges(N, radius, seeds=range(RUNS)).numpy()  # (RUNS, N)
    heights = np.empty((RUNS, LONGEST + 1))
    for step in range(LONGEST + 1):
        gradient = curvatures * x
        heights[:, step] = np.einsum("ij,ij->i", gradient, x) / 2
        x = x - RATE * gradient
    return heights


def draw_heights(axes, result: Escape) -> None:
    """The loss of some runs against the step; those that escape in time are full lines, the others dashed."""
    place = np.arange(LONGEST + 1)
    for height, escaped in zip(result.heights[:SHOWN], result.escaped[:SHOWN], strict=True):
        color, dash = ("blue", "-") if escaped else ("vermilion", "--")
        below = np.cumsum(
            height < LOWEST
        )  # how long it has been there: its first such step is drawn, the others are not
        seen = np.where(below > 1, np.nan, height.clip(3 * LOWEST))
        axes.plot(place, seen, dash, color=plots.PALETTE[color], linewidth=1, alpha=0.6)
    axes.axvline(result.steps, color=plots.PALETTE["black"], linewidth=1.5)
    axes.axhline(-LEVEL, color=plots.PALETTE["grey"], linestyle=":")
    top = max(10.0, 10 * float(result.heights[:SHOWN, 0].max()))
    shown = {name: height for name, height in TICKS.items() if height < top}
    plots.log_with_zero(axes, LINEAR, list(shown.values()))
    axes.set_yticklabels(shown.keys())
    axes.set(
        xlabel="step (number)",
        ylabel="loss above the saddle (no unit)",
        xlim=(-10, LONGEST + 10),
        ylim=(2 * LOWEST, top),
    )
    axes.set_title(f"{SHOWN} runs: full lines escape in time, dashed ones do not", fontsize=12)


def draw_shares(axes, result: Escape) -> None:
    """The share of runs that have escaped against the step, counted and by the closed form; a diamond at the given steps."""
    place = np.arange(0, LONGEST + 1, 20)
    counts = (result.heights[:, place] < -LEVEL).sum(axis=0)
    ends = np.array([binomial_interval(int(count), RUNS) for count in counts]).T  # (2, places)
    error = np.clip([counts / RUNS - ends[0], ends[1] - counts / RUNS], 0, None)
    steps = np.arange(LONGEST + 1)
    axes.plot(steps, 100 * result.expected(steps), color=plots.PALETTE["black"], linewidth=2, label="closed form")
    axes.errorbar(
        place,
        counts / RUNS * 100,
        yerr=100 * error,
        fmt="o",
        color=plots.PALETTE["blue"],
        capsize=2,
        label=f"counted, {RUNS} runs",
    )
    axes.axvline(result.steps, color=plots.PALETTE["black"], linewidth=1.5)
    axes.plot(result.steps, 100 * result.expected(result.steps), "D", **HANDLE_LOOKS)
    axes.set(xlabel="step (number)", ylabel="runs escaped (percent)")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncol=2, frameon=False, fontsize=12)


HANDLE_LOOKS = {"color": plots.PALETTE["orange"], "markeredgecolor": "black", "markersize": 11, "zorder": 5}


class EscapingExplorer(PointerExplorer):
    """Nudge a point off a saddle and follow the gradient; the diamond, moved sideways, sets how many steps a run is given.

    >>> explorer = EscapingExplorer(N=10, k=1, radius=100.0, steps=0)
    >>> print(explorer.picture.readout.split(". ")[0])
    N = 10, k = 1, nudge 100, 0 steps: 2 of 200 runs have escaped (0.3 to 3.6 %); the closed form says 1.49 %
    """

    State = EscapingState
    width, height = 11.0, 4.0
    plane = Plane(0.56, 0.16, 0.42, 0.72, xlim=(-10.0, float(LONGEST) + 10), ylim=(-4.0, 104.0))

    def controls(self) -> list:
        self.ways = self.tie(Slider("Negative directions k", ways_down(self.state.N), self.state.k), "k")
        self.state.observe(lambda change: self.ways.offer(ways_down(self.state.N), self.state.k), "N")
        return [
            self.tie(Slider("Dimension N", DIMENSIONS), "N"),
            self.ways,
            self.tie(Slider("Nudge radius", RADII, write="{:g}".format), "radius"),
            self.tie(Slider("Steps", range(0, LONGEST + 1, GRAIN)), "steps"),
        ]

    def compute(self) -> Escape:
        state = self.state
        return Escape(state.N, state.k, state.radius, state.steps, heights_of(state.N, state.k, state.radius))

    def draw(self, figure: Figure, result: Escape) -> None:
        draw_heights(figure.add_axes(HEIGHTS), result)
        draw_shares(self.plane.axes(figure), result)

    def words(self, result: Escape) -> Words:
        escaped = int(result.escaped.sum())
        low, high = binomial_interval(escaped, RUNS)
        expected, alone = float(result.expected(result.steps)), experiment.chance(result.N, result.k)
        readout = (
            f"N = {result.N}, k = {result.k}, nudge {result.radius:g}, {result.steps} steps: {escaped} of {RUNS} runs have escaped "
            f"({100 * low:.1f} to {100 * high:.1f} %); the closed form says {100 * expected:.3g} %. A random direction alone "
            f"leads down with probability {alone:.2g}."
        )
        shares = [f"{100 * float(result.expected(step)):.0f} % at {step}" for step in (50, 100, 200, 400)]
        alt = (
            f"Two pictures. Left the losses of {SHOWN} runs from a saddle with {result.k} of {result.N} directions down: they fall "
            f"towards zero, then below it. Right the share of runs that have escaped against the step, dots along a curve: "
            f"{', '.join(shares)}; a diamond at {result.steps} steps."
        )
        return Words(alt, readout)

    def handles(self) -> list[Handle]:
        state = self.state
        share = 100 * float(experiment.chance_to_escape(state.N, state.k, state.radius, state.steps, RATE, LEVEL))
        return [Handle("Steps that a run is given", float(state.steps), share, f"{state.steps} steps", step=(GRAIN, 0))]

    def handle_moved(self, number: int, x: float, y: float) -> None:
        self.state.steps = min(max(round(x / GRAIN) * GRAIN, 0), LONGEST)
