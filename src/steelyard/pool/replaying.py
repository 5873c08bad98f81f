"""Bad rows sent again: after a fix of the contract as they came, or as the department corrected them."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from steelyard.kit.errors import SteelyardError
from steelyard.pool import records
from steelyard.pool.spreadsheet import OWN, own_columns, plain
from steelyard.sources import Interface
from steelyard.sources.options import Options


class NothingToReplay(SteelyardError):
    """No open row of quarantine fits; see: steelyard pool quarantine list."""


class NoSuchRow(SteelyardError):
    """A corrected file names a row that is not in quarantine, or is closed."""


@dataclass(frozen=True)
class Origin:
    """The quarantined row a row of a replay stands for."""

    delivery: str
    dataset: str
    file: str
    row: int


@dataclass(frozen=True)
class Resent:
    """Rows of one interface that are sent again, in order; one origin a row."""

    interface: str
    rows: tuple[Mapping[str, str], ...]
    origins: tuple[Origin, ...]

    @property
    def key(self) -> str:
        """The same rows of the same deliveries are sent again once."""
        said = json.dumps([[list(vars(one).values()) for one in self.origins], [dict(row) for row in self.rows]])
        return f"replay {hashlib.sha256(said.encode()).hexdigest()}"

    def write(self, folder: Path) -> Path:
        """The rows as JSON lines, so that a row's line is its number."""
        path = folder / "replay.jsonl"
        lines = [json.dumps(dict(row), ensure_ascii=False) for row in self.rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path


def as_sent_again(interface: Interface, kind: str) -> Interface:
    """The interface as it reads rows that are sent again: the same columns, from JSON lines."""
    return interface if kind == "delivery" else replace(interface, file_format="jsonl", options=Options())


def waiting(connection: "psycopg.Connection[Any]", filters: Mapping[str, Any]) -> list[Resent]:
    """The open rows that fit, by interface, as they were delivered.  Lines nobody could read are not among them.

    ``filters``: any of ids, dataset, delivery, interface, rule.  Raises NothingToReplay.
    """
    listed = records.many(
        connection,
        "SELECT DISTINCT ON (d.interface, d.seq, q.dataset, q.file, q.row) d.interface, q.delivery::text AS delivery, "
        "q.dataset, q.file, q.row, q.raw FROM engine.quarantine q JOIN engine.delivery d ON d.id = q.delivery "
        "WHERE q.state = 'open' AND q.outcome = 'quarantined' AND d.state = 'accepted' AND left(q.raw, 1) = '{' "
        "AND (%(ids)s::bigint[] IS NULL OR q.id = ANY(%(ids)s)) "
        "AND (%(dataset)s::text IS NULL OR q.dataset = %(dataset)s) "
        "AND (%(delivery)s::text IS NULL OR q.delivery::text = %(delivery)s) "
        "AND (%(interface)s::text IS NULL OR d.interface = %(interface)s) "
        "AND (%(rule)s::text IS NULL OR q.rule = %(rule)s) ORDER BY d.interface, d.seq, q.dataset, q.file, q.row",
        {"ids": None, "dataset": None, "delivery": None, "interface": None, "rule": None} | dict(filters),
    )
    if not listed:
        raise NothingToReplay
    return list(_by_interface([(row, _fields(row["raw"])) for row in listed]))


def corrected(connection: "psycopg.Connection[Any]", path: Path) -> list[Resent]:
    """The rows of a file that was sent back and corrected; cells left masked keep what was delivered.

    Raises NoSuchRow.
    """
    found = []
    for number, cells in enumerate(csv.DictReader(io.StringIO(_text(path), newline="")), 2):
        name = str(cells.get(OWN["row"]) or "").strip()
        known = _known(connection, name)
        if known is None:
            raise NoSuchRow(f"{path.name} line {number}: {name or 'no number'} is no open row of quarantine")
        found.append((known, _mended(known, {k: plain(v or "") for k, v in cells.items() if k in own_columns(cells)})))
    if not found:
        raise NothingToReplay(f"{path.name} has no rows")
    return list(_by_interface(found))


def _text(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def _known(connection: "psycopg.Connection[Any]", name: str) -> dict[str, Any] | None:
    if not name.isdigit():
        return None
    return records.one(
        connection,
        "SELECT d.interface, q.delivery::text AS delivery, q.dataset, q.file, q.row, q.raw, q.raw_masked "
        "FROM engine.quarantine q JOIN engine.delivery d ON d.id = q.delivery WHERE q.id = %s AND q.state = 'open'",
        [int(name)],
    )


def _mended(known: Mapping[str, Any], cells: Mapping[str, str]) -> dict[str, str]:
    delivered, covered = _fields(known["raw"]), _fields(known["raw_masked"])
    return {
        name: delivered[name] if name in delivered and cell == covered.get(name) else cell
        for name, cell in cells.items()
        if cell
    }


def _fields(raw: str | None) -> dict[str, str]:
    if not raw or not raw.startswith("{"):
        return {}
    return {name: str(value) for name, value in json.loads(raw).items() if value is not None}


def _by_interface(found: Sequence[tuple[Mapping[str, Any], dict[str, str]]]) -> Iterator[Resent]:
    for interface in dict.fromkeys(row["interface"] for row, _ in found):
        own = [(row, fields) for row, fields in found if row["interface"] == interface]
        yield Resent(
            interface,
            tuple(fields for _, fields in own),
            tuple(Origin(row["delivery"], row["dataset"], row["file"], row["row"]) for row, _ in own),
        )
