"""The target's eigenvalue is moved by an arrow key and by the pointer; onto the negative axis it snaps, and the run is held."""

import pytest
from lab import OpenExplorer

LESSON = "chapters/3_deep_linear/3_identity_start.ipynb"


@pytest.fixture
def explorer(open_notebook):
    notebook = open_notebook(LESSON)
    sources = notebook.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells.map((cell) => cell.source)"
    )
    for wanted in ("import lmcourse as lm", "lm.widgets.ChordExplorer(x=-1.0, y=0.5)"):
        notebook.run_cell(next(number for number, source in enumerate(sources) if source.endswith(wanted)))
    assert notebook.errors() == []
    explorer = OpenExplorer(notebook.explorers().first)
    explorer.picture.wait_for(timeout=60_000)
    return explorer


def test_the_target_moves_by_key_and_by_pointer(explorer):
    first = explorer.seen()
    assert "Step 167 is the first" in first[2]
    target = explorer.locator.get_by_role("slider", name="Eigenvalue of the target")
    target.press("ArrowDown")
    moved = explorer.wait_for_change(first)
    assert target.get_attribute("aria-valuetext") == "at -1.00 + 0.45i" and "Target -1.00 + 0.45i" in moved[2]

    explorer.reset()
    assert explorer.wait_for_change(moved) == first
    box, picture = target.bounding_box(), explorer.picture.bounding_box()
    mouse, x, y = explorer.locator.page.mouse, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    down = 0.5 / 3.3 * 0.75 * picture["height"]  # half a unit of the plane: nearly onto the axis, where it snaps
    mouse.move(x, y)
    mouse.down()
    for part in range(1, 6):
        mouse.move(x, y + down * part / 5)
    mouse.up()
    explorer.locator.get_by_text("Target -1.00, 4 layers").wait_for()
    assert "At w = 0 the loss is 0.5" in explorer.seen()[2]
    assert explorer.problem.inner_text() == ""
