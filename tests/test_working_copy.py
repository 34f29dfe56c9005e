"""The learner's copy: what a learner wrote survives everything."""

import json
import shutil
from pathlib import Path

import pytest

from bootstrap import Trouble, working_copy
from bootstrap.working_copy import reset_notebook, update_my_course

REPOSITORY = Path(working_copy.__file__).parent.parent
LESSON = "chapters/4_width/1_traps.ipynb"


def notebook(*cells, output=None):
    outputs = [{"output_type": "stream", "name": "stdout", "text": [output]}] if output else []
    empty = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": outputs}
    content = [{**empty, "id": f"cell-{number}", "source": text} for number, text in enumerate(cells)]
    return json.dumps({"cells": content, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A small course; `mine` below is the learner's copy of it."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter_data"))
    monkeypatch.setattr(working_copy, "ROOT", tmp_path)
    monkeypatch.setattr(working_copy, "MY_COURSE", tmp_path / "my_course")
    monkeypatch.setattr(working_copy, "MANIFEST", tmp_path / "my_course" / ".originals.json")
    put(tmp_path / "00_start_here.ipynb", notebook("start"))
    put(tmp_path / LESSON, notebook("first edition"))
    put(tmp_path / "exercises/4_width/1_traps.ipynb", notebook("exercise"))
    update_my_course()
    return tmp_path


@pytest.fixture
def mine(course):
    return course / "my_course" / LESSON


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_copy_has_every_notebook(course):
    for name in ("00_start_here.ipynb", LESSON, "exercises/4_width/1_traps.ipynb"):
        assert (course / "my_course" / name).read_bytes() == (course / name).read_bytes()


def test_untouched_notebook_gets_the_new_edition(course, mine):
    put(course / LESSON, notebook("second edition"))
    update_my_course()
    assert "second edition" in mine.read_text()
    assert files(mine.parent) == ["1_traps.ipynb"]


def test_run_notebook_counts_as_untouched(course, mine):
    put(mine, notebook("first edition", output="0.01"))
    update_my_course()
    assert "0.01" in mine.read_text()  # nothing new: the reader's outputs stay
    put(course / LESSON, notebook("second edition"))
    update_my_course()
    assert "second edition" in mine.read_text()


def test_edited_notebook_survives_an_update(course, mine, capsys):
    put(mine, notebook("what I wrote"))
    put(course / LESSON, notebook("second edition"))
    update_my_course()
    assert "what I wrote" in mine.read_text()
    assert "second edition" in (mine.parent / "1_traps.new_edition.ipynb").read_text()
    assert "Yours stays; the new one is 1_traps.new_edition.ipynb" in capsys.readouterr().out
    update_my_course()  # said once, made once
    assert capsys.readouterr().out == ""
    put(course / LESSON, notebook("third edition"))
    update_my_course()
    assert files(mine.parent) == ["1_traps.ipynb", "1_traps.new_edition.ipynb", "1_traps.new_edition_2.ipynb"]


def test_edited_notebook_without_news_is_left_alone(course, mine, capsys):
    put(mine, notebook("what I wrote"))
    update_my_course()
    assert "what I wrote" in mine.read_text() and files(mine.parent) == ["1_traps.ipynb"]
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("damage", ["", "{", "[1, 2]", "{}"])
def test_edits_survive_a_damaged_manifest(course, mine, damage):
    put(mine, notebook("what I wrote"))
    put(course / "my_course/.originals.json", damage)
    put(course / LESSON, notebook("second edition"))
    update_my_course()
    assert "what I wrote" in mine.read_text()


@pytest.mark.parametrize("damage", ["", "{", '{"cells": 3}', '{"cells": [{"source": "x"}]}', '{"worksheets": []}'])
def test_notebook_that_is_none_is_kept_and_named(course, mine, capsys, damage):
    put(mine, damage)
    put(course / LESSON, notebook("second edition"))
    update_my_course()
    said = capsys.readouterr().out
    assert f"my_course/{LESSON} is not a notebook: expected JSON with cells." in said
    assert f"course.py reset {LESSON}" in said
    assert mine.read_text() == damage


def test_withdrawn_notebook_goes_unless_it_was_edited(course, mine):
    exercise = course / "my_course/exercises/4_width/1_traps.ipynb"
    put(exercise, notebook("my solution"))
    (course / LESSON).unlink()
    (course / "exercises/4_width/1_traps.ipynb").unlink()
    update_my_course()
    assert not mine.exists() and exercise.exists()


def test_deleted_notebook_comes_back(course, mine):
    mine.unlink()
    update_my_course()
    assert mine.exists()


@pytest.mark.parametrize("name", ["4.1", "1_traps", LESSON, f"my_course/{LESSON}", "chapters/4_width/1_traps"])
def test_reset_brings_the_original_and_keeps_mine(course, mine, name, capsys):
    put(mine, notebook("what I wrote"))
    reset_notebook(name)
    assert mine.read_bytes() == (course / LESSON).read_bytes()
    assert "what I wrote" in (mine.parent / "1_traps.my_version.ipynb").read_text()
    assert "kept as my_course/chapters/4_width/1_traps.my_version.ipynb" in capsys.readouterr().out


def test_reset_keeps_every_version(course, mine):
    for version in ("one", "two"):
        put(mine, notebook(version))
        reset_notebook("4.1")
    assert files(mine.parent) == ["1_traps.ipynb", "1_traps.my_version.ipynb", "1_traps.my_version_2.ipynb"]


def test_reset_keeps_a_broken_notebook_too(course, mine):
    put(mine, "{ broken")
    reset_notebook("4.1")
    assert (mine.parent / "1_traps.my_version.ipynb").read_text() == "{ broken"


def test_reset_of_an_untouched_notebook_leaves_no_copy(course, mine):
    reset_notebook("4.1")
    assert files(mine.parent) == ["1_traps.ipynb"]


def test_reset_of_an_exercise(course):
    exercise = course / "my_course/exercises/4_width/1_traps.ipynb"
    put(exercise, notebook("my solution"))
    reset_notebook("exercises/4.1")
    assert "my solution" not in exercise.read_text()


def test_reset_of_an_unknown_name_lists_what_there_is(course):
    with pytest.raises(Trouble, match=r'"9.9" is not the name of a notebook. Expected one of:') as caught:
        reset_notebook("9.9")
    assert "\n  00_start_here.ipynb\n" in str(caught.value)


def test_reset_of_an_ambiguous_name(course):
    put(course / "chapters/5_depth/1_traps.ipynb", notebook("another"))
    with pytest.raises(Trouble, match='"1_traps" fits several notebooks') as caught:
        reset_notebook("1_traps")
    assert "chapters/5_depth/1_traps.ipynb" in str(caught.value)


# ----------------------------------------------------------------------------------- no pairing in the copy


def save_in_jupyter(root, name, text):
    """Save as JupyterLab does with jupytext's server extension on and this folder as its root."""
    from jupyter_server.services.contents.largefilemanager import LargeFileManager
    from jupytext.sync_contentsmanager import build_sync_jupytext_contents_manager_class

    manager = build_sync_jupytext_contents_manager_class(LargeFileManager)(root_dir=str(root))
    model = manager.get(name)
    model["content"]["cells"][0]["source"] = text
    manager.save(model, name)
    manager.notary.store.close()


def test_saving_in_the_copy_never_rewrites_the_sources(course, mine):
    shutil.copy(REPOSITORY / "pyproject.toml", course)
    source = course / "sources/chapters/4_width/1_traps.py"
    put(source, "# %%\nfirst edition\n")
    save_in_jupyter(course / "my_course", LESSON, "what I wrote")
    assert "what I wrote" in mine.read_text()
    assert source.read_text() == "# %%\nfirst edition\n"
    assert files(mine.parent) == [".ipynb_checkpoints", "1_traps.ipynb"]


def test_saving_a_chapter_in_the_repository_saves_its_source(course):
    """The other half: the pairing is real, so the test above can fail."""
    shutil.copy(REPOSITORY / "pyproject.toml", course)
    source = course / "sources/chapters/4_width/1_traps.py"
    put(source, "# %%\nfirst edition\n")
    save_in_jupyter(course, LESSON, "what the author wrote")
    assert "what the author wrote" in source.read_text()
