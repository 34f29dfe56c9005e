"""Quadratic networks by width n and samples N: which runs end at the lowest loss that any width has, and how one can tell.

The question and the theorems are those of Du and Lee (2018). The measurements are this course's own: none of their numbers is
used here. Inputs are Gaussian in d = 12 dimensions, labels y = |T x|^2 of a random teacher T (12, 12), squared loss as a mean.

Wherever a theorem covers a width, every run must succeed, so one failure there would be a mistake of ours.

Data types, in words
    map         rows (N, n): members have different data, tilts and starts; all rows share them: member i has one tilt and
                learns the first N samples of one data set, for every n, so rows are not independent of each other
    starts      rows n: all members share one data set of 28 samples, each has a start of its own
    signs       like the map, but with Gaussian labels, half of them negative
    plain       like the map, but without decay and tilt
    arrays      what a row gives, leading axis = members: loss; reached, True where S certifies that no width has a lower loss (in
                floating point, so strong evidence, no proof); rank of W; and, to three digits, gradient (length), curvature
                (smallest Hessian eigenvalue) and spectrum (d; eigenvalues of S, rising), with 0 for what is rounding.
                To keep the file small, runs from number WHOLE on have only reached, rank and the loss in single precision; else nan
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import torch
from torch import Tensor

from lmcourse.critical import refine
from lmcourse.data import Data
from lmcourse.devices import DATA, LABELS, NOISE, random_stream
from lmcourse.experiments.count import Count
from lmcourse.initialisations import starts
from lmcourse.landscape import Landscape
from lmcourse.networks.quadratic import QuadraticLandscape, quadratic_net, random_tilt
from lmcourse.plots import draw_share_grid
from lmcourse.training import Runs, train

TITLE = "Quadratic activation: runs that end at the lowest loss of all widths, by samples N and neurons n"
SOURCE = "this course, on the question of Du and Lee (2018)"
VERSION = 2
MEMBERS = 200
WHOLE = 100  # so many runs of a row are kept with all their numbers
D, DECAY, TILT = 12, 0.01, 0.01
SAMPLES, WIDTHS = (3, 6, 10, 15, 21, 28, 36, 45), range(1, 13)
ONE_DATA_SET = 6  # chosen among twelve because widths 1 to 8 show four different regimes on it
SPECS = (
    *({"table": "map", "N": N, "n": n} for N in SAMPLES for n in WIDTHS),
    *({"table": "starts", "N": 28, "n": n, "members": 100} for n in range(1, 9)),
    *({"table": "signs", "N": 45, "n": n, "members": 100} for n in (1, 2, 3, 4, 10)),
    *({"table": "plain", "N": 45, "n": n, "members": 100} for n in (3, 4, 5, 6, 10)),
)
ROUNDING = 1e-6  # a gradient, or an eigenvalue of S, of this size is taken for zero
SHORT = 1e-3  # singular values of W below this share of the largest are taken for zero


def covered_from(N: int, d: int = D) -> int:
    """The smallest width n that Du and Lee's theorems cover: n >= d, or n (n + 1) / 2 > N with a random tilt.

    >>> covered_from(28), covered_from(27), covered_from(1000)
    (8, 7, 12)
    """
    return next(n for n in range(1, d + 1) if n == d or n * (n + 1) / 2 > N)


def data(N: int, seed: int, d: int = D, signs: bool = False) -> Data:
    """N Gaussian inputs with the labels |T x|^2 of a random teacher T, entries N(0, 1/d); with `signs`, labels N(0, 1).

    >>> data(28, seed=6)
    Data: x (28, 12), y (28,)
    """
    x = torch.from_numpy(random_stream(seed, DATA).normal(size=(N, d)))
    if signs:
        return Data(x, torch.from_numpy(random_stream(seed, LABELS).normal(size=N)))
    T = torch.from_numpy(random_stream(seed, LABELS).normal(size=(d, d))) / d**0.5
    return Data(x, (x @ T.mT).square().sum(dim=1))


def noisy_data(
    N: int, seed: int, d: int = 10, rank: int = 3, noise: float = 0.5, test: int = 4000
) -> tuple[Data, Data]:
    """N samples to train on and `test` others: labels |T x|^2 + noise of a teacher T (rank, d).

    >>> noisy_data(60, seed=0)
    (Data: x (60, 10), y (60,), Data: x (4000, 10), y (4000,))
    """
    x = torch.from_numpy(random_stream(seed, DATA).normal(size=(N + test, d)))
    T = torch.from_numpy(random_stream(seed, LABELS).normal(size=(rank, d))) / d**0.5
    y = (x @ T.mT).square().sum(dim=1) + noise * torch.from_numpy(random_stream(seed, NOISE).normal(size=N + test))
    return Data(x[:N], y[:N]), Data(x[N:], y[N:])


def fit(n: int, known: Data, fresh: Data, decay: float = 0.0, negative: int = 0) -> tuple[float, float]:
    """One run of n neurons on `known`: its mean loss there and on `fresh`, both without the decay term.

    >>> [round(loss, 3) for loss in fit(10, *noisy_data(40, seed=0), decay=0.1)]
    [0.046, 0.334]
    """
    land = quadratic_net(n, known, decay=decay, negative=negative, reduction="mean")
    theta = train(land, starts(land, [0], scale=0.5), "lbfgs", tol=1e-8).theta[0]
    on_known, on_fresh = (quadratic_net(n, each, negative=negative, reduction="mean") for each in (known, fresh))
    return float(on_known.loss(theta)), float(on_fresh.loss(theta))


def landscape(n: int, N: int, seed: int, table: str = "map") -> QuadraticLandscape:
    """n neurons on data set number `seed`, with a little weight decay and a small random tilt (not so in the table "plain").

    >>> landscape(n=2, N=28, seed=6).dim
    24
    """
    samples = data(N, seed, signs=table == "signs")
    if table == "plain":
        return quadratic_net(n, samples, reduction="mean")
    return quadratic_net(n, samples, decay=DECAY, tilt=random_tilt(D, TILT, seed), reduction="mean")


def descend(land: Landscape, seeds: Iterable[int]) -> Runs:
    """Train from half the usual starts to a gradient of 1e-9: 100 steps of L-BFGS, then Newton steps that keep off saddles.

    >>> descend(landscape(n=1, N=28, seed=6), seeds=range(3))
    Runs: 3 members by saddle-free newton: 3 CONVERGED; ...
    """
    theta = train(land, starts(land, seeds, scale=0.5), "lbfgs", tol=1e-9, max_steps=100).theta
    return train(land, theta, "saddle-free newton", tol=1e-9, max_steps=300)


def run_chunk(spec: dict, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """What is kept of one row of SPECS for these seeds."""
    arrays, later = measure(spec, seeds), np.asarray(seeds) >= WHOLE
    arrays["loss"][later] = arrays["loss"][later].astype(np.float32)
    for name in ("gradient", "curvature", "spectrum"):
        arrays[name][later] = np.nan
    return arrays


def measure(spec: dict, seeds: Sequence[int], stop: Callable[[], bool] | None = None) -> dict[str, np.ndarray]:
    """All arrays of one row of SPECS for these seeds; when `stop` answers True, runs end where they are."""
    n, N = spec["n"], spec["N"]
    if spec["table"] == "starts":
        land = landscape(n, N, ONE_DATA_SET)
        return arrays_of(land, refine(land, descend(land, seeds).theta).theta)
    lands = [landscape(n, N, seed, spec["table"]) for seed in seeds]
    ends = _train_together(lands, n, N, seeds, stop)
    members = [arrays_of(land, refine(land, end).theta) for land, end in zip(lands, ends, strict=True)]
    return {name: np.concatenate([member[name] for member in members]) for name in members[0]}


def arrays_of(land: QuadraticLandscape, theta: Tensor) -> dict[str, np.ndarray]:
    """The arrays of points theta (members, P)."""
    gradient = land.gradient(theta).norm(dim=-1).float()
    spectrum = torch.linalg.eigvalsh(land.slack_of(theta)[:, 0]).float()
    lengths = torch.linalg.svdvals(land.unpack(theta)["W"]).float()
    found = {
        "loss": land.loss(theta),
        "reached": (gradient < ROUNDING) & (spectrum[:, 0] >= -ROUNDING),
        "rank": (lengths > SHORT * lengths[:, :1]).sum(dim=1).short(),
        "gradient": gradient.half(),
        "curvature": _without_rounding(torch.linalg.eigvalsh(land.hessian(theta))[:, 0].float()),
        "spectrum": _without_rounding(spectrum),
    }
    return {name: value.numpy() for name, value in found.items()}


def _without_rounding(values: Tensor) -> Tensor:
    """Three digits of each value, and 0 for what is rounding: small in a file."""
    return torch.where(values.abs() < ROUNDING, 0, values).half()


def count(arrays: dict[str, np.ndarray]) -> Count:
    """How many runs did not reach the lowest loss of all widths.

    >>> print(count({"reached": np.array([True, True, False, True])}))
    25.0 % (4.6 to 69.9)
    """
    return Count(int((~arrays["reached"]).sum()), len(arrays["reached"]))


def distinct(losses: np.ndarray, apart: float = 1e-6) -> int:
    """How many values there are if neighbours less than `apart` are one.

    >>> distinct(np.array([0.1, 0.5, 0.1 + 1e-9]))
    2
    """
    return 1 + int((np.diff(np.sort(losses)) > apart).sum())


def summarise(rows: Sequence[tuple[dict, dict]]) -> str:
    """A line for each N of the map, with the verdict of the theorems; then the other labels, and the one data set."""
    tables = {(spec["table"], spec["N"]): {} for spec, _ in rows}
    for spec, arrays in rows:
        tables[spec["table"], spec["N"]][spec["n"]] = arrays
    lines = [f"Runs of {MEMBERS} that reach the lowest loss of all widths, by neurons n", _line("  N", WIDTHS)]
    lines += [f"{_line(f'{N:3}', _successes(tables['map', N]))}   {verdict(N, tables['map', N])}" for N in SAMPLES]
    for table, words in (("signs", "labels of both signs"), ("plain", "no decay, no tilt")):
        row = tables[table, 45]
        counts = ", ".join(f"{n}: {found}" for n, found in zip(row, _successes(row), strict=True))
        lines.append(
            f"N = 45, {words}, of {len(row[10]['loss'])}: n = {counts}; rank of the best {_range(row[10]['rank'])}"
        )
    lines.append(f"One data set (number {ONE_DATA_SET}), N = 28, a start of its own for each run")
    for n, arrays in tables["starts", 28].items():
        loss, failed = arrays["loss"], count(arrays)
        ends = f"best {loss.min():.5f}, worst {loss.max():.5f}, different: {distinct(loss)}"
        lines.append(f"n = {n}  {ends}; not global: {failed}")
    return "\n".join(lines)


def verdict(N: int, row: dict[int, dict]) -> str:
    """From which width on no run fails, beside the theorems' width; row: n -> arrays, for all WIDTHS."""
    last = max((n for n in WIDTHS if count(row[n]).failed), default=0)
    first, proved = last + 1, covered_from(N)
    agrees = "agrees" if first <= proved else "CONTRADICTED: a run must be unfinished"
    best = _range(row[D]["rank"])
    return f"all from n = {first}, by the theorem from n = {proved}: {agrees}; rank of the best {best}"


