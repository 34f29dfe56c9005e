"""From source cells to the bytes of a notebook, always the same bytes for the same source.

A notebook is nbformat's `NotebookNode`. Its metadata hold, besides the kernel's name, a record
`metadata.lmcourse` of three hashes: `cells` (what the build wrote), `code` (the code cells that
made the outputs) and `outputs` (the outputs that they made). Comparing hashes, never time stamps,
tells who changed what: see `build.py`.
"""

import hashlib
import json
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from authoring.exercise import exercise_cells, require_no_markers, require_sound_exercise, solution_cells
from authoring.problems import Problem, SourceError
from authoring.source import KEPT_METADATA, read_source

COMPARED_TAG = "nbval-check-output"
FOLDED_TAGS = {"predict", "reveal", "quiz"}  # their code is plumbing and names the right answer: it opens folded


def source_of(target, root):
    """Read and verify the source of a target; raises SourceError."""
    try:
        text = Path(root, target.source).read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceError(Problem(target.source, f"not UTF-8: {error}", "save the file as UTF-8")) from error
    source = read_source(text, target.source, target.source_kind)
    if source.kind == "exercise":
        require_sound_exercise(source)
    else:
        require_no_markers(source)
    return source


def generate(target, source):
    """The notebook of a target without outputs."""
    split = {"exercise": exercise_cells, "solution": solution_cells}.get(target.kind, lambda source: source.cells)
    notebook = new_notebook(cells=list(_notebook_cells(split(source))), metadata=_metadata())
    notebook.nbformat_minor = 5
    return notebook


def _metadata():
    return {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


def _notebook_cells(cells):
    seen = {}
    for cell in cells:
        metadata = {key: value for key, value in cell.metadata.items() if key != "tags"}
        tags = list(cell.tags)
        if "headline" in tags and COMPARED_TAG not in tags:
            tags.append(COMPARED_TAG)
        if tags:
            metadata["tags"] = tags
        if FOLDED_TAGS.intersection(tags):
            metadata["jupyter"] = {"source_hidden": True}
        digest = _digest(cell.kind, cell.text)[:12]
        seen[digest] = seen.get(digest, 0) + 1
        new = new_code_cell if cell.kind == "code" else new_markdown_cell
        identity = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        yield new(cell.text, metadata=metadata, id=identity)


def cells_hash(notebook):
    """A hash of the text, kinds, tags and slide marks of all cells."""
    return _digest([[cell.cell_type, cell.source.strip("\n"), _authored(cell.metadata)] for cell in notebook.cells])[
        :16
    ]


def _authored(metadata):
    """What the source says about a cell: not what JupyterLab or the build adds."""
    authored = {key: value for key, value in metadata.items() if key in KEPT_METADATA - {"tags"}}
    return authored, [tag for tag in metadata.get("tags", ()) if tag != COMPARED_TAG]


def code_hash(notebook):
    """A hash of the code cells: when it changes, stored outputs are stale."""
    return _digest([cell.source.strip("\n") for cell in notebook.cells if cell.cell_type == "code"])[:16]


def outputs_hash(notebook):
    """A hash of the stored outputs."""
    return _digest([cell.outputs for cell in notebook.cells if cell.cell_type == "code"])[:16]


def record(notebook, executed):
    """Write the hashes into the notebook's metadata."""
    hashes = {"cells": cells_hash(notebook)}
    if executed:
        hashes |= {"code": code_hash(notebook), "outputs": outputs_hash(notebook)}
    notebook.metadata["lmcourse"] = hashes


def recorded(notebook):
    """The hashes that the last build wrote, or an empty dictionary."""
    return dict(notebook.metadata.get("lmcourse", {}))


def with_outputs_of(notebook, stored):
    """Carry stored outputs over to a notebook with the same code cells."""
    stored_code = [cell for cell in stored.cells if cell.cell_type == "code"]
    new_code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for new, old in zip(new_code, stored_code, strict=True):
        new.outputs, new.execution_count = old.outputs, old.execution_count
    return notebook


def to_text(notebook):
    """The file's text: sorted keys, one space of indent, LF line endings, one newline at the end."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def read_notebook(path):
    """Read a stored notebook; a file that is none raises ValueError with one sentence."""
    content = Path(path).read_bytes()
    try:
        notebook = nbformat.reads(content.decode("utf-8"), as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # nbformat raises several types for the same thing
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ValueError(f"not a readable notebook ({reason})") from error
    return notebook


def _digest(*content):
    text = json.dumps(content, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
