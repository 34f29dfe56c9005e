"""The same ensembles on the CPU and on an NVIDIA GPU: are they the same, and what does the GPU buy?

    python benchmarks/gpu.py [FILE]     prints a table and writes it to FILE, by default benchmarks/gpu.json; needs CUDA

The CPU side runs on one thread, as lessons do. Each figure is the best of several repetitions, in milliseconds a step of
gradient descent for all members together, float64.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from pathlib import Path

import torch

import lmcourse as lm

SIZES = (8, 20)
MEMBERS = (100, 1000, 10_000, 100_000)
STEPS, REPETITIONS = 20, 3


def milliseconds(land, theta0, engine: str) -> float:
    def run():
        lm.train(land, theta0, lr=0.1, tol=0, max_steps=STEPS, engine=engine)
        if theta0.is_cuda:
            torch.cuda.synchronize()

    run()
    times = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return round(1000 * min(times) / STEPS, 4)


def agreement(k: int) -> dict:
    """CPU and GPU from the same starts: after 100 steps, and at the end after refining."""
    land = lm.teacher_student(k)
    theta0 = lm.starts(land, seeds=range(200))
    few = [lm.train(land, theta0.to(device), lr=0.1, tol=0, max_steps=100).theta.cpu() for device in ("cpu", "cuda")]
    ends = []
    for device in ("cpu", "cuda"):
        runs = lm.train(land, theta0.to(device), lr=0.25, tol=1e-8, max_steps=50_000)
        ends.append(lm.refine(land, runs.theta).theta.cpu())
    apart = (ends[0] - ends[1]).norm(dim=1)
    return {
        "k": k,
        "difference after 100 steps": float((few[0] - few[1]).abs().max()),
        "largest difference of end points": float(apart.max()),
        "members that end elsewhere": int((apart > 1e-8).sum()),
    }


def measure(k: int, members: int) -> dict:
    land = lm.teacher_student(k)
    theta0 = lm.starts(land, seeds=range(1000)).repeat(-(-members // 1000), 1)[:members]
    row = {"k": k, "members": members, "cpu": milliseconds(land, theta0, "eager")}
    for engine in ("eager", "compiled"):
        try:
            row[f"cuda {engine}"] = milliseconds(land, theta0.cuda(), engine)
        except torch.OutOfMemoryError as error:
            row[f"cuda {engine}"] = f"out of memory: {str(error)[:60]}"
    times = [value for name, value in row.items() if name.startswith("cuda") and isinstance(value, float)]
    return {**row, "cpu / best cuda": round(row["cpu"] / min(times), 1) if times else None}


def main() -> None:
    if not torch.cuda.is_available():
        raise SystemExit("This benchmark compares with a CUDA device, and torch finds none here.")
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_suffix(".json")
    torch.set_num_threads(1)
    result = {
        "environment": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "gpu": torch.cuda.get_device_name(),
            "cpu cores": os.cpu_count(),
        },
        "agreement": [agreement(k) for k in SIZES],
        "milliseconds a step": [],
    }
    print(json.dumps(result["agreement"], indent=1), flush=True)
    for k in SIZES:
        for members in MEMBERS:
            result["milliseconds a step"].append(row := measure(k, members))
            print(row, flush=True)
            target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
