"""The real nbgrader over a folder of assignments: generate, hand in, grade, read the marks.

`try_out` does it for a blank and a solved submission of each exercise set, before a class depends on it. nbgrader runs as its
own process, as a lecturer runs it; only the marks are read through its Python interface.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import nbformat

from authoring.assignments import assignment_name, export, task_points
from authoring.execute import ONE_THREAD
from authoring.notebook import source_of
from authoring.places import ROOT

CELLS = ("### BEGIN SOLUTION", "### END SOLUTION")


def told(folder, names, kept):
    """What was exported, where, and what to do next."""
    lines = [f"{len(names)} assignments in {Path(folder).resolve() / 'source'}: {', '.join(names)}."]
    lines += [f"{name} was changed since it was exported: it stays. Delete it to get the new one." for name in kept]
    if names:
        steps = [*activate(), f"cd {Path(folder).resolve()}", f"nbgrader generate_assignment {names[0]}"]
        lines += ["Next (docs/teaching/grading.md tells the whole way):", *(f"  {step}" for step in steps)]
    return "\n".join(lines)


def activate():
    """The line that puts nbgrader on the path; none in a conda environment, which is active already."""
    script = Path(sysconfig.get_path("scripts"), "activate")
    if script.exists():
        yield str(script) if os.name == "nt" else f"source {script}"


# --------------------------------------------------------------------------------------------- nbgrader


def nbgrader(folder, *arguments):
    """Run a command of nbgrader in a folder; returns the exit code and all that it said."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    tools = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])  # it calls alembic
    environment = {
        **os.environ,
        "PATH": tools,
        **dict.fromkeys(ONE_THREAD, "1"),
        "PYTHONPATH": path,
        "LMCOURSE_PROGRESS": "off",
    }
    command = [sys.executable, "-m", "nbgrader", *arguments]
    answer = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return answer.returncode, answer.stdout.decode(errors="replace")


def released(folder, name):
    """The notebook that students receive."""
    return nbformat.read(Path(folder, "release", name, f"{name}.ipynb"), as_version=4)


def solved(folder, name):
    """The released notebook with the solutions of the source notebook in its answer cells."""
    notebook = released(folder, name)
    source = nbformat.read(Path(folder, "source", name, f"{name}.ipynb"), as_version=4)
    answers = {grade_id(cell): cell.source for cell in source.cells if is_answer(cell)}
    for cell in notebook.cells:
        if is_answer(cell):
            lines = answers[grade_id(cell)].splitlines()
            cell.source = "\n".join(line for line in lines if line.strip() not in CELLS)
    return notebook


def grade_id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def is_answer(cell):
    return cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution", False)


def hand_in(folder, name, student, notebook):
    """Put a notebook where nbgrader looks for what a student handed in."""
    path = Path(folder, "submitted", student, name, f"{name}.ipynb")
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def marks(folder):
    """{(assignment, student): {task: points}} of all that was graded."""
    from nbgrader.api import Gradebook

    found = {}
    with Gradebook(f"sqlite:///{Path(folder).resolve() / 'gradebook.db'}") as gradebook:
        for each in gradebook.assignments:
            for submission in each.submissions:
                grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
                found[each.name, submission.student.id] = {grade.name: grade.score for grade in grades}
    return found


# -------------------------------------------------------------------------------------------- try it out


def try_out(chosen, root=ROOT):
    """Grade a blank and a solved submission of each exercise set; True if they earn nothing and everything."""
    exercises = {assignment_name(each.notebook): each for each in chosen if each.kind == "exercise"}
    folder = Path(tempfile.mkdtemp(prefix="lmcourse_assignments_"))
    export(chosen, folder, root=root)
    print("Trying them out in a temporary folder, with the real nbgrader:")
    fine = True
    for name, target in exercises.items():
        begin = time.monotonic()
        points = sum(task_points(source_of(target, root)).values())
        words = _grade_both(folder, name)
        found = marks(folder) if not words else {}
        blank, full = (sum(found.get((name, who), {"": -1.0}).values()) for who in ("blank", "solved"))
        fine = fine and (blank, full) == (0, points)
        verdict = "as it should be" if (blank, full) == (0, points) else "WRONG"
        print(
            f"  {name}: blank {blank:g}, solved {full:g} of {points}, {time.monotonic() - begin:.0f} s: {verdict}",
            flush=True,
        )
        if words:
            print(words)
    if fine:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print(f"The folder is kept: {folder}")
    return fine


def _grade_both(folder, name):
    """Generate, hand in, grade; returns what nbgrader said if it failed, else nothing."""
    code, words = nbgrader(folder, "generate_assignment", name, "--create", "--force")
    if not code:
        hand_in(folder, name, "blank", released(folder, name))
        hand_in(folder, name, "solved", solved(folder, name))
        code, words = nbgrader(folder, "autograde", name, "--create", "--force")
    return words if code else ""
