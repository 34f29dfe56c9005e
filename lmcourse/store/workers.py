"""Who runs the chunks: this process, worker processes of this machine, or a cluster with Dask; and what happens when one is lost.

Data types, in words
    executor    anything with the interface of concurrent.futures.Executor
    workers     a function without arguments that opens an executor: `with workers() as executor`. None: this process itself
    lost        a worker that ended in the middle of a chunk, for example since the memory was full; the chunk runs again elsewhere
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, ProcessPoolExecutor, as_completed
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tqdm import tqdm

from lmcourse.store.plan import StoredResultError

Workers = Callable[[], AbstractContextManager[Executor]]
LOSSES = 3  # in a row, with no chunk finished in between: then something is wrong with the chunks, not with the workers
SECONDS_TO_ANSWER = 20  # for a Dask scheduler


def finished(task: Callable, calls: Iterable[tuple], workers: Workers | None = None) -> Iterator[tuple[tuple, object]]:
    """(call, task(*call)) for every call, in the order in which they are finished.

    Raises StoredResultError when workers are lost again and again; what a task raises comes out as it is.

    >>> dict(finished(pow, [(2, 3), (5, 2)]))
    {(2, 3): 8, (5, 2): 25}
    """
    if workers is None:
        for call in calls:
            yield call, task(*call)
        return
    left, losses = list(calls), 0
    while left:
        with workers() as executor:
            waiting = {executor.submit(task, *call): call for call in left}
            for future in as_completed(list(waiting)):
                call = waiting.pop(future)
                if isinstance(future.exception(), BrokenExecutor):
                    continue  # its worker was lost, or one beside it; others may have finished before
                result = future.result()
                left.remove(call)
                losses = 0
                yield call, result
        losses += bool(left)
        if losses == LOSSES:
            raise StoredResultError(
                f"Workers were lost {LOSSES} times while nothing was finished. Is there too little memory? Finished parts "
                "are kept: start the same command again with fewer workers."
            )


def processes(count: int) -> Workers:
    """So many worker processes of this machine. They end with the process that opened them, however that one ends."""

    @contextmanager
    def opened() -> Iterator[Executor]:
        context = multiprocessing.get_context("spawn")
        held_by_workers, held_here = context.Pipe(duplex=False)
        executor = ProcessPoolExecutor(
            count, mp_context=context, initializer=_end_with_the_opener, initargs=(held_by_workers,)
        )
        try:
            yield executor
            executor.shutdown()
        finally:
            held_here.close()
            executor.shutdown(cancel_futures=True)
            held_by_workers.close()

    return opened


def _end_with_the_opener(pipe) -> None:
    """Prepare a worker process: it leaves Ctrl-C to the opener, and ends as soon as nobody holds the other end of the pipe."""

    def wait() -> None:
        pipe.poll(None)
        os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tqdm.set_lock(threading.RLock())  # its own is a semaphore of the system, which a sudden end would leave behind
    threading.Thread(target=wait, daemon=True).start()


def dask_workers(address: str) -> Workers:
    """The workers of a Dask scheduler: its address, such as tcp://node7:8786, or the path of its scheduler file."""

    @contextmanager
    def opened() -> Iterator[Executor]:
        try:
            from distributed import Client, KilledWorker
        except ModuleNotFoundError:
            raise StoredResultError("--dask needs Dask distributed: pip install 'lmcourse[many]'.") from None
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # a page of calls for what one sentence says
        try:
            client = Client(**_place(address), timeout=SECONDS_TO_ANSWER, set_as_default=False)
        except (OSError, ValueError, TypeError) as problem:
            raise StoredResultError(
                f"No Dask scheduler answers at {address} ({type(problem).__name__}). Start one: dask scheduler."
            ) from None
        with client:
            if not client.scheduler_info()["workers"]:
                at = f"--scheduler-file {address}" if address.endswith(".json") else address
                print(f"No worker has joined yet. Start some: dask worker {at} --nthreads 1", file=sys.stderr)
            executor = client.get_executor()
            try:
                yield executor
            except KilledWorker as problem:
                raise StoredResultError(
                    f"Dask gave up: {problem} Is there too little memory for a worker? Finished parts are kept."
                ) from None
            except CancelledError:
                raise StoredResultError(
                    f"The Dask scheduler at {address} is gone. Finished parts are kept: start it and the same command again."
                ) from None
            finally:
                executor.shutdown(wait=False)

    return opened


def _place(address: str) -> dict[str, str]:
    """What Dask's client is told. A scheduler file may appear a moment after the job that writes it has begun."""
    if not address.endswith(".json"):
        return {"address": address}
    until = time.monotonic() + SECONDS_TO_ANSWER
    while not Path(address).is_file():
        if time.monotonic() > until:
            raise FileNotFoundError(address)
        time.sleep(0.1)
    return {"scheduler_file": address}
