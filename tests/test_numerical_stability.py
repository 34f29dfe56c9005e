"""The tables of docs/numerical_stability.md hold: every number is measured again and must be of the same size."""

import math

import pytest

from benchmarks.numerical_stability import PAGE, tables

ROUNDING = {"float64": 3e-16, "float32": 1e-7}  # what is smaller is as good as zero
FACTOR = 30  # between machines


@pytest.fixture(scope="module")
def measured():
    return tables()


def rows(text):
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.strip().splitlines() if line[0] == "|"
    ]


@pytest.mark.parametrize("name", ["angles", "cancellation", "refine", "zeros"])
def test_the_page_says_what_is_measured(measured, name):
    stored = PAGE.read_text(encoding="utf-8").partition(f"<!-- {name} -->\n")[2].partition("<!-- end of")[0]
    stored, found = rows(stored), rows(measured[name])
    assert len(stored) == len(found) > 3 and stored[:2] == found[:2], "run: python benchmarks/numerical_stability.py"
    for old, new in zip(stored[2:], found[2:], strict=True):
        dtype = next(cell for cell in old if cell in ROUNDING)
        for column, before, now in zip(found[0], old, new, strict=True):
            if not is_number(before):
                assert before == now or (dtype == "float32" and column == "classify says")
            else:
                assert same_size(float(before), float(now), ROUNDING[dtype]), (name, column, old, new)


def is_number(cell):
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def same_size(before, now, rounding):
    before, now = max(before, rounding), max(now, rounding)
    return before / FACTOR <= now <= FACTOR * before


def test_double_precision_keeps_what_the_page_promises(measured):
    for row in rows(measured["angles"])[2:]:
        limit = 2e-15 if row[1] == "float64" else 2e-6
        assert all(float(error) < limit for error in row[2:5]), row
    assert {row[-1] for row in rows(measured["angles"]) if row[0] == "0"} == {
        "nan"
    }  # automatic differentiation at parallel neurons
    for row in rows(measured["zeros"])[2:]:
        if row[2] == "float64":
            assert float(row[3]) < 1e-12 and float(row[4]) > 1e-6 and not row[5].endswith("saddle"), row
