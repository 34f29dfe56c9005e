"""An explorer for the minima of small tanh networks: width, target and weight decay -> end losses, and different minima met.

Data types, in words
    MinimaState     the knobs: n, target, decay, and `more`, the runs that the reader has added to a setting
    Setting         (target, n, decay), the key of both tables of runs
    Ends            all runs of a setting, in the order of their seeds
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import traitlets
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from lmcourse import plots, store
from lmcourse.experiments import distribution_of_minima as experiment
from lmcourse.experiments.distribution_of_minima import Minima
from lmcourse.initialisations import starts

from .background import Run
from .base import Explorer, Words
from .controls import Button, Select, Slider
from .state import choice

MORE, TOGETHER = 50, 10  # runs that a press of the button adds, and runs between two reports
HISTOGRAM, CURVE = (0.07, 0.17, 0.52, 0.73), (0.68, 0.17, 0.30, 0.73)
Setting = tuple[str, int, float]
Arrays = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Ends:
    """Runs of one setting: their arrays, the minima among them, and how many had been met after 1, 2, 3, ... runs (runs,)."""

    setting: Setting
    arrays: Arrays
    minima: Minima
    growth: np.ndarray


class MinimaState(traitlets.HasTraits):
    """The knobs; `more` maps a setting to the arrays of the runs that were added to it."""

    n = traitlets.Int(3)
    target = traitlets.Unicode("random")
    decay = traitlets.Float(2e-3)
    more = traitlets.Dict()

    _known_width = choice("n", experiment.WIDTHS, "number of neurons")
    _known_target = choice("target", experiment.TARGETS)
    _known_decay = choice("decay", experiment.DECAYS, "weight decay")


@lru_cache(maxsize=1)
def stored_runs() -> dict[Setting, Arrays]:
    """The stored runs of every setting that the knobs offer."""
    offered = {
        (target, n, decay): experiment.row_of(target, [n], decay=decay)
        for target in experiment.TARGETS
        for n in experiment.WIDTHS
        for decay in experiment.DECAYS
    }
    stored = store.load("distribution_of_minima")
    return {setting: stored.row(**spec) for setting, spec in offered.items()}


def ends_of(setting: Setting, arrays: Arrays) -> Ends:
    """Sort the runs of a setting into minima."""
    numbers = experiment.classes(arrays)
    first = np.zeros(len(numbers), dtype=int)
    first[np.unique(numbers, return_index=True)[1]] = 1
    return Ends(setting, arrays, experiment.count(arrays), np.cumsum(first))


def train_more(setting: Setting, seeds: range, run: Run | None = None) -> Arrays | None:
    """Train these starts; when the run is told to stop, what is finished is kept (None: nothing was)."""
    target, n, decay = setting
    land, parts = experiment.regression(target, [n], decay=decay), []
    for first in range(seeds.start, seeds.stop, TOGETHER):
        some = range(first, min(first + TOGETHER, seeds.stop))
        theta = starts(land, some, scheme="normal")
        theta = experiment.descend(land, theta, stop=run.stopping.is_set if run else None)
        if run and run.stopping.is_set():
            break
        parts.append(experiment.arrays_of(land, theta))
        if run:
            run.report(f"{some.stop - seeds.start} of {len(seeds)} runs are trained.")
    return joined(parts) if parts else None


def joined(parts: list[Arrays]) -> Arrays:
    """The runs of several arrays, one after the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


class MinimaExplorer(Explorer):
    """Choose a network and a task, see where 200 stored starts end and how many different minima they met, and add starts.

    >>> explorer = MinimaExplorer(n=1, target="teacher")
    >>> print(explorer.picture.readout.split("; ")[0])
    1 neuron, targets of a teacher, weight decay 0.002: 200 runs met 1 minimum, 0 of them once
    """

    State = MinimaState
    width, height = 11.0, 4.0

    def controls(self) -> list:
        return [
            self.tie(Slider("Neurons n", experiment.WIDTHS, self.state.n), "n"),
            self.tie(Select("Targets", experiment.TARGETS, self.state.target), "target"),
            self.tie(Slider("Weight decay", experiment.DECAYS, self.state.decay), "decay"),
            Button(f"Train {MORE} more", self.train),
            self.stop_button,
        ]

    def train(self) -> None:
        """Train more starts of the chosen setting in the background and add them to its runs."""
        setting = self._setting()
        first = len(self._runs(setting)["loss"])
        self.start(
            lambda run: train_more(setting, range(first, first + MORE), run), lambda part: self._take(setting, part)
        )

    def _take(self, setting: Setting, part: Arrays | None) -> None:
        if part is not None:
            before = self.state.more.get(setting)
            self.state.more = self.state.more | {setting: part if before is None else joined([before, part])}

    def _setting(self) -> Setting:
        return self.state.target, self.state.n, self.state.decay

    def _runs(self, setting: Setting) -> Arrays:
        more = self.state.more.get(setting)
        return stored_runs()[setting] if more is None else joined([stored_runs()[setting], more])

    def compute(self) -> Ends:
        setting = self._setting()
        return ends_of(setting, self._runs(setting))

    def draw(self, figure: Figure, result: Ends) -> None:
        draw_ends(figure.add_axes(HISTOGRAM), result)
        axes = figure.add_axes(CURVE)
        runs = np.arange(1, len(result.growth) + 1)
        axes.plot(runs, runs, ":", color=plots.PALETTE["grey"], label="each run a new one")
        axes.plot(runs, result.growth, color=plots.PALETTE["blue"], label="met here")
        axes.set(xlabel="runs (number)", ylabel="different minima (number)", title="Minima met so far")
        axes.legend(loc="upper left", frameon=False)

    def words(self, result: Ends) -> Words:
        (target, n, decay), minima, loss = result.setting, result.minima, result.arrays["loss"]
        neurons = "1 neuron" if n == 1 else f"{n} neurons"
        task = "random targets" if target == "random" else "targets of a teacher"
        best, median = loss.min(), np.median(loss)
        met = "1 minimum" if minima.met == 1 else f"{minima.met} different minima"
        others = (
            "too many to say how many there are"
            if minima.once > 0.9 * minima.runs
            else f"Chao's estimate of all is {minima.estimate:.0f}"
        )
        readout = (
            f"{neurons}, {task}, weight decay {decay:g}: {len(loss)} runs met {met}, {minima.once} of them once; {others}. "
            f"Best loss {best:.4f}, median {100 * (median / best - 1):.1f} % above it."
        )
        alt = (
            f"Two pictures. A histogram of the end losses of {len(loss)} runs, from {best:.4f} to {loss.max():.4f}. A curve of the "
            f"different minima met so far, which rises to {minima.met}."
        )
        return Words(alt, readout)


def draw_ends(axes, ends: Ends) -> None:
    """A histogram of end losses, with dashed lines at the best and the median."""
    loss = ends.arrays["loss"]
    low, high = loss.min(), max(loss.max(), 1.02 * loss.min())
    heights, edges = np.histogram(loss, np.linspace(low - 0.02 * (high - low), high, 61))
    axes.stairs(heights, edges, fill=True, color=plots.PALETTE["blue"])
    for value, dash, name in ((low, "--", "best"), (np.median(loss), ":", "median")):
        axes.axvline(value, linestyle=dash, color=plots.PALETTE["vermilion"], label=name)
    axes.set(xlabel="end loss (no unit)", ylabel="runs (number)", title="Where the runs end")
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.legend(loc="upper right", frameon=False)
