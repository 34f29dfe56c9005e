"""Marks on a picture in JupyterLab: dragged with a pointer, moved with arrow keys, found by their names."""

import pytest
from lab import OpenExplorer, middle


@pytest.fixture(scope="module")
def opened(open_notebook):
    return open_notebook("explorer.ipynb")


@pytest.fixture
def explorer(opened):
    opened.run_all()
    assert opened.errors() == []
    return OpenExplorer(opened.explorers().nth(1))


def test_arrow_keys_move_a_kink(explorer):
    kink, before = explorer.locator.get_by_role("slider", name="kink of neuron 1"), explorer.seen()
    assert kink.get_attribute("aria-valuetext") == "x 3.00"
    kink.press("ArrowRight")
    kink.press("ArrowRight")
    explorer.wait_for_change(before)
    explorer.locator.get_by_text("3 of 5 samples are blind").wait_for()
    assert kink.get_attribute("aria-valuetext") in ("x 3.10", "x 3.20")
    kink.press("ArrowUp")  # a kink moves along the line alone
    kink.press("Shift+ArrowRight")
    explorer.locator.get_by_text("4 of 5 samples are blind").wait_for()
    assert explorer.problem.inner_text() == ""


def test_a_sample_is_dragged_with_the_pointer(opened, explorer):
    sample, before = explorer.locator.get_by_role("slider", name="sample 5"), explorer.seen()
    sample.scroll_into_view_if_needed()
    x, y = middle(sample)
    explorer.drag(sample, 0, 40, steps=20)
    explorer.wait_for_change(before)
    opened.page.wait_for_timeout(500)
    across, down = middle(sample)
    assert abs(across - x) < 3 and abs(down - y - 40) < 3, "the mark stays where it was dropped"
    assert sample.get_attribute("aria-valuetext").startswith("x -1.0")
    explorer.reset()
    explorer.locator.get_by_text("Loss 18.000").wait_for()
    assert abs(middle(sample)[1] - y) < 3


def test_the_tab_key_reaches_every_mark(opened, explorer):
    kink = explorer.locator.get_by_role("slider", name="kink of neuron 1")
    kink.focus()
    for number in range(1, 6):
        opened.page.keyboard.press("Tab")
        sample = explorer.locator.get_by_role("slider", name=f"sample {number}")
        assert sample.evaluate("(element) => element === document.activeElement")
