"""A whole result: NAME.npz, the arrays, and NAME.json, the record of what made them.

Numbers are read without pickle, and only when they are the ones that the record speaks of, and the record is as it was written.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lmcourse.store.plan import Plan, StoredResultError, find

STORED = Path(__file__).parent.parent / "stored"  # the results that come with the course
SEAL = "seal"  # the entry of a record that holds the fingerprint of the others
Row = tuple[dict, dict[str, np.ndarray]]


@dataclass(frozen=True, repr=False)
class Stored:
    """All rows of an experiment, in the order of its SPECS, and the record of how they were made.

    A row is (spec, arrays): one entry of SPECS, and what its members gave, {"loss": (members, ...), ...}.
    """

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
        work = f"{r['seconds'] / 60:.0f} minutes" if r["seconds"] >= 90 else f"{r['seconds']:.0f} seconds"
        work = work if r["seconds"] >= 1.5 else "a second"
        sizes = {row.get("members", r["members"]) for row in r["rows"]}
        seeds = f"seeds 0 to {r['members'] - 1} for each of {len(self.rows)} rows"
        if r["members"] == 1:
            seeds = f"seed 0 for each of {len(self.rows)} rows"
        if len(sizes) > 1:
            seeds = f"seeds from 0 on, up to {r['members']:,} for each of {len(self.rows)} rows"
        return (
            f"Made by `{r['command']}`: {seeds}, float64 on {r['device']}, "
            f"lmcourse {r['lmcourse']}, torch {r['torch']}, {r['day']}, {work} of work."
        )

    def __repr__(self) -> str:
        return f"Stored result {self.record['experiment']!r}. {self.made}"


def load(name: str, folder: Path = STORED) -> Stored:
    """The stored result of the experiment NAME. Raises StoredResultError if it cannot be trusted.

    >>> load("nothing")
    Traceback (most recent call last):
    lmcourse.store.plan.StoredResultError: There is no experiment 'nothing'. The experiments are: ...
    """
    experiment = find(name)
    arrays_file, record_file = files(experiment.__name__.rpartition(".")[2], Path(folder))
    if not (arrays_file.exists() and record_file.exists()):
        raise StoredResultError(
            f"No result of {name!r} is stored in {arrays_file.parent.name}; `lmcourse reproduce {name}` makes it."
        )
    anew = f"`lmcourse reproduce {name} --again` makes it anew"
    try:
        record = json.loads(record_file.read_text("utf-8"))
        identity, checksum, members, sealed = record["identity"], record["sha256"], record["members"], record[SEAL]
    except (ValueError, KeyError, TypeError):
        raise StoredResultError(f"{record_file.name} is no record of a stored result; {anew}.") from None
    if sealed != seal(record):
        raise StoredResultError(f"{record_file.name} is not as it was written: damaged, or edited; {anew}.")
    content = arrays_file.read_bytes()
    if hashlib.sha256(content).hexdigest() != checksum:
        raise StoredResultError(
            f"{arrays_file.name} is not the file that {record_file.name} speaks of: damaged, or edited; {anew}."
        )
    if identity != Plan(experiment, members).identity:
        raise StoredResultError(
            f"{arrays_file.name} was made by another version of the experiment {name!r} (or of its list of rows); {anew}."
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as entries:
        rows = [
            (spec, {key.partition("/")[2]: entries[key] for key in entries.files if key.partition("/")[0] == str(i)})
            for i, spec in enumerate(experiment.SPECS)
        ]
    return Stored(rows, record)


def files(name: str, folder: Path) -> tuple[Path, Path]:
    """Of the arrays and of the record."""
    return folder / f"{name}.npz", folder / f"{name}.json"


def seal(record: dict) -> str:
    """The fingerprint of all other entries of a record, which tells an edited one from the one that was written."""
    entries = {key: value for key, value in record.items() if key != SEAL}
    return hashlib.sha256(json.dumps(entries, sort_keys=True).encode()).hexdigest()
