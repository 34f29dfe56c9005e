"""Where things stand: which source makes which notebooks.

A `Target` is one notebook to be built: `notebook` and `source` (paths relative to the repository,
with forward slashes), `kind` ("start", "chapter", "exercise", "solution", or "page", which is a page
of the companion) and `executed` (are outputs stored in it?). An exercise source has two targets.
"""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
START = "00_start_here"


@dataclass(frozen=True)
class Target:
    notebook: str
    source: str
    kind: str

    @property
    def executed(self):
        return self.kind != "exercise"

    @property
    def source_kind(self):
        return "exercise" if self.kind == "solution" else self.kind


def targets(root=ROOT):
    """Every notebook that the sources of a repository make, in reading order."""
    found = []
    sources = Path(root, "sources")
    for path in sorted(sources.rglob("*.py")):
        inner = path.relative_to(sources)
        if any(part.startswith(".") for part in inner.parts):  # JupyterLab's checkpoints
            continue
        source = f"sources/{inner.as_posix()}"
        notebook = inner.with_suffix(".ipynb").as_posix()
        if inner.parts[0] == "chapters":
            found.append(Target(notebook, source, "chapter"))
        elif inner.parts[0] == "exercises":
            found.append(Target(notebook, source, "exercise"))
            found.append(Target(notebook.replace("exercises", "solutions", 1), source, "solution"))
        elif inner.parts[0] == "companion":
            found.append(Target(notebook, source, "page"))
        elif inner.as_posix() == f"{START}.py":
            found.append(Target(notebook, source, "start"))
        else:
            raise ValueError(
                f"{source}: expected sources/{START}.py, sources/chapters/..., sources/exercises/... or "
                "sources/companion/...; move the file to one of these places"
            )
    return sorted(found, key=_reading_order)


def stored_notebooks(root=ROOT):
    """Every notebook that stands where learners look, with or without a source."""
    root = Path(root)
    paths = list(root.glob("*.ipynb"))
    for folder in ("chapters", "exercises", "solutions", "companion"):
        paths += root.glob(f"{folder}/**/*.ipynb")
    return sorted(path.relative_to(root).as_posix() for path in paths if ".ipynb_checkpoints" not in path.parts)


def select(all_targets, names):
    """The targets that the given names mean; no names mean all. Raises ValueError for an unknown name.

    A name is a path ("chapters/4_x/1_y.ipynb", "sources/..."), a file name ("00_start_here") or a number
    of chapter and lesson ("4.1", which means the lesson, its exercises and its solutions; "4" is a chapter).
    """
    chosen = []
    for name in names:
        matching = [target for target in all_targets if _matches(target, name)]
        if not matching:
            existing = "\n  ".join(target.notebook for target in all_targets) or "(none yet: sources/ is empty)"
            raise ValueError(
                f"no notebook is called {name!r}. There are:\n  {existing}\n"
                "Write a path, a file name or a number like 4.1."
            )
        chosen += matching
    return [target for target in all_targets if not names or target in chosen]


def _matches(target, name):
    wanted = PurePosixPath(name.replace("\\", "/"))
    if wanted.is_absolute() and wanted.is_relative_to(ROOT.as_posix()):
        wanted = wanted.relative_to(ROOT.as_posix())
    for path in map(PurePosixPath, (target.notebook, target.source)):
        if wanted in (path, path.with_suffix(""), PurePosixPath(path.name), PurePosixPath(path.stem)):
            return True
    numbers = [part.split("_")[0] for part in PurePosixPath(target.notebook).with_suffix("").parts]
    asked = name.split(".")
    return target.kind not in ("start", "page") and numbers[1:][: len(asked)] == asked


def _reading_order(target):
    path = PurePosixPath(target.notebook)
    numbers = tuple(part.split("_")[0].zfill(4) for part in path.parts[1:])
    part = {"start": 0, "page": 2}.get(target.kind, 1)  # a lesson, its exercises and its solutions stay together
    return (part, numbers, target.notebook)
