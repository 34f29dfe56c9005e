"""Explorers without a browser: every setting gives a picture and words, and only the main loop ever draws."""

import asyncio
import random
import re
import statistics
import threading
import time

import numpy as np
import pytest
import traitlets
from matplotlib.figure import Figure

from lmcourse import widgets
from lmcourse.lesson.figures import png
from lmcourse.networks.surfaces import surface, surface_names
from lmcourse.widgets import Explorer, SurfaceExplorer
from lmcourse.widgets.controls import Button, Select, Slider
from lmcourse.widgets.picture import Words
from lmcourse.widgets.surface import descend

EXPLORERS = [getattr(widgets, name) for name in widgets.__all__ if name != "Explorer"]


def sliders_and_selects(explorer):
    return [knob for knob in explorer.knobs if isinstance(knob, (Slider, Select))]


def assert_shows_something(explorer):
    assert explorer.picture.problem == ""
    assert explorer.picture.png.startswith(b"\x89PNG")
    assert len(explorer.picture.alt) >= 40
    assert explorer.picture.readout


@pytest.fixture
def explorer():
    explorer = SurfaceExplorer()
    yield explorer
    explorer.close()


class CountState(traitlets.HasTraits):
    size = traitlets.Float(1.0)
    broken = traitlets.Bool(False)

    @traitlets.validate("size")
    def _not_negative(self, proposal):
        if proposal["value"] < 0:
            raise traitlets.TraitError(f"The size must be positive, but {proposal['value']:g} came.")
        return proposal["value"]


class CountExplorer(Explorer):
    """A small explorer that notes when and where it draws."""

    State = CountState
    width, height = 1.0, 1.0

    def __init__(self, pause: float = 0.0):
        self.pause, self.drawn, self.threads, self.at_once, self.most_at_once = pause, [], set(), 0, 0
        self.finished = []
        super().__init__()

    def controls(self):
        return [self.tie(Slider("Size", [-1, 0, 1, 2]), "size"), self.stop_button]

    def compute(self):
        if self.state.broken:
            raise ValueError("the matrix is singular.")
        return self.state.size

    def draw(self, figure, result):
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(self.pause)
        figure.add_subplot().plot([0, result])
        self.drawn.append(result)
        self.threads.add(threading.current_thread())
        self.at_once -= 1

    def words(self, result):
        return Words(f"A line from zero up to the size, which is {result:g}.", f"Size {result:g}.")


def as_in_a_notebook(reader, kind=SurfaceExplorer, **settings):
    """Let a reader (a coroutine of one explorer) act as in a notebook: changes are drawn when the loop is free."""

    async def notebook():
        explorer = kind(**settings)
        await reader(explorer)
        explorer.close()

    asyncio.run(notebook())


async def go_to_extremes(explorer):
    for knob in sliders_and_selects(explorer):
        middle = knob.position
        for position in (0, len(knob.texts) - 1):
            knob.position = position
            await asyncio.sleep(0)
            assert_shows_something(explorer)
        knob.position = middle


@pytest.mark.parametrize("kind", EXPLORERS)
def test_extreme_values_of_every_control(kind):
    as_in_a_notebook(go_to_extremes, kind)


@pytest.mark.parametrize("name", surface_names())
def test_extreme_values_on_every_surface(name):
    as_in_a_notebook(go_to_extremes, surface=name)


@pytest.mark.parametrize("kind", EXPLORERS)
def test_twenty_random_settings(kind):
    chance = random.Random(0)

    async def reader(explorer):
        for _ in range(20):
            for knob in sliders_and_selects(explorer):
                knob.position = chance.randrange(len(knob.texts))
            await asyncio.sleep(0)
            assert_shows_something(explorer)

    as_in_a_notebook(reader, kind)


def test_controls_and_state_agree(explorer):
    chance = random.Random(1)
    for _ in range(3):
        for knob in sliders_and_selects(explorer):
            knob.position = chance.randrange(len(knob.texts))
        assert [knob.value for knob in sliders_and_selects(explorer)] == [
            getattr(explorer.state, name) for name in ("surface", "x", "y", "step_size", "steps", "method")
        ]


def test_two_fast_changes_are_one_drawing_of_the_last():
    async def reader(explorer):
        pictures = []
        explorer.picture.observe(lambda change: pictures.append(change["new"]), "png")
        explorer.state.x = 1.0
        explorer.state.x = 2.0
        await asyncio.sleep(0)
        assert len(pictures) == 1
        assert "from (2.00," in explorer.picture.alt

    as_in_a_notebook(reader)


def test_picture_description_and_readout_follow_the_state(explorer):
    seen = set()
    for x in (-1.0, 0.0, 1.0):
        explorer.state.x = x
        seen.add((explorer.picture.png, explorer.picture.alt, explorer.picture.readout))
        assert explorer.start_sliders[0].shown == f"{x:.2f}"
    assert all(len(set(each)) == 3 for each in zip(*seen, strict=True))


