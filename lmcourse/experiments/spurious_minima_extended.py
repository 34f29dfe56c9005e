"""Safran and Shamir's table 1 beyond its size: ten times as many runs of the small networks, and networks up to k = 64.

Data types, in words
    PUBLISHED_2021  k -> failed runs of 500 with n = k, from the result files that Safran, Yehudai and Shamir gave out in 2021
    members         an entry of each row: small networks have more runs than large ones
    unfinished      a run whose gradient was still above 1e-6 after the last step

The runs are those of `spurious_minima`, with the same starts, step and end; only their numbers and sizes are others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lmcourse.counting import shares_agree
from lmcourse.experiments import spurious_minima
from lmcourse.experiments.count import Count
from lmcourse.experiments.spurious_minima import FAILED_ABOVE, PUBLISHED, PUBLISHED_RUNS, REASONS, engine_used
from lmcourse.plots import PALETTE, draw_shares
from lmcourse.training import Status

PUBLISHED_2021_RUNS = 500
PUBLISHED_2021 = {
    6: 0, 7: 27, 8: 57, 9: 111, 10: 160, 11: 237, 12: 269, 13: 335, 14: 352, 15: 390, 16: 436, 17: 451, 18: 448, 19: 472, 20: 471,
    24: 493, 32: 500, 40: 500,
}  # fmt: skip

TITLE = "Spurious minima beyond the published table: 10,000 runs up to k = 13, networks up to k = 64"
SOURCE = "Safran and Shamir (2018) and Safran, Yehudai and Shamir (2021), continued"
VERSION = 1
MEMBERS = 10_000
CHUNK = 500
MAX_STEPS = 200_000
SIZES = {
    **dict.fromkeys(range(6, 14), 10_000),
    **dict.fromkeys(range(22, 33, 2), 1000),
    **dict.fromkeys((40, 48, 64), 200),
}
SPECS = tuple({"k": k, "n": k, "members": members} for k, members in SIZES.items())


def run_chunk(spec: dict, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Final loss (members,), to six digits, number of steps, and whether the run is unfinished."""
    runs = spurious_minima.run(spec["k"], spec["n"], seeds, max_steps=MAX_STEPS, engine=engine_used())
    return {
        "loss": runs.loss.numpy().round(6).astype(np.float32),
        "steps": runs.steps.int().numpy(),
        "unfinished": (runs.status != Status.CONVERGED).numpy(),
    }


def count(arrays: dict[str, np.ndarray], members: int | None = None) -> Count:
    """Failed runs, of all or of the first members; `unfinished` are those that had not come to rest.

    >>> print(count({"loss": np.array([0.0, 0.02]), "unfinished": np.array([False, False])}))
    50.0 % (9.5 to 90.5)
    """
    failed, moving = arrays["loss"][:members] >= FAILED_ABOVE, arrays["unfinished"][:members]
    return Count(int(failed.sum()), len(failed), int((failed & moving).sum()))


def published(k: int, n: int) -> list[tuple[str, Count]]:
    """What was published for this size: (year, count), up to two of them.

    >>> published(12, 12)
    [('2018', Count(failed=585, total=1000, unfinished=0)), ('2021', Count(failed=269, total=500, unfinished=0))]
    """
    found = [("2018", Count(PUBLISHED[k, n], PUBLISHED_RUNS))] if (k, n) in PUBLISHED else []
    return found + ([("2021", Count(PUBLISHED_2021[k], PUBLISHED_2021_RUNS))] if n == k and k in PUBLISHED_2021 else [])


def summarise(rows: Sequence[tuple[dict, dict]]) -> str:
    """One line a row: our share with its interval, the published ones, and whether they agree."""
    lines = []
    for spec, arrays in rows:
        ours, verdicts = count(arrays), []
        for year, theirs in published(spec["k"], spec["n"]):
            agree = shares_agree(ours[:2], theirs[:2])
            reason = REASONS.get((spec["k"], spec["n"]), "") if year == "2018" else ""
            verdicts.append(f"published {year} {theirs} of {theirs.total}: {'agree' if agree else 'DIFFER' + reason}")
        verdict = "; ".join(verdicts) or "nothing published"
        moving = f", {ours.unfinished} of them still moving" if ours.unfinished else ""
        lines.append(
            f"k = {spec['k']:2}, n = {spec['n']:2}   {ours.failed:5} of {ours.total:6,} failed{moving}, {ours!s:24} {verdict}"
        )
    return "\n".join(lines)


def draw_result(ax, rows: Sequence[tuple[dict, dict]]) -> None:
    """The share of failed runs by size, n = k, over the published ones."""
    square = [(spec["k"], arrays) for spec, arrays in rows if spec["n"] == spec["k"]]
    theirs = {k: Count(failed, PUBLISHED_2021_RUNS) for k, failed in PUBLISHED_2021.items()}
    first = {k: Count(failed, PUBLISHED_RUNS) for (k, n), failed in PUBLISHED.items() if n == k}
    draw_shares(ax, list(first), first.values(), "Safran and Shamir 2018, 1,000 runs", PALETTE["grey"], "s", "--")
    draw_shares(ax, list(theirs), theirs.values(), "their files of 2021, 500 runs", PALETTE["green"], "^", "none")
    ours = [count(arrays) for _, arrays in square]
    draw_shares(ax, [k for k, _ in square], ours, "this course, 200 to 10,000 runs", PALETTE["blue"], "o", "none")
    ax.set(xlabel="k = n (neurons)", ylabel="failed runs (percent)", ylim=(-3, 104))
    ax.legend(loc="lower right")
