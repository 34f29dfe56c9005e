"""What lessons say: figures with descriptions, predictions, quizzes, and the record of answers."""

import errno
import json
import os
import re

import pytest
from matplotlib.figure import Figure

from lmcourse.lesson import figures, questions, table
from lmcourse.lesson.record import Record

CAPTION = "The loss $L(\\theta) < 4$ falls at each step of the descent."
ALT = 'A line that falls from 4 at step 0 to "almost" 0 at step 2 & stays.'
OPTIONS = ["one", "four", "it depends on $\\eta < 1$"]
QUIZ = [("yes", False, "A saddle has gradient zero too."), ("not always", True, "The Hessian `H` decides: $H > 0$.")]


@pytest.fixture
def fig():
    fig = Figure(figsize=(4, 3))
    fig.add_subplot().plot([0, 1, 2], [4, 1, 0])
    return fig


@pytest.fixture
def displayed(monkeypatch):
    """What lessons display, as a list."""
    shown = []
    monkeypatch.setattr(questions, "display", shown.append)
    monkeypatch.setattr(figures, "display", shown.append)
    return shown


@pytest.fixture
def record(monkeypatch, tmp_path):
    """A fresh record in a file of its own."""
    monkeypatch.setenv("LMCOURSE_PROGRESS", str(tmp_path / "folder" / "progress.json"))
    return use_new_record(monkeypatch)


def use_new_record(monkeypatch) -> Record:
    """A record as a new session would have it."""
    record = Record()
    for module in (questions, table):
        monkeypatch.setattr(module, "record", record)
    for memory in ("_kinds", "_predictions", "_revelations"):
        monkeypatch.setattr(questions, memory, {})
    return record


def test_show_is_one_html_image_with_its_words(fig, displayed):
    figures.show(fig, caption=CAPTION, alt=ALT)
    (shown,) = displayed
    html = shown._repr_html_()
    assert re.search(
        r'<figure[^>]*><img alt="A line [^"]*&quot;almost&quot; 0 at step 2 &amp; stays\." '
        r'src="data:image/png;base64,[A-Za-z0-9+/=]+" width="384"',
        html,
    )
    assert "$L(\\theta) &lt; 4$" in html, "the formula is left for JupyterLab to typeset"
    assert repr(shown) == f"[picture] {CAPTION}"


@pytest.mark.parametrize(("words", "complaint"), [
    ({"caption": CAPTION, "alt": ""}, "alt= of at least 40 characters; got 0 characters"),
    ({"caption": CAPTION, "alt": None}, "got NoneType"),
    ({"caption": "Too short.", "alt": ALT}, "caption= of at least 40 characters; got 10 characters"),
    ({"caption": CAPTION, "alt": "Figure with a line that falls from 4 to 0 in two steps."}, "starts with 'Figure'"),
    ({"caption": CAPTION, "alt": "plot of a line that falls from 4 to 0 in two steps."}, "starts with 'plot'"),
])  # fmt: skip
def test_show_refuses_words_that_say_nothing(fig, displayed, words, complaint):
    with pytest.raises(ValueError, match=re.escape(complaint)):
        figures.show(fig, **words)
    assert displayed == []


def test_show_asks_for_a_figure(fig):
    with pytest.raises(TypeError, match=r"Figure, but got Axes; for axes, pass ax\.figure"):
        figures.show(fig.axes[0], caption=CAPTION, alt=ALT)


def test_figures_are_exported_on_request(fig, displayed, monkeypatch, tmp_path):
    monkeypatch.setenv("LMCOURSE_FIGURES", str(tmp_path / "slides"))
    figures.show(fig, caption=CAPTION, alt=ALT)
    figures.show(fig, caption=CAPTION, alt=ALT)
    names = sorted(path.name for path in (tmp_path / "slides").iterdir())
    assert names == [f"{number}_the_loss_l_theta_4.{suffix}" for number in ("01", "02") for suffix in ("png", "svg")]


