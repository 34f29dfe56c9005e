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

    def __init__(self, work: Callable[[Run], object], on_report: Callable[[str], None],
                 on_end: Callable[[object, Exception | None], None]):
        self.stopping = threading.Event()
        self._on_report, self._last_report = on_report, 0.0
        self._thread = threading.Thread(target=self._go, args=(work, on_end), daemon=True)
        self._thread.start()

    def _go(self, work, on_end) -> None:
        try:
            result, error = work(self), None
        except Exception as caught:  # shown in the explorer, in words
            result, error = None, caught
        on_end(result, error)

    def report(self, text: str) -> None:
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
