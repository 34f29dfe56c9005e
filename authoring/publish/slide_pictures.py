"""The pictures of a lesson at the size of a slide.

Labels in the figures of the course have 12 points, those of the explorers 10. On a slide every label must come out with
at least 14: a figure is shown larger, one that is too tall for that in two halves, and an explorer is drawn anew.
"""

import ast
import base64
import html
import io
from html.parser import HTMLParser

from PIL import Image, ImageChops

WIDTH, HEIGHT = 1232, 560  # pixels of a slide that a picture may take
BODY, LARGEST, CAPTION = 604, 1.7, 105  # pixels below the title, times its size, characters of a line below the picture
LABEL, LEAST = 12, 14  # points: of a label in a figure, and of a label on a slide
SHARP = 144  # pixels an inch of what is drawn anew; a page has 96
NEARLY_WHITE = 12  # of 255: pictures are stored with 256 colours


class Stored(HTMLParser):
    """The first image of a stored output, and the words beside it: the caption, or the readout of an explorer."""

    def __init__(self, output):
        super().__init__()
        self.image, self.words = None, ""
        self.feed(output)
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag, attributes):
        if tag == "img" and self.image is None:
            self.image = dict(attributes)

    def handle_data(self, data):
        self.words += data


def picture_pages(output, code):
    """HTML of each page for a stored figure or explorer: one, or two where one would be too small."""
    stored = Stored(output)
    image, width = decoded(stored.image["src"].partition("base64,")[2]), int(stored.image["width"])
    call = None if "<figure" in output else explorer_call(code)
    if call:
        image, width, label = redrawn(call, width)
        yield page(image, width, label, stored.image["alt"], stored.words, f"In the notebook, with knobs: {call}")
        return
    parts = [image] if width * image.height / image.width * LEAST / LABEL <= HEIGHT else halves(image)
    for number, part in enumerate(parts, 1):
        of = f" (part {number} of {len(parts)})" if len(parts) > 1 else ""
        yield page(part, width, LABEL, stored.image["alt"] + of, stored.words + of)


def page(image, width, label, alt, words, live=""):
    """One picture with its words; slides.js finds the size, and knows from the data what a label then has."""
    hint = f'<p class="live">{html.escape(live)}</p>' if live else ""
    return (
        f'<figure><img alt="{html.escape(alt)}" src="data:image/png;base64,{encoded(image)}" data-label="{label:.2f}" '
        f'data-width="{width}" data-height="{width * image.height / image.width:.0f}">'
        f"<figcaption>{html.escape(words, quote=False)}</figcaption></figure>{hint}"
    )


def room_below(page):
    """Pixels that a page with one picture leaves free below its caption; slides.js computes with the same numbers."""
    stored = Stored(page)
    width, height = int(stored.image["data-width"]), int(stored.image["data-height"])
    caption = 8 + 25 * -(-len(stored.words) // CAPTION)
    shown = height * min(LARGEST, WIDTH / width, (BODY - caption) / height)
    return BODY - caption - shown


# --------------------------------------------------------------------------------------------- explorers


def explorer_call(code):
    """The call that makes the explorer of a cell, or None when it needs more than `lm`.

    >>> explorer_call("explorer = lm.widgets.ChordExplorer(x=-1.0)\\nexplorer")
    'lm.widgets.ChordExplorer(x=-1.0)'
    """
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("lm.widgets."):
            names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
            return ast.unparse(node) if names == {"lm"} else None
    return None


def redrawn(call, width):
    """An explorer at its start with labels large enough for a slide: picture, width on the page, points of a label.

    What sticks out of the picture with larger letters is kept: the picture grows a little.
    """
    import matplotlib
    from matplotlib.figure import Figure

    import lmcourse as lm

    label = max(LABEL, 1.03 * LEAST * width / WIDTH)
    letters = dict.fromkeys(("font.size", "axes.titlesize"), label)
    letters |= dict.fromkeys(("xtick.labelsize", "ytick.labelsize", "legend.fontsize"), label - 1)
    drawn = io.BytesIO()
    with matplotlib.rc_context(letters):
        explorer = eval(call, {"lm": lm})  # the call stands in a lesson of this repository
        figure = Figure(figsize=(explorer.width, explorer.height))
        explorer.draw(figure, explorer.compute())
        figure.savefig(drawn, dpi=SHARP, facecolor="white", bbox_inches="tight", pad_inches=0.05)
        explorer.close()
    picture = Image.open(drawn).convert("RGB")
    return picture, round(picture.width * 96 / SHARP), label


# ----------------------------------------------------------------------------------------------- cutting


def halves(image):
    """The upper and the lower part, cut in the middle of the empty band nearest to the middle; one part without one."""
    empty = [row for row in range(image.height // 4, 3 * image.height // 4) if is_empty(image, row)]
    if not empty:
        return [image]
    cut = min(empty, key=lambda row: abs(row - image.height / 2))
    return [image.crop((0, 0, image.width, cut)), image.crop((0, cut, image.width, image.height))]


def is_empty(image, row):
    """Whether nothing is drawn in a row of pixels."""
    line = image.crop((0, row, image.width, row + 1))
    difference = ImageChops.difference(line, Image.new("RGB", line.size, "white")).convert("L")
    return difference.getextrema()[1] <= NEARLY_WHITE


def decoded(text):
    return Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB")


def encoded(image):
    small = io.BytesIO()
    image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(small, format="png")
    return base64.b64encode(small.getvalue()).decode("ascii")
