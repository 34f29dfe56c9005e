"""What is right or wrong with an installation, in words.

A check is a function that returns a `Finding`: a state, a sentence and, where something is wrong, the repair. A check
that raises is itself a finding, so that one broken part never hides the others.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from lmcourse.devices import THREAD_VARIABLES, device
from lmcourse.lesson.record import Record

__all__ = ["Finding", "check_installation", "examine", "report"]

RIGHT, NOTE, WRONG = "right", "note", "WRONG"
INSTALL_AGAIN = "run python3 course.py lab in the folder of the course; if that does not help, delete .venv and repeat"
SUBSHELLS = ("@jupyterlab/apputils-extension:kernels-settings", "commsOverSubshells")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    state: str  # right, note (works, but worth knowing) or WRONG (must be repaired)
    sentence: str
    repair: str = ""


def examine(checks: Iterable[Callable[[], Finding]] | None = None) -> Iterator[Finding]:
    """Run the checks one by one."""
    for check in ALL_CHECKS if checks is None else checks:
        try:
            yield check()
        except Exception as problem:  # noqa: BLE001  whatever it is, the reader should see it, and the other checks
            name = check.__name__.replace("_", " ")
            yield Finding(WRONG, f"The check of {name} failed: {type(problem).__name__}: {problem}", INSTALL_AGAIN)


def report(findings: Iterable[Finding]) -> int:
    """Print the findings; 1 if something must be repaired, else 0.

    >>> report([Finding("right", "All is well.")])
      right  All is well.
    <BLANKLINE>
    Nothing has to be repaired.
    0
    """
    wrong = 0
    for finding in findings:
        wrong += finding.state == WRONG
        print(f"{finding.state:>7}  {finding.sentence}", flush=True)
        if finding.repair:
            print(f"{'':>7}  To repair it: {finding.repair}.", flush=True)
    print(f"\n{wrong or 'Nothing'} {'has' if wrong <= 1 else 'have'} to be repaired.")
    return int(wrong > 0)


def python_version() -> Finding:
    sentence = f"Python {platform.python_version()} at {sys.executable}; the course needs 3.11 to 3.14."
    if (3, 11) <= sys.version_info[:2] <= (3, 14):
        return Finding(RIGHT, sentence)
    return Finding(WRONG, sentence, "install one of these and make the environment again with it")


def packages() -> Finding:
    """Every declared package is there, in a version that fits."""
    from packaging.requirements import Requirement

    try:
        lines = importlib.metadata.requires("lmcourse") or []
    except importlib.metadata.PackageNotFoundError:
        return Finding(NOTE, f"lmcourse is used from {Path(__file__).parent}, without having been installed.")
    needed = [requirement for requirement in map(Requirement, lines) if is_needed(requirement)]
    problems = []
    for requirement in needed:
        found = installed_version(requirement.name)
        if found is None or not requirement.specifier.contains(found, prereleases=True):
            problems.append(f"{requirement} is expected, {found or 'nothing'} is installed")
    if problems:
        return Finding(WRONG, f"Packages do not fit: {'; '.join(problems)}.", INSTALL_AGAIN)
    return Finding(RIGHT, f"The {len(needed)} packages that the course needs are installed, in versions that fit.")


def is_needed(requirement) -> bool:
    """Whether it is needed here without any extra."""
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})


def installed_version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def torch_arithmetic() -> Finding:
    """Double precision gives the eigenvalues of a matrix for which they are known."""
    matrix = torch.tensor([[2.0, 1.0], [1.0, 2.0]], dtype=torch.float64)
    error = (torch.linalg.eigvalsh(matrix) - torch.tensor([1.0, 3.0], dtype=torch.float64)).abs().max().item()
    sentence = f"torch {torch.__version__}: eigenvalues of a known matrix in double precision are off by {error:.0e}."
    return Finding(RIGHT, sentence) if error < 1e-14 else Finding(WRONG, sentence, INSTALL_AGAIN)


def threads() -> Finding:
    count = torch.get_num_threads()
    if count == 1:
        return Finding(RIGHT, "torch computes on one thread: the fastest for small networks.")
    names = " and ".join(name for name in THREAD_VARIABLES if os.environ.get(name)) or "something"
    return Finding(NOTE, f"torch computes on {count} threads, as {names} says. On small networks one thread is faster.")


def compute_device() -> Finding:
    chosen = device()
    if chosen.type == "cpu" and shutil.which("nvidia-smi") and not torch.cuda.is_available():
        return Finding(NOTE, "Computes on the CPU: there are NVIDIA tools here, but torch finds no GPU it can use.")
    return Finding(RIGHT, f"Computes on the device {chosen}.")


def explorers() -> Finding:
    """The Python packages of the explorers and JupyterLab's part of them."""
    parts = ("ipywidgets", "anywidget", "jupyterlab-widgets", "jupyterlab")
    versions = {name: installed_version(name) for name in parts}
    words = ", ".join(f"{name} {version or 'is missing'}" for name, version in versions.items())
    extension = Path(sys.prefix, "share", "jupyter", "labextensions", "@jupyter-widgets", "jupyterlab-manager")
    if None in versions.values() or not extension.exists():
        return Finding(WRONG, f"Explorers will not show in JupyterLab: {words}; expected {extension}.", INSTALL_AGAIN)
    return Finding(RIGHT, f"Explorers: {words}.")


