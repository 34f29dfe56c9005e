"""The explorer and the questions, by keyboard and by name, in JupyterLab."""

import re

import pytest
from lab import OpenExplorer

BUSY_CELL, CELL_THAT_ASKS_WHO_DREW = 7, 8


@pytest.fixture(scope="module")
def opened(open_notebook):
    return open_notebook("explorer.ipynb")


@pytest.fixture
def notebook(opened):
    opened.run_all()
    assert opened.errors() == []
    return opened


@pytest.fixture
def explorer(notebook):
    return OpenExplorer(notebook.explorers().first)


def test_arrow_key_moves_picture_and_readout(explorer):
    before = explorer.seen()
    slider = explorer.locator.get_by_role("slider", name="Start x")
    said = slider.get_attribute("aria-valuetext")
    slider.press("ArrowRight")
    explorer.wait_for_change(before)
    assert slider.get_attribute("aria-valuetext") != said
    assert explorer.problem.inner_text() == ""


def test_controls_have_names_and_reset_returns(explorer):
    at_first = explorer.seen()
    for name in ("Start x", "Start y", "Step size", "Number of steps"):
        assert explorer.locator.get_by_role("slider", name=name).count() == 1
    explorer.locator.get_by_role("combobox", name="Surface").select_option("himmelblau")
    changed = explorer.wait_for_change(at_first)
    assert "himmelblau" in changed[1]
    assert explorer.locator.get_by_role("combobox", name="Method").count() == 1
    explorer.reset()
    assert explorer.wait_for_change(changed) == at_first


def test_click_on_the_surface_sets_the_start(explorer):
    before = explorer.seen()
    box = explorer.picture.bounding_box()
    explorer.picture.click(position={"x": 0.27 * box["width"], "y": 0.5 * box["height"]})
    after = explorer.wait_for_change(before)
    assert re.search(r"from \(-?0\.0\d, ", after[1]), after[1]
    assert explorer.locator.get_by_role("slider", name="Start x").get_attribute("aria-valuetext").endswith("0.00")


def test_control_moved_while_a_cell_runs(notebook, explorer):
    before = explorer.seen()
    notebook.run_cell(BUSY_CELL, wait=False)
    slider = explorer.locator.get_by_role("slider", name="Start y")
    for _ in range(6):
        slider.press("ArrowRight")
        notebook.page.wait_for_timeout(100)
    last_setting = f"{float(slider.get_attribute('aria-valuetext')):.2f}) to"
    explorer.locator.get_by_role("img", name=last_setting).wait_for(timeout=60_000)
    explorer.wait_for_change(before)
    assert explorer.problem.inner_text() == ""
    notebook.run_cell(CELL_THAT_ASKS_WHO_DREW)
    assert notebook.errors() == []


def test_prediction_by_keyboard_reaches_its_measurement(notebook):
    page = notebook.page
    question = page.locator(".lmcourse-question", has_text="Predict")
    radios = question.get_by_role("radio")
    assert question.get_by_role("radiogroup", name="Where does descent from").count() == 1
    radios.nth(1).focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    assert radios.nth(2).is_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    question.get_by_text("Noted: nowhere").wait_for()
    page.get_by_text("You predicted: nowhere. It came out differently").wait_for()


def test_quiz_by_keyboard_answers_each_option(notebook):
    page = notebook.page
    quiz = page.locator(".lmcourse-question", has_text="Quiz")
    quiz.get_by_role("radio", name="for none").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    quiz.get_by_role("status").get_by_text("✗ Not yet.").wait_for()
    quiz.get_by_role("radio", name=r"$0 < \eta < 2 / \lambda$").focus()
    page.keyboard.press("Space")
    quiz.get_by_role("button", name="Check my answer").press("Space")
    quiz.get_by_role("status").get_by_text("✓ Right.").wait_for()


def test_formulas_are_typeset(notebook):
    page = notebook.page
    caption = page.locator("figcaption")
    for place in (caption, *page.locator(".lmcourse-question").all(), page.locator(".lmcourse-framed")):
        place.locator("mjx-container").first.wait_for()
        visible = re.sub(r"\s", "", place.inner_text())
        assert "$" not in visible and "\\" not in visible, visible


def test_figure_has_its_words(notebook):
    picture = notebook.page.locator("figure img")
    assert picture.get_attribute("alt").startswith("A line with three points")
    assert picture.evaluate("(image) => image.naturalWidth > 0")
