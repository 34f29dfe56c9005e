"""`lmcourse reproduce --list`: every experiment with its source, its size, the time it takes here, and what is stored of it.

The time is that of the stored result, or of a trial in the folder, scaled by a sample: the same small training took so long there
and takes so long here. It counts work, so W workers need about a W-th of it; and it knows nothing of GPUs.
"""

from __future__ import annotations

from pathlib import Path

from lmcourse.store.parts import Parts
from lmcourse.store.plan import Plan, StoredResultError, names, plan
from lmcourse.store.result import STORED, files, load
from lmcourse.store.task import reference_seconds

REFERENCE_SECONDS = 0.083  # of the machine on which results were made whose records do not say it


def listing(folder: Path) -> str:
    """Four lines an experiment, and what the times mean."""
    entries = [entry(plan(name), folder) for name in names()]
    return "\n".join([*entries, "", about_times()])


def entry(planned: Plan, folder: Path) -> str:
    it = planned.experiment
    rows = f"{len(it.SPECS)} rows, {planned.runs:,} runs, {len(planned.chunks)} chunks"
    seconds = expected_seconds(planned, folder)
    time = f"about {in_words(seconds)} here" if seconds is not None else "time not known: try it with --members 1"
    return f"{planned.name}\n    {it.TITLE}\n    {source(it)}\n    {rows}; {time}; {state(planned, folder)}"


def source(experiment) -> str:
    """Whose table, figure or question it is."""
    return f"Source: {getattr(experiment, 'SOURCE', 'this course')}"


def about_times() -> str:
    return (
        f"Times are for one worker, scaled by a sample: a small training takes {1000 * reference_seconds():.0f} ms here. "
        "A compiled engine needs a minute or two more on its first run."
    )


def expected_seconds(planned: Plan, folder: Path) -> float | None:
    """How long all runs take on this machine, from a result that is there; None if there is none."""
    for place in (STORED, folder):
        try:
            record = load(planned.experiment.__name__.removeprefix("lmcourse.experiments."), place).record
        except StoredResultError:
            continue
        made = Plan(planned.experiment, record["members"])
        slower = reference_seconds() / record.get("reference_seconds", REFERENCE_SECONDS)
        return record.get("processor_seconds", record["seconds"]) * slower * planned.runs / made.runs
    return None


def state(planned: Plan, folder: Path) -> str:
    """What is stored of a result, with the course and in the folder."""
    found = []
    for place, where in ((STORED, "with the course"), (folder, f"in {folder}")):
        _, record_file = files(planned.name, place)
        if record_file.exists():
            found.append(f"{_trust(planned, place)} {where}")
    parts = Parts(planned, folder)
    if done := sum(parts.file(chunk).exists() for chunk in planned.chunks):
        found.append(f"{done} of {len(planned.chunks)} chunks done in {folder}")
    return ", ".join(found) or "nothing stored"


def _trust(planned: Plan, place: Path) -> str:
    try:
        record = load(planned.experiment.__name__.removeprefix("lmcourse.experiments."), place).record
    except StoredResultError:
        return "a result that cannot be trusted"
    size = "" if record["members"] == planned.members else f" with {record['members']} members a row"
    return f"a result of {record['day']}{size}"


def in_words(seconds: float) -> str:
    """A time, to the precision that matters.

    >>> [in_words(s) for s in (0.2, 42, 100, 3000, 9000, 400_000)]
    ['1 s', '42 s', '2 min', '50 min', '2.5 h', '4.6 days']
    """
    if seconds < 90:
        return f"{max(1, seconds):.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 172_800 else f"{seconds / 86_400:.1f} days"
