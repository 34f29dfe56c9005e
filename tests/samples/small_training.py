"""An experiment for the tests of long runs: small enough to run many times, real enough to go wrong.

LMCOURSE_TEST_LOSE=FILE : the first worker that comes to the chunk LOST kills itself in the middle of it, and notes it in FILE.
LMCOURSE_TEST_HOLD : whoever comes to the chunk LOST stays there; "second": whoever comes there after one was lost and one was not.
"""

import os
import signal
import time
from pathlib import Path

import lmcourse as lm

TITLE = "Teacher-student networks, a few steps each"
SOURCE = "nobody"
VERSION = 1
MEMBERS, CHUNK = 30, 5
SPECS = ({"k": 4, "n": 4}, {"k": 4, "n": 5})
LOST = 1, 10  # row and first seed


def run_chunk(spec, seeds):
    land = lm.teacher_student(**spec)
    runs = lm.train(land, lm.starts(land, seeds), lr=0.2, tol=0, max_steps=20, seeds=seeds)
    if (SPECS.index(spec), seeds[0]) == LOST:
        perhaps_lose_this_worker()
    return {"theta": runs.theta.numpy(), "loss": runs.loss.numpy()}


def summarise(rows):
    return "\n".join(f"n = {spec['n']}: {arrays['loss'].mean():.6f}" for spec, arrays in rows)


def draw_result(ax, rows):
    for spec, arrays in rows:
        ax.plot(sorted(arrays["loss"]), label=f"n = {spec['n']}")


def perhaps_lose_this_worker():
    file, hold = os.environ.get("LMCOURSE_TEST_LOSE", ""), os.environ.get("LMCOURSE_TEST_HOLD", "")
    visits = Path(file).read_text().count("\n") if file and Path(file).exists() else 0
    if file and visits < 2:
        with open(file, "a") as lines:
            lines.write("visited\n")
        if visits == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    if hold and (visits == 2 or hold != "second"):
        time.sleep(1000)