def _line(name: str, numbers: Iterable[int]) -> str:
    return name + "".join(f"{number:5}" for number in numbers)


def _successes(row: dict[int, dict]) -> list[int]:
    return [int(arrays["reached"].sum()) for arrays in row.values()]


def _range(ranks: np.ndarray) -> str:
    return f"{ranks.min()} to {ranks.max()}"


def draw_result(ax, rows: Sequence[tuple[dict, dict]]) -> None:
    """The map: the share of runs that reach the lowest loss of all widths, by samples and neurons."""
    shares = {(spec["N"], spec["n"]): arrays["reached"].mean() for spec, arrays in rows if spec["table"] == "map"}
    draw_share_grid(ax, [[shares[N, n] for n in WIDTHS] for N in SAMPLES], WIDTHS, SAMPLES)
    ax.set(xlabel="n (neurons)", ylabel="N (samples)")


def _train_together(lands: Sequence[QuadraticLandscape], n: int, N: int, seeds: Sequence[int], stop=None) -> Tensor:
    """Members with data of their own, trained by L-BFGS in one batch: theta (members, n * d)."""
    W = torch.cat([starts(land, [seed], scale=0.5) for land, seed in zip(lands, seeds, strict=True)])
    numbers = torch.arange(len(lands), dtype=W.dtype)[:, None]
    runs = train(
        _with_numbers(lands, n, N), torch.cat([W, numbers], dim=1), "lbfgs", tol=1e-8, max_steps=20_000, stop=stop
    )
    return runs.theta[:, :-1]


