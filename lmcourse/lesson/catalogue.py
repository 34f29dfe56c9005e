"""Which questions the course asks, in reading order: `questions.json`, which authors make anew from the sources of the lessons."""

from __future__ import annotations

import functools
import json
from pathlib import Path

from .course_map import CHAPTERS

START, FINAL = "0.start", "final"  # the first part of the names of their questions


@functools.cache
def questions() -> dict[str, str]:
    """The kind of every question, "prediction" or "quiz", by its id.

    >>> questions()["1.1/level"]
    'prediction'
    """
    return json.loads(Path(__file__).with_name("questions.json").read_text(encoding="utf-8"))


def lessons() -> dict[str, str]:
    """The titles of all that asks questions, by number, in reading order.

    >>> list(lessons().items())[:2]
    [('0.start', 'Start here'), ('1.1', '1.1 Critical points')]
    """
    numbered = {each.number: f"{each.number} {each.name}" for chapter in CHAPTERS for each in chapter.lessons}
    return {START: "Start here"} | numbered | {FINAL: "Final quiz"}
