"""The fence that keeps the notebooks' tests off the network holds, and lets this machine through."""

import os
import subprocess
import sys
from pathlib import Path

import course

REPOSITORY = Path(__file__).parent.parent
OUTSIDE = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)"  # an address kept for documentation
INSIDE = """
import socket
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname(), timeout=5)
"""


def run(code):
    environment = os.environ | course.offline()
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)


def test_the_network_is_out_of_reach():
    result = run(OUTSIDE)
    assert result.returncode != 0
    assert "without a network, but 192.0.2.1" in result.stderr


def test_this_machine_is_in_reach():
    assert run(INSIDE).returncode == 0


def test_lmcourse_can_be_imported_behind_the_fence():
    assert run("import lmcourse").returncode == 0
