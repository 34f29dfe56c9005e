"""The map of the course: five chapters, the question of each, their lessons, and what each lesson needs first.

Data types, in words
    Chapter     a number, a name, its question, a colour and its lessons
    Lesson      a number such as "1.2", a short name, and the numbers of the lessons that it needs
"""

from __future__ import annotations

from typing import NamedTuple

from lmcourse.plots import PALETTE, figure

from .figures import show


class Lesson(NamedTuple):
    number: str
    name: str
    needs: tuple[str, ...] = ()  # none: it begins after the start page


class Chapter(NamedTuple):
    number: int
    name: str
    question: str
    colour: str
    lessons: tuple[Lesson, ...]


CHAPTERS = (
    Chapter(1, "Saddle points", "What stops descent,\nif not a minimum?", PALETTE["blue"], (
        Lesson("1.1", "Critical points"),
        Lesson("1.2", "High dimension", ("1.1",)),
        Lesson("1.3", "Escaping", ("1.1",)),
        Lesson("1.4", "The straight line", ("1.1",)))),
    Chapter(2, "Blind spots", "Can a few points trap\na network for ever?", PALETTE["vermilion"], (
        Lesson("2.1", "Ten points"),
        Lesson("2.2", "ReLU blind spots"),
        Lesson("2.3", "Dead layers"))),
    Chapter(3, "Deep linear networks", "What does depth do\nwhen nothing is bent?", PALETTE["green"], (
        Lesson("3.1", "No poor local minima"),
        Lesson("3.2", "Bad saddles", ("3.1",)),
        Lesson("3.3", "Starting at the identity", ("3.2",)))),
    Chapter(4, "Over-parameterization", "How many spare\nneurons clear the way?", PALETTE["grey"], (
        Lesson("4.1", "Spurious minima"),
        Lesson("4.2", "A proof by computer", ("4.1",)),
        Lesson("4.3", "Quadratic activation", ("4.1",)),
        Lesson("4.4", "How many minima", ("4.1",)))),
    Chapter(5, "CNN width", "Is the width you have\nenough already?", PALETTE["purple"], (
        Lesson("5.1", "Width you already have"),
        Lesson("5.2", "Width smooths", ("5.1", "3.2")))),
)  # fmt: skip
BOX_WIDTH, LESSON_HEIGHT = 0.95, 0.8  # in widths of a column and heights of a row


def course_map() -> None:
    """Show the map of the course.

    >>> course_map()
    [picture] The five chapters and their lessons, in reading order. Under a lesson stands what it needs first.
    """
    fig, ax = figure(11.2, 4.9)
    draw_map(ax)
    chapters = "; ".join(
        f"chapter {chapter.number}, {chapter.name}: "
        + ", ".join(f"{each.number} {each.name}" for each in chapter.lessons)
        for chapter in CHAPTERS
    )
    show(
        fig,
        caption="The five chapters and their lessons, in reading order. Under a lesson stands what it needs first.",
        alt=f"Five columns of boxes from left to right. {chapters}. Under each chapter's name stands its question.",
    )


def draw_map(ax) -> None:
    """Draw a column for each chapter, its question at the top and its lessons below, on given axes."""
    for column, chapter in enumerate(CHAPTERS):
        ax.text(
            column, 0.3, f"{chapter.number}  {chapter.name}", ha="center", va="center", weight="bold", fontsize=10.5
        )
        ax.text(column, -0.15, chapter.question, ha="center", va="center", fontsize=10)
        for row, lesson in enumerate(chapter.lessons, start=1):
            _draw_lesson(ax, column, -row, lesson, chapter.colour)
    ax.set(xlim=(-0.5, len(CHAPTERS) - 0.5), ylim=(-4.5, 0.55))
    ax.set_axis_off()


def _draw_lesson(ax, across: float, up: float, lesson: Lesson, colour: str) -> None:
    from matplotlib.patches import FancyBboxPatch

    corner = (across - BOX_WIDTH / 2, up - LESSON_HEIGHT / 2)
    ax.add_patch(FancyBboxPatch(corner, BOX_WIDTH, LESSON_HEIGHT, boxstyle="round,pad=0,rounding_size=0.06",
                                facecolor="white", edgecolor=colour, linewidth=2.2))  # fmt: skip
    ax.text(across, up + 0.14, f"{lesson.number}  {lesson.name}", ha="center", va="center", fontsize=10)
    before = "after " + " and ".join(lesson.needs) if lesson.needs else "needs no other lesson"
    ax.text(across, up - 0.2, before, ha="center", va="center", fontsize=9.5, color=PALETTE["grey"])
