"""Run an experiment chunk by chunk, with any workers, and keep its result.

The arrays do not depend on who runs which chunk, nor on the order: a chunk is a pure function of its row and seeds, and draws
its random numbers from streams of its members. Equal bytes need the same engine, versions and kind of processor; else members agree
to rounding, and the record names all that took part.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

from tqdm import tqdm

from lmcourse.store.parts import Parts, write
from lmcourse.store.plan import StoredResultError, plan
from lmcourse.store.result import SEAL, Stored, files, load, seal
from lmcourse.store.task import compute
from lmcourse.store.workers import Workers, finished

PACKAGE = Path(__file__).parent.parent


def reproduce(
    name: str,
    folder: str | Path,
    members: int | None = None,
    again: bool = False,
    progress: bool = True,
    device: str = "",
    workers: Workers | None = None,
) -> Stored:
    """Run the experiment NAME at full size, or with so many members a row, keep it in the folder and return it.

    device : what LMCOURSE_DEVICE says to the workers, for example "cuda". workers : see `processes` and `dask_workers`; None is
    this process itself; any function that opens a concurrent.futures.Executor will do.

    Finished parts are found again, so an interrupted call loses at most the chunks that were running. A whole result of the same
    size is returned as it is. Raises StoredResultError for an unknown name, a result in the way (`again` replaces it), a
    damaged part, a device that the experiment cannot use, workers that are lost again and again.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     reproduce("bad_starts", folder, members=10, progress=False)
    Stored result 'bad_starts'. Made by `lmcourse reproduce bad_starts --members 10`: seeds 0 to 9 for each of 4 rows, ...
    """
    planned = plan(name, members)
    if device not in ("", "cpu") and not hasattr(planned.experiment, "device_used"):
        raise StoredResultError(f"{name} runs on the CPU only, but --device {device} came. Leave it out.")
    parts = Parts(planned, Path(folder))
    parts.sweep()
    if not again and (stored := _there_already(parts, name)):
        return stored
    with parts.held():
        missing = parts.missing()
        calls = [(name, planned.members, planned.identity, chunk, device) for chunk in missing]
        done = planned.runs - sum(chunk.members for chunk in missing)
        look = 0.5 if sys.stderr.isatty() else 30  # seconds: the log of a job queue is no place for a dancing bar
        with tqdm(total=planned.runs, initial=done, unit=" runs", disable=not progress, mininterval=look) as bar:
            for (*_, chunk, _), (arrays, label) in finished(compute, calls, workers):
                parts.keep(chunk, arrays, label)
                bar.update(chunk.members)
        _join(parts, name)
    parts.remove()
    return load(name, parts.beside)


def _there_already(parts: Parts, name: str) -> Stored | None:
    """The whole result of this plan, if it is in the folder. Raises StoredResultError if something else is in its place."""
    arrays_file, record_file = files(parts.plan.name, parts.beside)
    instead = "Give --again to replace it, or another --folder."
    if record_file.exists():
        stored = load(name, parts.beside)
        if stored.record["identity"] != parts.plan.identity:
            raise StoredResultError(
                f"{arrays_file} exists, with {stored.record['members']} members a row and not {parts.plan.members}. {instead}"
            )
        if parts.folder.exists() and not parts.missing() and _checksum(parts.joined()[0]) == stored.record["sha256"]:
            parts.remove()  # the run was ended between its last file and this
        return stored
    half_written = parts.folder.exists()  # arrays with their parts beside them: a run was ended before the record
    if arrays_file.exists() and not half_written:
        raise StoredResultError(f"{arrays_file} exists, without the record that says what it is. {instead}")
    return None


def _join(parts: Parts, name: str) -> None:
    """All parts into one file of arrays, and its record after it."""
    planned, experiment = parts.plan, parts.plan.experiment
    content, labels = parts.joined()
    by_row = [0.0] * len(experiment.SPECS)
    for label in labels:
        by_row[label["chunk"][0]] += label["seconds"]
    size = "" if planned.members == experiment.MEMBERS else f" --members {planned.members}"
    record = {
        "experiment": planned.name,
        "title": experiment.TITLE,
        "command": f"lmcourse reproduce {name}{size}",
        "identity": planned.identity,
        "members": planned.members,
        "sha256": _checksum(content),
        "rows": list(experiment.SPECS),
        **{key: " and ".join(sorted({label["with"][key] for label in labels})) for key in labels[0]["with"]},
        "commit": _commit(),
        "day": date.today().isoformat(),
        "seconds": round(sum(by_row), 1),
        "seconds_by_row": [round(seconds, 1) for seconds in by_row],
        "processor_seconds": round(sum(label["processor_seconds"] for label in labels), 3),
        "reference_seconds": max(label["reference_seconds"] for label in labels),
    }
    record[SEAL] = seal(record)
    arrays_file, record_file = files(planned.name, parts.beside)
    write(arrays_file, content)
    write(record_file, (json.dumps(record, indent=1) + "\n").encode())


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _commit() -> str:
    """The commit of the package's repository, with a + if files have changed since; empty outside a repository."""
    git = ["git", "-C", str(PACKAGE), "describe", "--always", "--exclude=*", "--dirty=+", "--abbrev=12"]
    if not (PACKAGE.parent / ".git").exists():
        return ""
    try:
        return subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
