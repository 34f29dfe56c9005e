"""How far the reader has come: the whole course, one lesson, the final quiz; one file for all notebooks, whatever happens to it."""

import json
import multiprocessing
import re

import pytest

from authoring import questions as sources
from authoring.places import ROOT
from lmcourse.lesson import catalogue, links, questions, table
from lmcourse.lesson.record import Record

RIGHT, WRONG = [("yes", True, "So it is."), ("no", False, "Look again.")], [("yes", False, "No."), ("no", True, "Yes.")]


@pytest.fixture
def displayed(monkeypatch):
    shown = []
    monkeypatch.setattr(questions, "display", shown.append)
    return shown


@pytest.fixture
def record(monkeypatch, tmp_path):
    """A fresh record in a file of its own, in a folder without a course."""
    monkeypatch.setenv("LMCOURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.chdir(tmp_path)
    record = Record()
    for module in (questions, table):
        monkeypatch.setattr(module, "record", record)
    for memory in ("_kinds", "_predictions", "_revelations"):
        monkeypatch.setattr(questions, memory, {})
    return record


def answer(kind, right, **more):
    return {"kind": kind, "answer": "yes", "right": right} | more


def line(lesson):
    return next(line for line in repr(table.progress()).splitlines() if line.startswith(lesson))


def test_the_catalogue_is_that_of_the_sources():
    assert catalogue.questions() == sources.catalogue(), "run: python -m authoring questions"
    assert list(catalogue.questions()) == list(sources.catalogue()), "in reading order"
    numbers = {id.partition("/")[0] for id in catalogue.questions()}
    assert numbers == set(catalogue.lessons())
    assert sum(id.startswith("final/") for id in catalogue.questions()) == 20


def test_the_catalogue_is_written_when_a_source_changes(tmp_path):
    place = tmp_path / "sources" / "chapters" / "1_a"
    place.mkdir(parents=True)
    (tmp_path / "lmcourse" / "lesson").mkdir(parents=True)
    (place / "1_b.py").write_text(
        '# %%\nlm.predict(\n    "1.1/a", "?", ["x", "y"])\n# %%\nlm.quiz("1.1/b", "?", [])\n', encoding="utf-8"
    )
    assert sources.write(tmp_path) and not sources.write(tmp_path)
    assert json.loads((tmp_path / sources.FILE).read_text()) == {"1.1/a": "prediction", "1.1/b": "quiz"}


def test_every_lesson_is_counted_before_anything_is_answered(record):
    lines = repr(table.progress()).splitlines()
    assert lines[0] == "Start here: ○ 0 of 2 answered" and lines[-2] == "Final quiz: ○ 0 of 20 answered"
    assert len(lines) == len(catalogue.lessons()) + 1 and lines[-1] == "Go on with: Start here"


def test_answers_are_counted_by_what_came_of_them(record):
    record.save("1.1/level", answer("prediction", True))
    record.save("1.1/basins", answer("prediction", False))
    record.save("1.1/shelf", answer("prediction", None))
    record.save("1.1/index", answer("quiz", True))
    assert line("1.1") == "1.1 Critical points: ◐ 4 of 6 answered, 1 of 2 predicted right, 1 of 1 right in the quiz"
    assert line("Go on") == "Go on with: 1.1 Critical points"
    for id in ("1.1/one_start", "1.1/newton"):
        record.save(id, answer(catalogue.questions()[id], True))
    assert (
        line("1.1").startswith("1.1 Critical points: ✓ 6 of 6 answered")
        and line("Go on") == "Go on with: 1.2 High dimension"
    )
    record.save("4.1/evidence", answer("quiz", False))
    assert line("Go on") == "Go on with: 4.1 Spurious minima", "where the latest answer was given"


def test_whoever_has_answered_all_is_told_so(record):
    for id, kind in catalogue.questions().items():
        record.save(id, answer(kind, True))
    assert repr(table.progress()).splitlines()[-1] == "✓ All answered."
    assert "✓ All answered." in table.progress()._repr_html_()


def test_one_lesson_question_by_question(record, displayed):
    questions.predict("1.1/level", "How many?", ["four", "nine"])
    displayed[0].choice = 1
    lines = repr(table.progress("1.1")).splitlines()
    assert lines[:3] == [
        "1.1 Critical points: ◐ 1 of 6 answered",
        "  level (prediction): • prediction noted",
        "  one_start (prediction): ○ not answered yet",
    ]
    html = table.progress("1.1")._repr_html_()
    assert "<td>level</td><td>prediction</td><td>• prediction noted</td>" in html
    with pytest.raises(ValueError, match=r"No lesson '9\.9' asks a question; expected one of 0\.start, 1\.1"):
        table.progress("9.9")


def test_the_final_quiz_counts_first_answers_and_says_what_to_read(record, displayed):
    questions.quiz("final/1.2-coins", "Is it?", WRONG, read="1.2#The-law")
    questions.quiz("final/5.1-four", "Is it?", RIGHT, read="5.1#Neurons-that-never-switch")
    displayed[0].choice = 0  # wrong at first
    displayed[0].choice = 1  # then right: the first counts
    displayed[1].choice = 0
    text = repr(table.progress("final"))
    assert "All chapters: 1 of 20 right at the first answer" in text
    assert "Chapter 1, Saddle points: 0 of 4" in text and "Chapter 5, CNN width: 1 of 4" in text
    assert text.splitlines()[-1] == 'Read again: lesson 1.2, "The law"' and text.count("Read again") == 1
    assert record.answers()["final/1.2-coins"]["right"] is True
    table.reset_progress("final")
    assert "0 of 20 right" in repr(table.progress("final")) and "Read again" not in repr(table.progress("final"))


def test_answers_of_one_lesson_are_forgotten_alone(record):
    record.save("1.1/level", answer("prediction", True))
    record.save("final/1.2-coins", answer("quiz", True, first=True))
    table.reset_progress("final")
    assert set(record.answers()) == {"1.1/level"}
    table.progress().reset()
    assert record.answers() == {}
    assert json.loads(record.path.read_text())["answers"] == {}


def test_answers_of_an_earlier_course_count_as_first(record, displayed):
    record.save("final/1.2-coins", answer("quiz", False))
    questions.quiz("final/1.2-coins", "Is it?", RIGHT, read="1.2")
    displayed[0].choice = 0
    assert record.answers()["final/1.2-coins"]["first"] is False


@pytest.mark.parametrize("read", ["1.2#The law", "lesson 1.2", "#The-law"])
def test_what_is_no_section_is_refused(record, displayed, read):
    with pytest.raises(ValueError, match=r'for example "1\.2#Height-decides", but got'):
        questions.quiz("final/1.2-coins", "Is it?", RIGHT, read=read)


@pytest.mark.parametrize(("folder", "address"), [
    (".", "chapters/1_saddle_points/2_high_dimension.ipynb#The-law"),
    ("companion", "../chapters/1_saddle_points/2_high_dimension.ipynb#The-law"),
    ("exercises/5_cnn_width", "../../chapters/1_saddle_points/2_high_dimension.ipynb#The-law"),
])  # fmt: skip
def test_links_lead_from_wherever_the_notebook_stands(monkeypatch, folder, address):
    monkeypatch.chdir(ROOT / folder)
    assert links.link("1.2#The-law", "read <this>") == f'<a href="{address}">read &lt;this&gt;</a>'
    assert links.find_notebook("final") == ROOT / "companion" / "6_final_quiz.ipynb"
    for lesson in catalogue.lessons():
        assert links.find_notebook(lesson).is_file()


def test_outside_the_course_there_are_words_and_no_links(record):
    assert links.link("1.2", "1.2 High dimension") == "1.2 High dimension"
    assert "<a " not in table.progress()._repr_html_()


def test_questions_that_the_catalogue_does_not_know_are_shown_all_the_same(record):
    record.save("7.3/new", answer("quiz", True))
    record.save("strange", answer("quiz", True))
    assert line("7.3") == "7.3: ✓ 1 of 1 answered, 1 of 1 right in the quiz" and line("strange").startswith(
        "strange: ✓ 1 of 1"
    )
    assert line("Go on") == "Go on with: Start here"


def test_a_file_of_a_later_course_is_left_alone(record):
    text = json.dumps({"version": 2, "answers": {"1.1/level": {"chosen": [1]}}})
    record.path.write_text(text)
    note = repr(table.progress()).splitlines()[0]
    assert "a later version of the course wrote it: format 2, expected 1" in note and "set LMCOURSE_PROGRESS" in note
    record.save("1.1/level", answer("prediction", True))
    assert record.path.read_text() == text and "1 of 6" in line("1.1"), "answers count in this session"


def save_many(name, count):
    record = Record()
    for number in range(count):
        record.save(f"{name}/{number}", answer("quiz", True))


def test_notebooks_that_write_at_once_lose_no_answer(record):
    """Two processes; without the lock each would write over what the other has saved since it read."""
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=save_many, args=(name, 40)) for name in ("4.1", "4.2")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
        assert writer.exitcode == 0
    assert len(record.answers()) == 80


def test_a_lock_that_cannot_be_had_costs_no_answer(record, monkeypatch):
    def refuse(*arguments, **options):
        raise NotImplementedError("no locks on this file system")

    monkeypatch.setattr("lmcourse.lesson.record.FileLock", refuse)
    record.save("1.1/level", answer("prediction", True))
    assert set(record.answers()) == {"1.1/level"}
    assert re.search(r"1\.1/level", record.path.read_text())
