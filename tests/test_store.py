"""Stored results: complete or absent, and never read when they are not what their record says."""

import contextlib
import errno
import io
import json
import os
import signal
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from lmcourse import cli, devices, experiments, store
from lmcourse.store import StoredResultError, parts
from lmcourse.store.plan import Chunk, plan


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


def everything_in(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def stopped_before_the_last_chunk(toy, folder):
    """A run of two rows of three chunks that was interrupted: five parts are there."""

    def interrupted(spec, seeds):
        if spec["scale"] == 2.0 and seeds.start == 200:
            raise KeyboardInterrupt
        return draws(spec, seeds)

    toy.run_chunk = interrupted
    with pytest.raises(KeyboardInterrupt):
        run(folder)
    toy.run_chunk = draws
    return {path.name: path for path in folder.glob("toy.parts-*/*.npz")}


def edited(content):
    """The same file of arrays with one number changed, and all checksums right."""
    with np.load(io.BytesIO(content)) as entries:
        arrays = {key: entries[key].copy() for key in entries.files}
    arrays["0/value"][1] = 3.0
    return parts.as_bytes(arrays)


def test_a_result_with_any_byte_changed_is_refused(toy, tmp_path):
    run(tmp_path, members=2)
    arrays_file, record_file = tmp_path / "toy.npz", tmp_path / "toy.json"
    for file in (arrays_file, record_file):
        whole = file.read_bytes()
        for place in range(0, len(whole), 3):
            file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            with pytest.raises(StoredResultError, match="makes it anew"):
                store.load("toy", tmp_path)
        file.write_bytes(whole)
    arrays_file.write_bytes(edited(arrays_file.read_bytes()))
    with pytest.raises(StoredResultError, match="damaged, or edited"):
        store.load("toy", tmp_path)


@pytest.mark.parametrize("entry", ["members", "seconds", "torch", "rows", "day", "sha256"])
def test_a_record_that_was_edited_is_refused(toy, tmp_path, entry):
    run(tmp_path, members=2)
    file = tmp_path / "toy.json"
    record = json.loads(file.read_text())
    file.write_text(json.dumps({**record, entry: record[entry][1:] if entry in ("rows", "sha256") else 1}))
    with pytest.raises(StoredResultError, match="is not as it was written"):
        store.load("toy", tmp_path)


def test_the_result_of_another_experiment_is_refused(toy, monkeypatch, tmp_path):
    run(tmp_path, members=2)
    toy.__name__ = "lmcourse.experiments.other"
    monkeypatch.setitem(sys.modules, toy.__name__, toy)
    monkeypatch.setattr(experiments, "other", toy, raising=False)
    monkeypatch.setattr(experiments, "__all__", ["toy", "other"])
    for kind in ("npz", "json"):
        (tmp_path / f"other.{kind}").write_bytes((tmp_path / f"toy.{kind}").read_bytes())
    with pytest.raises(StoredResultError, match="was made by another version of the experiment 'other'"):
        store.load("other", tmp_path)


@pytest.mark.parametrize("harm", ["toy.npz", "toy.json"])
def test_what_is_refused_is_not_overwritten_either(toy, tmp_path, harm):
    run(tmp_path, members=4)
    (tmp_path / harm).write_bytes((tmp_path / harm).read_bytes()[:-40])
    before = everything_in(tmp_path)
    for members in (4, 5):
        with pytest.raises(StoredResultError, match="--again"):
            run(tmp_path, members=members)
    assert everything_in(tmp_path) == before
    assert len(run(tmp_path, members=4, again=True).rows) == 2


def test_arrays_without_a_record_are_not_overwritten(toy, tmp_path):
    (tmp_path / "toy.npz").write_bytes(b"somebody's")
    with pytest.raises(StoredResultError, match="without the record that says what it is"):
        run(tmp_path)
    assert (tmp_path / "toy.npz").read_bytes() == b"somebody's"


def test_a_part_with_any_byte_changed_is_refused_or_says_the_same(toy, tmp_path):
    file = stopped_before_the_last_chunk(toy, tmp_path)["0-0.npz"]
    whole, chunk = file.read_bytes(), Chunk(0, 0, 100)
    kept = parts.Parts(plan("toy"), tmp_path)
    value, refused, places = kept.read(chunk)[0]["value"], 0, range(0, len(whole), 3)
    for place in places:
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        try:
            assert np.array_equal(kept.read(chunk)[0]["value"], value)
        except StoredResultError:
            refused += 1
    # About a tenth of the bytes are words of the zip file about itself, some of which nobody reads.
    assert refused > 0.8 * len(places)
    for length in (0, 1, 100, len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises(StoredResultError, match=r"is damaged\. Delete it"):
            kept.read(chunk)


def test_a_part_of_another_place_is_refused_before_any_work(toy, tmp_path):
    files = stopped_before_the_last_chunk(toy, tmp_path)
    files["0-0.npz"].write_bytes(files["1-0.npz"].read_bytes())
    toy.run_chunk = None  # would be an error if it were called
    with pytest.raises(StoredResultError, match="belongs to another run"):
        run(tmp_path)


def test_a_full_disk_loses_no_finished_chunk(toy, tmp_path, capsys, monkeypatch):
    """The disk is full at the first, second, ... write of a run of six chunks: half of that file was written."""
    run(tmp_path / "whole")
    hand_over, left = os.fsync, []

    def fsync(descriptor):
        left[0] -= 1
        if left[0] == 0:
            os.ftruncate(descriptor, os.fstat(descriptor).st_size // 2)
            raise OSError(errno.ENOSPC, "No space left on device")
        hand_over(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    for number in range(1, 9):  # six parts, the arrays, the record
        folder, left[:] = tmp_path / str(number), [number]
        assert cli.main(["reproduce", "toy", "--folder", str(folder)]) == 1
        assert "No space left on device. Finished parts are kept." in capsys.readouterr().out
        assert len(list(folder.glob("*/*.npz"))) == min(number - 1, 6) and not list(folder.rglob("*.unfinished"))
        ran = []
        toy.run_chunk = lambda spec, seeds, ran=ran: ran.append(seeds) or draws(spec, seeds)
        run(folder)
        assert len(ran) == max(0, 7 - number)
        toy.run_chunk = draws
        assert (folder / "toy.npz").read_bytes() == (tmp_path / "whole/toy.npz").read_bytes()


def test_two_runs_do_not_work_on_the_same_result(toy, tmp_path):
    held = parts.Parts(plan("toy"), tmp_path)
    with held.held(), pytest.raises(StoredResultError, match="Another process is working on"):
        run(tmp_path)
    assert len(run(tmp_path).rows) == 2


def test_a_device_reaches_the_experiment_and_nothing_else(toy, tmp_path, monkeypatch):
    monkeypatch.setenv("LMCOURSE_DEVICE", "before")
    toy.device_used = lambda: os.environ["LMCOURSE_DEVICE"]
    assert run(tmp_path, members=2, device="cuda").record["device"] == "cuda"
    assert os.environ["LMCOURSE_DEVICE"] == "before"


def test_the_record_names_all_that_took_part(toy, tmp_path):
    toy.engine_used = iter(["eager"] * 5 + ["compiled"]).__next__
    record = run(tmp_path).record
    assert record["engine"] == "compiled and eager" and record["machine"].count(" ") == 1
    assert "commit" in record and len(record["seconds_by_row"]) == 2
    assert sum(record["seconds_by_row"]) == pytest.approx(record["seconds"], abs=0.1)


def test_the_experiment_on_the_page_about_long_runs_runs(tmp_path, monkeypatch):
    page = (Path(__file__).parent.parent / "docs/many_machines.md").read_text(encoding="utf-8")
    code = page[page.index("# my_work/widths.py") :].partition("```")[0]
    (tmp_path / "my_work").mkdir()
    (tmp_path / "my_work/widths.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    assert cli.main(["reproduce", "my_work.widths", "--members", "2", "--folder", str(tmp_path)]) == 0
    assert (tmp_path / "widths.txt").read_text().count("0 fail") == 3


def test_a_module_of_the_reader_must_be_an_experiment():
    with pytest.raises(StoredResultError, match="There is no module 'no"):
        store.find("no.such")
    with pytest.raises(StoredResultError, match="is no experiment: it has no TITLE, VERSION"):
        store.find("os.path")


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
    toy.draw_result = lambda ax, rows: ax.plot([len(arrays["value"]) for _, arrays in rows])
    assert cli.main(["reproduce", "toy", "--members", "3", "--folder", str(tmp_path)]) == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["toy.json", "toy.npz", "toy.png", "toy.txt"]
    assert (tmp_path / "toy.png").read_bytes().startswith(b"\x89PNG")
