"""The doctor tells what is wrong, with the repair, and never falls over what it examines."""

import importlib.metadata
import sys

import pytest

from lmcourse import cli, doctor
from lmcourse.doctor import NOTE, RIGHT, WRONG, Finding, examine, report


def test_report_counts_what_is_wrong(capsys):
    assert report([Finding(RIGHT, "a"), Finding(NOTE, "b"), Finding(WRONG, "c is off", "turn c on")]) == 1
    said = capsys.readouterr().out
    assert "WRONG  c is off\n" in said and "To repair it: turn c on." in said and "1 has to be repaired." in said


def test_report_of_a_sound_installation(capsys):
    assert report([Finding(RIGHT, "a"), Finding(NOTE, "b")]) == 0
    assert "Nothing has to be repaired." in capsys.readouterr().out


def test_check_that_fails_is_a_finding_and_the_others_go_on():
    def the_moon():
        raise RuntimeError("it is not there")

    found = list(examine([the_moon, doctor.torch_arithmetic]))
    assert found[0].state == WRONG and "the moon failed: RuntimeError: it is not there" in found[0].sentence
    assert found[1].state == RIGHT


def test_missing_and_old_packages_are_named(monkeypatch):
    lines = ["numpy>=99", "no-such>=1", 'extra-thing; extra == "test"']
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: lines)
    finding = doctor.packages()
    assert finding.state == WRONG and "course.py lab" in finding.repair
    assert "numpy>=99 is expected" in finding.sentence
    assert "no-such>=1 is expected, nothing is installed" in finding.sentence
    assert "extra-thing" not in finding.sentence


def test_other_python_is_wrong(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 2))
    assert doctor.python_version().state == WRONG


def test_missing_explorers_are_wrong(monkeypatch):
    monkeypatch.setattr(doctor, "installed_version", lambda name: None)
    finding = doctor.explorers()
    assert finding.state == WRONG and "anywidget is missing" in finding.sentence


def test_progress_that_cannot_be_kept(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("LMCOURSE_PROGRESS", str(tmp_path / "file" / "progress.json"))
    finding = doctor.progress_file()
    assert finding.state == WRONG and "LMCOURSE_PROGRESS" in finding.repair
    monkeypatch.setenv("LMCOURSE_PROGRESS", str(tmp_path / "new" / "progress.json"))
    assert doctor.progress_file().state == RIGHT
    monkeypatch.setenv("LMCOURSE_PROGRESS", "off")
    assert doctor.progress_file().state == NOTE


@pytest.mark.parametrize(("value", "state"), [("disabled", RIGHT), ("perCommTarget", NOTE)])
def test_lab_settings(monkeypatch, value, state):
    section, setting = doctor.SUBSHELLS
    monkeypatch.setattr(doctor, "setting_files", lambda: iter([{"other": {}}, {section: {setting: value}}]))
    assert doctor.lab_settings().state == state


@pytest.mark.parametrize(("free", "state"), [(0.1, WRONG), (8.0, RIGHT), (None, NOTE)])
def test_memory(monkeypatch, free, state):
    monkeypatch.setattr(doctor, "available_gigabytes", lambda: free)
    assert doctor.free_memory().state == state


def test_full_disk(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1e6}))
    assert doctor.disk_space().state == WRONG


def test_doctor_on_this_installation(capsys):
    """Everything at once, a real kernel included."""
    assert cli.main(["doctor"]) == 0, capsys.readouterr().out
    assert "A notebook starts and imports the course in" in capsys.readouterr().out
