"""What surrounds the code: versions, environments, licences, and what the README promises."""

import datetime
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

import lmcourse

REPOSITORY = Path(__file__).parent.parent
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TESTED = ("test", "browser", "site", "teach")  # the extras with which `course.py test` runs
CONDA_NAME = {"torch": "pytorch", "matplotlib": "matplotlib-base"}


def text(name):
    return (REPOSITORY / name).read_text(encoding="utf-8")


def declared(*extras):
    """Requirements by name."""
    groups = [PROJECT["dependencies"], *(PROJECT["optional-dependencies"][extra] for extra in extras)]
    return {found.name: found for group in groups for found in map(Requirement, group)}


def installed(name):
    try:
        return Version(Version(importlib.metadata.version(name)).public)  # 2.13.0+cpu counts as 2.13.0
    except importlib.metadata.PackageNotFoundError:
        return None


def constraints():
    lines = [line for line in text("constraints.txt").splitlines() if line and not line.startswith("#")]
    return {found.name: found for found in map(Requirement, lines)}


# ------------------------------------------------------------------------------------------------ versions


def test_extras():
    assert set(PROJECT["optional-dependencies"]) == {"test", "browser", "teach", "bench", "many", "site"}


@pytest.mark.parametrize("requirement", declared(*TESTED).values(), ids=str)
def test_installed_version_is_inside_the_declared_range(requirement):
    assert installed(requirement.name) in requirement.specifier


def test_constraints_name_exact_public_versions():
    for name, constraint in constraints().items():
        assert re.fullmatch(r"==[\d.]+", str(constraint.specifier)), f"{name}: write one public version, without +cpu"


def test_constraints_cover_what_is_installed_and_fit_the_ranges():
    fixed = constraints()
    assert set(declared(*TESTED)) <= set(fixed)
    everything = declared(*PROJECT["optional-dependencies"])
    for name in set(fixed) & set(everything):
        version = str(fixed[name].specifier).removeprefix("==")
        assert version in everything[name].specifier, f"{name} {version} is outside {everything[name]}"


@pytest.mark.tested_versions
@pytest.mark.parametrize("name", declared(*TESTED))
def test_installed_version_is_the_tested_one(name):
    assert installed(name) in constraints()[name].specifier


def test_one_version_everywhere():
    assert PROJECT["version"] == lmcourse.__version__ == yaml.safe_load(text("CITATION.cff"))["version"]
    assert re.search(rf"^## .*\b{re.escape(PROJECT['version'])}\b", text("CHANGELOG.md"), re.MULTILINE)


# --------------------------------------------------------------------------------------- conda and Binder


def conda_specs():
    import rattler

    entries = yaml.safe_load(text("environment.yml"))["dependencies"]
    specs = [rattler.MatchSpec(entry, strict=True) for entry in entries]
    return {entry.replace("=", " ").split()[0]: spec for entry, spec in zip(entries, specs, strict=True)}


def test_conda_environment_has_what_the_course_needs():
    expected = {CONDA_NAME.get(name, name) for name in declared()}
    assert set(conda_specs()) == expected | {"python", "pip", "flit-core"}


def test_conda_ranges_are_those_of_pyproject():
    lines = yaml.safe_load(text("environment.yml"))["dependencies"]
    entries = dict(line.split(" ", 1) for line in lines if " " in line)
    for name, requirement in declared().items():
        if name != "torch":  # the build for the CPU, in the tested version
            assert entries[CONDA_NAME.get(name, name)] == str(requirement.specifier)


@pytest.mark.tested_versions
@pytest.mark.parametrize("name", declared())
def test_installed_version_fits_the_conda_spec(name):
    import rattler

    version = conda_specs()[CONDA_NAME.get(name, name)].version
    assert rattler.VersionSpec(str(version)).matches(rattler.Version(str(installed(name))))


def test_conda_takes_the_cpu_build_and_no_local_path():
    assert str(conda_specs()["pytorch"].build) == "cpu*"
    assert all(isinstance(entry, str) for entry in yaml.safe_load(text("environment.yml"))["dependencies"])


def run_start(**variables):
    clean = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    program = "import os; print(*(os.environ[n + '_NUM_THREADS'] for n in ('OMP', 'MKL', 'OPENBLAS')))"
    command = ["bash", str(REPOSITORY / "start"), sys.executable, "-c", program]
    return subprocess.run(command, env=clean | variables, capture_output=True, text=True, check=True).stdout.split()


needs_bash = pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="runs on Binder's Linux only")


@needs_bash
def test_start_sets_one_thread_and_hands_over():
    assert run_start() == ["1", "1", "1"]
    assert run_start(MKL_NUM_THREADS="4") == ["1", "4", "1"]
    assert text("start").rstrip().endswith('exec "$@"')


@needs_bash
@pytest.mark.parametrize("name", ["postBuild", "start", ".ci/run"])
def test_scripts_are_valid_and_executable(name):
    subprocess.run(["bash", "-n", str(REPOSITORY / name)], check=True)
    assert os.access(REPOSITORY / name, os.X_OK)


