"""A class at once: the settings that the course publishes for a JupyterHub, and the load test that tries them."""

import asyncio
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import nbformat
import psutil
import pytest

from benchmarks.classroom import __main__ as classroom
from benchmarks.classroom import hub, page
from benchmarks.classroom.memory import Watch, kind_of, megabytes

REPOSITORY = Path(__file__).parent.parent
SETTINGS = REPOSITORY / "jupyter" / "hub" / "lmcourse.py"


# ---------------------------------------------------------------------------------------------- the settings


def load_settings(folder, before=""):
    """The published settings as JupyterHub reads them, after what a hub has already set."""
    from traitlets.config.loader import PyFileConfigLoader

    text = f"c = get_config()\n{before}\nload_subconfig({str(SETTINGS)!r})\n"
    (folder / "jupyterhub_config.py").write_text(text, encoding="utf-8")
    return PyFileConfigLoader("jupyterhub_config.py", path=str(folder)).load_config()


def server_of(c):
    """A server as a hub with these settings starts it."""
    spawner = pytest.importorskip("jupyterhub.spawner", reason="JupyterHub is not installed")
    return spawner.LocalProcessSpawner(config=c)


def environment_of(c):
    """The variables that a hub with these settings gives to a server."""
    environment = server_of(c).environment
    return {name: value(None) if callable(value) else value for name, value in environment.items()}


def test_every_student_computes_on_one_thread(tmp_path):
    environment = environment_of(load_settings(tmp_path))
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    assert threads.items() <= environment.items()


def test_kernels_speak_through_files_whose_names_are_short_and_no_two_servers_share(tmp_path):
    """Ports collide when a class comes at once; the path of a socket may have 107 letters."""
    c = load_settings(tmp_path)
    assert server_of(c).args == ["--KernelManager.transport=ipc"]
    folders = [environment_of(c)["JUPYTER_RUNTIME_DIR"] for _ in range(2)]
    assert folders[0] != folders[1]
    assert len(f"{folders[0]}/kernel-{uuid.uuid4()}-ipc-5") <= 107


def test_the_settings_keep_what_the_hub_has_set(tmp_path):
    environment = environment_of(load_settings(tmp_path, 'c.Spawner.environment = {"COURSE_DATA": "/srv"}'))
    assert environment["COURSE_DATA"] == "/srv" and environment["OMP_NUM_THREADS"] == "1"


def test_every_setting_exists_in_jupyterhub(tmp_path):
    """A misspelt setting is ignored by JupyterHub, without a word."""
    spawner = pytest.importorskip("jupyterhub.spawner", reason="JupyterHub is not installed")
    c = load_settings(tmp_path)
    assert set(c) == {"Spawner"}
    assert set(c.Spawner) <= set(spawner.Spawner.class_traits(config=True))
    assert spawner.LocalProcessSpawner(config=c).mem_limit == 2 * 1024**3


# --------------------------------------------------------------------------------------------- the load test

needs_hub = pytest.mark.skipif(
    os.name == "nt"
    or importlib.util.find_spec("jupyterhub") is None
    or not (
        shutil.which("configurable-http-proxy") or Path(sys.executable).with_name("configurable-http-proxy").exists()
    ),
    reason="needs JupyterHub and its proxy: python -m pip install jupyterhub configurable-http-proxy (and no Windows)",
)


@needs_hub
@pytest.mark.slow
def test_two_students_on_a_real_hub(tmp_path, monkeypatch, capsys):
    """One run with all that can be seen in it: both finish, each failed cell is reported, and nothing is left running."""
    notebook = nbformat.v4.new_notebook()
    codes = [
        "import os; assert os.environ['OMP_NUM_THREADS'] == '1'; held = b'x' * 100_000_000",
        "1 / 0",
        "import ipywidgets; ipywidgets.IntSlider()",
    ]
    notebook.cells = [nbformat.v4.new_code_cell(code) for code in codes]
    nbformat.write(notebook, tmp_path / "lesson.ipynb")
    monkeypatch.setattr(classroom, "REPOSITORY", tmp_path)
    before = set(psutil.Process().children(recursive=True))
    row = classroom.measure(2, "lesson.ipynb")
    assert (row["students"], row["finished"], row["students with errors"]) == (2, 2, 2)
    assert row["errors"] == ["cell 2: ZeroDivisionError: division by zero"]
    assert 0 < row["server ready, median s"] <= row["all cells, median s"] <= row["all cells, last s"]
    assert 100 < row["of it kernel MB"] < row["MB a head"] < 500 and row["hub and proxy MB"] > 50
    assert row["processor s a head"] > 0.5
    assert not psutil.wait_procs(set(psutil.Process().children(recursive=True)) - before, timeout=5)[1]


def test_a_server_that_does_not_start_is_said(monkeypatch):
    class Refusing:
        async def start_server(self, name):
            raise RuntimeError(f"The server of {name} did not start")

    student = asyncio.run(classroom.attend(Refusing(), "ada", "lesson.ipynb", began=0.0))
    assert student.finished is None and student.errors == ["RuntimeError: The server of ada did not start"]
    nothing = dict.fromkeys(("hub", "proxy", "servers", "kernels"), 0.0)
    row = classroom.row([student], nothing, nothing)
    assert (row["finished"], row["students with errors"], row["all cells, last s"]) == (0, 1, None)


