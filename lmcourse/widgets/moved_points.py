"""Where the trap of ten points goes when the points move, and what training finds on them: the numbers behind an explorer.

Data types, in words
    Points      ten pairs of coordinates, a tuple, so that results can be cached
    Ensemble    trained members for one place of the points: losses, points right, and which ends are strict minima

Two roads lead to a trap. With two hidden neurons the known one is followed while the points move, in a straight line from where
they stood at first. And among the ends of an ensemble every strict minimum that leaves a point on the wrong side is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from lmcourse.certificates import Certificate, certify
from lmcourse.critical import classify, distinct, refine
from lmcourse.data import Data, ten_points
from lmcourse.experiments import ten_points as experiment
from lmcourse.initialisations import starts
from lmcourse.networks.landmarks import landmark
from lmcourse.training import train

from .background import Run

Points = tuple[tuple[float, float], ...]
FIRST: Points = tuple(map(tuple, ten_points().x.tolist()))
LABELS = ten_points().y
RATES = {"gd": 0.1, "adam": 0.01}
STEPS, LEG = 20_000, 1_000  # of a run, and between two reports
ROUNDS = 4  # in which Newton's method follows the trap
NEAR = 1.0  # it gives up when a step is longer


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Members after training: theta (members, P), loss, right and trapped (members,); `trap` (P,) is the most frequent one."""

    points: Points
    hidden: int
    method: str
    steps: int
    theta: Tensor
    loss: Tensor
    right: Tensor
    trapped: Tensor
    trap: Tensor | None

    @property
    def count(self) -> experiment.Count:
        return experiment.Count(int(self.trapped.sum()), len(self.loss))


def data_at(points: Points) -> Data:
    """The ten labels at these points."""
    return Data(torch.tensor(points, dtype=torch.float64), LABELS)


@lru_cache(maxsize=256)
def follow(points: Points) -> tuple[Tensor, bool]:
    """The known trap (9,), followed by Newton's method while the points move; False, with its last place, where it is lost."""
    theta, origin, aim = (
        landmark("ten points, log, trap").theta,
        ten_points().x,
        torch.tensor(points, dtype=torch.float64),
    )
    for number in range(1, ROUNDS + 1):
        land = experiment.network(data=Data(origin + number / ROUNDS * (aim - origin), LABELS))
        moved = theta
        for _ in range(20):
            step = torch.linalg.lstsq(land.hessian(moved), land.gradient(moved)).solution
            moved = moved - step
            if not 1e-12 < float(step.norm()) < NEAR:
                break
        if not (float(step.norm()) < 1e-9 and bool(torch.linalg.eigvalsh(land.hessian(moved))[0] > 0)):
            return theta, False
        theta = moved
    return theta, True


@lru_cache(maxsize=256)
def prove(points: Points, hidden: int, numbers: tuple[float, ...]) -> Certificate:
    """The proof, or why there is none, that these numbers are a strict local minimum on these points."""
    return certify(experiment.network(hidden, data=data_at(points)), torch.tensor(numbers, dtype=torch.float64))


def judge(points: Points, hidden: int, method: str, theta: Tensor, steps: int) -> Ensemble:
    """Sort the ends theta (members, P) of an ensemble: which are strict minima that leave a point on the wrong side?"""
    data = data_at(points)
    land = experiment.network(hidden, data=data)
    refined = refine(land, theta)
    right, found = experiment.count_right(land, theta, data), classify(land, refined.theta)
    strict = torch.tensor([kind == "strict minimum" for kind in found.kind]) & ~refined.left & (right < len(FIRST))
    trap = None
    if strict.any():
        classes = distinct(land, refined.theta[strict])
        trap = classes.theta[int(classes.counts.argmax())]
    return Ensemble(points, hidden, method, steps, theta, land.loss(theta), right, strict, trap)


def train_ensemble(points: Points, hidden: int, method: str, members: int, run: Run | None = None) -> Ensemble:
    """Train members 0, 1, 2, ... together; when the run is told to stop, the steps done so far are judged."""
    land = experiment.network(hidden, data=data_at(points))
    runs = starts(land, range(members), scheme="uniform")
    for steps in range(LEG, STEPS + LEG, LEG):
        runs = train(land, runs, method, lr=RATES[method], max_steps=steps)
        if run:
            run.report(f"{members} runs: {steps} of {STEPS} steps are done.")
            if run.stopping.is_set():
                break
    return judge(points, hidden, method, runs.theta, steps)


@lru_cache(maxsize=1)
def first_ensemble() -> Ensemble:
    """What the explorer shows before its reader has trained anything."""
    return train_ensemble(FIRST, 2, "gd", 100)
