"""What all benchmarks share: the best of several repetitions, one thread, and a JSON file beside the script."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable
from pathlib import Path

import torch


def best_seconds(run: Callable[[], object], repetitions: int = 5) -> float:
    """The shortest of several runs; a first one, not counted, pays for what is loaded or compiled once."""
    run()
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def environment() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "machine": platform.machine(),
        "threads": "1",
    }


def write(script: str, result: dict) -> None:
    """Write a result beside its script, with the environment in which it was measured."""
    content = json.dumps({"environment": environment(), **result}, indent=1) + "\n"
    Path(script).with_suffix(".json").write_text(content, encoding="utf-8")
