"""What people say of two records or subjects; kept for ever, in force until they take it back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from steelyard.identity import generations, nodes
from steelyard.identity.generations import Generation
from steelyard.kit.errors import SteelyardError

Connection = psycopg.Connection[Any]
SAME, DIFFERENT, UNSURE = "same", "different", "unsure"
IN_FORCE = "j.superseded_by IS NULL AND j.undone_at IS NULL AND (NOT j.needs_second OR j.second_by IS NOT NULL)"
"""SQL: whether a judgement ``j`` counts."""


class Contradiction(SteelyardError):
    """The judgement goes against what people said before; the message names their judgements."""


class NoSuchJudgement(SteelyardError):
    """There is no such judgement that could be taken back or agreed to."""


class SamePerson(SteelyardError):
    """Whoever agrees must be another person than whoever judged."""


class Wordless(SteelyardError):
    """A judgement is same, different or unsure, with a reason in words and somebody's name."""


@dataclass(frozen=True)
class Judgement:
    """What was said of a pair."""

    id: int
    a: str
    b: str
    verdict: str
    reason: str
    said_by: str
    said_at: datetime
    needs_second: bool
    second_by: str | None
    second_at: datetime | None
    superseded_by: int | None
    undone_by: str | None
    undone_at: datetime | None
    undone_reason: str | None

    @property
    def in_force(self) -> bool:
        waits = self.needs_second and self.second_by is None
        return self.superseded_by is None and self.undone_at is None and not waits


_COLUMNS = ", ".join(Judgement.__dataclass_fields__)


def judge(
    connection: Connection, a: str, b: str, verdict: str, reason: str, shown: Mapping[str, Any] | None = None,
    by: str = "", *, second_needed: bool | None = None,
) -> Judgement:  # fmt: skip
    """Keep what somebody says of two nodes; it counts at once, or once a second person agrees.

    ``shown``: the evidence as it was shown.  ``second_needed``: whether two persons are needed; by default
    ``needs_second`` decides.  Nodes may be written in either order.  A later judgement of the pair takes its place.
    Raises nodes.NoSuchNode, Wordless, Contradiction.
    """
    if verdict not in (SAME, DIFFERENT, UNSURE) or len(reason.strip()) < 2 or not by.strip():
        raise Wordless
    generations.lock(connection)
    a, b = nodes.pair(nodes.standing_for(connection, a), nodes.standing_for(connection, b))
    refuse_contradiction(connection, a, b, verdict)
    two = (verdict == SAME and needs_second(connection, a, b)) if second_needed is None else second_needed
    row = connection.execute(
        "INSERT INTO engine.judgement (a, b, verdict, reason, shown, said_by, needs_second) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
        [a, b, verdict, reason.strip(), Jsonb(dict(shown or {})), by, two],
    ).fetchone()
    made = _by_id(connection, int(row[0]) if row else 0)
    _take_effect(connection, made, "judgement")
    return _by_id(connection, made.id)


def second(connection: Connection, judgement: int, by: str) -> Judgement:
    """Agree to a judgement that waits for a second person.  Raises NoSuchJudgement, SamePerson, Contradiction."""
    generations.lock(connection)
    said = _by_id(connection, judgement)
    if not said.needs_second or said.second_by or said.undone_at or said.superseded_by:
        raise NoSuchJudgement(f"judgement {judgement} waits for nobody")
    if not by.strip() or by == said.said_by:
        raise SamePerson
    refuse_contradiction(connection, said.a, said.b, said.verdict)
    connection.execute("UPDATE engine.judgement SET second_by = %s, second_at = now() WHERE id = %s", [by, judgement])
    said = _by_id(connection, judgement)
    _take_effect(connection, said, "judgement")
    return said


def undo(connection: Connection, judgement: int, reason: str, by: str) -> Judgement:
    """Take a judgement back; the one it took the place of does not come back.  Raises NoSuchJudgement, Wordless."""
    if len(reason.strip()) < 2 or not by.strip():
        raise Wordless
    generations.lock(connection)
    said = _by_id(connection, judgement)
    if said.undone_at or said.superseded_by:
        raise NoSuchJudgement(f"judgement {judgement} is not in force any more")
    connection.execute(
        "UPDATE engine.judgement SET undone_by = %s, undone_at = now(), undone_reason = %s WHERE id = %s",
        [by, reason.strip(), judgement],
    )
    connection.execute("DELETE FROM engine.accepted_name WHERE judgement = %s", [judgement])
    _follow(connection, said, "undo")
    return _by_id(connection, judgement)


def judgements_of(connection: Connection, nodes_of: Collection[str]) -> list[Judgement]:
    """Everything said of pairs of these nodes, oldest first."""
    with connection.cursor(row_factory=class_row(Judgement)) as cursor:
        return cursor.execute(
            f"SELECT {_COLUMNS} FROM engine.judgement WHERE a = ANY(%s) AND b = ANY(%s) ORDER BY id",
            [list(nodes_of), list(nodes_of)],
        ).fetchall()


def needs_second(connection: Connection, a: str, b: str) -> bool:
    """Whether two persons must agree that two nodes are one: where a finding that may be red rests on either, or
    either is a holder of office."""
    known = generations.keys_by_node(connection, [a, b])
    return bool(generations.consequential(connection, {key for keys in known.values() for key in keys}))


