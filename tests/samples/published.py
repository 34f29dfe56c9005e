"""The site and the slides of the whole course, built once for all tests that look at them."""

import hashlib
import io
from pathlib import Path

import pytest
from filelock import FileLock

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / "build" / "published_for_tests"
INPUTS = (
    "*.ipynb",
    "pyproject.toml",
    "chapters",
    "exercises",
    "solutions",
    "companion",
    "docs",
    "authoring",
    "lmcourse",
)


def built(name: str) -> Path:
    """The folder of "site" or "slides"; the processes of one test, and the next test, share it while nothing changes."""
    for package in ("sphinx", "myst_nb", "sphinx_book_theme", "sphinx_revealjs", "sphinx-mathjax-offline"):
        pytest.importorskip(package, reason=f"{package} is missing: python -m pip install -e '.[site]'")
    FOLDER.mkdir(parents=True, exist_ok=True)
    stamp = FOLDER / f"{name}.stamp"
    with FileLock(FOLDER / f"{name}.lock"):
        inputs = hash_of_inputs()
        if not stamp.is_file() or stamp.read_text() != inputs:
            stamp.unlink(missing_ok=True)
            build(name)
            stamp.write_text(inputs)
    return FOLDER / name


def build(name: str) -> None:
    from authoring.places import targets
    from authoring.publish.site import site
    from authoring.publish.slides import slides

    said = io.StringIO()
    failed = {"site": site, "slides": slides}[name](targets(REPOSITORY), folder=FOLDER / name, out=said)
    assert not failed, said.getvalue()


def hash_of_inputs() -> str:
    """Changes with every file that the site and the slides are made of."""
    found = hashlib.sha256()
    for pattern in INPUTS:
        for top in sorted(REPOSITORY.glob(pattern)):
            for path in sorted([top] if top.is_file() else top.rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts and ".ipynb_checkpoints" not in path.parts:
                    found.update(str(path.relative_to(REPOSITORY)).encode() + path.read_bytes())
    return found.hexdigest()
