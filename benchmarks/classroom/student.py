"""What a student's browser does: open a server, a notebook, run all cells one after the other, save."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import quote

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

PATIENCE = 900  # seconds: for one answer of a server, and for one cell
LARGEST = 200_000_000  # bytes of an answer
RECONNECTIONS = 7  # as many as JupyterLab tries

AsyncHTTPClient.configure("tornado.simple_httpclient.SimpleAsyncHTTPClient", max_clients=200, max_body_size=LARGEST)


@dataclass
class Ran:
    """How a notebook ran: number of code cells, seconds from its opening to the last answer, and what went wrong."""

    cells: int = 0
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)


class Server:
    """A Jupyter server at an address that ends in a slash.

    `paths` keeps apart what is asked of it: files, sessions and kernels, as in Jupyter Server's own interface.
    """

    def __init__(self, address: str, token: str):
        self.address, self.headers = address, {"Authorization": f"token {token}"}

    async def ask(self, method: str, path: str, content: object = None) -> object:
        """The JSON that comes back, or None where nothing does; an error answer raises tornado's HTTPClientError."""
        request = HTTPRequest(
            self.address + path,
            method,
            self.headers,
            body=None if method == "GET" else json.dumps(content) if content is not None else "",
            allow_nonstandard_methods=True,
            connect_timeout=PATIENCE,
            request_timeout=PATIENCE,
        )
        try:
            answer = await AsyncHTTPClient().fetch(request)
        except HTTPClientError as refusal:
            raise HTTPClientError(refusal.code, f"{refusal.message} ({method} {path})", refusal.response) from refusal
        is_json = answer.body and "json" in answer.headers.get("Content-Type", "")
        return json.loads(answer.body) if is_json else None

    async def run(self, notebook: str) -> Ran:
        """Open a notebook, run its cells, save it. Its kernel stays, as it does in an open tab."""
        began, path = time.monotonic(), f"api/contents/{quote(notebook)}"
        await self.ask("GET", f"lab/tree/{quote(notebook)}")
        document = await self.ask("GET", path)
        wanted = {"path": notebook, "name": notebook, "type": "notebook", "kernel": {"name": "python3"}}
        session = await self.ask("POST", "api/sessions", wanted)
        codes = ["".join(cell["source"]) for cell in document["content"]["cells"] if cell["cell_type"] == "code"]
        kernel = Kernel(self, session["kernel"]["id"])
        ran = Ran(len(codes), errors=await kernel.run(codes))
        await self.ask("PUT", path, {"type": "notebook", "format": "json", "content": document["content"]})
        ran.seconds = time.monotonic() - began
        return ran


class Kernel:
    """A running kernel, spoken to through the websocket of its server."""

    def __init__(self, server: Server, name: str):
        here = f"{server.address.replace('http', 'ws', 1)}api/kernels/{name}/channels?session_id={uuid.uuid4().hex}"
        self.request = HTTPRequest(here, headers=server.headers, connect_timeout=PATIENCE, request_timeout=PATIENCE)
        self.channel: WebSocketClientConnection | None = None
        self.lost = 0  # connections that the server closed

    async def run(self, codes: list[str]) -> list[str]:
        """Run pieces of code in turn, to the end whatever happens; return one line for each that failed."""
        await self._connect()
        try:
            answers = [await asyncio.wait_for(self._run_one(code), PATIENCE) for code in codes]
        finally:
            self.channel.close()
        return [f"cell {number}: {answer}" for number, answer in enumerate(answers, 1) if answer]

    async def _connect(self) -> None:
        try:
            self.channel = await websocket_connect(self.request, max_message_size=LARGEST)
        except HTTPClientError as refusal:
            words = f"{refusal.message} (connection number {self.lost + 1} to the kernel)"
            raise HTTPClientError(refusal.code, words, refusal.response) from refusal

    async def _run_one(self, code: str) -> str | None:
        """None when the cell ends well, else the error in a line. It has ended when the kernel has replied and rests."""
        request = execute_request(code)
        await self._send(request)
        replied = idle = False
        problem = None
        while not (replied and idle):
            answer = await self._next_answer()
            kind, content = answer["header"]["msg_type"], answer["content"]
            if kind == "status" and content["execution_state"] in ("restarting", "autorestarting", "dead"):
                raise ConnectionError(f"The kernel is {content['execution_state']}: look at the hub's log.")
            if answer["parent_header"].get("msg_id") != request["header"]["msg_id"]:
                continue
            idle = idle or (kind == "status" and content["execution_state"] == "idle")
            if kind == "execute_reply":
                replied = True
                if content["status"] != "ok":
                    problem = f"{content.get('ename', content['status'])}: {content.get('evalue', '')}"
        return problem

    async def _send(self, request: dict) -> None:
        try:
            await self.channel.write_message(json.dumps(request))
        except WebSocketClosedError:
            await self._connect_again()
            await self.channel.write_message(json.dumps(request))

    async def _connect_again(self) -> None:
        """As JupyterLab does when the server has closed the connection; the server has kept what came meanwhile."""
        self.lost += 1
        if self.lost > RECONNECTIONS:
            raise ConnectionError(f"The connection to the kernel was lost {self.lost} times: look at the hub's log.")
        await self._connect()

    async def _next_answer(self) -> dict:
        """The next message that is text: bytes are the state of a widget, with a picture in it."""
        while True:
            message = await self.channel.read_message()
            if message is None:
                await self._connect_again()
            elif isinstance(message, str):
                return json.loads(message)


def execute_request(code: str) -> dict:
    """One message of Jupyter's protocol."""
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": "execute_request",
        "session": uuid.uuid4().hex,
        "username": "student",
        "version": "5.3",
    }
    content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": False}
    content["user_expressions"] = {}
    return {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
