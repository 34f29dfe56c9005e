"""Sources to notebooks: what is refused, what stays the same, what is noticed, what survives an interruption."""

import doctest
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from jupytext import read as read_jupytext
from jupytext.compare import compare_notebooks
from nbformat.v4 import new_code_cell, new_notebook, new_output
from samples.courses import BROKEN, CHAPTER, EXERCISE, SMALL_CHAPTER, SMALL_EXERCISE, make_course

from authoring import __main__ as command
from authoring import build as building
from authoring import notebook as nb
from authoring import problems, prose
from authoring.build import build, plan, write_atomically
from authoring.check import check, drift, orphans
from authoring.execute import execute
from authoring.leaks import leaks
from authoring.normalise import normalise, output_problems
from authoring.places import select, targets
from authoring.problems import SourceError
from authoring.status import status, status_of_tests

REPOSITORY = Path(__file__).resolve().parent.parent
NOTEBOOK = "chapters/4_traps/1_first.ipynb"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A small course, built once; tests that change it take a copy."""
    root = make_course(tmp_path_factory.mktemp("course"), {CHAPTER: SMALL_CHAPTER, EXERCISE: SMALL_EXERCISE})
    assert run_build(root)[0] == 0
    return root


@pytest.fixture
def course(built, tmp_path):
    return Path(shutil.copytree(built, tmp_path / "course"))


def run_build(root, *names, **options):
    out = io.StringIO()
    failures = build(select(targets(root), names), root, out=out, **options)
    return failures, out.getvalue()


def notebooks(root):
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.ipynb")}


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_bytes(text.replace(old, new).encode("utf-8"))


def no_execution(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a notebook was executed")

    monkeypatch.setattr(building, "execute", refuse)


# Sources that must be refused


@pytest.mark.parametrize("name", BROKEN)
def test_broken_source_is_refused_with_its_line(name, tmp_path):
    path, text, expected = BROKEN[name]
    root = make_course(tmp_path, {path: text})
    failures, said = run_build(root)
    assert failures == len(targets(root))
    assert path + expected in said
    assert "repair: " in said
    assert notebooks(root) == {}


def test_misplaced_source_is_refused(tmp_path):
    root = make_course(tmp_path, {"sources/lessons/1.py": SMALL_CHAPTER})
    with pytest.raises(ValueError, match=r"sources/lessons/1.py: expected .* sources/chapters/"):
        targets(root)


def test_a_page_of_the_companion_stands_after_the_lessons(course):
    make_course(course, {"sources/companion/1_words.py": "# %% [markdown]\n# # Words\n"})
    found = [target.notebook for target in targets(course)]
    assert found[-1] == "companion/1_words.ipynb" and len(found) == 4
    assert run_build(course)[0] == 0
    assert [cell.source for cell in nb.read_notebook(course / found[-1]).cells] == ["# Words"]


def test_checkpoints_are_no_sources(course):
    make_course(course, {"sources/chapters/4_traps/.ipynb_checkpoints/1_first-checkpoint.py": SMALL_CHAPTER})
    assert len(targets(course)) == 3


def test_source_that_is_not_utf8_is_refused(course):
    (course / CHAPTER).write_bytes(b"# %%\nx = '\xff'\n")
    failures, said = run_build(course)
    assert failures == 1 and "not UTF-8" in said


# What the build writes


def test_chapter_notebook(built):
    notebook = nb.read_notebook(built / NOTEBOOK)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [1, 2, 3, 4]
    assert code[1].outputs[0].text == "42\n"
    assert code[1].metadata.tags == ["experiment", "headline", "nbval-check-output"]
    assert code[2].metadata.slideshow == {"slide_type": "slide"}
    assert code[3].id == f"{code[2].id}-2"
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.language_info == {"name": "python"}


def test_exercise_and_solution_notebooks(built):
    exercise = nb.read_notebook(built / "exercises/4_traps/1_first.ipynb")
    solution = nb.read_notebook(built / "solutions/4_traps/1_first.ipynb")
    assert exercise.cells[2].source == "def loss(error):\n    # write the loss here\n    return ..."
    assert (
        solution.cells[2].source == "def loss(error):\n    half_of_square = 0.5 * error**2\n    return half_of_square"
    )
    assert len(exercise.cells) == 4 and len(solution.cells) == 5
    assert all(not cell.outputs and cell.execution_count is None for cell in exercise.cells if cell.cell_type == "code")
    assert solution.cells[3].outputs[0].text == "right\n"
    assert b"BEGIN" not in b"".join(notebooks(built).values())


def test_round_trip(built):
    source, notebook = read_jupytext(built / CHAPTER), read_jupytext(built / NOTEBOOK)
    for cell in notebook.cells:
        cell.metadata["tags"] = [tag for tag in cell.metadata.get("tags", ()) if tag != nb.COMPARED_TAG]
        if not cell.metadata["tags"]:
            del cell.metadata["tags"]
    del notebook.metadata["kernelspec"]  # in a paired source it stands in the file's head
    compare_notebooks(source, notebook, fmt="py:percent", compare_outputs=False)


def test_bytes_are_stable(course, tmp_path):
    before = notebooks(course)
    assert all(content.endswith(b"}\n") and b"\r" not in content for content in before.values())
    failures, said = run_build(course)
    assert failures == 0 and "3 of 3 notebooks were up to date" in said
    assert run_build(course, everything=True)[0] == 0
    assert notebooks(course) == before

    elsewhere = make_course(tmp_path / "elsewhere", {CHAPTER: SMALL_CHAPTER, EXERCISE: SMALL_EXERCISE})
    run_build(elsewhere)
    assert notebooks(elsewhere) == before


def test_blank_lines_between_cells_mean_nothing(course, monkeypatch):
    no_execution(monkeypatch)
    edit(course / CHAPTER, "\n\n# %%", "\n\n\n\n# %%")
    assert [drift(target, course) for target in targets(course)] == [[], [], []]


def test_time_stamps_mean_nothing(course):
    os.utime(course / NOTEBOOK, (0, 0))
    os.utime(course / EXERCISE, (2e9, 2e9))
    assert [drift(target, course) for target in targets(course)] == [[], [], []]


def test_changed_text_keeps_outputs(course, monkeypatch):
    no_execution(monkeypatch)
    edit(course / CHAPTER, "# Again:", "# Once more:")
    failures, said = run_build(course)
    assert failures == 0 and "written (the source changed)" in said
    assert b"Once more" in (course / NOTEBOOK).read_bytes() and b"42" in (course / NOTEBOOK).read_bytes()


# Drift and stale outputs


def test_source_edited_without_build(course):
    edit(course / CHAPTER, "# Again:", "# Once more:")
    [problem] = drift(targets(course)[0], course)
    assert problem.what == "the source changed"
    assert problem.repair == f"python3 course.py build {NOTEBOOK}"


def test_stale_outputs(course):
    edit(course / CHAPTER, "x = 6", "x = 7")
    [problem] = drift(targets(course)[0], course)
    assert "the stored outputs are stale" in problem.what
    assert run_build(course)[0] == 0
    assert b'"49\\n"' in (course / NOTEBOOK).read_bytes()


def test_outputs_changed_by_hand(course):
    edit(course / NOTEBOOK, '"42\\n"', '"43\\n"')
    [problem] = drift(targets(course)[0], course)
    assert "its outputs were changed by something other than the build" in problem.what


@pytest.mark.parametrize("kind", ["chapter", "exercise", "solution"])
def test_edited_notebook_is_not_overwritten(course, kind):
    target = next(target for target in targets(course) if target.kind == kind)
    path = course / target.notebook
    edit(path, "# Traps" if kind == "chapter" else "# Exercises", "# My own title")
    before = path.read_bytes()
    failures, said = run_build(course)
    assert failures == 1 and path.read_bytes() == before
    assert "it was edited, its source was not; building now would lose the edits" in said
    assert "--discard-edits" in said and target.source in said
    assert run_build(course, discard_edits=True)[0] == 0
    assert b"My own title" not in path.read_bytes()


def test_printed_repair_carries_the_edit_into_the_source(course):
    edit(course / NOTEBOOK, "Again:", "Edited by hand:")
    said = run_build(course)[1]
    repair = said.split("to keep the edits: ")[1].split(";")[0]
    subprocess.run([sys.executable, *repair.split()[1:]], cwd=course, check=True, capture_output=True)
    assert "# Edited by hand:" in (course / CHAPTER).read_text(encoding="utf-8")
    assert run_build(course)[0] == 0
    assert "Edited by hand:" in (course / NOTEBOOK).read_text(encoding="utf-8")


def test_both_edited(course):
    edit(course / NOTEBOOK, "Again:", "Notebook:")
    edit(course / CHAPTER, "# Again:", "# Source:")
    failures, said = run_build(course)
    assert failures == 1 and "its source was edited differently" in said


def test_foreign_and_damaged_notebooks(course):
    foreign = nb.read_notebook(course / NOTEBOOK)
    del foreign.metadata["lmcourse"]
    foreign.cells[0].source = "# Something else"
    (course / NOTEBOOK).write_text(nb.to_text(foreign), encoding="utf-8")
    assert "was not written by the build" in run_build(course)[1]
    (course / NOTEBOOK).write_text('{"cells": [', encoding="utf-8")
    assert "not a readable notebook" in run_build(course)[1]
    assert run_build(course, discard_edits=True)[0] == 0


def test_orphan(course):
    make_course(course, {"chapters/4_traps/9_gone.ipynb": "{}"})
    assert [problem.where for problem in orphans(targets(course), course)] == ["chapters/4_traps/9_gone.ipynb"]


def test_editing_the_notebook_of_a_pair(course):
    """What JupyterLab does for an author: jupytext writes the edit into the source, and the build agrees."""
    shutil.copy(REPOSITORY / "pyproject.toml", course)
    edit(course / NOTEBOOK, "Again:", "Edited in the notebook:")
    edit(course / NOTEBOOK, "x = 6", "x = 8")
    os.utime(course / CHAPTER, (0, 0))
    sync = [sys.executable, "-m", "jupytext", "--sync", NOTEBOOK]
    subprocess.run(sync, cwd=course, check=True, capture_output=True)
    assert "# Edited in the notebook:" in (course / CHAPTER).read_text(encoding="utf-8")
    failures, said = run_build(course)
    assert failures == 0, said
    notebook = nb.read_notebook(course / NOTEBOOK)
    assert notebook.cells[2].outputs[0].text == "56\n"
    assert notebook.cells[2].metadata.tags == ["experiment", "headline", "nbval-check-output"]
    assert drift(targets(course)[0], course) == []


def test_editing_the_source_of_a_pair(course):
    """Syncing the other way round keeps the outputs, and the build agrees again."""
    shutil.copy(REPOSITORY / "pyproject.toml", course)
    edit(course / CHAPTER, "# Again:", "# Edited in the source:")
    os.utime(course / NOTEBOOK, (0, 0))
    subprocess.run([sys.executable, "-m", "jupytext", "--sync", CHAPTER], cwd=course, check=True, capture_output=True)
    assert "Edited in the source:" in (course / NOTEBOOK).read_text(encoding="utf-8")
    failures, said = run_build(course)
    assert failures == 0 and "written" in said
    assert drift(targets(course)[0], course) == []


# Execution


def test_failing_cell_keeps_the_old_notebook(course):
    before = notebooks(course)
    edit(course / CHAPTER, "x = 6", "x = 6 / 0")
    failures, said = run_build(course)
    assert failures == 1 and notebooks(course) == before
    for expected in (
        f"{NOTEBOOK}, code cell 2: raised ZeroDivisionError",
        "| x = 6 / 0",
        "ZeroDivisionError: division",
    ):
        assert expected in said


def test_dead_kernel(course):
    edit(course / CHAPTER, "x = 6", "os._exit(1)")
    failures, said = run_build(course)
    assert failures == 1 and "the kernel died" in said


def test_kernel_is_like_the_learners(tmp_path, monkeypatch):
    monkeypatch.setenv("LMCOURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    shown = "os.getcwd(), sys.executable, os.environ['OMP_NUM_THREADS'], os.environ['LMCOURSE_PROGRESS']"
    code = f"import os, sys; print({shown}, sep=chr(10))"
    notebook = new_notebook(cells=[new_code_cell(code)])
    folder = tmp_path / "chapters"
    folder.mkdir()
    run = execute(notebook, folder, "x.ipynb", REPOSITORY)
    assert notebook.cells[0].outputs[0].text.splitlines() == [str(folder.resolve()), sys.executable, "1", "off"]
    assert run.seconds > 0 and len(run.cell_seconds) == 1 and run.peak_megabytes > 10


def test_interruption_while_executing(course, monkeypatch):
    before, kernels = notebooks(course), len(psutil.Process().children(recursive=True))
    edit(course / CHAPTER, "x = 6", "x = 9")

    def interrupt(done, total):
        raise KeyboardInterrupt

    monkeypatch.setattr(building, "_cell_progress", lambda label, out: interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_build(course)
    assert notebooks(course) == before
    assert len(psutil.Process().children(recursive=True)) == kernels


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError("disk full")])
def test_interruption_while_writing(tmp_path, monkeypatch, error):
    path = tmp_path / "x.ipynb"
    path.write_text("old", encoding="utf-8")

    def fail(*args):
        raise error

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(type(error) if isinstance(error, OSError) else error):
        write_atomically(path, "new")
    assert path.read_text(encoding="utf-8") == "old" and os.listdir(tmp_path) == ["x.ipynb"]


def test_full_disk_is_told_in_a_sentence(course, monkeypatch):
    before = notebooks(course)
    edit(course / CHAPTER, "# Again:", "# Once more:")

    def fail(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    failures, said = run_build(course)
    assert failures == 1 and notebooks(course) == before
    assert f"{NOTEBOOK}: cannot be written: [Errno 28] No space left on device" in said


# Stored outputs


def with_output(**output):
    kind = output.pop("kind", "display_data")
    cells = [new_code_cell("x", outputs=[new_output(kind, **output)], metadata={"execution": {"start": "now"}})]
    return new_notebook(cells=cells, metadata={"widgets": {"state": 1}})


def test_normal_form():
    data = {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}, "text/html": "<img>", "text/plain": "VBox()"}
    notebook = normalise(with_output(kind="execute_result", data=data, execution_count=9))
    assert notebook.metadata == {} and notebook.cells[0].metadata == {}
    assert notebook.cells[0].execution_count == notebook.cells[0].outputs[0].execution_count == 1
    assert set(notebook.cells[0].outputs[0].data) == {"text/html", "text/plain"}
    assert list(output_problems(notebook, "x")) == []


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ({"data": {"text/plain": "VBox(children=(Image(value=b''),))"}}, 'shows only "VBox(children='),
        ({"data": {"text/plain": "<Figure size 640x480 with 1 Axes>"}}, "shows only '<Figure size"),
        ({"data": {"text/plain": "SurfaceExplorer(children=(Image(),))"}}, "shows only 'SurfaceExplorer"),
        ({"data": {"text/plain": f"'{Path.home()}/x'"}}, "a path of this machine"),
        ({"data": {"text/html": "<p>/home/ada/x</p>"}}, "a path of this machine"),
        ({"data": {"text/plain": "<function f at 0x7f0123456789>"}}, "an object's address"),
        ({"kind": "stream", "name": "stdout", "text": "/tmp/ipykernel_12/3.py:1"}, "a path of this machine"),
        ({"kind": "stream", "name": "stderr", "text": "UserWarning: old"}, "writes to stderr: 'UserWarning: old'"),
        ({"kind": "error", "ename": "E", "evalue": "v", "traceback": []}, "stores an error: E: v"),
    ],
)
def test_refused_output(output, expected):
    [problem] = output_problems(normalise(with_output(**output)), "x.ipynb")
    assert problem.where == "x.ipynb, code cell 1" and expected in problem.what


def test_warning_stops_the_build(course):
    before = notebooks(course)
    edit(course / CHAPTER, "import os", "import warnings; warnings.warn('old function')")
    failures, said = run_build(course)
    assert failures == 1 and "writes to stderr" in said and notebooks(course) == before


def test_headline_is_compared_by_nbval(course):
    edit(course / NOTEBOOK, '"42\\n"', '"43\\n"')
    arguments = ["--nbval-lax", "--nbval-current-env", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir=."]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments, NOTEBOOK], cwd=course, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1 and "1 failed, 3 passed" in done.stdout


# Leaks


def leak_sentences(root):
    sources, exercises = {}, {}
    for target in targets(root):
        if target.kind == "exercise":
            sources[target.notebook] = nb.source_of(target, root)
            exercises[target.notebook] = nb.generate(target, sources[target.notebook])
    return [str(problem) for problem in leaks(sources, exercises, root)]


def test_no_leak(course):
    assert leak_sentences(course) == []


def test_leak_in_a_hint_stops_the_build(course):
    edit(course / EXERCISE, "Square the error.", "Write `half_of_square = 0.5*error ** 2`.")
    failures, said = run_build(course)
    assert (
        failures == 1 and f"{EXERCISE}:11: this line of the solution can be read in its own exercise notebook" in said
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("lmcourse/checks/loss.py", 'def say(x):\n    return f"Try half_of_square = 0.5 * error**2, not {x}"\n'),
        (
            "sources/exercises/4_traps/2_second.py",
            "# %% [markdown]\n# # More\n\n# %%\nhalf_of_square = 0.5 * error**2\n",
        ),
        ("docs/help.md", "Use\n\n    half_of_square = 0.5 * error**2  # the loss\n"),
    ],
)
def test_leak_elsewhere(course, path, text):
    make_course(course, {path: text})
    edit(course / EXERCISE, "# # Exercises", "# # Exercises\n# See [help](../../docs/help.md).")
    [sentence] = leak_sentences(course)
    assert sentence.startswith(f"{EXERCISE}:12: this line of the solution can be read in ")
    assert path.replace("sources/", "").replace("2_second.py", "2_second.ipynb") in sentence


def test_trivial_lines_and_headers_are_no_secret(course):
    solution = "    half_of_square = 0.5 * error**2\n    return half_of_square\n"
    edit(course / EXERCISE, solution, "    for step in range(100):\n        x = 1\n    return error_of_fit\n")
    make_course(course, {"lmcourse/checks/loss.py": 'MESSAGE = "for step in range(100): x = 1 return error_of_fit"\n'})
    assert leak_sentences(course) == []


# Commands


@pytest.mark.parametrize(
    ("name", "count"),
    [(NOTEBOOK, 1), (CHAPTER, 1), (EXERCISE, 2), ("1_first", 3), ("4.1", 3), ("4", 3), ("chapters/4_traps/1_first", 1)],
)
def test_names(course, name, count):
    assert len(select(targets(course), [name])) == count


def test_unknown_name_lists_what_exists(course, monkeypatch, capsys):
    monkeypatch.setattr(command, "ROOT", course)
    assert command.main(["build", "4.7"]) == 2
    assert "no notebook is called '4.7'" in (said := capsys.readouterr().err) and NOTEBOOK in said


def test_interrupted_command_says_what_happened(course, monkeypatch, capsys):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "ROOT", course)
    monkeypatch.setattr(command, "build", interrupt)
    assert command.main(["build"]) == 130
    assert "all others are as they were" in capsys.readouterr().err


def test_check_prints_a_repair_for_each_problem(course):
    edit(course / CHAPTER, "x = 6", "x = 7")
    out = io.StringIO()
    make_course(course, {"tests/test_one.py": "def test_one():\n    assert 1 == 2\n"})
    total = check(targets(course), course, out=out)
    said = out.getvalue()
    assert total == said.count("repair: ") > 3
    assert f"repair: python3 course.py build {NOTEBOOK}" in said
    assert "expected '## At a glance' as the second cell" in said
    assert "repair: python3 course.py test tests/test_one.py::test_one" in said


def test_status_page(course):
    out = io.StringIO()
    assert status(targets(course), course, out=out) == 0
    text = (course / "docs/status.md").read_text(encoding="utf-8")
    assert f"| {NOTEBOOK} |" in text and text.count("| yes |") == 3 and "`x = 6`" in text


REPORT = """<testsuites><testsuite time="{seconds}">
<testcase classname="tests.test_{part}" name="test_slow[a|b]" time="{seconds}"/>
<testcase classname="tests.test_{part}" name="test_quick" time="0.5"/></testsuite></testsuites>"""


def test_status_page_ends_with_the_slowest_tests(course):
    """All is read from the reports of the whole test; what stands above is kept."""
    make_course(course, {"docs/status.md": "# Status\n\nmeasured\n"})
    status_of_tests(course)
    assert "after `python3 course.py test`" in (course / "docs/status.md").read_text(encoding="utf-8")
    reports = {
        f"build/test/{part}.xml": REPORT.format(part=part, seconds=s) for part, s in [("suite", 90), ("browser", 120)]
    }
    make_course(course, reports)
    status_of_tests(course)
    text = (course / "docs/status.md").read_text(encoding="utf-8")
    assert text.startswith("# Status\n\nmeasured\n\n## The slowest tests\n") and text.count("##") == 1
    assert "4 tests in 3.5 minutes (browser 2.0, suite 1.5)" in text
    rows = [line for line in text.splitlines() if line.startswith(("| 1", "| 9"))]
    assert rows == [
        "| 120.0 | browser | tests.test_browser: test_slow[a/b] |",
        "| 90.0 | suite | tests.test_suite: test_slow[a/b] |",
    ]


def test_failed_measurement_keeps_the_status_page(course):
    edit(course / CHAPTER, "x = 6", "x = 6 / 0")
    make_course(course, {"docs/status.md": "old"})
    assert status(targets(course), course, out=io.StringIO()) == 1
    assert (course / "docs/status.md").read_text(encoding="utf-8") == "old"


def test_plan_does_not_write(course):
    edit(course / CHAPTER, "x = 6", "x = 7")
    before = notebooks(course)
    assert plan(targets(course)[0], course).state == "execute"
    assert notebooks(course) == before


@pytest.mark.parametrize("module", [prose, problems])
def test_examples_in_docstrings(module):
    result = doctest.testmod(module)
    assert result.attempted > 0 and result.failed == 0


def test_learners_package_does_not_import_authoring():
    for path in (REPOSITORY / "lmcourse").rglob("*.py"):
        assert "authoring" not in path.read_text(encoding="utf-8"), path


def test_source_error_holds_all_problems(tmp_path):
    root = make_course(tmp_path, {CHAPTER: '# %% tags=["a", "b"]\nx = 1\n'})
    with pytest.raises(SourceError) as caught:
        plan(targets(root)[0], root)
    assert len(caught.value.problems) == 2
