"""The bibliography: one entry for each work that the course names.

The page `sources/companion/3_bibliography.py` is the list. An `Entry` is a heading that a link can point to, then the
authors, the title in italics and the rest of the reference, what the course takes from the work, and who cites it:

    ### Hamey 1998

    L. G. C. Hamey, *XOR has no local minima*, Neural Networks 11, 1998.

    The most famous four points hold no trap.

    *Cited in* lesson [2.1](../chapters/2_blind_spots/1_ten_points.ipynb).

The last line is written by `python -m authoring.citations`.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PAGE = "sources/companion/3_bibliography.py"
CITED = "*Cited in* "
INITIALS = re.compile(r"^(?:\w{1,2}\.[ -]?(?:-\w\. ?)?)+")


@dataclass(frozen=True)
class Entry:
    label: str
    authors: tuple  # family names, "von Brecht" with its particle
    year: str
    title: str
    text: str  # the whole entry below its heading
    cited: str  # the line that says where, or ""

    @property
    def anchor(self):
        return self.label.replace(" ", "-")

    @property
    def main_title(self):
        """The title without what stands behind its colon."""
        return self.title.split(":")[0]

    @property
    def arxiv(self):
        """The number of the paper in the archive, or None."""
        found = re.search(r"arxiv\.org/abs/([\w./-]*\d)", self.text)
        return found and found[1]

    def has_authors(self, names, and_others=False):
        """Are these the authors, in order, and all of them unless others are said to follow?

        A name may come with a first name before it ("Quynh Nguyen"). Accents count as `plain` reads them.
        """
        right = len(names) <= len(self.authors) if and_others else len(names) == len(self.authors)
        pairs = zip(names, self.authors, strict=False)
        return right and all(f" {plain(name)}".endswith(f" {plain(author)}") for name, author in pairs)


def entries(root):
    """Every entry of the bibliography of a course, in the order of the page; none where there is no such page."""
    path = Path(root, PAGE)
    if not path.is_file():
        return []
    text = re.sub(r"^# ?", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    parts = re.split(r"^### +(.+)$", text, flags=re.MULTILINE)[1:]
    return [_entry(label.strip(), body) for label, body in zip(parts[::2], parts[1::2], strict=True)]


@cache
def plain(text):
    """Text as one compares names and titles: no accents, no capitals, single spaces.

    >>> plain("Černý and  Şimşek")
    'cerny and simsek'
    """
    letters = unicodedata.normalize("NFKD", text)
    return " ".join("".join(each for each in letters if not unicodedata.combining(each)).casefold().split())


def _entry(label, body):
    body = re.split(r"^(?:%%|## )", body, maxsplit=1, flags=re.MULTILINE)[0].strip()
    reference = body.split("\n\n")[0].replace("\n", " ")
    names, title, _ = [*reference.split("*", 2), "", ""][:3]
    authors = [INITIALS.sub("", name).strip() for name in re.split(r",? and |, ", names.strip(" ,"))]
    cited = next((line for line in body.splitlines() if line.startswith(CITED)), "")
    return Entry(label, tuple(authors), label.rpartition(" ")[2], title, body, cited)
