"""Delivered files at rest: AES-256-GCM in chunks, one data key a delivery, wrapped by a key outside the database.

A file is a head, the chunks, and a table of contents.  Every chunk is bound to its delivery, file and place, so that
none can be moved, left out or repeated unnoticed.  Whoever has the disk and the database but not the key file reads
nothing; where the wrapped key is destroyed, nobody does.
"""

import base64
import json
import os
import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from steelyard.kit.errors import SteelyardError

CHUNK_BYTES = 1 << 20
ENDING = ".sealed"
KEY_FILE = "raw.key"
_MAGIC = b"STEELYARD-SEAL-1"
_TAG_BYTES = 16
_NONCE_BYTES = 12
_HEAD = struct.Struct("<16s8s")
_TAIL = struct.Struct("<QQ")
"""Where the table of contents begins, and how many chunks there are."""


class KeyMissing(SteelyardError):
    """The key of raw deliveries is missing: without it nothing that was delivered can be read."""


class Destroyed(SteelyardError):
    """The delivered files were destroyed: their key was deleted when their time was over."""


class Damaged(SteelyardError):
    """A sealed file was altered, cut or belongs to another delivery."""


def master_key(secrets_folder: Path, *, make: bool) -> bytes:
    """The key that wraps data keys: ``raw.key`` in the folder of secrets, readable by its owner alone.

    ``make``: allowed only where nothing was ever sealed; a lost key must be restored, never replaced.
    Raises KeyMissing.
    """
    path = secrets_folder / KEY_FILE
    if not path.exists() and make:
        _make(path)
    try:
        found = base64.b64decode(path.read_text(encoding="ascii"), validate=True)
    except (OSError, ValueError) as error:
        raise KeyMissing(f"{path} is missing or cannot be read: restore it from where its copy is kept") from error
    if len(found) != 32:
        raise KeyMissing(f"{path} holds no key of 32 bytes: restore it from where its copy is kept")
    return found


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}-{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "wb") as out:
        out.write(base64.b64encode(secrets.token_bytes(32)))
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, path)  # fails where another process was first: then its key is the key
    except FileExistsError:
        pass
    finally:
        draft.unlink()


