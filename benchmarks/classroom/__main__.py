"""How a class fares that begins at the same moment, on a real JupyterHub.

    python -m benchmarks.classroom 3 8            three students, then eight
    python -m benchmarks.classroom 3 8 full       then as many as the free memory holds
    python -m benchmarks.classroom 2 --notebook 00_start_here.ipynb --keep

For each class a hub and its proxy are started on this machine alone, with the settings of jupyter/hub/lmcourse.py, when
the machine has come to rest after the class before. At the same moment every student starts a server, opens the lesson in
JupyterLab, runs all cells and saves. The driver prints a row a class; it writes benchmarks/classroom.json and the table of
docs/teaching/classroom.md unless --keep leaves both as they are.

It needs jupyterhub and its proxy (npm install -g configurable-http-proxy), and says so when one is missing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path

import psutil
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketError

from benchmarks.classroom import page
from benchmarks.classroom.hub import REPOSITORY, Hub, Missing, running
from benchmarks.classroom.memory import Watch, add_up, processor_seconds

LESSON = "chapters/1_saddle_points/1_critical_points.ipynb"
RESULT = REPOSITORY / "benchmarks" / "classroom.json"
TROUBLE = (HTTPClientError, WebSocketError, OSError, RuntimeError)
RESERVE = 3000  # megabytes that a full machine keeps free
REST, REST_AT_MOST = 1.0, 420  # the load that a class waits for, and for how many seconds


@dataclass
class Student:
    """What one student met: seconds from the start of the class to the server and to the last cell, and errors."""

    server: float | None = None
    finished: float | None = None
    errors: list[str] = field(default_factory=list)


async def attend(hub: Hub, name: str, notebook: str, began: float) -> Student:
    """The class of one student. Whatever goes wrong becomes a line in `errors`."""
    student = Student()
    try:
        server = await hub.start_server(name)
        student.server = time.monotonic() - began
        student.errors = (await server.run(notebook)).errors
        student.finished = time.monotonic() - began
    except TROUBLE as problem:  # one student's trouble must not end the class
        student.errors.append(f"{type(problem).__name__}: {problem}")
    return student


async def hold(hub: Hub, names: list[str], notebook: str, watch: Watch) -> tuple[list[Student], dict[str, float]]:
    """A whole class: what each student met, and the processor seconds of all kinds of processes."""
    await hub.wait_until_ready()
    began = time.monotonic()
    students = await asyncio.gather(*(attend(hub, name, notebook, began) for name in names))
    watch.look()  # every kernel still stands; a short class may fall between two looks of the watch
    seconds = add_up(hub.process, processor_seconds)
    await asyncio.gather(*(hub.stop_server(name) for name in names), return_exceptions=True)
    return students, seconds


def wait_for_rest() -> None:
    """Let the machine come to rest after the class before; on one that never rests, begin all the same."""
    until = time.monotonic() + REST_AT_MOST
    while os.getloadavg()[0] > REST and time.monotonic() < until:
        time.sleep(5)


def measure(number: int, notebook: str) -> dict:
    """A class of this size, as a row of the result."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, running(Path(folder)) as hub:
        names = [f"student{i:03d}" for i in range(number)]
        for name in names:
            own = hub.home(name) / notebook
            own.parent.mkdir(parents=True, exist_ok=True)
            own.write_bytes((REPOSITORY / notebook).read_bytes())
        with Watch(hub.process) as watch:
            students, seconds = asyncio.run(hold(hub, names, notebook, watch))
    return {**row(students, watch.most, seconds), "load before": round(load, 1), **free(watch)}


def free(watch: Watch) -> dict[str, int]:
    return {"least free MB": round(watch.least_available)}


def row(students: list[Student], memory: dict[str, float], seconds: dict[str, float]) -> dict:
    """The figures of a class; times are those of the students who came so far."""
    servers = [student.server for student in students if student.server is not None]
    ends = [student.finished for student in students if student.finished is not None]
    number, theirs = len(students), ("servers", "kernels")
    return {
        "students": number,
        "finished": len(ends),
        "errors": sorted({error for student in students for error in student.errors}),
        "students with errors": sum(bool(student.errors) for student in students),
        "server ready, median s": middle(servers),
        "server ready, last s": last(servers),
        "all cells, median s": middle(ends),
        "all cells, last s": last(ends),
        "MB a head": round(sum(memory[kind] for kind in theirs) / number),
        "of it kernel MB": round(memory["kernels"] / number),
        "hub and proxy MB": round(memory["hub"] + memory["proxy"]),
        "processor s a head": round(sum(seconds[kind] for kind in theirs) / number, 1),
        "hub and proxy processor s": round(seconds["hub"] + seconds["proxy"], 1),
    }


def middle(times: list[float]) -> float | None:
    return round(statistics.median(times), 1) if times else None


def last(times: list[float]) -> float | None:
    return round(max(times), 1) if times else None


def as_many_as_fit(rows: list[dict]) -> int:
    """How many students the free memory holds, by the largest need a head that was measured before."""
    if not rows:
        raise SystemExit("full needs a smaller class before it, to know what a student takes: say, for example, 3 full")
    head = max(row["MB a head"] for row in rows)
    return max(1, int((psutil.virtual_memory().available / 1e6 - RESERVE) / head))


def machine() -> dict:
    return {
        "cores": os.cpu_count(),
        "memory MB": round(psutil.virtual_memory().total / 1e6),
        "system": sys.platform,
        **{name: version(name) for name in ("jupyterhub", "jupyterlab", "torch")},
    }


def size(word: str) -> int | str:
    if word != "full" and not (word.isdigit() and int(word) > 0):
        raise argparse.ArgumentTypeError(f"expected a number of students, or full, and got {word!r}")
    return word if word == "full" else int(word)


def arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.classroom", description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="+", type=size, metavar="STUDENTS", help="a number of students, or full")
    parser.add_argument("--notebook", default=LESSON, help="what they run (default: %(default)s)")
    parser.add_argument("--keep", action="store_true", help="write nothing: neither the result nor the page")
    given = parser.parse_args(words)
    if not (REPOSITORY / given.notebook).is_file():
        parser.error(f"{given.notebook} is no notebook of the course: expected a path such as {LESSON}")
    return given


def main(words: list[str] | None = None) -> int:
    given, rows = arguments(words), []
    try:
        for wanted in given.sizes:
            if rows:
                wait_for_rest()
            rows.append(measure(as_many_as_fit(rows) if wanted == "full" else wanted, given.notebook))
            print(json.dumps(rows[-1]), flush=True)
    except Missing as missing:
        print(missing)
        return 1
    result = {"date": date.today().isoformat(), "notebook": given.notebook, "machine": machine(), "rows": rows}
    print(page.table(result))
    if not given.keep:
        RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        page.write(result)
        print(f"Written: {RESULT.relative_to(REPOSITORY)} and {page.PAGE.relative_to(REPOSITORY)}")
    return 0 if all(row["finished"] == row["students"] and not row["errors"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
