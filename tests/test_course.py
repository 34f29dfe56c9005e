"""The door, and how .venv is made: with a pip that is not asked, so that everything can go wrong quickly."""

import ast
import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import course
from bootstrap import Trouble, chromium, environment, read_json

REPOSITORY = Path(course.__file__).parent


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A repository in a temporary folder, in which nothing is installed yet."""
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(REPOSITORY / name, tmp_path)
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "STAMP", tmp_path / ".venv" / "course-setup.json")
    return tmp_path


@pytest.fixture
def calls(folder, monkeypatch):
    """Replace what takes minutes; the list receives the arguments of every call of pip."""
    received = []

    def fake_pip(*arguments, echo):
        received.append(arguments)
        return 0, ""

    monkeypatch.setattr(environment, "make_venv", lambda: (folder / ".venv").mkdir(exist_ok=True))
    monkeypatch.setattr(environment, "run_pip", fake_pip)
    monkeypatch.setattr(environment, "check_that_it_starts", lambda python: None)
    monkeypatch.setattr(environment, "venv_python_version", lambda: "3.11")
    monkeypatch.setattr(environment, "has_nvidia_gpu", lambda: False)
    monkeypatch.setattr(sys, "platform", "linux")
    return received


def pip_says(words):
    return lambda *arguments, echo: (1, words)


# ------------------------------------------------------------------------------------ making the environment


def test_second_call_installs_nothing(calls, capsys):
    environment.environment_python([])
    assert "GB on disk" in capsys.readouterr().out  # the size is said before anything is installed
    assert [arguments[-1] for arguments in calls] == ["torch", "."]
    environment.environment_python([])
    assert len(calls) == 2 and capsys.readouterr().out == ""


def test_extras_are_added_and_kept(calls):
    environment.environment_python(["test"])
    environment.environment_python(["browser"])
    environment.environment_python(["test", "browser"])
    assert [arguments[-1] for arguments in calls if "--editable" in arguments] == [".[test]", ".[browser,test]"]


@pytest.mark.parametrize(
    ("name", "old", "new", "ready"),
    [
        ("pyproject.toml", '"tqdm>=4.66"', '"tqdm>=4.67"', False),
        ("pyproject.toml", "line-length = 120", "line-length = 100", True),
        ("constraints.txt", "torch==2.13.0", "torch==2.14.0", False),
    ],
)
def test_new_requirements_are_installed_and_settings_of_tools_do_not_matter(folder, calls, name, old, new, ready):
    environment.environment_python([])
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    assert environment.is_ready([]) == ready


def test_new_python_is_noticed(calls, monkeypatch):
    environment.environment_python([])
    monkeypatch.setattr(environment, "venv_python_version", lambda: "3.12")
    assert not environment.is_ready([])


def test_stopped_installation_goes_on(folder, calls, monkeypatch, capsys):
    install = environment.run_pip

    def stopped(*arguments, echo):
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "run_pip", stopped)
    monkeypatch.setitem(course.COMMANDS, "lab", lambda arguments: environment.environment_python([]))
    assert course.main(["lab"]) == 130
    assert capsys.readouterr().out.strip().splitlines()[-1].startswith("Stopped. Run the same command again")
    assert not (folder / ".venv" / "course-setup.json").exists()
    monkeypatch.setattr(environment, "run_pip", install)
    environment.environment_python([])
    assert environment.is_ready([])


def test_failed_installation_leaves_no_stamp(folder, calls, monkeypatch):
    environment.environment_python([])
    (folder / "constraints.txt").write_text("torch==2.13.0\n")
    monkeypatch.setattr(environment, "run_pip", pip_says("ERROR: no such option"))
    with pytest.raises(Trouble):
        environment.environment_python([])
    assert not (folder / ".venv" / "course-setup.json").exists()


def test_damaged_stamp_means_not_ready(folder, calls):
    environment.environment_python([])
    (folder / ".venv" / "course-setup.json").write_text('{"fingerp')
    assert not environment.is_ready([])


def test_pytorch_index_that_does_not_answer_costs_a_warning(calls, monkeypatch, capsys):
    def only_torch_fails(*arguments, echo):
        calls.append(arguments)
        return (1, "ERROR: No matching distribution found for torch") if "torch" in arguments else (0, "")

    monkeypatch.setattr(environment, "run_pip", only_torch_fails)
    environment.environment_python([])
    assert "Warning: https://download.pytorch.org/whl/cpu did not answer" in capsys.readouterr().out
    assert environment.is_ready([])


def test_gpu_takes_the_usual_torch(calls, monkeypatch):
    monkeypatch.setattr(environment, "has_nvidia_gpu", lambda: True)
    environment.environment_python([])
    assert [arguments[-1] for arguments in calls] == ["."]


def test_other_systems_take_the_usual_torch(calls, monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    environment.environment_python([])
    assert [arguments[-1] for arguments in calls] == ["."]


def test_intel_mac_is_sent_to_conda(calls, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(machine="x86_64"), raising=False)
    with pytest.raises(Trouble, match=r"PyPI has no PyTorch for Intel Macs.*conda"):
        environment.environment_python([])


def test_small_disk_is_refused_before_anything_is_written(folder, calls, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=0.3e9))
    with pytest.raises(Trouble, match=r"0\.3 GB free.*2\.0 GB are needed"):
        environment.environment_python([])
    assert not (folder / ".venv").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full."),
        ("ERROR: [WinError 112] There is not enough space on the disk", "The disk is full."),
        ("NewConnectionError('Failed to establish a connection')", "No package index could be reached."),
        ("ReadTimeoutError: Read timed out.", "No package index could be reached."),
        ("ERROR: something else", "The installation stopped:\nERROR: something else"),
    ],
)
def test_what_pip_says_becomes_one_sentence(words, sentence):
    explanation = environment.explain(words)
    assert explanation.startswith(sentence)
    assert "ame command again" in explanation


def test_full_disk_anywhere_is_one_sentence(monkeypatch, capsys):
    def full(arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setitem(course.COMMANDS, "lab", full)
    assert course.main(["lab"]) == 1
    assert capsys.readouterr().out.strip().startswith("The disk is full.")


def test_only_one_call_sets_up(folder):
    with environment.one_setup_at_a_time(), open(folder / ".setup.lock", "w") as second:
        assert not environment.try_lock(second)
    with open(folder / ".setup.lock", "w") as third:
        assert environment.try_lock(third)


def test_half_installed_package_is_removed(folder):
    packages = folder / ".venv" / "lib" / "python3.11" / "site-packages"
    for name in ("whole-1.0.dist-info", "half-1.0.dist-info"):
        (packages / name).mkdir(parents=True)
        (packages / name / "METADATA").touch()
    (packages / "whole-1.0.dist-info" / "RECORD").touch()
    environment.remove_half_installed_packages()
    assert [path.name for path in packages.iterdir()] == ["whole-1.0.dist-info"]


def make_venv_with(monkeypatch, modules):
    """Run make_venv where only these modules exist; return the commands it would run."""
    commands = []
    monkeypatch.setattr(environment, "venv_python_version", lambda: None)  # there is no .venv yet, whatever stands here
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: name in modules or None)
    monkeypatch.setattr(environment, "run_or_explain", lambda command: commands.append(" ".join(map(str, command[1:]))))
    environment.make_venv()
    return commands


def test_debian_without_python3_venv(folder, monkeypatch):
    commands = make_venv_with(monkeypatch, {"pip"})
    assert commands[0].startswith("-m venv --without-pip") and commands[1].startswith("-m pip --python")


def test_python_without_venv_and_pip(folder, monkeypatch):
    with pytest.raises(Trouble, match="sudo apt install python3-venv"):
        make_venv_with(monkeypatch, set())


def test_broken_python_is_made_again(folder, monkeypatch):
    binaries = folder / ".venv" / ("Scripts" if os.name == "nt" else "bin")
    binaries.mkdir(parents=True)
    python = binaries / ("python.exe" if os.name == "nt" else "python")
    python.write_text("this is no program")
    monkeypatch.setattr(environment, "VENV_PYTHON", python)
    assert environment.venv_python_version() is None
    environment.make_venv()
    assert environment.venv_python_version() == "{}.{}".format(*sys.version_info)


def test_conda_environment_is_used_as_it_is(tmp_path, monkeypatch):
    def distributions():
        return [SimpleNamespace(metadata={"Name": name.replace("-", "_")}) for name in environment.requirements([])]

    monkeypatch.setattr(environment.importlib.metadata, "distributions", distributions)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert not environment.conda_has_everything([])  # not a conda environment
    (tmp_path / "conda-meta").mkdir()
    assert environment.environment_python([]) == Path(sys.executable)
    assert not environment.conda_has_everything(["test"])  # pytest is missing


# ------------------------------------------------------------------------------------------------- the door


@pytest.mark.parametrize("version", [(3, 6), (3, 9)])
def test_old_python_can_read_the_door(version):
    ast.parse((REPOSITORY / "course.py").read_text(encoding="utf-8"), feature_version=version)


@pytest.mark.parametrize("version", ["3, 9", "3, 15"])
def test_unfit_python_gets_a_sentence(version):
    program = f"import runpy, sys; sys.version_info = ({version}, 0); runpy.run_path('course.py', run_name='__main__')"
    command = [sys.executable, "-c", program]
    answer = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    found = version.replace(", ", ".")
    assert answer.stderr.startswith(f"The course needs Python 3.11 to 3.14, and this is Python {found}.")


def test_door_and_bootstrap_need_only_the_standard_library():
    for path in [REPOSITORY / "course.py", *(REPOSITORY / "bootstrap").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
                for name in names:
                    assert name.split(".")[0] in {*sys.stdlib_module_names, "bootstrap"}, f"{path.name} imports {name}"


def test_help_and_unknown_command(capsys):
    assert course.main([]) == course.main(["--help"]) == 0
    assert "course.py lab" in capsys.readouterr().out
    assert course.main(["lba"]) == 2
    assert '"lba" is not a command. Expected one of: lab, test' in capsys.readouterr().out


def test_every_command_is_explained():
    for name in course.COMMANDS:
        assert f"course.py {name} " in course.__doc__


def test_jupyterlab_command(tmp_path, monkeypatch):
    monkeypatch.setattr(course, "has_display", lambda: False)
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    command = course.jupyterlab_command(Path("python"), tmp_path, ["--port=9999"])
    assert {"--no-browser", "--allow-root", f"--ServerApp.root_dir={tmp_path}"} <= set(command)
    assert command[-1] == "--port=9999"
    assert not any("00_start_here" in part for part in command)  # there is none yet
    (tmp_path / "00_start_here.ipynb").touch()
    assert "--LabApp.default_url=/lab/tree/00_start_here.ipynb" in course.jupyterlab_command("python", tmp_path, [])


def test_jupyterlab_with_a_display_and_a_usual_user(tmp_path, monkeypatch):
    monkeypatch.setattr(course, "has_display", lambda: True)
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    assert not {"--no-browser", "--allow-root"} & set(course.jupyterlab_command("python", tmp_path, []))


def test_one_thread_unless_the_user_says_otherwise(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    given = course.course_environment()
    assert [given[name] for name in course.THREADS] == ["3", "1", "1"]


def test_search_paths_of_the_user_stay(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "mine")
    assert course.course_environment()["PYTHONPATH"] == os.pathsep.join([str(REPOSITORY), "mine"])


def test_total_adds_up_the_reports(tmp_path):
    reports = [tmp_path / "a.xml", tmp_path / "b.xml"]
    reports[0].write_text('<testsuites><testsuite tests="5" failures="1" errors="1" skipped="1"/></testsuites>')
    reports[1].write_text('<testsuites><testsuite tests="4" failures="0" errors="0" skipped="0"/></testsuites>')
    assert course.total(reports) == "Total: 6 passed, 2 failed, 1 skipped"


def test_doctor_without_an_installation_says_what_to_do(folder, capsys):
    assert course.main(["doctor"]) == 1
    assert "Run: python3 course.py lab" in capsys.readouterr().out


# ---------------------------------------------------------------------------------------------- the browser


@pytest.fixture
def no_browser(monkeypatch):
    monkeypatch.setattr(chromium, "find_chromium", lambda: None)
    monkeypatch.setattr(chromium, "may_install", lambda: True)


def test_missing_browser_is_said_with_the_command(no_browser, monkeypatch, capsys):
    monkeypatch.delenv("CI", raising=False)
    assert chromium.provide_chromium() is None
    assert "sudo apt install chromium" in capsys.readouterr().out


def test_browser_is_installed_on_a_ci_machine(no_browser, monkeypatch):
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(chromium, "install_chromium", lambda: "/usr/bin/chromium")
    assert chromium.provide_chromium() == "/usr/bin/chromium"


def test_named_browser_comes_first(tmp_path, monkeypatch):
    browser = tmp_path / "browser"
    browser.touch()
    monkeypatch.setenv("LMCOURSE_CHROMIUM", str(browser))
    assert chromium.find_chromium() == str(browser)


def test_stamp_is_readable(calls, folder):
    environment.environment_python(["test"])
    assert set(read_json(folder / ".venv" / "course-setup.json")) == {"extras", "fingerprint", "python"}
