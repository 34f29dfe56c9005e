"""One exercise source gives two notebooks: what the learner starts from, and the solutions.

A solution region is a run of lines in a code cell, followed by its stub:

    # BEGIN SOLUTION
    loss = 0.5 * error.square().sum()
    # END SOLUTION
    # BEGIN STUB
    # loss = ...
    # END STUB

The solutions notebook keeps the lines of the region, the exercise notebook the lines of the stub
without their `# `; neither keeps a marker. A whole cell tagged `solution` is in the solutions only.

An exercise has a name, the heading of its cell tagged `exercise`, which is unique in its source.
"""

import re
from dataclasses import replace

from authoring.problems import Problem, SourceError
from authoring.regions import is_marker, pieces

HEADING = re.compile(r"^#{1,6}\s+(.*\S)\s*$")


def exercise_cells(source):
    """The cells of the exercise notebook: stubs in, solutions out."""
    return [replace(cell, text=_text(source, cell, "STUB")) for cell in source.cells if "solution" not in cell.tags]


def solution_cells(source):
    """The cells of the solutions notebook: solutions in, stubs and markers out."""
    return [replace(cell, text=_text(source, cell, "SOLUTION")) for cell in source.cells]


def solution_lines(source):
    """Every (cell, line) that only the solutions notebook may show."""
    for cell in source.cells:
        if "solution" in cell.tags:
            yield from ((cell, line) for line in cell.text.splitlines())
        elif cell.kind == "code":
            for piece in pieces(source, cell):
                if piece.name == "SOLUTION":
                    yield from ((cell, line) for line in piece.lines)


def require_no_markers(source):
    """A chapter or the start page has no solution regions."""
    problems = [
        Problem(
            source.where(cell, number),
            f"a marker '{line.strip()}' in a {source.kind} source",
            "solution regions belong under sources/exercises/; move or remove it",
        )
        for cell in source.cells
        for number, line in enumerate(cell.text.splitlines())
        if is_marker(line, cell.kind)
    ]
    if problems:
        raise SourceError(*problems)


def require_sound_exercise(source):
    """Every marker, tag and name of an exercise source is understood, or SourceError."""
    problems, seen = [], {}
    for cell in source.cells:
        problems += _markdown_problems(source, cell) if cell.kind == "markdown" else _tag_problems(source, cell)
        if cell.kind == "code":
            try:
                pieces(source, cell)
            except SourceError as error:
                problems += error.problems
        if "exercise" in cell.tags and (name := exercise_name(cell)):
            if name in seen:
                problems.append(
                    Problem(
                        source.where(cell),
                        f"a second exercise named {name!r}, the first is in line {seen[name]}",
                        "give each exercise its own heading",
                    )
                )
            seen.setdefault(name, cell.line)
    if problems:
        raise SourceError(*problems)


def exercise_name(cell):
    """The heading in the first line of a cell tagged `exercise`, or None."""
    found = HEADING.match(cell.text.splitlines()[0])
    return found and found.group(1)


def _text(source, cell, keep):
    if cell.kind != "code" or "solution" in cell.tags:
        return cell.text
    lines = []
    for piece in pieces(source, cell):
        if piece.name in ("PLAIN", keep):
            lines += map(_uncomment, piece.lines) if piece.name == "STUB" else piece.lines
    return "\n".join(lines).strip("\n")


def _uncomment(line):
    return re.sub(r"^(\s*)# ?", r"\1", line, count=1).rstrip()


def _markdown_problems(source, cell):
    for number, line in enumerate(cell.text.splitlines()):
        if is_marker(line, cell.kind):
            yield Problem(
                source.where(cell, number),
                f"a marker '{line.strip()}' in a markdown cell",
                "regions stand in code cells; tag a whole markdown cell 'solution' instead",
            )
    if "check" in cell.tags:
        yield Problem(
            source.where(cell),
            "the tag 'check' on a markdown cell, expected code",
            "move the tag to the code cell of the check",
        )
    if "exercise" in cell.tags and not exercise_name(cell):
        yield Problem(
            source.where(cell),
            "an exercise without a name: its cell does not start with a heading",
            "begin the cell with '## Exercise 1: ...'",
        )


def _tag_problems(source, cell):
    if "exercise" in cell.tags:
        yield Problem(
            source.where(cell),
            "the tag 'exercise' on a code cell, expected the markdown cell with the task's heading",
            "move the tag to that cell",
        )
