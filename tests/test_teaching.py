"""The map of the course and the teacher's notes: needs and minutes that agree with the lessons, and add up."""

import re
from pathlib import Path

import pytest

from lmcourse.lesson.course_map import CHAPTERS

REPOSITORY = Path(__file__).parent.parent
TEACHING = REPOSITORY / "docs" / "teaching"
NOTES = {path.name.split("_")[0]: path for path in sorted(TEACHING.glob("[1-9].[1-9]_*.md"))}
ROW = re.compile(r"^\| (?P<part>[^|]+?) \| \**(?P<alone>\d+)\** \| \**(?P<lecture>\d+)\** \|", re.MULTILINE)


def rows(lesson):
    """{part: (minutes alone, minutes in a lecture)} of a lesson's notes, the row of the sum included."""
    text = NOTES[lesson].read_text(encoding="utf-8")
    return {found["part"]: (int(found["alone"]), int(found["lecture"])) for found in ROW.finditer(text)}


def split(lesson):
    """The rows of the main line, the one of their sum, and those of the extra parts."""
    parts = rows(lesson)
    total = parts.pop("**sum**")
    extra = {part: parts.pop(part) for part in list(parts) if part.startswith("Extra")}
    return parts, total, extra


def source(lesson):
    chapter, number = lesson.split(".")
    return next((REPOSITORY / "sources" / "chapters").glob(f"{chapter}_*/{number}_*.py")).read_text(encoding="utf-8")


def test_every_lesson_has_notes():
    lessons = {
        f"{path.parent.name.split('_')[0]}.{path.name.split('_')[0]}"
        for path in (REPOSITORY / "chapters").glob("*/*.ipynb")
    }
    assert lessons == set(NOTES)


@pytest.mark.parametrize("lesson", NOTES)
def test_minutes_of_the_parts_add_up(lesson):
    main, total, _ = split(lesson)
    assert total == (sum(alone for alone, _ in main.values()), sum(lecture for _, lecture in main.values()))


@pytest.mark.parametrize("lesson", NOTES)
def test_the_lesson_promises_the_minutes_of_its_notes(lesson):
    _, (alone, _), extra = split(lesson)
    promised = re.search(
        r"^# \| To read \| (\d+) minutes, and (\d+) for the .*extra parts? \|$", source(lesson), re.MULTILINE
    )
    assert promised, f"{lesson}: expected '| To read | N minutes, and M for the extra part |'"
    assert (int(promised[1]), int(promised[2])) == (alone, sum(minutes for minutes, _ in extra.values()))


def part(lesson, heading):
    """The text of one section of the notes."""
    return NOTES[lesson].read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("lesson", NOTES)
def test_the_notes_have_what_a_lecturer_needs(lesson):
    """What to run live, what a class gets wrong, what to do when something fails, what to assign."""
    assert re.search(r"^\| part \| alone \| lecture \| .*live", part(lesson, "Minutes"), re.MULTILINE)
    assert len(re.findall(r"^\d\. \*\*", part(lesson, "Three things a class gets wrong"), re.MULTILINE)) == 3
    fallback = part(lesson, "When something fails")
    assert "network" in fallback and "projector" in fallback
    assert len(re.findall(r"^\| [^|-]+ \|", part(lesson, "Which exercises to assign"), re.MULTILINE)) >= 3


ROUTES = TEACHING / "README.md"
STOP = re.compile(
    r"^\| \[(?P<lesson>\d\.\d)\]\((?P<link>[^)]+)\) \| (?P<parts>[^|]+?) \| (?P<minutes>\d+) \|", re.MULTILINE
)
ROUTE = re.compile(r"^### (?P<name>.+)$", re.MULTILINE)


def routes():
    """{name of a route: its text}."""
    text = ROUTES.read_text(encoding="utf-8")
    pieces = ROUTE.split(text)[1:]
    return {name: body.partition("\n## ")[0] for name, body in zip(pieces[::2], pieces[1::2], strict=True)}


