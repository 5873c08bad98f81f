"""The departments' APIs: real HTTP on loopback, with and without TLS, each interface behind its own door."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pyarrow as pa

from steelyard.sources import Interface
from steelyard.synth.departments.faults import Faults, Kind, drip_seconds
from steelyard.synth.departments.pages import BadQuestion, answer
from steelyard.synth.departments.proof import Proof
from steelyard.synth.departments.spoil import spoiled_rows
from steelyard.synth.departments.tls import Certificates

DRIP_PARTS = 20
MINUTE_S = 60.0


class Door:
    """One interface as its department offers it."""

    def __init__(self, interface: Interface, proof: Proof, table: Callable[[], pa.Table], faults: Faults) -> None:
        self.interface = interface
        self.proof = proof
        self.faults = faults
        self._table = table
        self._calls: deque[float] = deque()
        self._lock = threading.Lock()

    def wait(self) -> int:
        """Seconds to wait before the next call, 0 where it may come now; a call that may is counted."""
        allowed = self.interface.limits.per_minute
        if not allowed:
            return 0
        now = time.monotonic()
        with self._lock:
            while self._calls and now - self._calls[0] > MINUTE_S:
                self._calls.popleft()
            if len(self._calls) >= allowed:
                return int(MINUTE_S - (now - self._calls[0])) + 1
            self._calls.append(now)
        return 0

    def rows(self) -> pa.Table:
        """What is offered just now."""
        return spoiled_rows(self._table(), self.interface, self.faults.of(self.interface.id))


class Api:
    """All doors, by path, behind one address without TLS and one with it."""

    def __init__(self, certificates: Certificates) -> None:
        self._doors: dict[str, Door] = {}
        self._tokens: dict[str, list[Door]] = {}
        self._servers = [_listen(self), _listen(self, certificates)]
        self.plain = f"http://127.0.0.1:{self._servers[0].server_port}"
        self.secure = f"https://127.0.0.1:{self._servers[1].server_port}"

    def open(self, door: Door, address: str) -> None:
        """Offer an interface below a resolved base address."""
        base = urlsplit(address).path.rstrip("/")
        self._doors[f"{base}/{door.interface.location.path.lstrip('/')}"] = door
        if door.interface.auth.token_path:
            beside = self._tokens.setdefault(f"{base}/{door.interface.auth.token_path.lstrip('/')}", [])
            for other in beside:
                door.proof.share_tokens(other.proof)
            beside.append(door)

    def start(self) -> None:
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()

    def stop(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def door(self, path: str) -> Door | None:
        return self._doors.get(path)

    def token(self, path: str, headers: Mapping[str, str], body: bytes) -> dict[str, object] | None:
        """A token of the first client behind this path whose credentials these are."""
        for door in self._tokens.get(path, ()):
            if Kind.SIGNATURE in door.faults.of(door.interface.id):
                continue
            made = door.proof.token(headers, body)
            if made is not None:
                return made
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    api: Api

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is no news."""


def _listen(api: Api, certificates: Certificates | None = None) -> _Server:
    server = _Server(("127.0.0.1", 0), _Handler)
    server.api = api
    if certificates is not None:
        # The handshake belongs to the thread of the call: a caller that stays silent must not hold up the others.
        server.socket = certificates.context().wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    return server


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = 60

    def log_message(self, format: str, *args: object) -> None:
        """Queries name people; nothing of them is written down."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        made = self.server.api.token(urlsplit(self.path).path, dict(self.headers), body)
        self._say(200, made) if made else self._say(401, {"error": "invalid_client"})

    def do_GET(self) -> None:
        found = urlsplit(self.path)
        door = self.server.api.door(found.path)
        if door is None:
            self._say(404, {"message": "no such interface"})
            return
        refused = self._refusal(door)
        if refused is not None:
            self._say(*refused)
            return
        try:
            document = answer(door.interface, door.rows(), dict(parse_qsl(found.query)))
        except BadQuestion as error:
            self._say(400, {"message": str(error)})
            return
        self._answer(door, document)

    def _refusal(self, door: Door) -> tuple[int, Any, dict[str, str]] | None:
        """Status, document and headers of a call that is turned away; None for one that is let in."""
        interface, faults = door.interface, door.faults
        if faults.strikes(interface.id, Kind.ERRORS):
            return 500, {"message": "internal error"}, {}
        if faults.strikes(interface.id, Kind.STORM):
            return 429, {"message": "too many calls"}, {"Retry-After": "1"}
        if Kind.SIGNATURE in faults.of(interface.id):
            return 401, {"message": "the signature does not fit"}, {}
        if interface.auth.certificate and not self._certificate():
            return 403, {"message": "a certificate of ours is needed"}, {}
        if not door.proof.holds("GET", self.path, dict(self.headers)):
            return 401, {"message": "who asks?"}, {}
        wait = door.wait()
        return (429, {"message": "too many calls"}, {"Retry-After": str(wait)}) if wait else None

    def _certificate(self) -> bool:
        shown = getattr(self.connection, "getpeercert", None)
        return bool(shown and shown())

    def _answer(self, door: Door, document: Any) -> None:
        kinds = door.faults.of(door.interface.id)
        text = json.dumps(document, ensure_ascii=False)
        body = text.encode("gb18030" if Kind.ENCODING in kinds else "utf-8")
        self._head(200, len(body), {})
        if Kind.HALF in kinds:
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        elif Kind.DRIP in kinds:
            self._drip(body, drip_seconds(door.interface))
        else:
            self.wfile.write(body)

    def _drip(self, body: bytes, seconds: float) -> None:
        part = len(body) // DRIP_PARTS + 1
        for begin in range(0, len(body), part):
            self.wfile.write(body[begin : begin + part])
            self.wfile.flush()
            time.sleep(seconds / DRIP_PARTS)

    def _say(self, status: int, document: Any, headers: Mapping[str, str] | None = None) -> None:
        body = json.dumps(document, ensure_ascii=False).encode()
        self._head(status, len(body), headers or {})
        self.wfile.write(body)

    def _head(self, status: int, length: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
