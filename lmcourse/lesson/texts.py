"""Text of lessons as HTML, and what all the small widgets of the course share in the browser."""

from __future__ import annotations

import html
import re


def escape(text: str) -> str:
    """Plain text as HTML; `code` in backticks is set as code, $formulas$ are left for JupyterLab to typeset.

    >>> escape("Is `a` such that $a < b$?")
    'Is <code>a</code> such that $a &lt; b$?'
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


# JupyterLab acts on arrow keys, Enter and letters pressed anywhere in a notebook. `keepKeys` keeps them in the control.
# `typeset` asks the notebook's own MathJax; where there is none (another front end), formulas stay readable as TeX.
SHARED_SCRIPT = """
function keepKeys(element) {
  element.setAttribute("data-lm-suppress-shortcuts", "true");
  element.addEventListener("keydown", (event) => event.stopPropagation());
}
function typeset(model, element) {
  const notebook = model.widget_manager && model.widget_manager._rendermime;
  const typesetter = notebook && notebook.latexTypesetter;
  if (typesetter && element.textContent.includes("$")) typesetter.typeset(element);
}
function add(parent, tag, properties = {}) {
  const element = Object.assign(document.createElement(tag), properties);
  parent.append(element);
  return element;
}
let made = 0;
function freshName() {
  made += 1;
  return "lmcourse-" + Math.random().toString(36).slice(2) + "-" + made;
}
"""

SHARED_STYLE = """
.lmcourse { color: var(--jp-content-font-color1, inherit); font-family: var(--jp-content-font-family, sans-serif);
  font-size: var(--jp-content-font-size1, 14px); line-height: 1.5; }
.lmcourse button { font: inherit; padding: 0.25em 0.9em; border-radius: 3px; cursor: pointer;
  color: var(--jp-ui-font-color1, #000); background: var(--jp-layout-color2, #eee);
  border: 1px solid var(--jp-border-color0, #757575); }
.lmcourse button:disabled, .lmcourse button[aria-disabled="true"] { opacity: 0.5; cursor: default; }
.lmcourse :focus-visible { outline: 2px solid var(--jp-brand-color1, #1976d2); outline-offset: 2px; }
"""
