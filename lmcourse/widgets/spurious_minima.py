"""An explorer for teacher-student networks: train an ensemble, see its spikes, pick a run, see its matrix and spectrum.

Data types, in words
    EnsembleState   the knobs: k, extra neurons, members, the chosen run, and the trained Ensemble
    Ensemble        trained members in rising order of their loss
    Member          the chosen run: its weights beside the teacher's, its loss and its Hessian's eigenvalues
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor

from lmcourse import plots
from lmcourse.critical import CriticalPoints, classify, refine
from lmcourse.experiments import spurious_minima as experiment
from lmcourse.experiments.count import Count
from lmcourse.networks.teacher_student import align_with_teacher, teacher_student
from lmcourse.training import Runs, Status

from .background import Run
from .base import Explorer, Words
from .controls import Button, Slider

TEACHERS = range(3, 13)
EXTRA = (0, 1, 2)
MEMBERS = (50, 100, 200, 500)
TOGETHER = 50  # members trained between two reports
HISTOGRAM, MATRIX, SPECTRUM = (0.065, 0.15, 0.25, 0.75), (0.40, 0.15, 0.24, 0.75), (0.735, 0.15, 0.25, 0.75)


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Members of one size after training, in rising order of loss: theta (members, P), loss and resting (members,)."""

    k: int
    n: int
    theta: Tensor
    loss: Tensor
    resting: Tensor  # True where training came to rest

    @property
    def count(self) -> Count:
        failed = self.loss >= experiment.FAILED_ABOVE
        return Count(int(failed.sum()), len(self.loss), int((failed & ~self.resting).sum()))


@dataclass(frozen=True, eq=False)
class Member:
    """One run of an ensemble: `weights` (n, k), with its neurons and inputs in the order that suits the teacher best."""

    ensemble: Ensemble
    rank: int
    weights: Tensor
    point: CriticalPoints


class EnsembleState(traitlets.HasTraits):
    """The knobs; `rank` counts the runs by rising loss, from 1."""

    k = traitlets.Int(8, min=TEACHERS[0], max=TEACHERS[-1])
    extra = traitlets.Int(0, min=EXTRA[0], max=EXTRA[-1])
    members = traitlets.Int(100, min=1, max=MEMBERS[-1])
    rank = traitlets.Int(100, min=1, max=MEMBERS[-1])
    ensemble = traitlets.Any(allow_none=True)


def ensemble_of(parts: list[Runs], k: int, n: int) -> Ensemble:
    """Join the parts of an ensemble and sort its members by their loss."""
    theta, loss, status = (torch.cat([getattr(part, name) for part in parts]) for name in ("theta", "loss", "status"))
    order = loss.argsort(stable=True)
    return Ensemble(k, n, theta[order], loss[order], status[order] == Status.CONVERGED)


def train_ensemble(k: int, n: int, members: int, run: Run | None = None) -> Ensemble | None:
    """Train members 0, 1, 2, ...; when the run is told to stop, what is finished makes the ensemble (None: nothing was)."""
    parts = []
    for first in range(0, members, TOGETHER):
        seeds = range(first, min(first + TOGETHER, members))
        part = experiment.run(k, n, seeds, stop=run.stopping.is_set if run else None)
        if run and run.stopping.is_set():
            break
        parts.append(part)
        if run:
            run.report(f"{seeds.stop} of {members} runs are trained.")
    return ensemble_of(parts, k, n) if parts else None


@lru_cache(maxsize=1)
def first_ensemble() -> Ensemble:
    """What the explorer shows before its reader has trained anything."""
    return train_ensemble(8, 8, 100)


@lru_cache(maxsize=256)
def examine(ensemble: Ensemble, rank: int) -> Member:
    """Align the chosen run with the teacher and classify it; a run that came to rest is refined first."""
    land = teacher_student(ensemble.k, ensemble.n)
    theta = ensemble.theta[rank - 1]
    if ensemble.resting[rank - 1]:
        theta = refine(land, theta).theta[0]
    return Member(ensemble, rank, align_with_teacher(land.unpack(theta)["W"]), classify(land, theta)[0])


