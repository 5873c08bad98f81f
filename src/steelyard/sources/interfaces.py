"""Interface files: where a department's rows come from and how its columns map to a contract."""

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from steelyard.kit import yamlfile
from steelyard.kit.errors import SteelyardError
from steelyard.sources import drops
from steelyard.sources.connection import CONNECTORS, Auth, Fetch, Limits, Location, Paging, read
from steelyard.sources.options import Options, read_options
from steelyard.sources.periods import period_of, period_pattern

FORMATS = ("csv", "xlsx", "jsonl", "json", "parquet", "zip", "ocds")


KEYS = frozenset(
    {
        *("format", "id", "title", "feeds", "connector", "file_format", "location", "auth", "fetch", "paging"),
        *("limits", "format_options", "schedule", "business_period", "changes", "area", "columns", "datasets"),
        *("rows", "ignore", "sequence"),
    }
)
"""What an interface file may say."""


class InterfaceBroken(SteelyardError):
    """An interface file cannot be used; the message names file, line and what is wrong."""


@dataclass(frozen=True)
class Source:
    """Where the values of one target column come from."""

    columns: tuple[str, ...]
    """Columns of the file; more than one are joined."""
    join: str = "-"
    format: str | None = None
    """``strptime`` pattern of a date or time."""
    map: Mapping[str, str] = field(default_factory=dict)
    words_of: str = ""
    """Department whose words for the contract's vocabulary are the map, where the interface says map: vocabulary."""
    times: Decimal | None = None
    value: str | None = None
    """A constant; then there are no columns."""
    optional: bool = False


@dataclass(frozen=True)
class Feed:
    """One dataset an interface feeds."""

    dataset: str
    columns: Mapping[str, Source]
    only_column: str | None = None
    only_values: tuple[str, ...] = ()
    """Only rows whose ``only_column`` holds one of these belong to the dataset."""


@dataclass(frozen=True)
class Interface:
    """A way on which rows of a department arrive."""

    id: str
    title: Mapping[str, str]
    feeds: tuple[Feed, ...]
    connector: str = "file"
    file_format: str = "csv"
    location: Location = field(default_factory=Location)
    auth: Auth = field(default_factory=Auth)
    fetch: Fetch = field(default_factory=Fetch)
    paging: Paging = field(default_factory=Paging)
    limits: Limits = field(default_factory=Limits)
    options: Options = field(default_factory=Options)
    schedule: str = ""
    """Five cron fields, by the installation's clock; empty: nobody asks for it, it comes."""
    period_from_name: str = ""
    """Regular expression that finds the business period in a file name; see ``period_of``."""
    operation: str = ""
    """Column of the source that says insert, update or delete, where the dataset takes changes."""
    operations: Mapping[str, str] = field(default_factory=dict)
    """The source's words for ``upsert`` and ``delete``."""
    order: str = ""
    """Column of the source that orders changes and versions of a row: a number or a time."""
    sequence: str = ""
    """Column of the source by which the department sorts what it delivers: a running number or a time."""
    area: str = ""
    """Area code the interface answers for; empty: the whole installation."""
    ignore: frozenset[str] = frozenset()
    path: Path | None = None

    @property
    def department(self) -> str:
        return self.id.rsplit("/", 1)[0]

    @property
    def folder(self) -> str:
        return self.location.folder

    @property
    def pattern(self) -> str:
        return self.location.pattern

    def files(self, inbox: Path) -> list[Path]:
        """The plain files that lie there, whole or not, in the order of their names."""
        found = drops.lying(self._drop(inbox), self.pattern) if self.pattern else set()
        return sorted(file for file in found if drops.reason_against(file) is None)

    def ready(self, inbox: Path) -> drops.Drop:
        """The files that are whole, and why the others are left; waits a moment for young ones."""
        if not self.pattern:
            return drops.Drop()
        return drops.ready(self._drop(inbox), self.pattern, self.location.settled, self.location.marker)

    def _drop(self, inbox: Path) -> Path:
        return Path(os.path.expandvars(self.folder.replace("${STEELYARD_INBOX}", str(inbox))))

    def period_of(self, name: str) -> str:
        """The business period a file name tells, as ISO text (``2025-03``); empty where it tells none."""
        return period_of(self.period_from_name, name)

    def texts(self) -> list[str]:
        """Every text that may hold a reference."""
        place, auth = self.location, self.auth
        said = [place.folder, place.address, *place.parameters.values()]
        return [*said, auth.user, auth.secret, auth.key_id, auth.certificate, auth.authority, auth.host_key]

    def used(self) -> set[str]:
        """Columns of the file that some target reads."""
        named = {column for feed in self.feeds for source in feed.columns.values() for column in source.columns}
        more = {name for name in (self.operation, self.order, self.sequence) if name}
        return named | more | {feed.only_column for feed in self.feeds if feed.only_column}

    def needed(self) -> set[str]:
        """Columns of the file without which the delivery is refused."""
        sources = [source for feed in self.feeds for source in feed.columns.values() if not source.optional]
        named = {column for source in sources for column in source.columns}
        return named | {feed.only_column for feed in self.feeds if feed.only_column}


def load_interfaces(folder: Path) -> dict[str, Interface]:
    """All interfaces below ``folder``, by id.  Raises InterfaceBroken, or YamlError for bad syntax."""
    found = [load_interface(path, folder) for path in sorted(folder.rglob("*.yaml"))]
    return {interface.id: interface for interface in found}


