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

Words: a *marker* is a line `# BEGIN NAME` or `# END NAME`; a *region* is what stands between two.
Everything unexpected is an error: a learner must never receive a solution by a spelling mistake.
"""

import re
from dataclasses import dataclass, replace

from authoring.problems import Problem, SourceError

MARKER = re.compile(r"^(\s*)#+\s*(BEGIN|END)\b\s*(.*?)\s*$")
LOOKS_LIKE_MARKER = re.compile(r"^[\s#]*(BEGIN|END)[\s_-]*(SOLUTION|STUB)\b", re.IGNORECASE)
NAMES = ("SOLUTION", "STUB")
HEADING = re.compile(r"^#{1,6}\s+(.*\S)\s*$")


@dataclass(frozen=True)
class Piece:
    """Lines of a code cell: plain ("PLAIN"), a solution ("SOLUTION") or a stub ("STUB")."""

    name: str
    lines: tuple
    first: int


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
        if LOOKS_LIKE_MARKER.match(line) or (cell.kind == "code" and MARKER.match(line))
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


def pieces(source, cell):
    """Cut a code cell at its markers; raise SourceError for every marker out of place."""
    found, current, name = [], [], "PLAIN"
    indent, opened = "", 0
    for number, line in enumerate(cell.text.splitlines()):
        marker = MARKER.match(line)
        if not marker:
            if LOOKS_LIKE_MARKER.match(line):
                _fail(
                    source,
                    cell,
                    number,
                    f"'{line.strip()}' looks like a marker, expected one like '# BEGIN SOLUTION'",
                    "write the marker exactly so, with one '#', one space and capital letters",
                )
            current.append(line)
            continue
        _require_known(source, cell, number, line, marker)
        if marker[2] == "BEGIN":
            if name != "PLAIN":
                _fail(
                    source,
                    cell,
                    number,
                    f"'# BEGIN {marker[3]}' inside the {name} region of line {source.line_of(cell, opened)}",
                    f"regions do not nest: write '# END {name}' first",
                )
            if current:
                found.append(Piece("PLAIN", tuple(current), number - len(current)))
            indent, opened, name, current = marker[1], number, marker[3], []
        else:
            if name != marker[3]:
                _fail(
                    source,
                    cell,
                    number,
                    f"'# END {marker[3]}' without '# BEGIN {marker[3]}' before it",
                    "add the opening marker or remove this one",
                )
            if marker[1] != indent:
                _fail(
                    source,
                    cell,
                    number,
                    f"'# END {name}' is indented by {len(marker[1])} spaces, its beginning by {len(indent)}",
                    "indent both alike",
                )
            if not any(line.strip() for line in current):
                _fail(source, cell, number, f"an empty {name} region", "write at least one line into it")
            found.append(Piece(name, tuple(current), opened + 1))
            name, current = "PLAIN", []
    if name != "PLAIN":
        _fail(
            source,
            cell,
            opened,
            f"'# BEGIN {name}' without '# END {name}' in the same cell",
            "add the closing marker",
        )
    if current:
        found.append(Piece("PLAIN", tuple(current), len(cell.text.splitlines()) - len(current)))
    _require_pairs(source, cell, found)
    return found


def _require_known(source, cell, number, line, marker):
    if marker[3] not in NAMES or line.strip() != f"# {marker[2]} {marker[3]}":
        _fail(
            source,
            cell,
            number,
            f"unknown marker '{line.strip()}', expected '# BEGIN' or '# END' with SOLUTION or STUB",
            "correct the spelling; an ordinary comment must not begin with BEGIN or END",
        )
    if "solution" in cell.tags:
        _fail(
            source,
            cell,
            number,
            "a marker in a cell tagged 'solution', which is left out as a whole",
            "remove the marker or the tag",
        )


def _require_pairs(source, cell, found):
    """Each solution is followed by its stub, and each stub comes after its solution."""
    found = [piece for piece in found if any(line.strip() for line in piece.lines)]
    for before, piece, after in zip([None, *found], found, [*found[1:], None], strict=False):
        if piece.name == "SOLUTION" and (after is None or after.name != "STUB"):
            _fail(
                source,
                cell,
                piece.first - 1,
                "a SOLUTION region without a STUB region behind it",
                "add '# BEGIN STUB', the learner's first lines, each behind '# ', and '# END STUB'",
            )
        if piece.name == "STUB" and (before is None or before.name != "SOLUTION"):
            _fail(
                source,
                cell,
                piece.first - 1,
                "a STUB region without a SOLUTION region before it",
                "put the solution in front of it, between '# BEGIN SOLUTION' and '# END SOLUTION'",
            )
        if piece.name == "STUB":
            for offset, line in enumerate(piece.lines):
                if line.strip() and not re.match(r"\s*#( |$)", line):
                    _fail(
                        source,
                        cell,
                        piece.first + offset,
                        f"the stub line '{line.strip()}' is not commented",
                        "begin every line of a stub with '# '; the build takes it away",
                    )


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
        if LOOKS_LIKE_MARKER.match(line):
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


def _fail(source, cell, number, what, repair):
    raise SourceError(Problem(source.where(cell, number), what, repair))
