"""A reader without a mouse: a lesson, its explorer, a prediction, a quiz and an exercise, with nothing but keys.

Nothing here is clicked or given the focus by the test: what the Tab key does not reach is not reached.
"""

import pytest
from accessibility import barriers
from conftest import EXERCISES, MODES
from lab import OpenExplorer

START = "00_start_here.ipynb"
KEYS = {  # what to press on each control; on the second surface only small steps do not leave the window at once
    "Surface": "ArrowDown", "Start x": "ArrowRight", "Start y": "ArrowRight", "Step size": "Home",
    "Number of steps": "ArrowRight", "Method": None,  # offers one method alone
}  # fmt: skip
CELL = "window.jupyterapp.shell.currentWidget.content.activeCellIndex"
FOCUS = """(within) => {
  const element = document.activeElement, frame = element.closest(within);
  if (!frame) return null;
  const label = element.labels && element.labels.length ? element.labels[0].textContent : element.textContent;
  return { name: element.getAttribute("aria-label") || label.trim(), role: element.getAttribute("role") || element.type };
}"""
pytestmark = pytest.mark.parametrize("server", list(MODES)[:1], indirect=True, scope="session")


class Reader:
    """Somebody with a keyboard in front of a notebook."""

    def __init__(self, notebook):
        self.notebook, self.page, self.press = notebook, notebook.page, notebook.page.keyboard.press

    def cell(self) -> int:
        return self.page.evaluate(CELL)

    def go_to(self, number: int) -> None:
        """To a cell, by the keys for the next and the previous one."""
        for _ in range(abs(number - self.cell())):
            before = self.cell()
            self.press("ArrowDown" if number > before else "ArrowUp")
            self.page.wait_for_function(f"{CELL} !== {before}", timeout=5000)

    def run(self) -> None:
        """Run a cell and go on to the next one."""
        before = self.cell()
        self.press("Shift+Enter")
        self.page.wait_for_function(f"{CELL} === {before + 1}", timeout=30_000)
        self.notebook.wait_until_idle()

    def where(self, within: str) -> dict | None:
        """The name and the role of what has the focus, if that lies within such an element."""
        return self.page.evaluate(FOCUS, within)

    def tab_into(self, within: str, key: str = "Tab") -> dict:
        for _ in range(12):
            self.press(key)
            if here := self.where(within):
                return here
        raise AssertionError(f"The Tab key does not lead into {within}")

    def number_of(self, code: str) -> int:
        cells = self.page.evaluate(
            "window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells.map((c) => c.source)"
        )
        return next(number for number, source in enumerate(cells) if code in source)


@pytest.fixture
def reader(open_notebook):
    return lambda path: Reader(open_notebook(path))


def test_a_lesson_and_its_explorer(reader):
    reader = reader(START)
    first = reader.cell()
    reader.go_to(1)
    reader.go_to(0)
    assert first == 0
    reader.run()
    reader.run()
    reader.go_to(1)  # back to the cell with the explorer
    explorer = OpenExplorer(reader.notebook.explorers().first)
    explorer.picture.wait_for(timeout=60_000)
    reached, here = [], reader.tab_into(".lmcourse-explorer")
    while here:
        reached.append(here["name"])
        before = explorer.seen()
        if key := KEYS.get(here["name"]):
            reader.press(key)
            explorer.wait_for_change(before)
        reader.press("Tab")
        here = reader.where(".lmcourse-explorer")
    assert reached == [*KEYS, "Reset"]
    assert explorer.problem.inner_text() == ""


@pytest.mark.parametrize(
    ("code", "button", "said"),
    [
        ("lm.predict(", "Note my prediction", "Noted: at one of several minima, each of loss 0."),
        ("lm.quiz(", "Check my answer", "Not yet. Often; but a long slope can be flat and end nowhere."),
    ],
)
def test_a_prediction_and_a_quiz(reader, code, button, said):
    reader = reader(START)
    reader.go_to(reader.number_of("import lmcourse"))
    reader.run()
    reader.go_to(reader.number_of(code) - 1)  # the arrow keys pass over folded cells; running does not
    reader.run()
    reader.run()
    question = reader.page.locator(".lmcourse-question")
    question.get_by_role("button", name=button).wait_for(timeout=60_000)
    assert reader.tab_into(".lmcourse-question", "Shift+Tab")["role"] == "radio"
    reader.press("Space")  # the last of three: the reader came from below
    reader.press("ArrowUp")
    reader.press("Tab")
    assert reader.where(".lmcourse-question") == {"name": button, "role": "submit"}
    reader.press("Enter")
    question.get_by_role("status").get_by_text(said).wait_for()
    reader.press("Tab")
    assert reader.where(".lmcourse-question") is None, "the Tab key leads on"
    assert barriers(reader.page, ".lmcourse-question") == []


def test_an_exercise_and_its_hint(reader):
    reader = reader(EXERCISES)
    reader.run()
    reader.run()
    task = reader.number_of("def kind(")
    reader.go_to(task)
    reader.press("Enter")
    reader.press("Control+A")
    reader.page.keyboard.insert_text("def kind(gradient, hessian, tol=1e-9):\n    return 'not critical'")
    reader.press("Escape")
    reader.run()
    reader.run()
    output = reader.page.locator(".jp-Cell").nth(task + 1).locator(".jp-OutputArea-output")
    output.get_by_text("but you say that it is not critical").wait_for()
    hints = reader.page.locator(".jp-Cell").nth(task + 2).locator("details")
    assert [hint.get_attribute("open") for hint in hints.all()] == [None, None]
    assert reader.cell() == task + 2
    for name in ("Hint 1", "Hint 2"):
        assert reader.tab_into("summary")["name"] == name
        reader.press("Enter")
    assert hints.nth(0).locator("p").is_visible() and hints.nth(1).locator("p").is_visible()
