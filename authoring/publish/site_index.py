"""The first page of the site: every lesson with its question, and the tables of contents that make the navigation."""

from pathlib import Path, PurePosixPath

from authoring.notebook import read_notebook
from authoring.places import START
from authoring.publish import LICENCE, version
from authoring.publish.lessons import number, title_and_question
from authoring.publish.site_documents import documents


def index(chosen, root):
    """The first page: what this is, every lesson with its question, and the tables of contents."""
    chapters = {}
    for target in chosen:
        if target.kind == "chapter":
            chapters.setdefault(PurePosixPath(target.notebook).parts[1], []).append(target)
    text = [OPENING.format(start=START)]
    for folder, lessons in chapters.items():
        text.append(f"## {chapter_name(folder)}\n\n" + "\n".join(_entry(target, root) for target in lessons) + "\n")
    companion = [target.notebook for target in chosen if target.kind == "page"]
    text.append(CLOSING.format(
        companion=", ".join(f"[{_title(path, root)[0].lower()}]({path})" for path in companion),
        version=version(root), licence=LICENCE))  # fmt: skip
    text.append(toctree([f"Start here <{START}>"], "Begin"))
    for folder, lessons in chapters.items():
        entries = [
            f"{number(target)} {_title(target.notebook, root)[0]} <{target.notebook[:-6]}>" for target in lessons
        ]
        text.append(toctree(entries, chapter_name(folder)))
    text.append(toctree(map(_without_suffix, companion), "To look things up"))
    lectures = [path for path in documents(root) if path.startswith("docs/teaching/")]
    reference = [path for path in documents(root) if path.startswith("docs/reference/")]
    others = [path for path in documents(root) if path not in {*lectures, *reference}]
    text += [toctree(map(_without_suffix, _readme_first(paths)), caption) for paths, caption in (
        (lectures, "For lecturers"), (others, "Behind the course"), (reference, "Reference of the package"))]  # fmt: skip
    return "\n".join(text)


OPENING = """\
# The loss landscapes of neural networks

Why does training a neural network by gradient descent work, and when does it get stuck? This is the reading copy of a
course in Jupyter notebooks. Every claim in it was run, and every claim about a particular point is proved by a certificate.

```{{container}} lmcourse-run
Begin with [the start page]({start}.ipynb). Here you read; to turn the knobs and run the experiments, follow the links
to Binder, or take the course to your own machine: `python3 course.py lab`.
```
"""

CLOSING = """
## Beside the lessons

To look things up: {companion}. For lecturers: [routes and notes](docs/teaching/README.md). For programmers: the
[reference of the package](docs/reference/README.md). Edition {version}. {licence}
"""


def chapter_name(folder):
    """Such as "Chapter 4: over-parameterization".

    >>> chapter_name("1_saddle_points")
    'Chapter 1: saddle points'
    """
    number, _, name = folder.partition("_")
    name = {"over_parameterization": "over-parameterization", "cnn_width": "CNN width"}.get(name, name)
    return f"Chapter {number}: {name.replace('_', ' ')}"


def _entry(target, root):
    title, question = _title(target.notebook, root)
    return f"- {number(target)} [{title}]({target.notebook}): {question}"


def _title(notebook, root):
    return title_and_question(read_notebook(Path(root, notebook)).cells[0].source)


def _without_suffix(path):
    return path.removesuffix(".md").removesuffix(".ipynb")


def _readme_first(paths):
    return sorted(paths, key=lambda path: (not path.endswith("README.md"), path))


def toctree(pages, caption=None):
    """A table of contents for the navigation beside the pages; it shows nothing in the text."""
    options = ["", ":hidden:", ":titlesonly:"] + [f":caption: {caption}"] * bool(caption)
    return "```{toctree}" + "\n".join(options) + "\n\n" + "\n".join(pages) + "\n```\n"
