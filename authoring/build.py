"""`python -m authoring build`: bring notebooks up to date with their sources.

A `Plan` says what one notebook needs: its `state` is "current" (nothing), "write" (the text changed, the
code did not: stored outputs are kept), "execute" (the code changed: outputs are stale) or "edited" (somebody
changed the notebook and not the source: the build stops rather than lose that work). `reason` says why, and
`notebook` is the new notebook, with the stored outputs where they are still good.

Who changed what is told by comparing hashes. The notebook's record says what the last build wrote: a
notebook that still has that hash was not touched, so a difference comes from the source.
"""

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat

from authoring import notebook as nb
from authoring.execute import execute
from authoring.leaks import exercise_leaks
from authoring.normalise import normalise, output_problems
from authoring.places import ROOT
from authoring.problems import Problem, SourceError


@dataclass(frozen=True)
class Plan:
    target: object
    state: str
    reason: str
    notebook: nbformat.NotebookNode


def plan(target, root=ROOT, discard_edits=False):
    """Compare one notebook with its source; raises SourceError for a source that is not sound."""
    source = nb.source_of(target, root)
    new = nb.generate(target, source)
    if target.kind == "exercise" and (leaks := exercise_leaks(source, new)):
        raise SourceError(*leaks)
    path = Path(root, target.notebook)
    try:
        stored = nb.read_notebook(path)
    except FileNotFoundError:
        return Plan(target, "execute" if target.executed else "write", "it does not exist yet", new)
    except ValueError as error:
        if discard_edits:
            return Plan(target, "execute" if target.executed else "write", "the stored file is no notebook", new)
        raise SourceError(Problem(target.notebook, str(error), _rebuild(target))) from error

    old = nb.recorded(stored)
    wanted, present = nb.cells_hash(new), nb.cells_hash(stored)
    if present != wanted and present != old.get("cells") and not discard_edits:
        return Plan(target, "edited", _who_edited(wanted, old), new)
    if target.executed:
        if old.get("code") != nb.code_hash(new):
            return Plan(target, "execute", "its code changed, the stored outputs are stale", new)
        if old.get("outputs") != nb.outputs_hash(stored):
            return Plan(target, "execute", "its outputs were changed by something other than the build", new)
        new = nb.with_outputs_of(new, stored)
    nb.record(new, target.executed)
    if path.read_bytes() == nb.to_text(new).encode("utf-8"):
        return Plan(target, "current", "", new)
    reason = "the source changed" if present != wanted else "it is not in the form that the build writes"
    return Plan(target, "write", reason, new)


def make(planned, root=ROOT, on_cell=lambda done, total: None):
    """Write the notebook of a plan; on any error the old file stays. Returns the Run, or None."""
    target, run = planned.target, None
    if planned.state == "edited":
        raise SourceError(edited_problem(planned))
    if planned.state == "execute":
        path = Path(root, target.notebook)
        path.parent.mkdir(parents=True, exist_ok=True)
        run = execute(planned.notebook, path.parent, target.notebook, root, on_cell)
        # A fresh notebook from the source: the kernel and its client may have touched the executed one.
        normalise(planned.notebook)
        new = nb.with_outputs_of(nb.generate(target, nb.source_of(target, root)), planned.notebook)
        if problems := list(output_problems(new, target.notebook)):
            raise SourceError(*problems)
        nb.record(new, executed=True)
    else:
        new = planned.notebook
        nb.record(new, target.executed)
    write_atomically(Path(root, target.notebook), nb.to_text(new))
    return run


def edited_problem(planned):
    """The problem of a notebook that was changed without its source."""
    target = planned.target
    if target.kind in ("start", "chapter", "page"):
        convert = f"python -m jupytext --to py:percent --output {target.source} {target.notebook}"
        carry = f"to keep the edits: {convert}"
    else:
        carry = f"to keep the edits, make them in {target.source} by hand (it makes two notebooks)"
    return Problem(
        target.notebook,
        planned.reason,
        f"{carry}; to drop them: {_rebuild(target)}",
    )


def build(chosen, root=ROOT, everything=False, discard_edits=False, out=None):
    """Build the chosen targets that are out of date; returns the number of failures."""
    out = out or sys.stdout
    plans, refused = _plans(chosen, root, everything, discard_edits, out)
    failures, begin = refused, time.perf_counter()
    for number, planned in enumerate(plans, 1):
        label = f"[{number}/{len(plans)}] {planned.target.notebook}"
        started = time.perf_counter()
        try:
            make(planned, root, on_cell=_cell_progress(label, out))
        except (SourceError, OSError) as error:
            failures += 1
            said = error if isinstance(error, SourceError) else _unwritable(planned.target, error)
            print(f"{label}: FAILED, the old file stays\n{said}", file=out, flush=True)
            continue
        now = time.perf_counter()
        left = (now - begin) / number * (len(plans) - number)
        did = "executed" if planned.state == "execute" else "written"
        seconds = f"{now - started:.1f} s" + (f"; about {left:.0f} s left" if number < len(plans) else "")
        print(f"{label}: {did} ({planned.reason}), {seconds}", file=out, flush=True)
    unchanged = len(chosen) - len(plans) - refused
    print(f"{unchanged} of {len(chosen)} notebooks were up to date already, {failures} failed.", file=out)
    return failures


def _plans(chosen, root, everything, discard_edits, out):
    """What is to be done, and how many sources were refused."""
    plans, refused = [], 0
    for target in chosen:
        try:
            planned = plan(target, root, discard_edits)
        except SourceError as error:
            refused += 1
            print(f"FAILED {target.notebook}\n{error}", file=out)
            continue
        if everything and planned.state in ("current", "write"):
            fresh = nb.generate(target, nb.source_of(target, root))
            planned = Plan(target, "execute" if target.executed else "write", "asked for", fresh)
        if planned.state != "current":
            plans.append(planned)
    return plans, refused


def write_atomically(path, text):
    """Write a file whole or not at all."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode("utf-8"))
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _who_edited(wanted, old):
    if not old:
        return "it differs from its source and was not written by the build: nobody can tell which is right"
    if old.get("cells") == wanted:
        return "it was edited, its source was not; building now would lose the edits"
    return "it was edited, and its source was edited differently; building now would lose the notebook's edits"


def _rebuild(target):
    return f"python3 course.py build {target.notebook} --discard-edits"


def _unwritable(target, error):
    return Problem(
        target.notebook, f"cannot be written: {error}", "see that the disk has space and the folder may be written"
    )


def _cell_progress(label, out):
    def show(done, total):
        if out.isatty():
            print(f"{label}: {done} of {total} cells", end="\r", file=out, flush=True)

    return show
