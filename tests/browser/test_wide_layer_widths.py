"""The explorer of wide training in JupyterLab: width by key, the middle layer by list, new runs that can be stopped."""

LESSON = "chapters/5_cnn_width/2_width_smooths.ipynb"
EXPLORER = "lm.widgets.WideTrainingExplorer()"
BACKGROUND = True  # training, or a proof, goes on while the reader moves a control


def test_width_and_middle_layer_answer_and_new_runs_are_trained(explorer):
    first = explorer.seen()
    assert first[2].startswith("1 filter, n₁ = 36, softplus: 51 of 100 runs")
    explorer.locator.get_by_role("slider", name="Filters").press("ArrowRight")
    wider = explorer.wait_for_change(first)
    assert wider[2].startswith("2 filters, n₁ = 72, softplus: 96 of 100 runs")
    explorer.locator.get_by_role("combobox", name="Middle layer").select_option("sigmoid")
    other = explorer.wait_for_change(wider)
    assert other[2].startswith("2 filters, n₁ = 72, sigmoid: 92 of 100 runs")

    explorer.locator.get_by_role("button", name="Train 12 new runs").press("Enter")
    explorer.locator.get_by_role("button", name="Stop").press("Enter")
    explorer.reset()
    assert explorer.wait_for_change(other) == first
    assert explorer.problem.inner_text() == ""
