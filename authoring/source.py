"""Reading one source: a py:percent file becomes a tuple of cells, or an error with a line number.

A `Source` has the path of its file (relative to the repository), its kind ("start", "chapter" or
"exercise") and its cells. A `SourceCell` has its kind ("markdown" or "code"), its text, its tags, its
remaining metadata (`slideshow`, `nbgrader`) and the line of its `# %%` marker.

Jupytext reads the format; this module adds the line numbers and refuses what is unknown.
"""

import re
from dataclasses import dataclass, field

import jupytext

from authoring.problems import Problem, SourceError

TAGS = {
    "experiment": "code that measures what the reader predicted",
    "predict": "the reader commits to an answer",
    "reveal": "the answer is compared with the prediction",
    "quiz": "a question with feedback",
    "headline": "prints the numbers of the lesson; its output is compared on every test run",
    "nbval-check-output": "added to headline cells by the build, read by nbval",
    "exercise": "markdown: the heading and text of one task (exercise sources)",
    "check": "code: the visible check of a task (exercise sources)",
    "solution": "a whole cell that only the solutions notebook shows (exercise sources)",
}
EXERCISE_TAGS = {"exercise", "check", "solution"}
KEPT_METADATA = {"tags", "slideshow", "nbgrader"}
LAYOUT = {"lines_to_next_cell", "lines_to_end_of_cell_marker"}  # jupytext's notes on blank lines
CELL_MARKER = re.compile(r"# %%(\s|$)")


@dataclass(frozen=True)
class SourceCell:
    kind: str
    text: str
    line: int
    tags: tuple = ()
    metadata: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    path: str
    kind: str
    cells: tuple
    lines: tuple

    def line_of(self, cell, line_in_cell=0):
        """The line number in the file of one line of a cell's text (counted from 0)."""
        wanted = cell.text.splitlines()[line_in_cell].strip()
        for number in range(cell.line + 1 + line_in_cell, len(self.lines) + 1):
            if self.lines[number - 1].strip() in (wanted, f"# {wanted}"):
                return number
        return cell.line

    def where(self, cell, line_in_cell=None):
        line = cell.line if line_in_cell is None else self.line_of(cell, line_in_cell)
        return f"{self.path}:{line}"


def read_source(text, path, kind):
    """Read the text of a py:percent file; raise SourceError with every problem that was found."""
    if "\r" in text:
        raise SourceError(
            Problem(path, "the file has Windows line endings (CRLF), expected LF", "save it with LF line endings")
        )
    lines = tuple(text.splitlines())
    markers = [number for number, line in enumerate(lines, 1) if CELL_MARKER.match(line)]
    try:
        notebook = jupytext.reads(text, fmt="py:percent")
    except Exception as error:  # jupytext raises many types, each with its own sentence
        raise SourceError(
            Problem(
                path,
                f"jupytext cannot read it: {error}",
                "compare its cell markers with those of another source",
            )
        ) from error
    if not markers:
        raise SourceError(
            Problem(
                path,
                "expected cells, found no line that starts with '# %%'",
                "begin the first cell with '# %% [markdown]'",
            )
        )
    if len(markers) != len(notebook.cells):
        raise SourceError(
            Problem(
                f"{path}:{markers[0]}",
                f"jupytext reads {len(notebook.cells)} cells, but {len(markers)} lines start with '# %%'",
                "begin the first cell with '# %%', and let no line inside a cell start so",
            )
        )
    cells = tuple(_source_cell(cell, line) for cell, line in zip(notebook.cells, markers, strict=True))
    source = Source(path, kind, cells, lines)
    problems = [problem for cell in cells for problem in _cell_problems(source, cell)]
    if problems:
        raise SourceError(*problems)
    return source


def _source_cell(cell, line):
    metadata = {key: value for key, value in cell.metadata.items() if key not in LAYOUT}
    return SourceCell(cell.cell_type, cell.source.strip("\n"), line, tuple(metadata.get("tags", ())), metadata)


def _cell_problems(source, cell):
    where = source.where(cell)
    if cell.kind not in ("markdown", "code"):
        yield Problem(where, f"a {cell.kind} cell, expected markdown or code", "write '# %% [markdown]' or '# %%'")
    if not cell.text.strip():
        yield Problem(where, "an empty cell", "write something into it or remove it")
    for tag in cell.tags:
        if tag not in TAGS:
            yield Problem(
                where,
                f"unknown tag {tag!r}, expected one of: {', '.join(sorted(TAGS))}",
                "correct the spelling or remove the tag",
            )
        elif tag in EXERCISE_TAGS and source.kind != "exercise":
            yield Problem(
                where,
                f"the tag {tag!r} belongs in exercise sources only, this is a {source.kind} source",
                "move the cell to the source under sources/exercises/ or remove the tag",
            )
    for key in sorted(set(cell.metadata) - KEPT_METADATA):
        yield Problem(
            where,
            f"unknown cell metadata {key!r}, expected only: {', '.join(sorted(KEPT_METADATA))}",
            "remove it; a name behind '# %%' counts as metadata 'title', too",
        )
