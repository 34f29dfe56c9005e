"""The map of the course: five chapters, the question of each, and what leads from one to the next.

Data types, in words
    Chapter     a name, its question, the finding it turns on, and where it stands on the map
"""

from __future__ import annotations

from typing import NamedTuple

from lmcourse.plots import PALETTE, figure

from .figures import show


class Chapter(NamedTuple):
    number: int
    name: str
    question: str
    across: float  # centre on the map, in widths of a chapter's box
    up: float  # in heights of a chapter's box
    colour: str


CHAPTERS = (
    Chapter(1, "Saddle points", "What stops descent,\nif not a minimum?", 0.0, 1.0, PALETTE["blue"]),
    Chapter(2, "Blind spots", "Can a few points trap\na network for ever?", 1.0, 1.9, PALETTE["vermilion"]),
    Chapter(3, "Deep linear networks", "What does depth do\nwhen nothing is bent?", 1.0, 0.1, PALETTE["green"]),
    Chapter(4, "Over-parameterization", "How many spare\nneurons clear the way?", 2.0, 1.0, PALETTE["orange"]),
    Chapter(5, "CNN width", "Is the width you have\nenough already?", 3.0, 1.0, PALETTE["purple"]),
)
PATHS = ((1, 2), (1, 3), (2, 4), (3, 4), (4, 5))
BOX_WIDTH, BOX_HEIGHT = 0.9, 0.74


def course_map() -> None:
    """Show the map of the course.

    >>> course_map()
    [picture] The five chapters. Arrows say what helps to know first; every chapter can be entered on its own.
    """
    fig, ax = figure(10.4, 3.7)
    draw_map(ax)
    show(
        fig,
        caption="The five chapters. Arrows say what helps to know first; every chapter can be entered on its own.",
        alt="Five boxes joined by arrows from left to right: chapter 1, saddle points, leads to chapter 2, blind spots, and to "
        "chapter 3, deep linear networks; both lead to chapter 4, over-parameterization, and that to chapter 5, CNN width. "
        "Under each name stands the question of the chapter.",
    )


def draw_map(ax) -> None:
    """Draw boxes for the chapters, and arrows between them, on given axes."""
    from matplotlib.patches import FancyBboxPatch

    places = {chapter.number: (chapter.across, chapter.up) for chapter in CHAPTERS}
    for chapter in CHAPTERS:
        corner = (chapter.across - BOX_WIDTH / 2, chapter.up - BOX_HEIGHT / 2)
        ax.add_patch(FancyBboxPatch(corner, BOX_WIDTH, BOX_HEIGHT, boxstyle="round,pad=0,rounding_size=0.06",
                                    facecolor="white", edgecolor=chapter.colour, linewidth=2.5))  # fmt: skip
        ax.text(
            chapter.across,
            chapter.up + 0.17,
            f"{chapter.number}  {chapter.name}",
            ha="center",
            va="center",
            weight="bold",
        )
        ax.text(chapter.across, chapter.up - 0.12, chapter.question, ha="center", va="center", fontsize=11)
    for first, then in PATHS:
        (x0, y0), (x1, y1) = places[first], places[then]
        start, end = (
            (x0 + BOX_WIDTH / 2 + 0.01, y0 + 0.2 * (y1 - y0)),
            (x1 - BOX_WIDTH / 2 - 0.01, y1 - 0.2 * (y1 - y0)),
        )
        ax.annotate(
            "", xy=end, xytext=start, arrowprops={"arrowstyle": "-|>", "color": PALETTE["grey"], "linewidth": 1.8}
        )
    ax.set(xlim=(-0.48, 3.48), ylim=(-0.32, 2.32))
    ax.set_axis_off()
