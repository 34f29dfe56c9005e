"""Memory and processor time of a tree of processes, sorted by what they are."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Self

import psutil

KINDS = {"kernels": ("ipykernel",), "proxy": ("configurable-http-proxy", "configurable_http_proxy")}
SERVERS = ("jupyterhub-singleuser", "jupyterhub.singleuser", "jupyterlab")


def kind_of(command: str) -> str:
    """What a process of the class is, by its command line; what is unknown belongs to the hub.

    >>> kind_of("python -m ipykernel_launcher -f kernel.json"), kind_of("python -m jupyterhub --config hub.py")
    ('kernels', 'hub')
    """
    for kind, words in {**KINDS, "servers": SERVERS}.items():
        if any(word in command for word in words):
            return kind
    return "hub"


def processes(root: psutil.Process) -> Iterator[tuple[str, psutil.Process]]:
    """Each living process of the tree with its kind."""
    for process in [root, *root.children(recursive=True)]:
        try:
            yield kind_of(" ".join(process.cmdline())), process
        except psutil.Error:  # it has ended meanwhile
            continue


def megabytes(process: psutil.Process) -> float:
    """The process's share of memory: on Linux a page that n processes hold in common counts 1/n for each of them.

    Elsewhere all that the process holds, so that sums over processes come out too large.
    """
    full = process.memory_full_info()
    return getattr(full, "pss", full.rss) / 1e6


def add_up(root: psutil.Process, measure: Callable[[psutil.Process], float]) -> dict[str, float]:
    """The sums of a measure over the processes of each kind."""
    sums = dict.fromkeys(("hub", "proxy", "servers", "kernels"), 0.0)
    for kind, process in processes(root):
        try:
            sums[kind] += measure(process)
        except psutil.Error:
            continue
    return sums


def processor_seconds(process: psutil.Process) -> float:
    return sum(process.cpu_times()[:2])


class Watch:
    """Looks at a tree of processes every few seconds and keeps the moment at which it took most memory.

    with Watch(process) as watch: ...
    """

    def __init__(self, root: psutil.Process, every: float = 3.0):
        self.root, self.every = root, every
        self.most: dict[str, float] = {}
        self.least_available = psutil.virtual_memory().available / 1e6
        self._stop, self._thread = threading.Event(), threading.Thread(target=self._watch, daemon=True)

    @property
    def total(self) -> float:
        """Megabytes of the whole tree at its largest."""
        return sum(self.most.values())

    def look(self) -> None:
        now = add_up(self.root, megabytes)
        if sum(now.values()) > self.total:
            self.most = now
        self.least_available = min(self.least_available, psutil.virtual_memory().available / 1e6)

    def _watch(self) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            self.look()
            self._stop.wait(max(self.every, 4 * (time.monotonic() - began)))  # looking may cost a fifth of a core

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._stop.set()
        self._thread.join()
