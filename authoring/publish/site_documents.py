"""Pages of docs/ on the site: links to what is no page lead to the repository, anchors follow the rule of the notebooks."""

import posixpath
import re
from collections import Counter
from pathlib import Path, PurePosixPath

from authoring.prose import headings
from authoring.publish import address_in_repository

LINK = re.compile(r"(?<=\]\()(?!\w+:)([^)\s#]*)(#[^)\s]*)?(?=\))")
FOR_AUTHORS = ("docs/authoring.md", "docs/releasing.md", "docs/status.md")


def documents(root):
    """The pages of docs/ that readers and lecturers want, as paths in the repository."""
    found = (path.relative_to(root).as_posix() for path in Path(root, "docs").rglob("*.md"))
    return sorted(path for path in found if path not in FOR_AUTHORS)


def document(path, pages, root):
    """A page of docs/ with links that hold on the site."""
    folder = PurePosixPath(path).parent

    def corrected(link):
        place, anchor = link.group(1), link.group(2) or ""
        inner = posixpath.normpath(folder / place) if place else path
        if inner not in pages and not inner.endswith(".png"):
            return address_in_repository(inner, root) + anchor
        return place + _notebook_anchor(anchor, Path(root, inner))

    return LINK.sub(corrected, Path(root, path).read_text(encoding="utf-8"))


def github_anchor(heading):
    """GitHub's rule for anchors.

    >>> github_anchor("lm.use_one_thread: why?")
    'lmuse_one_thread-why'
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def jupyterlab_anchor(heading):
    """JupyterLab's rule for anchors.

    >>> jupyterlab_anchor("Go on")
    'Go-on'
    """
    return heading.replace(" ", "-")


def _notebook_anchor(anchor, file):
    if not anchor or file.suffix != ".md":
        return anchor
    texts = [text for _, text in headings(file.read_text(encoding="utf-8"))]
    theirs, ours = _unique(map(github_anchor, texts)), _unique(map(jupyterlab_anchor, texts))
    return "#" + dict(zip(theirs, ours, strict=True)).get(anchor[1:], anchor[1:])


def _unique(anchors):
    """Both rules number an anchor that comes again: x, x-1, x-2."""
    seen = Counter()
    for anchor in anchors:
        yield f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor
        seen[anchor] += 1
