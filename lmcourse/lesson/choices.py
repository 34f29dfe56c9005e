"""Two very small widgets: a question with options, and a message that is read aloud when it changes."""

from __future__ import annotations

import anywidget
import traitlets

from .texts import SHARED_SCRIPT, SHARED_STYLE, escape

STYLE = (
    SHARED_STYLE
    + """
.lmcourse-question { border: 1px solid var(--jp-border-color1, #bdbdbd); border-radius: 4px; padding: 0.4em 1em 0.8em;
  margin: 0.3em 2px; max-width: 56em; min-width: 0; }
.lmcourse-question .lmcourse-asked { font-weight: 600; margin: 0.3em 0 0.4em; }
.lmcourse-question label { display: flex; gap: 0.6em; align-items: baseline; padding: 0.15em 0; cursor: pointer; }
.lmcourse-question button { margin-top: 0.5em; }
.lmcourse-message { margin: 0.6em 2px 0; max-width: 56em; }
.lmcourse-message:empty { display: none; }
.lmcourse-message.lmcourse-framed { border-left: 4px solid var(--jp-brand-color1, #1976d2);
  padding: 0.2em 0 0.2em 0.9em; margin: 0.5em 2px; }
.lmcourse-message p { margin: 0 0 0.3em; }
"""
)

QUESTION_SCRIPT = (
    SHARED_SCRIPT
    + """
function render({ model, el }) {
  el.classList.add("lmcourse");
  const frame = add(el, "div", { className: "lmcourse-question" });
  keepKeys(frame);
  const asked = add(frame, "div", { className: "lmcourse-asked", innerHTML: model.get("question_html") });
  const group = add(frame, "div");
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-label", model.get("question"));

  const name = freshName();
  const button = add(frame, "button", { textContent: model.get("button") });
  const inputs = model.get("options").map((text, index) => {
    const label = add(group, "label");
    const input = add(label, "input", { type: "radio", name: name, value: index });
    input.setAttribute("aria-label", text);
    add(label, "span", { innerHTML: model.get("options_html")[index] });
    input.addEventListener("change", () => { button.disabled = false; });
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") button.click(); });
    return input;
  });
  button.addEventListener("click", () => {
    model.set("choice", inputs.findIndex((input) => input.checked));
    model.save_changes();
  });
  const message = add(frame, "div", { className: "lmcourse-message" });
  message.setAttribute("role", "status");

  function showChoice() {
    inputs.forEach((input, index) => { input.checked = index === model.get("choice"); });
    button.disabled = !inputs.some((input) => input.checked);
  }
  function showMessage() {
    message.innerHTML = model.get("message");
    typeset(model, message);
  }
  model.on("change:choice", showChoice);
  model.on("change:message", showMessage);
  showChoice();
  showMessage();
  typeset(model, asked);
  group.querySelectorAll("label span").forEach((span) => typeset(model, span));
}
export default { render };
"""
)

MESSAGE_SCRIPT = (
    SHARED_SCRIPT
    + """
function render({ model, el }) {
  el.classList.add("lmcourse");
  const message = add(el, "div", { className: "lmcourse-message lmcourse-framed" });
  message.setAttribute("role", "status");
  function show() {
    message.innerHTML = model.get("message");
    typeset(model, message);
  }
  model.on("change:message", show);
  show();
}
export default { render };
"""
)


class _Text(anywidget.AnyWidget):
    """A widget that a notebook without a kernel shows as HTML, and a script as plain text."""

    _css = STYLE
    message = traitlets.Unicode().tag(sync=True)  # HTML, made with `escape` from the lesson's words

    def as_html(self) -> str:
        raise NotImplementedError

    def as_text(self) -> str:
        raise NotImplementedError

    def __repr__(self) -> str:
        return self.as_text()

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return data | {"text/html": self.as_html(), "text/plain": self.as_text()}, metadata


class Question(_Text):
    """A question with options, of which the reader commits to one with a button; `choice` is its index, or -1."""

    _esm = QUESTION_SCRIPT
    heading = traitlets.Unicode()
    question = traitlets.Unicode().tag(sync=True)
    question_html = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    options_html = traitlets.List(traitlets.Unicode()).tag(sync=True)
    button = traitlets.Unicode().tag(sync=True)
    choice = traitlets.Int(-1).tag(sync=True)

    def __init__(self, heading: str, question: str, options: list[str], button: str):
        super().__init__(
            heading=heading,
            question=question,
            options=list(options),
            button=button,
            question_html=f"{heading}: {escape(question)}",
            options_html=[escape(option) for option in options],
        )

    @traitlets.validate("choice")
    def _known_choice(self, proposal):
        known = -1 <= proposal["value"] < len(self.options)
        return proposal["value"] if known else self.choice

    def as_html(self) -> str:
        items = "".join(f"<li>{option}</li>" for option in self.options_html)
        return f"<p><strong>{self.question_html}</strong></p><ul>{items}</ul>"

    def as_text(self) -> str:
        return "\n".join([f"{self.heading}: {self.question}", *(f"  ( ) {option}" for option in self.options)])


class Message(_Text):
    """A framed message that may change while it is shown; a stored notebook keeps only the `plain` text."""

    _esm = MESSAGE_SCRIPT
    plain = traitlets.Unicode()

    def as_html(self) -> str:
        return f"<p>{escape(self.plain)}</p>"

    def as_text(self) -> str:
        return self.plain
