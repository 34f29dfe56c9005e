"""`python3 course.py site`: the reading copy, a folder of pages that need neither a server nor the network."""

import os
import subprocess
import sys
from pathlib import Path

from authoring.places import ROOT
from authoring.publish.site_source import write_source

FOLDER = "build/site"
CONFIGURATION = Path(__file__).parent / "site"
NEEDED = "python3 course.py site installs what it needs; elsewhere: python -m pip install 'lmcourse[site]'"


def site(chosen, root=ROOT, folder=None, out=None):
    """Build the site of these targets; returns 1 when something is wrong, else 0."""
    out = out or sys.stdout
    folder = Path(folder or Path(root, FOLDER)).resolve()
    work = Path(root, "build", "site_work", folder.name)
    pages = write_source(chosen, Path(root), work / "source")
    print(f"{len(pages)} pages; the first time this takes about a minute, then seconds.", file=out, flush=True)
    done = run_sphinx(work, folder)
    if done.returncode:
        print(explain(done.stdout + done.stderr), file=out)
        return 1
    print(
        f"The reading copy is in {folder}. Open {folder / 'index.html'}, or put the folder on any web server.", file=out
    )
    return 0


def run_sphinx(work, folder):
    """Sphinx in a process of its own, with warnings as errors."""
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going", "-c", str(CONFIGURATION)]
    command += ["-d", str(work / "doctrees"), str(work / "source"), str(folder)]
    environment = os.environ | {"PYTHONUTF8": "1", "JUPYTER_PLATFORM_DIRS": "1"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def explain(words):
    """What Sphinx said, in few lines, with the repair."""
    if "No module named" in words or "Could not import extension" in words:
        return f"The builder of the site is not installed:\n{words.strip().splitlines()[-1]}\n    repair: {NEEDED}"
    problems = [line for line in words.splitlines() if "WARNING" in line or "ERROR" in line] or words.splitlines()[-8:]
    lines = "\n".join(f"  {line.strip()}" for line in problems[:20])
    return f"The site was not finished, {len(problems)} problems:\n{lines}\n    repair: correct these pages, then run it again"
