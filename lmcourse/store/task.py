"""One chunk of an experiment, as a worker runs it: a pure function of its arguments, with nothing to hand over but numbers.

Data types, in words
    label       how long a chunk took and what it was made with; goes into the record of the whole result
    reference   processor time of a fixed small training on this machine: what makes times of different machines comparable
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.metadata import version
from types import ModuleType

import numpy as np

from lmcourse.store.plan import Chunk, Plan, StoredResultError, find

ONE_AT_A_TIME = (
    threading.Lock()
)  # a Dask worker may have several threads; compiled steps and LMCOURSE_DEVICE are for one


def compute(name: str, members: int, identity: str, chunk: Chunk, device: str = "") -> tuple[dict, dict]:
    """The arrays of one chunk, {"loss": (members of the chunk, ...), ...}, and its label.

    Raises StoredResultError if the experiment has another version here than where the work was planned.
    """
    experiment = find(name)
    if Plan(experiment, members).identity != identity:
        raise StoredResultError(
            f"A worker on {platform.node()} has another version of {name}. Install the same lmcourse on all machines."
        )
    row, first, stop = chunk
    with ONE_AT_A_TIME, _device(device):
        reference = reference_seconds()
        began, processor = time.perf_counter(), time.process_time()
        with _noted_interrupts() as noted:
            arrays = experiment.run_chunk(experiment.SPECS[row], range(first, stop))
        if noted:
            raise KeyboardInterrupt
        label = {
            "seconds": time.perf_counter() - began,
            "processor_seconds": time.process_time() - processor,
            "reference_seconds": reference,
            "with": _made_with(experiment),
        }
    return {key: np.asarray(array) for key, array in arrays.items()}, label


@cache
def reference_seconds() -> float:
    """Processor time of 150 steps of gradient descent by 200 networks of ten neurons, the best of three."""
    from lmcourse.initialisations import starts
    from lmcourse.networks.teacher_student import teacher_student
    from lmcourse.training import train

    land, times = teacher_student(10), []
    theta = starts(land, seeds=range(200))
    for _ in range(3):
        began = time.process_time()
        train(land, theta, lr=0.1, tol=0, max_steps=150)
        times.append(time.process_time() - began)
    return round(min(times), 4)


def _made_with(experiment: ModuleType) -> dict[str, str]:
    return {
        "device": getattr(experiment, "device_used", lambda: "cpu")(),
        "engine": getattr(experiment, "engine_used", lambda: "eager")(),
        "lmcourse": import_module("lmcourse").__version__,
        "torch": version("torch"),
        "numpy": version("numpy"),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
    }


@contextmanager
def _device(device: str) -> Iterator[None]:
    """LMCOURSE_DEVICE as asked for, meanwhile."""
    before = os.environ.get("LMCOURSE_DEVICE")
    if device:
        os.environ["LMCOURSE_DEVICE"] = device
    try:
        yield
    finally:
        os.environ.pop("LMCOURSE_DEVICE", None)
        if before is not None:
            os.environ["LMCOURSE_DEVICE"] = before


@contextmanager
def _noted_interrupts() -> Iterator[list[int]]:
    """Every Ctrl-C meanwhile. A training that is interrupted returns what it has, and such a chunk must not be kept."""
    noted: list[int] = []
    here = threading.current_thread() is threading.main_thread()  # signals reach no other thread
    if not here or multiprocessing.parent_process() is not None:  # a worker process leaves Ctrl-C to its opener
        yield noted
        return

    def note(number, frame):
        noted.append(number)
        signal.default_int_handler(number, frame)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, before)
