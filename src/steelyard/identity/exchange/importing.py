"""A file from outside: its parties become subjects only their publisher knows, its ties stay told by him.

Nobody is held to be anybody we know, whatever name or number the file tells: that is for linkage and people to say.
"""

import json
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from steelyard.identity.checking import SOURCE
from steelyard.identity.exchange.checking import checked, doubts
from steelyard.identity.exchange.exporting import digest
from steelyard.identity.exchange.faults import Faults
from steelyard.identity.exchange.formats import FORMATS, format_of
from steelyard.identity.exchange.pseudonyms import fit_name
from steelyard.identity.exchange.shapes import Read
from steelyard.identity.keys import LOCK

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Imported:
    """What became of a file."""

    id: str
    publisher: str
    format: str
    again: bool
    """The same file was imported before, and nothing was done."""
    subjects: int
    new_subjects: int
    renamed: int
    ties: int
    new_ties: int
    changed_ties: int
    numbers_not_kept: int
    """Identity numbers in the file: they are not stored, and nobody was linked by them."""
    left_out: dict[str, int] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)


def read_file(path: Path, format_: str = "") -> tuple[str, Read, str]:
    """Format, content and checksum of a file from outside.  Raises FileRefused."""
    chosen = format_ or format_of(path)
    found = checked(FORMATS[chosen].read(path), path.name)
    folder = path if path.is_dir() else path.parent
    files = [folder / name for name in found.files.values() if (folder / name).exists()] or [path]
    return chosen, found, digest(files)


def import_file(connection: Connection, path: Path, publisher: str, who: str, format_: str = "") -> Imported:
    """Take a file in, whole or not at all.

    ``connection``: a worker's, in a transaction.  A party or tie the publisher told before is told anew; what the file
    does not name stays.  Raises FileRefused, NameUnfit.
    """
    fit_name(publisher)
    chosen, found, sha256 = read_file(path, format_)
    # The lock of the giver of keys: two imports, or an import and a landing, never give two keys to one party.
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [LOCK])
    before = _before(connection, publisher, sha256)
    if before:
        return before
    number = str(uuid.uuid4())
    parties = {party.id: party for _, party in found.parties}
    keys, new, renamed = _land_parties(connection, publisher, found, path.name)
    doubtful = doubts(link for _, link in found.links)
    made = Imported(
        number, publisher, chosen, False, len(parties), new, renamed, len(found.links),
        *_count_ties(connection, publisher, found), sum(bool(party.number) for party in parties.values()),
        found.left_out, doubtful,
    )  # fmt: skip
    _record(connection, made, who, sha256)
    _land_ties(connection, number, publisher, found, keys, path.name)
    return made


def _before(connection: Connection, publisher: str, sha256: str) -> Imported | None:
    row = connection.execute(
        "SELECT id::text, format, subjects, ties FROM engine.exchange "
        "WHERE direction = 'in' AND party = %s AND sha256 = %s",
        [publisher, sha256],
    ).fetchone()
    return row and Imported(row[0], publisher, row[1], True, row[2], 0, 0, row[3], 0, 0, 0)


def _land_parties(connection: Connection, publisher: str, found: Read, file: str) -> tuple[dict[str, str], int, int]:
    """Keys by the publisher's identifiers; how many are new, and how many have another name now."""
    values = {_value(publisher, party.id): party for _, party in found.parties}
    known = connection.execute(
        "SELECT i.value, i.key, s.kind, s.name FROM engine.identifier i JOIN engine.subject s ON s.key = i.key "
        "WHERE i.kind = 'source' AND i.value = ANY(%s)",
        [list(values)],
    ).fetchall()
    _refuse_other_kinds(publisher, found, {row[0]: row[2] for row in known}, file)
    keys = {values[row[0]].id: row[1] for row in known}
    changed = [(values[row[0]].name, row[1]) for row in known if values[row[0]].name not in ("", row[3])]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE engine.subject SET name = %s WHERE key = %s AND tier = 'source'", changed)
    new = {value: party for value, party in values.items() if party.id not in keys}
    keys |= {party.id: str(uuid.uuid4()) for party in new.values()}
    with connection.cursor().copy("COPY engine.subject (key, kind, name, tier) FROM STDIN") as copy:
        for party in new.values():
            copy.write_row((keys[party.id], party.kind, party.name, "source"))
    with connection.cursor().copy("COPY engine.identifier (kind, value, key) FROM STDIN") as copy:
        for value, party in new.items():
            copy.write_row(("source", value, keys[party.id]))
    return keys, len(new), len(changed)


def _value(publisher: str, name: str) -> str:
    return f"{SOURCE}{publisher}:{name}"


def _refuse_other_kinds(publisher: str, found: Read, kinds: dict[str, str], file: str) -> None:
    faults = Faults(found.files.get("parties", file))
    for line, party in found.parties:
        before = kinds.get(_value(publisher, party.id), party.kind)
        if before != party.kind:
            faults.note(line, "id", f"{party.id!r} clashes: {publisher} told of it as a {before} before")
    faults.settle()


def _count_ties(connection: Connection, publisher: str, found: Read) -> tuple[int, int]:
    """How many ties are new, and how many are told anew."""
    ids = [link.id for _, link in found.links]
    row = connection.execute(
        "SELECT count(*) FROM engine.imported_tie WHERE publisher = %s AND id = ANY(%s)", [publisher, ids]
    ).fetchone()
    known = int(row[0]) if row else 0
    return len(ids) - known, known


def _land_ties(
    connection: Connection, number: str, publisher: str, found: Read, keys: dict[str, str], file: str
) -> None:
    ids = [link.id for _, link in found.links]
    connection.execute("DELETE FROM engine.imported_tie WHERE publisher = %s AND id = ANY(%s)", [publisher, ids])
    with connection.cursor().copy(
        "COPY engine.imported_tie (publisher, id, exchange, kind, a, b, basis, role, degree, share, most, from_date, "
        "to_date, confidence, file, row) FROM STDIN"
    ) as copy:
        for line, link in found.links:
            copy.write_row((
                publisher, link.id, number, link.kind, keys[link.a], keys[link.b], link.basis, link.role, link.degree,
                link.share, link.most, link.from_date, link.to_date, link.confidence,
                found.files.get("links", file), line,
            ))  # fmt: skip


def _record(connection: Connection, made: Imported, who: str, sha256: str) -> None:
    connection.execute(
        "INSERT INTO engine.exchange (id, direction, format, party, who, sha256, subjects, ties, facts) "
        "VALUES (%s, 'in', %s, %s, %s, %s, %s, %s, %s)",
        [made.id, made.format, made.publisher, who, sha256, made.subjects, made.ties,
         json.dumps({"left_out": made.left_out, "doubts": made.doubts, "numbers_not_kept": made.numbers_not_kept})],
    )  # fmt: skip
