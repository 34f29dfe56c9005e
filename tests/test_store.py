"""Stored results: complete or absent, and never read when they are not what their record says."""

import contextlib
import json
import signal
import sys
import types

import numpy as np
import pytest

from lmcourse import cli, devices, experiments, store
from lmcourse.store import StoredResultError


def draws(spec, seeds):
    return {"value": np.array([devices.random_stream(seed).normal() * spec["scale"] for seed in seeds])}


@pytest.fixture
def toy(monkeypatch):
    module = types.ModuleType("lmcourse.experiments.toy")
    module.TITLE, module.VERSION, module.MEMBERS, module.SPECS = "Toy", 1, 230, ({"scale": 1.0}, {"scale": 2.0})
    module.run_chunk = draws
    module.summarise = lambda rows: f"{len(rows)} rows"
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(experiments, "toy", module, raising=False)
    monkeypatch.setattr(experiments, "__all__", ["toy"])
    return module


def run(folder, **options):
    return store.reproduce("toy", folder, progress=False, **options)


def test_a_result_is_what_its_members_give_alone(toy, tmp_path):
    stored = run(tmp_path)
    again = store.load("toy", tmp_path)
    for (spec, arrays), other in zip(stored.rows, again.rows, strict=True):
        assert arrays["value"].shape == (230,) and np.array_equal(arrays["value"], other[1]["value"])
        for seed in (0, 99, 100, 229):
            assert arrays["value"][seed] == draws(spec, [seed])["value"][0]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["toy.json", "toy.npz"]
    assert "`lmcourse reproduce toy`: seeds 0 to 229" in stored.made


def test_a_row_is_found_by_its_spec(toy, tmp_path):
    stored = run(tmp_path, members=2)
    assert stored.row(scale=2.0) is stored.rows[1][1]
    with pytest.raises(KeyError, match="0 rows of 'toy' have"):
        stored.row(scale=3.0)
    with pytest.raises(KeyError, match="2 rows"):
        stored.row()


def test_whatever_stops_it_the_same_call_goes_on_and_ends_at_the_same_bytes(toy, tmp_path):
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    run(whole)
    calls = []

    def fails_once(spec, seeds):
        calls.append((spec["scale"], seeds.start))
        if len(calls) == 4:
            raise KeyboardInterrupt
        return draws(spec, seeds)

    toy.run_chunk = fails_once
    with pytest.raises(KeyboardInterrupt):
        run(stopped)
    assert not (stopped / "toy.npz").exists()
    run(stopped)
    assert calls == [(1.0, 0), (1.0, 100), (1.0, 200), (2.0, 0), (2.0, 0), (2.0, 100), (2.0, 200)]
    assert (stopped / "toy.npz").read_bytes() == (whole / "toy.npz").read_bytes()


def test_a_chunk_whose_training_swallowed_the_interrupt_is_not_kept(toy, tmp_path):
    def interrupted(spec, seeds):
        with contextlib.suppress(KeyboardInterrupt):  # as training does, which then returns what it has
            signal.raise_signal(signal.SIGINT)
        return draws(spec, seeds)

    toy.run_chunk, before = (
        interrupted,
        signal.getsignal(signal.SIGINT),
    )  # ignored, where the tests run in the background
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)
    assert not list(tmp_path.glob("*/*.npz")) and signal.getsignal(signal.SIGINT) is before


def test_a_part_that_was_cut_off_is_refused(toy, tmp_path):
    def interrupted(spec, seeds):
        if seeds.start:
            raise KeyboardInterrupt
        return draws(spec, seeds)

    toy.run_chunk = interrupted
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)
    (part,) = tmp_path.glob("toy.parts-*/0-0.npz")
    part.write_bytes(part.read_bytes()[:-30])
    toy.run_chunk = draws
    with pytest.raises(StoredResultError, match=r"is damaged\. Delete it"):
        run(tmp_path)
    part.unlink()
    assert len(run(tmp_path).rows) == 2


