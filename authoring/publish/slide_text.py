"""How much text fits on a slide: markdown in blocks, and blocks packed into pages.

Lines and characters are counted for letters of 22 pixels; slides.js makes the letters as large as the page allows.
"""

import html
import math
import re

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from authoring.prose import headings
from authoring.publish.slide_proofs import MADE, provenance

LINES, CHARACTERS = 16.5, 92
FULL = 22.3  # lines of a page with smaller letters, which are better than a sentence on a page of its own
TALLEST = 23  # lines of a table that stays whole, in smaller letters
CODE_CHARACTERS, CODE_LINE = 109, 0.9  # letters of code are all equally wide; its lines are a tenth lower
GAP = 2  # characters between two columns of a table

FORMULA = '<span class="math inline">[^<]*</span>'


def _formula(text, options):
    return html.escape(f"\\[{text}\\]" if options["display_mode"] else f"\\({text}\\)")


MARKDOWN = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, renderer=_formula)


def sections(markdown):
    """(level, title, text) of each part that begins with a heading of level 1 to 3; no heading gives level 0.

    What unfolds on a click in the notebook stands open on a slide.

    >>> sections("Before.\\n\\n## Two ways\\n\\nOne is *short*.")
    [(0, '', 'Before.'), (2, 'Two ways', 'One is *short*.')]
    """
    opened = re.sub(r"<details>\s*<summary>(.*?)</summary>", r"**\1**\n", markdown).replace("</details>", "")
    parts = re.split(r"^(#{1,3}) +(.+)$", opened, flags=re.MULTILINE)
    found = [(0, "", parts[0].strip())] if parts[0].strip() else []
    for marks, title, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        found.append((len(marks), headings(f"# {title}")[0][1], text.strip()))
    return found


def split_text(markdown):
    """HTML of each page that the text needs: whole paragraphs, lists item by item, tables row by row.

    >>> split_text("One $x^2$\\n\\nTwo.")
    ['<p>One <span class="math inline">\\\\(x^2\\\\)</span></p>\\n<p>Two.</p>\\n']
    """
    return ["".join(part) for part in pack(list(_blocks(markdown)), lines_of_html)] or [""]


def _blocks(markdown):
    """HTML of each block; a formula, the rest of its sentence, and what a colon announces stay with the block before."""
    held = ""
    for block in _rendered(markdown):
        belongs = block.startswith('<div class="math') or _shown(held).endswith(":") or held.endswith("</strong></p>\n")
        belongs |= held.endswith("</div>\n") and _shown(block)[:1].islower()
        if held and not (belongs and lines_of_html(held + block) < LINES):
            yield from _parts(held)
            held = ""
        held += block
    if held:
        yield from _parts(held)


def _rendered(markdown):
    tokens, depth, begun = MARKDOWN.parse(markdown), 0, 0
    for position, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            rendered = MARKDOWN.renderer.render(tokens[begun : position + 1], MARKDOWN.options, {})
            # A bracket before a formula and a full stop after it stay on the line of the formula.
            yield re.sub(rf"\({FORMULA}[.,;:)?]*|{FORMULA}[.,;:)?]+", r'<span class="together">\g<0></span>', rendered)
            begun = position + 1


def _parts(block):
    if block.startswith("<ul>") and lines_of_html(block) > LINES / 2:
        yield from (f"<ul>{item}</ul>\n" for item in re.findall(r"<li>.*?</li>", block, re.DOTALL))
    elif block.startswith("<table>") and lines_of_html(block) > TALLEST:
        head = re.search(r"<thead>.*?</thead>", block, re.DOTALL).group()
        rows = re.findall(r"<tr>.*?</tr>", block.partition("<tbody>")[2], re.DOTALL)
        widths = _widths(rows)
        columns = "".join(f'<col style="width: {100 * each / sum(widths):.0f}%">' for each in widths)
        for some in pack(rows, lambda row: _row_lines(_cells(row), widths)):
            yield f'<table class="part"><colgroup>{columns}</colgroup>{head}<tbody>{"".join(some)}</tbody></table>\n'
    else:
        yield block


def pack(blocks, size):
    """The blocks in groups of at most a page, each about as full as the others; an empty list gives no group."""
    total, groups, filled = sum(map(size, blocks)), [], 0.0
    pages = max(1, -(-total // LINES))
    room = total / pages  # not a full page and then a single line
    for block in blocks:
        even = filled + size(block) / 2 > room and len(groups) < pages
        if not groups or even or filled + size(block) > LINES:
            groups.append([])
            filled = 0.0
        groups[-1].append(block)
        filled += size(block)
    return groups


def lines_of_html(block):
    """About how many lines a piece of HTML takes on a page.

    >>> lines_of_html("<p>Short.</p>")
    1.6
    """
    block = MADE.sub("", block)  # stands at the foot
    if block.startswith("<table"):
        rows = re.findall(r"<tr>(.*?)</tr>", block, re.DOTALL)
        widths = _widths(rows)
        return sum(_row_lines(_cells(row), widths) for row in rows) + 0.6
    if block.startswith("<pre>"):
        return sum(_screen_lines(line) for line in html.unescape(block).splitlines()) + 0.6
    shown = [len(_shown(part)) for part in re.split(r"</p>|</li>|</tr>|<br>", block)]
    lines = sum(-(-each // CHARACTERS) + 0.6 for each in shown if each)
    return lines + 1.5 * block.count("\\[") + 0.8 * block.count("\\\\")  # displayed formulas, rows of matrices


def _cells(row):
    return re.split(r"</t[hd]>", row)[:-1]


def _widths(rows):
    """Characters that the browser gives each column: what its longest cell needs, or its share of what is left."""
    columns = zip(*([_shown(cell) for cell in _cells(row)] for row in rows), strict=False)
    longest = [max(map(len, column)) + GAP for column in columns]
    fair = CHARACTERS / len(longest)
    if sum(longest) <= CHARACTERS:
        return longest
    wide = [each for each in longest if each > fair]
    left = CHARACTERS - sum(longest) + sum(wide)
    return [each if each <= fair else each * left / sum(wide) for each in longest]


def _row_lines(cells, widths):
    """Lines of the highest cell; words that do not fit leave a tenth of a broken line empty."""
    needed = [(len(_shown(cell)) + GAP) / width for cell, width in zip(cells, widths, strict=False)]
    return max(1 if each <= 1 else math.ceil(1.1 * each) for each in needed) + 0.5


def _shown(part):
    """Text without tags and without the commands of formulas."""
    return re.sub(r"\\[a-zA-Z]+|[{}^_$]|\\[()\[\]]", "", html.unescape(re.sub(r"<[^>]+>", "", part))).strip()


def output_pages(text):
    """What a cell printed as HTML, in pieces of at most a page.

    >>> output_pages("a < b\\n")
    ['<pre>a &lt; b</pre>']
    """
    lines = text.rstrip().strip("\n").splitlines()  # what indents the first line belongs to a table
    made, shown = [provenance(line) for line in lines if provenance(line)], [x for x in lines if not provenance(x)]
    return [f"<pre>{html.escape(chr(10).join(some))}</pre>" for some in pack(shown, _screen_lines)] + made


def _screen_lines(line):
    return CODE_LINE * max(1, -(-len(line) // CODE_CHARACTERS))
