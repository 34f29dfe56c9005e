"""The staircase of loss levels: the start is moved by an arrow key and by the pointer, and a click chooses another level."""

LESSON = "chapters/3_deep_linear/1_no_poor_local_minima.ipynb"
EXPLORER = "lm.widgets.StaircaseExplorer()"


def test_the_start_moves_and_a_click_chooses_a_level(explorer):
    first = explorer.seen()
    assert "The descent rested at {1, 3}." in first[2]
    start = explorer.locator.get_by_role("slider", name="Start")
    start.press("ArrowUp")
    moved = explorer.wait_for_change(first)
    assert start.get_attribute("aria-valuetext") == "0.30 along the first direction, 0.05 along the second"

    explorer.drag(start, -40, 30)
    explorer.wait_for_change(moved)
    assert start.get_attribute("aria-valuetext") != "0.30 along the first direction, 0.05 along the second"

    picture = explorer.picture.bounding_box()
    explorer.picture.click(position={"x": picture["width"] * 0.11, "y": picture["height"] * (1 - 0.256)})
    explorer.locator.get_by_text("{1, 2}: loss 2.5, index 0").wait_for()
    assert explorer.problem.inner_text() == ""
