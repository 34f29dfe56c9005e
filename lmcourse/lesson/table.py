"""How far the reader has come: a table per lesson, told in words and signs."""

from __future__ import annotations

from .questions import asked
from .record import Answer, record
from .texts import escape

NOT_ANSWERED = "○ not answered yet"


class Progress:
    """All questions met so far and how each was answered; a notebook shows it as tables, one per lesson."""

    def __init__(self):
        answers = record.answers()
        self.kinds = asked() | {id: answer["kind"] for id, answer in answers.items()}
        self.outcomes = {id: outcome(answers.get(id)) for id in self.kinds}
        self.note = record.take_note()

    def lessons(self) -> dict[str, list[str]]:
        """Question ids by lesson, in order."""
        grouped: dict[str, list[str]] = {}
        for id in sorted(self.kinds):
            grouped.setdefault(id.partition("/")[0], []).append(id)
        return grouped

    def count(self, lesson: str) -> str:
        ids = self.lessons()[lesson]
        answered = sum(self.outcomes[id] != NOT_ANSWERED for id in ids)
        return f"{answered} of {len(ids)} questions answered"

    def reset(self) -> None:
        """Forget every answer."""
        reset_progress()

    def __repr__(self) -> str:
        lines = [self.note] if self.note else []
        for lesson, ids in self.lessons().items():
            lines.append(f"Lesson {lesson}: {self.count(lesson)}")
            lines += [f"  {id.partition('/')[2]} ({self.kinds[id]}): {self.outcomes[id]}" for id in ids]
        return "\n".join(lines) or "No question has been asked yet."

    def _repr_html_(self) -> str:
        parts = [f"<p>{escape(self.note)}</p>"] if self.note else []
        for lesson, ids in self.lessons().items():
            cells = [(escape(id.partition("/")[2]), escape(self.kinds[id]), self.outcomes[id]) for id in ids]
            rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells)
            parts.append(
                f"<table><caption>Lesson {escape(lesson)}: {self.count(lesson)}</caption>"
                f"<thead><tr><th>Question</th><th>Kind</th><th>Outcome</th></tr></thead><tbody>{rows}</tbody></table>"
            )
        return "".join(parts) or "<p>No question has been asked yet.</p>"


def outcome(answer: Answer | None) -> str:
    """What came of a question, as a sign and words."""
    if answer is None:
        return NOT_ANSWERED
    if answer["right"] is None:
        return "• prediction noted"
    if answer["kind"] == "prediction":
        return "✓ predicted right" if answer["right"] else "✗ it came out differently"
    return "✓ right" if answer["right"] else "✗ not yet right"


def progress() -> Progress:
    """The table of questions and answers; `progress().reset()` forgets all answers."""
    return Progress()


def reset_progress() -> None:
    """Forget every answer, in this session and in the progress file."""
    record.forget()
