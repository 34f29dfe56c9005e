"""The rules of a lesson, looked at in every notebook of the course."""

import pytest

from authoring.check import course_problems, drift, exercise_problems, leak_problems, orphans, pages
from authoring.course_lints import lint_links
from authoring.lints import lint
from authoring.normalise import WIDGET_VIEW
from authoring.notebook import COMPARED_TAG, to_text
from authoring.output_lints import lint_outputs
from authoring.page import has_picture
from authoring.places import ROOT, START, targets

TARGETS = targets(ROOT)


@pytest.fixture(params=TARGETS, ids=lambda target: target.notebook)
def target(request):
    return request.param


@pytest.fixture
def page(target):
    found = list(pages([target], ROOT))
    assert found, f"{target.notebook} is missing or unreadable; python3 course.py build {target.notebook} makes it"
    return found[0]


def require_none(problems):
    problems = [str(problem) for problem in problems]
    assert not problems, "\n" + "\n".join(problems)


def test_the_course_has_a_start_page():
    assert f"{START}.ipynb" in [target.notebook for target in TARGETS]


def test_notebook_equals_its_source(target):
    require_none(drift(target, ROOT))


def test_structure_and_words(page):
    require_none(lint(page))


def test_stored_outputs(page):
    require_none(lint_outputs(page))


def test_links(page):
    require_none(lint_links(page, ROOT))


def test_exercises(target):
    require_none(exercise_problems([target], ROOT))


def test_headlines_have_text_to_compare(page):
    """A compared cell without a stored output would pass nbval in silence."""
    for cell in page.tagged("headline"):
        assert COMPARED_TAG in cell.metadata.tags
        if page.target.executed:
            assert cell.outputs and all(
                output.output_type == "stream" or "text/plain" in output.data for output in cell.outputs
            )


def test_a_reader_without_a_kernel_sees_pictures(page):
    """Fresh clone, nothing trusted, nothing run."""
    assert WIDGET_VIEW not in to_text(page.notebook)
    if page.target.kind in ("start", "chapter"):
        assert any(has_picture(cell) for cell in page.of_kind("code"))


def test_no_notebook_without_a_source():
    require_none(orphans(TARGETS, ROOT))


def test_solutions_stay_hidden():
    require_none(leak_problems(TARGETS, ROOT))


def test_course_as_a_whole():
    require_none(course_problems(TARGETS, ROOT))
