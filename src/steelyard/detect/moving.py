"""A finding whose person turns out to be another's records too goes with the person; it is never told twice."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import psycopg

from steelyard.catalogue import SupervisionModel
from steelyard.detect.findings import Stored, fingerprint

Connection = psycopg.Connection[Any]
GONE = "vanished"


@dataclass(frozen=True)
class Move:
    """A finding that now stands under another fingerprint."""

    id: int
    model: str
    from_fingerprint: str
    to_fingerprint: str
    joined: bool
    """The other fingerprint was a finding of its own already: two became one."""
    key: Mapping[str, Any]
    """Under the new fingerprint."""


def moves(
    model: SupervisionModel,
    known: Mapping[str, Stored],
    found: Mapping[str, Mapping[str, Any]],
    merged: Mapping[str, str],
    earlier: Mapping[str, str],
) -> list[Move]:
    """Which stored findings go elsewhere.

    ``found``: keys by fingerprint as the models see them now; ``merged``: subject keys that became another;
    ``earlier``: where findings that moved had come from, by the fingerprint they moved to.
    """
    made: list[Move] = []
    taken = set(known)
    for name, before in sorted(known.items()):
        if before.state == GONE:
            continue
        key = {column: merged.get(value, value) for column, value in before.key.items()}
        target = fingerprint(model, key)
        if target == name and name not in found:
            # Parted again: what was moved goes back to whom it came from.
            target = earlier.get(name, name)
            key = dict(found.get(target, key))
        if target == name or target not in found:
            continue
        made.append(Move(0, model.id, name, target, target in taken, key))
        taken.add(target)
    return made


def applied(known: Mapping[str, Stored], made: Sequence[Move]) -> dict[str, Stored]:
    """What the store says once the findings have moved."""
    after = dict(known)
    for move in made:
        if not move.joined:
            after[move.to_fingerprint] = replace(after.pop(move.from_fingerprint), key=dict(move.key))
    return after


def earlier(connection: Connection, model: str) -> dict[str, str]:
    """The last place each moved finding of a model came from, by where it went."""
    rows = connection.execute(
        "SELECT to_fingerprint, from_fingerprint FROM engine.finding_move WHERE model = %s AND NOT joined ORDER BY id",
        [model],
    ).fetchall()
    return {row[0]: row[1] for row in rows}


def put(connection: Connection, made: Collection[Move], run: int) -> None:
    """Rename findings and remember where they came from; two that became one keep their own rows."""
    for move in made:
        connection.execute(
            "INSERT INTO engine.finding_move (model, from_fingerprint, to_fingerprint, joined, run) "
            "VALUES (%s, %s, %s, %s, %s)",
            [move.model, move.from_fingerprint, move.to_fingerprint, move.joined, run],
        )
        if not move.joined:
            connection.execute(
                "UPDATE engine.finding SET fingerprint = %s, key = %s, seq = nextval('engine.finding_seq') "
                "WHERE fingerprint = %s",
                [move.to_fingerprint, psycopg.types.json.Jsonb(dict(move.key)), move.from_fingerprint],
            )


def moves_since(connection: Connection, after: int) -> list[Move]:
    """Moves numbered higher than ``after``, in their order."""
    rows = connection.execute(
        "SELECT id, model, from_fingerprint, to_fingerprint, joined FROM engine.finding_move WHERE id > %s ORDER BY id",
        [after],
    ).fetchall()
    return [Move(row[0], row[1], row[2], row[3], row[4], {}) for row in rows]
