"""Binder as far as it can be had without Docker: the recipe of the image, postBuild in a fresh environment, memory."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import psutil
import pytest
from browser.lab import LabServer

from benchmarks.classroom.memory import Watch
from benchmarks.classroom.student import Server

REPOSITORY = Path(__file__).parent.parent
LESSON = "chapters/1_saddle_points/1_critical_points.ipynb"
ON_BINDER = 1700  # megabytes: a little less than the 2 GB at which Binder stops a server

pytestmark = pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="runs on Binder's Linux only")


def copy_of_the_repository(folder):
    """The files that git knows, as Binder gets them: neither .venv nor anybody's own notebooks."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if names.returncode:
        pytest.skip("This folder is not a git repository.")
    for name in filter(None, names.stdout.split("\0")):
        if (REPOSITORY / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, folder / name)
    return folder


# ------------------------------------------------------------------------------------------------- the image


@pytest.fixture(scope="module")
def dockerfile(tmp_path_factory):
    """What repo2docker, Binder's builder, would give to Docker."""
    pytest.importorskip("repo2docker", reason="repo2docker is not installed: python -m pip install jupyter-repo2docker")
    copy = copy_of_the_repository(tmp_path_factory.mktemp("repository"))
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(copy)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr[-2000:]
    return answer.stdout + answer.stderr


def test_binder_takes_environment_yml_for_the_recipe(dockerfile):
    assert "Building conda environment for python=" in dockerfile
    assert re.search(r"env update -p \$\{NB_PYTHON_PREFIX\} --file \"environment.yml\"", dockerfile)


def test_binder_brings_the_python_that_environment_yml_asks_for(dockerfile):
    asked = re.search(r"python=(3\.\d+)", (REPOSITORY / "environment.yml").read_text(encoding="utf-8"))[1]
    base = re.search(r"environment-2epy-2d(3-2e\d+)-2dlinux", dockerfile)[1]
    assert base.replace("-2e", ".") == asked  # otherwise the base is installed first and then replaced


def test_binder_runs_post_build_and_start(dockerfile):
    assert re.search(r"^RUN \./postBuild$", dockerfile, re.MULTILINE)
    assert re.search(r'^ENV R2D_ENTRYPOINT="\$\{REPO_DIR\}/start"$', dockerfile, re.MULTILINE)


def test_the_large_layer_is_made_before_the_repository_is_copied(dockerfile):
    """So that a new edition with the same packages is built in a minute."""
    assert dockerfile.index("env update -p") < dockerfile.index("COPY --chown=0:0 src/ ")


# -------------------------------------------------------------------------------------- a fresh environment


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """A copy of the repository and a new environment beside it, in which postBuild has run; returns both folders.

    The environment sees the packages installed here, but not the course: a path file inside a folder that is itself named
    in one is not read.
    """
    folder = tmp_path_factory.mktemp("image")
    copy = copy_of_the_repository(folder / "repository")
    prefix = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(prefix)], check=True)
    packages = next(prefix.glob("lib/python*/site-packages"))
    (packages / "packages.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    subprocess.run(["./postBuild"], cwd=copy, env=inside(prefix), check=True, capture_output=True, text=True)
    return copy, prefix


def inside(prefix):
    """The variables of a shell in that environment: nothing of this test's own Python may show through."""
    hidden = ("PYTHONPATH", "JUPYTER_", "VIRTUAL_ENV", "LMCOURSE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    path = os.pathsep.join([str(prefix / "bin"), os.environ["PATH"]])
    return kept | {"PATH": path, "LMCOURSE_PROGRESS": "off", "PYTHONSAFEPATH": "1"}


def say(image, *command, folder="."):
    """Run a command there as Binder does, through `start`; return what it says."""
    copy, prefix = image
    start = ["bash", str(copy / "start"), *command]
    answer = subprocess.run(start, cwd=copy / folder, env=inside(prefix), capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr[-3000:]
    return answer.stdout.strip()


def test_post_build_installs_the_course_from_its_folder(image):
    copy, prefix = image
    where = say(image, "python", "-c", "import lmcourse, sys; print(lmcourse.__file__, sys.prefix, sep='\\n')")
    assert where.splitlines() == [str(copy / "lmcourse" / "__init__.py"), str(prefix)]


def test_a_lesson_runs_in_the_fresh_environment(image):
    command = ["python", "-m", "nbconvert", "--to", "notebook", "--execute", "--stdout", Path(LESSON).name]
    notebook = json.loads(say(image, *command, folder=Path(LESSON).parent))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1)) and len(cells) > 10


# ------------------------------------------------------------------------------------------- memory at once


def largest_lessons(number):
    """The lessons that took most memory, each alone, when docs/status.md was written."""
    text = (REPOSITORY / "docs" / "status.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| (chapters/\S+) \| [\d.]+ \| [\d.]+ \| (\d+) \|", text, re.MULTILINE)
    return [name for name, _ in sorted(found, key=lambda row: -int(row[1]))[:number]]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says what processes hold in common")
def test_three_lessons_at_once_and_the_server_stay_below_what_binder_gives(tmp_path):
    names = largest_lessons(3)
    for name in names:
        (tmp_path / "root" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, tmp_path / "root" / name)
    server = LabServer(tmp_path / "root", tmp_path / "home", {})
    try:
        with Watch(psutil.Process(server.process.pid), every=1) as watch:
            everything = asyncio.run(run_all(Server(f"http://127.0.0.1:{server.port}/", server.token), names))
            watch.look()
    finally:
        server.close()
    assert [ran.errors for ran in everything] == [[], [], []]
    assert watch.most["kernels"] > 3 * 200, "three kernels with PyTorch were to be seen"
    print(f"{watch.total:.0f} MB: {watch.most}")
    assert watch.total < ON_BINDER, watch.most


async def run_all(server, names):
    return await asyncio.gather(*map(server.run, names))
