#!/usr/bin/env python3
"""The one door to the course. It needs only Python's standard library.

    python3 course.py lab            install what is missing, then open the course in JupyterLab
    python3 course.py test [...]     install what tests need, then run them ([...] goes to pytest)
    python3 course.py reset NAME     bring back the original of a lesson, such as 4.1 or 00_start_here
    python3 course.py doctor         say in words what is right or wrong with the installation

For lecturers and readers:

    python3 course.py slides [NAME]  make slides of the lessons, which need no network
    python3 course.py figures NAME   save the pictures of a lesson (--svg: run it and save them as SVG, too)
    python3 course.py site           make the reading copy, a folder of static pages
    python3 course.py assignments FOLDER  export the exercises for nbgrader (docs/teaching/grading.md)

For authors:

    python3 course.py author         open JupyterLab on the repository itself, chapters paired with sources
    python3 course.py build [NAME]   make the notebooks from sources/
    python3 course.py check          the quick checks, before a commit

On Windows write python or py instead of python3. Everything is installed into the folder .venv beside this file and
nothing else on the machine is changed; in a conda environment that has all packages, that environment is used as it is.
"""

import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 14):
    sys.exit(
        f"The course needs Python 3.11 to 3.14, and this is Python {sys.version_info[0]}.{sys.version_info[1]}. "
        "Install one of those and call it by its name, for example: python3.12 course.py lab"
    )

import errno
import os
import shutil
import subprocess
import xml.etree.ElementTree

from bootstrap import ROOT, Trouble, say
from bootstrap.chromium import provide_chromium
from bootstrap.environment import (
    VENV,
    check_that_it_starts,
    conda_has_everything,
    environment_python,
    explain,
    is_ready,
)
from bootstrap.working_copy import MY_COURSE, originals, reset_notebook, update_my_course

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")

# ------------------------------------------------------------------------------------------- the commands


def lab(arguments):
    python = environment_python([])
    update_my_course()
    say("Starting JupyterLab on your working copy, my_course/. Ctrl-C stops it.")
    # Here a save must never look for a paired source, whatever the reader's own jupytext settings are.
    unpaired = "--ServerApp.jpserver_extensions={'jupyterlab_jupytext': False}"
    return become(jupyterlab_command(python, MY_COURSE, [unpaired, *arguments]))


def author(arguments):
    python = environment_python(["test"])
    say("Starting JupyterLab on the repository: saving a chapter also saves its source. Ctrl-C stops it.")
    return become(jupyterlab_command(python, ROOT, arguments))


def reset(arguments):
    if len(arguments) != 1:
        raise Trouble("Expected the name of one notebook, for example: python3 course.py reset 00_start_here")
    reset_notebook(arguments[0])
    return 0


def build(arguments):
    return run_module(environment_python([]), "authoring", "build", *arguments)


def check(arguments):
    return run_module(environment_python(["test"]), "authoring", "check", *arguments)


def site(arguments):
    return run_module(environment_python(["site"]), "authoring.publish", "site", *arguments)


def slides(arguments):
    return run_module(environment_python(["site"]), "authoring.publish", "slides", *arguments)


def figures(arguments):
    return run_module(environment_python([]), "authoring.publish", "figures", *arguments)


def assignments(arguments):
    if not arguments or arguments[0].startswith("-"):
        raise Trouble(
            "Expected a folder for the assignments, for example: python3 course.py assignments ../assignments"
        )
    folder = os.path.abspath(arguments[0])  # the module runs in the repository
    return run_module(environment_python(["teach"]), "authoring", "assignments", folder, *arguments[1:])


def doctor(arguments):
    if not conda_has_everything([]) and not is_ready([]):
        raise Trouble(f"There is no finished, up-to-date installation in {VENV}. Run: python3 course.py lab")
    python = environment_python([])
    check_that_it_starts(python)
    return run_module(python, "lmcourse.cli", "doctor", *arguments)


