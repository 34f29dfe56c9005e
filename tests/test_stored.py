"""The stored results that come with the course: whole, up to date, and the same when a few of their members run again."""

import numpy as np
import pytest

from lmcourse import store
from lmcourse.devices import random_stream
from lmcourse.experiments import spurious_minima
from lmcourse.store.plan import plan

SAMPLES = 4  # rows of an experiment that are tried again
MEMBERS = 3  # members of each; one where a member takes longer than a second
LARGE = {  # rows that take too long to be run again here
    "spurious_minima_extended": lambda spec: spec["k"] > 13,
    "relu_examples": lambda spec: (spec["example"], spec["scheme"]) != (1, "he"),
    "identity_steps": lambda spec: spec["kappa"] > 16,
    "spurious_minima_proofs": lambda spec: spec["n"] > 12,
}
BY_ROUNDING = ("steps", "grad_norm")  # where a run stops exactly is a matter of rounding; where it leads is not


def stored_names():
    return sorted(file.stem for file in store.STORED.glob("*.json"))


def test_there_are_stored_results():
    assert stored_names()


@pytest.mark.parametrize("name", stored_names())
def test_a_stored_result_is_whole_and_up_to_date(name):
    stored = store.load(name)
    experiment = store.find(name)
    assert [spec for spec, _ in stored.rows] == list(experiment.SPECS) == stored.record["rows"]
    assert stored.record["members"] == experiment.MEMBERS
    for spec, arrays in stored.rows:
        assert {len(array) for array in arrays.values()} == {spec.get("members", experiment.MEMBERS)}
    assert len(experiment.summarise(stored.rows).splitlines()) > 1


@pytest.mark.slow
@pytest.mark.parametrize("name", stored_names())
def test_a_sample_of_the_members_ends_where_the_stored_ones_did(name, monkeypatch):
    monkeypatch.setattr(spurious_minima, "has_compiler", lambda: False)  # three members are not worth compiling for
    stored, experiment = store.load(name), store.find(name)
    choose = random_stream(2026)
    seconds = stored.record["seconds"] / plan(name).runs
    rows = [row for row in stored.rows if not LARGE.get(name, lambda spec: False)(row[0])]
    for row in choose.choice(len(rows), size=min(SAMPLES, len(rows)), replace=False):
        spec, arrays = rows[row]
        members = spec.get("members", experiment.MEMBERS)
        many = 1 if seconds > 1 else min(MEMBERS, members)
        seeds = sorted(int(seed) for seed in choose.choice(members, size=many, replace=False))
        found = experiment.run_chunk(spec, seeds)
        loose = {*BY_ROUNDING, *getattr(experiment, "BY_ROUNDING", ())}
        assert set(found) - loose, f"{name}: nothing is left to compare"
        for key, again in found.items():
            if key not in loose:
                np.testing.assert_allclose(
                    again, arrays[key][seeds], rtol=1e-4, atol=1e-6, err_msg=f"{name} {spec} {key} {seeds}"
                )
