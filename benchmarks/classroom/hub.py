"""A real JupyterHub with its proxy on this machine alone, in a temporary folder, with as many students as one likes."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from tornado.httpclient import HTTPClientError

from benchmarks.classroom.student import PATIENCE, Server

REPOSITORY = Path(__file__).resolve().parents[2]


class Missing(Exception):
    """What the load test needs is not installed; the message says how to get it."""


def proxy() -> str:
    """The path of configurable-http-proxy: the one named in LMCOURSE_PROXY, else the one that a shell would find."""
    beside = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
    found = os.environ.get("LMCOURSE_PROXY") or shutil.which("configurable-http-proxy", path=beside)
    if not found:
        raise Missing(
            "JupyterHub's proxy is not installed. Install it with: npm install -g configurable-http-proxy "
            "(or name one in the environment variable LMCOURSE_PROXY)."
        )
    return found


def check_that_everything_is_there() -> None:
    if importlib.util.find_spec("jupyterhub") is None:
        raise Missing("JupyterHub is not installed. Install it with: python -m pip install jupyterhub")
    proxy()


def free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(number)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Hub]:
    """A hub whose database, log and homes are in this folder; it and all its servers end with the block."""
    check_that_everything_is_there()
    port, hub_port, proxy_port = free_ports(3)
    given = {
        "repository": str(REPOSITORY),
        "folder": str(folder),
        "address": f"http://127.0.0.1:{port}/",
        "hub_port": hub_port,
        "proxy_port": proxy_port,
        "proxy": proxy(),
        "token": secrets.token_hex(32),
    }
    environment = os.environ | {
        "LMCOURSE_LOAD_TEST": json.dumps(given),
        "CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(32),
    }
    command = [sys.executable, "-m", "jupyterhub", "--config", str(Path(__file__).with_name("hub_config.py"))]
    with open(folder / "hub.log", "w") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
        hub = Hub(given["address"], given["token"], psutil.Process(process.pid), folder)
        try:
            yield hub
        finally:
            end(process)


def end(process: subprocess.Popen) -> None:
    """Stop the hub as Ctrl-C does, which ends proxy and servers; whoever is left after half a minute is killed."""
    family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(30)
    for left in [*family, process]:
        with contextlib.suppress(psutil.Error, OSError):
            left.kill()
    process.wait()


class Hub:
    """A running hub: `process` is the root of the tree to which proxy, servers and kernels belong."""

    def __init__(self, address: str, token: str, process: psutil.Process, folder: Path):
        self.address, self.token, self.process, self.folder = address, token, process, folder
        self.interface = Server(address + "hub/", token)

    def log(self) -> str:
        return (self.folder / "hub.log").read_text(encoding="utf-8", errors="replace")

    async def wait_until_ready(self, seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while (
            time.monotonic() < deadline and self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE
        ):
            try:
                await self.interface.ask("GET", "api/")
                return
            except (HTTPClientError, OSError):
                await asyncio.sleep(0.3)
        raise RuntimeError(f"JupyterHub did not start; it said:\n{self.log()[-3000:]}")

    def home(self, student: str) -> Path:
        home = self.folder / "homes" / student
        home.mkdir(parents=True, exist_ok=True)
        return home

    async def start_server(self, student: str) -> Server:
        """The server of a student, ready to be used."""
        await self.interface.ask("POST", f"api/users/{student}")
        await self.interface.ask("POST", f"api/users/{student}/server")
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            server = (await self.interface.ask("GET", f"api/users/{student}"))["servers"].get("")
            if server is None:
                raise RuntimeError(f"The server of {student} did not start; the hub says:\n{self.log()[-1000:]}")
            if server["ready"]:
                return Server(f"{self.address}user/{student}/", self.token)
            await asyncio.sleep(0.5)
        raise RuntimeError(f"The server of {student} was not ready after {PATIENCE} seconds.")

    async def stop_server(self, student: str) -> None:
        await self.interface.ask("DELETE", f"api/users/{student}/server")
