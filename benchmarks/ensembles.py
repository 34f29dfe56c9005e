"""1,000 runs for each size of Safran and Shamir's table, to a gradient of 1e-12, refined to machine precision.

    python benchmarks/ensembles.py [--sizes 6 8 10]      prints a table and writes benchmarks/ensembles.json

For each k = n: seconds of training and refining, failed runs beside the published count, and the share of gradient work
that is saved because members leave the batch when they have converged: 1 - (sum of steps) / (members * most steps).
"""

from __future__ import annotations

import argparse
import time

import torch
from common import write

import lmcourse as lm
from lmcourse.engine import has_compiler
from lmcourse.experiments import spurious_minima as experiment

MEMBERS, TOL, MAX_STEPS = 1000, 1e-12, 100_000


def measure(k: int, engine: str) -> dict:
    land = lm.teacher_student(k)
    theta0 = lm.starts(land, seeds=range(MEMBERS))
    lr = experiment.longest_step(k)
    lm.train(land, theta0, lr=lr, tol=TOL, max_steps=2, engine=engine)  # pays for compiling, which happens once a size
    start = time.perf_counter()
    runs = lm.train(land, theta0, lr=lr, tol=TOL, max_steps=MAX_STEPS, engine=engine)
    trained = time.perf_counter()
    points = lm.refine(land, runs.theta)
    refined = time.perf_counter()
    count = experiment.count_failed(runs)
    saved = 1 - float(runs.steps.sum()) / (MEMBERS * int(runs.steps.max()))
    return {
        "k": k,
        "training seconds": round(trained - start, 1),
        "refining seconds": round(refined - trained, 1),
        "most steps": int(runs.steps.max()),
        "work saved": round(saved, 3),
        "failed": count.failed,
        "published": experiment.published(k, k).failed,
        "largest gradient after refining": float(points.grad_norm.max()),
        "left": int(points.left.sum()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(range(6, 21)))
    torch.set_num_threads(1)
    engine = "compiled" if has_compiler() else "eager"
    rows = []
    for k in parser.parse_args().sizes:
        rows.append(row := measure(k, engine))
        print(", ".join(f"{name} {value:.3g}" for name, value in row.items()), flush=True)
        write(__file__, {"members": MEMBERS, "tol": TOL, "engine": engine, "rows": rows})


if __name__ == "__main__":
    main()
