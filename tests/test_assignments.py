"""The exercise sets as assignments of the real nbgrader: what students receive, and what they get for what they hand in.

One set is graded here, with students of every kind. `python3 course.py assignments FOLDER --try` grades a blank and a solved
submission of all sixteen.
"""

import copy
import csv
import json
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

import course
from authoring import assignments, grading
from authoring.__main__ import main
from authoring.leaks import secrets, squeeze
from authoring.notebook import read_notebook, source_of
from authoring.places import ROOT, select, targets
from authoring.problems import SourceError
from bootstrap.environment import project_table
from lmcourse.checks import graded, require_right
from lmcourse.checks.verdict import NotRight, Verdict

EXERCISES = [target for target in targets(ROOT) if target.kind == "exercise"]
NAMES = [assignments.assignment_name(target.notebook) for target in EXERCISES]
SET, POINTS = "1.1_critical_points", {"task_1": 10, "task_2": 15, "task_3": 10, "task_4": 20}
# A cell that never ends is stopped soon; all others have their two minutes, since the machine may be busy.
IMPATIENT = "\nc.Execute.timeout_func = lambda cell: 8 if 'while True' in cell.source else patience(cell)\n"

RIGHT, WRONG = Verdict("Task 1", "right", "Yes."), Verdict("Task 1", "not yet", "No.")


@pytest.fixture(scope="session")
def with_nbgrader():
    pytest.importorskip("nbgrader", reason="nbgrader is not installed: pip install -c constraints.txt nbgrader")


@pytest.fixture(scope="session")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    assignments.export(EXERCISES, folder)
    return folder


# A process of its own for nbgrader's Python interface: its libraries warn, and here warnings are errors.
GENERATE_ALL = """
import sys
from traitlets.config.loader import PyFileConfigLoader
from nbgrader.apps import NbGraderAPI
settings = PyFileConfigLoader("nbgrader_config.py", path=".").load_config()
api = NbGraderAPI(config=settings)
for name in sys.argv[1:]:
    result = api.generate_assignment(name)
    assert result["success"], result["log"]
"""


