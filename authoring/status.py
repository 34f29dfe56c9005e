"""`python -m authoring status`: run every lesson once, measure it, and write the page docs/status.md.

The page ends with the slowest tests; `--tests` writes this part alone, from the last run of the whole test.
A `Measured` is a notebook with its Run (seconds, seconds per cell, peak memory of the kernel) and its size.
"""

import os
import platform
import sys
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

from authoring import notebook as nb
from authoring.build import write_atomically
from authoring.execute import Run, execute
from authoring.places import ROOT, Target
from authoring.problems import SourceError
from authoring.slowest import HEADING, slowest_tests

MOST_SECONDS, MOST_MEGABYTES, MOST_CELL_SECONDS = 60, 500, 20
SLOWEST = 10
PAGE = "docs/status.md"


@dataclass(frozen=True)
class Measured:
    target: Target
    run: Run
    kilobytes: float
    codes: tuple

    @property
    def verdict(self):
        """What is over its limit, or "yes"."""
        over = []
        if self.run.seconds > MOST_SECONDS:
            over.append("time")
        if self.run.peak_megabytes > MOST_MEGABYTES:
            over.append("memory")
        if max(self.run.cell_seconds, default=0) > MOST_CELL_SECONDS:
            over.append("a cell")
        return f"**no: {', '.join(over)}**" if over else "yes"


def status(chosen, root=ROOT, out=None):
    """Measure the chosen notebooks and write the page; returns the number that failed or exceed a limit."""
    out = out or sys.stdout
    measured, failures = [], 0
    for number, target in enumerate(chosen, 1):
        try:
            measured.append(measure(target, root))
        except SourceError as error:
            failures += 1
            print(f"[{number}/{len(chosen)}] {target.notebook}: FAILED\n{error}", file=out, flush=True)
            continue
        run = measured[-1].run
        print(
            f"[{number}/{len(chosen)}] {target.notebook}: {run.seconds:.1f} s, {run.peak_megabytes:.0f} MB",
            file=out,
            flush=True,
        )
    if failures:
        print(f"{PAGE} was not written: {failures} notebooks failed.", file=out)
        return failures
    write_atomically(Path(root, PAGE), page(measured) + "\n" + slowest_tests(root))
    print(f"{PAGE} is written.", file=out)
    return sum(each.verdict != "yes" for each in measured)


def status_of_tests(root=ROOT):
    """Write the part about the tests alone: what stands above it took minutes to measure, and stays."""
    path = Path(root, PAGE)
    measured = path.read_text(encoding="utf-8").partition(HEADING)[0].rstrip()
    write_atomically(path, measured + "\n\n" + slowest_tests(root))


def measure(target, root):
    """Execute one notebook from its source, without storing anything."""
    notebook = nb.generate(target, nb.source_of(target, root))
    codes = tuple(cell.source for cell in notebook.cells if cell.cell_type == "code")
    path = Path(root, target.notebook)
    path.parent.mkdir(parents=True, exist_ok=True)
    run = execute(notebook, path.parent, target.notebook, root)
    return Measured(target, run, path.stat().st_size / 1000 if path.exists() else 0.0, codes)


def page(measured):
    """The text of docs/status.md."""
    rows = "\n".join(
        f"| {each.target.notebook} | {each.run.seconds:.1f} | {max(each.run.cell_seconds, default=0):.1f} "
        f"| {each.run.peak_megabytes:.0f} | {each.kilobytes:.0f} | {each.verdict} |"
        for each in measured
    )
    cells = sorted(
        (
            (seconds, each.target.notebook, number, code)
            for each in measured
            for number, (seconds, code) in enumerate(zip(each.run.cell_seconds, each.codes, strict=True), 1)
        ),
        reverse=True,
    )
    slowest = "\n".join(
        f"| {seconds:.1f} | {notebook} | {number} | `{_first_line(code)}` |"
        for seconds, notebook, number, code in cells[:SLOWEST]
    )
    today, machine = date.today().isoformat(), _machine()
    return f"""\
# Status of the notebooks

Measured on {today} by `python -m authoring status`: each notebook alone, on one thread of {machine}.
Limits for one notebook: {MOST_SECONDS} s in all (the start of the kernel is not counted), {MOST_CELL_SECONDS} s a cell,
{MOST_MEGABYTES} MB of memory (peak of the kernel process).
How long Binder takes to the first picture is timed after each release: [releasing.md](releasing.md).

| notebook | seconds | slowest cell, seconds | peak memory, MB | size, kB | within limits |
|---|---|---|---|---|---|
{rows}

## The slowest cells

| seconds | notebook | code cell | begins with |
|---|---|---|---|
{slowest}
"""


def _machine():
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"{system}, Python {platform.python_version()}, torch {version('torch')}"


def _first_line(code):
    return code.strip().splitlines()[0][:50].replace("|", "/").replace("`", "'")