def test_known_ends_are_called_by_name():
    assert descend("himmelblau", 3.0, 2.0, 0.01, 10).kind == "strict minimum"
    assert descend("quadratic saddle", 1.0, 0.0, 0.5, 100).kind == "strict saddle"
    assert descend("rosenbrock", -1.2, 1.0, 0.001, 5).kind == "not critical"
    assert descend("rosenbrock", -1.2, 1.0, 0.1, 5).diverged


def test_divergence_is_said_in_words_with_a_remedy_that_fits():
    explorer = SurfaceExplorer(surface="rosenbrock", step_size=1.0)
    readout = explorer.picture.readout
    assert re.match(r"From .*: DIVERGED after \d+ steps of size 1\. .* try a step size below 1\.$", readout)
    explorer.state.surface = "quadratic saddle"
    assert explorer.picture.readout.endswith("this surface has no lowest point.")
    explorer.close()


@pytest.mark.parametrize(("setting", "complaint"), [
    ({"surface": "atlantis"}, "There is no surface 'atlantis'; choose one of: quadratic saddle,"),
    ({"method": "magic"}, "There is no method 'magic'"),
    ({"x": 99.0}, "start x must lie between -5 and 5, but 99 came"),
    ({"y": float("nan")}, "start y must lie between -5 and 5, but nan came"),
    ({"step_size": -0.1}, "step size must lie between 0.0001 and 1, but -0.1 came"),
    ({"steps": 10**9}, "number of steps must lie between 0 and 500"),
])  # fmt: skip
def test_bad_settings_are_refused_in_words(explorer, setting, complaint):
    with pytest.raises(traitlets.TraitError, match=re.escape(complaint)):
        SurfaceExplorer(**setting)
    before = explorer.state.trait_values()
    for name, value in setting.items():
        with pytest.raises(traitlets.TraitError, match=re.escape(complaint)):
            setattr(explorer.state, name, value)
    assert explorer.state.trait_values() == before


def test_what_the_state_refuses_is_said_and_taken_back():
    explorer = CountExplorer()
    slider = explorer.knobs[0]
    slider.position = 0
    assert explorer.picture.problem == "The size must be positive, but -1 came."
    assert (slider.value, explorer.state.size) == (1, 1)
    slider.position = 3
    assert (explorer.picture.problem, explorer.picture.readout) == ("", "Size 2.")


def test_errors_are_shown_in_words_and_go_away():
    explorer = CountExplorer()
    explorer.state.broken = True
    assert "cannot be shown: the matrix is singular. The picture is still that" in explorer.picture.problem
    explorer.reset()
    assert explorer.picture.problem == ""


def test_messages_from_the_browser_are_kept_in_bounds():
    slider = Slider("Step size", [0.01, 0.1, 1.0], value=0.1)
    slider.set_state({"position": 99})
    assert slider.value == 1.0
    slider.set_state({"position": -5})
    assert slider.value == 0.01
    slider.value = 0.09
    assert (slider.position, slider.shown) == (1, "0.09"), "a value between two positions is shown as it is"
    with pytest.raises(traitlets.TraitError, match="offers a, b, but 'c' came"):
        Select("Letter", ["a", "b"]).value = "c"


def test_reset_returns_to_the_first_settings():
    explorer = SurfaceExplorer(surface="octopus", x=1.0, y=2.0, steps=7)
    first = explorer.state.trait_values()
    explorer.state.surface = "monkey saddle"
    explorer.state.steps = 100
    explorer.reset()
    assert explorer.state.trait_values() == first
    assert "From (1.00, 2.00): 7 steps" in explorer.picture.readout
    explorer.close()


def test_new_surface_brings_its_own_start_and_sliders(explorer):
    for name in surface_names():
        explorer.state.surface = name
        for axis, slider in enumerate(explorer.start_sliders):
            low, high = surface(name).window[axis]
            assert (slider.values[0], slider.values[-1]) == (low, high)
            assert low <= slider.value <= high


def test_click_on_the_map_sets_the_start(explorer):
    explorer.picture.set_state({"pointer": [0.27, 0.465]})
    assert (round(explorer.state.x, 6), round(explorer.state.y, 6)) == (0.0, 0.0)
    before = explorer.state.trait_values()
    for outside in ([0.9, 0.5], [0.02, 0.5], [7.0, -3.0], []):
        explorer.picture.set_state({"pointer": outside})
    assert explorer.state.trait_values() == before


@pytest.mark.parametrize("kind", EXPLORERS)
def test_every_control_has_a_name_of_its_own(kind):
    explorer = kind()
    names = [knob.get_state()["label"] for knob in explorer.knobs]  # what the browser gets
    assert all(names)
    assert len(set(names)) == len(names)
    assert names[-1] == "Reset"
    explorer.close()


@pytest.mark.parametrize("kind", EXPLORERS)
def test_stored_notebooks_hold_picture_and_words(kind):
    explorer = kind()
    data = explorer._repr_mimebundle_()
    assert set(data) == {"text/html", "text/plain", "application/vnd.jupyter.widget-view+json"}
    assert re.match(r'<img alt="[^"]{40,}" src="data:image/png;base64,\w', data["text/html"])
    assert explorer.picture.readout in data["text/html"]
    assert explorer.picture.alt in data["text/plain"]
    explorer.close()


