"""The start of four methods is set by arrow keys, by dragging and by a click; the map of all starts appears on request."""

LESSON = "chapters/1_saddle_points/1_critical_points.ipynb"
EXPLORER = "lm.widgets.MethodsExplorer()"


def test_the_start_moves_by_key_by_pointer_and_by_a_click(explorer):
    first = explorer.seen()
    assert "From (-0.30, -0.60)" in first[2] and "a strict maximum" in first[2]
    start = explorer.locator.get_by_role("slider", name="Start")
    start.press("ArrowUp")
    moved = explorer.wait_for_change(first)
    assert "From (-0.30, -0.50)" in moved[2] and start.get_attribute("aria-valuetext") == "at -0.30, -0.50"

    explorer.reset()
    assert explorer.wait_for_change(moved) == first
    explorer.drag(start, 30, -20)
    explorer.locator.get_by_text("From (0.4").wait_for()

    picture = explorer.picture.bounding_box()
    explorer.picture.click(position={"x": 0.39 * picture["width"], "y": 0.7 * picture["height"]})
    explorer.locator.get_by_text("From (3.00, ").wait_for()
    assert explorer.problem.inner_text() == ""


def test_method_surface_and_map_are_chosen_by_name(explorer):
    first = explorer.seen()
    explorer.locator.get_by_role("combobox", name="Method").select_option("Newton")
    newton = explorer.wait_for_change(first)
    explorer.locator.get_by_role("combobox", name="Behind the paths").select_option("where each start ends")
    coloured = explorer.wait_for_change(newton)
    assert "36 % at saddles" in coloured[2] and "coloured by where each start ends" in coloured[1]
    explorer.locator.get_by_role("combobox", name="Surface").select_option("shelf")
    shelf = explorer.wait_for_change(coloured)
    assert "a degenerate point" in shelf[2] and explorer.problem.inner_text() == ""
