"""What leaves the notebooks for other readers: the site, the slides, and figures alone.

    site.py       `python3 course.py site`: the reading copy; its pages come from site_source.py, site_documents.py, site_index.py
    slides.py     `python3 course.py slides`: slides; their pages come from slide_pages.py, slide_text.py, slide_pictures.py,
                  slide_proofs.py
    figures.py    `python3 course.py figures`: the pictures of a lesson, for a lecturer's own slides
    lessons.py    what all of them read off a lesson
    unbroken.py   values that stay on one line, on slides and on the site

Nothing here runs a lesson, but `figures --svg`: pictures and numbers are those that the notebooks hold.
"""

import tomllib
from pathlib import Path

from authoring.places import ROOT

REPOSITORY = "https://github.com/lmcourse/lmcourse"
LICENCE = "Text and figures: CC BY 4.0, the lmcourse authors. Code: BSD-3-Clause."


def version(root=ROOT):
    """The edition, such as "0.1.0"."""
    return tomllib.loads(Path(root, "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def address_on_binder(notebook, root=ROOT):
    """Where Binder opens this notebook, in this edition."""
    return f"https://mybinder.org/v2/gh/lmcourse/lmcourse/v{version(root)}?urlpath=lab/tree/{notebook}"


def address_in_repository(path, root=ROOT):
    """Where a file of this edition can be read."""
    return f"{REPOSITORY}/blob/v{version(root)}/{path}"