@pytest.mark.parametrize("name", routes() if ROUTES.exists() else [])
def test_the_minutes_of_a_route_are_those_of_the_notes(name):
    stops, total = list(STOP.finditer(routes()[name])), 0
    assert stops, f"the route {name!r} names no lesson"
    for stop in stops:
        parts = rows(stop["lesson"])
        named = split(stop["lesson"])[0] if stop["parts"] == "the main line" else stop["parts"].split("; ")
        unknown = [part for part in named if part not in parts]
        assert not unknown, f"{stop['lesson']} has no part {unknown}; it has {list(parts)}"
        assert int(stop["minutes"]) == sum(parts[part][1] for part in named), stop["lesson"]
        assert (TEACHING / stop["link"]).exists(), stop["link"]
        total += int(stop["minutes"])
    promised = re.search(r"^\| \*\*sum\*\* \| .*\| \*\*(\d+)\*\* \|", routes()[name], re.MULTILINE)
    assert promised and int(promised[1]) == total, f"{name}: the sum is {total}"


def test_the_minutes_of_a_learner_are_those_of_the_notes_and_exercises():
    table = ROUTES.read_text(encoding="utf-8").partition("## What a learner needs alone")[2]
    found = re.findall(r"^\| \**([\w.]+)\** \| \**(\d+)\** \| \**(\d+)\** \| \**(\d+)\** \|", table, re.MULTILINE)
    minutes = {name: tuple(map(int, numbers)) for name, *numbers in found}
    total = minutes.pop("sum")
    assert total == tuple(map(sum, zip(*minutes.values(), strict=True)))
    assert set(minutes) == set(NOTES)
    for lesson, (reading, extra, tasks) in minutes.items():
        _, (alone, _), extras = split(lesson)
        assert (reading, extra) == (alone, sum(those for those, _ in extras.values())), lesson
        assert tasks == exercise_minutes(lesson), lesson


def exercise_minutes(lesson):
    """The minutes of all tasks: the first line of a notebook may promise their sum, too."""
    chapter, number = lesson.split(".")
    text = next((REPOSITORY / "sources" / "exercises").glob(f"{chapter}_*/{number}_*.py")).read_text(encoding="utf-8")
    first, *others = map(int, re.findall(r"(\d+) minutes", text))
    return first if first == sum(others) else first + sum(others)


ASSIGNED = re.compile(r"^\| (?:in class|homework), (\d+) minutes \| (.+?) \|$", re.MULTILINE)


@pytest.mark.parametrize("lesson", NOTES)
def test_the_minutes_of_assigned_exercises_are_those_of_their_tasks(lesson):
    """In class and homework together are the four tasks with a check, each once; minutes are not rounded."""
    chapter, number = lesson.split(".")
    exercises = next((REPOSITORY / "sources" / "exercises").glob(f"{chapter}_*/{number}_*.py")).read_text("utf-8")
    minutes = dict(re.findall(r"^# ## Task (\d)[^\n]*\n#\n# \*(\d+) minutes", exercises, re.MULTILINE))
    assigned = []
    for promised, words in ASSIGNED.findall(part(lesson, "Which exercises to assign")):
        tasks = re.findall(r"\b[1-5]\b", re.sub(r"\([^)]*\)", "", words))
        assert int(promised) == sum(int(minutes[task]) for task in tasks), f"{lesson}, tasks {tasks}"
        assigned += tasks
    assert sorted(assigned) == ["1", "2", "3", "4"]


def test_there_is_a_route_for_each_length():
    lengths = " ".join(routes()).lower()
    assert all(length in lengths for length in ("50 minutes", "90 minutes", "half a day", "full course"))


@pytest.mark.parametrize("name", NOTES)
def test_links_of_the_notes(name):
    for link in re.findall(r"\]\(([^)#\s]+)", NOTES[name].read_text(encoding="utf-8")):
        assert link.startswith("http") or (TEACHING / link).exists(), link


def test_the_map_says_what_each_lesson_says_it_needs():
    """The arrows of thought on the map are the links in the lessons' own row "You need first"."""
    for chapter in CHAPTERS:
        for lesson in chapter.lessons:
            _, _, row = source(lesson.number).partition("# | You need first |")
            links = re.findall(r"\]\((?:\.\./(\d)_\w+/|)(\d)_\w+\.ipynb", row.partition("\n")[0])
            assert {f"{other or chapter.number}.{number}" for other, number in links} == set(lesson.needs), lesson
    assert [lesson.number for chapter in CHAPTERS for lesson in chapter.lessons] == list(NOTES)
