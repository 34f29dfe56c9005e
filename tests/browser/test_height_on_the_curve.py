"""The mark on the curve of lesson 1.2 is moved by keys, by the pointer and by the sliders; spectrum and words follow."""

LESSON = "chapters/1_saddle_points/2_high_dimension.ipynb"
EXPLORER = "lm.widgets.SpectrumExplorer()"


def test_the_height_moves_by_key_by_pointer_and_by_slider(explorer):
    first = explorer.seen()
    assert "N = 20, height -1.20" in first[2]
    mark = explorer.locator.get_by_role("slider", name="Height on the curve")
    mark.press("ArrowRight")
    moved = explorer.wait_for_change(first)
    assert "height -1.15" in moved[2] and mark.get_attribute("aria-valuetext").startswith("height -1.15")

    explorer.reset()
    assert explorer.wait_for_change(moved) == first
    explorer.drag(mark, 60, -30)
    explorer.wait_for_change(first)
    explorer.locator.page.wait_for_timeout(500)  # the last of the moves
    assert "height -1.20" not in explorer.seen()[2]

    explorer.locator.get_by_role("slider", name="Dimension N").press("ArrowRight")
    explorer.locator.get_by_text("N = 50, height").wait_for()
    assert explorer.problem.inner_text() == ""
    for name in ("Height u", "Draw"):
        assert explorer.locator.get_by_role("slider", name=name, exact=True).count() == 1
