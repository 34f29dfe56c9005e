"""What an executed notebook may store, and in which form.

Removed: timing, widget state and the live widget view (its picture and text stay, so that a reader
without a kernel sees the picture). Numbered anew: executions, 1 to n. Refused, with a problem that
names the cell: errors, anything on stderr, machine paths, object addresses, a widget or figure
without a picture.
"""

import re
import sys
import tempfile
from pathlib import Path

from authoring.problems import Problem

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
BARE_OBJECT = re.compile(r"^\s*(<?Figure\b|[A-Z]\w*\((children=|.*model_id)|[HV]Box\(|Output\(|<\w+[\w.]* object at )")
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
MACHINE_PATH = re.compile(
    r"/tmp/|/(?:home|Users)/\w|/root/|/private/var/|\b[A-Za-z]:\\\\?Users|ipykernel_\d+|site-packages"
)


def normalise(notebook):
    """Bring outputs into the stored form, in place."""
    notebook.metadata.pop("widgets", None)
    count = 0
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = count
            if "data" in output:
                output.data.pop(WIDGET_VIEW, None)
                output.metadata.pop(WIDGET_VIEW, None)
        cell.outputs = [output for output in cell.outputs if output.get("data", True)]
    return notebook


def output_problems(notebook, where):
    """Everything that a stored output must not contain."""
    for number, cell in code_cells(notebook):
        place = f"{where}, code cell {number}"
        for output in cell.outputs:
            yield from _output_problems(output, place)


def code_cells(notebook):
    """(number, cell) of each code cell, counted from 1."""
    return list(enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), 1))


def output_texts(output):
    """Every text that an output holds, except pictures."""
    if output.output_type == "stream":
        return [output.text]
    if output.output_type == "error":
        return ["\n".join(output.traceback)]
    return [value for kind, value in output.data.items() if isinstance(value, str) and not kind.startswith("image/")]


def _output_problems(output, place):
    if output.output_type == "error":
        yield Problem(place, f"stores an error: {output.ename}: {output.evalue}", "correct the code, then build again")
        return
    if output.get("name") == "stderr":
        yield Problem(
            place,
            f"writes to stderr: {_shorten(output.text)!r}",
            "remove the cause of the warning or log; use print for what the reader should see",
        )
    if set(output.get("data", ())) == {"text/plain"} and BARE_OBJECT.match(output.data["text/plain"]):
        yield Problem(
            place,
            f"shows only {_shorten(output.data['text/plain'])!r} to a reader without a kernel",
            "show figures with lm.show(fig, caption, alt); an explorer brings its own picture",
        )
    for text in output_texts(output):
        text = re.sub(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=\s]+", "", text)
        if found := MACHINE_PATH.search(text) or next(
            (re.search(re.escape(path), text) for path in _local_paths() if path in text), None
        ):
            yield Problem(
                place,
                f"contains a path of this machine: {_around(text, found)!r}",
                "print a name or a relative path instead",
            )
        if found := ADDRESS.search(text):
            yield Problem(
                place,
                f"contains an object's address, which differs at every run: {_around(text, found)!r}",
                "give the object a repr or print what matters",
            )


def _local_paths():
    places = {
        Path.home(),
        Path(tempfile.gettempdir()),
        Path(sys.prefix),
        Path(__file__).resolve().parent.parent,
    }
    return [str(place) for place in places if len(place.parts) > 1]


def _around(text, found):
    return text[max(0, found.start() - 20) : found.end() + 40].strip().replace("\n", " ")


def _shorten(text):
    first = " ".join(text.split())
    return first if len(first) <= 100 else first[:97] + "..."
