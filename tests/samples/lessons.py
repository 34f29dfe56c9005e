"""A small lesson that keeps every rule of a lesson, as a stored notebook; the tests break one rule after another."""

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from authoring.page import Page
from authoring.places import Target

ALT = "A line that falls from four at the first step to zero at the third one."
PICTURE = f'<figure><img alt="{ALT}" src="data:image/png;base64,AAAA"><figcaption>The loss.</figcaption></figure>'

GLANCE = """\
## At a glance

| | |
|---|---|
| You will be able to | find a trap |
| You need | [the start page](../../00_start_here.ipynb) |
| Time | 30 minutes to read, 20 seconds to run |
"""


def text(source, tags=()):
    return new_markdown_cell(source, metadata={"tags": list(tags)} if tags else {})


def code(source, tags=(), printed=None, html=None):
    outputs = [new_output("stream", name="stdout", text=printed)] if printed else []
    if html:
        outputs.append(new_output("display_data", data={"text/html": html, "text/plain": "a picture"}))
    return new_code_cell(source, metadata={"tags": list(tags)} if tags else {}, outputs=outputs, execution_count=1)


def lesson():
    """The notebook of a chapter without a problem."""
    cells = [
        text("# Traps\n\nCan ten points trap a network?"),
        text(GLANCE),
        code("import lmcourse as lm"),
        code("lm.show(picture())", html=PICTURE),
    ]
    for number in range(3):
        cells += [
            text(f"## Part {number}\n\n" + "The loss falls at each step. " * 60),
            code(f'lm.predict("4.1/{number}", "How many?", ["one", "two"])', ["predict"], html="<p>How many?</p>"),
            code(f"count = {number}\nprint(count)", ["experiment"], printed=f"{number}\n"),
        ]
    cells += [
        code('print("0.091")', ["headline", "nbval-check-output"], printed="0.091\n"),
        code("lm.widgets.SurfaceExplorer()", html=PICTURE),
        text("Try two settings:\n\n- a small step: the path is smooth;\n- a large step: the path jumps."),
        text("## Recap\n\nA trap is a minimum."),
        text("## Go on\n\n- [The start page](../../00_start_here.ipynb#Go-on)\n- [this question](#Part-1)"),
    ]
    return new_notebook(cells=cells)


def page(notebook=None, kind="chapter", path="chapters/4_traps/1_first.ipynb"):
    return Page(Target(path, f"sources/{path[:-5]}py", kind), notebook or lesson())


def replace_cell(index, cell):
    """A change of the lesson: another cell at this place."""

    def change(notebook):
        notebook.cells[index] = cell

    return change


def append(index, addition):
    """A change of the lesson: more text in this cell."""

    def change(notebook):
        notebook.cells[index].source += addition

    return change


def remove(index):
    """A change of the lesson: one cell less."""

    def change(notebook):
        del notebook.cells[index]

    return change