@dataclass(frozen=True)
class Seal:
    """The open data key of one delivery."""

    delivery: str
    key: bytes

    def wrap(self, master: bytes) -> bytes:
        """The data key as it is kept in the database."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(master).encrypt(nonce, self.key, _of_key(self.delivery))


def fresh(delivery: str) -> Seal:
    """A new data key."""
    return Seal(delivery, AESGCM.generate_key(256))


def unwrap(delivery: str, wrapped: bytes, master: bytes) -> Seal:
    """The data key back.  Raises KeyMissing where the key file is another one."""
    try:
        key = AESGCM(master).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], _of_key(delivery))
    except InvalidTag as error:
        raise KeyMissing(f"{KEY_FILE} is not the key that delivery {delivery} was sealed with") from error
    return Seal(delivery, key)


def _of_key(delivery: str) -> bytes:
    return f"raw_key:{delivery}".encode()


def record(connection: "psycopg.Connection[Any]", seal: Seal, master: bytes) -> None:
    """Keep the wrapped key, in the transaction that records the delivery."""
    connection.execute(
        "INSERT INTO engine.raw_key (delivery, wrapped) VALUES (%s, %s)", [seal.delivery, seal.wrap(master)]
    )


def anything_sealed(connection: "psycopg.Connection[Any]") -> bool:
    """Whether some delivery depends on the key file."""
    row = connection.execute("SELECT EXISTS (SELECT FROM engine.raw_key)").fetchone()
    return bool(row and row[0])


def seal_of(connection: "psycopg.Connection[Any]", delivery: str, secrets_folder: Path) -> Seal | None:
    """The open key of a delivery; None for one of the time before files were sealed.

    Raises Destroyed, KeyMissing.  The connection must not be a reader's.
    """
    row = connection.execute("SELECT wrapped FROM engine.raw_key WHERE delivery = %s", [delivery]).fetchone()
    if row is None:
        return None
    if row[0] is None:
        raise Destroyed(f"the files of delivery {delivery} were destroyed when their time was over")
    return unwrap(delivery, bytes(row[0]), master_key(secrets_folder, make=False))


# -- files -------------------------------------------------------------------------------------


def write(seal: Seal, number: int, source: Iterator[bytes], target: Path) -> None:
    """Seal a stream of pieces of any size as file ``number`` of the delivery, and have the disk hold it."""
    cipher, prefix = AESGCM(seal.key), secrets.token_bytes(8)
    counts: list[int] = []
    with target.open("wb") as out:
        out.write(_HEAD.pack(_MAGIC, prefix))
        for piece in _chunks(source):
            out.write(cipher.encrypt(_nonce(prefix, len(counts)), piece, _place(seal, number, len(counts))))
            counts.append(piece.count(b"\n"))
        begin = out.tell()
        contents = json.dumps(counts).encode()
        out.write(cipher.encrypt(_nonce(prefix, 0xFFFF_FFFF), contents, _place(seal, number, "contents")))
        out.write(_TAIL.pack(begin, len(counts)))
        out.flush()
        os.fsync(out.fileno())
    target.chmod(0o440)


def _chunks(source: Iterator[bytes]) -> Iterator[bytes]:
    held = b""
    for piece in source:
        held = held + piece if held else piece
        while len(held) >= CHUNK_BYTES:
            yield held[:CHUNK_BYTES]
            held = held[CHUNK_BYTES:]
    if held:
        yield held


def _nonce(prefix: bytes, at: int) -> bytes:
    return prefix + struct.pack("<L", at)


def _place(seal: Seal, number: int, at: int | str) -> bytes:
    return f"{seal.delivery}:{number}:{at}".encode()


class Sealed:
    """A sealed file, open for reading.  Raises Damaged."""

    def __init__(self, path: Path, seal: Seal, number: int) -> None:
        self._path, self._seal, self._number = path, seal, number
        self._cipher = AESGCM(seal.key)
        with path.open("rb") as stream:
            try:
                magic, self._prefix = _HEAD.unpack(stream.read(_HEAD.size))
                stream.seek(-_TAIL.size, os.SEEK_END)
                begin, chunks = _TAIL.unpack(stream.read(_TAIL.size))
                stream.seek(begin)
                sealed = stream.read()[: -_TAIL.size]
            except (struct.error, OSError, OverflowError, ValueError) as error:
                raise Damaged(f"{path} is cut short") from error
        if magic != _MAGIC:
            raise Damaged(f"{path} is no sealed file")
        self.lines: list[int] = json.loads(self._open(0xFFFF_FFFF, sealed, "contents"))
        """Line ends in each chunk."""
        if len(self.lines) != chunks:
            raise Damaged(f"{path} has lost chunks")

    def _open(self, at: int, sealed: bytes, place: int | str) -> bytes:
        try:
            return self._cipher.decrypt(_nonce(self._prefix, at), sealed, _place(self._seal, self._number, place))
        except InvalidTag as error:
            raise Damaged(f"{self._path} was altered, or belongs to another delivery") from error

    def chunks(self) -> Iterator[bytes]:
        """The delivered bytes, in pieces."""
        with self._path.open("rb") as stream:
            for at in range(len(self.lines)):
                yield self._chunk(stream, at)

    def _chunk(self, stream: IO[bytes], at: int) -> bytes:
        stream.seek(_HEAD.size + at * (CHUNK_BYTES + _TAG_BYTES))
        size = CHUNK_BYTES + _TAG_BYTES
        if at == len(self.lines) - 1:
            stream.seek(-_TAIL.size, os.SEEK_END)
            end = _TAIL.unpack(stream.read(_TAIL.size))[0]
            stream.seek(_HEAD.size + at * size)
            size = end - _HEAD.size - at * size
        return self._open(at, stream.read(size), at)

    def around(self, first: int, last: int, head: int) -> Iterator[bytes]:
        """The bytes with only the chunks opened that hold lines 1 to ``head`` and ``first`` to ``last``.

        The others are as many empty lines, so that every line keeps its number.
        """
        line = 1
        with self._path.open("rb") as stream:
            for at, ends in enumerate(self.lines):
                wanted = line <= head or (line <= last and line + ends >= first)
                yield self._chunk(stream, at) if wanted else b"\n" * ends
                line += ends
