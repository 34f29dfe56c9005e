"""The rules of stored outputs: what a reader without a kernel, without network or without sight gets."""

import re

from authoring.normalise import output_problems
from authoring.notebook import COMPARED_TAG
from authoring.page import EXPLORER, has_picture
from authoring.problems import Problem
from authoring.prose import html_pictures, pictures

SHORTEST_ALT = 40
TELLS_NOTHING = re.compile(r"\s*(figure|plot of)\b", re.IGNORECASE)
REMOTE = re.compile(
    r"""(?:src\s*=\s*["']?|url\(["']?|@import\s+["']?|<link\b[^>]*href\s*=\s*["']?)\s*(?:https?:)?//[^"'\s)>]+""",
    re.IGNORECASE,
)


def lint_outputs(page):
    """Every problem of the outputs and pictures of one notebook."""
    yield from markdown_pictures(page)
    if not page.target.executed:
        yield from no_outputs(page)
        return
    yield from output_problems(page.notebook, page.target.notebook)
    for cell in page.of_kind("code"):
        yield from shown_without_network(page, cell)
        yield from described_pictures(page, cell)
        yield from static_explorer(page, cell)
    yield from compared_headlines(page)


def no_outputs(page):
    for cell in page.of_kind("code"):
        if cell.outputs or cell.execution_count is not None:
            yield Problem(page.where(cell), "an exercise stores an output or an execution count", _build(page))


def markdown_pictures(page):
    for cell in page.of_kind("markdown"):
        for picture in pictures(cell.source):
            yield from _described(picture, page.where(cell))
            if re.match(r"(https?:)?//", picture.address):
                yield Problem(
                    page.where(cell),
                    f"a picture from the network: {picture.address}",
                    "draw it in a code cell with lm.show",
                )
        if found := re.search(r"<(script|iframe|svg)\b", cell.source, re.IGNORECASE):
            yield Problem(
                page.where(cell), f"'{found[0]}' in markdown: an untrusted notebook does not show it", "remove it"
            )


def shown_without_network(page, cell):
    for data in _data(cell):
        kinds = set(data)
        if "image/svg+xml" in kinds and not kinds & {"image/png", "text/html"}:
            yield Problem(
                page.where(cell),
                "an output that is SVG alone: an untrusted notebook does not show it",
                "show the figure with lm.show",
            )
        text = data.get("text/html", "")
        if found := re.search(r"<(svg|script|iframe)\b", text, re.IGNORECASE):
            yield Problem(
                page.where(cell),
                f"'{found[0]}' in an output: an untrusted notebook does not show it",
                "store a PNG picture or plain HTML",
            )
        if found := REMOTE.search(text):
            yield Problem(
                page.where(cell),
                f"an output that loads from the network: {found[0]!r}",
                "put the data into the notebook itself",
            )
        if "application/javascript" in kinds:
            yield Problem(
                page.where(cell), "an output in JavaScript: an untrusted notebook does not run it", "write plain HTML"
            )


def described_pictures(page, cell):
    for data in _data(cell):
        found = html_pictures(data.get("text/html", ""))
        for picture in found:
            yield from _described(picture, page.where(cell))
        if "image/png" in data and not found:
            yield Problem(
                page.where(cell), "a picture without an alternative text", "show it with lm.show(fig, caption, alt)"
            )


def static_explorer(page, cell):
    if EXPLORER.search(cell.source) and not has_picture(cell):
        yield Problem(
            page.where(cell),
            "an explorer without a stored picture",
            f"let the cell end with the explorer itself, then {_build(page)}",
        )


def compared_headlines(page):
    """A compared cell without a stored output would pass nbval in silence."""
    for cell in page.tagged("headline"):
        if COMPARED_TAG not in cell.metadata.tags:
            yield Problem(
                page.where(cell),
                f"a headline without the tag {COMPARED_TAG!r}, so that its output is not compared",
                _build(page),
            )
    for cell in page.tagged(COMPARED_TAG):
        if cell.cell_type != "code" or not cell.outputs:
            yield Problem(
                page.where(cell),
                "its output is to be compared, but it has none",
                "print the rounded numbers, or remove the tag",
            )
        elif any(set(output.get("data", {"text/plain"})) != {"text/plain"} for output in cell.outputs):
            yield Problem(
                page.where(cell),
                "a headline whose output is more than text",
                "print the numbers here and show pictures in another cell",
            )


def _described(picture, where):
    alt = (picture.alt or "").strip()
    if len(alt) < SHORTEST_ALT:
        yield Problem(
            where,
            f"a picture with an alternative text of {len(alt)} characters ({alt!r}), expected at least {SHORTEST_ALT}",
            "say in words what can be seen and what it means",
        )
    elif TELLS_NOTHING.match(alt):
        yield Problem(
            where,
            f"an alternative text that starts with {alt.split()[0]!r}, which every reader knows",
            "begin with what can be seen",
        )


def _data(cell):
    return [output.data for output in cell.outputs if "data" in output]


def _build(page):
    return f"python3 course.py build {page.target.notebook} --execute"
