"""Notebooks and pages of docs/ as Sphinx wants them, in a folder of their own.

A page of the site is the notebook with few changes: a line under the title says where to run it, the code of questions
is left out, the answers of a quiz can be unfolded, links in tables lead to pages, solutions say what they are, a picture
of an explorer says where its controls work, and a lesson lists its exercises and solutions as the pages below it. What
speaks of running a page, or of JupyterLab, is left out or said otherwise (`WORDS`). All other outputs are as stored.
"""

import html
import re
from pathlib import Path, PurePosixPath

import nbformat

from authoring.build import write_atomically
from authoring.notebook import FOLDED_TAGS, read_notebook, to_text
from authoring.publish import address_on_binder
from authoring.publish.lessons import quiz_answers
from authoring.publish.site_documents import document, documents
from authoring.publish.site_index import index, toctree

WORDS = {  # notebook: what it says, and what its page says instead
    "00_start_here.ipynb": {"\n\nRun the first cell (Shift and Enter), then turn a knob.": ""},
    "companion/2_glossary.ipynb": {
        "\n(In JupyterLab a link that opens a page for the first time may show its beginning, not the word: "
        "click the link once more.)": "",
    },
    "companion/6_final_quiz.ipynb": {
        "- Run the cells, then answer. ": "- In this copy the answers are folded below each question; nothing is counted. ",
        ' `lm.reset_progress("final")` forgets your answers to these twenty, and nothing else.': "",
        "- Each option has an answer of its own. Your *first* choice counts in the result at the end; after it, try the others.\n"
        "- Nothing is sent anywhere, and no lesson asks for a result.": "- Each option has an answer of its own.",
    },
}
OF_THE_READER = (  # cells that tell of a reader's own machine and answers
    "## Your result\n",
    "lm.progress(",
    "## Is the installation in order?",
    "lm.check_installation()",
)
TASKS = re.compile(r"^\w+ tasks on (\[lesson [\d.]+\]\([^)]*\)).*?one at a time\.", re.DOTALL | re.MULTILINE)
NOTEBOOK_LINK = re.compile(r'href="(?!\w+:)([^"#]+)\.ipynb')


def write_source(chosen, root, folder):
    """Write the source of the site for these targets, and remove what no longer belongs to it; returns the pages."""
    wanted = {target.notebook: notebook_page(target, chosen, root) for target in chosen}
    pages = {*wanted, *documents(root)}
    wanted |= {path: document(path, pages, root) for path in documents(root)}
    wanted["index.md"] = index(chosen, root)
    for path, text in wanted.items():
        if not _holds(folder / path, text):
            write_atomically(folder / path, text)
    for picture in Path(root, "docs").rglob("*.png"):
        _copy(picture, folder / picture.relative_to(root))
    _remove_others(folder, wanted)
    return sorted(wanted)


# --------------------------------------------------------------------------------------------- notebooks


def notebook_page(target, chosen, root):
    """The text of the notebook that the site shows."""
    notebook = read_notebook(Path(root, target.notebook))
    notebook.cells = [cell for cell in notebook.cells if not cell.source.startswith(OF_THE_READER)]
    for cell in notebook.cells:
        for said, instead in WORDS.get(target.notebook, {}).items():
            cell.source = cell.source.replace(said, instead)
        tags = cell.metadata.get("tags", [])
        if FOLDED_TAGS.intersection(tags):
            cell.metadata["tags"] = [*tags, "remove-input"]
        if "quiz" in tags:
            unfold_answers(cell)
        lead_to_pages(cell)
        say_where_controls_work(cell)
    notebook.cells.insert(1, _markdown(where_to_run(target, root)))
    if target.kind == "solution":  # it has the title and the introduction of its exercise notebook
        said = notebook.cells[0].source.replace("# Exercises:", "# Solutions:", 1)
        notebook.cells[0].source = TASKS.sub(r"The tasks of \1, with solutions and reasons.", said, count=1)
    below = [f"{other.kind.title()}s </{other.notebook[:-6]}>" for other in chosen if _is_below(other, target)]
    if below:
        notebook.cells.append(_markdown(toctree(below)))
    return to_text(notebook)


def where_to_run(target, root):
    """One line with the ways to run a notebook."""
    return (
        f"```{{container}} lmcourse-run\nThis page is a copy to read. To run it: [open it on Binder]"
        f"({address_on_binder(target.notebook, root)}), or start JupyterLab on your machine with "
        f"`python3 course.py lab` and open `{target.notebook}`.\n```"
    )


def unfold_answers(cell):
    """Add to the stored question of a quiz its answers, folded; they stand in the code of the cell."""
    answers = quiz_answers(cell.source)
    for output in cell.outputs:
        if "data" in output and "text/html" in output.data:
            output.data["text/html"] += folded(answers)


def lead_to_pages(cell):
    """Links in stored tables, such as that of the progress, lead to pages of the site."""
    for output in cell.get("outputs", []):
        if "text/html" in output.get("data", {}):
            output.data["text/html"] = NOTEBOOK_LINK.sub(r'href="\1.html', output.data["text/html"])


def say_where_controls_work(cell):
    """The stored picture of an explorer has no knobs."""
    for output in cell.get("outputs", []):
        stored = output.get("data", {}).get("text/html", "")
        if "lm.widgets." in cell.source and "<img" in stored and "<figure" not in stored:
            output.data["text/html"] += "<p>(The controls work in the notebook.)</p>"


def folded(answers):
    """HTML that opens on a click.

    >>> folded([("no", True, "Indeed.")])
    '<details><summary>The answer</summary><ul><li>no: <strong>right.</strong> Indeed.</li></ul></details>'
    """
    verdict = {True: "<strong>right.</strong>", False: "not right."}
    rows = "".join(
        f"<li>{html.escape(option.rstrip('.'), quote=False)}: {verdict[right]} {html.escape(why, quote=False)}</li>"
        for option, right, why in answers
    )
    return f"<details><summary>The answer</summary><ul>{rows}</ul></details>"


def _is_below(other, target):
    """Exercises and solutions stand below their lesson."""
    same = PurePosixPath(other.notebook).parts[1:] == PurePosixPath(target.notebook).parts[1:]
    return target.kind == "chapter" and other.kind in ("exercise", "solution") and same


def _markdown(text):
    cell = nbformat.v4.new_markdown_cell(text)
    cell["id"] = "lmcourse-" + ("pages" if "toctree" in text else "run")  # the same at every build
    return cell


# ----------------------------------------------------------------------------------------------- on the disk


def _holds(path, text):
    return path.is_file() and path.read_bytes() == text.encode("utf-8")


def _copy(picture, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture.read_bytes())


def _remove_others(folder, wanted):
    for path in folder.rglob("*"):
        if path.suffix in (".ipynb", ".md") and path.relative_to(folder).as_posix() not in wanted:
            path.unlink()
