"""Every notebook that a reader opens: it runs to its end in JupyterLab, and its explorers answer to the keyboard.

The notebooks take turns in the two ways in which JupyterLab talks to widgets. The tests of single explorers take the other
way, and both where an explorer works in the background.
"""

import pytest
from accessibility import barriers
from conftest import turns
from lab import OpenExplorer

TURNS = [(mode, path) for path, mode in turns().items()]


@pytest.mark.parametrize(("server", "path"), TURNS, indirect=["server"], scope="session")
def test_notebook_runs_and_its_explorers_answer(open_notebook, path):
    notebook = open_notebook(path)
    notebook.run_all()
    assert notebook.errors() == []
    if not path.startswith("companion/"):
        assert notebook.explorers().count() >= 1, "each notebook has at least one explorer"
    for locator in notebook.explorers().all():
        explorer = OpenExplorer(locator)
        keys = [(slider, key) for slider in locator.get_by_role("slider").all() for key in ("ArrowLeft", "ArrowRight")]
        assert any(explorer.answers_to(slider, key) for slider, key in keys), "no slider changes picture and readout"
        assert explorer.problem.inner_text() == ""
    for question in notebook.page.get_by_role("radiogroup").all():
        assert question.get_attribute("aria-label"), "each question has an accessible name"
    assert barriers(notebook.page, ".jp-OutputArea-output") == []
