"""Runs of samples.small_training that are killed, each in a process of its own, as `kill -9` does it. Prints what it did.

    python -m samples.stopped_runs moments FOLDER SEED      at 20 random moments
    python -m samples.stopped_runs operations FOLDER        before every operation on a file, and in the middle of every write
    python -m samples.stopped_runs again FOLDER             the same while an older result is being replaced

All are forks of one process that has loaded the course, so that twenty runs cost less than one start of Python.
"""

import os
import random
import signal
import sys
import time
from itertools import count
from pathlib import Path

from lmcourse import store
from lmcourse.store import run as running
from lmcourse.store.task import reference_seconds

MEMBERS = 10  # two chunks a row: enough to stop at every operation
OPERATIONS = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir"}


def reproduce(folder, **options):
    return store.reproduce("samples.small_training", folder, progress=False, **options)


def in_a_fork(work):
    """The number of the fork that does this work and ends."""
    if pid := os.fork():
        return pid
    try:
        work()
        os._exit(0)
    finally:
        os._exit(1)


def ended(pid):
    """Whether it came to its end; False if it was killed. Anything else is an error."""
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return False
    assert os.WEXITSTATUS(status) == 0, "a run failed"
    return True


def is_whole(folder, expected):
    assert sorted(path.name for path in folder.iterdir()) == ["small_training.json", "small_training.npz"]
    assert (folder / "small_training.npz").read_bytes() == expected
    store.load("samples.small_training", folder)


def moments(top, seed):
    began = time.perf_counter()
    reproduce(top / "whole")
    seconds, expected = time.perf_counter() - began, (top / "whole/small_training.npz").read_bytes()
    chance, kills, ends, found = random.Random(seed), 0, 0, set()
    while kills < 20 or not ends:
        folder = top / f"run{ends}"
        pid = in_a_fork(lambda folder=folder: reproduce(folder))
        time.sleep(chance.uniform(0, seconds / 2 if kills < 20 else 10 * seconds))
        os.kill(pid, signal.SIGKILL)
        if ended(pid):
            is_whole(folder, expected)
            ends += 1
        else:
            kills += 1
            found.add(len(list(folder.glob("*.parts-*/*.npz"))))
    print(f"{kills} kills, {ends} whole results, stopped after {sorted(found)} chunks")


def operations(top, older=0):
    """`older` : members of a result that is in the folder before; it is replaced."""
    reproduce(top / "whole", members=MEMBERS)
    expected = (top / "whole/small_training.npz").read_bytes()
    work = {"members": MEMBERS, "again": bool(older)}
    for number in count(1):
        folder = top / str(number)
        if older:
            reproduce(folder, members=older)
        killed = not ended(in_a_fork(lambda folder=folder, number=number: reproduce_until(folder, number, work)))
        if older:
            nothing_half_is_read(folder, older, expected)
        if killed:
            assert ended(in_a_fork(lambda folder=folder: reproduce(folder, **work)))
        if killed and older and not (folder / "small_training.npz").read_bytes() == expected:
            raise AssertionError(f"operation {number}: the older result is still there")
        is_whole(folder, expected)
        if not killed:
            break
    print(f"killed at {number - 1} operations")


def reproduce_until(folder, number, work):
    """Run, and die at the operation of this number on a file of the folder."""
    left, handed_over = [number], os.fsync

    def one_more():
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(event, arguments):
        if event in OPERATIONS and str(folder) in str(arguments[0]):
            one_more()

    def fsync(descriptor):
        if left[0] == 1:
            os.ftruncate(descriptor, os.fstat(descriptor).st_size // 2)  # so much had been written
        one_more()
        handed_over(descriptor)

    sys.addaudithook(watch)
    os.fsync = fsync
    reproduce(folder, **work)


def nothing_half_is_read(folder, older, expected):
    try:
        stored = store.load("samples.small_training", folder)
    except store.StoredResultError:
        return
    if stored.record["members"] != older:
        assert (folder / "small_training.npz").read_bytes() == expected


def main(what, top, seed=0):
    running._commit = lambda: ""  # no git, hundreds of times
    reference_seconds()
    if what == "moments":
        moments(Path(top), seed)
    else:
        operations(Path(top), older=5 if what == "again" else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
