"""How much memory the training of 10,000 networks takes, beside the budget that the user gives.

    python benchmarks/memory.py          prints a table and writes benchmarks/memory.json (Linux and macOS)

Each row is a process of its own: 10,000 teacher-student networks with k = n = 20, ten steps of gradient descent, with
memory=BUDGET. "beyond the start" is the peak of the process above what it held when the networks had been drawn; the result,
32 MB, is part of it.
"""

from __future__ import annotations

import json
import subprocess
import sys

from common import write

BUDGETS = (50, 200, 500)
CHILD = """
import json, resource, sys
import lmcourse as lm
budget = float(sys.argv[1])
land = lm.teacher_student(20)
theta0 = lm.starts(land, seeds=range(10_000))
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
before = peak()
lm.train(land, theta0, lr=0.1, tol=0, max_steps=10, memory=budget)
print(json.dumps({"budget MB": budget, "at the start MB": round(before), "beyond the start MB": round(peak() - before)}))
"""


def main() -> None:
    rows = []
    for budget in BUDGETS:
        child = subprocess.run([sys.executable, "-c", CHILD, str(budget)], capture_output=True, text=True, check=True)
        rows.append(json.loads(child.stdout))
        print(rows[-1])
    write(__file__, {"members": 10_000, "k": 20, "rows": rows})


if __name__ == "__main__":
    main()
