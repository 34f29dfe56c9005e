"""What an experiment consists of: its rows, the members of each row, and the chunks in which they run.

Data types, in words
    experiment  a module with TITLE, VERSION, MEMBERS, SPECS, run_chunk(spec, seeds) and summarise(rows); it may have SOURCE, CHUNK,
                draw_result(ax, rows), device_used() and engine_used(). It is one of lmcourse.experiments, or a module package.name
    members     runs of a row: MEMBERS, or what the row's spec says under "members"; a trial has fewer
    chunk       (row, first, stop): the members `first` to `stop - 1` of one row, which run together
    identity    a fingerprint of all that makes a result this result and no other
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

CHUNK = 100  # members of a chunk, unless the experiment has a CHUNK of its own


class StoredResultError(ValueError):
    """A stored result that is missing, damaged, foreign or out of date; the message says which, and what to do."""


class Chunk(NamedTuple):
    """Members `first` to `stop - 1` of a row."""

    row: int
    first: int
    stop: int

    @property
    def members(self) -> int:
        return self.stop - self.first


@dataclass(frozen=True)
class Plan:
    """An experiment with so many members a row; rows that say themselves how many they have get no more than that."""

    experiment: ModuleType
    members: int

    @property
    def name(self) -> str:
        """Under which its files are kept."""
        return self.experiment.__name__.rpartition(".")[2]

    @cached_property
    def identity(self) -> str:
        """A change of any of these makes stored numbers stale."""
        it = self.experiment
        what = [it.__name__, it.VERSION, list(it.SPECS), self.members, chunk_size(it)]
        return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()

    def members_of(self, row: int) -> int:
        return min(self.members, self.experiment.SPECS[row].get("members", self.members))

    @property
    def runs(self) -> int:
        """Members of all rows together."""
        return sum(map(self.members_of, range(len(self.experiment.SPECS))))

    @property
    def chunks(self) -> list[Chunk]:
        """Row after row, in the order of the seeds."""
        size = chunk_size(self.experiment)
        return [
            Chunk(row, first, min(first + size, self.members_of(row)))
            for row in range(len(self.experiment.SPECS))
            for first in range(0, self.members_of(row), size)
        ]


def plan(name: str, members: int | None = None) -> Plan:
    """The experiment NAME at full size, or with so many members a row.

    >>> plan("spurious_minima", members=20).runs
    800
    """
    experiment = find(name)
    members = experiment.MEMBERS if members is None else members
    if members < 1:
        raise StoredResultError(f"An experiment needs at least one member a row, not {members}.")
    return Plan(experiment, members)


def chunk_size(experiment: ModuleType) -> int:
    return getattr(experiment, "CHUNK", CHUNK)


def find(name: str) -> ModuleType:
    """The module of the experiment NAME: one of `names()`, or a module of yours, "package.name".

    >>> find("my_package.my_experiment")
    Traceback (most recent call last):
    lmcourse.store.plan.StoredResultError: There is no module 'my_package.my_experiment' to import.
    """
    if "." in name:
        return _module_of_the_reader(name)
    if name not in names():
        raise StoredResultError(
            f"There is no experiment {name!r}. The experiments are: {', '.join(names())}; or a module, package.name."
        )
    return import_module(f"lmcourse.experiments.{name}")


def names() -> list[str]:
    """Experiments that can be reproduced: those with rows to run."""
    experiments = import_module("lmcourse.experiments")
    return [name for name in experiments.__all__ if hasattr(getattr(experiments, name), "SPECS")]


def _module_of_the_reader(name: str) -> ModuleType:
    try:
        module = import_module(name)
    except ModuleNotFoundError:
        raise StoredResultError(f"There is no module {name!r} to import.") from None
    needed = ("TITLE", "VERSION", "MEMBERS", "SPECS", "run_chunk", "summarise")
    if missing := [attribute for attribute in needed if not hasattr(module, attribute)]:
        raise StoredResultError(f"The module {name!r} is no experiment: it has no {', '.join(missing)}.")
    return module
