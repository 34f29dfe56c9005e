"""The limits of time and memory, as docs/status.md says they were kept when all was measured last."""

import re

import pytest

from authoring.places import ROOT, targets
from authoring.status import MOST_CELL_SECONDS, MOST_MEGABYTES, MOST_SECONDS, PAGE

ROW = re.compile(r"^\| (\S+\.ipynb) \| ([\d.]+) \| ([\d.]+) \| (\d+) \| \d+ \| (.+) \|$", re.MULTILINE)
MOST_MINUTES = 20  # of the whole test on two cores


def page():
    return (ROOT / PAGE).read_text(encoding="utf-8")


def over_the_limits(text):
    """The notebooks of the page that are over a limit, whatever its last column says, and those that are missing."""
    rows = {name: numbers for name, *numbers in ROW.findall(text)}
    over = [
        name
        for name, (seconds, cell, megabytes, verdict) in rows.items()
        if float(seconds) > MOST_SECONDS
        or float(cell) > MOST_CELL_SECONDS
        or int(megabytes) > MOST_MEGABYTES
        or verdict != "yes"
    ]
    return over + [f"{target.notebook} was not measured" for target in targets(ROOT) if target.notebook not in rows]


def minutes_of_the_test(text):
    return float(re.search(r"\d+ tests in ([\d.]+) minutes", text)[1])


def test_every_notebook_keeps_its_limits():
    assert over_the_limits(page()) == [], "shorten it, or measure anew: python -m authoring status"


def test_the_whole_test_keeps_its_limit():
    assert minutes_of_the_test(page()) <= MOST_MINUTES


def test_the_ten_slowest_cells_and_tests_are_listed():
    for heading in ("## The slowest cells", "## The slowest tests"):
        assert len(re.findall(r"^\| [\d.]+ \|", page().partition(heading)[2].partition("\n## ")[0], re.MULTILINE)) == 10


FIRST = "00_start_here.ipynb"


@pytest.mark.parametrize(
    "numbers", ["60.1 | 1.6 | 410 | 279 | yes", "2.2 | 20.1 | 410 | 279 | yes", "2.2 | 1.6 | 501 | 279 | yes"]
)
def test_a_number_over_its_limit_is_seen(numbers):
    text = re.sub(rf"^\| {FIRST} .*$", f"| {FIRST} | {numbers} |", page(), flags=re.MULTILINE)
    assert over_the_limits(text) == [FIRST]
    assert over_the_limits(text.replace(f"| {FIRST} ", "| other.ipynb "))[-1] == f"{FIRST} was not measured"