def run_post_build(folder):
    """Run postBuild with a python that installs nothing and whose prefix is this folder; return the prefix."""
    prefix, programs = folder / "prefix", folder / "programs"
    programs.mkdir()
    (programs / "python").write_text(f'#!/bin/sh\ntest "$2" = pip || echo "{prefix}"\n')
    (programs / "python").chmod(0o755)
    path = os.pathsep.join([str(programs), os.environ["PATH"]])
    command = ["bash", str(REPOSITORY / "postBuild")]
    subprocess.run(command, cwd=REPOSITORY, env={**os.environ, "PATH": path}, check=True, capture_output=True)
    return prefix


@needs_bash
def test_post_build_installs_the_lab_settings(tmp_path):
    settings = run_post_build(tmp_path) / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    assert json.loads(settings.read_text())["@jupyterlab/apputils-extension:kernels-settings"] == {
        "commsOverSubshells": "disabled"
    }


@needs_bash
def test_post_build_switches_pairing_off(tmp_path):
    """Read as the server does, beside the file that jupytext itself installs."""
    from jupyter_server.extension.config import ExtensionConfigManager

    config = run_post_build(tmp_path) / "etc" / "jupyter"
    theirs = Path("etc", "jupyter", "jupyter_server_config.d", "jupytext.json")
    shutil.copy(sys.prefix / theirs, config / "jupyter_server_config.d")
    found = ExtensionConfigManager(read_config_path=[str(config)]).get_jpserver_extensions()
    assert found == {"jupyterlab_jupytext": False}


def test_post_build_stops_at_the_first_failure():
    assert "set -euo pipefail" in text("postBuild")


def test_lab_settings_exist_in_this_jupyterlab():
    """Every setting is known to the installed JupyterLab and has a value that it allows."""
    from jsonschema import Draft7Validator

    schemas = Path(sys.prefix, "share", "jupyter", "lab", "schemas")
    for section, settings in json.loads(text("jupyter/labconfig/default_setting_overrides.json")).items():
        package, plugin = section.split(":")
        schema = json.loads((schemas / package / f"{plugin}.json").read_text(encoding="utf-8"))
        assert set(settings) <= set(schema["properties"]), section
        Draft7Validator(schema).validate(settings)


# ------------------------------------------------------------------------------------ promises and papers


def test_readme_names_both_commands_at_its_top_and_is_short():
    lines = text("README.md").splitlines()
    top = "\n".join(lines[:12])
    assert "python3 course.py lab" in top and "python3 course.py test" in top
    assert len(lines) <= 60


def test_badge_opens_the_start_page_of_this_version():
    badges = re.findall(r"mybinder\.org/v2/gh/lmcourse/lmcourse/([^?]+)\?urlpath=lab/tree/([^)\s]+)", text("README.md"))
    assert badges == [(f"v{PROJECT['version']}", "00_start_here.ipynb")]
    assert (REPOSITORY / badges[0][1]).exists()


def test_ci_runs_the_command_of_the_readme():
    assert "CI=true" in text(".ci/run") and "python3 course.py test" in text(".ci/run")


def test_citation_file_is_valid():
    citation = yaml.safe_load(text("CITATION.cff"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)  # what the format demands
    assert citation["cff-version"] == "1.2.0" and citation["type"] == "software"
    assert all("name" in author or "family-names" in author for author in citation["authors"])
    assert isinstance(citation["date-released"], datetime.date)
    assert citation["license"] == ["BSD-3-Clause", "CC-BY-4.0"]
    assert citation["repository-code"] == PROJECT["urls"]["Source"]


def test_licences():
    assert text("LICENSE").startswith("BSD 3-Clause License") and PROJECT["license"] == "BSD-3-Clause"
    assert "https://creativecommons.org/licenses/by/4.0/legalcode" in text("LICENSE-text")


def test_workflow_tries_oldest_and_newest_on_three_systems():
    workflow = yaml.safe_load(text(".github/workflows/test.yml"))
    triggers = workflow[True]  # YAML 1.1 reads the key `on` as true
    assert "push" in triggers and re.fullmatch(r"\d+ \d+ \* \* [0-6]", triggers["schedule"][0]["cron"])
    matrix = workflow["jobs"]["range-of-versions"]["strategy"]["matrix"]
    systems = {"ubuntu-latest", "macos-latest", "windows-latest"}
    assert set(matrix["system"]) == systems and matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert matrix["versions"] == ["highest"]
    assert {entry["system"] for entry in matrix["include"] if entry["versions"] == "lowest-direct"} == systems


def test_workflow_of_the_week_has_all_that_tests_need_and_the_long_ones():
    steps = yaml.safe_load(text(".github/workflows/test.yml"))["jobs"]["range-of-versions"]["steps"]
    commands = [step["run"] for step in steps if "run" in step]
    assert any(f'--editable ".[{",".join(TESTED)}]"' in command for command in commands)
    assert 'environment_python(["test", "browser", "site", "teach"])' in text("course.py")
    marked = [command for command in commands if "pytest" in command and " -m " in command.split("pytest", 1)[1]]
    assert len(marked) == 1 and "weekly" not in marked[0] and "cold" not in marked[0]  # these are not left out
    assert "python -m authoring assignments ../assignments --try" in commands