def test_prediction_before_and_after_its_measurement(record, displayed):
    questions.predict("4.1/minima", "How many?", OPTIONS)
    questions.reveal("4.1/minima", "4 minima", right="four", explanation="Two lie close together.")
    question, measured = displayed[0], displayed[1]
    assert "You noted no prediction" in measured.message

    question.choice = 0
    assert "Noted: one" in question.message
    assert "✗ You predicted: one. It came out differently: four." in measured.message
    assert record.answers()["4.1/minima"] == {"kind": "prediction", "answer": "one", "right": False}

    question.choice = 1
    assert "✓ You predicted: four. So it is." in measured.message
    assert record.answers()["4.1/minima"]["right"] is True


def test_prediction_is_remembered_in_the_next_session(record, displayed, monkeypatch):
    questions.predict("4.1/minima", "How many?", OPTIONS)
    displayed[0].choice = 1
    use_new_record(monkeypatch)
    questions.predict("4.1/minima", "How many?", OPTIONS)
    questions.reveal("4.1/minima", 4, right=1)
    assert displayed[1].choice == 1
    assert "✓ You predicted: four" in displayed[2].message


def test_measurement_without_its_prediction_cell(record, displayed):
    questions.reveal("4.1/minima", 4, right=1)
    questions.reveal("4.1/minima", 4, right="four")
    assert "Measured: 4" in displayed[0].message
    assert repr(displayed[1]) == "Measured: 4. Right: four."


def test_later_prediction_cell_speaks_to_the_measurement(record, displayed):
    for _ in range(2):  # the reader runs the cell again
        questions.predict("4.1/minima", "How many?", OPTIONS)
    questions.reveal("4.1/minima", 4, right=1)
    displayed[1].choice = 1
    assert "✓" in displayed[2].message


def test_quiz_has_feedback_for_each_option(record, displayed):
    questions.quiz("4.1/gradient", "Is it a minimum?", QUIZ)
    quiz = displayed[0]
    assert quiz.message == ""
    quiz.choice = 0
    assert quiz.message == "<p><strong>✗ Not yet.</strong> A saddle has gradient zero too.</p>"
    quiz.choice = 1
    assert quiz.message == "<p><strong>✓ Right.</strong> The Hessian <code>H</code> decides: $H &gt; 0$.</p>"
    assert record.answers()["4.1/gradient"]["right"] is True
    quiz.choice = 99
    assert quiz.choice == 1, "an option that does not exist is not taken"


def test_stored_questions_are_plain_and_give_nothing_away(record, displayed):
    questions.quiz("4.1/gradient", "Is it a minimum?", QUIZ)
    questions.predict("4.1/minima", "How many?", OPTIONS)
    questions.reveal("4.1/minima", "4 minima", right=1)
    for shown in displayed:
        data, _ = shown._repr_mimebundle_()
        assert set(data) == {"text/html", "text/plain", "application/vnd.jupyter.widget-view+json"}
    quiz = displayed[0]._repr_mimebundle_()[0]
    assert quiz["text/html"] == "<p><strong>Quiz: Is it a minimum?</strong></p><ul><li>yes</li><li>not always</li></ul>"
    model = json.dumps({name: value for name, value in displayed[0].get_state().items() if not name.startswith("_")})
    for feedback in (text for _, _, text in QUIZ):
        assert feedback not in model + quiz["text/plain"], "feedback stays in the kernel until it is asked for"
    assert "$\\eta &lt; 1$" in displayed[1]._repr_mimebundle_()[0]["text/html"]
    assert "You" not in displayed[2]._repr_mimebundle_()[0]["text/html"], "a stored notebook holds no reader's answer"


