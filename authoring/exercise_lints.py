"""The rules of an exercise source: three to five tasks, each with hints, minutes, a check and an explanation."""

import re

from authoring.exercise import exercise_name
from authoring.problems import Problem

LEAST, MOST = 3, 5
LEAST_HINTS = 2
HINT = re.compile(r"<details>\s*<summary>\s*Hint\b", re.IGNORECASE)
MINUTES = re.compile(r"\b\d+\s+minutes?\b", re.IGNORECASE)


def lint_exercise(source):
    """Every problem of the tasks of one exercise source; one task may be open, without a check."""
    tasks = list(_tasks(source))
    if not LEAST <= len(tasks) <= MOST:
        yield Problem(
            source.path,
            f"{len(tasks)} cells tagged 'exercise', expected {LEAST} to {MOST}",
            "tag the cell with each task's heading",
        )
    unchecked = []
    for cells in tasks:
        first, name = cells[0], exercise_name(cells[0])
        text = "\n".join(cell.text for cell in cells if cell.kind == "markdown" and "solution" not in cell.tags)
        if not MINUTES.search(text):
            yield Problem(
                source.where(first), f"{name!r} does not tell how long it takes", "write '10 minutes' below the heading"
            )
        if not any("solution" in cell.tags and cell.kind == "markdown" for cell in cells):
            yield Problem(
                source.where(first),
                f"the solution of {name!r} explains nothing",
                "add a markdown cell tagged 'solution' that tells why",
            )
        if not any("check" in cell.tags for cell in cells):
            unchecked.append((first, name))
        elif len(HINT.findall(text)) < LEAST_HINTS:
            yield Problem(
                source.where(first),
                f"{name!r} has {len(HINT.findall(text))} hints, expected at least {LEAST_HINTS}",
                "write '<details><summary>Hint 1</summary> ... </details>'",
            )
    for first, name in unchecked[1:]:
        yield Problem(
            source.where(first),
            f"{name!r} is the second task without a check, expected at most one",
            "add a code cell tagged 'check'",
        )


def _tasks(source):
    """The cells of each task, from its heading to the next one."""
    starts = [index for index, cell in enumerate(source.cells) if "exercise" in cell.tags]
    for start, end in zip(starts, [*starts[1:], len(source.cells)], strict=False):
        yield source.cells[start:end]
