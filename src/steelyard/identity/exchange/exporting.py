"""A selection as files for one recipient: covered unless two people answer for it, and always on the record."""

import datetime as dt
import hashlib
import json
import re
import shutil
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from steelyard.identity import subjects
from steelyard.identity.checking import SOURCE
from steelyard.identity.exchange.formats import FORMATS
from steelyard.identity.exchange.pseudonyms import Pseudonyms, fit_name
from steelyard.identity.exchange.selecting import Selection, Told
from steelyard.identity.exchange.shapes import Bundle, Link, Party
from steelyard.kit.errors import SteelyardError
from steelyard.pool import masked

Connection = psycopg.Connection[Any]
_DIGITS = re.compile(r"[0-9０-９][0-9０-９Xx -]{5,}[0-9０-９Xx]")
"""Phones, accounts and numbers inside other text."""

_NUMBER = re.compile(r"[0-9０-９]{6,}[Xx]?")


class ApprovalMissing(SteelyardError):
    """Names, numbers or keys uncovered need --purpose, and two different people: --by and --approved-by."""


class FolderInUse(SteelyardError):
    """The folder of an export must be new or empty."""


class FolderUnwritable(SteelyardError):
    """The folder of an export cannot be made or written to."""


@dataclass(frozen=True)
class Terms:
    """For whom, and how far uncovered."""

    recipient: str
    publisher: str
    who: str
    reveal: bool = False
    """Names of people and identity numbers in full."""
    keys: bool = False
    """Surrogate keys instead of pseudonyms."""
    purpose: str = ""
    by: str = ""
    approved_by: str = ""

    def check(self) -> None:
        """Raises NameUnfit, ApprovalMissing."""
        fit_name(self.recipient)
        told = [self.purpose.strip(), self.by.strip(), self.approved_by.strip()]
        if (self.reveal or self.keys) and (not all(told) or told[1] == told[2]):
            raise ApprovalMissing


@dataclass(frozen=True)
class Exported:
    """What an export gave away."""

    id: str
    format: str
    recipient: str
    files: tuple[str, ...]
    sha256: str
    masked: bool
    subjects: int
    ties: int
    by_kind: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    """Kinds of ties for which the format has no place."""
    cut: dict[str, int] = field(default_factory=dict)
    """Why something near was not followed."""


def export(
    connection: Connection, secrets_folder: Path, selection: Selection, format_: str, out: Path, terms: Terms,
    on: dt.date,
) -> Exported:  # fmt: skip
    """Write a selection, and put it on the record before the files are where anybody looks for them.

    ``connection``: a worker's, in a transaction; it sees numbers.  Raises ApprovalMissing, NameUnfit, FolderInUse,
    FolderUnwritable.
    """
    terms.check()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FolderInUse(f"{out} is in use: name a folder that is new or empty")
    bundle = bundled(connection, selection, pseudonyms(connection, secrets_folder, terms), terms, on)
    chosen = FORMATS[format_]
    kinds = {party.id: party.kind for party in bundle.parties}
    left_out = [link for link in bundle.links if not chosen.carries(link, kinds)]
    carried = Bundle.of(
        bundle.publisher, bundle.made_on, bundle.parties, (link for link in bundle.links if link not in set(left_out))
    )
    draft = out.parent / f".{out.name}-{uuid.uuid4().hex[:8]}"
    try:
        draft.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise FolderUnwritable(f"{out} cannot be written to: {error.strerror}; name another folder") from error
    try:
        files = chosen.write(carried, draft)
        made = Exported(
            str(uuid.uuid4()), format_, terms.recipient, tuple(file.name for file in files), digest(files),
            not terms.reveal, len(carried.parties), len(carried.links), _counts(carried.links), _counts(left_out),
            selection.cut,
        )  # fmt: skip
        _record(connection, made, terms)
        if out.exists():
            out.rmdir()
        draft.rename(out)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return made


def pseudonyms(connection: Connection, secrets_folder: Path, terms: Terms) -> Pseudonyms:
    """The recipient's identifiers; his own for what he told us himself, unless they are identity numbers."""
    begin = f"{SOURCE}{terms.recipient}:"
    listed = connection.execute(
        "SELECT key, substr(value, %s) FROM engine.identifier WHERE kind = 'source' AND starts_with(value, %s)",
        [len(begin) + 1, begin],
    ).fetchall()
    own = {key: name for key, name in listed if masked(name) == name and not _NUMBER.fullmatch(name)}
    return Pseudonyms.of(secrets_folder, terms.recipient, own, plain=terms.keys)


def bundled(connection: Connection, selection: Selection, names: Pseudonyms, terms: Terms, on: dt.date) -> Bundle:
    """The selection as its recipient may see it; a subject that was forgotten has no name."""
    known = subjects.names(connection, selection.keys)
    numbers = subjects.proper_numbers(connection, known) if terms.reveal else {}
    parties = []
    for key, named in known.items():
        name = named.name if terms.reveal else cover_name(named.kind, named.name)
        parties.append(Party(names.subject(key), named.kind, name, named.tier, *numbers.get(key, ("", ""))))
    links: dict[str, Link] = {}
    for tie in sorted(selection.ties, key=lambda tie: (tie.delivery, tie.file, tie.row)):
        if tie.a in known and tie.b in known:
            link = _link(tie, names, reveal=terms.reveal)
            links.setdefault(link.id, link)
    return Bundle.of(terms.publisher, on, parties, links.values())


def _link(tie: Told, names: Pseudonyms, *, reveal: bool) -> Link:
    a, b = names.subject(tie.a), names.subject(tie.b)
    role = tie.role if reveal or tie.role is None else covered(tie.role)
    basis = tie.basis if reveal else covered(tie.basis)
    share = None if tie.share is None else round(tie.share, 8)
    told = (tie.kind, basis, role, tie.degree, share, tie.from_date, tie.to_date, tie.dataset)
    # Two rows that say the same are one tie.
    return Link(
        names.link(a, b, *told), tie.kind, a, b, basis, role, tie.degree, share, None, tie.from_date, tie.to_date,
        tie.confidence, tie.tier, tie.dataset, names.proof(tie.delivery, tie.file, tie.row),
    )  # fmt: skip


def cover_name(kind: str, name: str) -> str:
    """Of a person the first character; of a body everything but numbers in its name."""
    if kind == "person":
        return name[:1] + "*" * (min(len(name) - 1, 3) or 1) if name else name
    return covered(name)


def covered(text: str) -> str:
    """Text with everything that may be a phone, an account or an identity number covered."""
    return _DIGITS.sub(lambda found: "*" * len(found[0]), text)


def digest(files: Iterable[Path]) -> str:
    """One checksum of several files, in the order of their names."""
    whole = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.name):
        with file.open("rb") as content:
            whole.update(hashlib.file_digest(content, "sha256").digest())
    return whole.hexdigest()


def _counts(links: Sequence[Link]) -> dict[str, int]:
    return {kind: sum(link.kind == kind for link in links) for kind in sorted({link.kind for link in links})}


def _record(connection: Connection, made: Exported, terms: Terms) -> None:
    connection.execute(
        "INSERT INTO engine.exchange (id, direction, format, party, who, masked, keys_shown, purpose, asked_by, "
        "approved_by, sha256, subjects, ties, facts) "
        "VALUES (%s, 'out', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [made.id, made.format, made.recipient, terms.who, made.masked, terms.keys, terms.purpose.strip(),
         terms.by.strip() or None, terms.approved_by.strip() or None, made.sha256, made.subjects, made.ties,
         json.dumps({"left_out": made.left_out, "cut": made.cut})],
    )  # fmt: skip
