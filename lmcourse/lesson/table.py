"""How far the reader has come: the whole course, or the questions of one lesson, told in words and signs."""

from __future__ import annotations

from .catalogue import FINAL, lessons, questions
from .course_map import CHAPTERS
from .links import link
from .questions import asked
from .record import Answer, record
from .texts import escape

NOT_ANSWERED = "○ not answered yet"


class Progress:
    """The answers known, beside all questions of the course; a notebook shows it as a table."""

    def __init__(self):
        self.answers = record.answers()
        self.note = record.take_note()
        self.kinds = questions() | asked() | {id: answer["kind"] for id, answer in self.answers.items()}

    def ids(self, lesson: str) -> list[str]:
        """The questions of one lesson, in order."""
        return [id for id in self.kinds if id.partition("/")[0] == lesson]

    def count(self, lesson: str) -> str:
        """How many questions of a lesson are answered, and what came of them."""
        ids = self.ids(lesson)
        known = [self.answers[id] for id in ids if id in self.answers]
        sign = "○" if not known else "✓" if len(known) == len(ids) else "◐"
        parts = [f"{sign} {len(known)} of {len(ids)} answered"]
        for kind, words in (("prediction", "predicted right"), ("quiz", "right in the quiz")):
            settled = [answer["right"] for answer in known if answer["kind"] == kind and answer["right"] is not None]
            parts += [f"{sum(settled)} of {len(settled)} {words}"] if settled else []
        return ", ".join(parts)

    def next(self) -> str | None:
        """Where to go on: the lesson of the latest answer while it has open questions, then the one after it."""
        numbers = [number for number in lessons() if self.ids(number)]
        latest = next((each for id in reversed(self.answers) if (each := id.partition("/")[0]) in numbers), numbers[0])
        behind = numbers[numbers.index(latest) :] + numbers
        return next((each for each in behind if any(id not in self.answers for id in self.ids(each))), None)

    def rows(self) -> list[tuple[str, str, str]]:
        """(lesson, title, count) for each lesson, and at the end for whatever else has asked a question."""
        titles = lessons() | {id.partition("/")[0]: id.partition("/")[0] for id in self.kinds} | lessons()
        return [(lesson, title, self.count(lesson)) for lesson, title in titles.items() if self.ids(lesson)]

    def reset(self) -> None:
        """Forget every answer."""
        reset_progress()

    def __repr__(self) -> str:
        lines = [self.note] * bool(self.note) + [f"{title}: {count}" for _, title, count in self.rows()]
        onward = self.next()
        return "\n".join([*lines, f"Go on with: {lessons()[onward]}" if onward else "✓ All answered."])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{link(lesson, title)}</td><td>{escape(count)}</td></tr>" for lesson, title, count in self.rows()
        )
        onward = self.next()
        after = f"<p>Go on with: {link(onward, lessons()[onward])}</p>" if onward else "<p>✓ All answered.</p>"
        head = "<thead><tr><th>Lesson</th><th>Your answers</th></tr></thead>"
        return f"{note_html(self.note)}<table>{head}<tbody>{rows}</tbody></table>{after}"


class LessonProgress:
    """The questions of one lesson, one by one; of the final quiz the first answers count, chapter by chapter."""

    def __init__(self, lesson: str):
        self.course, self.lesson = Progress(), lesson
        self.ids = self.course.ids(lesson)
        if not self.ids:
            raise ValueError(f"No lesson {lesson!r} asks a question; expected one of {', '.join(lessons())}.")

    def rows(self) -> list[tuple[str, str, str]]:
        """(question, kind, outcome), in order."""
        answers, kinds = self.course.answers, self.course.kinds
        return [(id.partition("/")[2], kinds[id], outcome(answers.get(id))) for id in self.ids]

    def scores(self) -> list[str]:
        """Right first answers of the final quiz, for each chapter."""
        first = [id for id in self.ids if self.course.answers.get(id, {}).get("first")]
        lines = [f"All chapters: {len(first)} of {len(self.ids)} right at the first answer"]
        for chapter in CHAPTERS:
            right, of = (sum(id.startswith(f"{FINAL}/{chapter.number}.") for id in ids) for ids in (first, self.ids))
            lines.append(f"Chapter {chapter.number}, {chapter.name}: {right} of {of}")
        return lines

    def again(self) -> list[tuple[str, str]]:
        """(section, words) to read again, for each quiz question whose first answer was not right; each once."""
        missed = [self.course.answers[id] for id in self.ids if self.course.answers.get(id, {}).get("first") is False]
        return list({each["read"]: in_words(each["read"]) for each in missed if "read" in each}.items())

    def __repr__(self) -> str:
        lines = [f"{lessons().get(self.lesson, self.lesson)}: {self.course.count(self.lesson)}"]
        lines += (
            self.scores() if self.lesson == FINAL else [f"  {name} ({kind}): {end}" for name, kind, end in self.rows()]
        )
        return "\n".join(lines + [f"Read again: {words}" for _, words in self.again()])

    def _repr_html_(self) -> str:
        count = f"{lessons().get(self.lesson, self.lesson)}: {self.course.count(self.lesson)}"
        if self.lesson == FINAL:
            body = "".join(f"<li>{escape(line)}</li>" for line in self.scores())
            again = "".join(f"<li>{link(section, words)}</li>" for section, words in self.again())
            return f"{note_html(self.course.note)}<p>{escape(count)}</p><ul>{body}</ul>" + (
                f"<p>Read again:</p><ul>{again}</ul>" if again else ""
            )
        rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in self.rows())
        head = "<thead><tr><th>Question</th><th>Kind</th><th>Outcome</th></tr></thead>"
        return (
            f"{note_html(self.course.note)}<table><caption>{escape(count)}</caption>{head}<tbody>{rows}</tbody></table>"
        )


def outcome(answer: Answer | None) -> str:
    """What came of a question, as a sign and words."""
    if answer is None:
        return NOT_ANSWERED
    if answer["right"] is None:
        return "• prediction noted"
    if answer["kind"] == "prediction":
        return "✓ predicted right" if answer["right"] else "✗ it came out differently"
    return "✓ right" if answer["right"] else "✗ not yet right"


def in_words(section: str) -> str:
    """A section to read, as a reader would name it.

    >>> in_words("1.2#Height-decides")
    'lesson 1.2, "Height decides"'
    """
    lesson, _, heading = section.partition("#")
    return f"lesson {lesson}" + (f', "{heading.replace("-", " ")}"' if heading else "")


def note_html(note: str) -> str:
    return f"<p>{escape(note)}</p>" if note else ""


def progress(lesson: str | None = None) -> Progress | LessonProgress:
    """How far you have come: in the whole course, or in one lesson, such as "1.2"; "final" is the final quiz.

    `progress().reset()` forgets all answers.
    """
    return Progress() if lesson is None else LessonProgress(lesson)


def reset_progress(lesson: str | None = None) -> None:
    """Forget every answer, or those of one lesson, in this session and in the progress file."""
    record.forget(lesson)
