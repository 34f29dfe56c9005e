"""Links from an output to another notebook of the course, wherever the open notebook stands.

A target is a lesson's number, `"1.2"`, with a section or without, `"1.2#Height-decides"`; also `"0.start"` and `"final"`.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from .catalogue import FINAL, START
from .texts import escape

FIRST_PAGE = "00_start_here.ipynb"


def link(target: str, words: str) -> str:
    """An HTML link to a place of the course; the words alone where no course is found around the open notebook."""
    lesson, _, section = target.partition("#")
    notebook = find_notebook(lesson)
    if notebook is None:
        return escape(words)
    address = quote(Path(os.path.relpath(notebook)).as_posix()) + (f"#{quote(section)}" if section else "")
    return f'<a href="{address}">{escape(words)}</a>'


def find_notebook(lesson: str) -> Path | None:
    """The notebook of a lesson, in the course that holds the working folder; a kernel works where its notebook stands."""
    here = Path.cwd()
    root = next((folder for folder in (here, *here.parents) if (folder / FIRST_PAGE).is_file()), None)
    if root is None:
        return None
    chapter, _, number = lesson.partition(".")
    pattern = {START: FIRST_PAGE, FINAL: "companion/*_final_quiz.ipynb"}.get(
        lesson, f"chapters/{chapter}_*/{number}_*.ipynb"
    )
    return next(iter(sorted(root.glob(pattern))), None)
