"""The target's eigenvalue is moved by an arrow key and by the pointer; onto the negative axis it snaps, and the run is held."""

LESSON = "chapters/3_deep_linear/3_identity_start.ipynb"
EXPLORER = "lm.widgets.ChordExplorer(x=-1.0, y=0.5)"


def test_the_target_moves_by_key_and_by_pointer(explorer):
    first = explorer.seen()
    assert "Step 167 is the first" in first[2]
    target = explorer.locator.get_by_role("slider", name="Eigenvalue of the target")
    target.press("ArrowDown")
    moved = explorer.wait_for_change(first)
    assert target.get_attribute("aria-valuetext") == "at -1.00 + 0.45i" and "Target -1.00 + 0.45i" in moved[2]

    explorer.reset()
    assert explorer.wait_for_change(moved) == first
    half_a_unit = 0.5 / 3.3 * 0.75 * explorer.picture.bounding_box()["height"]
    explorer.drag(target, 0, half_a_unit)  # nearly onto the axis, where it snaps
    explorer.locator.get_by_text("Target -1.00, 4 layers").wait_for()
    assert "At w = 0 the loss is 0.5" in explorer.seen()[2]
    assert explorer.problem.inner_text() == ""
