"""Du and Lee's question (2018) at 200 runs a cell: from which width on do all runs of a quadratic network end at the lowest loss?

The runs are those of the table "map" of `quadratic_activation`, and a hundred more of each cell; of each only the answer is kept.
Wherever n (n + 1) / 2 > N a theorem says that every run must succeed, so one failure there would be a mistake of ours.

Data types, in words
    row         {"table": "map", "N": samples, "n": neurons}
    reached     (members,) True where the smallest eigenvalue of S and the gradient say: no width has a lower loss
    rank        (members,) of W
    loss        (members,) at the end, in single precision
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lmcourse.experiments import quadratic_activation
from lmcourse.experiments.count import Count
from lmcourse.experiments.quadratic_activation import SAMPLES, WIDTHS, covered_from, ranks
from lmcourse.plots import draw_share_grid

TITLE = "Quadratic activation at 200 runs a cell: shares that end at the lowest loss of all widths"
SOURCE = "this course, on the question of Du and Lee (2018)"
VERSION = 1
MEMBERS, CHUNK = 200, 100
SPECS = tuple({"table": "map", "N": N, "n": n} for N in SAMPLES for n in WIDTHS)


def run_chunk(spec: dict, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Train these members of one cell, and keep their answers."""
    return answers(quadratic_activation.run_chunk(spec, seeds))


def answers(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What is kept of the arrays of `quadratic_activation`."""
    reached = quadratic_activation.reached(arrays)
    return {"reached": reached, "rank": ranks(arrays).astype(np.int8), "loss": arrays["loss"].astype(np.float32)}


def count(arrays: dict[str, np.ndarray]) -> Count:
    """How many runs did not reach the lowest loss.

    >>> print(count({"reached": np.array([True, True, False, True])}))
    25.0 % (4.6 to 69.9)
    """
    return Count(int((~arrays["reached"]).sum()), len(arrays["reached"]))


def summarise(rows: Sequence[tuple[dict, dict]]) -> str:
    """A line for each N: runs that succeed, by width, the width from which a theorem covers all, and whether one fails there."""
    lines = [
        f"Runs of {MEMBERS} that reach the lowest loss of all widths, by neurons n",
        "  N" + "".join(f"{n:5}" for n in WIDTHS),
    ]
    for N in SAMPLES:
        row = {spec["n"]: arrays for spec, arrays in rows if spec["N"] == N}
        first = next(n for n in WIDTHS if not any(count(row[m]).failed for m in WIDTHS if m >= n))
        proved = covered_from(N)
        verdict = "agrees with the theorem" if first <= proved else "CONTRADICTS the theorem: a run must be unfinished"
        shares = "".join(f"{int(row[n]['reached'].sum()):5}" for n in WIDTHS)
        lines.append(f"{N:3}{shares}   all from n = {first}, by the theorem from n = {proved}: {verdict}")
    return "\n".join(lines)


def draw_result(ax, rows: Sequence[tuple[dict, dict]]) -> None:
    """The map of shares, by samples and neurons."""
    shares = {(spec["N"], spec["n"]): arrays["reached"].mean() for spec, arrays in rows}
    draw_share_grid(ax, [[shares[N, n] for n in WIDTHS] for N in SAMPLES], WIDTHS, SAMPLES)
    ax.set(xlabel="n (neurons)", ylabel="N (samples)")