@pytest.fixture(scope="session")
def generated(with_nbgrader, exported):
    """All sets, as nbgrader makes them for the students."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    command = [sys.executable, "-c", GENERATE_ALL, *NAMES]
    answer = subprocess.run(
        command, cwd=exported, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr[-3000:]
    return exported


# ------------------------------------------------------------------------------------------- the verdict


def test_a_graded_cell_raises_only_where_nbgrader_runs_it(monkeypatch, capsys):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    assert graded(WRONG) is WRONG and graded(RIGHT) is RIGHT
    for place in ("validate", "autograde"):
        monkeypatch.setenv("NBGRADER_EXECUTION", place)
        assert graded(RIGHT) is None and "right" in capsys.readouterr().out
        with pytest.raises(NotRight, match="not yet"):
            graded(WRONG)


def test_only_a_right_verdict_passes():
    require_right(RIGHT)
    for verdict in (WRONG, Verdict("Task 1", "not attempted yet")):
        with pytest.raises(AssertionError, match="Task 1: not"):
            require_right(verdict)


# ------------------------------------------------------------------------------------------------ export


@pytest.mark.parametrize("target", EXERCISES, ids=lambda target: target.notebook)
def test_each_check_is_graded_and_each_answer_can_be_cleared(target):
    notebook = assignments.assignment(target)
    nbformat.validate(notebook)
    points = assignments.task_points(source_of(target, ROOT))
    kinds = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if "nbgrader" in cell.metadata}
    for task, number in points.items():
        check, answer = kinds[f"{task}_check"], kinds[task]
        assert check.metadata.nbgrader.points == number > 0 and check.metadata.nbgrader.locked
        assert "BEGIN HIDDEN TESTS" in check.source and "require_right" in check.source
        assert "### BEGIN SOLUTION" in answer.source and "BEGIN STUB" not in answer.source
        compile(answer.source, task, "exec")
    assert kinds["imports"].metadata.nbgrader.locked
    assert len(points) == sum("check" in cell.metadata.get("tags", ()) for cell in notebook.cells) >= 3


def test_links_lead_to_the_lessons_from_anywhere():
    target = EXERCISES[0]
    text = assignments.assignment(target).cells[0].source
    page = "/chapters/1_saddle_points/1_critical_points.ipynb)"
    version = project_table()["version"]
    assert f"(https://github.com/lmcourse/lmcourse/blob/v{version}{page}" in text
    assert f"(../../lmcourse{page}" in assignments.assignment(target, lessons="../../lmcourse/").cells[0].source
    for target in EXERCISES:
        assert "](../" not in "".join(cell.source for cell in assignments.assignment(target).cells), target.notebook


def test_the_open_question_is_graded_by_hand_on_request():
    plain, asked = (assignments.assignment(EXERCISES[0], open_questions=each) for each in (False, True))
    (answer,) = asked.cells[len(plain.cells) :]
    assert answer.metadata.nbgrader.solution and answer.metadata.nbgrader.grade
    assert answer.metadata.nbgrader.points == 15 and "What we found" in answer.source


def test_the_page_for_lecturers_has_the_points_of_each_set():
    page = (ROOT / "docs" / "teaching" / "grading.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d\.\d_\w+) \| ([\d+ ]+) \| (\d+) \|$", page, re.MULTILINE)
    expected = [assignments.task_points(source_of(target, ROOT)).values() for target in EXERCISES]
    assert rows == [
        (name, " + ".join(map(str, points)), str(sum(points))) for name, points in zip(NAMES, expected, strict=True)
    ]
    assert f"| **sum** | | **{sum(map(sum, expected))}** |" in page


def test_the_page_names_the_settings_as_they_are():
    page = (ROOT / "docs" / "teaching" / "grading.md").read_text(encoding="utf-8")
    settings = (ROOT / "authoring" / assignments.SETTINGS).read_text(encoding="utf-8")
    assert "SECONDS_PER_CELL = 120 " in settings and "after two minutes" in page
    assert "CHARACTERS_PER_CELL = 200_000\n" in settings and "200,000 characters" in page
    pattern = re.search(r'named_regexp = r"(.+)"', settings)[1]
    for name in NAMES:
        found = re.match(pattern, f"/somewhere/Miss_X_3.4/anna-2_{name}.ipynb")
        assert found and found.groupdict() == {"student_id": "anna-2", "file_id": f"{name}.ipynb"}


def test_what_a_lecturer_changed_stays(tmp_path):
    chosen = select(targets(ROOT), ["1.1", "1.2"])
    assert assignments.export(chosen, tmp_path) == (NAMES[:2], [])
    first, second = (tmp_path / "source" / name / f"{name}.ipynb" for name in NAMES[:2])
    changed = json.loads(first.read_text())
    changed["cells"][2]["metadata"]["nbgrader"] = {"points": 3}
    first.write_text(json.dumps(changed))
    second.write_text("no notebook")
    (tmp_path / assignments.SETTINGS).write_text("c = get_config()\n")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    names, kept = assignments.export(chosen, tmp_path)
    assert kept == [assignments.SETTINGS, *(path.relative_to(tmp_path).as_posix() for path in (first, second))]
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert "it stays" in grading.told(tmp_path, names, kept)
    first.unlink()
    assert len(assignments.export(chosen, tmp_path)[1]) == 2 and read_notebook(first)


def test_a_second_export_changes_nothing(exported):
    before = {path: path.read_bytes() for path in (exported / "source").rglob("*.ipynb")}
    assert len(before) == 16
    assert assignments.export(EXERCISES, exported) == (sorted(NAMES), [])
    assert before == {path: path.read_bytes() for path in before}


@pytest.mark.parametrize("folder", [ROOT, ROOT / "chapters", ROOT / "exercises" / "new"])
def test_solutions_are_not_exported_into_the_repository(folder, capsys):
    assert main(["assignments", str(folder)]) == 2
    assert "outside of the repository" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("check.kind(kind)", "check.kind(kind, 2)", "cannot be graded"),
        ("check = lm.checks.critical_points", "check = lm.critical_points", "found 0 names"),
        ("## Task 1: What", "## What", "without number"),
    ],
)
def test_a_source_that_cannot_be_graded_is_refused(old, new, problem, tmp_path):
    text = (ROOT / EXERCISES[0].source).read_text(encoding="utf-8")
    path = tmp_path / EXERCISES[0].source
    path.parent.mkdir(parents=True)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SourceError, match=problem):
        assignments.assignment(EXERCISES[0], tmp_path)


def test_the_command_wants_a_folder_and_keeps_its_meaning(monkeypatch, tmp_path, capsys):
    called = []
    monkeypatch.setattr(course, "environment_python", lambda extras: called.append(extras) or "python")
    monkeypatch.setattr(course, "run_module", lambda *arguments: called.append(arguments) or 0)
    monkeypatch.chdir(tmp_path)
    assert course.main(["assignments"]) == 1 and course.main(["assignments", "--try"]) == 1
    assert "Expected a folder" in capsys.readouterr().out and not called
    assert course.main(["assignments", "marks", "1.1"]) == 0
    assert called == [["teach"], ("python", "authoring", "assignments", str(tmp_path / "marks"), "1.1")]


def test_learners_see_no_buttons_of_nbgrader(monkeypatch, with_nbgrader):
    """It is installed where lecturers and tests need it; `course.py lab` shows the JupyterLab of every learner."""
    from jupyterlab_server.config import get_page_config

    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(ROOT / "jupyter"))
    page = get_page_config([str(Path(sys.prefix, "share", "jupyter", "labextensions"))])
    found = {extension["name"] for extension in page["federated_extensions"]}
    assert "@jupyter/nbgrader" in found and "@jupyter/nbgrader" in page["disabledExtensions"]


# ------------------------------------------------------------------------------------- what students get


def test_every_release_is_the_exercise_notebook_without_solutions(generated):
    for name, target in zip(NAMES, EXERCISES, strict=True):
        release = grading.released(generated, name)
        exercise = read_notebook(ROOT / target.notebook)
        for ours, theirs in zip(exercise.cells, release.cells, strict=True):
            if "check" in ours.metadata.get("tags", ()):
                assert theirs.source == f"lm.checks.graded({ours.source})"
            elif ours.cell_type == "code":
                assert theirs.source == ours.source and not theirs.outputs
        everything = "".join(path.read_text(encoding="utf-8") for path in (generated / "release" / name).rglob("*"))
        shown = squeeze(json.dumps(release.cells, ensure_ascii=False) + everything)
        for word in ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "NotImplemented"):
            assert squeeze(word) not in shown, name
        source = source_of(target, ROOT)
        assert len(secrets(source)) > 5
        assert not [secret for secret in secrets(source) if json.dumps(secret, ensure_ascii=False)[1:-1] in shown], name
        assert [path.name for path in (generated / "release" / name).rglob("*")] == [f"{name}.ipynb"]


def test_without_our_settings_a_release_has_no_solutions_either(with_nbgrader, exported, tmp_path):
    path = tmp_path / "source" / SET / f"{SET}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes((exported / "source" / SET / f"{SET}.ipynb").read_bytes())
    code, words = grading.nbgrader(tmp_path, "generate_assignment", SET)
    assert code == 0, words
    text = squeeze(json.dumps(grading.released(tmp_path, SET).cells))
    assert "raiseNotImplementedError()" in text and "BEGINSOLUTION" not in text
    assert not [secret for secret in secrets(source_of(EXERCISES[0], ROOT)) if json.dumps(secret)[1:-1] in text]


# --------------------------------------------------------------------------------------- what they hand in


def cell_of(notebook, name):
    return next(cell for cell in notebook.cells if grading.grade_id(cell) == name)


def blank(notebook):
    """Handed in as it came."""


def solved(notebook):
    """Every task right."""


FORGED = """
from unittest.mock import Mock
from lmcourse.checks.verdict import Verdict
always = Mock(return_value=Verdict("Task", "right"))
check = Mock(kind=always, saddle_free_step=always, plateau=always, all_critical_points=always)
"""


def tampered(notebook):
    """No task done, the tests and their points changed, the answers' checks replaced."""
    for task, points in POINTS.items():
        check = cell_of(notebook, f"{task}_check")
        check.source, check.metadata.nbgrader.points = "pass", 100 * points
        cell_of(notebook, task).source += FORGED
    cell_of(notebook, "imports").source = "class lm: checks = None"


