"""Reading the markdown of a cell: words, headings, links, pictures.

A `Picture` is an image with its alternative text (None when there is none) and its address. Formulas and code
are no prose. Anchors are JupyterLab's: the text of a heading with dashes for spaces.
"""

import html
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import pairwise

from markdown_it import MarkdownIt

FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.DOTALL)
PARSER = MarkdownIt("commonmark").enable("table")
PARSER.validateLink = lambda address: True  # the lint of links judges every address, also 'file:///...'


@dataclass(frozen=True)
class Picture:
    alt: str | None
    address: str


def words(markdown):
    """The words of the prose, without code, formulas, addresses and tags.

    >>> words("Ten **points**: can $x^2$ `trap` [it](a.md)?")
    ['Ten', 'points', 'can', 'it']
    """
    return re.findall(r"[^\W_][\w'’-]*", prose(markdown))


def prose(markdown):
    """The text that a reader reads as sentences, one block a line."""
    blocks = []
    for token in PARSER.parse(FORMULA.sub(" ", markdown)):
        if token.type == "inline":
            blocks.append("".join(_inline_text(child) for child in token.children))
        elif token.type == "html_block":
            blocks.append(html.unescape(re.sub(r"<!--.*?-->|<[^>]+>", " ", token.content, flags=re.DOTALL)))
    return "\n".join(blocks)


def headings(markdown):
    """(level, text) of each heading.

    >>> headings("# A *title*\\n\\ntext\\n\\n## Go on")
    [(1, 'A title'), (2, 'Go on')]
    """
    tokens = PARSER.parse(markdown)
    return [
        (int(token.tag[1]), "".join(child.content for child in following.children))
        for token, following in pairwise(tokens)
        if token.type == "heading_open"
    ]


def anchors(markdown):
    """Every anchor that a link may point to.

    >>> sorted(anchors("## Go on\\n\\n<a id='here'></a>"))
    ['Go-on', 'here']
    """
    named = re.findall(r"<\w+[^>]*\b(?:id|name)=[\"']([^\"']+)[\"']", markdown)
    return {text.replace(" ", "-") for _, text in headings(markdown)} | set(named)


def links(markdown):
    """The address of each link, in the order of the text."""
    found = [
        child.attrGet("href")
        for token in PARSER.parse(markdown)
        if token.type == "inline"
        for child in token.children
        if child.type == "link_open"
    ]
    return found + re.findall(r"<a\s[^>]*\bhref=[\"']([^\"']+)[\"']", markdown)


def pictures(markdown):
    """Each image of a markdown text, written as markdown or as HTML."""
    found = [
        Picture(child.content, child.attrGet("src"))
        for token in PARSER.parse(markdown)
        if token.type == "inline"
        for child in token.children
        if child.type == "image"
    ]
    return found + html_pictures("".join(re.findall(r"<img\b[^>]*>", markdown)))


def html_pictures(text):
    """Each `<img>` of an HTML text."""
    reader = _Images()
    reader.feed(text)
    return reader.found


class _Images(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        if tag == "img":
            attributes = dict(attributes)
            self.found.append(Picture(attributes.get("alt"), attributes.get("src") or ""))


def _inline_text(token):
    if token.type == "text":
        return token.content
    return " " if token.type in ("softbreak", "hardbreak", "code_inline", "html_inline") else ""
