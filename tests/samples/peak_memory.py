"""Megabytes that 10,000 networks with k = n = 20 take beyond what the process held before, with a memory budget.

python -m samples.peak_memory BUDGET        prints: beyond the start, the result itself, and the same for `reproduce`
"""

import re
import resource
import sys
import tempfile
import types
from pathlib import Path

import psutil

import lmcourse as lm

MEMBERS = 10_000


def now():
    return psutil.Process().memory_info().rss / 1e6


def peak():
    status = Path("/proc/self/status")
    if status.exists():  # not getrusage: on Linux it counts what the process held that started this one
        return int(re.search(r"VmHWM:\s+(\d+)", status.read_text(encoding="ascii"))[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e6 / 1024)


def main(budget):
    land = lm.teacher_student(20)
    theta0 = lm.starts(land, seeds=range(MEMBERS))
    before = now()
    runs = lm.train(land, theta0, lr=0.1, tol=0, max_steps=5, memory=float(budget))
    beyond, result = peak() - before, runs.theta.nbytes / 1e6
    del theta0, runs
    print(f"{beyond:.0f} {result:.0f} {reproduced(float(budget)):.0f}")


def reproduced(budget):
    """One row of 10,000 members, in chunks of 1,000."""
    it = types.ModuleType("samples.ten_thousand")
    it.TITLE, it.VERSION, it.MEMBERS, it.CHUNK, it.SPECS = "Ten thousand", 1, MEMBERS, 1000, ({"k": 20},)
    it.summarise = len

    def run_chunk(spec, seeds):
        land = lm.teacher_student(20)
        runs = lm.train(land, lm.starts(land, seeds), lr=0.1, tol=0, max_steps=5, memory=budget)
        return {"loss": runs.loss.numpy(), "grad_norm": runs.grad_norm.numpy(), "steps": runs.steps.numpy()}

    it.run_chunk, before = run_chunk, now()
    sys.modules[it.__name__] = it
    with tempfile.TemporaryDirectory() as folder:
        assert len(lm.store.reproduce(it.__name__, folder, progress=False).rows[0][1]["loss"]) == MEMBERS
    return peak() - before


if __name__ == "__main__":
    main(*sys.argv[1:])
