"""Long work beside the notebook: it reports, it stops when told to, and a new start replaces the old one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

SHORTEST_PAUSE = 0.2  # seconds between two reports, so that five a second reach the browser


class Run:
    """One piece of work in a daemon thread.

    `work(run)` calls `run.report(text)` as often as it likes and ends when `run.stopping` is set; what it returns
    then is the part done so far.
    """

    def __init__(
        self,
        work: Callable[[Run], object],
        on_report: Callable[[str], None],
        on_end: Callable[[object, Exception | None], None],
    ):
        self.stopping = threading.Event()
        self._work, self._on_report, self._on_end = work, on_report, on_end
        self._last_report = 0.0
        self._thread = threading.Thread(target=self._go, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _go(self) -> None:
        try:
            result, error = self._work(self), None
        except Exception as caught:  # noqa: BLE001  (whatever it is, the explorer shows it in words)
            result, error = None, caught
        self._on_end(result, error)

    def report(self, text: str) -> None:
        """Say how far the work has come; reports that follow too fast are dropped."""
        now = time.monotonic()
        if now - self._last_report >= SHORTEST_PAUSE and not self.stopping.is_set():
            self._last_report = now
            self._on_report(text)

    def stop(self) -> None:
        self.stopping.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end; False when it has not come within so many seconds."""
        self._thread.join(seconds)
        return not self._thread.is_alive()