def test_burst_from_another_thread_is_drawn_once_and_by_the_main_loop():
    async def notebook():
        explorer = CountExplorer(pause=0.01)
        explorer.drawn.clear()

        def drag():
            for size in range(1, 101):
                explorer.state.size = size

        for _ in range(2):  # two readers at once
            threading.Thread(target=drag).start()
        time.sleep(0.3)  # noqa: ASYNC251  (a cell runs: the loop is busy, and nothing may be drawn)
        assert explorer.drawn == []
        await asyncio.sleep(0.2)
        return explorer

    explorer = asyncio.run(notebook())
    assert explorer.drawn == [100], "the last setting, once"
    assert explorer.threads == {threading.main_thread()}


def test_changes_while_drawing_are_drawn_after_it_and_never_at_once():
    async def notebook():
        explorer = CountExplorer(pause=0.02)

        def drag():
            for size in range(1, 41):
                explorer.state.size = size
                time.sleep(0.005)

        dragging = threading.Thread(target=drag)
        dragging.start()
        while dragging.is_alive():
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        return explorer

    explorer = asyncio.run(notebook())
    assert explorer.most_at_once == 1
    assert explorer.threads == {threading.main_thread()}
    assert explorer.drawn[-1] == 40
    assert explorer.picture.readout == "Size 40."
    assert 3 < len(explorer.drawn) < 35


def test_without_a_loop_threads_draw_one_after_another():
    explorer = CountExplorer(pause=0.005)
    threads = [threading.Thread(target=setattr, args=(explorer.state, "size", size)) for size in range(2, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert explorer.most_at_once == 1


def count_until_stopped(run):
    number = 0
    while not run.stopping.wait(0.005):
        number += 1
        run.report(f"{number} steps")
    return number


def wait_for(condition, seconds=5.0):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    assert condition()


def test_stop_ends_a_run_and_shows_what_it_did():
    explorer = CountExplorer()
    reports = []
    explorer.picture.observe(lambda change: reports.append(change["new"]), "progress")
    assert explorer.stop_button.disabled
    explorer.start(count_until_stopped, explorer.finished.append)
    assert not explorer.stop_button.disabled
    time.sleep(0.7)
    explorer.stop_button.press()
    wait_for(lambda: explorer.finished)
    assert explorer.finished[0] > 5
    assert explorer.stop_button.disabled
    assert reports[-1] == ""
    assert 1 <= len([text for text in reports if text]) <= 4, "at most five reports a second"


def test_new_start_replaces_the_old_and_close_ends_everything():
    explorer = CountExplorer()
    explorer.start(count_until_stopped, lambda result: explorer.finished.append("old"))
    old = explorer._run
    explorer.start(count_until_stopped, lambda result: explorer.finished.append("new"))
    assert old.wait(5)
    new = explorer._run
    drawn = len(explorer.drawn)
    explorer.close()
    assert new.wait(5)
    assert explorer.finished == []
    explorer.state.size = 2.0
    assert len(explorer.drawn) == drawn, "a closed explorer draws nothing"
    assert all(knob.comm is None for knob in (*explorer.knobs, explorer.picture, explorer))


def test_reset_drops_a_run_and_a_failing_run_says_why():
    explorer = CountExplorer()
    explorer.start(count_until_stopped, explorer.finished.append)
    run = explorer._run
    explorer.reset()
    assert run.wait(5)
    assert explorer.finished == []

    def fail(run):
        raise ValueError("no network has 0 neurons.")

    explorer.start(fail, explorer.finished.append)
    wait_for(lambda: explorer.picture.problem == "The run ended early: no network has 0 neurons.")
    assert explorer.stop_button.disabled


def test_button_calls_its_action_unless_disabled():
    pressed = []
    button = Button("Go", lambda: pressed.append(1))
    button._handle_custom_msg({"pressed": True}, [])
    button.disabled = True
    button._handle_custom_msg({"pressed": True}, [])
    assert pressed == [1]


def plain_picture():
    """A map of heights beside a line: what an explorer draws at the least."""
    figure = Figure(figsize=(9.6, 4.2))
    heights, line = figure.subplots(1, 2)
    heights.contourf(np.add.outer(np.linspace(-1, 1, 50) ** 2, np.linspace(-1, 1, 50) ** 2))
    line.plot(np.linspace(0, 1, 50), label="a line")
    line.legend()
    png(figure)


def seconds_of(work) -> float:
    begin = time.thread_time()
    work()
    return time.thread_time() - begin


@pytest.mark.parametrize("kind", EXPLORERS)
def test_redraw_is_fast_enough_to_follow_a_slider(kind):
    """At most 200 ms for computed data on a machine that needs 50 ms for a plain picture; both are measured in turns."""
    explorer = kind()
    pairs = [(seconds_of(explorer._render), seconds_of(plain_picture)) for _ in range(5)]
    redraw, plain = map(statistics.median, zip(*pairs, strict=True))
    assert redraw < 4 * plain
    explorer.close()
