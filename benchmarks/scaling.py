"""How the cost of a gradient step grows with the members of an ensemble and with the size of its networks.

    python benchmarks/scaling.py         prints tables, writes benchmarks/scaling.json and benchmarks/scaling.png

Teacher-student networks, float64, one thread. "over linear" compares with the cost a member at 100 members.
"""

from __future__ import annotations

from pathlib import Path

import torch
from common import best_seconds, write

import lmcourse as lm
from lmcourse.engine import ENGINES, batch_gradient, has_compiler

MEMBERS = (1, 3, 10, 30, 100, 300, 1000, 3000, 10_000)
SIZES = (6, 8, 12, 16, 20, 32, 48, 64)


def milliseconds(k: int, members: int, engine: str) -> float:
    land = lm.teacher_student(k)
    some = lm.starts(land, seeds=range(min(members, 100)))
    theta = some.repeat(-(-members // len(some)), 1)[:members]
    gradient = batch_gradient(land, engine)
    return 1000 * best_seconds(lambda: gradient(theta))


def draw(tables: dict, path: Path) -> None:
    fig, (left, right) = lm.plots.figure(10, 4, columns=2)
    for (engine, rows), dash, marker in zip(tables["members"].items(), lm.plots.DASHES, lm.plots.MARKERS, strict=False):
        left.loglog(list(rows), list(rows.values()), dash, marker=marker, label=engine)
    for (engine, rows), dash, marker in zip(tables["sizes"].items(), lm.plots.DASHES, lm.plots.MARKERS, strict=False):
        right.loglog(list(rows), list(rows.values()), dash, marker=marker, label=engine)
    left.set(xlabel="members (number), k = n = 20", ylabel="milliseconds a step")
    right.set(xlabel="k = n (neurons), 100 members", ylabel="milliseconds a step")
    right.set_xticks(SIZES, [str(k) for k in SIZES])
    right.set_xticks([], minor=True)
    left.legend()
    right.legend()
    fig.savefig(path, dpi=80)


def main() -> None:
    torch.set_num_threads(1)
    engines = ENGINES if has_compiler() else ("eager",)
    tables = {
        "members": {engine: {m: milliseconds(20, m, engine) for m in MEMBERS} for engine in engines},
        "sizes": {engine: {k: milliseconds(k, 100, engine) for k in SIZES} for engine in engines},
    }
    linear = {
        engine: {m: round(rows[m] / m / (rows[100] / 100), 3) for m in MEMBERS if m >= 100}
        for engine, rows in tables["members"].items()
    }
    for name, table in {**tables, "over linear": linear}.items():
        print(name)
        for engine, rows in table.items():
            print(f"  {engine}: " + ", ".join(f"{key}: {value:.3g}" for key, value in rows.items()))
    write(__file__, {"milliseconds a step": tables, "over linear beyond 100 members": linear})
    draw(tables, Path(__file__).with_suffix(".png"))


if __name__ == "__main__":
    main()
