"""A lesson cut into pages for the lecture hall.

A `Page` has `title` (of its section), `body` (HTML), `kind`, `notes` (HTML for the speaker) and `first` (does a new column
of slides begin here?). The cells decide:

    text with a slide mark     pages of kind "text", as many as its paragraphs need; a short one goes with what follows
    a prediction, a quiz       "question"; the answers of a quiz come with the next key
    a figure, an explorer      "picture", see slide_pictures.py
    numbers, proofs, reveals   "result"; what follows one picture stands together
    other text and all code    notes for the speaker
"""

import html
from dataclasses import dataclass, field

from authoring.publish.lessons import quiz_answers
from authoring.publish.slide_pictures import picture_pages, room_below
from authoring.publish.slide_proofs import with_foot, without_details
from authoring.publish.slide_text import FULL, LINES, MARKDOWN, lines_of_html, output_pages, pack, sections, split_text

LINE = 30  # pixels of a line of text below a picture
FEW = 6  # lines that stand better below the next picture than alone on a page
SHORT = 0.8 * LINES  # two parts that together have at most this many lines share a page; with a part of few lines, FULL


@dataclass
class Page:
    title: str
    body: str
    kind: str
    first: bool = False
    notes: list = field(default_factory=list)


def pages_of(notebook):
    """The pages of a lesson, in their order."""
    maker = _Maker()
    for cell in notebook.cells:
        marked = cell.metadata.get("slideshow", {}).get("slide_type") == "slide"
        if cell.cell_type == "markdown":
            maker.add_text(cell.source, marked)
        else:
            maker.add_code(cell, cell.metadata.get("tags", []))
    maker.finish()
    return joined(maker.pages)


class _Maker:
    """Walks through the cells; `results` holds what one picture or question led to, until something else follows."""

    def __init__(self):
        self.pages, self.results, self.title, self.first = [], [], "", True

    def add_text(self, markdown, marked):
        self.finish()
        for level, title, text in sections(markdown):
            if level:
                self.title, self.first = title, self.first or level <= 2
            if not marked:
                self.note(MARKDOWN.render(text))
            elif text:
                for part in split_text(text):
                    self.page(part, "text" if self.pages else "title")

    def add_code(self, cell, tags):
        if "quiz" in tags or "predict" in tags:
            self.finish()
            stored = "".join(output.data["text/html"] for output in cell.outputs)
            self.page(with_answers(stored, cell.source) if "quiz" in tags else stored, "question")
            return
        for output in cell.outputs:
            self.add_output(output, cell.source, tags)
        if "reveal" not in tags:
            self.note(f"<pre>{html.escape(cell.source)}</pre>")

    def add_output(self, output, code, tags):
        stored = output.get("data", {}).get("text/html", "")
        if "<img" in stored:
            later = self.results if lines_of_html("".join(self.results)) < FEW else []  # such as how a table was made
            self.results = [] if later else self.results
            self.finish()
            for picture in picture_pages(stored, code):
                self.page(picture, "picture")
            self.results = later
        elif stored:
            kind = "measured" if "reveal" in tags else "proof"
            stored = without_details(stored) if "<b>Theorem.</b>" in stored else stored
            self.results.append(f'<div class="{kind}">{stored}</div>')
        else:
            self.results += output_pages(output.get("text") or output.data["text/plain"])

    def note(self, text):
        """For the speaker, on the page that stands last; what comes before the first page is not for the hall."""
        if self.pages:
            self.pages[-1].notes.append(text)

    def page(self, body, kind):
        self.pages.append(Page(self.title, body, kind, self.first))
        self.first = False

    def finish(self):
        """Make pages of the results that wait."""
        results, self.results = self.results, []
        for part in pack(results, lines_of_html):
            body = "".join(part)
            if with_foot(body)[0] or not self.pages:
                self.page(body, "result")
            else:  # how something was made, and nothing else
                self.pages[-1].body += body


def joined(pages):
    """Short parts of one section share a page, but a question never with the result that answers it."""
    kept = []
    for page in pages:
        if kept and fits_below_picture(kept[-1], page):
            kept[-1].body += f'<div class="below">{page.body}</div>'
            kept[-1].notes += page.notes
        elif kept and fits_below(kept[-1], page):
            kept[-1].kind = kept[-1].kind if page.kind in kept[-1].kind else f"text with {page.kind}"
            kept[-1].body += page.body
            kept[-1].notes += page.notes
        else:
            kept.append(page)
    return kept


BELOW = {  # kind of a page: what may stand below it
    "text": ("text", "question", "result"),
    "result": ("result",),
    "text with result": ("result", "text"),
}


def fits_below(before, page):
    """Whether the two may share a page, and have room on it; the answers of a quiz need room of their own."""
    allowed = page.kind in BELOW.get(before.kind, ()) and not page.first
    if not allowed or "fragment" in page.body or (page.kind != "result" and page.title != before.title):
        return False
    parts = [lines_of_html(before.body), lines_of_html(page.body)]
    return sum(parts) <= (FULL if min(parts) < FEW else SHORT)


def fits_below_picture(before, page):
    """Whether a result may stand below the picture it belongs to, which stays as large as it is."""
    alone = before.kind == "picture" and page.kind == "result" and 'class="below"' not in before.body
    return alone and not page.first and lines_of_html(page.body) <= room_below(before.body) / LINE


def with_answers(question, code):
    """The question of a quiz with its options; what is right appears with the next key."""
    rows = "".join(
        f'<li>{html.escape(option, quote=False)}<div class="fragment answer">{"✓" if right else "✗"} '
        f"{html.escape(why, quote=False)}</div></li>"
        for option, right, why in quiz_answers(code)
    )
    return f"{question.partition('<ul>')[0]}<ul>{rows}</ul>"
