"""The base of every explorer: state -> compute -> draw -> view.

    state     traitlets.HasTraits; its validators refuse what makes no sense, with a sentence
    compute   state -> result; pure, and cached where it costs time
    draw      result -> marks on a fresh matplotlib Figure; pure
    view      labelled controls, and a picture with its description, readout and errors

JupyterLab may deliver a moved slider on another thread while a cell runs, and matplotlib is not thread-safe. So
whoever changes the state only asks for a rendering; the kernel's main loop does it, once for a whole burst.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import ipywidgets
import traitlets
from matplotlib.figure import Figure

from lmcourse.lesson.figures import PIXELS_PER_INCH, png

from .background import Run
from .controls import Button
from .picture import Picture, Words


class Explorer(ipywidgets.VBox):
    """A picture with knobs. A subclass names its `State` and defines `controls`, `compute`, `draw` and `words`.

    A subclass with long work calls `start(work, finished)` and shows `self.stop_button` among its controls.
    """

    State: type[traitlets.HasTraits]
    width, height = 9.0, 4.0  # of the picture, in inches
    clickable = False  # whether clicks on the picture reach `clicked`
    Picture = Picture  # what shows the picture and its words
    _closed = True  # until it is made: Python closes a half-made widget as well

    def controls(self) -> list[ipywidgets.DOMWidget]:
        """The controls, each tied to the state with `tie`."""
        raise NotImplementedError

    def compute(self) -> object:
        """Whatever the picture shows, from `self.state` alone."""
        raise NotImplementedError

    def draw(self, figure: Figure, result: object) -> None:
        """Draw a result on an empty figure."""
        raise NotImplementedError

    def words(self, result: object) -> Words:
        """Say a result in words."""
        raise NotImplementedError

    def clicked(self, x: float, y: float) -> None:
        """The reader clicked on the picture; x from left and y from the bottom, as shares of its size."""

    def __init__(self, **settings):
        self._lock, self._drawing = threading.Lock(), threading.RLock()
        self._asked = False
        self._run: Run | None = None
        self._loop = running_loop()
        self.state = self.State(**settings)
        self._first_values = self.state.trait_values()
        self.picture = self.Picture(width=round(self.width * PIXELS_PER_INCH), clickable=self.clickable)
        self.stop_button = Button("Stop", self.stop, disabled=True)
        self.knobs = [*self.controls(), Button("Reset", self.reset)]
        super().__init__([ipywidgets.Box(self.knobs, layout=KNOB_ROW), self.picture])
        self.add_class("lmcourse-explorer")
        self.state.observe(lambda change: self.ask_for_rendering())
        self.picture.observe(self._take_click, "pointer")
        self._closed = False
        self._render()

    def tie(self, control, name: str):
        """Tie a control to a value of the state, both ways; what the state refuses is said and taken back."""

        def to_state(change) -> None:
            try:
                setattr(self.state, name, change["new"])
            except traitlets.TraitError as refusal:
                self.picture.problem = str(refusal)
                control.value = getattr(self.state, name)

        control.value = getattr(self.state, name)
        control.observe(to_state, "value")
        self.state.observe(lambda change: setattr(control, "value", change["new"]), name)
        return control

    def reset(self) -> None:
        """Back to the settings at the start."""
        self._cancel()
        names = [name for kind in reversed(self.State.__mro__) for name in vars(kind)]
        for name in dict.fromkeys(names):  # in the order of definition: what others depend on stands first
            if name in self._first_values:
                setattr(self.state, name, self._first_values[name])
        self.ask_for_rendering()

    def post(self, action: Callable[[], None]) -> None:
        """Let the kernel's main loop do something; without a running loop (scripts, tests) do it at once."""
        if self._loop is not None and self._loop.is_running():
            self._loop.call_soon_threadsafe(action)
        else:
            action()

    def ask_for_rendering(self) -> None:
        with self._lock:
            if self._asked or self._closed:
                return
            self._asked = True
        self.post(self._render)

    def _render(self) -> None:
        with self._drawing:
            with self._lock:  # a change from here on asks for another rendering
                self._asked = False
            if self._closed:
                return
            try:
                result = self.compute()
                figure = Figure(figsize=(self.width, self.height))
                self.draw(figure, result)
                picture, words = png(figure), self.words(result)
            except Exception as error:  # noqa: BLE001  (the reader sees it where they look, not in a log)
                self.picture.problem = (
                    f"These settings cannot be shown: {error} The picture is still that of the "
                    "settings before. Change a control, or press Reset."
                )
                return
            with self.picture.hold_sync():
                self.picture.png, self.picture.problem = picture, ""
                self.picture.alt, self.picture.readout = words

    def _take_click(self, change) -> None:
        if len(change["new"]) == 2:
            across, down = (min(max(share, 0.0), 1.0) for share in change["new"])
            try:
                self.clicked(across, 1 - down)
            except traitlets.TraitError as refusal:
                self.picture.problem = str(refusal)

    def start(self, work: Callable[[Run], object], finished: Callable[[object], None]) -> None:
        """Begin long work in the background, in place of what runs there; `finished(result)` runs in the main loop."""

        def on_report(text: str) -> None:
            if self._run is run:
                self.picture.progress = text

        def on_end(result: object, error: Exception | None) -> None:
            self.post(lambda: end(result, error))

        def end(result: object, error: Exception | None) -> None:
            if self._run is not run:
                return  # it was cancelled, or another start took its place
            self._cancel()
            if error is None:
                finished(result)
                self.ask_for_rendering()
            else:
                self.picture.problem = f"The run ended early: {error}"

        self._cancel()
        self._run = run = Run(work, on_report, on_end)
        self.stop_button.disabled = False
        run.start()

    def stop(self) -> None:
        """End the work in the background; what it has done so far is shown."""
        if self._run is not None:
            self._run.stop()

    def _cancel(self) -> None:
        """End the work in the background and drop what it has done."""
        self.stop()
        self._run, self.stop_button.disabled, self.picture.progress = None, True, ""

    def close(self) -> None:
        """End everything that belongs to this explorer."""
        if not self._closed:
            self._cancel()
            self._closed = True
            for widget in (*self.knobs, self.stop_button, self.picture, *self.children):
                widget.close()
        super().close()

    def _repr_mimebundle_(self, **kwargs):
        data = super()._repr_mimebundle_(**kwargs)
        text = f"{self.picture.alt}\n{self.picture.readout}"
        return data | {"text/html": self.picture.as_html(), "text/plain": text}


KNOB_ROW = ipywidgets.Layout(flex_flow="row wrap", align_items="flex-end", overflow="visible")


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop that runs this code: in a notebook, the kernel's."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