def test_nothing_is_overwritten_unasked(toy, tmp_path):
    run(tmp_path, members=3)
    with pytest.raises(StoredResultError, match=r"with 3 members a row and not 5\. Give --again"):
        run(tmp_path, members=5)
    assert len(run(tmp_path, members=5, again=True).rows[0][1]["value"]) == 5


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (lambda folder: (folder / "toy.npz").unlink(), "No result of 'toy' is stored"),
        (lambda folder: (folder / "toy.npz").write_bytes(b"PK"), "is not the file that toy.json speaks of"),
        (lambda folder: (folder / "toy.json").write_text("[]"), "is no record"),
        (lambda folder: (folder / "toy.json").write_text("{"), "is no record"),
        (lambda folder: (folder / "toy.json").write_text(json.dumps({"identity": 1})), "is no record"),
    ],
)
def test_what_is_damaged_or_foreign_is_refused_in_a_sentence(toy, tmp_path, harm, sentence):
    run(tmp_path, members=4)
    harm(tmp_path)
    with pytest.raises(StoredResultError, match=sentence):
        store.load("toy", tmp_path)


@pytest.mark.parametrize("change", [{"VERSION": 2}, {"SPECS": ({"scale": 1.0}, {"scale": 3.0})}])
def test_a_result_of_another_version_is_stale(toy, tmp_path, change):
    run(tmp_path, members=4)
    for name, value in change.items():
        setattr(toy, name, value)
    with pytest.raises(StoredResultError, match="another version"):
        store.load("toy", tmp_path)


def test_arrays_must_have_an_entry_for_each_seed(toy, tmp_path):
    toy.run_chunk = lambda spec, seeds: {"value": np.zeros(1)}
    with pytest.raises(StoredResultError, match="value must have one entry for each of 100 seeds"):
        run(tmp_path)
    with pytest.raises(StoredResultError, match="at least one member"):
        run(tmp_path, members=0)


def test_the_command(toy, tmp_path, capsys):
    folder, said = ["--folder", str(tmp_path)], lambda: capsys.readouterr().out
    call = ["reproduce", "toy", "--members", "3", *folder]
    assert cli.main(call) == 0
    assert "2 rows\n\nMade by `lmcourse reproduce toy --members 3`" in said()
    assert "Source: this course\n\n2 rows\n" in (tmp_path / "toy.txt").read_text()
    assert cli.main(call) == 0 and "It was there already" in said()
    assert cli.main([*call, "--members", "4"]) == 1 and "Give --again" in said()
    assert cli.main(["reproduce", "unknown"]) == 1 and "The experiments are: toy" in said()
    assert cli.main([*call, "--device", "cuda"]) == 1 and "runs on the CPU only" in said()
    assert cli.main([*call, "--workers", "0"]) == 1 and "at least 1" in said()
    assert cli.main([*call, "--workers", "2", "--dask", "x"]) == 1 and "not both" in said()
    (tmp_path / "file").touch()
    assert cli.main([*call[:-1], str(tmp_path / "file")]) == 1 and "cannot be written to" in said()

    def interrupt(spec, seeds):
        raise KeyboardInterrupt

    toy.run_chunk = interrupt
    assert cli.main([*call, "--again"]) == 130
    assert "goes on where" in said()


def test_the_list_says_size_time_and_what_is_stored(toy, tmp_path, capsys):
    def listed():
        assert cli.main(["reproduce", "--list", "--folder", str(tmp_path)]) == 0
        return capsys.readouterr().out

    toy.SOURCE = "Ada (1843), note G"
    assert "toy\n    Toy\n    Source: Ada (1843), note G\n    2 rows, 460 runs, 6 chunks; time not known" in listed()
    run(tmp_path, members=3)
    assert "; about 1 s here; a result of 2" in listed() and "with 3 members a row" in listed()
    record = tmp_path / "toy.json"
    record.write_text(record.read_text().replace('"members": 3', '"members": 4'))
    assert "; a result that cannot be trusted in " in listed()


def test_a_row_may_have_members_of_its_own(toy, tmp_path):
    toy.SPECS = ({"scale": 1.0, "members": 130}, {"scale": 2.0, "members": 7}, {"scale": 3.0})
    assert [len(arrays["value"]) for _, arrays in run(tmp_path).rows] == [130, 7, 230]
    assert "seeds from 0 on, up to 230 for each of 3 rows" in store.load("toy", tmp_path).made
    assert [len(arrays["value"]) for _, arrays in run(tmp_path, members=9, again=True).rows] == [9, 7, 9]


def test_an_experiment_is_drawn_beside_its_result(toy, tmp_path):
    toy.draw = lambda ax, rows: ax.plot([len(arrays["value"]) for _, arrays in rows])
    assert cli.main(["reproduce", "toy", "--members", "3", "--folder", str(tmp_path)]) == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["toy.json", "toy.npz", "toy.png", "toy.txt"]
    assert (tmp_path / "toy.png").read_bytes().startswith(b"\x89PNG")
