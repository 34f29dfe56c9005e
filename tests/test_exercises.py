"""Exercise notebooks run to their end unsolved, behind the fence of tests/offline, and solutions earn full marks."""

import nbformat
import pytest

import course
from authoring.execute import execute
from authoring.places import ROOT, targets

EXERCISES = [target for target in targets(ROOT) if target.kind == "exercise"]
SOLUTIONS = [target for target in targets(ROOT) if target.kind == "solution"]


def verdicts(notebook):
    """What each check cell says, as text."""
    return [
        "".join(output.get("data", {}).get("text/plain", "") for output in cell.outputs)
        for cell in notebook.cells
        if "check" in cell.metadata.get("tags", ())
    ]


@pytest.mark.parametrize("target", EXERCISES, ids=lambda target: target.notebook)
def test_an_untouched_exercise_says_not_attempted_yet(target, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", course.offline()["PYTHONPATH"])
    path = ROOT / target.notebook
    notebook = nbformat.read(path, as_version=4)
    execute(notebook, path.parent, target.notebook, ROOT)
    said = verdicts(notebook)
    assert said and all("not attempted yet" in words for words in said), said


@pytest.mark.parametrize("target", SOLUTIONS, ids=lambda target: target.notebook)
def test_the_stored_solution_is_right_in_every_task(target):
    said = verdicts(nbformat.read(ROOT / target.notebook, as_version=4))
    assert said and all(": right." in words for words in said), said