def load_interface(path: Path, folder: Path) -> Interface:
    """One interface file; its id must be its path below ``folder``."""
    document = yamlfile.load(path)
    said = document.data
    if not isinstance(said, dict):
        raise InterfaceBroken(f"{path}:1: an interface is a mapping")

    def wrong(text: str, *at: str) -> InterfaceBroken:
        return InterfaceBroken(f"{path}:{document.line_of(*at)}: {text}")

    expected = path.relative_to(folder).with_suffix("").as_posix()
    if said.get("id") != expected:
        raise wrong(f"id is {said.get('id')!r}, the path says {expected!r}", "id")
    feeds = said.get("feeds")
    if not isinstance(feeds, list) or not feeds:
        raise wrong("feeds must list at least one dataset", "feeds")
    location = said.get("location") or {}
    asked = {"sql": "parquet", "rest": "jsonl"}.get(str(said.get("connector", "")), "")
    file_format = str(said.get("file_format") or asked or _ending(str(location.get("pattern", ""))))
    if file_format not in FORMATS:
        raise wrong(f"file_format {file_format!r} is none of {', '.join(FORMATS)}", "file_format")
    connector = str(said.get("connector", "file"))
    if connector not in CONNECTORS:
        raise wrong(f"connector {connector!r} is none of {', '.join(CONNECTORS)}", "connector")
    strange = sorted(set(said) - KEYS)
    if strange:
        raise wrong(f"unknown key {', '.join(strange)}; known are {', '.join(sorted(KEYS))}", strange[0])
    changes = said.get("changes") or {}
    try:
        return Interface(
            id=expected,
            title=said.get("title") or {"zh": expected, "en": expected},
            feeds=tuple(_feeds(said, file_format, expected.rsplit("/", 1)[0])),
            connector=connector,
            file_format=file_format,
            location=read(Location, "location", location),
            auth=read(Auth, "auth", said.get("auth")),
            fetch=read(Fetch, "fetch", said.get("fetch")),
            paging=read(Paging, "paging", said.get("paging")),
            limits=read(Limits, "limits", said.get("limits")),
            schedule=str(said.get("schedule", "")),
            period_from_name=period_pattern(said.get("business_period")),
            operation=str(changes.get("operation", "")),
            operations={_as_text(key): str(value) for key, value in (changes.get("map") or {}).items()},
            order=str(changes.get("order", "")),
            sequence=_sequence(said, connector),
            area=str(said.get("area", "")),
            options=read_options(said.get("format_options")),
            ignore=frozenset(str(name) for name in said.get("ignore") or ()),
            path=path,
        )
    except (ValueError, TypeError, KeyError, AttributeError, InvalidOperation) as error:
        raise wrong(str(error).strip("'\""), "columns") from error


def _sequence(said: Mapping[str, Any], connector: str) -> str:
    """A log of changes is sorted by what orders it; a database answers in no order, unless the interface says so."""
    own = "" if connector == "sql" else (said.get("changes") or {}).get("order", "")
    return str(said.get("sequence") or own)


def _ending(pattern: str) -> str:
    ending = Path(pattern.removesuffix(".gz")).suffix.lstrip(".").lower()
    same = {"ndjson": "jsonl", "txt": "csv", "tsv": "csv", "xls": "xlsx", "ods": "xlsx", "pq": "parquet"}
    return same.get(ending, ending or "jsonl")


def _feeds(said: Mapping[str, Any], file_format: str, department: str) -> list[Feed]:
    names = [str(name) for name in said["feeds"]]
    if file_format == "ocds":
        return [Feed(name, {}) for name in names]
    if "datasets" in said:
        missing = [name for name in names if name not in said["datasets"]]
        if missing:
            raise ValueError(f"datasets lacks {', '.join(missing)}")
        return [_feed(name, said["datasets"][name], department) for name in names]
    if len(names) > 1:
        raise ValueError("several feeds need a mapping 'datasets'")
    return [_feed(names[0], said, department)]


def _feed(dataset: str, said: Mapping[str, Any], department: str) -> Feed:
    columns = said.get("columns")
    if not isinstance(columns, dict) or not columns:
        raise ValueError(f"{dataset}: columns must map at least one column")
    only = said.get("rows") or {}
    return Feed(
        dataset,
        {str(target): _source(str(target), source, department) for target, source in columns.items()},
        only_column=str(only["column"]) if only else None,
        only_values=tuple(_as_text(value) for value in only["in"]) if only else (),
    )


def _source(target: str, said: Any, department: str) -> Source:
    if not isinstance(said, dict):
        return Source((str(said),))
    unknown = set(said) - {"from", "join", "format", "map", "times", "value", "optional"}
    if unknown:
        raise ValueError(f"{target}: unknown key {', '.join(sorted(unknown))}")
    if ("from" in said) == ("value" in said):
        raise ValueError(f"{target}: give either from or value")
    named, by_words = said.get("from", []), said.get("map") == "vocabulary"
    return Source(
        columns=tuple(str(name) for name in (named if isinstance(named, list) else [named])),
        join=str(said.get("join", "-")),
        format=said.get("format"),
        map={} if by_words else {_as_text(key): _as_text(value) for key, value in (said.get("map") or {}).items()},
        words_of=department if by_words else "",
        times=Decimal(str(said["times"])) if "times" in said else None,
        value=_as_text(said["value"]) if "value" in said else None,
        optional=bool(said.get("optional", False)),
    )


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, dt.date) else str(value)