@pytest.mark.parametrize(("call", "complaint"), [
    (lambda: questions.predict("minima", "How many?", OPTIONS), '"lesson/question", for example "4.1/trapped"'),
    (lambda: questions.predict("4.1/m", "How many?", ["one"]), "two or more different texts"),
    (lambda: questions.predict("4.1/m", "How many?", "one or two"), "two or more different texts"),
    (lambda: questions.predict("4.1/m", "How many?", ["one", "one"]), "two or more different texts"),
    (lambda: questions.quiz("4.1/q", "Is it?", ["yes", "no"]), "is (text, right?, feedback)"),
    (lambda: questions.quiz("4.1/q", "Is it?", [("a", True, "x"), ("b", True, "y")]), "must be marked True, but 2 are"),
    (lambda: questions.quiz("4.1/q", "Is it?", [("a", True, "x"), ("b", False, "")]), "needs a feedback"),
])  # fmt: skip
def test_questions_refuse_what_makes_no_question(record, displayed, call, complaint):
    with pytest.raises(ValueError, match=re.escape(complaint)):
        call()


@pytest.mark.parametrize("right", [3, -1, "five"])
def test_reveal_refuses_an_option_that_does_not_exist(record, displayed, right):
    questions.predict("4.1/minima", "How many?", OPTIONS)
    with pytest.raises(ValueError, match=r"right=|options 0 to 2"):
        questions.reveal("4.1/minima", 4, right=right)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"answers": 3}',
        '{"answers": {"4.1/a": "yes"}}',
        "\x00\xff",
        '{"answers": {"4.1/a": {"kind": "quiz", "answer": "yes", "right": "maybe"}}}',
    ],
)
def test_damaged_file_is_moved_aside_with_a_sentence(record, displayed, content):
    record.path.parent.mkdir()
    record.path.write_bytes(content.encode("latin-1"))
    questions.quiz("4.1/gradient", "Is it a minimum?", QUIZ)
    displayed[0].choice = 1
    assert "Your progress file was damaged; it was moved to" in displayed[0].message
    assert set(record.answers()) == {"4.1/gradient"}
    (aside,) = record.path.parent.glob("progress.damaged-*.json")
    assert aside.read_bytes() == content.encode("latin-1"), "nothing is lost"


def test_full_disk_leaves_the_lesson_and_the_old_file_alone(record, displayed, monkeypatch):
    record.save("4.1/a", {"kind": "quiz", "answer": "yes", "right": True})
    before = record.path.read_text()

    def no_space(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    questions.quiz("4.1/gradient", "Is it a minimum?", QUIZ)
    displayed[0].choice = 1
    assert "✓ Right." in displayed[0].message
    assert "cannot be kept in" in displayed[0].message
    assert "No space left on device" in displayed[0].message
    assert record.path.read_text() == before
    assert {path.name for path in record.path.parent.iterdir()} <= {"progress.json", "progress.json.lock"}, (
        "nothing half-written"
    )
    displayed[0].choice = 0
    assert "cannot be kept" not in displayed[0].message, "said once"
    assert set(record.answers()) == {"4.1/a", "4.1/gradient"}, "answers count in this session"


def test_place_that_cannot_be_written(displayed, monkeypatch, tmp_path):
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("LMCOURSE_PROGRESS", str(tmp_path / "a file" / "progress.json"))
    record = use_new_record(monkeypatch)
    questions.quiz("4.1/gradient", "Is it a minimum?", QUIZ)
    displayed[0].choice = 1
    assert "set LMCOURSE_PROGRESS to a file that can be written, or to off" in displayed[0].message
    assert set(record.answers()) == {"4.1/gradient"}
    assert repr(table.progress("4.1")).splitlines()[-1] == "  gradient (quiz): ✓ right"


def test_off_keeps_nothing(displayed, monkeypatch, tmp_path):
    monkeypatch.setenv("LMCOURSE_PROGRESS", "off")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    record = use_new_record(monkeypatch)
    questions.quiz("4.1/gradient", "Is it a minimum?", QUIZ)
    displayed[0].choice = 1
    assert set(record.answers()) == {"4.1/gradient"}
    assert list(tmp_path.iterdir()) == []
