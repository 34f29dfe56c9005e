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
    """Lines of a code cell and the number of the first one, counted from 0."""

    name: str
    lines: list
    first: int

    def is_blank(self):
        return not any(line.strip() for line in self.lines)


@dataclass(frozen=True)
class Marker:
    number: int
    indent: str
    word: str
    name: str


class _Misplaced(Exception):
    """Arguments: the line in the cell, what is wrong, how to repair it."""


def is_marker(line, kind):
    """Is this line a marker, or so like one that the author must have meant it?"""
    return bool(LOOKS_LIKE_MARKER.match(line) or (kind == "code" and MARKER.match(line)))


def pieces(source, cell):
    """Cut a code cell at its markers; raises SourceError for a marker out of place."""
    lines = cell.text.splitlines()
    found, end = [], 0
    try:
        for opening, closing in _pairs(_markers(lines)):
            region = Piece(opening.name, lines[opening.number + 1 : closing.number], opening.number + 1)
            found += [Piece("PLAIN", lines[end : opening.number], end), region]
            end = closing.number + 1
        found.append(Piece("PLAIN", lines[end:], end))
        if len(found) > 1 and "solution" in cell.tags:
            what = "a marker in a cell tagged 'solution', which is left out as a whole"
            raise _Misplaced(found[1].first - 1, what, "remove the marker or the tag")
        _require_stubs(found)
    except _Misplaced as error:
        number, what, repair = error.args
        raise SourceError(Problem(source.where(cell, number), what, repair)) from None
    return found


def _markers(lines):
    for number, line in enumerate(lines):
        marker = MARKER.match(line)
        if marker and marker[3] in NAMES and line.strip() == f"# {marker[2]} {marker[3]}":
            yield Marker(number, *marker.groups())
        elif is_marker(line, "code"):
            what = f"unknown marker '{line.strip()}', expected '# BEGIN' or '# END' with SOLUTION or STUB"
            repair = "correct the spelling; an ordinary comment must not begin with BEGIN or END"
            raise _Misplaced(number, what, repair)


def _pairs(markers):
    """(opening, closing) of each region."""
    opening = None
    for marker in markers:
        if marker.word == "BEGIN":
            if opening:
                what = f"'# BEGIN {marker.name}' inside a {opening.name} region that is still open"
                raise _Misplaced(marker.number, what, f"regions do not nest: write '# END {opening.name}' first")
            opening = marker
            continue
        if not opening or opening.name != marker.name:
            what = f"'# END {marker.name}' without '# BEGIN {marker.name}' before it"
            raise _Misplaced(marker.number, what, "add the opening marker or remove this one")
        if marker.indent != opening.indent:
            spaces = f"{len(marker.indent)} spaces, its '# BEGIN {marker.name}' by {len(opening.indent)}"
            what = f"'# END {marker.name}' is indented by {spaces}"
            raise _Misplaced(marker.number, what, "indent both alike")
        yield opening, marker
        opening = None
    if opening:
        what = f"'# BEGIN {opening.name}' without '# END {opening.name}' in the same cell"
        raise _Misplaced(opening.number, what, "add the closing marker")


def _require_stubs(found):
    """Each solution is followed by its stub, each stub comes after its solution and is commented."""
    for piece in found:
        if piece.name != "PLAIN" and piece.is_blank():
            raise _Misplaced(piece.first - 1, f"an empty {piece.name} region", "write at least one line into it")
    found = [piece for piece in found if not piece.is_blank()]
    names = ["PLAIN", *(piece.name for piece in found), "PLAIN"]
    for before, piece, after in zip(names, found, names[2:], strict=False):
        if piece.name == "SOLUTION" and after != "STUB":
            what = "a SOLUTION region without a STUB region behind it"
            repair = "add '# BEGIN STUB', the learner's first lines, each behind '# ', and '# END STUB'"
            raise _Misplaced(piece.first - 1, what, repair)
        if piece.name == "STUB" and before != "SOLUTION":
            what = "a STUB region without a SOLUTION region before it"
            repair = "put the solution in front of it, between '# BEGIN SOLUTION' and '# END SOLUTION'"
            raise _Misplaced(piece.first - 1, what, repair)
        for number, line in enumerate(piece.lines, piece.first):
            if piece.name == "STUB" and line.strip() and not re.match(r"\s*#( |$)", line):
                what = f"the stub line '{line.strip()}' is not commented"
                raise _Misplaced(number, what, "begin every line of a stub with '# '; the build takes it away")
