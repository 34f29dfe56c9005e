"""The folder .venv and what is installed there.

An environment is finished when its stamp is there: a small JSON file, written last, that says which edition of
`pyproject.toml` and `constraints.txt` was installed, with which extras. Without it the next call finishes the work.
"""

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

from bootstrap import ROOT, Trouble, read_json, run_quietly, say, write_json

VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "course-setup.json"
PYTORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
GIGABYTES = 2.0  # measured on Linux: 1.6 for learners, 1.9 with what the tests need
GIGABYTES_WITH_CUDA = 6.0


def environment_python(extras):
    """The Python that has what the course and these extras need; installs into .venv what is missing."""
    if conda_has_everything(extras):
        return Path(sys.executable)
    if not is_ready(extras):
        with one_setup_at_a_time():
            if not is_ready(extras):  # another call may have done it while this one waited
                set_up(extras)
    return VENV_PYTHON


def conda_has_everything(extras):
    """Whether this Python belongs to a conda environment in which every package is installed."""
    if not (Path(sys.prefix) / "conda-meta").is_dir():
        return False
    installed = {normalised(found.metadata["Name"] or "") for found in importlib.metadata.distributions()}
    return set(requirements(extras)) <= installed


def requirements(extras):
    """Names of the packages that pyproject.toml asks for, with these extras."""
    project = project_table()
    groups = [project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)]
    return [normalised(re.match(r"[\w.-]+", requirement).group()) for group in groups for requirement in group]


