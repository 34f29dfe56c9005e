"""Exact spectra of many Hessians at once, against a loop over torch.func.hessian, and Lanczos against the exact ends.

    python benchmarks/hessians.py        prints a table and writes benchmarks/hessians.json

Teacher-student networks at random points, float64, one thread; the loop is run on a few points and scaled up.
"""

from __future__ import annotations

import torch
from common import best_seconds, write

import lmcourse as lm
from lmcourse.spectrum import extreme_eigenvalues

CASES = ((6, 1000), (20, 100))  # k = n, points
LOOP_POINTS = 3


def measure(k: int, points: int) -> dict:
    land = lm.teacher_student(k)
    theta = lm.starts(land, seeds=range(points))
    ours = best_seconds(lambda: torch.linalg.eigvalsh(land.hessian(theta)), repetitions=3)
    hessians = best_seconds(lambda: land.hessian(theta), repetitions=3)

    def loop():
        for point in theta[:LOOP_POINTS]:
            torch.linalg.eigvalsh(torch.func.hessian(land.loss_of)(point))

    rival = best_seconds(loop, repetitions=3) * points / LOOP_POINTS
    exact = torch.linalg.eigvalsh(land.hessian(theta[0]))
    found = extreme_eigenvalues(land, theta[0], count=2)
    values = torch.as_tensor(found.values, dtype=exact.dtype)
    nearest = (values[:, None] - exact).abs().amin(dim=1)
    return {
        "k": k,
        "P": land.dim,
        "points": points,
        "seconds for Hessians": round(hessians, 4),
        "seconds with spectra": round(ours, 4),
        "seconds of the loop": round(rival, 3),
        "loop / ours": round(rival / ours, 1),
        "Lanczos, relative error of the ends": float((nearest / exact.abs().max()).max()),
    }


def main() -> None:
    torch.set_num_threads(1)
    rows = [measure(k, points) for k, points in CASES]
    for row in rows:
        print(", ".join(f"{name} {value:.3g}" for name, value in row.items()))
    write(__file__, {"rows": rows})


if __name__ == "__main__":
    main()
