"""Each rule of a lesson is broken once, and the lint must say so; the unbroken lesson passes."""

import pytest
from nbformat.v4 import new_output
from samples.courses import SMALL_EXERCISE, make_course
from samples.lessons import ALT, GLANCE, append, code, lesson, page, remove, replace_cell, text

from authoring.course_lints import lint_files, lint_links, lint_question_names, lint_repeated_cells
from authoring.exercise import require_sound_exercise
from authoring.exercise_lints import lint_exercise
from authoring.lints import lint
from authoring.notebook import to_text
from authoring.output_lints import lint_outputs
from authoring.source import read_source

LESSON = "chapters/4_traps/1_first.ipynb"


def broken(change):
    notebook = lesson()
    change(notebook)
    return page(notebook)


def sentences(problems):
    return [problem.what for problem in problems]


def test_unbroken_lesson_has_no_problem():
    assert list(lint(page())) == []
    assert list(lint_outputs(page())) == []


STRUCTURE = {
    "no title": (replace_cell(0, text("Traps?")), "expected the title first"),
    "no question": (replace_cell(0, text("# Traps\n\nTen points.")), "expected the lesson's question"),
    "no glance": (replace_cell(1, text("## Goals")), "expected '## At a glance' as the second cell"),
    "no minutes": (replace_cell(1, text(GLANCE.replace("minutes", "hours"))), "'At a glance' lacks: minutes"),
    "no table": (replace_cell(1, text(GLANCE.replace("|", " "))), "'At a glance' lacks: a table"),
    "no link": (
        replace_cell(1, text(GLANCE.replace("(../../00_start_here.ipynb)", ""))),
        "'At a glance' lacks: a link to what is needed first",
    ),
    "recap missing": (remove(-2), "expected a section '## Recap'"),
    "go on is not last": (remove(-1), "expected the section '## Go on' with links as the last cell"),
    "go on without links": (replace_cell(-1, text("## Go on\n\nRead.")), "expected the section '## Go on' with links"),
    "too short": (replace_cell(4, text("## Part 0")), "words of prose, expected 1000 to 2200"),
    "too long": (append(4, "word " * 1300), "words of prose, expected 1000 to 2200"),
    "long cell": (append(6, "\nx = 1" * 14), "16 lines of code, expected at most 15"),
    "two import cells": (append(6, "\nimport math"), "a second cell with imports"),
    "long import cell": (append(2, "\nimport math" * 4), "the import cell has more than 4 lines"),
    "late picture": (replace_cell(3, code("x = 1")), "no picture among the outputs of the first 3 code cells"),
    "two predictions": (remove(5), "2 cells tagged 'predict', expected at least 3"),
    "unpredicted experiment": (remove(8), "an experiment without a prediction before it"),
    "no explorer": (remove(-4), "no explorer (lm.widgets.Something()), expected at least one"),
    "nothing to try": (replace_cell(-3, text("Move it.")), "an explorer without two settings to try"),
    "one thing to try": (replace_cell(-3, text("Try\n\n- a small step")), "an explorer without two settings to try"),
    "simply": (append(4, " It simply falls."), "the word 'simply'"),
    "Just": (append(4, " Just look."), "the word 'Just'"),
    "exclamation mark": (append(4, " It falls!"), "an exclamation mark"),
}


@pytest.mark.parametrize("name", STRUCTURE)
def test_rule_of_structure(name):
    change, expected = STRUCTURE[name]
    assert any(expected in sentence for sentence in sentences(lint(broken(change))))


def test_long_median():
    def lengthen(notebook):
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.source += "\nx = 1" * 9

    assert any("the median code cell has" in sentence for sentence in sentences(lint(broken(lengthen))))


@pytest.mark.parametrize(
    "words",
    [" The adjustment is justified.", " `just!`", " $n! + 1$", " ![" + ALT + "](a.png)", "\n\n```\nsimply!\n```"],
)
def test_allowed_words(words):
    assert list(lint(broken(append(4, words)))) == []


def test_start_page_has_no_lesson_rules():
    notebook = lesson()
    del notebook.cells[4:13], notebook.cells[1]
    assert list(lint(page(notebook, "start", "00_start_here.ipynb"))) == []


def html(output):
    return replace_cell(3, code("lm.show(picture())", html=output))


def data(kind, value):
    def change(notebook):
        notebook.cells[3].outputs = [new_output("display_data", data={kind: value})]

    return change


