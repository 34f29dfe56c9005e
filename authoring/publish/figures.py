"""`python3 course.py figures NAME [--svg]`: the pictures of a lesson alone, for a lecturer's own slides.

Without `--svg` the pictures are those that the notebook holds, explorers included, and nothing is run. With it the
lesson runs once and each figure is saved as SVG and as a sharper PNG. A text file beside them has captions and licence.
"""

import base64
import contextlib
import os
import re
import sys
import tempfile
from pathlib import Path

from authoring import notebook as nb
from authoring.build import write_atomically
from authoring.execute import execute
from authoring.places import ROOT
from authoring.problems import SourceError
from authoring.publish import LICENCE, REPOSITORY, version
from authoring.publish.lessons import number
from authoring.publish.slide_pictures import Stored

FOLDER = "build/figures"


def figures(chosen, svg=False, root=ROOT, folder=None, out=None):
    """Write the pictures of the lessons among these targets; returns 1 when that cannot be done, else 0."""
    out = out or sys.stdout
    lessons = [target for target in chosen if target.kind == "chapter"]
    if not lessons:
        print("None of these notebooks is a lesson, and only lessons have figures. Write for example: 4.1", file=out)
        return 1
    for target in lessons:
        place = Path(folder or Path(root, FOLDER), number(target)).resolve()
        try:
            written = draw_again(target, root, place) if svg else write_stored(target, root, place)
        except SourceError as error:
            print(error, file=out)
            return 1
        print(f"{number(target)}: {written} pictures in {place}; captions and licence stand in README.txt.", file=out)
    return 0


def write_stored(target, root, place):
    """The PNG of each stored picture; returns how many there are."""
    stored = stored_pictures(nb.read_notebook(Path(root, target.notebook)))
    place.mkdir(parents=True, exist_ok=True)
    for name, picture in stored.items():
        (place / f"{name}.png").write_bytes(base64.b64decode(picture.image["src"].partition("base64,")[2]))
    write_atomically(place / "README.txt", captions(target, stored, root))
    return len(stored)


def draw_again(target, root, place):
    """Run the lesson; `lm.show` saves every figure in the folder that LMCOURSE_FIGURES names."""
    written = write_stored(target, root, place)  # the explorer, which has no other form, and the text
    notebook = nb.generate(target, nb.source_of(target, root))
    with tempfile.TemporaryDirectory(dir=place) as new:
        with environment(LMCOURSE_FIGURES=new):
            execute(notebook, Path(root, target.notebook).parent, target.notebook, root)
        for path in Path(new).iterdir():
            os.replace(path, place / path.name)
    return written


@contextlib.contextmanager
def environment(**variables):
    """Set variables for the kernel that is started inside, and only there."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def stored_pictures(notebook):
    """Every picture of a notebook by the name of its file: figures are numbered, an explorer is called so."""
    found, place = {}, 0
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text = output.get("data", {}).get("text/html", "")
            if "<figure" in text:
                place += 1
                found[file_name(place, Stored(text).words)] = Stored(text)
            elif "<img" in text:
                found["explorer"] = Stored(text)
    return found


def file_name(place, caption):
    """Such as 01_the_final_loss_of_1: the order in the lesson and the first words, as `lm.show` names its files.

    >>> file_name(1, "The final loss of 1,000 students")
    '01_the_final_loss_of_1'
    """
    return f"{place:02d}_{'_'.join(re.findall(r'[a-z0-9]+', caption.lower())[:5])}"[:50]


def captions(target, stored, root):
    """The text beside the pictures: where they come from, under which licence, and what each shows."""
    lines = [
        f"Figures of lesson {number(target)} of lmcourse {version(root)}: The loss landscapes of neural networks.",
        f'{LICENCE} To be named as: "lmcourse authors, lesson {number(target)}, {REPOSITORY}, CC BY 4.0".',
    ]
    for name, picture in stored.items():
        lines += ["", name, f"  {picture.words}", f"  For those who cannot see it: {picture.image['alt']}"]
    return "\n".join(lines) + "\n"
