"""Handles on pictures: they move by messages of the browser, stay inside their axes, and every picture shows where they are."""

import asyncio
import random

import pytest
import traitlets
from samples.explorers import drag

from lmcourse import widgets
from lmcourse.widgets.picture import Words
from lmcourse.widgets.pointer import Handle, Plane, PointerExplorer

EXPLORERS = [getattr(widgets, name) for name in widgets.__all__]
WITH_HANDLES = [kind for kind in EXPLORERS if issubclass(kind, PointerExplorer)]


class PairState(traitlets.HasTraits):
    x = traitlets.Float(1.0)
    y = traitlets.Float(2.0)
    level = traitlets.Float(5.0)

    @traitlets.validate("level")
    def _not_seven(self, proposal):
        if proposal["value"] > 7:
            raise traitlets.TraitError("The level must be at most 7.")
        return proposal["value"]


class PairExplorer(PointerExplorer):
    """A point that moves in the plane, and a level that moves up and down."""

    State = PairState
    width, height = 2.0, 2.0
    plane = Plane(0.2, 0.2, 0.6, 0.6, xlim=(-3, 3), ylim=(0, 10))

    def controls(self):
        return []

    def handles(self):
        state = self.state
        return [
            Handle("point", state.x, state.y, f"x {state.x:.2f}, y {state.y:.2f}"),
            Handle("level", 0.0, state.level, f"{state.level:.2f}", step=(0, 0.5)),
        ]

    def handle_moved(self, number, x, y):
        if number == 0:
            self.state.x, self.state.y = x, y
        else:
            self.state.level = y

    def compute(self):
        return self.state.x, self.state.y

    def draw(self, figure, result):
        self.plane.axes(figure).plot(*result, "o")

    def words(self, result):
        return Words(f"A dot at {result[0]:.2f}, {result[1]:.2f} in a small plane.", "A dot.")


@pytest.fixture
def explorer():
    explorer = PairExplorer()
    yield explorer
    explorer.close()


def test_a_moved_handle_changes_the_state_and_is_shown_where_it_is(explorer):
    drag(explorer, 0, -1.5, 7.5)
    assert (explorer.state.x, explorer.state.y) == pytest.approx((-1.5, 7.5))
    shown = explorer.picture.handles[0]
    assert (shown["x"], shown["y"]) == pytest.approx(explorer.plane.to_picture(-1.5, 7.5))
    assert shown["said"] == "x -1.50, y 7.50" and explorer.picture.answered == 1
    assert "-1.50, 7.50" in explorer.picture.alt


def test_handles_stay_inside_their_axes(explorer):
    drag(explorer, 0, 99, -99)
    assert (explorer.state.x, explorer.state.y) == (3, 0)


def test_a_handle_that_is_held_in_one_direction_says_so(explorer):
    level = explorer.picture.handles[1]
    low, high, left, right = level["room"]
    assert level["step"] == [0, pytest.approx(0.03)] and left == right == level["x"] and low < high


def test_what_the_state_refuses_is_said_and_the_handle_goes_back(explorer):
    before = explorer.picture.handles
    drag(explorer, 1, 0, 9)
    assert explorer.picture.answered == 1 and explorer.picture.handles == before
    assert "at most 7" in explorer.picture.problem


@pytest.mark.parametrize(
    "message", [[], [1.0], [1.0, 5.0, 0.5, 0.5], [1.0, -1.0, 0.5, 0.5], [1.0, 0.0, float("nan"), 0.5]]
)
def test_messages_that_make_no_sense_change_nothing(explorer, message):
    before = explorer.state.trait_values()
    explorer.picture.set_state({"moved": message})
    assert explorer.state.trait_values() == before and explorer.picture.problem == ""


def test_a_fast_drag_is_drawn_once_where_it_ends():
    async def notebook():
        explorer, pictures = PairExplorer(), []
        explorer.picture.observe(lambda change: pictures.append(change["new"]), "png")
        for step in range(10):
            drag(explorer, 0, step / 5, 5)
        await asyncio.sleep(0)
        assert len(pictures) == 1 and explorer.picture.answered == 10
        assert explorer.state.x == pytest.approx(1.8)
        explorer.close()

    asyncio.run(notebook())


@pytest.mark.parametrize("kind", WITH_HANDLES)
def test_handles_of_every_explorer(kind):
    """Each has a name of its own; dragged to all corners and anywhere, the picture and its words follow without a problem."""
    chance = random.Random(0)

    async def notebook():
        explorer = kind()
        assert len({handle.name for handle in explorer.handles()}) == len(explorer.handles()) > 0
        (left, right), (low, high) = explorer.plane.xlim, explorer.plane.ylim
        corners = [(x, y) for x in (left, right) for y in (low, high)]
        for number in range(len(explorer.handles())):
            for x, y in [*corners, (chance.uniform(left, right), chance.uniform(low, high))]:
                drag(explorer, number, x, y)
                await asyncio.sleep(0)
                assert explorer.picture.problem == "" and explorer.picture.alt and explorer.picture.readout
        explorer.reset()
        explorer.close()

    asyncio.run(notebook())
