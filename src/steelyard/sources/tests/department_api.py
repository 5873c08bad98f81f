"""A department's API on loopback, with the moods such systems have."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Call:
    """One call as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}


@dataclass
class Department:
    """Answers every call with ``answer``; faults wait in a queue and go first."""

    answer: Callable[[Call], Any]
    faults: list[Any] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    url: str = ""

    def reply(self, call: Call) -> Any:
        self.calls.append(call)
        return self.faults.pop(0) if self.faults else self.answer(call)


def as_json(value: Any, status: int = 200, **headers: str) -> Answer:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return status, {"Content-Type": "application/json; charset=utf-8"} | headers, text.encode()


def drip(seconds: float, parts: int) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer of which one byte comes at a time."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(parts))
        handler.end_headers()
        for _ in range(parts):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(seconds)

    return send


def cut_short(body: bytes, missing: int) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer that breaks off before its announced end."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body) + missing))
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = True

    return send


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """The line goes dead before an answer."""
    handler.close_connection = True
    handler.connection.close()


def _handler(department: Department) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = department.reply(Call(self.command, self.path, dict(self.headers), body))
            try:
                self._send(said)
            except (OSError, ValueError):
                self.close_connection = True

        do_POST = do_GET

        def _send(self, said: Any) -> None:
            if callable(said):
                said(self)
                return
            status, headers, body = said
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Says nothing."""

    return Handler


@contextmanager
def department(answer: Callable[[Call], Any], tls: ssl.SSLContext | None = None) -> Iterator[Department]:
    """A running department; its address stands in ``url``."""
    made = Department(answer)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    made.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def paged(rows: list[Any], call: Call, size: int = 0) -> Answer:
    """A page by ``page`` and ``size``, with the total; ``size``: what the department keeps to at most."""
    asked = int(call.query.get("size", 100))
    size = min(asked, size) if size else asked
    begin = (int(call.query.get("page", 1)) - 1) * size
    return as_json({"code": 0, "data": {"total": len(rows), "items": rows[begin : begin + size]}})


@dataclass(frozen=True)
class Certificates:
    """A self-made authority, a server's certificate and a client's, each with its key."""

    authority: Path
    server: Path
    client: Path
    stranger: Path
    """A client certificate of another authority."""


def certificates(folder: Path) -> Certificates:
    """Make them below ``folder``."""
    authority, own = _authority("our own authority")
    other, _ = _authority("somebody else's authority")
    _write(folder / "ca.pem", own)
    return Certificates(
        folder / "ca.pem",
        _issued(folder / "server.pem", authority, own, "127.0.0.1"),
        _issued(folder / "client.pem", authority, own, "steelyard"),
        _issued(folder / "stranger.pem", other, _, "steelyard"),
    )


def _authority(name: str) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    return key, _certificate(name, key.public_key(), name, key, authority=True)


def _certificate(subject: str, public: Any, issuer: str, signer: Any, *, authority: bool = False) -> Any:
    import datetime as dt
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    def name(said: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, said)])

    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return made.sign(signer, hashes.SHA256())


def _issued(path: Path, authority: Any, own: Any, subject: str) -> Path:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    issuer = own.subject.rfc4514_string().removeprefix("CN=")
    _write(path, _certificate(subject, key.public_key(), issuer, authority))
    with path.open("ab") as out:
        out.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    return path


def _write(path: Path, certificate: Any) -> None:
    from cryptography.hazmat.primitives import serialization

    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
