"""A small door on loopback through which faults are switched while the departments run."""

import json
import os
import secrets
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from steelyard.kit.errors import SteelyardError
from steelyard.synth.departments.proof import same

CONTROL_FILE = "control.json"


class NotRunning(SteelyardError):
    """No made-up departments run for this home: steelyard synth serve"""


class ControlRefused(SteelyardError):
    """The departments did not take the order."""


Order = Callable[[str, Mapping[str, Any]], Any]
"""Name of the order and what it says, to a document; raises SteelyardError."""


class Control:
    """The door: takes orders that carry the token of its file, which the owner alone can read."""

    def __init__(self, folder: Path, order: Order) -> None:
        self._file = folder / CONTROL_FILE
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.order = order
        self._server.token = secrets.token_urlsafe(24)

    def start(self) -> None:
        """Answer, and write where and with which token."""
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()
        self._file.unlink(missing_ok=True)
        self._file.touch(mode=0o600)
        address = f"http://127.0.0.1:{self._server.server_port}"
        self._file.write_text(json.dumps({"address": address, "token": self._server.token, "process": os.getpid()}))

    def stop(self) -> None:
        self._file.unlink(missing_ok=True)
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    order: Order
    token: str


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not same(self.headers.get("Authorization", ""), f"Bearer {self.server.token}"):
            self._say(401, {"error": "the token of the control file is needed"})
            return
        try:
            self._say(200, self.server.order(self.path.strip("/"), json.loads(body or b"{}")))
        except SteelyardError as error:
            self._say(409, {"error": str(error)})

    def _say(self, status: int, document: Any) -> None:
        content = json.dumps(document, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def ask(folder: Path, order: str, said: Mapping[str, Any]) -> Any:
    """Give an order to the departments that run from ``folder``.  Raises NotRunning, ControlRefused."""
    try:
        known = json.loads((folder / CONTROL_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotRunning from None
    request = urllib.request.Request(  # noqa: S310  # our own file names the address
        f"{known['address']}/{order}",
        data=json.dumps(said).encode(),
        headers={"Authorization": f"Bearer {known['token']}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=600) as response:  # noqa: S310
            return json.load(response)
    except urllib.error.HTTPError as error:
        raise ControlRefused(str(json.load(error).get("error"))) from None
    except OSError:
        raise NotRunning from None
