"""The containers OCDS comes in: JSON lines, release packages, record packages, plain or packed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steelyard.sources.json_files import document, elements, json_lines
from steelyard.sources.json_stream import JsonBroken, JsonStream, Repeated
from steelyard.sources.opening import opened
from steelyard.sources.textfile import FileRefused, TextFile

LISTS = ("releases", "records")
LINE_ENDINGS = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")


@dataclass(frozen=True)
class Located:
    """A release, where it stood, and what its package says."""

    row: int
    release: dict[str, Any]
    package: Mapping[str, Any]


def releases(path: Path, made: TextFile) -> Iterator[Located]:
    """Every release with an ocid, in the order of the file; the rest is noted in ``made``."""
    documents = _lines(path, made) if _by_lines(path) else _package(path, made)
    for row, value, package in documents:
        found = list(_releases(value, package)) if isinstance(value, dict) else []
        if not found:
            made.refuse_line(row, "neither a release nor a record nor a package", str(value))
        for release, around in found:
            if isinstance(release.get("ocid"), str) and release["ocid"].strip():
                yield Located(row, release, around)
            else:
                made.refuse_line(row, "a release without an ocid", str(release))


def _by_lines(path: Path) -> bool:
    """By the file's ending, else by its first line: a whole object there, and more behind it."""
    if path.name.lower().endswith(LINE_ENDINGS):
        return True
    with opened(path) as stream:
        first = stream.readline(1 << 20)
        if not first.rstrip().endswith(b"}") or not first.lstrip().startswith(b"{"):
            return False
        return bool(stream.read(1 << 12).strip())


def _lines(path: Path, made: TextFile) -> Iterator[tuple[int, Any, Mapping[str, Any]]]:
    for row, value in json_lines(path, made):
        yield row, value, {}


def _package(path: Path, made: TextFile) -> Iterator[tuple[int, Any, Mapping[str, Any]]]:
    around = _publisher(path, made.file)
    with document(path, made.file) as stream:
        if not _is_listed(path, made.file):
            try:
                yield 1, stream.value(), around
            except Repeated as error:
                made.refuse_line(1, str(error))
            return
        if stream.peek() == "{":
            _to_list(stream)
        for row, value in elements(stream, made):
            yield row, value, around


def _is_listed(path: Path, name: str) -> bool:
    """Whether the file is a list, or an object with one of the lists; else it is a single release."""
    with document(path, name) as stream:
        return stream.peek() == "[" or (stream.peek() == "{" and _to_list(stream))


def _to_list(stream: JsonStream) -> bool:
    """Step before the list ``releases`` or ``records`` of the object that comes next."""
    if not stream.enter():
        return False
    while True:
        if stream.key() in LISTS and stream.peek() == "[":
            return True
        stream.skip()
        if not stream.another("}"):
            return False


def _publisher(path: Path, name: str) -> Mapping[str, Any]:
    """What a package says of its publisher, wherever in the file it says so."""
    try:
        with document(path, name) as stream:
            if stream.peek() != "{" or not stream.enter():
                return {}
            while True:
                if stream.key() == "publisher":
                    said = stream.value()
                    return {"publisher": said.get("name") if isinstance(said, dict) else said}
                stream.skip()
                if not stream.another("}"):
                    return {}
    except (FileRefused, JsonBroken, Repeated):
        return {}  # the elements before the break are still worth reading


def _releases(value: dict[str, Any], package: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    for name in ("releases", "records"):
        inner = value.get(name)
        if isinstance(inner, list) and "compiledRelease" not in value and (name == "records" or "ocid" not in value):
            for part in inner:
                if isinstance(part, dict):
                    yield from _releases(part, value if "publisher" in value else package)
            return
    if isinstance(value.get("compiledRelease"), dict):
        yield {"ocid": value.get("ocid")} | value["compiledRelease"], package
    elif isinstance(value.get("releases"), list) and value["releases"]:
        for part in value["releases"]:
            if isinstance(part, dict) and set(part) - {"url", "date", "tag"}:
                yield {"ocid": value.get("ocid")} | part, package
    elif "ocid" in value:
        yield value, package
