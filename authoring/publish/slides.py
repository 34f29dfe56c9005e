"""`python3 course.py slides`: the lessons as slides for the lecture hall, in a folder that needs no network.

The pages come from `slide_pages.py`. reveal.js shows them and MathJax sets the formulas; both are copied beside the
slides from the packages that bring them.
"""

import html
import importlib.util
import posixpath
import re
import shutil
import sys
from itertools import pairwise
from pathlib import Path, PurePosixPath
from string import Template

from authoring.build import write_atomically
from authoring.notebook import read_notebook
from authoring.places import ROOT
from authoring.publish import LICENCE, version
from authoring.publish.lessons import number
from authoring.publish.slide_pages import pages_of
from authoring.publish.slide_proofs import with_foot
from authoring.publish.unbroken import unbroken_html

FOLDER = "build/slides"
PARTS = Path(__file__).parent / "slides"
NEEDED = "python3 course.py slides installs it; elsewhere: python -m pip install 'lmcourse[site]'"
REVEAL = ("dist/reveal.js", "dist/reveal.css", "plugin/notes/notes.js")


def slides(chosen, root=ROOT, folder=None, out=None):
    """Write the slides of the lessons among these targets; returns 1 when that cannot be done, else 0."""
    out = out or sys.stdout
    folder = Path(folder or Path(root, FOLDER)).resolve()
    lessons = [target for target in chosen if target.kind == "chapter"]
    if not lessons:
        print("None of these notebooks is a lesson, and only lessons have slides. Write for example: 4.1", file=out)
        return 1
    try:
        copy_assets(folder / "assets")
    except ModuleNotFoundError as missing:
        print(f"{missing}\n    repair: {NEEDED}", file=out)
        return 1
    for target in lessons:
        pages = pages_of(read_notebook(Path(root, target.notebook)))
        write_atomically(folder / deck_name(target), deck(target, pages))
        print(f"{number(target)}: {len(pages)} pages in {sum(page.first for page in pages)} columns", file=out)
    write_atomically(folder / "index.html", contents(folder, root))
    print(
        f"The slides are in {folder}: open index.html in a browser. Space goes on, S opens the speaker's window "
        "with the notes, ?print-pdf at the end of the address makes a handout.",
        file=out,
    )
    return 0


def deck_name(target):
    """The file of a lesson's slides, such as 4.1_spurious_minima.html."""
    return f"{number(target)}_{PurePosixPath(target.notebook).stem.partition('_')[2]}.html"


def deck(target, pages):
    """The HTML of one lesson's slides: a column for each section, a page below a page."""
    title = f"{number(target)} {pages[0].title}"
    starts = [place for place, page in enumerate(pages) if page.first]
    columns = "\n".join(
        "<section>\n" + "\n".join(section(page, title) for page in pages[begin:end]) + "\n</section>"
        for begin, end in pairwise([*starts, len(pages)])
    )
    template = Template((PARTS / "slides.html").read_text(encoding="utf-8"))
    return template.substitute(title=html.escape(title), columns=with_links_to_decks(columns, target))


def section(page, foot):
    """One page; its title is the first heading, whatever the cell that it comes from."""
    level = "h1" if page.kind == "title" else "h2"
    lesson = f'<p class="lesson">The loss landscapes of neural networks, lesson {foot.split()[0]}</p>' * (level == "h1")
    body, made = with_foot(page.body)
    notes = f'<aside class="notes">{"".join(page.notes)}</aside>' if page.notes else ""
    return (
        f'<section><div class="page {page.kind}"><{level}>{html.escape(page.title)}</{level}>'
        f'{lesson}<div class="body">{unbroken_html(body)}</div>'
        f'<div class="foot">{made}{html.escape(foot)} · lmcourse, CC BY 4.0</div></div>'
        f"{notes}</section>"
    )


def with_links_to_decks(text, target):
    """Links to lessons lead to their slides; other links between notebooks become words."""

    def corrected(link):
        place = posixpath.normpath(PurePosixPath(target.notebook).parent / link.group(1).partition("#")[0])
        lesson = re.fullmatch(r"chapters/(\d+)_\w+/(\d+)_(\w+)\.ipynb", place)
        if lesson:
            return f'<a href="{lesson[1]}.{lesson[2]}_{lesson[3]}.html">{link.group(2)}</a>'
        return link.group(2)

    return re.sub(r'<a href="(?!\w+:)([^"]+)">(.*?)</a>', corrected, text, flags=re.DOTALL)


def contents(folder, root):
    """A page that leads to every deck in the folder."""
    rows = "\n".join(
        f'<li><a href="{path.name}">{re.search("<title>(.*?)</title>", path.read_text(encoding="utf-8"))[1]}</a></li>'
        for path in sorted(folder.glob("[0-9]*.html"))
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Slides of lmcourse</title>'
        '<link rel="stylesheet" href="assets/slides.css"></head><body><main class="contents"><h1>Slides of lmcourse</h1>'
        f"<p>Space goes on, Escape shows all pages, S opens the speaker's window.</p><ul>{rows}</ul>"
        f"<p>Edition {version(root)}. {LICENCE}</p></main></body></html>\n"
    )


def copy_assets(folder):
    """reveal.js, MathJax and our own style, copied beside the slides."""
    folder.mkdir(parents=True, exist_ok=True)
    reveal = package_folder("sphinx_revealjs") / "_static" / "revealjs"
    mathjax = package_folder("sphinx-mathjax-offline") / "static" / "mathjax"
    for name in REVEAL:
        shutil.copy(reveal / name, folder)
    (folder / "mathjax" / "input" / "tex").mkdir(parents=True, exist_ok=True)
    shutil.copy(mathjax / "tex-svg.js", folder / "mathjax")
    extensions = "input/tex/extensions"
    shutil.copytree(mathjax / extensions, folder / "mathjax" / extensions, dirs_exist_ok=True)
    for name in ("slides.css", "slides.js"):
        shutil.copy(PARTS / name, folder)


def package_folder(name):
    """Where an installed package lies, without importing it."""
    found = importlib.util.find_spec(name)
    if found is None or not found.origin:
        raise ModuleNotFoundError(f"The slides need the package {name.replace('_', '-')}, which is not installed.")
    return Path(found.origin).parent
