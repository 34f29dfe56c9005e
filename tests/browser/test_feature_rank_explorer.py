"""The explorer of random features in JupyterLab: filters by key and by click, and a proof on request."""

LESSON = "chapters/5_cnn_width/1_width_you_already_have.ipynb"
EXPLORER = "lm.widgets.FeatureRankExplorer()"
BACKGROUND = True  # training, or a proof, goes on while the reader moves a control


def test_filters_by_key_and_by_click_and_a_proof(explorer):
    first = explorer.seen()
    assert "216 neurons for 200 images: rank 200" in first[2]
    explorer.locator.get_by_role("slider", name="Filters T").press("ArrowLeft")
    moved = explorer.wait_for_change(first)
    assert "180 neurons for 200 images: rank 180" in moved[2]

    box = explorer.picture.bounding_box()
    explorer.locator.page.mouse.click(box["x"] + 0.97 * box["width"], box["y"] + 0.5 * box["height"])
    clicked = explorer.wait_for_change(moved)
    assert "432 neurons" in clicked[2]

    explorer.locator.get_by_role("button", name="Prove").press("Enter")
    proved = explorer.wait_for_change(clicked, seconds=60)
    assert "Proof: rank 200, proved (ball arithmetic)" in proved[2]
    explorer.reset()
    assert explorer.wait_for_change(proved) == first
    assert explorer.problem.inner_text() == ""
