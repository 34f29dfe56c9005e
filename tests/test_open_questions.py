"""The page of open questions: its numbers stand in the lessons that it links to, and its recent works in their order."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from authoring.notebook import read_notebook
from authoring.prose import links
from authoring.source import read_source

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "sources" / "companion" / "5_open_questions.py"
TEXT = "\n".join(cell.text for cell in read_source(PAGE.read_text(encoding="utf-8"), PAGE.name, "page").cells)
PARTS = re.split(r"^### +(.+)$", TEXT, flags=re.MULTILINE)[1:]
ENTRIES = dict(zip(PARTS[::2], (part.split("\n## ")[0] for part in PARTS[1::2]), strict=True))
QUESTIONS = {title: text for title, text in ENTRIES.items() if "**Would settle it.**" in text}
WORKS = {title: text for title, text in ENTRIES.items() if re.search(r"^[\w ]*\d{4}: ", title)}
NUMBER = re.compile(r"(?<![\w./,-])\d+(?:[.,]\d+)*(?![\w/])")


def seen_in(address):
    """What a reader sees of the lesson behind a link: its cells and what they print."""
    cells = read_notebook(ROOT / "chapters" / address.split("chapters/")[1].split("#")[0]).cells
    printed = [output.get("text", "") for cell in cells for output in cell.get("outputs", ())]
    return "\n".join([cell.source for cell in cells] + printed)


def numbers(text):
    """The numbers of two digits and more that are no year of a citation, no formula, no address and no lesson's name."""
    text = re.sub(r"\]\([^)]*\)|\$[^$]*\$|\([^()]*(?:19|20)\d\d[^()]*\)|[Ll]esson \d\.\d|files of \d{4}", "", text)
    return [number for number in NUMBER.findall(text) if len(number) > 1]


@pytest.mark.parametrize("title", QUESTIONS)
def test_numbers_stand_in_the_lessons(title):
    claims = QUESTIONS[title].split("**Would settle it.**")[0]
    lessons = "\n".join(seen_in(address) for address in links(claims) if "chapters/" in address)
    lacking = [each for each in numbers(claims) if not re.search(rf"(?<![\d.,]){re.escape(each)}(?!\d)", lessons)]
    assert not lacking, f"not in the lessons that the entry links to: {lacking}"


def test_numbers_are_found():
    assert numbers("0.77 to 0.84 of 8,000 (Du 2017), [lesson 3.1](a/3_x.ipynb) at 5 %, $10^2$") == [
        "0.77",
        "0.84",
        "8,000",
    ]
    assert sum(len(numbers(text)) for text in QUESTIONS.values()) > 30


@pytest.mark.parametrize("title", QUESTIONS)
def test_a_question_says_what_is_known_and_where(title):
    assert title.endswith("?")
    assert re.search(r"\*\*(Known|Measured|Proved here)\.\*\*", QUESTIONS[title])
    assert any("chapters/" in address for address in links(QUESTIONS[title])) or title == "Who checks our proofs?"


def test_every_entry_is_of_one_kind_and_recent_works_stand_newest_first():
    assert set(ENTRIES) == {*QUESTIONS, *WORKS, "Books"}
    dates = [datetime.strptime(title.split(":")[0], "%B %Y") for title in WORKS if " " in title.split(":")[0]]
    assert dates == sorted(dates, reverse=True) and dates[0].year == 2026
    assert len(WORKS) == 11 and "eleven recent works" in TEXT
