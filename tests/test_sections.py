"""A lesson can be entered cold: the import cell and any one section run without the sections before it."""

import re

import nbformat
import pytest

from authoring.places import ROOT, targets

CHAPTERS = [target for target in targets(ROOT) if target.kind == "chapter" and target.notebook.startswith("chapters/")]


def sections(notebook):
    """(heading, code cells) for every second-level heading, and the import cell."""
    imports, found = None, []
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            found.append((cell.source.splitlines()[0], []))
        elif cell.cell_type == "code":
            if imports is None:
                imports = cell.source
            elif found:
                found[-1][1].append(cell.source)
    return imports, [(heading, code) for heading, code in found if code]


CASES = [
    pytest.param(imports, code, id=f"{target.notebook} {heading}")
    for target in CHAPTERS
    for imports, found in [sections(nbformat.read(ROOT / target.notebook, as_version=4))]
    for heading, code in found
]


@pytest.mark.cold
@pytest.mark.parametrize(("imports", "code"), CASES)
def test_a_section_runs_on_its_own(imports, code):
    names = {}
    exec(imports, names)  # noqa: S102  the lesson's own code
    for cell in code:
        exec(cell, names)  # noqa: S102


MOST_SET_UP = 4
SETS_NAMES = re.compile(r"^\w+(?:, \w+)* = .+$", re.MULTILINE)


def set_up(found):
    """{heading: the lines that set names as an earlier section has set them} of the sections of a lesson."""
    seen, repeated = set(), {}
    for heading, code in found:
        lines = set(SETS_NAMES.findall("\n".join(code)))
        repeated[heading] = sorted(lines & seen)
        seen |= lines
    return repeated


@pytest.mark.parametrize("target", CHAPTERS, ids=lambda target: target.notebook)
def test_a_section_repeats_at_most_four_lines(target):
    repeated = set_up(sections(nbformat.read(ROOT / target.notebook, as_version=4))[1])
    assert {heading: lines for heading, lines in repeated.items() if len(lines) > MOST_SET_UP} == {}


def test_repeated_lines_are_counted_once_and_results_are_no_set_up():
    found = [("## A", ["a = 1\nb, c = 2, 3\nprint(a)"]), ("## B", ["a = 1\nd = 4\n    b, c = 2, 3", "a = 1"])]
    assert set_up(found) == {"## A": [], "## B": ["a = 1"]}


def test_there_are_sections_to_enter():
    assert len(CASES) >= 5 * len(CHAPTERS)
