"""The catalogue of questions that `lm.progress()` counts against: made from the sources, kept in the package."""

import json
import re
from pathlib import Path

from authoring.places import ROOT, targets

FILE = "lmcourse/lesson/questions.json"
ASKED = re.compile(r"^lm\.(predict|quiz)\(\s*[\"']([^\"']+)[\"']", re.MULTILINE)
KINDS = {"predict": "prediction", "quiz": "quiz"}


def catalogue(root=ROOT):
    """{id: kind} of every question that a notebook asks, in reading order."""
    found = {}
    for source in dict.fromkeys(target.source for target in targets(root)):
        text = Path(root, source).read_text(encoding="utf-8")
        found |= {id: KINDS[call] for call, id in ASKED.findall(text)}
    return found


def as_text(found):
    return json.dumps(found, indent=1) + "\n"


def write(root=ROOT):
    """Write the catalogue anew; True if it has changed."""
    path, text = Path(root, FILE), as_text(catalogue(root))
    changed = not path.exists() or path.read_text(encoding="utf-8") != text
    if changed:
        path.write_text(text, encoding="utf-8", newline="\n")
    return changed
