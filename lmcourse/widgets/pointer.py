"""Pictures with handles: marks that the reader drags with a pointer or moves with the arrow keys.

Each handle is an element of its own over the picture, with a name, so that the Tab key reaches it and a screen reader says
what it is and where. The browser moves it at once; Python is told, redraws the picture, and says where it really went.

Data types, in words
    Plane       where a pair of axes lies in the picture, and which part of the plane it shows
    Handle      a mark that can be moved: its name, its place on the axes, what is said of it, the step of an arrow key
"""

from __future__ import annotations

import math
from typing import NamedTuple

import traitlets
from matplotlib.figure import Figure

from .base import Explorer
from .picture import PICTURE_SCRIPT, STYLE, Picture

HANDLE_STYLE = """
.lmcourse-handle { position: absolute; width: 26px; height: 26px; margin: -13px 0 0 -13px; box-sizing: border-box;
  border-radius: 50%; border: 2px solid transparent; cursor: grab; touch-action: none; }
.lmcourse-handle:hover { border-color: #6E6E6E; }
.lmcourse-handle:focus, .lmcourse-handle.lmcourse-held { border-color: #000; background: rgba(240, 228, 66, 0.35); }
.lmcourse-handle.lmcourse-held { cursor: grabbing; }
"""

HANDLE_SCRIPT = """
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };

function showHandles(model, frame) {
  const elements = [];
  const sent = () => model.get("moved")[0] || 0;

  function place(element, x, y) {  // shares of the picture, from the left and from the bottom
    element.place = [x, y];
    element.style.left = 100 * x + "%";
    element.style.top = 100 * (1 - y) + "%";
  }
  function move(element, x, y) {
    const [low, high, left, right] = element.handle.room;
    const inside = [Math.min(Math.max(x, left), right), Math.min(Math.max(y, low), high)];
    place(element, ...inside);
    model.set("moved", [sent() + 1, element.index, ...inside]);
    model.save_changes();
  }
  function make(index) {
    const element = add(frame, "div", { className: "lmcourse-handle", tabIndex: 0, index });
    element.setAttribute("role", "slider");
    keepKeys(element);
    element.addEventListener("keydown", (event) => {
      if (!(event.key in KEYS)) return;
      event.preventDefault();
      const many = event.shiftKey ? 10 : 1;
      const [right, up] = KEYS[event.key];
      const [across, high] = element.handle.step;
      move(element, element.place[0] + many * right * across, element.place[1] + many * up * high);
    });
    element.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      element.focus({ preventScroll: true });
      element.setPointerCapture(event.pointerId);
      element.classList.add("lmcourse-held");
    });
    element.addEventListener("pointermove", (event) => {
      if (!element.classList.contains("lmcourse-held")) return;
      const box = frame.getBoundingClientRect();
      move(element, (event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height);
    });
    for (const name of ["pointerup", "pointercancel"]) element.addEventListener(name, () => {
      element.classList.remove("lmcourse-held");
      update();
    });
    return element;
  }
  function update() {
    const handles = model.get("handles");
    while (elements.length < handles.length) elements.push(make(elements.length));
    while (elements.length > handles.length) elements.pop().remove();
    const answered = model.get("answered") >= sent();  // else Python speaks of an earlier place
    handles.forEach((handle, index) => {
      const element = elements[index];
      element.handle = handle;
      element.setAttribute("aria-label", handle.name);
      element.setAttribute("aria-valuetext", handle.said);
      element.setAttribute("aria-valuenow", handle.x.toFixed(4));
      if (!element.place || (answered && !element.classList.contains("lmcourse-held"))) place(element, handle.x, handle.y);
    });
  }
  for (const name of ["handles", "answered"]) model.on("change:" + name, update);
  update();
}
function render({ model, el }) {
  const { frame, end } = showAll(model, el);
  showHandles(model, frame);
  return end;
}
export default { render };
"""