def project_table():
    """What pyproject.toml says about the package itself, without the settings of tools."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def normalised(name):
    """One spelling for Python_Flint, python.flint and python-flint."""
    return re.sub("[-_.]+", "-", name).lower()


# ------------------------------------------------------------------------------------------ is it finished?


def is_ready(extras):
    """Whether .venv is finished, up to date and has these extras (takes milliseconds, imports no package)."""
    stamp = read_json(STAMP)
    return (
        stamp.get("fingerprint") == fingerprint()
        and set(extras) <= set(stamp.get("extras", []))
        and stamp.get("python") == venv_python_version()
    )


def fingerprint():
    """Changes when what has to be installed changes, or when the folder was moved."""
    contents = [project_table(), (ROOT / "constraints.txt").read_text(encoding="utf-8"), str(ROOT)]
    return hashlib.sha256(json.dumps(contents).encode()).hexdigest()


def venv_python_version():
    """Such as "3.12"; None where .venv has no Python that starts."""
    try:
        words = run_quietly([VENV_PYTHON, "--version"])[1]
    except OSError:
        return None
    found = re.search(r"Python (\d+\.\d+)", words)
    return found.group(1) if found else None


# ---------------------------------------------------------------------------------------------- making it


def set_up(extras):
    """Make or finish .venv. May be stopped at any moment and called again."""
    extras = sorted({*extras, *read_json(STAMP).get("extras", [])})
    refuse_intel_mac()
    announce(extras)
    STAMP.unlink(missing_ok=True)
    make_venv()
    remove_half_installed_packages()
    install_torch()
    say("Installing JupyterLab and the other packages ...")
    pip_install("--editable", f".[{','.join(extras)}]" if extras else ".")
    check_that_it_starts(VENV_PYTHON)
    write_json(STAMP, {"fingerprint": fingerprint(), "extras": extras, "python": venv_python_version()})
    say("The environment is ready.")


def refuse_intel_mac():
    if sys.platform == "darwin" and os.uname().machine == "x86_64":
        raise Trouble(
            "PyPI has no PyTorch for Intel Macs. Make the conda environment (docs/installing.md tells how), "
            "then run the same command in it."
        )


def announce(extras):
    """Say what will be installed, where, and how large it is; stop where the disk is too small."""
    needed = GIGABYTES_WITH_CUDA if sys.platform == "linux" and has_nvidia_gpu() else GIGABYTES
    free = shutil.disk_usage(ROOT).free / 1e9
    what = "the course and what its tests need" if "test" in extras else "the course"
    say(f"Setting up {what} in {VENV}, once: up to {needed} GB on disk ({free:.0f} GB are free), 2 to 10 minutes.")
    if free < needed and not VENV.exists():
        raise Trouble(
            f"The disk has {free:.1f} GB free, and up to {needed} GB are needed. Free some space, "
            "then run the same command again."
        )


def make_venv():
    """An environment with pip in it. One that does not work is made again."""
    works = venv_python_version() == "{}.{}".format(*sys.version_info)
    if works and run_quietly([VENV_PYTHON, "-m", "pip", "--version"])[0] == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if importlib.util.find_spec("ensurepip"):
        run_or_explain([sys.executable, "-m", "venv", VENV])
    elif importlib.util.find_spec("pip"):  # Debian and Ubuntu without the package python3-venv
        run_or_explain([sys.executable, "-m", "venv", "--without-pip", VENV])
        run_or_explain([sys.executable, "-m", "pip", "--python", VENV_PYTHON, "install", "--quiet", "pip"])
    else:
        raise Trouble(
            "This Python has neither venv nor pip. On Debian and Ubuntu run: sudo apt install python3-venv\n"
            "Then run the same command again."
        )


def remove_half_installed_packages():
    """An installation that was stopped may leave a package that pip takes for whole: it has no RECORD yet."""
    for folder in ("lib/python*", "Lib"):  # on Linux and macOS; on Windows
        for information in VENV.glob(f"{folder}/site-packages/*.dist-info"):
            if not (information / "RECORD").exists():
                shutil.rmtree(information)


def install_torch():
    """On Linux without an NVIDIA GPU take PyTorch's build for the CPU: PyPI's needs gigabytes more."""
    if sys.platform != "linux":
        return
    if has_nvidia_gpu():
        say("Found an NVIDIA GPU: PyTorch comes with CUDA.")
        return
    say("Installing PyTorch for the CPU ...")
    only_torch = ("--no-deps", "--index-url", PYTORCH_CPU_INDEX, "--retries", "1", "--timeout", "15", "torch")
    code, words = run_pip(*only_torch, echo=False)
    if code and "No matching distribution" not in words:
        raise Trouble(explain(words))
    if code:
        say(
            f"Warning: {PYTORCH_CPU_INDEX} did not answer. PyTorch will come from the usual package index, "
            "where the build for Linux may bring several GB of CUDA."
        )


def has_nvidia_gpu():
    return shutil.which("nvidia-smi") is not None and run_quietly(["nvidia-smi", "-L"])[0] == 0


def check_that_it_starts(python):
    code, words = run_quietly([python, "-c", "import torch, numpy, jupyterlab"])
    if code:
        raise Trouble(
            f"The packages are installed, but do not start:\n{words.strip()}\n"
            f"Delete the folder {VENV}, then run: python3 course.py lab"
        )


# ------------------------------------------------------------------------------------------------ with pip


def pip_install(*arguments):
    code, words = run_pip(*arguments, echo=True)
    if code:
        raise Trouble(explain(words))


def run_pip(*arguments, echo):
    """Run pip with its own progress on the screen; return the exit code and what it said on stderr."""
    command = [VENV_PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "-c", "constraints.txt", *arguments]
    environment = {**os.environ, "PIP_USER": "0", "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [str(part) for part in command], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, errors="replace"
    )
    words = []
    for line in process.stderr:
        words.append(line)
        if echo:
            sys.stderr.write(line)
    return process.wait(), "".join(words)


def run_or_explain(command):
    code, words = run_quietly(command)
    if code:
        raise Trouble(explain(words))


FULL_DISK = "No space left|Errno 28|not enough space|Disk quota exceeded"
NO_NETWORK = (
    "NewConnectionError|ConnectTimeout|NameResolutionError|name resolution|getaddrinfo failed|Network is unreachable"
    "|ProxyError|Read timed out|ConnectionResetError|No route to host"
)


def explain(words):
    """One sentence for what pip or venv said at length."""
    if re.search(FULL_DISK, words):
        return f"The disk is full. Free about 2 GB for {ROOT} and temporary files, then run the same command again."
    if re.search(NO_NETWORK, words):
        return (
            "No package index could be reached. The first set-up needs the internet, or a mirror set up for pip: "
            "connect, then run the same command again. docs/installing.md tells how to install without one."
        )
    last_words = "\n".join(words.strip().splitlines()[-8:])
    return (
        f"The installation stopped:\n{last_words}\n"
        f"Run the same command again; if it stops at the same place, delete {VENV} first."
    )


# ------------------------------------------------------------------------------------------ one at a time


@contextlib.contextmanager
def one_setup_at_a_time():
    """Hold .setup.lock. The system lets go of it when the process ends, however that happens."""
    with open(ROOT / ".setup.lock", "w", encoding="utf-8") as lock:
        if not try_lock(lock):
            say("Another call is setting up the course; waiting for it to finish.")
            while not try_lock(lock):
                time.sleep(0.5)
        yield


def try_lock(file):
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True  # a file system without locks: go on without one
    return True
