"""How Sphinx builds the reading copy. `authoring/publish/site.py` calls it; nothing is asked from the network."""

import sys
from pathlib import Path

from docutils import nodes

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from authoring.publish import REPOSITORY  # noqa: E402
from authoring.publish import version as edition  # noqa: E402
from authoring.publish.unbroken import VALUE  # noqa: E402

project = "lmcourse"
author = "The lmcourse authors"
copyright = "the lmcourse authors: text and figures CC BY 4.0, code BSD-3-Clause"
version = release = edition()
language = "en"
smartquotes = False  # W'W is a transpose, and a string in code has straight quotes

extensions = ["myst_nb", "sphinx-mathjax-offline"]
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence"]
myst_heading_anchors = 4
myst_heading_slug_func = "authoring.publish.site_documents.jupyterlab_anchor"
# Formulas are also looked for where the notebooks store HTML: in questions and in what the proofs say.
myst_mathjax_classes = "tex2jax_process|mathjax_process|math|text_html"
# This edition of MathJax is the third, which the package sphinx-mathjax-offline brings.
mathjax3_config = {"tex": {"inlineMath": [["\\(", "\\)"], ["$", "$"]]}, "options": {"enableMenu": False}}
nb_execution_mode = "off"
nb_merge_streams = True

PROSE = (nodes.paragraph, nodes.emphasis, nodes.strong)

html_theme = "sphinx_book_theme"
html_title = "Loss landscapes of neural networks"
html_static_path = ["static"]
html_css_files = ["lmcourse.css"]
html_js_files = [("lmcourse.js", {"defer": "defer"})]
html_copy_source = False  # the notebooks themselves are in the repository
html_show_sourcelink = False
html_use_index = False
html_last_updated_fmt = None
html_theme_options = {
    "repository_url": REPOSITORY,
    "repository_branch": f"v{edition()}",
    "path_to_docs": "",
    "launch_buttons": {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"},
    "use_repository_button": True,
    "use_download_button": False,
    "navbar_persistent": [],  # one field for the search is enough
    "show_toc_level": 2,
    "navigation_with_keys": False,  # arrow keys move within the page
}


def setup(app):
    app.connect("doctree-read", keep_punctuation)
    app.connect("doctree-read", keep_values)
    app.set_html_assets_policy("always")  # a page may have formulas in its questions alone


def keep_punctuation(app, doctree):
    """A short formula is set together with a bracket before it and with what stands after it, such as a full stop."""
    for formula in [each for each in doctree.findall(nodes.math) if len(each.astext()) < 40]:
        parent, place = formula.parent, formula.parent.index(formula)  # by its place: texts that read alike are equal
        before, after = (parent[at] if 0 <= at < len(parent) else None for at in (place - 1, place + 1))
        group = [formula]
        if isinstance(before, nodes.Text) and before.endswith("("):
            parent[place - 1] = nodes.Text(before[:-1])
            group.insert(0, nodes.Text("("))
        if isinstance(after, nodes.Text) and after and after[0] in ".,;:)?":
            parent[place + 1] = nodes.Text(after[1:])
            group.append(nodes.Text(after[0]))
        if len(group) > 1:
            parent[place] = nodes.inline("", "", *group, classes=["together"])


def keep_values(app, doctree):
    """A value such as "k = 20" or "95.8 %" stays on one line of a paragraph."""
    for paragraph in list(doctree.findall(nodes.paragraph)):
        for text in [each for each in paragraph.findall(nodes.Text) if type(each.parent) in PROSE]:
            pieces, place = [], 0
            for value in VALUE.finditer(text):
                pieces += [nodes.Text(text[place : value.start()]), nodes.inline("", value[0], classes=["together"])]
                place = value.end()
            if pieces:
                at = next(at for at, each in enumerate(text.parent) if each is text)
                text.parent[at : at + 1] = [*pieces, nodes.Text(text[place:])]