def _with_numbers(lands: Sequence[QuadraticLandscape], n: int, N: int) -> Landscape:
    """Many landscapes as one: theta holds W and the number of its landscape, which gets no gradient and so stays."""
    x, y, fixed = (torch.stack([land.proof[place] for land in lands]) for place in (1, 2, 4))

    def parts_of(theta: Tensor) -> tuple[Tensor, ...]:
        number = theta[..., -1].long()
        return theta[..., :-1].unflatten(-1, (n, D)), x[number], y[number], fixed[number]

    def loss_of(theta: Tensor) -> Tensor:
        W, x, y, fixed = parts_of(theta)
        error = (W @ x.mT).square().sum(dim=-2) - y
        return error.square().mean(dim=-1) / 2 + ((W @ fixed) * W).sum(dim=(-1, -2))

    def gradient_of(theta: Tensor) -> Tensor:
        W, x, y, fixed = parts_of(theta)
        inner = W @ x.mT
        error = inner.square().sum(dim=-2) - y
        gradient = 2 * ((inner * error.unsqueeze(-2) / N) @ x + W @ fixed)
        return torch.cat([gradient.flatten(-2), torch.zeros_like(theta[..., -1:])], dim=-1)

    return Landscape("quadratic networks on data of their own", {"W": (n, D), "number": (1,)}, loss_of, gradient_of)
