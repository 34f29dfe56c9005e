"""Exercise sets as nbgrader's source notebooks: `course.py assignments FOLDER`.

One exercise source becomes FOLDER/source/1.1_critical_points/1.1_critical_points.ipynb. In it

    an answer cell   holds the solution between nbgrader's markers, and in its metadata the lines a learner starts from
    a check cell     is graded: it shows the verdict as in the course, and raises where nbgrader grades
    all other cells  are those of the exercise notebook, with links that lead to the lessons wherever it lies

The points of a task are its minutes. FOLDER/nbgrader_config.py brings nbgrader what it needs to know.
"""

import re
import shutil
import tomllib
from pathlib import Path, PurePosixPath

from nbformat.v4 import new_markdown_cell

from authoring.exercise import exercise_name
from authoring.notebook import cells_hash, generate, read_notebook, record, recorded, source_of, to_text
from authoring.places import ROOT
from authoring.problems import Problem, SourceError
from authoring.regions import pieces

SETTINGS = "nbgrader_config.py"
CALL = re.compile(r"check\.(\w+)\((\w+)\)")
MODULE = re.compile(r"\blm\.checks\.(\w+)")
MINUTES = re.compile(r"\*(\d+) minutes")
LINK = re.compile(r"\]\((?:\.\./)+((?:chapters|companion)/[^)\s]+)\)")
GRADED = """lm.checks.graded({call})
### BEGIN HIDDEN TESTS
import lmcourse.checks as checks_of_the_course
checks_of_the_course.require_right(checks_of_the_course.{module}.{function}({answer}))
### END HIDDEN TESTS"""


def assignment_name(path):
    """The name of the assignment that an exercise source or notebook makes.

    >>> assignment_name("exercises/1_saddle_points/2_high_dimension.ipynb")
    '1.2_high_dimension'
    """
    path = PurePosixPath(path)
    return f"{path.parent.name.split('_')[0]}.{path.stem}"


