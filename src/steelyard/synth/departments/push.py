"""Departments that push: batches of rows, signed, each with a key under which it counts once."""

import hashlib
import http.client
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa

from steelyard.kit import signature
from steelyard.sources import Interface
from steelyard.synth.departments.faults import Kind
from steelyard.synth.departments.spoil import spoiled_rows
from steelyard.synth.departments.systems import Systems

LARGEST_BATCH = 10_000
ATTEMPTS = 4
DRIP_S = 2.0
DRIP_PARTS = 20


@dataclass(frozen=True)
class Message:
    """One call: what a department sends."""

    interface: str
    path: str
    key: str
    body: bytes
    headers: dict[str, str]
    slow: bool = False


@dataclass(frozen=True)
class Answer:
    """What came back for one message."""

    interface: str
    key: str
    status: int
    text: str


Post = Callable[[Message], Answer]


def messages(
    interface: Interface, table: pa.Table, secret: str, kinds: frozenset[Kind], *, now: int, batch: int = LARGEST_BATCH
) -> Iterator[Message]:
    """All batches of an interface, as the faults of the moment have it."""
    rows = spoiled_rows(table, interface, kinds - {Kind.DUPLICATED})
    path = f"/api/v1/push/{interface.id}"
    for begin in range(0, len(rows), batch):
        text = json.dumps({"rows": rows.slice(begin, batch).to_pylist()}, ensure_ascii=False)
        body = text.encode("gb18030" if Kind.ENCODING in kinds else "utf-8")
        body = body[: len(body) // 2] if Kind.HALF in kinds else body
        key = f"{begin // batch + 1}-{hashlib.sha256(body).hexdigest()[:24]}"
        signer = f"{secret} of last year" if Kind.SIGNATURE in kinds else secret
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            **signature.sign(signer, "POST", path, body, now, interface.department, once=key),
        }
        message = Message(interface.id, path, key, body, headers, slow=Kind.DRIP in kinds)
        yield message
        if Kind.DUPLICATED in kinds:
            yield message


def pushed_rows(
    county: Path, interfaces: Mapping[str, Interface], batch: int = LARGEST_BATCH
) -> Iterator[tuple[Interface, str, list[dict[str, str | None]]]]:
    """What the departments of a county push, without a call: interface, key of the batch, rows."""
    systems = Systems(county, interfaces)
    for interface in systems.of("push"):
        table = systems.table(interface)
        for begin in range(0, len(table), batch):
            rows = table.slice(begin, batch).to_pylist()
            digest = hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()
            yield interface, f"{begin // batch + 1}-{digest[:24]}", rows


def post_to(base: str, timeout: float = 30.0) -> Post:
    """A sender to a site's address; it waits and tries again where the site says so."""

    def post(message: Message) -> Answer:
        for attempt in range(ATTEMPTS):
            status, text, wait = _call(base, message, timeout)
            if status not in (429, 502, 503, 504) or attempt == ATTEMPTS - 1:
                break
            time.sleep(wait or 0.5 * 2**attempt)
        return Answer(message.interface, message.key, status, text)

    return post


def _call(base: str, message: Message, timeout: float) -> tuple[int, str, float]:
    """Status, text and the pause the site asks for; status 0 where there is no site."""
    address = urlsplit(base)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.netloc, timeout=timeout)
    body: bytes | Iterable[bytes] = _slowly(message.body) if message.slow else message.body
    headers = message.headers | {"Content-Length": str(len(message.body))}
    try:
        connection.request("POST", address.path.rstrip("/") + message.path, body, headers)
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        wait = response.headers.get("Retry-After", "")
        return response.status, text, float(wait) if wait.isdigit() else 0.0
    except OSError as error:
        return 0, str(error), 0.0
    finally:
        connection.close()


def _slowly(body: bytes) -> Iterator[bytes]:
    step = len(body) // DRIP_PARTS + 1
    for begin in range(0, len(body), step):
        yield body[begin : begin + step]
        time.sleep(DRIP_S / DRIP_PARTS)
