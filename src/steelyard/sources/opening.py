"""The bytes of a delivered file, unpacked and narrowed while they are read, never more than a limit."""

import gzip
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol, cast

from steelyard.sources.encodings import Narrowed, is_wide, sniff
from steelyard.sources.textfile import FileRefused

MAX_RATIO = 200
RATIO_COUNTS_FROM_BYTES = 64 << 20
"""A packed file may unpack to more than 200 times its size only below 64 MB."""
MAX_UNPACKED_BYTES = 20 << 30
HEAD_BYTES = 1 << 16


class Readable(Protocol):
    """What readers need of a stream."""

    def read(self, size: int = -1, /) -> bytes:
        """So many bytes at most."""
        ...


class Counted:
    """A packed stream that refuses to give more than a file of its size may hold."""

    def __init__(self, stream: Readable, name: str, packed: int) -> None:
        self.stream, self.name = stream, name
        self.limit = min(max(RATIO_COUNTS_FROM_BYTES, MAX_RATIO * packed), MAX_UNPACKED_BYTES)
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        """So many bytes at most.  Raises FileRefused beyond the limit, and where the packing is damaged."""
        try:
            data = self.stream.read(min(size, self.limit + 1) if size >= 0 else self.limit + 1)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise FileRefused(f"{self.name}: the packed file is damaged: {error}") from error
        self.taken += len(data)
        if self.taken > self.limit:
            raise FileRefused(
                f"{self.name}: unpacks to more than {self.limit >> 20} MB, "
                f"which a packed file of its size does not hold"
            )
        return data


@contextmanager
def opened(path: Path, encoding: str = "utf-8") -> Iterator[IO[bytes]]:
    """The file's bytes: unpacked where its name ends in ``.gz``, as UTF-8 where it is in UTF-16.

    Raises FileRefused for what is no plain file, may not be read or is damaged.
    """
    with _plain(path) as stream:
        made: Readable = stream
        if path.suffix.lower() == ".gz":
            made = Counted(cast(IO[bytes], gzip.GzipFile(fileobj=stream)), path.name, os.fstat(stream.fileno()).st_size)
        yield cast(IO[bytes], Narrowed(cast(IO[bytes], made), encoding) if is_wide(encoding) else made)


def _plain(path: Path) -> IO[bytes]:
    """The file opened, without ever waiting for the other end of a pipe."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise FileRefused(f"{path.name}: cannot be opened: {error.strerror or error}") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise FileRefused(f"{path.name}: is no plain file")
    return os.fdopen(handle, "rb")


def encoding_of(path: Path, said: str | None) -> str:
    """The encoding of a text file, by its first bytes and what its interface says."""
    with opened(path) as stream:
        return sniff(stream.read(HEAD_BYTES), said)
