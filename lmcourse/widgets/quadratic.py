"""An explorer for quadratic networks: choose a cell of the map by samples and width, then a run, and see the spectrum of its S.

Data types, in words
    QuadraticState   the knobs: N, n, the chosen run, and `trained`, the runs that the reader has trained
    Cell             the runs of one cell (N, n) of the map, each on a data set of its own; the data sets stand in rising order of
                     the rank of their best M, which is the same for every n
    Choice           one run of a cell
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import traitlets
from matplotlib.figure import Figure

from lmcourse import plots, store
from lmcourse.experiments import quadratic_activation as experiment
from lmcourse.experiments.count import Count

from .background import Run
from .base import Explorer, Words
from .controls import Button, Slider
from .state import choice

FRESH = range(experiment.MEMBERS, experiment.MEMBERS + 20)  # data sets that no stored run has
TOGETHER = 5  # members trained between two reports
MAP, RUNS, SPECTRUM = (0.05, 0.16, 0.4, 0.74), (0.54, 0.16, 0.175, 0.74), (0.81, 0.16, 0.18, 0.74)
LOWEST = 1e-9  # a lower height is rounding


@dataclass(frozen=True, eq=False)
class Cell:
    """Runs of n neurons on N samples, an array entry each: height above the lowest loss of all widths, reached (does S certify it),
    spectrum (members, d), rank of W, needed (rank of the best M on the same data), rising."""

    N: int
    n: int
    height: np.ndarray
    reached: np.ndarray
    spectrum: np.ndarray
    rank: np.ndarray
    needed: np.ndarray

    @property
    def count(self) -> Count:
        return Count(int((~self.reached).sum()), len(self.reached))


@dataclass(frozen=True, eq=False)
class Choice:
    """The run on data set number `run` of a cell, counted from 1; `fresh` says that the reader has trained it."""

    cell: Cell
    run: int
    fresh: bool


class QuadraticState(traitlets.HasTraits):
    """The knobs; `run` counts the data sets of the cell, from 1."""

    N = traitlets.Int(28)
    n = traitlets.Int(4, min=experiment.WIDTHS[0], max=experiment.WIDTHS[-1])
    run = traitlets.Int(1, min=1, max=experiment.WHOLE)
    trained = traitlets.Any(allow_none=True)  # the Cell that was trained last

    _on_the_map = choice("N", experiment.SAMPLES, "number of samples")


def cell_of(N: int, n: int, arrays: dict[str, np.ndarray], widest: dict[str, np.ndarray]) -> Cell:
    """Sort the runs of a row by the rank of the best M, which the widest network on the same data has found."""
    order = np.argsort(widest["rank"], kind="stable")
    height, spectrum = arrays["loss"] - widest["loss"], arrays["spectrum"].astype(np.float32)
    found = (height, arrays["reached"], spectrum, arrays["rank"], widest["rank"])
    return Cell(N, n, *(values[order] for values in found))


@lru_cache(maxsize=1)
def stored_cells() -> dict[tuple[int, int], Cell]:
    """All cells of the stored map, with the runs that have a spectrum; the widest network, n = d, has the lowest loss of all."""
    rows = {
        (spec["N"], spec["n"]): {name: values[: experiment.WHOLE] for name, values in arrays.items()}
        for spec, arrays in store.load("quadratic_activation").rows
        if spec["table"] == "map"
    }
    return {(N, n): cell_of(N, n, arrays, rows[N, experiment.D]) for (N, n), arrays in rows.items()}


def train_cell(N: int, n: int, seeds=FRESH, run: Run | None = None) -> Cell | None:
    """Train n neurons, and the widest network beside them, on new data; stopped early, what is finished makes the cell."""
    parts: list[tuple[dict, dict]] = []
    stop = run.stopping.is_set if run else None
    for first in range(0, len(seeds), TOGETHER):
        some = seeds[first : first + TOGETHER]
        both = [experiment.measure({"table": "map", "N": N, "n": width}, some, stop) for width in (n, experiment.D)]
        if run and run.stopping.is_set():
            break
        parts.append(both)
        if run:
            run.report(f"{first + len(some)} of {len(seeds)} runs are trained.")
    if not parts:
        return None
    joined = [
        {name: np.concatenate([each[name] for each in column]) for name in column[0]}
        for column in zip(*parts, strict=True)
    ]
    return cell_of(N, n, *joined)


class QuadraticExplorer(Explorer):
    """Choose a number of samples and a width, by sliders or by a click on the map, and look at one run of this cell.

    >>> explorer = QuadraticExplorer(N=28, n=12)
    >>> print(explorer.picture.readout.split(" (")[0])
    N = 28, n = 12: 100 of 100 runs reach the lowest loss of all widths
    """

    State = QuadraticState
    width, height = 11.0, 4.0
    clickable = True

    def controls(self) -> list:
        self.run_slider = self.tie(Slider("Data set", range(1, self._runs() + 1)), "run")
        self.state.observe(self._fit_runs, ["N", "n", "trained"])
        return [
            self.tie(Slider("Samples N", experiment.SAMPLES), "N"),
            self.tie(Slider("Neurons n", experiment.WIDTHS), "n"),
            self.run_slider,
            Button("Train 20 new runs", self.train),
            self.stop_button,
        ]

    def train(self) -> None:
        """Train new runs of the chosen cell in the background, each on data of its own."""
        N, n = self.state.N, self.state.n
        self.start(lambda run: train_cell(N, n, run=run), self._take)

    def _take(self, cell: Cell | None) -> None:
        if cell is not None:
            self.state.trained = cell
            self.state.N, self.state.n = cell.N, cell.n

    def _cell(self) -> tuple[Cell, bool]:
        place, trained = (self.state.N, self.state.n), self.state.trained
        if trained is not None and (trained.N, trained.n) == place:
            return trained, True
        return stored_cells()[place], False

    def _runs(self) -> int:
        return len(self._cell()[0].height)

    def _fit_runs(self, change) -> None:
        runs = self._runs()
        self.state.run = min(self.state.run, runs)
        self.run_slider.offer(range(1, runs + 1), self.state.run)

    def compute(self) -> Choice:
        cell, fresh = self._cell()
        return Choice(cell, min(self.state.run, len(cell.height)), fresh)

    def draw(self, figure: Figure, result: Choice) -> None:
        draw_map(figure.add_axes(MAP), result.cell)
        draw_runs(figure.add_axes(RUNS), result)
        axes = figure.add_axes(SPECTRUM)
        plots.draw_spectrum(axes, result.cell.spectrum[result.run - 1])
        axes.set(title="Spectrum of its S", ylabel="eigenvalue (no unit)", xticks=range(1, experiment.D + 1, 2))
        axes.set_xlabel("place (number)")

    def words(self, result: Choice) -> Words:
        cell, i = result.cell, result.run - 1
        lowest, total = float(cell.spectrum[i, 0]), len(cell.height)
        verdict = "so no width does better" if cell.reached[i] else "so wider networks do better"
        source = (
            "trained now, on new data"
            if result.fresh
            else f"the first {total} of the {experiment.MEMBERS} stored data sets"
        )
        readout = (
            f"N = {cell.N}, n = {cell.n}: {total - cell.count.failed} of {total} runs reach the lowest loss of all widths "
            f"({source}). On data set {result.run} the run ends {_place(cell.height[i])}, with rank {cell.rank[i]}; the "
            f"smallest eigenvalue of its S is {lowest:.2g}, {verdict}. The best M has rank {cell.needed[i]}. Right of the "
            "thick line theorem B holds."
        )
        height, needed, values = cell.height, cell.needed, cell.spectrum[i]
        alt = (
            f"Three pictures. A map of shares by neurons and samples with a square on n = {cell.n}, N = {cell.N}. The heights of "
            f"{total} runs above the lowest loss, from {_height(height.min())} to {_height(height.max())}, in order of the "
            f"rank of the best M, {needed[0]} to {needed[-1]}. The {experiment.D} eigenvalues of the chosen run's S, from "
            f"{lowest:.2g} to {values[-1]:.2g}."
        )
        return Words(alt, readout)

    def clicked(self, x: float, y: float) -> None:
        left, bottom, width, height = MAP
        across, up = (x - left) / width, (y - bottom) / height
        if 0 <= across < 1 and 0 <= up < 1:
            self.state.N = experiment.SAMPLES[int(up * len(experiment.SAMPLES))]
            self.state.n = experiment.WIDTHS[int(across * len(experiment.WIDTHS))]


def draw_map(axes, chosen: Cell | None = None) -> None:
    """The share of runs in every cell that reach the lowest loss, the line of the theorem, and a square on the chosen cell."""
    shares = [[1 - stored_cells()[N, n].count.share for n in experiment.WIDTHS] for N in experiment.SAMPLES]
    plots.draw_share_grid(axes, shares, experiment.WIDTHS, experiment.SAMPLES)
    edge = [
        experiment.covered_from(N) - 1.5 for N in experiment.SAMPLES
    ]  # between the last width not covered and the first
    heights = np.arange(-0.5, len(edge))
    axes.stairs(edge, heights, orientation="horizontal", baseline=None, color=plots.PALETTE["vermilion"], linewidth=3)
    if chosen is not None:
        place = experiment.WIDTHS.index(chosen.n), experiment.SAMPLES.index(chosen.N)
        for color, width in (("black", 6), ("white", 3)):  # it stands out from dark and from light cells
            axes.plot(*place, "s", markersize=25, fillstyle="none", color=color, markeredgewidth=width)
    axes.set(xlabel="neurons n (number)", ylabel="samples N (number)", title="Runs at the lowest loss (percent)")


def draw_runs(axes, choice: Choice) -> None:
    """Heights of all runs of a cell, with lines where the rank of the best M rises; the chosen run has a triangle."""
    heights, needed, total = choice.cell.height, choice.cell.needed, len(choice.cell.height)
    place = np.arange(1, total + 1)
    for those, marker, name in ((choice.cell.reached, "o", "blue"), (~choice.cell.reached, "x", "vermilion")):
        axes.plot(place[those], heights[those], marker, color=plots.PALETTE[name], markersize=4)
    for rank in np.unique(needed):
        first, last = place[needed == rank][[0, -1]]
        if first > 1:
            axes.vlines(first - 0.5, -10 * LOWEST, 1e3, color=plots.PALETTE["grey"], linewidth=1)
        middle = max((first + last) / 2, first + 0.035 * total)
        axes.text(middle, 300, f"{rank}", ha="center", va="center", fontsize=10)
    axes.text(total / 2, 5e3, "rank of the best M:", ha="center", va="center", fontsize=10)
    axes.plot(choice.run, heights[choice.run - 1], "^", color=plots.PALETTE["black"], markersize=10, fillstyle="none")
    axes.set(
        xlabel="data set (number, sorted by rank)",
        ylabel="height (no unit)",
        xlim=(-0.03 * total, 1.08 * total),
        title="Above the lowest loss",
    )
    plots.log_with_zero(axes, 10 * LOWEST, [0, 1e-6, 1e-4, 1e-2, 1, 100])
    axes.set_ylim(-10 * LOWEST, 3e4)


def _place(height: float) -> str:
    return "there, up to rounding" if height < LOWEST else f"{height:.2g} above it"


def _height(height: float) -> str:
    return "0" if height < LOWEST else f"{height:.2g}"
