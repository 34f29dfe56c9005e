"""Questions of a lesson: predict before the experiment, reveal after it, quiz at the end.

A question is named `"lesson/question"`, for example `"4.1/trapped"`: under this name the answer is kept.
No answer is ever needed for the notebook to go on.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence

from IPython.display import display

from .choices import Message, Question
from .record import record
from .texts import escape

_kinds: dict[str, str] = {}  # every question asked in this session, for the table of progress
_predictions: dict[str, Question] = {}
_revelations: dict[str, Revelation] = {}


def predict(id: str, question: str, options: Sequence[str]) -> None:
    """Ask for a prediction; `reveal` with the same id compares it with the measurement.

    >>> predict("0.start/minima", "How many minima has this landscape?", ["one", "four"])
    Predict: How many minima has this landscape?
      ( ) one
      ( ) four
    """
    options = checked_options(id, options)
    widget = Question("Predict", question, options, button="Note my prediction")
    _kinds[id], _predictions[id] = "prediction", widget
    earlier = record.answers().get(id)
    if earlier and earlier["answer"] in options:
        widget.choice = options.index(earlier["answer"])
    widget.observe(lambda change: _note_prediction(id), "choice")
    _say_prediction(widget)
    display(widget)


def _note_prediction(id: str) -> None:
    widget = _predictions[id]
    if widget.choice >= 0:
        record.save(id, {"kind": "prediction", "answer": widget.options[widget.choice], "right": None})
    if id in _revelations:
        _revelations[id].compare()
    _say_prediction(widget)


def _say_prediction(widget: Question) -> None:
    noted = f"<p>• Noted: {widget.options_html[widget.choice]}. The experiment below will answer.</p>"
    widget.message = (noted if widget.choice >= 0 else "") + _file_note()


def reveal(id: str, measured: object, right: int | str, explanation: str = "") -> None:
    """Show what was measured beside the prediction; `right` is the option it confirms, as text or as index.

    >>> predict("0.start/minima", "How many minima has this landscape?", ["one", "four"])
    Predict: How many minima has this landscape?
      ( ) one
      ( ) four
    >>> reveal("0.start/minima", "4 minima", right="four", explanation="Two of them lie close together.")
    Measured: 4 minima. Right: four. Two of them lie close together.
    """
    _revelations[id] = Revelation(id, measured, right, explanation)
    display(_revelations[id].message)


class Revelation:
    """A measurement beside the reader's prediction; it follows a prediction that comes later."""

    def __init__(self, id: str, measured: object, right: int | str, explanation: str):
        self.id, self.measured, self.explanation = id, str(measured), explanation
        asked = _predictions.get(id)
        self.right = option_text(id, asked.options if asked else None, right)
        confirmed = f"Right: {self.right}." if self.right else ""
        parts = [f"Measured: {self.measured.rstrip('.')}.", confirmed, explanation]
        self.message = Message(plain=" ".join(part for part in parts if part))
        self.compare()

    def compare(self) -> None:
        earlier = record.answers().get(self.id)
        verdict = "○ You noted no prediction; you can still do so above."
        if earlier and self.right:
            is_right = earlier["answer"] == self.right
            if earlier["right"] != is_right:
                record.save(self.id, earlier | {"right": is_right})
            verdict = f"{'✓' if is_right else '✗'} You predicted: {escape(earlier['answer'])}. "
            verdict += "So it is." if is_right else f"It came out differently: {escape(self.right)}."
        parts = [f"<strong>Measured: {escape(self.measured)}</strong>", verdict, escape(self.explanation)]
        self.message.message = "".join(f"<p>{part}</p>" for part in parts if part) + _file_note()


def quiz(id: str, question: str, options: Sequence[tuple[str, bool, str]], read: str = "") -> None:
    """Ask a question of which exactly one option is right: `options` are (text, right?, feedback).

    `read` names the section that answers it, such as "1.2#Height-decides"; `progress` then says what to read again.

    >>> quiz("0.start/gradient", "Is a point with gradient zero a minimum?", [
    ...     ("yes", False, "A saddle has gradient zero too."),
    ...     ("not always", True, "The Hessian decides.")])
    Quiz: Is a point with gradient zero a minimum?
      ( ) yes
      ( ) not always
    """
    texts = checked_quiz(id, options)
    if read and not re.fullmatch(r"\d\.\d(#\S+)?", read):
        raise ValueError(
            f'read= names a lesson or a section of it, for example "1.2#Height-decides", but got {read!r}.'
        )
    widget = Question("Quiz", question, texts, button="Check my answer")
    _kinds[id] = "quiz"

    def answer(change=None) -> None:
        _, is_right, comment = options[widget.choice]
        earlier = record.answers().get(id)
        first = bool(earlier.get("first", earlier["right"]) if earlier else is_right)
        section = {"read": read} if read else {}
        record.save(
            id, {"kind": "quiz", "answer": texts[widget.choice], "right": bool(is_right), "first": first} | section
        )
        verdict = "✓ Right." if is_right else "✗ Not yet."
        widget.message = f"<p><strong>{verdict}</strong> {escape(comment)}</p>" + _file_note()

    widget.observe(answer, "choice")
    display(widget)


def asked() -> dict[str, str]:
    """The kind of every question asked in this session, by id."""
    return dict(_kinds)


def _file_note() -> str:
    note = record.take_note()
    return f"<p>{escape(note)}</p>" if note else ""


def checked_options(id: str, options: Sequence[str]) -> list[str]:
    """Options as a list of different texts, for a question with a proper name."""
    lesson, slash, name = id.partition("/") if isinstance(id, str) else ("", "", "")
    if not (lesson and slash and name):
        raise ValueError(f'A question is named "lesson/question", for example "4.1/trapped", but got {id!r}.')
    texts = [] if isinstance(options, str) else list(options)
    if len(texts) < 2 or not all(isinstance(text, str) and text for text in texts) or len(set(texts)) < len(texts):
        raise ValueError(f"Question {id!r} needs two or more different texts as options, but got {options!r}.")
    return texts


def checked_quiz(id: str, options: Sequence[tuple[str, bool, str]]) -> list[str]:
    """The texts of a quiz with exactly one right option and a feedback for each."""
    if not all(isinstance(option, (tuple, list)) and len(option) == 3 for option in options):
        raise ValueError(
            f"Each option of quiz {id!r} is (text, right?, feedback), for example "
            f'("not always", True, "The Hessian decides."), but got {options!r}.'
        )
    number_right = sum(is_right is True for _, is_right, _ in options)
    if number_right != 1:
        raise ValueError(f"Exactly one option of quiz {id!r} must be marked True, but {number_right} are.")
    if not all(isinstance(comment, str) and comment for _, _, comment in options):
        raise ValueError(f"Each option of quiz {id!r} needs a feedback that says why it is right or wrong.")
    return checked_options(id, [text for text, _, _ in options])


def option_text(id: str, options: list[str] | None, right: int | str) -> str:
    """The right option as text; an index needs the prediction cell to have run, else it stays unknown ("")."""
    if isinstance(right, str):
        if options is not None and right not in options:
            raise ValueError(f"right={right!r} is none of the options of {id!r}: {', '.join(map(repr, options))}.")
        return right
    index = operator.index(right)
    if options is None:
        return ""
    if not 0 <= index < len(options):
        raise ValueError(f"Prediction {id!r} has options 0 to {len(options) - 1}, but right={index}.")
    return options[index]
