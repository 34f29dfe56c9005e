"""The browser that the browser tests drive: find one, or say how to get one."""

import os
import shutil
from pathlib import Path

from bootstrap import Trouble, run_quietly, say

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
MAC_APPLICATIONS = ("Google Chrome", "Chromium", "Microsoft Edge")
WINDOWS_PROGRAMS = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")


def find_chromium():
    """Path of a browser that Playwright can drive, or None. LMCOURSE_CHROMIUM names one before all others."""
    candidates = [os.environ.get("LMCOURSE_CHROMIUM"), *map(shutil.which, COMMANDS)]
    candidates += [f"/Applications/{name}.app/Contents/MacOS/{name}" for name in MAC_APPLICATIONS]
    for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        candidates += [Path(os.environ[variable]) / program for program in WINDOWS_PROGRAMS if variable in os.environ]
    return next((str(path) for path in candidates if path and Path(path).is_file()), None)


def provide_chromium():
    """Path of a browser; on a CI machine one is installed if need be. None: the browser tests will be skipped."""
    found = find_chromium()
    if found is None and os.environ.get("CI") == "true" and may_install():
        found = install_chromium()
    if found is None:
        say(
            "No Chromium, Chrome or Edge was found: the browser tests are skipped. Install one, for example with\n"
            "    sudo apt install chromium\n"
            "or name one in the environment variable LMCOURSE_CHROMIUM, then run the same command again."
        )
    return found


def may_install():
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def install_chromium():
    say("Installing Chromium for the browser tests ...")
    run_quietly(["apt-get", "update"])
    words = run_quietly(["apt-get", "install", "-y", "--no-install-recommends", "chromium"])[1]
    found = find_chromium()
    if found is None:
        raise Trouble(f"Chromium could not be installed:\n{words[-1000:]}")
    return found
