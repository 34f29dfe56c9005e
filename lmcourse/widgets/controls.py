"""Controls with a name that a screen reader says, and with keys that stay inside them.

The sliders of ipywidgets have no accessible name, and JupyterLab takes arrow keys away from other controls;
hence these three, a few lines of JavaScript each.

    Slider, Select   one value out of a list; whole numbers, decimals and words are all lists
    Button           calls a function
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import anywidget
import traitlets

from lmcourse.lesson.texts import SHARED_SCRIPT, SHARED_STYLE

STYLE = (
    SHARED_STYLE
    + """
.lmcourse-control { display: flex; flex-direction: column; margin: 0 1.2em 0.5em 2px; width: 13em; }
.lmcourse-control label { display: flex; justify-content: space-between; gap: 0.5em; }
.lmcourse-control output { font-variant-numeric: tabular-nums; font-weight: 600; }
.lmcourse-control input { width: 100%; margin: 0.3em 0 0; accent-color: var(--jp-brand-color1, #1976d2); }
.lmcourse-button { margin: 0 1.2em 0.5em 2px; }
.lmcourse-control select { font: inherit; padding: 0.15em; color: var(--jp-ui-font-color1, #000);
  background: var(--jp-layout-color1, #fff); border: 1px solid var(--jp-border-color0, #757575); }
"""
)

SLIDER_SCRIPT = (
    SHARED_SCRIPT
    + """
function render({ model, el }) {
  el.classList.add("lmcourse");
  const frame = add(el, "div", { className: "lmcourse-control" });
  keepKeys(frame);
  const id = freshName();
  const head = add(frame, "label", { htmlFor: id });
  add(head, "span", { textContent: model.get("label") });
  const shown = add(head, "output", { htmlFor: id });
  shown.setAttribute("aria-hidden", "true");  // the slider itself says its value
  const slider = add(frame, "input", { type: "range", id: id, min: 0, step: 1 });
  slider.setAttribute("aria-label", model.get("label"));

  function say(text) {
    shown.textContent = text;
    slider.setAttribute("aria-valuetext", text);
  }
  function update() {
    slider.max = model.get("texts").length - 1;
    slider.value = model.get("position");
    say(model.get("shown"));
  }
  slider.addEventListener("input", () => {
    say(model.get("texts")[slider.value]);
    model.set("position", Number(slider.value));
    model.save_changes();
  });
  for (const name of ["position", "texts", "shown"]) model.on("change:" + name, update);
  update();
}
export default { render };
"""
)

SELECT_SCRIPT = (
    SHARED_SCRIPT
    + """
function render({ model, el }) {
  el.classList.add("lmcourse");
  const frame = add(el, "div", { className: "lmcourse-control" });
  keepKeys(frame);
  const id = freshName();
  add(frame, "label", { htmlFor: id, textContent: model.get("label") });
  const select = add(frame, "select", { id: id });
  function update() {
    select.replaceChildren();
    model.get("texts").forEach((text) => add(select, "option", { textContent: text }));
    select.selectedIndex = model.get("position");
  }
  select.addEventListener("change", () => {
    model.set("position", select.selectedIndex);
    model.save_changes();
  });
  for (const name of ["position", "texts"]) model.on("change:" + name, update);
  update();
}
export default { render };
"""
)

BUTTON_SCRIPT = (
    SHARED_SCRIPT
    + """
function render({ model, el }) {
  el.classList.add("lmcourse");
  const frame = add(el, "div", { className: "lmcourse-button" });
  keepKeys(frame);
  const button = add(frame, "button", { textContent: model.get("label") });
  button.addEventListener("click", () => model.send({ pressed: true }));  // Python ignores a disabled button
  const update = () => button.setAttribute("aria-disabled", model.get("disabled"));  // it keeps the focus
  model.on("change:disabled", update);
  update();
}
export default { render };
"""
)


class _OneOfList(anywidget.AnyWidget):
    """A labelled control for one value out of a list."""

    _css = STYLE
    label = traitlets.Unicode().tag(sync=True)
    texts = traitlets.List(traitlets.Unicode()).tag(sync=True)  # what the reader sees of each value
    position = traitlets.Int(0).tag(sync=True)  # which value the browser points at
    shown = traitlets.Unicode().tag(sync=True)  # the current value, which may lie between two of the list
    value = traitlets.Any()

    def __init__(self, label: str, values: Sequence, value: object = None, write: Callable[[object], str] = str):
        self.write = write
        super().__init__(label=label)
        self.offer(values, values[0] if value is None else value)

    def offer(self, values: Sequence, value: object) -> None:
        """Replace the list of values, and choose one."""
        with self.hold_sync():
            self.values = list(values)
            self.texts = [self.write(each) for each in self.values]
            self.value = value
            self._show_value()

    @traitlets.observe("value")
    def _show_value(self, change=None) -> None:
        self.position = self._nearest(self.value)
        self.shown = self.write(self.value)

    @traitlets.observe("position")
    def _take_position(self, change) -> None:
        if self._nearest(self.value) != change["new"]:
            self.value = self.values[change["new"]]

    @traitlets.validate("position")
    def _inside(self, proposal) -> int:
        return min(max(proposal["value"], 0), len(self.values) - 1)

    @traitlets.validate("value")
    def _offered(self, proposal) -> object:
        value = proposal["value"]
        if value not in self.values and not isinstance(value, (int, float)):
            raise traitlets.TraitError(f"{self.label} offers {', '.join(self.texts)}, but {value!r} came.")
        return value

    def _nearest(self, value: object) -> int:
        if value in self.values:
            return self.values.index(value)
        return min(range(len(self.values)), key=lambda i: abs(self.values[i] - value))


class Slider(_OneOfList):
    """A slider through a list of values.

    >>> slider = Slider("Step size", [0.01, 0.1, 1.0], value=0.1)
    >>> slider.position = 2        # what the arrow key does
    >>> slider.value
    1.0
    """

    _esm = SLIDER_SCRIPT


class Select(_OneOfList):
    """A drop-down list of values.

    >>> Select("Method", ["gradient descent", "momentum"]).value
    'gradient descent'
    """

    _esm = SELECT_SCRIPT


class Button(anywidget.AnyWidget):
    """A button that calls `action` when it is pressed."""

    _css = STYLE
    _esm = BUTTON_SCRIPT
    label = traitlets.Unicode().tag(sync=True)
    disabled = traitlets.Bool(False).tag(sync=True)

    def __init__(self, label: str, action: Callable[[], None], disabled: bool = False):
        super().__init__(label=label, disabled=disabled)
        self.on_msg(lambda widget, content, buffers: self.press())
        self.action = action

    def press(self) -> None:
        if not self.disabled:
            self.action()
