"""What runs before anything is installed: Python's standard library only, and nothing of the course.

`course.py` is the door, and these are the rooms behind it:

    environment.py    the folder .venv and what is installed there
    working_copy.py   the folder my_course, where learners work
    chromium.py       the browser that the browser tests drive
"""

import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Trouble(Exception):
    """Something that the reader can repair: the message says what was expected, what came and what to do."""


def say(sentence):
    print(sentence, flush=True)


def run_quietly(command):
    """Exit code and everything that the command said."""
    answer = subprocess.run(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return answer.returncode, answer.stdout.decode(errors="replace")


def read_json(path):
    """The object in a JSON file, or an empty one where there is none that can be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_json(path, content):
    """Write so that a reader finds the old file or the new one, never a part."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(part, path)