class Plane(NamedTuple):
    """Axes whose lower left corner lies at (left, bottom) of the picture, all four in shares of its size, and their limits.

    >>> plane = Plane(0.25, 0.25, 0.5, 0.5, xlim=(-1, 1), ylim=(0, 10))
    >>> plane.to_picture(0, 5), plane.from_picture(0.5, 0.5)
    ((0.5, 0.5), (0.0, 5.0))
    """

    left: float
    bottom: float
    width: float
    height: float
    xlim: tuple[float, float]
    ylim: tuple[float, float]

    def axes(self, figure: Figure):
        """These axes on a figure that has no other layout."""
        return figure.add_axes((self.left, self.bottom, self.width, self.height), xlim=self.xlim, ylim=self.ylim)

    def to_picture(self, x: float, y: float) -> tuple[float, float]:
        """A point of the plane as shares of the picture's width and height, from the left and from the bottom."""
        across = (x - self.xlim[0]) / (self.xlim[1] - self.xlim[0])
        up = (y - self.ylim[0]) / (self.ylim[1] - self.ylim[0])
        return self.left + across * self.width, self.bottom + up * self.height

    def from_picture(self, across: float, up: float) -> tuple[float, float]:
        """The way back, kept inside the axes' limits."""
        right = min(max((across - self.left) / self.width, 0.0), 1.0)
        high = min(max((up - self.bottom) / self.height, 0.0), 1.0)
        (x0, x1), (y0, y1) = self.xlim, self.ylim
        return x0 + right * (x1 - x0), y0 + high * (y1 - y0)


class Handle(NamedTuple):
    """A mark at (x, y) of the plane. said : its place in words. step : of an arrow key in x and in y; 0 holds it."""

    name: str
    x: float
    y: float
    said: str
    step: tuple[float, float] = (0.1, 0.1)


class PointerPicture(Picture):
    """A picture with handles; `moved` comes from the browser, `answered` says which move the handles already show."""

    _css = STYLE + HANDLE_STYLE
    _esm = PICTURE_SCRIPT + HANDLE_SCRIPT
    handles = traitlets.List(traitlets.Dict()).tag(sync=True)
    moved = traitlets.List(traitlets.Float()).tag(sync=True)  # number of the move, number of the handle, x, y as shares
    answered = traitlets.Int(0).tag(sync=True)


class PointerExplorer(Explorer):
    """An explorer with handles. A subclass names its `plane`, and defines `handles` and `handle_moved`."""

    Picture = PointerPicture
    plane: Plane

    def handles(self) -> list[Handle]:
        """The marks that can be moved, from `self.state` alone; always in the same order."""
        raise NotImplementedError

    def handle_moved(self, number: int, x: float, y: float) -> None:
        """The reader moved a handle to (x, y) of the plane, inside its limits: change the state accordingly."""
        raise NotImplementedError

    def __init__(self, **settings):
        self._moves = 0  # the last one that reached the state
        super().__init__(**settings)
        self.picture.observe(self._take_move, "moved")

    def _take_move(self, change) -> None:
        if len(change["new"]) != 4 or not all(map(math.isfinite, change["new"])):
            return
        move, number, across, up = change["new"]
        try:
            if 0 <= number < len(self.picture.handles):
                self.handle_moved(int(number), *self.plane.from_picture(across, up))
        except traitlets.TraitError as refusal:
            self.picture.problem = str(refusal)
        self._moves = int(move)
        self.post(self._show_handles)  # also where the state stayed as it was: the handle goes back

    def _render(self) -> None:
        with self._drawing, self.picture.hold_sync():
            super()._render()
            self._show_handles()

    def _show_handles(self) -> None:
        moves = self._moves  # before the handles are read: a move from here on shows them once more
        with self.picture.hold_sync():
            self.picture.handles = [self._for_browser(handle) for handle in self.handles()]
            self.picture.answered = moves

    def _for_browser(self, handle: Handle) -> dict:
        plane, (x, y) = self.plane, self.plane.to_picture(handle.x, handle.y)
        step = [
            handle.step[0] * plane.width / (plane.xlim[1] - plane.xlim[0]),
            handle.step[1] * plane.height / (plane.ylim[1] - plane.ylim[0]),
        ]
        held = [step[0] == 0, step[1] == 0]
        left, right = (x, x) if held[0] else (plane.left, plane.left + plane.width)
        low, high = (y, y) if held[1] else (plane.bottom, plane.bottom + plane.height)
        return {
            "name": handle.name, "said": handle.said, "x": x, "y": y, "step": step, "room": [low, high, left, right],
        }  # fmt: skip
