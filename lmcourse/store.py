"""Results of long runs on disk, each with the record of what made it.

Data types, in words
    experiment  a module of lmcourse.experiments with TITLE, VERSION, MEMBERS, SPECS and run_chunk(spec, seeds)
    row         (spec, arrays): one entry of SPECS, and what its members gave, {"loss": (members, ...), ...}
    part        the arrays of one chunk of seeds of one row: a file of its own until the last part is there
    folder      where NAME.npz (the arrays), NAME.json (the record) and, meanwhile, the parts lie

Every part is complete or absent: it is written under another name and then renamed. So whatever stops a run, the same call
goes on where it stopped. Numbers are read without pickle, and only when they are the ones that the record speaks of.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import numpy as np
from tqdm import tqdm

STORED = Path(__file__).parent / "stored"  # the results that come with the course
CHUNK = 100  # members of a part, unless the experiment has a CHUNK of its own
Row = tuple[dict, dict[str, np.ndarray]]


class StoredResultError(ValueError):
    """A stored result that is missing, damaged, foreign or out of date; the message says which, and what to do."""


@dataclass(frozen=True, repr=False)
class Stored:
    """All rows of an experiment, in the order of its SPECS, and the record of how they were made."""

    rows: list[Row]
    record: dict

    def row(self, **spec) -> dict[str, np.ndarray]:
        """The arrays of the one row whose spec has these values. Raises KeyError if none or several have."""
        found = [arrays for its, arrays in self.rows if all(its.get(name) == value for name, value in spec.items())]
        if len(found) != 1:
            raise KeyError(
                f"{len(found)} rows of {self.record['experiment']!r} have {spec}; the rows are: {self.record['rows']}"
            )
        return found[0]

    @property
    def made(self) -> str:
        """One sentence: the command, seeds, versions, device and day."""
        r = self.record
        return (
            f"Made by `{r['command']}`: seeds 0 to {r['members'] - 1} for each of {len(self.rows)} rows, float64 on {r['device']}, "
            f"lmcourse {r['lmcourse']}, torch {r['torch']}, {r['day']}, {r['seconds'] / 60:.0f} minutes of work."
        )

    def __repr__(self) -> str:
        return f"Stored result {self.record['experiment']!r}. {self.made}"


def load(name: str, folder: Path = STORED) -> Stored:
    """The stored result of the experiment NAME. Raises StoredResultError if it cannot be trusted.

    >>> load("nothing")
    Traceback (most recent call last):
    lmcourse.store.StoredResultError: There is no experiment 'nothing'. The experiments are: ...
    """
    experiment, again = find(name), f"`lmcourse reproduce {name}` makes it anew"
    arrays_file, record_file = _files(name, folder)
    if not (arrays_file.exists() and record_file.exists()):
        raise StoredResultError(f"No result of {name!r} is stored in {folder.name}; {again}.")
    try:
        record = json.loads(record_file.read_text("utf-8"))
        identity, checksum, members = record["identity"], record["sha256"], record["members"]
    except (ValueError, KeyError, TypeError):
        raise StoredResultError(f"{record_file.name} is no record of a stored result; {again}.") from None
    content = arrays_file.read_bytes()
    if hashlib.sha256(content).hexdigest() != checksum:
        raise StoredResultError(
            f"{arrays_file.name} is not the file that {record_file.name} speaks of: damaged, or edited; {again}."
        )
    if identity != _identity(experiment, members):
        raise StoredResultError(
            f"{arrays_file.name} was made by another version of the experiment {name!r} (or of its list of rows); {again}."
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as entries:
        rows = [
            (spec, {key.partition("/")[2]: entries[key] for key in entries.files if key.partition("/")[0] == str(i)})
            for i, spec in enumerate(experiment.SPECS)
        ]
    return Stored(rows, record)


def reproduce(
    name: str, folder: Path, members: int | None = None, again: bool = False, progress: bool = True
) -> Stored:
    """Run the experiment NAME at full size, or with so many members a row, keep it in the folder and return it.

    Finished parts are found again, so an interrupted call loses at most one chunk. A result that is there is not replaced
    unless `again` is true. Raises StoredResultError for an unknown name, a result in the way, or a damaged part.
    """
    experiment = find(name)
    members = experiment.MEMBERS if members is None else members
    if members < 1:
        raise StoredResultError(f"An experiment needs at least one member a row, not {members}.")
    arrays_file, _ = _files(name, folder)
    if arrays_file.exists() and not again:
        raise StoredResultError(f"{arrays_file} exists. Give --again to replace it, or another folder.")
    parts = folder / f"{name}.parts-{_identity(experiment, members)[:12]}"
    parts.mkdir(parents=True, exist_ok=True)
    work = list(_chunks(experiment, members))
    missing = [chunk for chunk in work if not _part(parts, chunk).exists()]
    total = members * len(experiment.SPECS)
    done = total - sum(len(seeds) for _, seeds in missing)
    with tqdm(total=total, initial=done, unit=" runs", disable=not progress) as bar:
        for row, seeds in missing:
            _run_part(experiment, row, seeds, _part(parts, (row, seeds)))
            bar.update(len(seeds))
    return _join(experiment, members, folder, parts, work)


def find(name: str) -> ModuleType:
    """The module of the experiment NAME, one of `names()`."""
    if name not in names():
        raise StoredResultError(f"There is no experiment {name!r}. The experiments are: {', '.join(names())}.")
    return import_module(f"lmcourse.experiments.{name}")


def names() -> list[str]:
    """Experiments that can be reproduced: those with rows to run."""
    experiments = import_module("lmcourse.experiments")
    return [name for name in experiments.__all__ if hasattr(getattr(experiments, name), "SPECS")]


def _files(name: str, folder: Path) -> tuple[Path, Path]:
    return folder / f"{name}.npz", folder / f"{name}.json"


def _identity(experiment: ModuleType, members: int) -> str:
    """What makes a result this result and no other: a change of any of these makes stored numbers stale."""
    what = [experiment.__name__, experiment.VERSION, list(experiment.SPECS), members, _chunk(experiment)]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def _chunks(experiment: ModuleType, members: int) -> Iterator[tuple[int, range]]:
    for row in range(len(experiment.SPECS)):
        for first in range(0, members, _chunk(experiment)):
            yield row, range(first, min(first + _chunk(experiment), members))


def _chunk(experiment: ModuleType) -> int:
    return getattr(experiment, "CHUNK", CHUNK)


def _part(parts: Path, chunk: tuple[int, range]) -> Path:
    row, seeds = chunk
    return parts / f"{row}-{seeds.start}.npz"


def _run_part(experiment: ModuleType, row: int, seeds: range, file: Path) -> None:
    began = time.perf_counter()
    with _noted_interrupts() as noted:
        arrays = {name: np.asarray(array) for name, array in experiment.run_chunk(experiment.SPECS[row], seeds).items()}
    if noted:
        raise KeyboardInterrupt
    if wrong := [name for name, array in arrays.items() if len(array) != len(seeds)]:
        raise StoredResultError(
            f"{experiment.__name__}: {', '.join(wrong)} must have one entry for each of {len(seeds)} seeds."
        )
    content = io.BytesIO()
    np.savez_compressed(content, **arrays, seconds=time.perf_counter() - began)
    _write(file, content.getvalue())


@contextmanager
def _noted_interrupts() -> Iterator[list[int]]:
    """Every Ctrl-C meanwhile. A training that is interrupted returns what it has, and such a chunk must not be kept."""
    noted: list[int] = []
    if threading.current_thread() is not threading.main_thread():  # signals reach the main thread only
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


def _write(file: Path, content: bytes) -> None:
    """The whole file or none of it, whatever happens meanwhile."""
    beside = file.with_name(file.name + ".unfinished")
    beside.write_bytes(content)
    os.replace(beside, file)


def _join(experiment: ModuleType, members: int, folder: Path, parts: Path, work: list) -> Stored:
    """All parts into one file of arrays and its record; the parts are deleted when both are written."""
    name = experiment.__name__.rpartition(".")[2]
    collected: dict[str, list[np.ndarray]] = {}
    seconds = 0.0
    for row, seeds in work:
        for key, array in _read_part(_part(parts, (row, seeds))).items():
            if key == "seconds":
                seconds += float(array)
            else:
                collected.setdefault(f"{row}/{key}", []).append(array)
    content = io.BytesIO()
    np.savez_compressed(content, **{key: np.concatenate(arrays) for key, arrays in collected.items()})
    size = "" if members == experiment.MEMBERS else f" --members {members}"
    record = {
        "experiment": name,
        "title": experiment.TITLE,
        "command": f"lmcourse reproduce {name}{size}",
        "identity": _identity(experiment, members),
        "members": members,
        "sha256": hashlib.sha256(content.getvalue()).hexdigest(),
        "device": getattr(experiment, "device_used", lambda: "cpu")(),
        "rows": list(experiment.SPECS),
        "lmcourse": import_module("lmcourse").__version__,
        "torch": version("torch"),
        "numpy": version("numpy"),
        "day": date.today().isoformat(),
        "seconds": round(seconds, 1),
    }
    arrays_file, record_file = _files(name, folder)
    _write(arrays_file, content.getvalue())
    _write(record_file, (json.dumps(record, indent=1) + "\n").encode())
    for chunk in work:
        _part(parts, chunk).unlink()
    parts.rmdir()
    return load(name, folder)


def _read_part(file: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as arrays:  # np.load leaves a bad file open
            return {key: arrays[key] for key in arrays.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        raise StoredResultError(f"The part {file} is damaged. Delete it and start the same command again.") from None
