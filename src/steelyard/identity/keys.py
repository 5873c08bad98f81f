"""Surrogate keys by valid numbers (tier T1) and by a publisher's own identifiers (tier source)."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

import psycopg
import pyarrow as pa

from steelyard.engines.duck import Duck
from steelyard.engines.postgres import Database, Role
from steelyard.identity import checking, numbers, records
from steelyard.identity.checking import OWN
from steelyard.identity.names import company_form, compatible, person_form
from steelyard.identity.records import masked
from steelyard.kit import identifiers
from steelyard.kit.number_shapes import RESIDENT
from steelyard.kit.sqltext import quoted
from steelyard.pool import Question

LOCK = "steelyard identity"
"""Held by whoever gives keys."""
_FITS = (
    "({id_kind} = 'source' OR ({id_kind} = 'resident' AND {kind} IN ('person', 'party')) "
    "OR ({id_kind} = 'credit' AND {kind} IN ('company', 'org', 'party')))"
)
"""SQL: whether a number of a kind may stand for a subject of the asked kind."""
KNOWN = pa.schema([("id_kind", pa.string()), ("value", pa.string()), ("key", pa.string()), ("name", pa.string())])


class IdentityKeys:
    """The key-giving step of landing.

    Known numbers are held in memory and refreshed under a lock, so two landings never give two keys to one number.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._known = KNOWN.empty_table()
        self._seen = 0
        self._own: set[str] = set()
        """Keys that our own records named, where memory has them."""

    def assign(self, duck: Duck, asked: str, answered: str, on: dt.date) -> None:
        """See ``pool.Keys``: a key for every usable number, a reason for every other."""
        duck.register("known before", self._known)
        self._classify(duck, asked, on)
        duck.unregister("known before")
        with self.database.transaction(Role.WORKER) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [LOCK])
            self._refresh(connection)
            self._take_own(duck, connection)
            duck.register("known before", self._known)
            self._mint(duck, connection)
            newest = connection.execute("SELECT coalesce(max(seq), 0) FROM engine.identifier").fetchone()
        # Only now is it committed; an error above leaves the memory as it was.
        duck.execute(
            'CREATE TABLE "known" AS SELECT * FROM "known before" UNION ALL '
            'SELECT id_kind, value, key, name FROM "minted"'
        )
        minted = duck.sql('SELECT id_kind, value, key, name FROM "minted"').to_arrow_table()
        self._known = pa.concat_tables([self._known, minted.cast(KNOWN)])
        self._seen = int(newest[0]) if newest else self._seen
        self._answer(duck, answered)
        for name in ("classified", "minted", "known"):
            duck.execute(f"DROP TABLE {quoted(name)}")
        duck.unregister("known before")

    def ask(self, connection: "psycopg.Connection[Any]", questions: Sequence[Question]) -> None:
        """Put questions into the data-quality queue; the same question is asked once."""
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO engine.identity_question (delivery, dataset, column_name, file, row, reason, fault, "
                "masked, name, known_name, key) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
                "ON CONFLICT DO NOTHING",
                [
                    (q.delivery, q.dataset, q.column, q.file, q.row, q.reason, _fault(q), masked(q.number), q.name,
                     q.known_name, q.key)
                    for q in questions
                ],
            )  # fmt: skip

    def mention(
        self, connection: "psycopg.Connection[Any]", duck: Duck, mentions: str, delivery: str, dataset: str,
        supplier: str,
    ) -> None:  # fmt: skip
        """See ``pool.Keys``: keep whom rows name without a usable number, so that linkage may find them."""
        records.keep(connection, duck, mentions, delivery, dataset, supplier)

    # -- steps -----------------------------------------------------------------------------

    def _classify(self, duck: Duck, asked: str, on: dt.date) -> None:
        """Normal form and kind of every number; ``id_kind`` is null where it is none of the asked kind."""
        checking.judge(duck, asked, on)
        duck.execute(
            """CREATE TABLE "checked" AS
            SELECT value, id_kind, mistyped FROM "judged" ANTI JOIN "known before" USING (value)
            UNION ALL SELECT k.value, k.id_kind, false FROM "known before" k SEMI JOIN "valued" USING (value)"""
        )
        fits = _FITS.format(kind="a.kind", id_kind="c.id_kind")
        # One in 31 mistyped resident numbers passes as a credit code; where either may stand, it is not taken for one.
        duck.execute(
            f"""CREATE TABLE "classified" AS SELECT a.*, v.value,
                CASE WHEN {fits} AND NOT (a.kind = 'party' AND c.mistyped) THEN c.id_kind END AS id_kind
            FROM {asked} a JOIN "valued" v USING (number) LEFT JOIN "checked" c USING (value)"""
        )
        for name in ("valued", "judged", "checked"):
            duck.execute(f"DROP TABLE {quoted(name)}")

    def _refresh(self, connection: "psycopg.Connection[Any]") -> None:
        """Read what was added since; under the lock, so that nothing is skipped."""
        listed = connection.execute(
            "SELECT i.kind, i.value, i.key, s.name, i.seq FROM engine.identifier i "
            "JOIN engine.subject s ON s.key = i.key WHERE i.seq > %s ORDER BY i.seq",
            [self._seen],
        ).fetchall()
        if listed:
            columns = list(zip(*listed, strict=True))
            added = pa.table([pa.array(column, pa.string()) for column in columns[:4]], schema=KNOWN)
            self._known = pa.concat_tables([self._known, added])
            self._seen = listed[-1][4]

    def _take_own(self, duck: Duck, connection: "psycopg.Connection[Any]") -> None:
        """Subjects that our own records name by their key: they are who they are, and get no other key."""
        found = duck.execute(
            f"SELECT DISTINCT value FROM \"classified\" WHERE id_kind = 'source' AND starts_with(value, '{OWN}')"
        ).fetchall()
        asked = {str(row[0]).removeprefix(OWN) for row in found} - self._own
        if not asked:
            return
        known = connection.execute(
            "SELECT key, name FROM engine.subject WHERE key = ANY(%s)", [sorted(asked)]
        ).fetchall()
        rows = [("source", OWN + key, key, name) for key, name in known]
        if rows:
            columns = zip(*rows, strict=True)
            added = pa.table([pa.array(column, pa.string()) for column in columns], schema=KNOWN)
            self._known = pa.concat_tables([self._known, added])
            self._own |= {key for key, _ in known}

    def _mint(self, duck: Duck, connection: "psycopg.Connection[Any]") -> None:
        """New keys for new numbers, under the name that stands with them most often."""
        duck.execute(
            """CREATE TABLE "minted" AS
            SELECT id_kind, value, CAST(uuid() AS VARCHAR) AS key, name, kind FROM (
                SELECT id_kind, value, name, CASE
                    WHEN id_kind = 'resident' THEN 'person'
                    WHEN kind = 'party' THEN 'company' ELSE kind END AS kind,
                    row_number() OVER (PARTITION BY id_kind, value ORDER BY name = '', times DESC, name) AS place
                FROM "classified" c ANTI JOIN "known before" k USING (id_kind, value) WHERE id_kind IS NOT NULL)
            WHERE place = 1"""
        )
        minted = duck.execute('SELECT id_kind, value, key, name, kind FROM "minted"').fetchall()
        if minted:
            self._keep(connection, minted)

    def _keep(self, connection: "psycopg.Connection[Any]", minted: Sequence[Any]) -> None:
        with connection.cursor().copy("COPY engine.subject (key, kind, name, tier) FROM STDIN") as copy:
            for id_kind, _, key, name, kind in minted:
                copy.write_row((key, kind, name, "source" if id_kind == "source" else "T1"))
        with connection.cursor().copy("COPY engine.identifier (kind, value, key) FROM STDIN") as copy:
            for id_kind, value, key, _, _ in minted:
                copy.write_row((id_kind, value, key))

    def _answer(self, duck: Duck, answered: str) -> None:
        duck.execute(
            f"""CREATE TABLE {answered} AS
            SELECT c.kind, c.number, c.name, k.key, CASE WHEN c.id_kind IS NULL THEN 'number' END AS reason,
                k.name AS known_name, CAST(NULL AS VARCHAR) AS known_key
            FROM "classified" c LEFT JOIN "known" k USING (id_kind, value)"""
        )
        self._learn_names(duck)
        differing = duck.execute(
            f"SELECT kind, number, name, known_name, key FROM {answered} "
            'JOIN "classified" c USING (kind, number, name) WHERE key IS NOT NULL '
            "AND name <> '' AND known_name <> '' AND name <> known_name AND c.id_kind <> 'source'"
        ).fetchall()
        accepted = self._accepted() if differing else set()
        differing = [row for row in differing if not accepted & {(row[4], form) for form in _forms(row[2])}]
        wrong = [row for row in differing if not compatible(_kind(row), row[2], row[3])]
        if not wrong:
            return
        columns = list(zip(*((row[0], row[1], row[2]) for row in wrong), strict=True))
        duck.register("conflicts", pa.table([pa.array(c, pa.string()) for c in columns], ["kind", "number", "name"]))
        # A body may be called in many ways, and no person is harmed by that: it keeps its key.
        duck.execute(
            f"UPDATE {answered} SET reason = CASE WHEN kind = 'org' THEN 'org-name' ELSE 'name-conflict' END, "
            f"known_key = key, key = CASE WHEN kind = 'org' THEN key END "
            f'WHERE (kind, number, name) IN (SELECT (kind, number, name) FROM "conflicts")'
        )
        duck.unregister("conflicts")

    def _accepted(self) -> set[tuple[str, str]]:
        """Names that people have confirmed for a number, as keys and forms."""
        with self.database.connect(Role.WORKER) as connection:
            return set(connection.execute("SELECT key, name_form FROM engine.accepted_name").fetchall())

    def _learn_names(self, duck: Duck) -> None:
        """A subject known without a name takes the first one it is given."""
        found = duck.execute(
            """SELECT k.key, max_by(c.name, c.times) FROM "classified" c JOIN "known" k USING (id_kind, value)
            WHERE k.name = '' AND c.name <> '' GROUP BY 1"""
        ).fetchall()
        if not found:
            return
        with self.database.transaction(Role.WORKER) as connection, connection.cursor() as cursor:
            cursor.executemany("UPDATE engine.subject SET name = %s WHERE key = %s AND name = ''",
                               [(name, key) for key, name in found])  # fmt: skip
        learned = dict(found)
        names = [learned.get(key, name) for key, name in zip(self._known["key"].to_pylist(),
                                                             self._known["name"].to_pylist(), strict=True)]  # fmt: skip
        self._known = self._known.set_column(3, "name", pa.array(names, pa.string()))


class RehearsalKeys(IdentityKeys):
    """Gives the keys and reasons that landing would give, and keeps none of them."""

    def _keep(self, connection: "psycopg.Connection[Any]", minted: Sequence[Any]) -> None:
        """Nothing: the new numbers are forgotten."""

    def _learn_names(self, duck: Duck) -> None:
        """Nothing: no subject gets a name by a rehearsal."""


def _forms(name: str) -> tuple[str, str]:
    return person_form(name), company_form(name)


def _kind(row: Sequence[Any]) -> str:
    return "person" if _is_person(row) else str(row[0])


def _is_person(row: Sequence[Any]) -> bool:
    return row[0] == "person" or (row[0] == "party" and identifiers.is_resident_id(identifiers.normal(row[1])))


def _fault(question: Question) -> str:
    """What is wrong with the number, for the steward who asks the department for another."""
    if question.reason != "number":
        return ""
    today, plain = dt.date.today(), identifiers.normal(question.number)
    mistyped = re.fullmatch(RESIDENT, plain) and not identifiers.is_resident_id(plain, today=today)
    # Where either may stand, a mistyped resident number is none, though one in 31 would pass as a credit code.
    return numbers.fault(plain, today=today) or ("check-character" if mistyped else "other-kind")