def published_lessons():
    """The address under which this edition of the lessons is published."""
    project = tomllib.loads(Path(ROOT, "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return f"{project['urls']['Source']}/blob/v{project['version']}"


# ----------------------------------------------------------------------------------------- one notebook


def assignment(target, root=ROOT, lessons=None, open_questions=False):
    """The source notebook of the assignment that an exercise target makes."""
    source = source_of(target, root)
    notebook = generate(target, source)
    shown = [cell for cell in source.cells if "solution" not in cell.tags]
    module, name = _module(source), ""
    for cell, written in zip(shown, notebook.cells, strict=True):
        if "exercise" in cell.tags:
            name, points = _task(source, cell)
        if cell.kind == "markdown":
            written.source = LINK.sub(rf"]({(lessons or published_lessons()).rstrip('/')}/\1)", written.source)
        elif "check" in cell.tags:
            written.source = _graded(source, cell, module)
            _mark(written, f"{name}_check", grade=True, locked=True, points=points)
        elif any(piece.name == "SOLUTION" for piece in pieces(source, cell)):
            _mark(written, name, solution=True)
            written.metadata["lmcourse"] = {"start": written.source}
            written.source = _with_nbgrader_markers(source, cell)
        elif MODULE.search(cell.text):
            _mark(written, "imports", locked=True)
    if open_questions:
        notebook.cells += _open_answer(source)
    record(notebook, executed=False)
    return notebook


def task_points(source):
    """{task name: points} of the tasks that have a check."""
    points, name = {}, None
    for cell in source.cells:
        if "exercise" in cell.tags:
            name, minutes = _task(source, cell)
        if "check" in cell.tags:
            points[name] = minutes
    return points


def _module(source):
    """The module under lmcourse/checks that a source takes its checks from."""
    found = {name for cell in source.cells if cell.kind == "code" for name in MODULE.findall(cell.text)}
    if len(found) != 1:
        what = f"found {len(found)} names behind 'lm.checks.', expected exactly one"
        raise SourceError(Problem(source.path, what, "write 'check = lm.checks.NAME' in the import cell"))
    return found.pop()


def _task(source, cell):
    """("task_1", 10): the grade id of a task, and its minutes."""
    number, minutes = re.search(r"\d+", exercise_name(cell)), MINUTES.search(cell.text)
    if not (number and minutes):
        repair = "write '## Task 1: ...' and, below it, '*10 minutes.*'"
        raise SourceError(Problem(source.where(cell), "a task without number or minutes", repair))
    return f"task_{number.group()}", int(minutes.group(1))


def _graded(source, cell, module):
    """What is shown, and behind it what nbgrader restores before it grades."""
    call = CALL.fullmatch(cell.text.strip())
    if not call:
        repair = "write one line, such as check.loss(loss)"
        raise SourceError(Problem(source.where(cell), "this check cannot be graded", repair))
    return GRADED.format(call=call.group(), module=module, function=call[1], answer=call[2])


def _with_nbgrader_markers(source, cell):
    """The cell with its solution between nbgrader's markers and without our stub."""
    lines = []
    for piece in pieces(source, cell):
        if piece.name == "SOLUTION":
            indent = " " * min(len(line) - len(line.lstrip()) for line in piece.lines if line.strip())
            lines += [f"{indent}### BEGIN SOLUTION", *piece.lines, f"{indent}### END SOLUTION"]
        elif piece.name == "PLAIN":
            lines += piece.lines
    return "\n".join(lines).strip("\n")


def _mark(cell, name, **kind):
    """nbgrader's metadata: what a cell is, and under which name its points are kept."""
    plain = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    cell.metadata["nbgrader"] = {**plain, "grade_id": name, **kind}


def _open_answer(source):
    """A cell for the answer to the question without a check, graded by hand."""
    last = [cell for cell in source.cells if "exercise" in cell.tags][-1]
    name, points = _task(source, last)
    if name in task_points(source):
        return
    explanation = "\n\n".join(
        cell.text
        for cell in source.cells
        if cell.line > last.line and "solution" in cell.tags and cell.kind == "markdown"
    )
    answer = new_markdown_cell(explanation, id="open-answer")
    _mark(answer, name, grade=True, solution=True, points=points)
    yield answer


# ------------------------------------------------------------------------------------------- the folder


def export(chosen, folder, lessons=None, open_questions=False, root=ROOT):
    """Write the assignments of the chosen exercises into a folder; returns the names of those that were kept back.

    Raises ValueError for a folder that must not hold solutions, SourceError for a source that cannot be graded.
    """
    folder = Path(folder).resolve()
    if folder.is_relative_to(root) and not folder.is_relative_to(root / "build"):
        raise ValueError(
            f"Expected a folder outside of the repository, {folder} came: it will hold solutions and marks, which must "
            "not be published. Give another folder, for example: python3 course.py assignments ../assignments"
        )
    exercises = [target for target in chosen if target.kind == "exercise"]
    notebooks = {assignment_name(each.notebook): assignment(each, root, lessons, open_questions) for each in exercises}
    folder.mkdir(parents=True, exist_ok=True)
    kept = [] if _write_settings(folder / SETTINGS) else [SETTINGS]
    for name, notebook in notebooks.items():
        path = folder / "source" / name / f"{name}.ipynb"
        if _is_somebodys(path):
            kept.append(path.relative_to(folder).as_posix())
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(to_text(notebook), encoding="utf-8", newline="\n")
    return sorted(notebooks), kept


def _write_settings(path):
    """Write the settings, unless the lecturer has other ones; returns whether they are ours."""
    ours = Path(__file__).with_name(SETTINGS)
    if path.exists() and ours.read_text(encoding="utf-8").splitlines()[0] not in path.read_text(encoding="utf-8"):
        return False
    shutil.copyfile(ours, path)
    return True


def _is_somebodys(path):
    """Whether the notebook was changed by hand, or in nbgrader, since it was exported."""
    if not path.exists():
        return False
    try:
        notebook = read_notebook(path)
    except ValueError:
        return True
    return recorded(notebook).get("cells") != cells_hash(notebook)
