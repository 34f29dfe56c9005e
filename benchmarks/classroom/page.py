"""The measured part of docs/teaching/classroom.md: a row a class, and what follows from them for a class of thirty."""

from __future__ import annotations

import json
import math
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = REPOSITORY / "docs" / "teaching" / "classroom.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
CLASS = 30
SYSTEM = 1500  # megabytes for the operating system
SPARE = 1.3  # students open a second notebook, and lessons differ

COLUMNS = (
    "students at once",
    "finished",
    "with errors",
    "server ready, s (median, last)",
    "all cells, s (median, last)",
    "MB a head",
    "of it kernel",
    "hub and proxy, MB",
    "processor time a head, s",
)


def line(row: dict) -> str:
    return (
        f"| {row['students']} | {row['finished']} | {row['students with errors']} "
        f"| {row['server ready, median s']}, {row['server ready, last s']} "
        f"| {row['all cells, median s']}, {row['all cells, last s']} "
        f"| {row['MB a head']} | {row['of it kernel MB']} | {row['hub and proxy MB']} | {row['processor s a head']} |"
    )


def largest(rows: list[dict]) -> dict:
    """The row of the largest class: the more students there are, the more of their memory is held in common."""
    return max(rows, key=lambda row: row["students"])


def gigabytes(rows: list[dict], students: int = CLASS) -> int:
    """Memory for a class, by what the largest class took a head, in whole gigabytes.

    >>> gigabytes([{"students": 3, "MB a head": 400, "hub and proxy MB": 200}], students=10)
    7
    """
    row = largest(rows)
    return math.ceil((SPARE * students * row["MB a head"] + row["hub and proxy MB"] + SYSTEM) / 1000)


def seconds(rows: list[dict], cores: int, students: int = CLASS) -> int:
    """Seconds until the last of a class has all outputs, if the processor is all that they wait for.

    >>> seconds([{"students": 3, "processor s a head": 12.0}], cores=4, students=10)
    30
    """
    return round(students * largest(rows)["processor s a head"] / cores)


def table(result: dict) -> str:
    """The text between the two marks of the page."""
    here, rows = result["machine"], result["rows"]
    head = "| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS)
    classes = "\n".join(map(line, rows))
    waits = "\n".join(f"| {cores} | {seconds(rows, cores)} |" for cores in (2, 4, 8, 16))
    loads = ", ".join(str(row["load before"]) for row in rows)
    versions = f"JupyterHub {here['jupyterhub']}, JupyterLab {here['jupyterlab']}, torch {here['torch']}"
    return f"""\
Measured on {result["date"]} by `python -m benchmarks.classroom` with `{result["notebook"]}`,
on {here["cores"]} cores and {here["memory MB"] / 1000:.0f} GB of memory, {versions}.
Students, hub, and the driver that plays the browsers share the machine. Load before each class: {loads}.

{head}
{classes}

From the largest class follows for {CLASS} students at once: **{gigabytes(rows)} GB of memory**, with three tenths to spare and
{SYSTEM / 1000} GB for the system. If all press *Run All Cells* in the same second, and the processor is all that they wait
for, the last one waits so many seconds for the last output:

| cores | seconds |
|---|---|
{waits}"""


def write(result: dict, path: Path = PAGE) -> None:
    """Put the measured part between its marks; all else on the page stays."""
    before, begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{path} has lost its marks: expected {BEGIN} and below it {END}")
    path.write_text(f"{before}{BEGIN}\n{table(result)}\n{END}{after}", encoding="utf-8")


def measured(path: Path = PAGE) -> str:
    """What the page says between its marks."""
    return path.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()


if __name__ == "__main__":  # write the page anew from the stored result
    write(json.loads((REPOSITORY / "benchmarks" / "classroom.json").read_text(encoding="utf-8")))
