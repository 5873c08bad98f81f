"""Hostile ZIP and gzip files, made by code."""

import gzip
import io
import struct
import zipfile
import zlib
from pathlib import Path

ROWS = b"a,b\n1,2\n3,4\n"


def zipped(path: Path, *members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)


def bytes_of(*members: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return made.getvalue()


def flat_bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.csv", "w") as out:
        for _ in range(300):
            out.write(b"1,2\n" * (1 << 18))


def many_small_bombs(path: Path) -> None:
    zipped(path, *((f"{n}.csv", b"1,2\n" * (1 << 18)) for n in range(200)))


def nested(path: Path) -> None:
    inner = ROWS
    for depth in range(8):
        inner = bytes_of((f"{depth}.zip" if depth else "a.csv", inner))
    zipped(path, ("inner.zip", inner))


def quine_like(path: Path) -> None:
    """An archive that holds an archive of its own name, as the ones that hold themselves for ever do."""
    zipped(path, (path.name, bytes_of((path.name, bytes_of((path.name, ROWS))))))


def overlapping(path: Path) -> None:
    """Two entries of the directory that share one body."""
    body = bytes_of(("a.csv", ROWS))
    end = body.rindex(b"PK\x05\x06")
    first = body.index(b"PK\x01\x02")
    entry = body[first:end]
    other = entry.replace(b"a.csv", b"b.csv")
    directory = entry + other
    path.write_bytes(
        body[:first] + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, len(directory), first, 0)
    )


def link(path: Path) -> None:
    info = zipfile.ZipInfo("a.csv")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")


def duplicate(path: Path) -> None:
    path.write_bytes(bytes_of(("a.csv", ROWS), ("b.csv", ROWS)).replace(b"b.csv", b"a.csv"))


def zero_in_name(path: Path) -> None:
    path.write_bytes(bytes_of(("aX.csv", ROWS)).replace(b"aX.csv", b"a\0.csv"))


def locked(path: Path) -> None:
    """The flag of a password on a member."""
    raw = bytearray(bytes_of(("a.csv", ROWS)))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)


def _directory(raw: bytearray, at: int, value: int, kind: str = "<L") -> bytes:
    struct.pack_into(kind, raw, raw.index(b"PK\x01\x02") + at, value)
    return bytes(raw)


def says_too_little(path: Path) -> None:
    path.write_bytes(_directory(bytearray(bytes_of(("a.csv", ROWS * 100))), 24, 20))


def says_too_much(path: Path) -> None:
    path.write_bytes(_directory(bytearray(bytes_of(("a.csv", ROWS))), 24, 0xFFFF_FFF0))


def zip64_without_size(path: Path) -> None:
    path.write_bytes(_directory(bytearray(bytes_of(("a.csv", ROWS))), 24, 0xFFFF_FFFF))


def wrong_checksum(path: Path) -> None:
    raw = bytearray(bytes_of(("a.csv", ROWS)))
    struct.pack_into("<L", raw, 14, 1)
    path.write_bytes(_directory(raw, 16, 1))


def unknown_method(path: Path) -> None:
    raw = bytearray(bytes_of(("a.csv", ROWS)))
    struct.pack_into("<H", raw, 8, 99)
    path.write_bytes(_directory(raw, 10, 99, "<H"))


def cut_short(path: Path) -> None:
    path.write_bytes(bytes_of(("a.csv", ROWS * 1000))[:-30])


def gzip_bomb(path: Path) -> None:
    with gzip.open(path, "wb") as out:
        out.write(b"a,b\n")
        for _ in range(200):
            out.write(b"1,2\n" * (1 << 18))


def gzip_with_garbage(path: Path) -> None:
    path.write_bytes(gzip.compress(ROWS) + b"garbage behind the end")


def gzip_wrong_checksum(path: Path) -> None:
    raw = bytearray(gzip.compress(ROWS))
    raw[-8] ^= 255
    path.write_bytes(raw)


def gzip_broken_inside(path: Path) -> None:
    raw = bytearray(gzip.compress(bytes(zlib.crc32(str(n).encode()) & 255 for n in range(100_000))))
    raw[5_000:5_040] = b"\xff" * 40
    path.write_bytes(raw)
