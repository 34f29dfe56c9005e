"""Every notebook that a reader opens: it runs to its end in JupyterLab, and its explorers answer to the keyboard."""

import pytest
from conftest import notebooks
from lab import OpenExplorer


@pytest.mark.parametrize("path", notebooks())
def test_notebook_runs_and_its_explorers_answer(open_notebook, path):
    notebook = open_notebook(path)
    notebook.run_all()
    assert notebook.errors() == []
    assert notebook.explorers().count() >= 1, "each notebook has at least one explorer"
    for locator in notebook.explorers().all():
        explorer = OpenExplorer(locator)
        keys = [(slider, key) for slider in locator.get_by_role("slider").all() for key in ("ArrowLeft", "ArrowRight")]
        assert any(explorer.answers_to(slider, key) for slider, key in keys), "no slider changes picture and readout"
        assert explorer.problem.inner_text() == ""
    for question in notebook.page.get_by_role("radiogroup").all():
        assert question.get_attribute("aria-label"), "each question has an accessible name"
