"""How long the proofs about teacher-student minima take: dense for k = 6 to 20 and 32, by symmetry for every k from 6 to 10,000.

    python benchmarks/certificates.py [LARGEST K]   prints a table, writes benchmarks/certificates.json and docs/proofs_by_size.png

Wall time, and the time that the processor worked for this process: on a machine with other work the first is longer, and the
second is close to what a quiet core would take. Starting points are found before the clock starts; all runs on one core.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from common import write
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import lmcourse as lm
from lmcourse.certificates import symmetric

PICTURE = Path(__file__).parent.parent / "docs" / "proofs_by_size.png"


def timed(prove: Callable[[], object]) -> dict[str, float]:
    """Seconds on the clock and on the processor."""
    wall, processor = time.perf_counter(), time.process_time()
    prove()
    return {"wall s": round(time.perf_counter() - wall, 2), "processor s": round(time.process_time() - processor, 2)}


def prove_dense(points: dict) -> None:
    """A proof on the whole k*k Hessian for each point; stops with an error where one fails."""
    for k, theta in points.items():
        proof = lm.certify(lm.teacher_student(k), theta, not_global=True)
        if not proof:
            raise SystemExit(f"k = {k}: {proof.why_not}")


def prove_blocks(largest: int) -> list[tuple[int, float, float, float]]:
    """(k, seconds of the proof, bound, radius) for every k from 6 on; stops with an error where a proof fails."""
    values, rows = symmetric.FIRST, []
    for k in range(6, largest + 1):
        values = symmetric.solve(k, values)
        start = time.process_time()
        proof = symmetric.prove(k, values)
        if not proof:
            raise SystemExit(f"k = {k}: {proof.why_not}")
        rows.append((k, time.process_time() - start, proof.eigenvalue_bound, proof.radius))
    return rows


def draw(rows) -> Figure:
    """Time and bound against k."""
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    sizes = [row[0] for row in rows]
    left.loglog(sizes, [1000 * row[1] for row in rows], ".", markersize=2)
    left.set(xlabel="k", ylabel="milliseconds for one proof", ylim=(0.5, 50))
    right.semilogx(sizes, [row[2] for row in rows], label="below every eigenvalue, proved")
    right.axhline(0.0908450569, linestyle="--", color="gray", label="at the global minimum: 1/4 - 1/(2 pi)")
    right.set(xlabel="k", ylabel="proved bound of the eigenvalues", ylim=(0, 0.1))
    right.legend(loc="lower right", fontsize=8)
    return figure


def main(largest: int = 10_000) -> None:
    minima = {k: lm.symmetric_minimum(k).flatten() for k in (*range(6, 21), 32)}
    blocks: list = []
    prove_dense({6: minima[6]})  # what is loaded at the first proof
    result = {
        "load before": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "dense, k = 6 to 20 together": timed(lambda: prove_dense({k: minima[k] for k in range(6, 21)})),
        "dense, k = 32": timed(lambda: prove_dense({32: minima[32]})),
        f"by symmetry, every k from 6 to {largest}": timed(lambda: blocks.extend(prove_blocks(largest))),
        "smallest bound by symmetry": min(row[2] for row in blocks),
        "smallest radius by symmetry": min(row[3] for row in blocks),
    }
    for name, value in result.items():
        print(f"{name:40} {value}")
    if largest == 10_000:
        write(__file__, result)
        draw(blocks).savefig(PICTURE, dpi=110)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
