"""The rules that look at more than one file: links, repeated cells, names of questions, sizes, file names."""

import re
import subprocess
from collections import defaultdict
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from authoring.notebook import read_notebook
from authoring.places import START
from authoring.problems import Problem
from authoring.prose import anchors, links

MOST_KILOBYTES, MOST_MEGABYTES = 600, 25
LONGEST_NAME = 60
COPIED = (f"{START}.ipynb", "chapters/", "exercises/", "solutions/", "companion/")  # what a learner's copy holds
QUESTION = re.compile(r"\blm\.(?:predict|quiz)\(\s*[\"']([^\"']+)[\"']")


def lint_links(page, root):
    """Every relative link leads to a file of the learner's copy, and every anchor to a heading."""
    folder = PurePosixPath(page.target.notebook).parent
    for cell in page.of_kind("markdown"):
        for link in links(cell.source):
            if re.match(r"(https?|mailto):", link):
                continue
            if re.match(r"[a-z]+:|/", link, re.IGNORECASE):
                yield Problem(
                    page.where(cell),
                    f"the link {link!r} is absolute, expected a relative one",
                    "write the path from this notebook's folder",
                )
                continue
            path, _, anchor = unquote(link).partition("#")
            inner = _inside(folder / path) if path else page.target.notebook
            ours = inner is not None and (inner.startswith(COPIED) or inner.endswith(".ipynb"))
            if ours and not Path(root, inner).is_file():
                what = f"the link {link!r} leads to {inner}, which does not exist"
                yield Problem(page.where(cell), what, "correct the path")
            elif inner is None or not inner.startswith(COPIED):
                what = f"the link {link!r} leads out of what learners have ({', '.join(COPIED)})"
                yield Problem(page.where(cell), what, "link a notebook, or give the public address of the file")
            elif anchor and anchor not in _anchors(page, inner, root):
                yield Problem(
                    page.where(cell),
                    f"the link {link!r} leads to no heading of {inner}",
                    "write the heading's text with dashes for spaces, as in #Go-on",
                )


def lint_repeated_cells(pages):
    """No code cell but the imports stands in two lessons."""
    seen = {}
    for page in pages:
        if page.target.kind != "chapter":
            continue
        for cell in page.of_kind("code"):
            code = cell.source.strip()
            if re.match(r"(import|from)\s", code):
                continue
            if code in seen and seen[code].target != page.target:
                yield Problem(
                    page.where(cell),
                    f"the same cell stands in {seen[code].target.notebook}",
                    "move the code into lmcourse, or vary it",
                )
            seen.setdefault(code, page)


def lint_question_names(pages):
    """Each predict and quiz has its own name: under it the reader's answer is kept."""
    places = defaultdict(list)
    for page in pages:
        if page.target.kind != "solution":  # a solutions notebook repeats its exercise notebook
            for cell in page.of_kind("code"):
                for name in QUESTION.findall(cell.source):
                    places[name].append(page.where(cell))
    for name, found in places.items():
        for where in found[1:]:
            yield Problem(
                where,
                f"a second question named {name!r}, the first is in {found[0]}",
                "give each question its own name",
            )


def lint_files(root):
    """Names that every file system and every Git accepts, and sizes that a slow network bears."""
    total = 0
    for name in files_of(root):
        path = Path(root, name)
        size = path.stat().st_size
        total += size
        if not name.isascii() or ":" in name or len(PurePosixPath(name).name) > LONGEST_NAME:
            yield Problem(
                name, f"a name that is not ASCII, holds a colon or has more than {LONGEST_NAME} characters", "rename it"
            )
        if name.endswith(".ipynb") and size > 1000 * MOST_KILOBYTES:
            yield Problem(
                name, f"{size / 1000:.0f} kB, expected at most {MOST_KILOBYTES} kB", "show fewer or smaller pictures"
            )
    if total > 1e6 * MOST_MEGABYTES:
        yield Problem(
            "the repository",
            f"{total / 1e6:.1f} MB, expected at most {MOST_MEGABYTES} MB",
            "store smaller results and pictures",
        )


def files_of(root):
    """The files that Git tracks or would track; every file where there is no Git."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8").split("\0")
    except (OSError, subprocess.CalledProcessError):
        names = [path.relative_to(root).as_posix() for path in Path(root).rglob("*")]
    return sorted(name for name in names if name and Path(root, name).is_file())


def _inside(path):
    """The path without '..', or None when it leaves the repository."""
    parts = []
    for part in path.parts:
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _anchors(page, inner, root):
    if inner == page.target.notebook:
        cells = page.cells
    elif inner.endswith(".ipynb"):
        cells = read_notebook(Path(root, inner)).cells
    else:
        return set()
    return {anchor for cell in cells if cell.cell_type == "markdown" for anchor in anchors(cell.source)}
