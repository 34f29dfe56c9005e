"""`lmcourse reproduce`: run an experiment with the workers that were asked for, print its summary, and keep a report beside it.

A report is NAME.txt, the summary with what was published beside what came out, and NAME.png where the experiment can draw it.
"""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from lmcourse.plots import figure
from lmcourse.store.overview import listing, source
from lmcourse.store.parts import write
from lmcourse.store.plan import StoredResultError, find, plan
from lmcourse.store.result import Stored, files
from lmcourse.store.run import reproduce
from lmcourse.store.workers import Workers, dask_workers, processes


def run(chosen: Namespace) -> int:
    """The exit status is 0 if the result is whole and stored, 1 if not, 130 after an interrupt."""
    if chosen.list or chosen.name is None:
        print(listing(chosen.folder))
        return 0
    try:
        there = files(plan(chosen.name).name, chosen.folder)[1].exists() and not chosen.again
        stored = reproduce(
            chosen.name, chosen.folder, chosen.members, chosen.again, device=chosen.device, workers=_workers(chosen)
        )
        text = _report(chosen.name, stored, chosen.folder)
    except ValueError as problem:
        print(problem)
        return 1
    except OSError as problem:
        print(f"{chosen.folder} cannot be written to or read: {problem}. Finished parts are kept.")
        return 1
    except KeyboardInterrupt:
        print("Interrupted. Finished parts are kept: the same command goes on where this one stopped.")
        return 130
    print(text, end="")
    if there:
        print("It was there already: nothing ran. Give --again to make it anew.")
    return 0


def _workers(chosen: Namespace) -> Workers | None:
    if chosen.workers is not None and chosen.dask:
        raise StoredResultError("Give --workers or --dask, not both: a Dask scheduler has workers of its own.")
    if chosen.workers is not None and chosen.workers < 1:
        raise StoredResultError(f"--workers must be at least 1, not {chosen.workers}.")
    if chosen.dask:
        return dask_workers(chosen.dask)
    return processes(chosen.workers) if chosen.workers else None


def _report(name: str, stored: Stored, folder: Path) -> str:
    """Write the report of a result beside it, and return its text."""
    experiment = find(name)
    text = f"{experiment.TITLE}\n{source(experiment)}\n\n{experiment.summarise(stored.rows)}\n\n{stored.made}\n"
    arrays_file, _ = files(stored.record["experiment"], folder)
    write(arrays_file.with_suffix(".txt"), text.encode())
    if hasattr(experiment, "draw_result"):
        fig, ax = figure(width=8, height=5)
        experiment.draw_result(ax, stored.rows)
        unfinished = arrays_file.with_suffix(".unfinished.png")
        fig.savefig(unfinished, dpi=120)
        unfinished.replace(arrays_file.with_suffix(".png"))
    return text
