"""The reader's answers: one small JSON file on this computer, and nothing anywhere else.

`LMCOURSE_PROGRESS` names another file, or is `off`. Whatever happens to the file, a lesson goes on: answers then count
in this session only, and one sentence says so. Notebooks that are open at once share the file: each writes under a lock.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NotRequired, TypedDict

from filelock import FileLock, Timeout

VERSION = 1  # of the file
PATIENCE = 2  # seconds to wait for another notebook that writes; then write without its leave


class Answer(TypedDict):
    kind: str  # "quiz" or "prediction"
    answer: str  # the text of the chosen option
    right: bool | None  # None: a prediction that has not met its measurement yet
    first: NotRequired[bool]  # of a quiz: was the first answer right?
    read: NotRequired[str]  # of a quiz: the section to read again, such as "1.2#Height-decides"


class Record:
    """Answers by question id; kept in memory, and in the file where there is one."""

    def __init__(self):
        self._lock = threading.RLock()
        self._answers: dict[str, Answer] = {}
        self._note = ""
        self._could_write = True

    @property
    def path(self) -> Path | None:
        """Where answers are kept; None when they are not to be kept."""
        setting = os.environ.get("LMCOURSE_PROGRESS", "")
        if setting.lower() == "off":
            return None
        return Path(setting).expanduser() if setting else Path.home() / ".lmcourse" / "progress.json"

    def answers(self) -> dict[str, Answer]:
        """All answers known, those of other notebooks included."""
        with self._lock:
            self._answers = self._read()
            return dict(self._answers)

    def save(self, question_id: str, answer: Answer) -> None:
        """Keep one answer, as the latest; an answer given earlier to the same question is replaced."""
        with self._lock, self._alone():
            others = {id: each for id, each in self._read().items() if id != question_id}
            self._answers = others | {question_id: answer}
            self._write()

    def forget(self, lesson: str | None = None) -> None:
        """Forget every answer, in memory and in the file; or those of one lesson, such as "1.2"."""
        with self._lock, self._alone():
            kept = self._read() if lesson else {}
            self._answers = {id: each for id, each in kept.items() if id.partition("/")[0] != lesson}
            if self._could_write and self.path and self.path.exists():
                self._write()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other notebook writes meanwhile; where a lock cannot be had, the answer matters more than the lock."""
        with ExitStack() as held:
            if self._could_write and self.path and self.path.parent.is_dir():
                with suppress(Timeout, OSError, NotImplementedError):
                    held.enter_context(FileLock(f"{self.path}.lock", timeout=PATIENCE))
            yield

    def take_note(self) -> str:
        """The sentence about the file that the reader has not seen yet, or an empty text."""
        with self._lock:
            note, self._note = self._note, ""
            return note

    def _read(self) -> dict[str, Answer]:
        """What the file says; what memory holds when there is no file to rely on."""
        path = self.path
        if path is None or not self._could_write:
            return self._answers
        try:
            return checked(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return {}
        except ValueError:  # also what json and the decoder raise
            self._move_aside(path)
        except OSError as error:
            self._say_memory_only(path, error)
        return self._answers

    def _move_aside(self, path: Path) -> None:
        aside = path.with_name(f"{path.stem}.damaged-{time.strftime('%Y%m%d-%H%M%S')}{path.suffix}")
        try:
            os.replace(path, aside)
            self._note = f"Your progress file was damaged; it was moved to {aside}, and a new one was begun."
        except OSError as error:
            self._say_memory_only(path, error)

    def _write(self) -> None:
        path = self.path
        if path is None or not self._could_write:
            return
        text = json.dumps({"version": VERSION, "answers": self._answers}, indent=1, ensure_ascii=False)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, text)
        except OSError as error:
            self._say_memory_only(path, error)

    def _say_memory_only(self, path: Path, error: OSError) -> None:
        self._note = (
            f"Your answers count in this session, but cannot be kept in {path} ({error.strerror or error}); "
            "set LMCOURSE_PROGRESS to a file that can be written, or to off."
        )
        self._could_write = False


def checked(content: object) -> dict[str, Answer]:
    """The answers in the content of a progress file; ValueError when it is not one, OSError when it is of a later course."""
    version = content.get("version", VERSION) if isinstance(content, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise OSError(f"a later version of the course wrote it: format {version}, expected {VERSION}")
    answers = content.get("answers") if isinstance(content, dict) else None
    if not (isinstance(answers, dict) and all(map(is_answer, answers.values()))):
        raise ValueError("not a progress file")
    return answers


def is_answer(content: object) -> bool:
    return (
        isinstance(content, dict)
        and isinstance(content.get("kind"), str)
        and isinstance(content.get("answer"), str)
        and content.get("right", "missing") in (True, False, None)
    )


def replace_file(path: Path, text: str) -> None:
    """Write a file whole or not at all: whoever reads it finds the old content or the new one."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


record = Record()
