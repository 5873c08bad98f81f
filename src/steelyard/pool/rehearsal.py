"""What would come of a delivery: the way of a landing up to the point where something would be kept."""

import datetime as dt
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq

from steelyard.contracts.checks import raw_fields
from steelyard.engines.duck import DuckError, connect
from steelyard.kit.errors import SteelyardError
from steelyard.kit.home import Home
from steelyard.pool import land, raw, sealing
from steelyard.pool.conform import Flaw
from steelyard.pool.covering import Cover
from steelyard.pool.land import UnknownDataset
from steelyard.pool.place import Place, Received
from steelyard.pool.publishers import area_of_publisher
from steelyard.sources import Feed, Interface, References, Source, sample

SHOWN_FLAWS = 200
ID = "00000000-0000-0000-0000-000000000000"
"""Stands where a delivery would have its id."""


class NothingToTry(SteelyardError):
    """Nothing lies ready and no file was named."""


@dataclass(frozen=True)
class Mapped:
    """One field of a contract and where its value would come from."""

    dataset: str
    field: str
    source: str
    """Columns of the delivery, ``=value`` for a constant, empty where nothing feeds the field."""
    there: bool
    """Whether the delivery has those columns."""
    required: bool


@dataclass(frozen=True)
class Counted:
    """What would become of the rows of one dataset."""

    dataset: str
    received: int
    admissible: int
    quarantined: int
    superseded: int
    refused: str
    """Why the whole delivery would be refused; empty where it would not."""


@dataclass(frozen=True)
class Rehearsal:
    """What would come of a delivery.  Rows and values are covered like those in quarantine."""

    interface: str
    files: tuple[str, ...]
    total: int | None
    """How many rows the other side has; None where it does not say."""
    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    """Columns that are neither read nor ignored."""
    missing: tuple[str, ...]
    """Columns that are read and not there."""
    mapping: tuple[Mapped, ...]
    rows: tuple[Mapping[str, Any], ...]
    counts: tuple[Counted, ...]
    flaws: tuple[Flaw, ...]
    """The rules that rows break; ``value`` and ``raw`` are covered."""
    warnings: tuple[Mapping[str, Any], ...]
    refused: str = ""
    """Why nothing of it can be read."""
    notes: tuple[str, ...] = ()


def rehearse(
    connection: "psycopg.Connection[Any]", place: Place, interface: Interface, paths: Sequence[Path],
    references: References, home: Home, rows: int, on: dt.date,
) -> Rehearsal:  # fmt: skip
    """Read, check and key a sample in a folder that is removed at the end."""
    strange = [feed.dataset for feed in interface.feeds if feed.dataset not in place.contracts]
    if strange:
        raise UnknownDataset(f"{interface.id} feeds {', '.join(strange)}, which has no contract")
    with tempfile.TemporaryDirectory(dir=home.root, prefix="rehearsal-") as name:
        folder = Path(name)
        (folder / "fetched").mkdir()
        found, total, notes = _sample(interface, paths, references, folder / "fetched", home, rows)
        files = raw.describe(found)
        # Sealed like any delivery, with a key that goes with this run.
        seal = sealing.fresh(ID)
        raw.keep(found, files, folder / "raw", seal)
        text = raw.read(
            interface, files, folder / "raw", lambda key, name: area_of_publisher(connection, key, name), seal
        )
        made = Received(ID, 0, interface, on, files)
        return _told(connection, place, made, text, total, notes, rows)


def _sample(
    interface: Interface, paths: Sequence[Path], references: References, folder: Path, home: Home, rows: int
) -> tuple[list[Path], int | None, tuple[str, ...]]:
    if paths:
        return list(paths), None, ()
    if interface.connector in ("sql", "rest", "sftp"):
        got = sample(interface, folder, references, rows)
        return list(got.paths), got.total, got.signals
    lying = interface.files(home.inbox) if interface.connector == "file" else []
    if not lying:
        raise NothingToTry(f"{interface.id}: nothing lies ready; name a file with --file")
    return [max(lying, key=lambda path: path.stat().st_mtime)], None, ()


