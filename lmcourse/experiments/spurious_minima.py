"""Safran and Shamir (2018), tables 1 and 2: how often gradient descent ends at a spurious minimum.

Data types, in words
    PUBLISHED   (k, n) -> runs of 1000 that ended above a loss of 1e-3, as recomputed from the authors' result files

The authors trained from W with independent N(0, 1/d) entries, step 0.1, to a gradient of about 1.6e-10 a neuron, and called a run
bad if its loss stayed at 1e-3 or above; of the bad runs nearly all were then proved to be near a local minimum.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from lmcourse.counting import shares_agree
from lmcourse.engine import has_compiler
from lmcourse.experiments.count import Count
from lmcourse.initialisations import starts
from lmcourse.networks.teacher_student import teacher_student
from lmcourse.plots import PALETTE, draw_shares
from lmcourse.training import Runs, Status, train

FAILED_ABOVE = 1e-3
PUBLISHED_RUNS = 1000
PUBLISHED = {
    (6, 6): 3, (7, 7): 55, (8, 8): 126, (9, 9): 218, (10, 10): 346, (11, 11): 455, (12, 12): 585, (13, 13): 730, (14, 14): 736,
    (15, 15): 803, (16, 16): 851, (17, 17): 897, (18, 18): 900, (19, 19): 934, (20, 20): 949,
    (8, 9): 1, (9, 10): 0, (10, 11): 1, (11, 12): 1, (12, 13): 3, (13, 14): 15, (14, 15): 55, (15, 16): 102, (16, 17): 180,
    (17, 18): 233, (18, 19): 369, (19, 20): 491,
    **{(k, k + 2): 0 for k in range(6, 19)},
}  # fmt: skip

REASONS = {  # where a published count is known to be out of line
    (13, 13): ": it also breaks its own row, and in the authors' files of 2021 the share is 67.0 % (335 of 500)",
}

TITLE = "Safran and Shamir (2018), tables 1 and 2: runs that end above a loss of 0.001"
SOURCE = "Safran and Shamir (2018), tables 1 and 2"
VERSION = 1
MEMBERS = PUBLISHED_RUNS
CHUNK = 1000  # a few slow members set the time of a chunk: one for all
SPECS = tuple({"k": k, "n": n} for k, n in PUBLISHED)


def published(k: int, n: int) -> Count:
    """The published count for k teacher and n student neurons.

    >>> print(published(8, 8))
    12.6 % (10.7 to 14.8)
    """
    if (k, n) not in PUBLISHED:
        raise ValueError(
            f"There is no published count for k = {k}, n = {n}: the tables have n = k (6 to 20), k + 1 (8 to 19), k + 2 (6 to 18)."
        )
    return Count(PUBLISHED[k, n], PUBLISHED_RUNS)


def longest_step(n: int) -> float:
    """A learning rate that is stable at the solution, whose curvature grows with its size: min(0.4, 5 / n).

    >>> longest_step(8), longest_step(20)
    (0.4, 0.25)
    """
    return min(0.4, 5 / n)


def run(k: int, n: int, seeds: Iterable[int], lr=None, tol: float = 1e-6, max_steps: int = 5000, **options) -> Runs:
    """The same experiment with a longer step and an earlier end, which changes the time but not the shares.

    >>> count_failed(run(6, 6, seeds=range(20)))
    Count(failed=0, total=20, unfinished=0)
    """
    seeds = list(seeds)
    land = teacher_student(k, n)
    lr = longest_step(n) if lr is None else lr
    return train(land, starts(land, seeds), lr=lr, tol=tol, max_steps=max_steps, seeds=seeds, **options)


def count_failed(runs: Runs) -> Count:
    """How many runs stayed at a loss of 1e-3 or above, and how many of these had not come to rest."""
    failed = runs.loss >= FAILED_ABOVE
    unfinished = failed & (runs.status != Status.CONVERGED)
    return Count(int(failed.sum()), len(runs), int(unfinished.sum()))


def run_chunk(spec: dict, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Final loss, gradient norm and number of steps (members,) of the runs with these seeds, all to a gradient of 1e-6."""
    runs = run(spec["k"], spec["n"], seeds, max_steps=200_000, engine=engine_used())
    return {"loss": runs.loss.numpy(), "grad_norm": runs.grad_norm.float().numpy(), "steps": runs.steps.int().numpy()}


def engine_used() -> str:
    """What the record of a result says of the engine."""
    return "compiled" if has_compiler() else "eager"


def count_stored(arrays: dict[str, np.ndarray], members: int | None = None) -> Count:
    """The same count from stored arrays, of all or of the first members; unfinished are those with a gradient above 1e-6."""
    failed, moving = arrays["loss"][:members] >= FAILED_ABOVE, arrays["grad_norm"][:members] > 1e-6
    return Count(int(failed.sum()), len(failed), int((failed & moving).sum()))


def verdict(k: int, n: int, ours: Count) -> str:
    """Our count beside the published one, in words.

    >>> verdict(10, 10, Count(307, 1000)), verdict(13, 13, Count(650, 1000))[:6]
    ('the published share lies outside our interval, within 3.3 standard errors of both counts', 'DIFFER')
    """
    theirs = published(k, n)
    if ours.interval[0] <= theirs.share <= ours.interval[1]:
        return "the published share lies in our interval"
    if shares_agree(ours[:2], theirs[:2]):
        return "the published share lies outside our interval, within 3.3 standard errors of both counts"
    return f"DIFFER by more than 3.3 standard errors{REASONS.get((k, n), '')}"


def summarise(rows: Sequence[tuple[dict, dict]]) -> str:
    """One line a row: our share with its interval, the published one, and whether the two agree."""
    lines = []
    for spec, arrays in rows:
        ours, theirs = count_stored(arrays), published(**spec)
        counts = f"here {ours!s:24} published {theirs!s:24}"
        lines.append(f"k = {spec['k']:2}, n = {spec['n']:2}   {counts} {verdict(**spec, ours=ours)}")
    return "\n".join(lines)


def draw_result(ax, rows: Sequence[tuple[dict, dict]]) -> None:
    """The share of failed runs by size, ours over the published one, for no, one and two spare neurons."""
    for spare, color, marker in ((0, "blue", "o"), (1, "vermilion", "s"), (2, "green", "^")):
        those = [(spec["k"], arrays) for spec, arrays in rows if spec["n"] == spec["k"] + spare]
        sizes, name = [k for k, _ in those], f"n = k + {spare}" if spare else "n = k"
        ours = [count_stored(arrays) for _, arrays in those]
        theirs = [published(k, k + spare) for k in sizes]
        draw_shares(ax, sizes, theirs, f"{name}, published", PALETTE["grey"], marker, "--")
        draw_shares(ax, sizes, ours, f"{name}, this course", PALETTE[color], marker, "none")
    ax.set(xlabel="k (teacher neurons)", ylabel="failed runs (percent)", ylim=(-3, 104))
    ax.legend()
