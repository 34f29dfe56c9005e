"""The folder my_course, where learners work: a copy of the notebooks that updates never overwrite.

A manifest remembers each original as it was when it was last copied: `file` is a digest of all its bytes, `text` of
its cells alone. Running a notebook changes its outputs, not its text; a notebook whose text the learner changed stays.
"""

import hashlib
import json
import os
import re
import shutil
from pathlib import Path

from bootstrap import ROOT, Trouble, read_json, say, write_json

MY_COURSE = ROOT / "my_course"
MANIFEST = MY_COURSE / ".originals.json"
FOLDERS = ("chapters", "exercises", "solutions", "companion")


def originals():
    """Paths of all notebooks of the course, relative to the repository."""
    found = [*ROOT.glob("*.ipynb"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.ipynb"))]
    return sorted(path.relative_to(ROOT).as_posix() for path in found if ".ipynb_checkpoints" not in path.parts)


# ------------------------------------------------------------------------------------------------- update


def update_my_course():
    """Bring new editions of the notebooks into my_course/ without touching what the learner wrote."""
    MY_COURSE.mkdir(exist_ok=True)
    manifest = read_json(MANIFEST)
    for name in originals():
        edition = {"file": digest((ROOT / name).read_bytes()), "text": digest_of_text(ROOT / name)}
        update_notebook(name, manifest.get(name, {}), edition)
        manifest[name] = edition
    remove_withdrawn(manifest)
    write_json(MANIFEST, manifest)


def update_notebook(name, known, edition):
    """`known` is the edition that was copied last, `edition` the one that the course has now."""
    original, mine = ROOT / name, MY_COURSE / name
    if not mine.exists():
        copy_whole(original, mine)
        return
    text = digest_of_text(mine)
    if text is None:
        say(
            f"my_course/{name} is not a notebook: expected JSON with cells. It is left as it is. To bring the original "
            f"back, with this file kept beside it: python3 course.py reset {name}"
        )
    elif known == edition:
        pass
    elif text in (known.get("text"), edition["text"]):
        copy_whole(original, mine)
    else:
        beside = free_name(mine, "new_edition")
        copy_whole(original, beside)
        say(f"my_course/{name}: you changed it, and there is a new edition. Yours stays; the new one is {beside.name}.")


def remove_withdrawn(manifest):
    """Notebooks that the course no longer has go, unless the learner changed them."""
    for name in sorted(set(manifest) - set(originals())):
        mine = MY_COURSE / name
        if mine.exists() and digest_of_text(mine) == manifest[name].get("text"):
            mine.unlink()
        del manifest[name]


def digest(content):
    return hashlib.sha256(content).hexdigest()


def digest_of_text(path):
    """A digest of the cells' text, without outputs; None for a file that is not a notebook."""
    try:
        cells = json.loads(path.read_bytes())["cells"]
        text = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
    except (ValueError, KeyError, TypeError):
        return None
    return digest(json.dumps(text).encode())


def copy_whole(source, target):
    """Copy so that the target is the old file or the new one, never a part."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    shutil.copyfile(source, part)
    os.replace(part, target)


def free_name(path, word):
    """`1_xor.ipynb` -> `1_xor.my_version.ipynb`, or `1_xor.my_version_2.ipynb` if that is taken."""
    for number in range(1, 1000):
        ending = word if number == 1 else f"{word}_{number}"
        candidate = path.with_name(f"{path.stem}.{ending}{path.suffix}")
        if not candidate.exists():
            return candidate
    raise Trouble(f"{path} has a thousand copies already: delete some.")


# -------------------------------------------------------------------------------------------------- reset


def reset_notebook(wanted):
    """Bring the original of a notebook back; what the learner had written is kept beside it."""
    name = find_notebook(wanted)
    mine = MY_COURSE / name
    if mine.exists() and digest_of_text(mine) != digest_of_text(ROOT / name):
        backup = free_name(mine, "my_version")
        copy_whole(mine, backup)
        say(f"Your version is kept as {backup.relative_to(ROOT).as_posix()}.")
    copy_whole(ROOT / name, mine)
    say(f"my_course/{name} is the original again. If it is open in JupyterLab, close and reopen it.")


def find_notebook(wanted):
    """The one notebook that is called so."""
    names = originals()
    found = [name for name in names if wanted.replace("\\", "/") in spellings(name)]
    if len(found) == 1:
        return found[0]
    problem = "fits several notebooks" if found else "is not the name of a notebook"
    choices = "\n".join(f"  {name}" for name in found or names)
    raise Trouble(f'"{wanted}" {problem}. Expected one of:\n{choices}')


def spellings(name):
    """How a notebook may be called: by its path, a lesson also by its file name or its number.

    chapters/4_width/1_traps.ipynb is also 1_traps and 4.1; the exercise of the same lesson is exercises/4.1.
    """
    path = Path(name)
    yield from (name, path.with_suffix("").as_posix(), f"my_course/{name}")
    if path.parts[0] not in ("exercises", "solutions"):
        yield from (path.name, path.stem)
    number = re.match(r"(?:chapters/|(exercises/|solutions/))(\d+)_[^/]*/(\d+)_", name)
    if number:
        yield f"{number[1] or ''}{number[2]}.{number[3]}"
