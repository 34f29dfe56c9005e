"""JupyterLab in a headless Chromium: a server over a copy of notebooks, and a notebook opened in it."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-proxy-server",
]  # fmt: skip
QUIET_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},  # all outputs are in the page
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}


class LabServer:
    """A JupyterLab server over a folder, with settings of its own and nothing of the user's."""

    def __init__(self, root: Path, home: Path, settings: dict):
        self.token, self.port = secrets.token_hex(16), free_port()
        config = home / "config" / "labconfig"
        config.mkdir(parents=True)
        (config / "default_setting_overrides.json").write_text(json.dumps(QUIET_SETTINGS | settings))
        places = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
        }
        environment = os.environ | {name: str(home / folder) for name, folder in places.items()}
        environment |= {
            "JUPYTER_TOKEN": self.token,
            "LMCOURSE_PROGRESS": str(home / "progress.json"),
            "PYTHONPATH": str(REPOSITORY),
            "OMP_NUM_THREADS": "1",
        }
        self.log = (home / "server.log").open("w")
        command = [
            sys.executable,
            "-m",
            "jupyterlab",
            "--no-browser",
            "--ip=127.0.0.1",
            f"--port={self.port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={root}",
            "--LabApp.expose_app_in_browser=True",
            "--LabApp.extension_manager=readonly",
            "--allow-root",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ]
        self.process = subprocess.Popen(command, env=environment, stdout=self.log, stderr=subprocess.STDOUT)
        self._wait_until_ready(seconds=120)

    def _wait_until_ready(self, seconds: float) -> None:
        open_address = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
        address, end = f"http://127.0.0.1:{self.port}/api/status?token={self.token}", time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                open_address(address, timeout=5).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.3)
        self.close()
        raise RuntimeError(f"JupyterLab did not start; it said:\n{Path(self.log.name).read_text()[-3000:]}")

    def address(self, notebook: str) -> str:
        return f"http://127.0.0.1:{self.port}/lab/tree/{notebook}?reset&token={self.token}"

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class OpenNotebook:
    """A notebook, alone and with a new kernel, in a JupyterLab that opened others before; `page` is Playwright's."""

    def __init__(self, page, server: LabServer, path: str):
        self.page = page
        if page.evaluate("() => window.jupyterapp === undefined || window.aTestFailed === true"):
            page.goto(server.address(path))
            page.wait_for_function("window.jupyterapp !== undefined", timeout=60_000)
            page.evaluate("() => window.jupyterapp.restored.then(() => true)")
        else:
            page.evaluate(
                """async (path) => {
                const app = window.jupyterapp;
                for (const widget of [...app.shell.widgets("main")]) widget.dispose();  // nobody is asked to save
                await app.serviceManager.sessions.shutdownAll();
                await app.commands.execute("docmanager:open", { path: path, factory: "Notebook" });
            }""",
                path,
            )
        page.wait_for_function(
            "(path) => window.jupyterapp.shell.currentWidget?.context?.path === path"
            " && window.jupyterapp.shell.currentWidget.sessionContext?.session",
            arg=path,
            timeout=60_000,
        )
        self.wait_until_idle()

    def wait_until_idle(self, seconds: float = 120) -> None:
        self.page.wait_for_function(
            "window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'",
            timeout=1000 * seconds,
        )

    def run_all(self) -> None:
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => true)")
        self.wait_until_idle()

    def run_cell(self, number: int, wait: bool = True) -> None:
        """Run one cell to its end; without `wait`, only until the kernel is busy with it."""
        self.page.evaluate(
            """([number, wait]) => {
            const app = window.jupyterapp;
            app.shell.currentWidget.content.activeCellIndex = number;
            const done = app.commands.execute("notebook:run-cell").then(() => true);
            return wait ? done : true;
        }""",
            [number, wait],
        )
        if not wait:
            self.page.wait_for_function(
                "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'busy'"
            )

    def run_cell_with(self, code: str) -> None:
        """Run the first code cell that holds this code."""
        self.run_cell(
            self.page.evaluate(
                """(code) => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells.findIndex(
              (cell) => cell.cell_type === "code" && cell.source.includes(code))""",
                code,
            )
        )

    def errors(self) -> list[str]:
        """What error outputs say; an empty list is what one wants."""
        return self.page.evaluate("""() => {
            const cells = window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells;
            return cells.flatMap((cell) => cell.cell_type === "code" ? cell.getOutputs() : [])
              .filter((output) => output.output_type === "error" || output.name === "stderr")
              .map((output) => output.evalue ?? String(output.text));
        }""")

    def explorers(self):
        """All explorers of the notebook, as a Playwright locator."""
        return self.page.locator(".lmcourse-explorer")


class OpenExplorer:
    """An explorer in the page: its picture and readout, and a way to wait for both to change."""

    def __init__(self, locator):
        self.locator = locator
        self.picture = locator.locator(".lmcourse-picture img")
        self.readout = locator.locator(".lmcourse-readout")
        self.problem = locator.locator(".lmcourse-problem")

    def reset(self) -> None:
        self.locator.get_by_role("button", name="Reset").press("Enter")

    def drag(self, mark, across: float, down: float, steps: int = 4) -> None:
        """Take a mark in its middle, move it this many pixels in a few steps, and let go."""
        mark.scroll_into_view_if_needed()
        x, y = middle(mark)
        mouse = self.locator.page.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + across, y + down, steps=steps)
        mouse.up()

    def seen(self) -> tuple[str, str, str]:
        """The bytes of the picture (as text), its description and the readout."""
        pixels = self.picture.evaluate("""async (image) => {
            await image.decode().catch(() => null);  // another picture may come while this one is decoded
            if (image.complete && image.naturalWidth === 0) throw Error("The picture is empty.");
            const bytes = new Uint8Array(await (await fetch(image.src)).arrayBuffer());
            return Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))).join();
        }""")
        return pixels, self.picture.get_attribute("alt"), self.readout.inner_text()

    def answers_to(self, slider, key: str) -> bool:
        """Whether picture, description and readout all change within two seconds of a key pressed on a slider."""
        before = self.seen()
        slider.press(key)
        try:
            self.wait_for_change(before, seconds=2)
        except AssertionError:
            return False
        return True

    def wait_for_change(self, before: tuple[str, str, str], seconds: float = 20) -> tuple[str, str, str]:
        """Wait until picture, description and readout all differ from before."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            now = self.seen()
            if all(new != old for new, old in zip(now, before, strict=True)):
                return now
            time.sleep(0.1)
        raise AssertionError(f"Picture, description and readout should all have changed: {before} -> {self.seen()}")


def middle(mark) -> tuple[float, float]:
    """The place of a mark's middle in the window, in pixels."""
    box = mark.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