def test_missing_proxy_is_said_with_the_command(monkeypatch, capsys):
    monkeypatch.delenv("LMCOURSE_PROXY", raising=False)
    monkeypatch.setattr(hub.shutil, "which", lambda *arguments, **named: None)
    monkeypatch.setattr(hub.importlib.util, "find_spec", lambda name: object())
    assert classroom.main(["1", "--keep"]) == 1
    assert "npm install -g configurable-http-proxy" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["none"], ["0"], ["-3"], [], ["2", "--notebook", "chapters/9.ipynb"]])
def test_unfit_arguments_are_refused(words, capsys):
    with pytest.raises(SystemExit):
        classroom.main(words)
    assert "expected" in (said := capsys.readouterr().err) or "required" in said


def test_full_fills_the_free_memory_but_for_a_reserve(monkeypatch):
    monkeypatch.setattr(classroom.psutil, "virtual_memory", lambda: type("Memory", (), {"available": 13_000e6}))
    assert classroom.as_many_as_fit([{"MB a head": 400}, {"MB a head": 500}]) == 20
    with pytest.raises(SystemExit, match="3 full"):
        classroom.as_many_as_fit([])


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("python -m ipykernel_launcher -f kernel-1.json", "kernels"),
        ("python -m jupyterhub.singleuser --allow-root", "servers"),
        ("node /usr/bin/configurable-http-proxy --ip 127.0.0.1", "proxy"),
        ("python -m jupyterhub --config hub_config.py", "hub"),
    ],
)
def test_processes_are_told_apart(command, kind):
    assert kind_of(command) == kind


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says what processes hold in common")
def test_memory_in_common_counts_once_and_a_peak_is_kept():
    program = (
        "big = b'x' * 100_000_000; print('there', flush=True); input(); del big; print('gone', flush=True); input()"
    )
    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        process = psutil.Process(child.pid)
        child.stdout.readline()
        watch = Watch(process)
        watch.look()
        child.stdin.write("\n")
        child.stdin.flush()
        child.stdout.readline()
        watch.look()
        assert 100 < watch.total < 125 and megabytes(process) < 25
        assert megabytes(process) <= process.memory_info().rss / 1e6
    finally:
        child.kill()
        child.communicate()


# ------------------------------------------------------------------------------------------------- the page


def sample(**changes):
    """A row as the load test makes it."""
    times = {
        "server ready, median s": 3.0,
        "server ready, last s": 4.0,
        "all cells, median s": 9.0,
        "all cells, last s": 11.0,
    }
    memory = {"MB a head": 400, "of it kernel MB": 300, "hub and proxy MB": 160}
    seconds = {"processor s a head": 8.0, "hub and proxy processor s": 2.0, "load before": 0.1, "least free MB": 9000}
    return {
        "students": 3,
        "finished": 3,
        "errors": [],
        "students with errors": 0,
        **times,
        **memory,
        **seconds,
        **changes,
    }


def result(*rows):
    machine = {"cores": 2, "memory MB": 25_000, "system": "linux", "jupyterhub": "6", "jupyterlab": "4", "torch": "2"}
    return {"date": "2026-11-22", "notebook": "chapters/x.ipynb", "machine": machine, "rows": list(rows)}


def test_what_thirty_need_follows_from_the_largest_class():
    rows = [sample(students=8, **{"MB a head": 500, "processor s a head": 12.0}), sample(**{"MB a head": 600})]
    assert page.gigabytes(rows) == 22  # 1.3 * 30 * 500 MB, 160 MB and 1500 MB: 21.2 GB
    assert page.seconds(rows, cores=4) == 90
    assert "**22 GB of memory**" in page.table(result(*rows)) and "| 4 | 90 |" in page.table(result(*rows))


def test_only_the_measured_part_of_the_page_is_written(tmp_path):
    copy = tmp_path / "classroom.md"
    text = page.PAGE.read_text(encoding="utf-8")
    copy.write_text(text, encoding="utf-8")
    page.write(result(sample()), copy)
    assert page.measured(copy) == page.table(result(sample()))
    outside = re.compile(f"{page.BEGIN}.*{page.END}", re.DOTALL)
    assert outside.sub("", copy.read_text(encoding="utf-8")) == outside.sub("", text)
    copy.write_text("no marks", encoding="utf-8")
    with pytest.raises(ValueError, match="expected <!-- measured: begin"):
        page.write(result(sample()), copy)


def test_the_page_says_what_was_measured():
    stored = json.loads((REPOSITORY / "benchmarks" / "classroom.json").read_text(encoding="utf-8"))
    assert page.measured() == page.table(stored)
    assert all(row["finished"] == row["students"] and not row["errors"] for row in stored["rows"])


def test_the_page_names_files_and_commands_that_exist():
    text = page.PAGE.read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!http)([^)#\s]+)", text):
        assert (page.PAGE.parent / link).exists(), link
    assert "jupyter/hub/lmcourse.py" in text and "./postBuild" in text
    shared = (REPOSITORY / "docs" / "teaching" / "README.md").read_text(encoding="utf-8")
    assert "(classroom.md)" in shared
