"""What lints look at: a `Page` is a stored notebook together with its Target."""

import re
from dataclasses import dataclass

import nbformat

from authoring.places import Target
from authoring.prose import html_pictures

EXPLORER = re.compile(r"\bwidgets\.[A-Z]\w+\(")


@dataclass(frozen=True)
class Page:
    target: Target
    notebook: nbformat.NotebookNode

    @property
    def cells(self):
        return self.notebook.cells

    def of_kind(self, kind):
        return [cell for cell in self.cells if cell.cell_type == kind]

    def tagged(self, tag):
        return [cell for cell in self.cells if tag in cell.metadata.get("tags", ())]

    def where(self, cell):
        """The notebook, the cell's number and its first words, so that an author finds it."""
        number = next(index for index, each in enumerate(self.cells, 1) if each is cell)
        first = cell.source.strip().splitlines()[0][:40] if cell.source.strip() else ""
        return f"{self.target.notebook}, cell {number} ({first!r})"


def has_picture(cell):
    """Does a stored output of this cell show a picture without a kernel?"""
    data = [output.data for output in cell.outputs if "data" in output]
    return any("image/png" in each or html_pictures(each.get("text/html", "")) for each in data)
