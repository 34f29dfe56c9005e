"""Critical points of small 3-spin models, all of them as far as a search finds them, against the exact mean numbers.

Auffinger, Ben Arous and Cerny (2013) give the mean number of critical points of each index over all couplings, for every number
N of spins: `p_spin_mean_counts`. Here each member is one set of couplings whose points are searched for until the Morse sum is
right and a thousand new starts bring nothing new (`index_and_height.all_critical_points`). A search can miss points, theory cannot.

Data types, in words
    row         {"N": spins}; members have couplings of their own
    by_index    (members, N): how many critical points of each index 0, ..., N - 1 were found
    complete    (members,) True where the Morse sum is right
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from lmcourse.experiments.index_and_height import all_critical_points
from lmcourse.networks.random_field_theory import p_spin_mean_counts
from lmcourse.plots import PALETTE

TITLE = "Mean number of critical points of 3-spin models, by number of spins and index"
SOURCE = "Auffinger, Ben Arous and Cerny (2013), mean numbers"
VERSION = 1
MEMBERS, CHUNK = 100, 10
SPECS = tuple({"N": N} for N in range(4, 10))
APART = 3.3  # standard errors


def run_chunk(spec: dict, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """All critical points that the search finds, for couplings number `seeds`."""
    N, by_index, complete = spec["N"], [], []
    for seed in seeds:
        spins = all_critical_points(N, seed=int(seed))
        by_index.append(np.bincount(spins.index, minlength=N))
        complete.append(spins.morse_sum == 2 * (N % 2))
    return {"by_index": np.array(by_index, dtype=np.int16), "complete": np.array(complete)}


@lru_cache(maxsize=16)
def theory(N: int) -> np.ndarray:
    """The exact mean number of critical points of each index (N,), up to the sampling of 20,000 matrices.

    >>> round(float(theory(5).sum()), 1)
    31.5
    """
    return p_spin_mean_counts(N)


def means(arrays: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Mean number of critical points, of minima and maxima together, and their standard errors, (2,) each.

    A couplings' mirror image turns minima into maxima, so the two are averaged.

    >>> means({"by_index": np.array([[2, 4, 2], [1, 2, 1]])})
    (array([6. , 1.5]), array([2. , 0.5]))
    """
    counts = arrays["by_index"].astype(float)
    columns = np.stack([counts.sum(1), (counts[:, 0] + counts[:, -1]) / 2])
    return columns.mean(1), columns.std(1, ddof=1) / len(counts) ** 0.5


def summarise(rows: Sequence[tuple[dict, dict]]) -> str:
    """A line a row: found and exact mean numbers, of all critical points and of minima, and whether they agree."""
    lines = ["        critical points: found          exact    minima: found          exact   verdict"]
    for spec, arrays in rows:
        (found, minima), errors = means(arrays)
        (off, its_off), exact = 1.96 * errors, theory(spec["N"])
        agree = (abs(np.array([found - exact.sum(), minima - exact[0]])) < APART * errors).all()
        whole = f"Morse sum right for {int(arrays['complete'].sum())} of {len(arrays['complete'])}"
        lines.append(
            f"N = {spec['N']:2}  {found:16.1f} +- {off:4.1f} {exact.sum():12.1f} {minima:13.2f} +- {its_off:4.2f} "
            f"{exact[0]:10.2f}   {'agree' if agree else 'DIFFER'}; {whole}"
        )
    return "\n".join(lines)


def draw_result(ax, rows: Sequence[tuple[dict, dict]]) -> None:
    """Mean numbers against N, with 95 % intervals, over the exact ones."""
    sizes = [spec["N"] for spec, _ in rows]
    found = np.array([means(arrays) for _, arrays in rows])  # (rows, mean or error, all or minima)
    exact = np.array([(theory(N).sum(), theory(N)[0]) for N in sizes])
    for column, name, color, marker in ((0, "critical points", "blue", "o"), (1, "minima", "vermilion", "s")):
        ax.plot(sizes, exact[:, column], "--", color=PALETTE[color], label=f"{name}, exact mean")
        errors = 1.96 * found[:, 1, column]
        label = f"{name} found"
        ax.errorbar(sizes, found[:, 0, column], errors, None, marker, color=PALETTE[color], capsize=3, label=label)
    ax.set(xlabel="N (spins)", ylabel="mean number", yscale="log")
    ax.legend()
