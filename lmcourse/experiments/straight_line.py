"""The loss on the straight line from the start of training to its end, and on paths from one end to another.

The measurements are this course's own, on the quadrants of `distribution_of_minima`: 120 points of the plane, a tanh network,
logistic loss with weight decay, Adam with a cosine schedule. Four data sets: member i belongs to data set i mod 4.

Data types, in words
    line        rows by width, rate and steps: how far the loss rises on the line from start to end, and how far training moved
    pair        rows by width: two networks a member, from seeds 2i and 2i + 1; the barrier between them, before and after matching
    curve       the same pairs, joined by a Bezier curve with one trained bend
    ends        trained networks of data set 0 by width, theta (members, P) in float32, for the explorer
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import torch
from torch import Tensor

from lmcourse.counting import binomial_interval
from lmcourse.devices import DATA, STARTS, random_stream
from lmcourse.experiments.distribution_of_minima import DATA_SETS, quadrant_starts, quadrants, regression_data
from lmcourse.landscape import Landscape
from lmcourse.networks.sigmoid import tanh_mlp
from lmcourse.plots import PALETTE, log_values
from lmcourse.slices import Path, curve, line, matched
from lmcourse.training import train

TITLE = "Straight lines from start to end, and barriers between ends, of small tanh networks on the quadrants"
SOURCE = "this course, after Goodfellow, Vinyals and Saxe (2014)"
VERSION = 1
MEMBERS = CHUNK = 100
LINE_WIDTHS, RATES, STEPS = (8, 16, 32), (0.003, 0.03, 0.3), 1000
PAIR_WIDTHS, PAIR_DECAY, PAIR_RATE, PAIR_STEPS = (4, 8, 16, 32, 64), 1e-3, 0.03, 1200
EXPLORER_WIDTHS = (4, 8, 16, 32)
RISE = 1e-3  # a line on which the loss rises by less counts as falling all the way

SPECS = (
    *({"table": "line", "width": n, "rate": rate, "steps": STEPS} for n in LINE_WIDTHS for rate in RATES),
    {"table": "line", "width": 8, "rate": 0.003, "steps": 10 * STEPS},
    *({"table": "pair", "width": n} for n in PAIR_WIDTHS),
    *({"table": "curve", "width": n} for n in EXPLORER_WIDTHS),
    *({"table": "ends", "width": n} for n in EXPLORER_WIDTHS),
)


def trained_line(
    width: int, rate: float, seeds: Iterable[int], data: int = 0, steps: int = STEPS
) -> tuple[Landscape, Tensor, Tensor]:
    """The landscape, and where training with these seeds starts and ends: theta (members, P), twice.

    >>> land, start, end = trained_line(4, 0.03, range(3), steps=10)
    >>> bool((land.loss(end) < land.loss(start)).all())
    True
    """
    land = quadrants(width, 1e-4, data)
    start = quadrant_starts(land, seeds)
    return land, start, train(land, start, "adam", rate, tol=0, max_steps=steps, schedule="cosine").theta


def solutions(width: int, seeds: Iterable[int], data: int = 0) -> tuple[Landscape, Tensor]:
    """The landscape with ten times the weight decay, and the ends of training with these seeds: theta (members, P)."""
    land = quadrants(width, PAIR_DECAY, data)
    start = quadrant_starts(land, seeds)
    return land, train(land, start, "adam", PAIR_RATE, tol=0, max_steps=PAIR_STEPS, schedule="cosine").theta


def barriers_after_renaming(land: Landscape, ends: Tensor) -> Tensor:
    """The barriers on the lines between all pairs of ends (members, P), the second of each pair matched to the first: (pairs,)."""
    first, second = torch.triu_indices(len(ends), len(ends), offset=1)
    return line(land, ends[first], matched(land, ends[second], ends[first])).barrier


def falls(path: Path) -> Tensor:
    """True (...) for paths on which the loss rises nowhere by RISE or more."""
    return path.largest_rise < RISE


def moved(start: Tensor, end: Tensor) -> Tensor:
    """How far training went, as a multiple of the length of the start: (...).

    >>> moved(torch.tensor([3.0, 4.0]), torch.tensor([3.0, 3.0]))
    tensor(0.2000)
    """
    return (end - start).norm(dim=-1) / start.norm(dim=-1)


def largest_turn(outputs: Tensor) -> Tensor:
    """The largest angle, in degrees, between two steps of outputs (..., points, N) that follow a path: (...).

    >>> corner = torch.tensor([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    >>> largest_turn(corner)
    tensor(90.)
    """
    steps = outputs.diff(dim=-2)
    steps = steps / steps.norm(dim=-1, keepdim=True)
    return torch.rad2deg(torch.arccos((steps @ steps.mT).amin(dim=(-2, -1)).clamp(-1, 1)))


def largest_turns(land: Landscape, path: Path) -> Tensor:
    """`largest_turn` of a network's answers along each of several paths: (paths,)."""
    ways = path.at(path.t)  # (paths, points, P); one after the other, as all answers at once would take 80 MB
    return torch.stack([largest_turn(land.outputs(way).squeeze(-1)) for way in ways])


def fit_of_random_targets(width: int) -> Landscape:
    """A tanh network on 20 random targets in three dimensions, without weight decay: it can fit them exactly.

    >>> fit_of_random_targets(8).samples
    20
    """
    return tanh_mlp([3, width, 1], regression_data("random", N=20), reduction="mean")


def lazy_distance(width: int, seed: int = 0, steps: int = 2000) -> float:
    """How far v'tanh(Wx) / sqrt(width) moves on 20 random targets, as a multiple of the length of its start.

    Starts with weights N(0, 1), the second half of the neurons the first with v turned round, so that every answer is zero;
    gradient descent on the mean of (f - y)^2 / 2 at rate 0.05 (Chizat, Oyallon and Bach 2019, for the setting).

    >>> 0.05 < lazy_distance(64, steps=500) < 0.5
    True
    """
    draw = random_stream(seed, DATA)
    x, y = (torch.from_numpy(draw.normal(size=size)) for size in ((20, 10), (20,)))

    def loss_of(theta: Tensor) -> Tensor:
        W, v = theta[..., : 10 * width].unflatten(-1, (width, 10)), theta[..., 10 * width :]
        f = (torch.tanh(x @ W.mT) @ v.unsqueeze(-1)).squeeze(-1) / width**0.5
        return (f - y).square().mean(dim=-1) / 2

    land = Landscape(f"lazy network, {width} neurons", {"W": (width, 10), "v": (width,)}, loss_of)
    draw = random_stream(seed, STARTS)
    W, v = (torch.from_numpy(draw.normal(size=size)) for size in ((width // 2, 10), (width // 2,)))
    start = land.pack(W=torch.cat([W, W]), v=torch.cat([v, -v]))
    end = train(land, start.unsqueeze(0), "gd", 0.05, tol=0, max_steps=steps).theta[0]
    return float(moved(start, end))


def share_that_falls(row: dict[str, np.ndarray]) -> str:
    """A row of "line" in words: lines that fall all the way, with interval, median distance and median loss at the end."""
    fall, total = int((row["rise"] < RISE).sum()), len(row["rise"])
    low, high = binomial_interval(fall, total)
    middle = f"{np.median(row['moved']):15.1f}   {np.median(row['last']):11.3f}"
    return f"{f'{fall:3} ({100 * low:.0f} to {100 * high:.0f})':20}   {middle}"


def lengths_and_rises(stored, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of all lines of one width after 1,000 steps, (lines,) each: how long they are, how far the loss rises, and True where
    training is finished.

    Rises below RISE are spread between a third of it and RISE, so that their marks do not hide each other.
    """
    rows = [stored.row(table="line", width=width, rate=rate, steps=STEPS) for rate in RATES]
    lengths, rises = (np.concatenate([row[name] for row in rows]) for name in ("moved", "rise"))
    spread = RISE * np.geomspace(1 / 3, 1, 7)[np.arange(len(rises)) % 7]
    done = np.repeat([rate > min(RATES) for rate in RATES], MEMBERS)
    return lengths, np.where(rises < RISE, spread * (1 - 1e-9), rises), done


def barriers_in_words(stored, width: int) -> str:
    """Median barriers of the pairs of one width, and how many are below 0.02 after matching, with interval."""
    pairs = stored.row(table="pair", width=width)
    bent = f"{np.median(stored.row(table='curve', width=width)['bent']):6.4f}" if width in EXPLORER_WIDTHS else "     -"
    level, total = int((pairs["matched"] < 0.02).sum()), len(pairs["matched"])
    low, high = binomial_interval(level, total)
    middle = np.median(pairs["straight"]), np.median(pairs["matched"])
    share = f"{level:3} of {total} ({100 * low:.0f} to {100 * high:.0f} %)"
    return f"{middle[0]:20.2f}    {middle[1]:.4f}   {bent}   {share}"


def run_chunk(spec: dict, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """The arrays of one row of SPECS for these seeds."""
    if spec["table"] == "ends":
        return {"theta": solutions(spec["width"], seeds)[1].float().numpy()}
    measure = {"line": _lines, "pair": _pairs, "curve": _bent}[spec["table"]]
    return _by_data_set(seeds, lambda some, data: measure(spec, some, data))


def _by_data_set(seeds: Sequence[int], measure: Callable[[list[int], int], dict[str, Tensor]]) -> dict[str, np.ndarray]:
    """What measure(seeds, data) says of each data set's seeds, put back into the order of the seeds."""
    seeds, found = np.asarray(seeds), {}
    for data in range(DATA_SETS):
        those = seeds % DATA_SETS == data
        if those.any():
            for name, values in measure(seeds[those].tolist(), data).items():
                found.setdefault(name, np.zeros(len(seeds)))[those] = values.numpy()
    return found


def _lines(spec: dict, seeds: list[int], data: int) -> dict[str, Tensor]:
    land, start, end = trained_line(spec["width"], spec["rate"], seeds, data, spec["steps"])
    rise = line(land, start, end).largest_rise
    return {"rise": rise, "moved": moved(start, end), "first": land.loss(start), "last": land.loss(end)}


def _pairs(spec: dict, seeds: list[int], data: int) -> dict[str, Tensor]:
    land, a, b = _two_ends(spec, seeds, data)
    straight, relabelled = line(land, a, b).barrier, line(land, a, matched(land, b, a)).barrier
    return {"straight": straight, "matched": relabelled, "loss": land.loss(a)}


def _bent(spec: dict, seeds: list[int], data: int) -> dict[str, Tensor]:
    land, a, b = _two_ends(spec, seeds, data)
    return {"bent": curve(land, a, b).barrier}


def _two_ends(spec: dict, seeds: list[int], data: int) -> tuple[Landscape, Tensor, Tensor]:
    land, ends = solutions(spec["width"], [2 * seed + which for which in (0, 1) for seed in seeds], data)
    return land, *ends.chunk(2)


def summarise(rows: Sequence) -> str:
    """All tables in words."""
    lines = [
        f"Lines from start to end on which the loss rises nowhere by {RISE:g} or more; distance moved, loss at the end"
    ]
    for spec, arrays in rows:
        if spec["table"] == "line":
            lines.append(
                f"width {spec['width']:2}, rate {spec['rate']:5}, {spec['steps']:5} steps: {share_that_falls(arrays)}"
            )
    lines.append("Barrier between two ends, median and 90th percentile")
    for spec, arrays in rows:
        if spec["table"] in ("pair", "curve"):
            for name in [name for name in arrays if name != "loss"]:
                middle, most = np.quantile(arrays[name], (0.5, 0.9))
                lines.append(f"width {spec['width']:2}, {name:8}: {middle:.4f}, {most:.4f}")
    return "\n".join(lines)


def draw_result(ax, rows: Sequence) -> None:
    """Median barriers between two ends by width: straight, and straight after matching the neurons."""
    pairs = [(spec["width"], arrays) for spec, arrays in rows if spec["table"] == "pair"]
    for name, color, marker in (("straight", "vermilion", "o"), ("matched", "blue", "s")):
        barriers = [float(np.median(arrays[name])) for _, arrays in pairs]
        ax.plot([width for width, _ in pairs], barriers, marker=marker, color=PALETTE[color], label=name)
    ax.set(xlabel="hidden neurons", ylabel="barrier between two ends (median)", yscale="log")
    log_values(ax, [width for width, _ in pairs])
    ax.legend()
