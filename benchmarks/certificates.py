"""Prove the minimum with one reversed neuron for every k from 6 to 10,000, and draw time and bound against k.

    python benchmarks/certificates.py [LARGEST K]       writes docs/proofs_by_size.png and prints a summary

One core is enough: about 25 seconds.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from lmcourse.certificates import symmetric

PICTURE = Path(__file__).parent.parent / "docs" / "proofs_by_size.png"


def prove_all(largest: int) -> list[tuple[int, float, float, float]]:
    """(k, seconds of the proof, bound, radius) for every k; stops with an error where a proof fails."""
    values, rows = symmetric.FIRST, []
    for k in range(6, largest + 1):
        values = symmetric.solve(k, values)
        proof = symmetric.prove(k, values)
        if not proof:
            raise SystemExit(f"k = {k}: {proof.why_not}")
        rows.append((k, proof.seconds, proof.eigenvalue_bound, proof.radius))
    return rows


def draw(rows) -> Figure:
    """Time and bound against k."""
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    sizes = [row[0] for row in rows]
    left.loglog(sizes, [1000 * row[1] for row in rows], ".", markersize=2)
    left.set(xlabel="k", ylabel="milliseconds for one proof", ylim=(0.5, 50))
    right.semilogx(sizes, [row[2] for row in rows], label="proved bound of all eigenvalues")
    right.axhline(0.0908450569, linestyle="--", color="gray", label="at the global minimum: 1/4 - 1/(2 pi)")
    right.set(xlabel="k", ylim=(0, 0.1))
    right.legend(loc="lower right", fontsize=8)
    return figure


def main(largest: int = 10_000) -> None:
    start = time.perf_counter()
    rows = prove_all(largest)
    print(f"k = 6 to {largest}: all {len(rows)} proved in {time.perf_counter() - start:.1f} s.")
    print(f"Smallest bound {min(row[2] for row in rows):.6f}, smallest radius {min(row[3] for row in rows):.1e}.")
    draw(rows).savefig(PICTURE, dpi=110)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
