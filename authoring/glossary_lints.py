"""The rules of the glossary: alphabetical, and each word stands in the section that its entry leads to.

An entry is a heading of level three with its text. Its last link leads to the lesson and the section that introduce
the word. That this section exists, and that lessons link into the glossary only where an entry is, `lint_links` sees.
"""

import re
from pathlib import PurePosixPath
from urllib.parse import unquote

from authoring.problems import Problem
from authoring.prose import headings, links

GLOSSARY, NOTATION = "companion/2_glossary.ipynb", "companion/1_notation.ipynb"
ENTRY = re.compile(r"^### (.+)$", re.MULTILINE)
HEADING = re.compile(r"^(#{1,6} .+)$", re.MULTILINE)


def lint_glossary(pages):
    """Problems of the glossary, among all pages of the course; none where the course has no glossary."""
    by_name = {page.target.notebook: page for page in pages}
    glossary, before = by_name.get(GLOSSARY), ""
    for cell, word, text in entries(glossary) if glossary else ():
        where = f"{glossary.where(cell)}, {word!r}"
        if _order(word) <= _order(before):
            yield Problem(where, f"stands after {before!r}", "sort the entries by their letters, each word once")
        before = word
        if headings(cell.source)[0] != (2, _order(word)[0].upper()):
            yield Problem(where, "does not stand under its letter", "move it to the cell that begins with its letter")
        path, _, anchor = unquote(links(text)[-1] if links(text) else "").partition("#")
        lesson = by_name.get(_inside(path))
        if lesson is None or not anchor:
            yield Problem(where, "does not end with a link to a section of a lesson", "link where the word comes in")
        elif _plain(word) not in _plain(section(lesson, anchor)):
            what = f"does not occur in {lesson.target.notebook}, {anchor!r}"
            yield Problem(where, what, "link the section that introduces the word, or write it as it stands there")


def lint_words_and_letters(pages):
    """Every lesson leads to glossary and notation at its beginning, once there are such pages."""
    names = {page.target.notebook for page in pages}
    for page in pages:
        linked = (
            {_inside(link.partition("#")[0], "chapters/x") for link in links(page.cells[1].source)}
            if page.cells[1:]
            else set()
        )
        if page.target.kind == "chapter" and (missing := {GLOSSARY, NOTATION} & names - linked):
            repair = "add the row 'Words and letters' as in the other lessons"
            yield Problem(page.target.notebook, f"'At a glance' does not link {', '.join(sorted(missing))}", repair)


def entries(glossary):
    """(cell, word, text) of each entry, in the order of the page."""
    for cell in glossary.of_kind("markdown"):
        _, *parts = ENTRY.split(cell.source)
        yield from ((cell, word, text) for word, text in zip(parts[::2], parts[1::2], strict=True))


def section(page, anchor):
    """What a page says under a heading, code included, up to the next heading of its level or a higher one."""
    text, level = [], 0
    for cell in page.cells:
        for block in HEADING.split(cell.source) if cell.cell_type == "markdown" else [cell.source]:
            found = headings(block) if HEADING.fullmatch(block) else []
            for here, title in found:
                if level and here <= level:
                    return "\n".join(text)
                level = here if title.replace(" ", "-") == anchor else level
            text += [block] if level else []
    return "\n".join(text)


def _order(word):
    return re.sub(r"[^a-z0-9]", "", word.lower())


def _plain(text):
    return " ".join(re.sub(r"[*`]", "", text).lower().split())


def _inside(link, folder="companion"):
    """The path from the top of the repository."""
    parts = []
    for part in PurePosixPath(folder, link).parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)