def concerned(connection: Connection, *listed: str) -> set[str]:
    """Whom a word on these nodes concerns: the subjects they stand for, under every key they had."""
    return {key for keys in generations.keys_by_node(connection, listed).values() for key in keys}


def judgement(connection: Connection, number: int) -> Judgement:
    """What was said, in force or not.  Raises NoSuchJudgement."""
    return _by_id(connection, number)


def _by_id(connection: Connection, judgement: int) -> Judgement:
    with connection.cursor(row_factory=class_row(Judgement)) as cursor:
        found = cursor.execute(f"SELECT {_COLUMNS} FROM engine.judgement WHERE id = %s", [judgement]).fetchone()
    if found is None:
        raise NoSuchJudgement(f"there is no judgement {judgement}")
    return found


def _take_effect(connection: Connection, said: Judgement, reason: str) -> None:
    if said.in_force:
        older = connection.execute(
            "UPDATE engine.judgement SET superseded_by = %s WHERE a = %s AND b = %s AND id < %s "
            "AND superseded_by IS NULL AND undone_at IS NULL RETURNING id",
            [said.id, said.a, said.b, said.id],
        ).fetchall()
        connection.execute("DELETE FROM engine.accepted_name WHERE judgement = ANY(%s)", [[row[0] for row in older]])
        if said.verdict == SAME:
            _accept_name(connection, said)
    _follow(connection, said, reason)


def _accept_name(connection: Connection, said: Judgement) -> None:
    """The name of a record that stands with a number of another name is a name of that number from now on."""
    connection.execute(
        "INSERT INTO engine.accepted_name (key, name_form, judgement) SELECT conflict_key, name_form, %s "
        "FROM engine.source_record WHERE 'r:' || id::text = ANY(%s) AND 's:' || conflict_key = ANY(%s) "
        "AND reason = 'name-conflict' ON CONFLICT DO NOTHING",
        [said.id, [said.a, said.b], [said.a, said.b]],
    )


def _follow(connection: Connection, said: Judgement, reason: str) -> None:
    generation = Generation(connection, reason, facts={"judgement": said.id})
    generations.renew(connection, [said.a, said.b], generation)
    generations.settle_questions(connection, [said.a, said.b])


def refuse_contradiction(connection: Connection, a: str, b: str, verdict: str) -> None:
    """Raises Contradiction where what people said before, in force, makes the verdict impossible."""
    if verdict == UNSURE:
        return
    listed = connection.execute(
        f"SELECT a, b, verdict, id FROM engine.judgement j WHERE {IN_FORCE} AND verdict <> 'unsure' "
        "AND NOT (a = %s AND b = %s) ORDER BY id", [a, b],
    ).fetchall()  # fmt: skip
    same = [(one, other, number) for one, other, said, number in listed if said == SAME]
    mine, theirs = _reached(a, same), _reached(b, same)
    if verdict == DIFFERENT:
        if b in mine:
            chain = ", ".join(str(number) for number in mine[b])
            raise Contradiction(f"judgements {chain} say the two are one; take one of them back first")
        return
    for one, other, said, number in listed:
        if said == DIFFERENT and ((one in mine and other in theirs) or (other in mine and one in theirs)):
            raise Contradiction(f"judgement {number} says {one} and {other} are different; take it back first")
    _refuse_two_numbers(connection, a, b, mine, theirs)


def _reached(start: str, same: Collection[tuple[str, str, int]]) -> dict[str, tuple[int, ...]]:
    """Nodes said to be one with a node, and by which judgements."""
    found: dict[str, tuple[int, ...]] = {start: ()}
    grown = True
    while grown:
        grown = False
        for a, b, number in same:
            for one, other in ((a, b), (b, a)):
                if one in found and other not in found:
                    found[other], grown = (*found[one], number), True
    return found


def _refuse_two_numbers(
    connection: Connection, a: str, b: str, mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> None:  # fmt: skip
    """Two numbers become one subject's by a judgement of just these two, never in passing."""
    if not nodes.is_record(a) and not nodes.is_record(b):
        return
    one = [node for node in mine if not nodes.is_record(node)]
    other = [node for node in theirs if not nodes.is_record(node) and node not in mine]
    if one and other:
        raise Contradiction(
            f"this would make {one[0]} and {other[0]}, who have different numbers, one; judge these two first"
        )


def touched(connection: Connection, judgement: int) -> tuple[list[str], list[str]]:
    """Subjects that were merged or parted by a judgement, and datasets where mentions got another subject."""
    made = "(SELECT id FROM engine.identity_generation WHERE facts->>'judgement' = %(id)s)"
    changed = f"(since IN {made} OR until IN {made})"
    values = {"id": str(judgement)}
    keys = connection.execute(
        f"SELECT old FROM engine.subject_alias WHERE {changed} UNION "
        f"SELECT key FROM engine.subject_alias WHERE {changed} UNION SELECT key FROM engine.resolution WHERE {changed}",
        values,
    ).fetchall()
    datasets = connection.execute(
        "SELECT DISTINCT p.dataset FROM engine.record_place p JOIN engine.resolution r ON r.record = p.record "
        f"WHERE {changed}",
        values,
    ).fetchall()
    return sorted(row[0] for row in keys), sorted(row[0] for row in datasets)