WARNED = """    import sys, warnings
    warnings.warn("a warning of a library")
    print("words on stderr", file=sys.stderr)
"""


def careless(notebook):
    """Every task right, with warnings and words on stderr; the tests deleted."""
    cell_of(notebook, "task_1").source = cell_of(notebook, "task_1").source.replace(
        "    if grad", WARNED + "    if grad", 1
    )
    notebook.cells = [cell for cell in notebook.cells if not (grading.grade_id(cell) or "").endswith("_check")]


def endless(notebook):
    """The first answer never comes back; Ctrl-C would stop it."""
    cell_of(notebook, "task_1").source += "\nimport time\nwhile True:\n    time.sleep(0.1)"


def stubborn(notebook):
    """The third answer never comes back and does not listen to Ctrl-C."""
    cell_of(
        notebook, "task_3"
    ).source += "\nimport time\nwhile True:\n    try:\n        time.sleep(0.1)\n    except BaseException:\n        pass"


def flood(notebook):
    """60 million characters, a few large pictures of text, and a very long error in the second answer."""
    cell_of(notebook, "task_1").source += "\nfor _ in range(60):\n    print('x' * 1_000_000)\nprint('\\n' * 1_000_000)"
    cell_of(notebook, "task_1").source += "\nfor _ in range(60):\n    display('y' * 1_000_000)"
    cell_of(notebook, "task_2").source = "raise ValueError('z' * 10_000_000)"


