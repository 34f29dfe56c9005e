"""An explorer for networks with one wide layer: choose the width, see how all runs fare and the landscape around one of their ends.

Data types, in words
    WideState   the knobs: filters, the activation of the middle layer, the chosen run, and `trained`, what the reader has trained
    Row         the runs of one width: losses, steps, curves, and planes around the ends of the first of them
    Choice      a row and one of its runs
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import traitlets
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from lmcourse import plots, store
from lmcourse.experiments import wide_training as experiment
from lmcourse.experiments.count import Count

from .background import Run
from .base import Explorer, Words
from .controls import Button, Select, Slider
from .state import choice

FRESH = range(experiment.MEMBERS, experiment.MEMBERS + 12)  # members that no stored run has
TOGETHER = 4  # trained between two reports
CURVES, PLANE, SCALE = (0.075, 0.16, 0.45, 0.74), (0.61, 0.16, 0.275, 0.74), (0.9, 0.16, 0.014, 0.74)
LEVELS = np.arange(-1, 8.5, 0.5)  # of log10 of the loss, the same for every width


@dataclass(frozen=True, eq=False)
class Row:
    """Runs of one width: loss, steps (members,), curve (members, marks), plane (members with one, POINTS, POINTS)."""

    filters: int
    middle: str
    loss: np.ndarray
    steps: np.ndarray
    curve: np.ndarray
    plane: np.ndarray
    fresh: bool = False

    @property
    def count(self) -> Count:
        """Runs that did not arrive."""
        return experiment.count({"loss": self.loss})


@dataclass(frozen=True, eq=False)
class Choice:
    """Run number `run` of a row, counted from 1."""

    row: Row
    run: int


class WideState(traitlets.HasTraits):
    """The knobs; `run` counts the runs with a plane, from 1."""

    filters = traitlets.Int(1)
    middle = traitlets.Unicode(experiment.MIDDLES[0])
    run = traitlets.Int(1, min=1, max=len(FRESH))
    trained = traitlets.Any(allow_none=True)  # the Row that was trained last

    _stored_width = choice("filters", experiment.FILTERS, "number of filters")
    _stored_activation = choice("middle", experiment.MIDDLES, "activation")


@lru_cache(maxsize=1)
def stored_rows() -> dict[tuple[int, str], Row]:
    """All widths of the stored result."""
    rows = {}
    for spec, arrays in store.load("wide_training").rows:
        T, middle = spec["filters"], spec["middle"]
        kept = (arrays["loss"], arrays["steps"], arrays["curve"], arrays["plane"][: experiment.PLANES].astype(float))
        rows[T, middle] = Row(T, middle, *kept)
    return rows


def train_row(filters: int, middle: str, seeds=FRESH, run: Run | None = None) -> Row | None:
    """Train new members of one width; stopped early, what is finished makes the row (None: nothing was)."""
    spec = {"table": "gaussian", "filters": filters, "middle": middle}
    parts, stop = [], run.stopping.is_set if run else None
    for first in range(0, len(seeds), TOGETHER):
        some = seeds[first : first + TOGETHER]
        runs, curve = experiment.train_members(spec, some, experiment.STEPS, stop)
        if run and run.stopping.is_set():
            break
        lands = [experiment.landscape(spec, experiment.images(spec, seed)) for seed in some]
        planes = [experiment.plane_of(land, theta).astype(float) for land, theta in zip(lands, runs.theta, strict=True)]
        parts.append((runs.loss.numpy(), runs.steps.numpy(), curve, np.stack(planes)))
        if run:
            run.report(f"{first + len(some)} of {len(seeds)} runs are trained.")
    return (
        Row(filters, middle, *(np.concatenate(part) for part in zip(*parts, strict=True)), fresh=True)
        if parts
        else None
    )


class WideTrainingExplorer(Explorer):
    """Choose a width: the loss curves of all runs, and the landscape around the end of one of them.

    >>> explorer = WideTrainingExplorer(filters=3)
    >>> print(explorer.picture.readout.split(". ")[0])
    3 filters, n₁ = 108, softplus: 98 of 100 runs go below 0.001 (93 to 99 %; stored)
    """

    State = WideState
    width, height = 11.0, 4.2

    def controls(self) -> list:
        self.run_slider = self.tie(Slider("Run", range(1, experiment.PLANES + 1)), "run")
        self.state.observe(self._fit_runs, ["filters", "middle", "trained"])
        return [
            self.tie(Slider("Filters", experiment.FILTERS), "filters"),
            self.tie(Select("Middle layer", experiment.MIDDLES), "middle"),
            self.run_slider,
            Button(f"Train {len(FRESH)} new runs", self.train),
            self.stop_button,
        ]

    def train(self) -> None:
        """Train new runs of the chosen width in the background, each on data of its own."""
        filters, middle = self.state.filters, self.state.middle
        self.start(lambda run: train_row(filters, middle, run=run), self._take)

    def _take(self, row: Row | None) -> None:
        if row is not None:
            self.state.trained = row
            self.state.filters, self.state.middle = row.filters, row.middle

    def _row(self) -> Row:
        place, trained = (self.state.filters, self.state.middle), self.state.trained
        return trained if trained is not None and (trained.filters, trained.middle) == place else stored_rows()[place]

    def _fit_runs(self, change) -> None:
        runs = len(self._row().plane)
        self.state.run = min(self.state.run, runs)
        self.run_slider.offer(range(1, runs + 1), self.state.run)

    def compute(self) -> Choice:
        row = self._row()
        return Choice(row, min(self.state.run, len(row.plane)))

    def draw(self, figure: Figure, result: Choice) -> None:
        draw_curves(figure.add_axes(CURVES), result.row, result.run - 1)
        draw_plane(figure, result.row.plane[result.run - 1])

    def words(self, result: Choice) -> Words:
        row, i = result.row, result.run - 1
        arrived, total = row.count.total - row.count.failed, row.count.total
        low, high = (100 * (1 - share) for share in reversed(row.count.interval))
        source = "trained now, on new data" if row.fresh else "stored"
        plane = row.plane[i]
        edge = np.concatenate([plane[0], plane[-1], plane[:, 0], plane[:, -1]])
        below = bool(experiment.arrived({"loss": row.loss[i]}))
        place = "below 0.001" if below else f"at {row.loss[i]:.2g}"  # where it arrives the last loss may round to 0.001
        n1, end = experiment.POSITIONS * row.filters, f"ends {place} after {row.steps[i]} steps"
        filters = f"{row.filters} filter{'s' * (row.filters > 1)}"
        readout = (
            f"{filters}, n₁ = {n1}, {row.middle}: {arrived} of {total} runs go below 0.001 ({low:.0f} to {high:.0f} %; {source}). "
            f"Run {result.run} {end}; on the rim of its slice the loss is {_power(edge.min())} to {_power(edge.max())}, "
            f"typically {_power(np.median(edge))}."
        )
        alt = (
            f"Two pictures. Left, the loss of {total} runs by steps on logarithmic axes; {arrived} fall to 0.001, and run "
            f"{result.run} is drawn thick. Right, a map of the loss around its end, from {_power(plane.min())} at the centre to "
            f"{_power(plane.max())} at the rim."
        )
        return Words(alt, readout)


def draw_curves(axes, row: Row, chosen: int | None = None) -> None:
    """The loss of every run by steps: a blue disc where it arrives, an orange cross where it does not; the chosen one black."""
    arrived, marks = experiment.arrived({"loss": row.loss}), np.array(experiment.MARKS)
    lines = []
    for curve, loss, steps in zip(row.curve, row.loss, row.steps, strict=True):
        seen = ~np.isnan(curve) & (marks > 0)
        lines.append(np.stack([np.append(marks[seen], steps), np.append(curve[seen], loss)], axis=1))
    for those, name, marker in ((arrived, "blue", "o"), (~arrived, "vermilion", "x")):
        some = [line for line, wanted in zip(lines, those, strict=True) if wanted]
        axes.add_collection(LineCollection(some, colors=plots.PALETTE[name], linewidths=0.6))
        ends = np.array([line[-1] for line in some]).reshape(-1, 2)
        axes.plot(*ends.T, marker, color=plots.PALETTE[name], markersize=5)
    if chosen is not None:
        axes.plot(*lines[chosen].T, color=plots.PALETTE["black"], linewidth=2.2)
    axes.axhline(experiment.TARGETS["gaussian"], color=plots.PALETTE["grey"], linestyle=":", linewidth=1)
    axes.set(xscale="log", yscale="log", xlim=(0.9, 1.3 * experiment.STEPS), ylim=(4e-4, 200))
    axes.set_xticks(
        [1, 10, 100, 1000], ["1", "10", "100", "1,000"]
    )  # words and no minor ticks: they cost a third of the time
    axes.set_yticks([1e-3, 1e-2, 0.1, 1, 10, 100], ["0.001", "0.01", "0.1", "1", "10", "100"])
    axes.minorticks_off()
    axes.set(
        xlabel="step (number)",
        ylabel="loss (no unit)",
        title="All runs: disc arrives, cross does not; black: the chosen one",
    )


def draw_plane(figure: Figure, plane: np.ndarray) -> None:
    """A map of log10 of the loss, on levels that are the same for every width."""
    axes, along = figure.add_axes(PLANE), np.linspace(-1, 1, experiment.POINTS)
    filled = axes.contourf(along, along, np.clip(plane, LEVELS[0], LEVELS[-1]), levels=LEVELS, cmap="cividis")
    axes.contour(along, along, plane, levels=LEVELS[::2], colors="white", linewidths=0.6)
    axes.plot(0, 0, "+", color="white", markersize=10, markeredgewidth=2)
    axes.set(xlabel="first direction (no unit)", ylabel="second direction (no unit)", title="Around its end")
    bar = figure.colorbar(filled, cax=figure.add_axes(SCALE), ticks=range(0, 9, 2))
    bar.ax.set_yticklabels(["1", "10²", "10⁴", "10⁶", "10⁸"])
    bar.minorticks_off()
    bar.set_label("loss (no unit)")


def _power(logarithm: float) -> str:
    return f"{10**logarithm:,.0f}" if logarithm > 0 else f"{10**logarithm:.2g}"
