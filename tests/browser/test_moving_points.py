"""A point of the ten is moved by an arrow key and by the pointer; the trap and its proof follow, and training answers for it."""

LESSON = "chapters/2_blind_spots/1_ten_points.ipynb"
EXPLORER = "lm.widgets.TenPointsExplorer()"
BACKGROUND = True  # training, or a proof, goes on while the reader moves a control


def test_points_move_by_key_and_by_pointer(explorer):
    first = explorer.seen()
    assert "Proved: a strict local minimum." in first[2]
    point = explorer.locator.get_by_role("slider", name="Point 8, class 0")
    point.press("ArrowRight")
    moved = explorer.wait_for_change(first)
    assert point.get_attribute("aria-valuetext") == "at 0.05, 0.00"
    assert "The trap is lost" in moved[2] and "Nothing is proved" in moved[2]

    explorer.reset()
    assert explorer.wait_for_change(moved) == first
    explorer.drag(explorer.locator.get_by_role("slider", name="Point 6, class 1"), 0, -8)
    assert "Moved: 6." in explorer.wait_for_change(first)[2]
    assert explorer.problem.inner_text() == ""


def test_training_answers_for_the_points_as_they_are(explorer):
    before = explorer.seen()
    explorer.locator.get_by_role("slider", name="Point 8, class 0").press("ArrowRight")
    moved = explorer.wait_for_change(before)
    assert "Press Train for these settings." in moved[2]
    explorer.locator.get_by_role("button", name="Train").press("Enter")
    trained = explorer.wait_for_change(moved, seconds=90)
    assert "0 of 100 runs are trapped" in trained[2] and "Press Train" not in trained[2]