def lab_settings() -> Finding:
    """The course switches JupyterLab's subshells off, which run widget callbacks beside a running cell."""
    section, setting = SUBSHELLS
    value = next((found[section][setting] for found in setting_files() if setting in found.get(section, {})), None)
    if value == "disabled":
        return Finding(RIGHT, "JupyterLab's settings: explorers and cells take turns (commsOverSubshells is disabled).")
    return Finding(
        NOTE,
        "JupyterLab has its own setting of commsOverSubshells here. Explorers work, but while a cell runs they may be "
        "slow. JupyterLab started with python3 course.py lab has the course's settings.",
    )


def setting_files() -> Iterator[dict]:
    """Contents of the files from which JupyterLab takes its defaults, the strongest first."""
    from jupyter_core.paths import jupyter_config_path

    paths = [Path(folder, "labconfig", "default_setting_overrides.json") for folder in jupyter_config_path()]
    for path in [*paths, Path(sys.prefix, "share", "jupyter", "lab", "settings", "overrides.json")]:
        if path.exists():
            yield json.loads(path.read_text(encoding="utf-8"))


def disk_space() -> Finding:
    free = shutil.disk_usage(Path.home()).free / 1e9
    sentence = f"{free:.1f} GB of disk are free in your home folder."
    return Finding(RIGHT, sentence) if free > 0.2 else Finding(WRONG, sentence, "free some space: 0.2 GB are needed")


def progress_file() -> Finding:
    path = Record().path
    if path is None:
        return Finding(NOTE, "Your progress is not kept: LMCOURSE_PROGRESS is off.")
    folder = next(parent for parent in path.parents if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Finding(RIGHT, f"Your progress is kept in {path}.")
    except OSError as problem:
        repair = "make that folder writable, or name another file in the variable LMCOURSE_PROGRESS"
        return Finding(WRONG, f"Your progress cannot be kept in {path}: {problem}.", repair)


def free_memory() -> Finding:
    free = available_gigabytes()
    if free is None:
        return Finding(NOTE, "How much memory is free cannot be told here; a lesson needs 0.5 GB.")
    sentence = f"{free:.1f} GB of memory are free; a lesson needs 0.5 GB."
    return Finding(RIGHT, sentence) if free > 0.5 else Finding(WRONG, sentence, "close other programs or notebooks")


def available_gigabytes() -> float | None:
    """What Linux says is available, or less where a container has a limit; None elsewhere."""
    information = Path("/proc/meminfo")
    if not information.exists():
        return None
    lines = dict(line.split(":") for line in information.read_text().splitlines())
    available = int(lines["MemAvailable"].split()[0]) * 1024
    limit, used = (Path("/sys/fs/cgroup", name) for name in ("memory.max", "memory.current"))
    if limit.exists() and limit.read_text().strip() != "max":
        available = min(available, int(limit.read_text()) - int(used.read_text()))
    return available / 1e9


def notebook_kernel() -> Finding:
    """A kernel starts, and the course can be imported in it."""
    from jupyter_client.manager import start_new_kernel

    started = time.monotonic()
    manager, client = start_new_kernel(kernel_name="python3", startup_timeout=60, stderr=subprocess.DEVNULL)
    try:
        answer = client.execute_interactive("import lmcourse", timeout=60, output_hook=lambda message: None)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    content = answer["content"]
    if content["status"] != "ok":
        problem = f"{content['ename']}: {content['evalue']}"
        return Finding(WRONG, f"A notebook cannot import lmcourse: {problem}.", INSTALL_AGAIN)
    return Finding(RIGHT, f"A notebook starts and imports the course in {time.monotonic() - started:.1f} s.")


ALL_CHECKS = (
    python_version,
    packages,
    torch_arithmetic,
    threads,
    compute_device,
    explorers,
    lab_settings,
    disk_space,
    progress_file,
    free_memory,
    notebook_kernel,
)


def check_installation() -> None:
    """Say in a notebook whether the installation is in order; only what must be repaired is told in full."""
    findings = list(examine(check for check in ALL_CHECKS if check is not notebook_kernel))  # a notebook runs already
    wrong = [finding for finding in findings if finding.state == WRONG]
    if wrong:
        report(wrong)
    else:
        print("Everything is in order. The command `lmcourse doctor` tells the details.")
