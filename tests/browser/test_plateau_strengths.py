"""The plateau explorer in JupyterLab: depth by key, a strength by arrow key and by the pointer, Reset."""

LESSON = "chapters/3_deep_linear/2_bad_saddles.ipynb"
EXPLORER = "lm.widgets.PlateauExplorer()"


def test_depth_and_strengths_answer_to_keys_and_pointer(explorer):
    first = explorer.seen()
    assert first[2].startswith("3 matrices, aligned start of strength 0.001.")
    explorer.locator.get_by_role("slider", name="Depth (matrices)").press("ArrowLeft")
    shallow = explorer.wait_for_change(first)
    assert shallow[2].startswith("2 matrices")

    strength = explorer.locator.get_by_role("slider", name="Strength of mode 3")
    strength.press("ArrowUp")
    moved = explorer.wait_for_change(shallow)
    assert "mode 3 (strength 1.05)" in moved[2] and strength.get_attribute("aria-valuetext") == "1.05"
    strength.press("ArrowRight")  # a strength moves up and down alone
    explorer.reset()
    assert explorer.wait_for_change(moved) == first

    explorer.drag(explorer.locator.get_by_role("slider", name="Strength of mode 1"), 0, -20)
    dragged = explorer.wait_for_change(first)
    assert "mode 1 (strength 3)" not in dragged[2] and "mode 2 (strength 2)" in dragged[2]
    assert explorer.problem.inner_text() == ""


def test_a_random_start_is_chosen_by_its_name(explorer):
    first = explorer.seen()
    explorer.locator.get_by_role("combobox", name="Start").select_option("random 1")
    assert "random 1 start" in explorer.wait_for_change(first)[2]
    assert explorer.problem.inner_text() == ""
