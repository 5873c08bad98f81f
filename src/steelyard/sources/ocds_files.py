"""The containers OCDS comes in: JSON lines, release packages, record packages, plain or packed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steelyard.sources.json_files import elements, json_lines, top_level
from steelyard.sources.lines import opened
from steelyard.sources.textfile import FileRefused, TextFile

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
    for row, value in elements(path, made, _list_of(path, made.file)):
        yield row, value, around


def _list_of(path: Path, name: str) -> str:
    """Path of the elements: ``releases.item``, ``records.item``, ``item``, or empty for a single release."""
    for prefix, event, value in top_level(path, name):
        if prefix == "" and event == "start_array":
            return "item"
        if prefix == "" and event == "map_key" and value in ("releases", "records"):
            return f"{value}.item"
    return ""


def _publisher(path: Path, name: str) -> Mapping[str, Any]:
    """What a package says of its publisher, wherever in the file it says so."""
    try:
        for prefix, event, value in top_level(path, name):
            if event == "string" and prefix in ("publisher", "publisher.name"):
                return {"publisher": value}
    except FileRefused:
        return {}  # the elements before the break are still worth reading
    return {}


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
