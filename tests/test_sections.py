"""A lesson can be entered cold: the import cell and any one section run without the sections before it."""

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


def test_there_are_sections_to_enter():
    assert len(CASES) >= 5 * len(CHAPTERS)