def _told(
    connection: "psycopg.Connection[Any]", place: Place, delivery: Received, text: raw.RawText, total: int | None,
    notes: tuple[str, ...], rows: int,
) -> Rehearsal:  # fmt: skip
    interface = delivery.interface
    columns = tuple(dict.fromkeys(column for made in text.texts for column in made.columns))
    counts, flaws, warnings = ((), (), ()) if text.refused else _judged(connection, place, delivery, text)
    ignored = interface.used() | interface.ignore
    return Rehearsal(
        interface=interface.id,
        files=tuple(file.name for file in delivery.files),
        total=total,
        columns=columns,
        unknown=tuple(name for name in columns if name not in ignored and interface.file_format != "ocds"),
        missing=tuple(sorted(interface.used() - set(columns))) if columns else (),
        mapping=tuple(one for feed in interface.feeds for one in _mapping(place, feed, set(columns))),
        rows=tuple(_rows(place, interface, text, rows)),
        counts=tuple(counts),
        flaws=tuple(flaws),
        warnings=tuple(warnings),
        refused=text.refused,
        notes=notes,
    )


def _mapping(place: Place, feed: Feed, columns: set[str]) -> list[Mapped]:
    contract = place.contracts[feed.dataset]
    required = {field for column in contract.columns.values() if column.required for field in column.raw[:1]}
    found = []
    for field in raw_fields(contract):
        source = feed.columns.get(field, Source((field,)) if not feed.columns else None)
        there = source is not None and (source.value is not None or set(source.columns) <= columns)
        found.append(Mapped(feed.dataset, field, _written(source), there, field in required))
    return found


def _written(source: Source | None) -> str:
    if source is None:
        return ""
    return f"={source.value}" if source.value is not None else f" {source.join} ".join(source.columns)


def _judged(
    connection: "psycopg.Connection[Any]", place: Place, delivery: Received, text: raw.RawText
) -> tuple[list[Counted], list[Flaw], list[Mapping[str, Any]]]:
    counts: list[Counted] = []
    flaws: list[Flaw] = []
    warnings: list[Mapping[str, Any]] = list(text.signals)
    duck = connect(memory_mb=land.MEMORY_MB, threads=2)
    try:
        judged = land.checked(connection, duck, place, delivery, text)
        for feed, result in zip(delivery.interface.feeds, judged, strict=True):
            made = result.conformed
            admissible = max(made.received - made.quarantined - made.superseded, 0)
            counts.append(
                Counted(feed.dataset, made.received, admissible, made.quarantined, made.superseded, made.refused)
            )
            cover = Cover.of(place.contracts[feed.dataset], feed)
            flaws += [_covered(cover, flaw) for flaw in made.flaws[:SHOWN_FLAWS]]
            warnings += made.warnings
    except DuckError as error:
        raise SteelyardError(f"{delivery.interface.id}: cannot be processed: {str(error).splitlines()[0]}") from error
    finally:
        duck.close()
    return counts, flaws, warnings


def _covered(cover: Cover, flaw: Flaw) -> Flaw:
    return Flaw(
        flaw.file, flaw.row, flaw.rule, flaw.column, cover.value(flaw), flaw.reason, cover.raw(flaw), flaw.outcome
    )


def _rows(place: Place, interface: Interface, text: raw.RawText, limit: int) -> list[Mapping[str, Any]]:
    """The first rows, covered by the class of every dataset they feed."""
    covers = [Cover.of(place.contracts[feed.dataset], feed) for feed in interface.feeds]
    found: list[Mapping[str, Any]] = []
    for part in (part for made in text.texts for part in made.parts):
        if len(found) >= limit:
            break
        batch = next(pq.ParquetFile(part).iter_batches(batch_size=limit - len(found)), None)
        found += [_row(covers, row) for row in (batch.to_pylist() if batch else ())]
    return found


def _row(covers: Sequence[Cover], row: Mapping[str, Any]) -> Mapping[str, Any]:
    shown: Mapping[str, Any] = {name: value for name, value in row.items() if not name.startswith("_")}
    for cover in covers:
        said = cover.raw(Flaw("", 0, "", raw=json.dumps(shown, ensure_ascii=False)))
        shown = json.loads(said) if said else {}
    return shown
