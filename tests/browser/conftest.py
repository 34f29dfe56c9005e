"""Fixtures of the tests in a real browser. Failed tests leave a picture in tests/browser/screenshots/."""

import json
import re
import shutil
from pathlib import Path

import pytest
from lab import CHROMIUM_ARGUMENTS, REPOSITORY, LabServer, OpenExplorer, OpenNotebook

from bootstrap.chromium import find_chromium

SCREENSHOTS = Path(__file__).parent / "screenshots"
EXERCISES = "exercises/1_saddle_points/1_critical_points.ipynb"  # for the reader without a mouse
collect_ignore = ["explorer_cells.py"]  # a notebook, not a module
INSTALL = (
    "No Chromium was found. Install one, for example with `sudo apt-get install chromium` or "
    "`brew install --cask chromium`, or name one in LMCOURSE_CHROMIUM."
)
MODES = {
    "comms on the main thread": {"@jupyterlab/apputils-extension:kernels-settings": {"commsOverSubshells": "disabled"}},
    "comms as JupyterLab sets them": {},
}


@pytest.hookimpl(tryfirst=True)  # before pytest looks for marks
def pytest_generate_tests(metafunc):
    """A lesson's explorer is tried in the way in which the whole lesson is not; one that works in the background, in both."""
    lesson = getattr(metafunc.module, "LESSON", None)
    if lesson and "explorer" in metafunc.fixturenames and not getattr(metafunc.module, "BACKGROUND", False):
        (other,) = set(MODES) - {turns()[lesson]}
        mark = pytest.mark.parametrize("server", [other], indirect=True, scope="session")
        metafunc.definition.add_marker(mark)


def pytest_collection_modifyitems(items):
    """Each mode is a group of its own: with `-n 2 --dist loadgroup` two processes have one server each.

    These tests come last: Playwright keeps an event loop running as long as it lives, and other tests start their own.
    """
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.xdist_group(group_of(item)))
    items[:] = [item for item in items if item not in here] + here


def group_of(item) -> str:
    """The mode of its server, or one group for the pages that need none."""
    return (item.callspec.params if hasattr(item, "callspec") else {}).get("server", "pages without a server")


@pytest.fixture(scope="session")
def chromium() -> str:
    pytest.importorskip("playwright", reason="Playwright is missing: python -m pip install playwright")
    path = find_chromium()
    if path is None:
        pytest.skip(INSTALL)
    return path


@pytest.fixture(scope="session", params=MODES)
def server(request, chromium, tmp_path_factory):
    """A server over a copy of all notebooks, in each way in which JupyterLab talks to widgets."""
    root = tmp_path_factory.mktemp("notebooks")
    for path in [*notebooks(), EXERCISES]:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / path, root / path)
    (root / "explorer.ipynb").write_text(notebook_of(Path(__file__).with_name("explorer_cells.py")))
    server = LabServer(root, tmp_path_factory.mktemp("home"), MODES[request.param])
    yield server
    server.close()


@pytest.fixture(scope="session")
def browser(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)


@pytest.fixture(scope="session")
def open_notebook(server, browser):
    """`open_notebook(path)` opens a notebook with a new kernel, in the one page of a server, and closes the one before."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    yield lambda path: OpenNotebook(page, server, path)
    page.context.close()


@pytest.fixture
def explorer(request, open_notebook) -> OpenExplorer:
    """The explorer that a test module names by LESSON and EXPLORER, after the import cell and its own cell alone."""
    notebook = open_notebook(request.module.LESSON)
    for code in ("import lmcourse as lm", request.module.EXPLORER):
        notebook.run_cell_with(code)
    assert notebook.errors() == []
    explorer = OpenExplorer(notebook.explorers().first)
    explorer.picture.wait_for(timeout=60_000)
    return explorer


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed and "browser" in item.funcargs:
        SCREENSHOTS.mkdir(exist_ok=True)
        for page in [page for context in item.funcargs["browser"].contexts for page in context.pages]:
            page.screenshot(path=SCREENSHOTS / f"{re.sub(r'[^A-Za-z0-9]+', '_', item.name)}.png")
            page.evaluate("() => { window.aTestFailed = true; }")  # the next notebook gets a fresh page
    return report


def notebooks() -> list[str]:
    """All notebooks in which a reader moves or answers something: the start page, the chapters, the pages with a quiz."""
    found = [*REPOSITORY.glob("00_start_here.ipynb"), *REPOSITORY.glob("chapters/**/*.ipynb")]
    found += [page for page in REPOSITORY.glob("companion/*.ipynb") if "lm.quiz(" in page.read_text(encoding="utf-8")]
    return sorted(path.relative_to(REPOSITORY).as_posix() for path in found if ".ipynb_checkpoints" not in path.parts)


def turns() -> dict[str, str]:
    """{path: mode}: the notebooks take turns in the ways in which JupyterLab talks to widgets."""
    return {path: list(MODES)[number % len(MODES)] for number, path in enumerate(notebooks())}


def notebook_of(source: Path) -> str:
    """A notebook made from a Python file whose cells begin with `# %%`."""
    cells = [cell.strip() for cell in re.split(r"^# %%.*$", source.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]]
    return json.dumps({
        "cells": [{"cell_type": "code", "id": f"cell-{number}", "source": cell, "metadata": {}, "outputs": [],
                   "execution_count": None} for number, cell in enumerate(cells)],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4, "nbformat_minor": 5,
    })  # fmt: skip
