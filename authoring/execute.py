"""Run a notebook from top to bottom in a fresh kernel of this very Python.

A `Run` tells what one execution cost: seconds in all, seconds per code cell, and the peak memory of the
kernel process in MB. The kernel has one thread, no progress file, the CPU as its device, an empty IPython
profile and the notebook's own folder as working directory.
"""

import contextlib
import os
import re
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from authoring.problems import Problem, SourceError

CELL_TIMEOUT = 300  # seconds; a lesson as a whole may take 60
ONE_THREAD = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@dataclass(frozen=True)
class Run:
    seconds: float
    cell_seconds: tuple
    peak_megabytes: float


class OwnKernel(KernelSpecManager):
    """Knows one kernel: the Python that runs the build, whatever kernels a user has installed."""

    def get_kernel_spec(self, kernel_name):
        return KernelSpec(**get_kernel_dict())


def execute(notebook, folder, where, root, on_cell=lambda done, total: None):
    """Execute in place and return the Run; raises SourceError when a cell fails.

    `folder` is the working directory, `where` names the notebook in messages, `on_cell` is called after each
    code cell with the number of cells done and their total.
    """
    code = [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=OwnKernel())
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=CELL_TIMEOUT,
            coalesce_streams=True,
            store_widget_state=False,
            shutdown_kernel="immediate",
            extra_arguments=["--HistoryManager.enabled=False"],
        )
        log = Path(scratch, "kernel.log")
        with log.open("wb") as stream:
            setup = client.setup_kernel(
                cwd=str(folder),
                env=_environment(root, scratch),
                stdout=stream,
                stderr=stream,
                cleanup_kc=True,
            )
            begin = time.perf_counter()
            seconds = []
            with setup, _peak_memory(manager) as peak:
                for number, (index, cell) in enumerate(code, 1):
                    started = time.perf_counter()
                    try:
                        client.execute_cell(cell, index)
                    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                        raise SourceError(_failure(error, cell, number, where, log)) from None
                    seconds.append(time.perf_counter() - started)
                    on_cell(number, len(code))
                total = time.perf_counter() - begin
            return Run(total, tuple(seconds), peak["megabytes"])


def _environment(root, scratch):
    path = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")]))
    return {
        **os.environ,
        **dict.fromkeys(ONE_THREAD, "1"),
        "LMCOURSE_PROGRESS": "off",
        "LMCOURSE_DEVICE": "cpu",
        "PYTHONPATH": path,
        "PYTHONHASHSEED": "0",
        "IPYTHONDIR": scratch,
    }


def _failure(error, cell, number, where, log):
    place = f"{where}, code cell {number}"
    code = "\n".join(f"        | {line}" for line in cell.source.splitlines())
    if isinstance(error, CellTimeoutError):
        what = f"took longer than {CELL_TIMEOUT} s and was stopped"
    elif isinstance(error, DeadKernelError):
        what = (
            "the kernel died (often: no memory left). "
            + log.read_text(encoding="utf-8", errors="replace")[-500:].strip()
        )
    else:
        traceback = next((output.traceback for output in cell.outputs if output.output_type == "error"), [])
        lines = _plain("\n".join(traceback)).splitlines()
        last = "\n".join(f"        {line}" for line in lines[-8:])
        what = f"raised {error.ename}: {error.evalue}\n{last}"
    return Problem(place, f"{what}\n      the cell:\n{code}", "correct the source; the notebook on disk is as it was")


def _plain(text):
    """Without the colour codes of a traceback."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@contextlib.contextmanager
def _peak_memory(manager):
    """Watch the resident memory of the kernel process twenty times a second."""
    result, done = {"megabytes": 0.0}, threading.Event()
    process = psutil.Process(manager.provisioner.pid)

    def look():
        with contextlib.suppress(psutil.Error):
            result["megabytes"] = max(result["megabytes"], process.memory_info().rss / 1e6)

    def watch():
        while not done.wait(0.05):
            look()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield result
    finally:
        look()
        done.set()
        watcher.join()
