"""The rules of a lesson that can be checked by machine: structure, size of cells, words.

Every lint is a function of a `Page` that yields Problems. The start page and the exercises keep only the rules that
make sense for them: see `RULES`, at the end.
"""

import ast
import re
from statistics import median

from authoring.page import EXPLORER, has_picture
from authoring.problems import Problem
from authoring.prose import headings, links, prose, words

LEAST_WORDS, MOST_WORDS = 1000, 2200
MOST_LINES, MEDIAN_LINES, IMPORT_LINES = 15, 8, 4
PICTURE_BY = 3  # code cells
LEAST_PREDICTIONS = 3
UNWANTED = re.compile(r"\b(simply|obviously|just)\b", re.IGNORECASE)
SETTING = re.compile(r"\*[^*\n]+\*|`[^`\n]+`|^\s*(?:[-*]|\d+\.)\s|\b\d+(?:\.\d+)?\b", re.MULTILINE)


def lint(page):
    """Every problem of one notebook by the rules of its kind."""
    for rule in RULES[page.target.kind]:
        yield from rule(page)


def title_first(page):
    first = page.cells[0]
    if first.cell_type != "markdown" or not (found := headings(first.source)) or found[0][0] != 1:
        yield Problem(page.where(first), "expected the title first", "begin the first cell with '# ' and the title")
    elif page.target.kind == "chapter" and "?" not in prose(first.source):
        yield Problem(
            page.where(first), "expected the lesson's question below the title", "write it, with a question mark"
        )


def at_a_glance_second(page):
    second = page.cells[min(1, len(page.cells) - 1)]
    if [text for _, text in headings(second.source)][:1] != ["At a glance"]:
        yield Problem(
            page.where(second), "expected '## At a glance' as the second cell", "move or write it, with its table"
        )
        return
    text = prose(second.source).lower()
    lacking = [word for word in ("able to", "need", "minutes", "seconds") if word not in text]
    if not re.search(r"^\s*\|.*\|\s*$", second.source, re.MULTILINE):
        lacking.append("a table")
    if not links(second.source):
        lacking.append("a link to what is needed first")
    if lacking:
        yield Problem(
            page.where(second),
            f"'At a glance' lacks: {', '.join(lacking)}",
            "tell what the reader will be able to do, needs first, minutes to read and seconds to run",
        )


def recap_and_go_on_last(page):
    last = page.cells[-1]
    titles = [text for cell in page.of_kind("markdown") for _, text in headings(cell.source)]
    if "Recap" not in titles:
        yield Problem(page.target.notebook, "expected a section '## Recap'", "add it before 'Go on'")
    if last.cell_type != "markdown" or not titles or titles[-1] != "Go on" or not links(last.source):
        yield Problem(
            page.where(last), "expected the section '## Go on' with links as the last cell", "move or write it"
        )


def length(page):
    count = sum(len(words(cell.source)) for cell in page.of_kind("markdown"))
    if not LEAST_WORDS <= count <= MOST_WORDS:
        yield Problem(
            page.target.notebook,
            f"{count} words of prose, expected {LEAST_WORDS} to {MOST_WORDS}",
            "shorten it, or move what does not fit into a section 'Extra'"
            if count > MOST_WORDS
            else "say more, or join the lesson with another",
        )


def short_cells(page):
    sizes = []
    for cell in page.of_kind("code"):
        sizes.append(len(cell.source.splitlines()))
        if sizes[-1] > MOST_LINES:
            yield Problem(
                page.where(cell),
                f"{sizes[-1]} lines of code, expected at most {MOST_LINES}",
                "split it, one idea a cell, or move plumbing into lmcourse",
            )
    if page.target.kind == "chapter" and sizes and median(sizes) > MEDIAN_LINES:
        yield Problem(
            page.target.notebook,
            f"the median code cell has {median(sizes):g} lines, expected at most {MEDIAN_LINES}",
            "split the longer cells",
        )


def one_import_cell(page):
    cells = [cell for cell in page.of_kind("code") if _imports(cell.source)]
    for cell in cells[1:]:
        yield Problem(page.where(cell), "a second cell with imports", "move the imports to the first one")
    if cells and len(cells[0].source.splitlines()) > IMPORT_LINES:
        yield Problem(
            page.where(cells[0]),
            f"the import cell has more than {IMPORT_LINES} lines",
            "keep only the imports in it; import lmcourse as lm brings most of what a lesson needs",
        )


def early_picture(page):
    first = page.of_kind("code")[:PICTURE_BY]
    if not any(has_picture(cell) for cell in first):
        yield Problem(
            page.target.notebook,
            f"no picture among the outputs of the first {PICTURE_BY} code cells",
            "show the phenomenon before the formula",
        )


def predictions(page):
    if len(page.tagged("predict")) < LEAST_PREDICTIONS:
        yield Problem(
            page.target.notebook,
            f"{len(page.tagged('predict'))} cells tagged 'predict', expected at least {LEAST_PREDICTIONS}",
            "ask with lm.predict before each main experiment and tag the cell",
        )
    predicted = False
    for cell in page.cells:
        tags = cell.metadata.get("tags", ())
        if "experiment" in tags and not predicted:
            yield Problem(
                page.where(cell),
                "an experiment without a prediction before it",
                "put a cell tagged 'predict' between the last experiment and this one",
            )
        predicted = ("predict" in tags) or (predicted and "experiment" not in tags)


def explorers(page):
    cells = [cell for cell in page.of_kind("code") if EXPLORER.search(cell.source)]
    if not cells and page.target.kind == "chapter":
        yield Problem(page.target.notebook, "no explorer (lm.widgets.Something()), expected at least one", "add one")
    for cell in cells:
        index = next(index for index, each in enumerate(page.cells) if each is cell)
        around = [each.source for each in page.cells[max(0, index - 1) : index + 2] if each.cell_type == "markdown"]
        if not any(re.search(r"\btry\b", text, re.IGNORECASE) and len(SETTING.findall(text)) >= 2 for text in around):
            what = "an explorer without two settings to try"
            repair = "write 'Try' and two settings, each with its *control* or number, in the text before or after it"
            yield Problem(page.where(cell), what, repair)


def plain_words(page):
    for cell in page.of_kind("markdown"):
        text = prose(cell.source)
        for found in UNWANTED.finditer(text):
            yield Problem(
                page.where(cell),
                f"the word {found[0]!r} in {_around(text, found)!r}",
                "leave it out: it belittles the reader's effort",
            )
        for found in re.finditer("!", text):
            yield Problem(
                page.where(cell),
                f"an exclamation mark in {_around(text, found)!r}",
                "end the sentence with a full stop",
            )


def _imports(code):
    try:
        return any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.parse(code).body)
    except SyntaxError:  # a line of IPython; its execution was checked when the notebook was built
        return bool(re.search(r"^(import|from)\s", code, re.MULTILINE))


def _around(text, found):
    return " ".join(text[max(0, found.start() - 25) : found.end() + 25].split())


COMMON = (title_first, plain_words)
RULES = {
    "start": (*COMMON, short_cells, one_import_cell, early_picture, explorers),
    "chapter": (
        *COMMON,
        at_a_glance_second,
        recap_and_go_on_last,
        length,
        short_cells,
        one_import_cell,
        early_picture,
        predictions,
        explorers,
    ),
    "exercise": COMMON,
    "solution": COMMON,
    "page": (*COMMON, short_cells, one_import_cell),
}