def test(arguments):
    """With arguments: pytest with these. Without: the whole suite, the browser, every notebook, and the total."""
    python = environment_python(["test", "browser", "site", "teach"])
    os.environ.setdefault("LMCOURSE_PROGRESS", "off")
    browser = provide_chromium()
    if browser:
        os.environ["LMCOURSE_CHROMIUM"] = browser
    if arguments:
        return run_module(python, "pytest", *arguments)
    shutil.rmtree(REPORTS, ignore_errors=True)
    codes = [
        run_module(python, "pytest", report("suite"), "-m", "not cold and not weekly and not browser", *SIDE_BY_SIDE)
    ]
    say("\nThe explorers, in a real browser:")
    codes.append(run_module(python, "pytest", report("browser"), "tests/browser", *SIDE_BY_SIDE, "--dist", "loadgroup"))
    notebooks = [name for name in originals() if not name.startswith("exercises/")]  # those the suite runs
    if notebooks:
        say("\nEvery notebook, from top to bottom:")
        command = ["pytest", report("notebooks"), *NBVAL, *SIDE_BY_SIDE, "--dist", "loadfile", *notebooks]
        codes.append(run_module(python, *command, environment=offline()))
    say(total(REPORTS.glob("*.xml")))
    return max(codes)


REPORTS = ROOT / "build" / "test"  # `python -m authoring status` reads them
SIDE_BY_SIDE = ["-n", "2", "--dist", "worksteal"]  # half of the tests each, in order: neighbours share what they made
NBVAL = ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=120"]


def report(part):
    """The argument with which pytest leaves its report of one part."""
    return f"--junitxml={REPORTS / part}.xml"


def total(reports):
    """One line that adds up pytest's own reports."""
    counts = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for path in reports:
        for suite in xml.etree.ElementTree.parse(path).iter("testsuite"):
            for name in counts:
                counts[name] += int(suite.get(name, 0))
    failed = counts["failures"] + counts["errors"]
    passed = counts["tests"] - failed - counts["skipped"]
    return f"Total: {passed} passed, {failed} failed, {counts['skipped']} skipped"


# --------------------------------------------------------------------------------------- how they are run


def course_environment():
    """The variables under which everything runs: one thread, unless the user set another number."""
    environment = {**dict.fromkeys(THREADS, "1"), **os.environ}
    for name, folder in (("PYTHONPATH", ROOT), ("JUPYTER_CONFIG_PATH", ROOT / "jupyter")):
        environment[name] = os.pathsep.join(filter(None, [str(folder), os.environ.get(name)]))
    return environment


def offline():
    """The same, with a fence around this machine: the notebooks must not need the network."""
    environment = course_environment()
    return {**environment, "PYTHONPATH": os.pathsep.join([str(ROOT / "tests" / "offline"), environment["PYTHONPATH"]])}


def run_module(python, *arguments, environment=None):
    command = [python, "-m", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment or course_environment(), check=False).returncode


def jupyterlab_command(python, folder, arguments):
    """JupyterLab in this folder. It looks for a free port and prints the address itself."""
    command = [str(python), "-m", "jupyterlab", f"--ServerApp.root_dir={folder}", "--log-level=WARN"]
    if (folder / "00_start_here.ipynb").exists():
        command.append("--LabApp.default_url=/lab/tree/00_start_here.ipynb")
    if not has_display():
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container; JupyterLab refuses root otherwise
        command.append("--allow-root")
    return [*command, *arguments]


def has_display():
    """Whether a browser can be opened here."""
    if "SSH_CONNECTION" in os.environ:
        return False
    return os.name == "nt" or sys.platform == "darwin" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def become(command):
    """Run a command in the place of this one, so that Ctrl-C and other signals reach it directly."""
    if os.name != "nt":
        os.execve(command[0], command, course_environment())
    process = subprocess.Popen(command, env=course_environment())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            pass  # JupyterLab has received it too, and asks whether to stop


# ------------------------------------------------------------------------------------------------ the door

TEACHING = (assignments, slides, figures, site)
COMMANDS = {each.__name__: each for each in (lab, test, reset, doctor, *TEACHING, author, build, check)}


def main(arguments):
    if not arguments or arguments[0] in ("help", "-h", "--help"):
        say(__doc__)
        return 0
    if arguments[0] not in COMMANDS:
        say(f'"{arguments[0]}" is not a command. Expected one of: {", ".join(COMMANDS)}')
        return 2
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except Trouble as trouble:
        say(f"\n{trouble}")
    except KeyboardInterrupt:
        say("\nStopped. Run the same command again: it goes on where it stopped.")
        return 130
    except OSError as problem:
        say("\n" + explain_os_error(problem))
    return 1


def explain_os_error(problem):
    if problem.errno == errno.ENOSPC:
        return explain("No space left")
    return f"{problem}. The course must be able to read and write in {ROOT}: check that the folder belongs to you."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
