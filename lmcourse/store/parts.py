"""Finished chunks on disk: each in a file of its own, until all are there and become one result.

Data types, in words
    part        NAME.parts-IDENTITY/ROW-FIRST.npz: the arrays of one chunk, and its label
    label       which chunk of which plan it is, how long it took, and with what it was made
    parts       the folder of all parts of a plan; whoever works on it holds its lock

Every file is complete or absent: it is written under another name, handed to the disk, and then renamed. So whatever stops a run,
the same call goes on where it stopped. A part that is not what its label says is refused before any work begins.
"""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from lmcourse.store.plan import Chunk, Plan, StoredResultError

LABEL = "label"  # the entry of a part that holds its label, as text
Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Parts:
    """The finished chunks of a plan in this folder."""

    plan: Plan
    beside: Path

    @property
    def folder(self) -> Path:
        return self.beside / f"{self.plan.name}.parts-{self.plan.identity[:12]}"

    def file(self, chunk: Chunk) -> Path:
        return self.folder / f"{chunk.row}-{chunk.first}.npz"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep all others away meanwhile. The system lets go of the lock when this process ends, however that happens."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.folder / "lock", timeout=0):
                yield
        except Timeout:
            raise StoredResultError(
                f"Another process is working on {self.folder}. Wait for it, stop it, or choose another --folder."
            ) from None

    def missing(self) -> list[Chunk]:
        """Chunks that are still to run. Raises StoredResultError if a part that is there is not what it should be."""
        missing = []
        for chunk in self.plan.chunks:
            if self.file(chunk).exists():
                self.read(chunk)
            else:
                missing.append(chunk)
        return missing

    def keep(self, chunk: Chunk, arrays: Arrays, label: dict) -> None:
        if wrong := [name for name, array in arrays.items() if len(array) != chunk.members]:
            raise StoredResultError(
                f"{self.plan.experiment.__name__}: {', '.join(wrong)} must have one entry for each of {chunk.members} seeds."
            )
        label = {"identity": self.plan.identity, "chunk": chunk, **label}
        write(self.file(chunk), as_bytes({**arrays, LABEL: np.array(json.dumps(label))}))

    def read(self, chunk: Chunk) -> tuple[Arrays, dict]:
        """The arrays of a chunk and its label. Raises StoredResultError for a part that is damaged or of another run."""
        file = self.file(chunk)
        try:
            with np.load(
                io.BytesIO(file.read_bytes()), allow_pickle=False
            ) as entries:  # from a file it could stay open
                arrays = {key: entries[key] for key in entries.files}
            label = json.loads(str(arrays.pop(LABEL)))
        except Exception:  # noqa: BLE001 - a byte that changed can raise almost anything
            raise StoredResultError(
                f"The part {file} is damaged. Delete it and start the same command again."
            ) from None
        if label["identity"] != self.plan.identity or tuple(label["chunk"]) != chunk:
            raise StoredResultError(
                f"The part {file} belongs to another run. Delete it and start the same command again."
            )
        return arrays, label

    def joined(self) -> tuple[bytes, list[dict]]:
        """All parts as one file of arrays, "ROW/NAME", and their labels."""
        collected: dict[str, list[np.ndarray]] = {}
        labels = []
        for chunk in self.plan.chunks:
            arrays, label = self.read(chunk)
            labels.append(label)
            for key, array in arrays.items():
                collected.setdefault(f"{chunk.row}/{key}", []).append(array)
        return as_bytes({key: np.concatenate(arrays) for key, arrays in collected.items()}), labels

    def remove(self) -> None:
        """All at once, by a change of the name; what is left after a sudden end goes next time."""
        os.replace(self.folder, self.folder.with_name(self.folder.name + ".joined"))
        self.sweep()

    def sweep(self) -> None:
        for left_over in self.beside.glob(f"{self.plan.name}.parts-*.joined"):
            shutil.rmtree(left_over, ignore_errors=True)  # another process may be at it, too


def as_bytes(arrays: Arrays) -> bytes:
    """The file .npz of these arrays: always the same bytes for the same arrays."""
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    return content.getvalue()


def write(file: Path, content: bytes) -> None:
    """The whole file or none of it, whatever happens meanwhile."""
    beside = file.with_name(file.name + ".unfinished")
    try:
        with beside.open("wb") as unfinished:
            unfinished.write(content)
            unfinished.flush()
            os.fsync(unfinished.fileno())  # else a loss of power could leave a name without its content
        os.replace(beside, file)
    except OSError:
        beside.unlink(missing_ok=True)  # on a full disk it would only be in the way
        raise
