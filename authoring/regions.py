"""Solution regions: cutting a code cell of an exercise source at its markers.

A *marker* is a line `# BEGIN NAME` or `# END NAME`, and a *region* is what stands between two. A cell becomes a list
of `Piece`s: plain lines ("PLAIN"), a solution ("SOLUTION") and, directly behind it, its stub ("STUB").

Everything unexpected is an error with its line: a learner must never receive a solution by a spelling mistake.
"""

import re
from dataclasses import dataclass

from authoring.problems import Problem, SourceError

MARKER = re.compile(r"^(\s*)#+\s*(BEGIN|END)\b\s*(.*?)\s*$")
LOOKS_LIKE_MARKER = re.compile(r"^[\s#]*(BEGIN|END)[\s_-]*(SOLUTION|STUB)\b", re.IGNORECASE)
NAMES = ("SOLUTION", "STUB")


@dataclass(frozen=True)
class Piece:
    """Lines of a code cell: plain ("PLAIN"), a solution ("SOLUTION") or a stub ("STUB")."""

    name: str
    lines: tuple
    first: int


def is_marker(line, kind):
    """Is this line a marker, or so like one that the author must have meant it?"""
    return bool(LOOKS_LIKE_MARKER.match(line) or (kind == "code" and MARKER.match(line)))


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


def _fail(source, cell, number, what, repair):
    raise SourceError(Problem(source.where(cell, number), what, repair))
