"""`python -m authoring check`: the quick checks of sources, notebooks and code, none of which runs a notebook.

A check is a name and a function that yields Problems. Those of notebooks are what `tests/test_notebooks.py` runs, too.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from authoring import notebook as nb
from authoring.build import edited_problem, plan
from authoring.citations import lint_citations
from authoring.course_lints import lint_files, lint_links, lint_question_names, lint_repeated_cells
from authoring.execute import ONE_THREAD
from authoring.exercise_lints import lint_exercise
from authoring.glossary_lints import lint_glossary, lint_words_and_letters
from authoring.leaks import leaks
from authoring.lints import lint
from authoring.output_lints import lint_outputs
from authoring.page import Page
from authoring.places import ROOT, stored_notebooks, targets
from authoring.problems import Problem, SourceError

QUICK = ["-m", "not browser and not slow", "--ignore=tests/test_notebooks.py", "--ignore=tests/browser"]


def check(chosen, root=ROOT, tests=True, out=None):
    """Run every check, print each problem with its repair; returns the number of problems."""
    out = out or sys.stdout
    everything = targets(root)
    checks = {
        "Python style (ruff)": lambda: ruff(root),
        "notebooks equal their sources": lambda: [found for target in chosen for found in drift(target, root)],
        "notebooks without a source": lambda: orphans(everything, root),
        "solutions stay hidden": lambda: leak_problems(everything, root),
        "lessons": lambda: [found for page in pages(chosen, root) for found in lint(page)],
        "exercises": lambda: exercise_problems(chosen, root),
        "stored outputs": lambda: [found for page in pages(chosen, root) for found in lint_outputs(page)],
        "links": lambda: [found for page in pages(chosen, root) for found in lint_links(page, root)],
        "the course as a whole": lambda: course_problems(everything, root),
        "citations": lambda: lint_citations(Path(root)),
    }
    if tests:
        checks["quick tests (pytest)"] = lambda: quick_tests(root)
    total = 0
    for name, run in checks.items():
        begin = time.perf_counter()
        problems = list(dict.fromkeys(run()))
        total += len(problems)
        verdict = f"{len(problems)} problem{'s' * (len(problems) != 1)}" if problems else "ok"
        print(f"{name}: {verdict} ({time.perf_counter() - begin:.1f} s)", file=out)
        for problem in problems:
            print(f"  {str(problem).replace(chr(10), chr(10) + '  ')}", file=out, flush=True)
    print(f"{len(chosen)} notebooks checked: " + (f"{total} problems." if total else "all is well."), file=out)
    return total


def ruff(root):
    """What ruff says about the Python files."""
    command = [sys.executable, "-m", "ruff", "check", "--quiet", "--output-format=concise", "."]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    if done.returncode != 1 or not done.stdout.strip():
        yield Problem(
            "ruff",
            f"did not run: {done.stderr.strip()[-300:]}",
            "python3 course.py check installs ruff; elsewhere: python -m pip install ruff",
        )
        return
    for line in done.stdout.strip().splitlines():
        place, _, what = line.partition(": ")
        yield Problem(place, what, "python -m ruff check --fix ., then look at what is left")


def quick_tests(root):
    """The tests that need neither a browser nor more than a few seconds; the lessons were looked at above."""
    command = [sys.executable, "-m", "pytest", "-q", "-rfE", "--tb=line", "--no-header", *QUICK]
    environment = dict.fromkeys(ONE_THREAD, "1") | os.environ | {"LMCOURSE_PROGRESS": "off"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        if line.startswith(("FAILED ", "ERROR ")):
            name, _, reason = line.split(" ", 1)[1].partition(" - ")
            yield Problem(name, f"the test fails: {reason}", f"python3 course.py test {name}")
    if done.returncode not in (0, 1):
        said = (done.stdout + done.stderr).strip()[-500:]
        yield Problem("pytest", f"did not run to its end (status {done.returncode}): {said}", "python3 course.py test")


def drift(target, root=ROOT):
    """Does the stored notebook equal what its source makes, and are its outputs those of its code?"""
    try:
        planned = plan(target, root)
    except SourceError as error:
        return error.problems
    if planned.state == "current":
        return []
    if planned.state == "edited":
        return [edited_problem(planned)]
    return [Problem(target.notebook, planned.reason, f"python3 course.py build {target.notebook}")]


def orphans(everything, root):
    """Notebooks that no source makes."""
    made = {target.notebook for target in everything}
    for path in stored_notebooks(root):
        if path not in made:
            yield Problem(
                path, "no source makes this notebook", f"remove it (git rm {path}), or write its source under sources/"
            )


def pages(chosen, root):
    """The stored notebooks that can be read; the others are problems of `drift`."""
    for target in chosen:
        try:
            notebook = nb.read_notebook(Path(root, target.notebook))
        except (FileNotFoundError, ValueError):
            continue
        if notebook.cells:
            yield Page(target, notebook)


def leak_problems(everything, root):
    """Solution lines that learners can read before solving."""
    sources, exercises = {}, {}
    for target, source in _sound_sources(everything, root):
        if target.kind == "exercise":
            sources[target.notebook] = source
    for page in pages([target for target in everything if target.kind == "exercise"], root):
        exercises[page.target.notebook] = page.notebook
    return list(leaks(sources, exercises, root))


def exercise_problems(chosen, root):
    exercises = [target for target in chosen if target.kind == "exercise"]
    return [found for _, source in _sound_sources(exercises, root) for found in lint_exercise(source)]


def course_problems(everything, root):
    """What concerns more than one notebook."""
    all_pages = list(pages(everything, root))
    words = [*lint_glossary(all_pages), *lint_words_and_letters(all_pages)]
    return [*lint_repeated_cells(all_pages), *lint_question_names(all_pages), *words, *lint_files(root)]


def _sound_sources(chosen, root):
    for target in chosen:
        try:
            yield target, nb.source_of(target, root)
        except SourceError:  # a problem of `drift`
            continue
