"""The checks that need people: each has a protocol and a table, and a released version has its rows. The tag of the badge."""

import re
import subprocess
import tomllib

import pytest

from authoring.places import ROOT

PAGE = (ROOT / "docs" / "releasing.md").read_text(encoding="utf-8")
CHECKS = dict(re.findall(r"^## \d\. (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
ABOUT = ("a lesson in its time", "last row", "notes alone", "Binder", "newcomer")
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def test_there_is_a_protocol_for_each_check_of_people():
    assert len(CHECKS) == len(ABOUT) and all(word in title for word, title in zip(ABOUT, CHECKS, strict=True))


@pytest.mark.parametrize("title", CHECKS)
def test_a_protocol_says_who_how_and_when_it_holds(title):
    text = CHECKS[title]
    assert (
        "**It holds if**" in text and re.search(r"\*\*(How|You)\*\*", text) and re.search(r"\*\*(Who|When)\*\*", text)
    )
    assert re.search(r"^\| version \| date.*\|\n\|(---\|)+$", text, re.MULTILINE), "a table to fill in"


def is_released(version, changelog):
    heading = re.search(rf"^## {re.escape(version)}\b.*$", changelog, re.MULTILINE)
    return heading is not None and "not released" not in heading[0]


def without_a_row(version, checks):
    """The checks that nobody has recorded for this version: a row may also say why a check was not made."""
    return [
        title for title, text in checks.items() if not re.search(rf"^\| {re.escape(version)} \| \S", text, re.MULTILINE)
    ]


def test_a_released_version_has_a_row_in_each_table():
    if is_released(VERSION, (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")):
        assert without_a_row(VERSION, CHECKS) == [], (
            "docs/releasing.md says how; a row may say why a check was not made"
        )


def test_a_missing_row_would_be_seen():
    assert is_released("1.0.0", "## 1.0.0 (2026-12-24)") and not is_released("1.0.0", "## 1.0.0 (not released yet)")
    table = "| version | date |\n|---|---|\n"
    assert without_a_row("1.0.0", {"a": table + "| 1.0.0 | 2026-12-24 |", "b": table}) == ["b"]


# ------------------------------------------------------------------------------------------------ the tag of the badge


def git(*arguments, folder=ROOT):
    return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)


def differs_from_its_tag(version, folder):
    """What the badge would open that is not what is tested here: [] while there is no such tag."""
    if git("rev-parse", f"v{version}^{{commit}}", folder=folder).returncode:
        return []
    shown = {
        name: git("show", f"v{version}:{name}", folder=folder) for name in ("00_start_here.ipynb", "environment.yml")
    }
    missing = [f"{name} is not in the tag" for name, answer in shown.items() if answer.returncode]
    tested = (folder / "environment.yml").read_bytes().replace(b"\r\n", b"\n")
    other = (
        [] if missing or shown["environment.yml"].stdout == tested else ["environment.yml is not the one of the tag"]
    )
    return missing + other


def test_the_tag_of_the_badge_holds_what_is_tested():
    assert differs_from_its_tag(VERSION, ROOT) == [], "a change of environment.yml asks for a new version"


def test_a_tag_with_another_environment_is_seen(tmp_path):
    environment, page = tmp_path / "environment.yml", tmp_path / "00_start_here.ipynb"
    environment.write_text("a: 1\n")
    git("init", "-q", folder=tmp_path)
    assert differs_from_its_tag("1.0", tmp_path) == []
    commit = ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "a"]
    git("add", ".", folder=tmp_path), git(*commit, folder=tmp_path), git("tag", "v1.0", folder=tmp_path)
    assert differs_from_its_tag("1.0", tmp_path) == ["00_start_here.ipynb is not in the tag"]
    page.write_text("{}")
    git("add", ".", folder=tmp_path), git(*commit, folder=tmp_path), git("tag", "-f", "v1.0", folder=tmp_path)
    assert differs_from_its_tag("1.0", tmp_path) == []
    environment.write_text("a: 2\n")
    assert differs_from_its_tag("1.0", tmp_path) == ["environment.yml is not the one of the tag"]
