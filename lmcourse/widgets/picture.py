"""The picture of an explorer with all that is said about it.

`ipywidgets.Image` has no alternative text. Here the picture, its description, the readout and an error travel in
one message, so that none of them ever speaks of another setting than the others.
"""

from __future__ import annotations

from typing import NamedTuple

import anywidget
import traitlets

from lmcourse.lesson.figures import image_html
from lmcourse.lesson.texts import SHARED_SCRIPT, SHARED_STYLE, escape

STYLE = (
    SHARED_STYLE
    + """
.lmcourse-frame { position: relative; width: fit-content; max-width: 100%; }
.lmcourse-picture img { display: block; max-width: 100%; height: auto; background: white; }
.lmcourse-picture img.lmcourse-clickable { cursor: crosshair; touch-action: none; }
.lmcourse-picture p { margin: 0.4em 2px 0; max-width: 64em; }
.lmcourse-picture p:empty { display: none; }
.lmcourse-picture p.lmcourse-problem { border-left: 4px solid var(--jp-error-color1, #d32f2f); padding-left: 0.7em; }
"""
)

PICTURE_SCRIPT = (
    SHARED_SCRIPT
    + """
function showAll(model, el) {  // the picture and its words; returns the frame around the picture, and what ends it
  el.classList.add("lmcourse", "lmcourse-picture");
  const frame = add(el, "div", { className: "lmcourse-frame" });
  const image = add(frame, "img", { width: model.get("width"), draggable: false });
  const readout = add(el, "p", { className: "lmcourse-readout" });
  readout.setAttribute("aria-live", "polite");
  const progress = add(el, "p", { className: "lmcourse-progress" });  // silent: it changes five times a second
  const problem = add(el, "p", { className: "lmcourse-problem" });
  problem.setAttribute("role", "alert");

  let address = "";
  function showPicture() {
    URL.revokeObjectURL(address);
    address = URL.createObjectURL(new Blob([model.get("png")], { type: "image/png" }));
    image.src = address;
  }
  function showWords() {
    image.alt = model.get("alt");
    readout.textContent = model.get("readout");
    progress.textContent = model.get("progress");
    problem.textContent = model.get("problem");
  }
  function point(event) {
    const box = image.getBoundingClientRect();
    model.set("pointer", [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
    model.save_changes();
  }
  if (model.get("clickable")) {
    image.classList.add("lmcourse-clickable");
    image.addEventListener("pointerdown", (event) => { image.setPointerCapture(event.pointerId); point(event); });
    image.addEventListener("pointermove", (event) => { if (event.buttons === 1) point(event); });
  }
  model.on("change:png", showPicture);
  for (const name of ["alt", "readout", "progress", "problem"]) model.on("change:" + name, showWords);
  showPicture();
  showWords();
  return { frame, end: () => URL.revokeObjectURL(address) };
}
"""
)
SCRIPT = PICTURE_SCRIPT + "export default { render: ({ model, el }) => showAll(model, el).end };"


class Words(NamedTuple):
    """What is said about a picture: `alt` describes it, `readout` is one line with the result."""

    alt: str
    readout: str


class Picture(anywidget.AnyWidget):
    """A picture with its alternative text, a one-line readout and, when something is wrong, a sentence about it."""

    _css = STYLE
    _esm = SCRIPT
    png = traitlets.Bytes().tag(sync=True)
    alt = traitlets.Unicode().tag(sync=True)
    readout = traitlets.Unicode().tag(sync=True)
    progress = traitlets.Unicode().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    clickable = traitlets.Bool(False).tag(sync=True)
    pointer = traitlets.List(traitlets.Float()).tag(sync=True)  # where it was clicked: shares of width and height

    def as_html(self) -> str:
        """What a notebook without a kernel shows."""
        return f"{image_html(self.png, self.alt, self.width)}<p>{escape(self.readout)}</p>"