class SpuriousMinimaExplorer(Explorer):
    """Train an ensemble of students of the size that you choose, and look at one run of it.

    >>> explorer = SpuriousMinimaExplorer()
    >>> print(explorer.picture.readout.split(". ")[0])
    k = 8, n = 8: 12 of 100 runs failed, 12.0 % (7.0 to 19.8)
    """

    State = EnsembleState
    width, height = 11.0, 3.9

    def __init__(self, **settings):
        super().__init__(**{"ensemble": first_ensemble()} | settings)

    def controls(self) -> list:
        self.rank_slider = self.tie(
            Slider("Run, by rising loss", range(1, len(self.state.ensemble.loss) + 1), self.state.rank), "rank"
        )
        self.state.observe(self._fit_rank, "ensemble")
        return [
            self.tie(Slider("Teacher neurons k", TEACHERS, self.state.k), "k"),
            self.tie(Slider("Extra neurons n - k", EXTRA, self.state.extra), "extra"),
            self.tie(Slider("Runs", MEMBERS, self.state.members), "members"),
            Button("Train", self.train),
            self.stop_button,
            self.rank_slider,
        ]

    def train(self) -> None:
        """Train the chosen ensemble in the background."""
        k, n, members = self.state.k, self.state.k + self.state.extra, self.state.members
        self.start(lambda run: train_ensemble(k, n, members, run), self._take)

    def _take(self, ensemble: Ensemble | None) -> None:
        if ensemble is not None:
            self.state.ensemble = ensemble

    def _fit_rank(self, change) -> None:
        members = len(change["new"].loss)
        self.state.rank = members  # the run that fared worst
        self.rank_slider.offer(range(1, members + 1), members)

    def compute(self) -> Member:
        ensemble = self.state.ensemble
        return examine(ensemble, min(self.state.rank, len(ensemble.loss)))

    def draw(self, figure: Figure, result: Member) -> None:
        losses, chosen = result.ensemble.loss.numpy(), float(result.point.loss)
        axes = figure.add_axes(HISTOGRAM)
        plots.draw_losses(axes, losses)
        axes.plot(chosen, 0, marker="^", color=plots.PALETTE["vermilion"], markersize=12, clip_on=False)
        axes.set_title("All runs; triangle: the chosen one")
        axes = figure.add_axes(MATRIX)
        plots.draw_matrix(axes, result.weights, numbers=False)
        axes.set_title(f"Weights of run {result.rank}")
        axes = figure.add_axes(SPECTRUM)
        plots.draw_spectrum(axes, result.point.eigenvalues)
        axes.set_title(f"Hessian: smallest {float(result.point.eigenvalues[0]):.4f}")

    def words(self, result: Member) -> Words:
        ensemble, point, count = result.ensemble, result.point, result.ensemble.count
        smallest, largest = float(point.eigenvalues[0]), float(point.eigenvalues[-1])
        moving = f"; {count.unfinished} of them were still on their way" if count.unfinished else ""
        readout = (
            f"k = {ensemble.k}, n = {ensemble.n}: {count.failed} of {count.total} runs failed, {count}{moving}. Run {result.rank}: "
            f"loss {float(point.loss):.5f}, {point.kind}, smallest eigenvalue {smallest:.4f}."
        )
        alt = (
            f"Three pictures. A histogram of the final losses of {count.total} runs, from {float(ensemble.loss[0]):.4f} to "
            f"{float(ensemble.loss[-1]):.4f}. The {ensemble.n} by {ensemble.k} weight matrix of run {result.rank} as colours. "
            f"The eigenvalues of its Hessian in rising order, from {smallest:.4f} to {largest:.2f}."
        )
        return Words(alt, readout)
