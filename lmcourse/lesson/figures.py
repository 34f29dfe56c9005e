"""One way to show a figure: with a caption for everyone and a description for those who cannot see it.

Jupyter ignores an alternative text in the metadata of a picture, so the picture goes out as HTML, `<img alt="...">`,
which JupyterLab shows in a fresh clone as well.
"""

from __future__ import annotations

import base64
import html
import io
import os
import re
from pathlib import Path

from IPython.display import display
from matplotlib.figure import Figure
from PIL import Image

from .texts import escape

SHORTEST_DESCRIPTION = 40  # characters; less cannot say what a picture shows
PIXELS_PER_INCH = 96  # on the page, so that 10 pt in the figure is as large as 10 pt in the text
SHARPNESS = 1.5  # pixels in the file for each pixel on the page


def show(fig: Figure, caption: str, alt: str) -> None:
    """Show a figure with its caption; `alt` tells in words what can be seen. Formulas like $x^2$ are typeset.

    >>> from matplotlib.figure import Figure
    >>> fig = Figure()
    >>> line, = fig.add_subplot().plot([0, 1, 2], [4, 1, 0])
    >>> show(fig, caption="The loss falls at every one of the two steps of the descent.",
    ...      alt="A line that falls from 4 at step 0 to 1 at step 1 and 0 at step 2.")
    [picture] The loss falls at every one of the two steps of the descent.
    """
    if not isinstance(fig, Figure):
        raise TypeError(f"show expects a matplotlib Figure, but got {type(fig).__name__}; for axes, pass ax.figure.")
    check_description(caption, "caption")
    check_description(alt, "alt")
    export(fig, caption)
    display(Shown(fig, caption, alt))


class Shown:
    """A figure turned into one HTML output, with the caption as its plain text."""

    def __init__(self, fig: Figure, caption: str, alt: str):
        self.caption = caption
        picture = image_html(png(fig), alt, round(fig.get_figwidth() * PIXELS_PER_INCH))
        self.html = (
            f'<figure style="margin: 0.5em 0">{picture}'
            f'<figcaption style="max-width: 60em; margin-top: 0.5em">{escape(caption)}</figcaption></figure>'
        )

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return f"[picture] {self.caption}"


def check_description(text: str, name: str) -> None:
    """Refuse a caption or an alternative text that tells the reader nothing."""
    advice = "Say in a sentence or two what can be seen and what it means."
    if not isinstance(text, str) or len(text.strip()) < SHORTEST_DESCRIPTION:
        found = f"{len(text.strip())} characters" if isinstance(text, str) else type(text).__name__
        raise ValueError(f"A figure needs {name}= of at least {SHORTEST_DESCRIPTION} characters; got {found}. {advice}")
    if re.match(r"\s*(figure|plot of)\b", text, re.IGNORECASE):
        raise ValueError(f"{name} starts with {text.split()[0]!r}, which every reader knows already. {advice}")


def png(fig: Figure) -> bytes:
    """The figure as the bytes of a PNG file on white ground; with 256 colours it takes a quarter of the usual room."""
    drawn, small = io.BytesIO(), io.BytesIO()
    sharp = PIXELS_PER_INCH * SHARPNESS
    fig.savefig(drawn, format="rgba", dpi=sharp, facecolor="white")
    size = int(fig.get_figwidth() * sharp), int(fig.get_figheight() * sharp)
    full_colour = Image.frombytes("RGBA", size, drawn.getvalue()).convert("RGB")
    full_colour.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(small, format="png")
    return small.getvalue()


def image_html(picture: bytes, alt: str, width: int) -> str:
    """An HTML image that carries its own bytes."""
    source = base64.b64encode(picture).decode("ascii")
    return (
        f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{source}" width="{width}" '
        'style="max-width: 100%; height: auto; background: white">'
    )


def export(fig: Figure, caption: str) -> None:
    """With LMCOURSE_FIGURES=FOLDER, also save the figure there, for a lecturer's own slides."""
    folder = os.environ.get("LMCOURSE_FIGURES", "")
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    number = 1 + len(list(Path(folder).glob("*.svg")))
    words = re.findall(r"[a-z0-9]+", caption.lower())[:5]
    name = f"{number:02d}_{'_'.join(words)}"[:50]
    for suffix in ("svg", "png"):
        fig.savefig(Path(folder, f"{name}.{suffix}"), dpi=2 * PIXELS_PER_INCH, facecolor="white")
