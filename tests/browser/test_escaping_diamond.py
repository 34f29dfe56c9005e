"""The diamond of the escaping explorer: moved by arrow key and by pointer; the slider of the steps, picture and words follow."""

import re

LESSON = "chapters/1_saddle_points/3_escaping.ipynb"
EXPLORER = "lm.widgets.EscapingExplorer()"


def test_the_diamond_moves_by_key_and_by_pointer(explorer):
    first = explorer.seen()
    assert "100 steps: " in first[2]
    diamond = explorer.locator.get_by_role("slider", name="Steps that a run is given")
    steps = explorer.locator.get_by_role("slider", name="Steps", exact=True)
    diamond.press("ArrowRight")
    moved = explorer.wait_for_change(first)
    assert "105 steps: " in moved[2] and steps.get_attribute("aria-valuetext") == "105"

    explorer.reset()
    assert explorer.wait_for_change(moved) == first
    explorer.drag(diamond, 40, 60)  # sideways alone: the height follows the curve
    explorer.wait_for_change(first)
    explorer.locator.page.wait_for_timeout(1500)  # the last place is drawn as well
    said = int(re.search(r"(\d+) steps: ", explorer.seen()[2])[1])
    assert 120 <= said <= 200 and explorer.problem.inner_text() == ""


def test_a_smaller_dimension_keeps_the_ways_down_below_it(explorer):
    first = explorer.seen()
    explorer.locator.get_by_role("slider", name="Dimension N").press("Home")
    small = explorer.wait_for_change(first)
    assert small[2].startswith("N = 2, k = 1,")
    assert explorer.locator.get_by_role("slider", name="Negative directions k").get_attribute("aria-valuetext") == "1"
    assert explorer.problem.inner_text() == ""