def broken(notebook):
    """An import fails at the top, and the first answer is no Python."""
    notebook.cells.insert(0, new_code_cell("import no_such_package"))
    cell_of(notebook, "task_1").source = "def kind(gradient, hessian, tol=1e-9) return 'strict minimum'"


def killer(notebook):
    """The kernel ends in the middle of the second answer."""
    cell_of(notebook, "task_2").source += "\nimport os\nos._exit(0)"


STUDENTS = {
    blank: 0,
    solved: 55,
    tampered: 0,
    careless: 55,
    endless: 55,  # the function stands before the loop: it is defined, and right
    stubborn: 25,
    flood: 40,
    broken: 45,
    killer: 10,
}


@pytest.fixture(scope="session")
def handed_in(generated):
    """One set, handed in by all these students and graded in one go."""
    with (generated / assignments.SETTINGS).open("a", encoding="utf-8") as settings:
        settings.write(IMPATIENT)
    start, full = grading.released(generated, SET), grading.solved(generated, SET)
    for student in STUDENTS:
        notebook = copy.deepcopy(start if student in (blank, tampered) else full)
        student(notebook)
        grading.hand_in(generated, SET, student.__name__, notebook)
    code, words = grading.nbgrader(generated, "autograde", SET)
    assert code == 0, words[-3000:]
    return generated


def test_each_kind_of_student_gets_what_is_due(handed_in):
    """One test, so that two processes that share the tests do not grade twice."""
    for student, points in STUDENTS.items():
        found = grading.marks(handed_in)[SET, student.__name__]
        assert set(found) == {f"{task}_check" for task in POINTS}
        assert sum(found.values()) == points, (student.__name__, found)
    tampered_tests_are_restored(handed_in)
    what_could_not_run_says_why(handed_in)
    a_flood_is_cut_and_its_errors_can_be_read(handed_in)
    the_table_of_marks_has_them_all(handed_in)


def graded_notebook(folder, student):
    return nbformat.read(folder / "autograded" / student / SET / f"{SET}.ipynb", as_version=4)


def tampered_tests_are_restored(folder):
    notebook = graded_notebook(folder, "tampered")
    for task, points in POINTS.items():
        check = cell_of(notebook, f"{task}_check")
        assert "require_right" in check.source and check.metadata.nbgrader.points == points
    assert "import lmcourse as lm" in cell_of(notebook, "imports").source


def what_could_not_run_says_why(folder):
    for student, word in (("killer", "DeadKernelError"), ("stubborn", "CellTimeoutError")):
        (output,) = cell_of(graded_notebook(folder, student), "task_4_check").outputs
        assert output.output_type == "error" and word in output.evalue


def a_flood_is_cut_and_its_errors_can_be_read(folder):
    assert (folder / "autograded" / "flood" / SET / f"{SET}.ipynb").stat().st_size < 1e6
    notebook = graded_notebook(folder, "flood")
    assert "more output than is kept" in str(cell_of(notebook, "task_1").outputs)
    assert any(output.output_type == "error" for output in cell_of(notebook, "task_2").outputs)


def the_table_of_marks_has_them_all(folder):
    code, words = grading.nbgrader(folder, "export", "--to", "marks.csv")
    assert code == 0, words
    rows = list(csv.DictReader((folder / "marks.csv").read_text().splitlines()))
    mine = {row["student_id"]: float(row["score"]) for row in rows if row["assignment"] == SET}
    assert mine == {student.__name__: points for student, points in STUDENTS.items()}


def test_a_zip_file_from_a_learning_platform_is_collected(generated):
    archive = generated / "downloaded" / SET / "archive"
    archive.mkdir(parents=True)
    release = (generated / "release" / SET / f"{SET}.ipynb").read_bytes()
    with zipfile.ZipFile(archive / "all.zip", "w") as collection:
        for student in ("anna", "bob-2"):
            collection.writestr(f"{student}_{SET}.ipynb", release)
        collection.writestr("readme.txt", "no notebook")
    code, words = grading.nbgrader(generated, "zip_collect", SET)
    assert code == 0, words
    for student in ("anna", "bob-2"):
        assert (generated / "submitted" / student / SET / f"{SET}.ipynb").read_bytes() == release
