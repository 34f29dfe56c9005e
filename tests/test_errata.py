"""The page of errata: each entry says what is printed and what is right, and its check can fail.

The first line of a check holds the right value and, in a comment, the other one. Here every check runs twice, with either.
"""

import ast
import re
from pathlib import Path

import pytest

from authoring.prose import headings, links, prose
from authoring.source import read_source

PATH = Path(__file__).parent.parent / "sources" / "companion" / "4_errata.py"
CELLS = read_source(PATH.read_text(encoding="utf-8"), PATH.name, "page").cells
VALUE = re.compile(r"^(\w+ = )(.+?)  # (printed|read as|first written): (.+?)(?: \(.*\))?$")
KINDS = {
    "In print": "printed",
    "Not repeated": "printed",
    "Abstracts that promise more than the theorem": "read as",
    "Easily misread": "read as",
    "Ours": "first written",
}
OTHERS = {  # what the parenthesis behind the other value says must fail, too
    "A dead layer with any output": ("1.99", "-2"),
    "One threshold for all widths": ("675", "400"),
    "Extra rows": ("[0, 0, 1, 0]", "[1, 0, 0, 2]"),
}


def entries():
    """{title: (section, text, the code cells that follow)} of every entry."""
    found, section, title = {}, None, None
    for cell in CELLS:
        if cell.kind == "code":
            if title:
                found[title][2].append(cell.text)
            continue
        for level, text in headings(cell.text):
            if level == 2:
                section, title = text, None
            elif level == 3:
                title = text
                found[title] = (section, cell.text, [])
    return found


ENTRIES = entries()
IMPORTS = next(cell.text for cell in CELLS if cell.kind == "code")


def run(code):
    names = {}
    exec(compile(IMPORTS + "\n" + code, PATH.name, "exec"), names)  # noqa: S102 - the page's own cells


def test_sections_and_their_table():
    assert list(dict.fromkeys(section for section, _, _ in ENTRIES.values())) == list(KINDS)
    table = next(cell.text for cell in CELLS if "| section | entries |" in cell.text)
    for section in KINDS:
        listed = re.search(rf"\| \[{section}\]\(#[^)]+\) \| (.+) \|", table)[1].split(", ")
        assert len(listed) == sum(each == section for each, _, _ in ENTRIES.values()), section


@pytest.mark.parametrize("title", ENTRIES)
def test_an_entry_says_what_it_must(title):
    section, text, checks = ENTRIES[title]
    words = prose(text[text.index(f"### {title}") :])
    first = {"printed": ("Printed",), "read as": ("Printed", "Misread", "Said"), "first written": ("First written",)}
    assert words.split("\n")[1].startswith(first[KINDS[section]])
    assert "\nRight. " in words or "\nOurs. " in words
    assert "\nDoes it matter? " in words
    assert any("chapters/" in link for link in links(text))
    (check,) = checks
    assert VALUE.match(check.split("\n")[0])[3] == KINDS[section]
    assert any(isinstance(node, ast.Assert) for node in ast.parse(check).body)


@pytest.mark.parametrize("title", ENTRIES)
def test_the_right_value_passes_and_the_other_fails(title):
    (check,) = ENTRIES[title][2]
    first, rest = check.split("\n", 1)
    start, _, _, other = VALUE.match(first).groups()
    run(check)
    assert (title in OTHERS) == ("(or any" in first)
    for value in (other, *OTHERS.get(title, ())):
        with pytest.raises(AssertionError):
            run(f"{start}{value}\n{rest}")
