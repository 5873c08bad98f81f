"""ZIP files of departments: checked as a whole, then unpacked a member at a time, never by its own name."""

import fnmatch
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from steelyard.sources.opening import MAX_RATIO, MAX_UNPACKED_BYTES, RATIO_COUNTS_FROM_BYTES
from steelyard.sources.options import Options
from steelyard.sources.textfile import FileRefused

MAX_MEMBERS = 1_000
SEPARATOR = "!"
"""Between the delivered file and its member or sheet in ``_file``."""
CHUNK_BYTES = 1 << 20
_STRANGE = re.compile(r"[\x00-\x1f\x7f\\]|^/|^[A-Za-z]:|(?:^|/)\.\.(?:/|$)")
_DEVICE = re.compile(r"(?:^|/)(?:CON|PRN|AUX|NUL|COM\d|LPT\d)(?:\.[^/]*)?$|:", re.IGNORECASE)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class Member:
    """A file within an archive that is to be read."""

    name: str
    number: int
    """Position among those that are read, from 0."""
    info: zipfile.ZipInfo


def members(path: Path, options: Options, name: str) -> list[Member]:
    """The members to read, in the order of their names.

    Raises FileRefused where the archive holds anything that is neither read nor ignored by name, and for links,
    names that lead elsewhere, repeated names, locked members and bombs.
    """
    with _archive(path, name) as archive:
        entries = archive.infolist()
        _measure(entries, path.stat().st_size, name)
        named = [(_name(entry), entry) for entry in entries]
        _check_names(named, name)
        wanted = [(title, entry) for title, entry in named if not title.endswith("/") and _is_wanted(title, options)]
        strange = [
            title for title, entry in named
            if not title.endswith("/") and not _is_wanted(title, options) and not _is_ignored(title, options)
        ]  # fmt: skip
        if strange:
            raise FileRefused(
                f"{name}: the member {', '.join(map(repr, strange[:20]))} is neither read nor ignored by its interface"
            )
        if not wanted:
            raise FileRefused(f"{name}: no member is called {options.members or '*'}")
        for title, entry in wanted:
            _check_member(title, entry, name)
    return [Member(title, at, entry) for at, (title, entry) in enumerate(sorted(wanted, key=lambda one: one[0]))]


@contextmanager
def _archive(path: Path, name: str) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error, RuntimeError, ValueError) as error:
        raise FileRefused(f"{name}: not a readable ZIP file: {error}") from error


def _name(entry: zipfile.ZipInfo) -> str:
    """A member's name; old programs write GBK and do not say so."""
    if entry.flag_bits & 0x800:
        return entry.orig_filename
    try:
        return entry.orig_filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.orig_filename


def _is_wanted(title: str, options: Options) -> bool:
    return fnmatch.fnmatchcase(title, options.members or "*") and not _is_ignored(title, options)


def _is_ignored(title: str, options: Options) -> bool:
    return bool(options.ignore_members) and fnmatch.fnmatchcase(title, options.ignore_members)


def _measure(entries: list[zipfile.ZipInfo], size: int, name: str) -> None:
    if len(entries) > MAX_MEMBERS:
        raise FileRefused(f"{name}: holds {len(entries)} members; the limit is {MAX_MEMBERS}")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > min(max(RATIO_COUNTS_FROM_BYTES, MAX_RATIO * size), MAX_UNPACKED_BYTES):
        raise FileRefused(f"{name}: unpacks to {unpacked >> 20} MB, {unpacked // max(size, 1)} times its size")
    ends = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < ends:
            raise FileRefused(f"{name}: the member {_name(entry)!r} lies over another one")
        ends = entry.header_offset + entry.compress_size


def _check_names(named: list[tuple[str, zipfile.ZipInfo]], name: str) -> None:
    seen: set[str] = set()
    for title, entry in named:
        if _STRANGE.search(title) or _DEVICE.search(title) or not title:
            raise FileRefused(f"{name}: the member {title!r} has a name that leads out of the archive")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise FileRefused(f"{name}: the member {title!r} is a link")
        if title.casefold() in seen:
            raise FileRefused(f"{name}: the member {title!r} stands twice")
        seen.add(title.casefold())


def _check_member(title: str, entry: zipfile.ZipInfo, name: str) -> None:
    if entry.flag_bits & 1:
        raise FileRefused(f"{name}: the member {title!r} is locked with a password; deliver it without")
    if entry.compress_type not in _METHODS:
        raise FileRefused(
            f"{name}: the member {title!r} is packed in a way (method {entry.compress_type}) we do not read"
        )
    if title.lower().endswith((".zip", ".rar", ".7z", ".tar", ".tgz", ".gz", ".xz", ".bz2")):
        raise FileRefused(f"{name}: the member {title!r} is an archive in an archive; deliver it by itself")


@contextmanager
def unpacked(path: Path, member: Member, folder: Path, name: str) -> Iterator[Path]:
    """One member as a file of our own naming, which is gone afterwards."""
    target = folder / f"member-{member.number:04d}{Path(member.name).suffix.lower()[:8]}"
    try:
        with _archive(path, name) as archive, archive.open(member.info) as stream, target.open("wb") as out:
            while chunk := stream.read(CHUNK_BYTES):
                if out.tell() + len(chunk) > member.info.file_size:
                    raise FileRefused(f"{name}: the member {member.name!r} is longer than the archive says")
                out.write(chunk)
        yield target
    finally:
        target.unlink(missing_ok=True)