OUTPUTS = {
    "short alt": (html('<img alt="A line." src="data:x">'), "an alternative text of 7 characters ('A line.')"),
    "no alt": (html('<img src="data:x">'), "an alternative text of 0 characters"),
    "empty words": (html(f'<img alt="Figure: {ALT}" src="data:x">'), "an alternative text that starts with 'Figure:'"),
    "bare picture": (data("image/png", "AAAA"), "a picture without an alternative text"),
    "svg alone": (data("image/svg+xml", "<svg></svg>"), "an output that is SVG alone"),
    "inline svg": (html("<svg></svg>"), "'<svg' in an output: an untrusted notebook does not show it"),
    "script": (html("<script>1</script>"), "'<script' in an output"),
    "from the network": (
        html('<p style="background: url(https://x.org/a.png)">'),
        "an output that loads from the network",
    ),
    "javascript": (data("application/javascript", "1"), "an output in JavaScript"),
    "explorer without picture": (
        replace_cell(14, code("lm.widgets.SurfaceExplorer()", html="<p>x</p>")),
        "an explorer without a stored picture",
    ),
    "headline without output": (replace_cell(13, code("x", ["headline", "nbval-check-output"])), "but it has none"),
    "headline not compared": (replace_cell(13, code("x", ["headline"], "1\n")), "a headline without the tag"),
    "headline with a picture": (
        replace_cell(13, code("x", ["headline", "nbval-check-output"], "1\n", f'<img alt="{ALT}">')),
        "a headline whose output is more than text",
    ),
    "remote picture in markdown": (append(4, f"\n\n![{ALT}](https://x.org/a.png)"), "a picture from the network"),
    "short alt in markdown": (append(4, "\n\n![a](a.png)"), "an alternative text of 1 characters"),
    "script in markdown": (append(4, "\n\n<iframe src='x'></iframe>"), "'<iframe' in markdown"),
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_rule_of_outputs(name):
    change, expected = OUTPUTS[name]
    assert any(expected in sentence for sentence in sentences(lint_outputs(broken(change))))


def test_exercise_with_output():
    exercise = page(lesson(), "exercise", "exercises/4_traps/1_first.ipynb")
    assert "an exercise stores an output or an execution count" in sentences(lint_outputs(exercise))


# Links


@pytest.fixture
def root(tmp_path):
    start = lesson()
    start.cells = [text("# Start"), text("## Go on")]
    return make_course(
        tmp_path, {LESSON: to_text(lesson()), "00_start_here.ipynb": to_text(start), "docs/x.md": "x", "README.md": "x"}
    )


def test_sound_links(root):
    assert list(lint_links(page(), root)) == []


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("../../00_start.ipynb", "leads to 00_start.ipynb, which does not exist"),
        ("../../00_start_here.ipynb#Nowhere", "leads to no heading of 00_start_here.ipynb"),
        ("#Nowhere", f"leads to no heading of {LESSON}"),
        ("../../README.md", "leads out of what learners have"),
        ("../../docs/x.md", "leads out of what learners have"),
        ("../../../../x.ipynb", "leads out of what learners have"),
        ("/chapters/x.ipynb", "is absolute, expected a relative one"),
        ("file:///x.ipynb", "is absolute, expected a relative one"),
    ],
)
@pytest.mark.parametrize("form", ["[a link]({})", '<a href="{}">a link</a>'])
def test_broken_link(root, link, expected, form):
    [sentence] = sentences(lint_links(broken(append(4, f"\n\n{form.format(link)}")), root))
    assert expected in sentence


# The course as a whole


def test_repeated_cell():
    other = page(path="chapters/4_traps/2_second.ipynb")
    found = [problem for problem in lint_repeated_cells([page(), other]) if "SurfaceExplorer" in problem.where]
    assert sentences(found) == [f"the same cell stands in {LESSON}"]
    assert not any("import" in problem.where for problem in lint_repeated_cells([page(), other]))


def test_repeated_question():
    notebook = lesson()
    notebook.cells[8].source = notebook.cells[5].source
    [problem] = lint_question_names([page(notebook)])
    assert "a second question named '4.1/0'" in problem.what


@pytest.mark.parametrize(
    ("name", "size", "expected"),
    [
        ("docs/ö.md", 1, "a name that is not ASCII"),
        ("docs/" + "a" * 60 + ".md", 1, "has more than 60 characters"),
        ("chapters/x.ipynb", 601_000, "601 kB, expected at most 600 kB"),
        ("docs/x.bin", 25_100_000, "25.1 MB, expected at most 25 MB"),
    ],
)
def test_rule_of_files(tmp_path, name, size, expected):
    make_course(tmp_path, {name: "x" * size})
    assert any(expected in sentence for sentence in sentences(lint_files(tmp_path)))


# Exercises


def exercise_problems(source):
    source = read_source(source, "sources/exercises/4_traps/1_first.py", "exercise")
    require_sound_exercise(source)
    return sentences(lint_exercise(source))


def test_sound_exercise():
    title, task = SMALL_EXERCISE.split("# %% [markdown] tags", maxsplit=1)
    task = "# %% [markdown] tags" + task.replace("Hint 1", "Hint 2</summary>x</details><details><summary>Hint 1", 1)
    task = task.replace("the loss\n", "the loss\n# 10 minutes\n")
    tasks = [task.replace("Exercise 1", f"Exercise {number}") for number in range(1, 4)]
    assert exercise_problems(title + "\n".join(tasks)) == []
    assert "2 cells tagged 'exercise', expected 3 to 5" in exercise_problems(title + "\n".join(tasks[:2]))
    without_check = [task.replace('tags=["check"]', "") for task in tasks]
    assert exercise_problems(title + "\n".join([*tasks[:2], without_check[2]])) == []
    assert any("is the second task without a check" in s for s in exercise_problems(title + "\n".join(without_check)))


def test_poor_exercise():
    found = exercise_problems(SMALL_EXERCISE.replace('# %% [markdown] tags=["solution"]', "# %% [markdown]"))
    for expected in (
        "1 cells tagged 'exercise', expected 3 to 5",
        "'Exercise 1: the loss' does not tell how long it takes",
        "'Exercise 1: the loss' has 1 hints, expected at least 2",
        "the solution of 'Exercise 1: the loss' explains nothing",
    ):
        assert expected in found
