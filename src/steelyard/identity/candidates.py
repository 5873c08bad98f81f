"""Edges that joins find: a name with birth date and village, or with phone; and what only a person can answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
import pyarrow as pa

from steelyard.engines.duck import Duck
from steelyard.identity.linkage.engine import Engine
from steelyard.identity.name_columns import is_plain_name, person_form_sql
from steelyard.identity.nodes import SUBJECT
from steelyard.identity.records import form_of, is_persons
from steelyard.kit.sqltext import quoted
from steelyard.pool import Pool, PoolVersion

Connection = psycopg.Connection[Any]
SHORTEST_PHONE = 7
MOST_ASKED = 5
"""Of one record no more than so many candidates are put to a person."""
BATCH = 200_000
_REGISTERS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "person": (
        "person_id",
        {"birth": "birth_date", "sex": "sex", "area": "hukou_village_code", "phone": "phone", "address": "address"},
    ),
    "company": ("company_id", {"area": "area_code", "phone": "phone", "address": "address"}),
}
"""Key and details by column of the registers of subjects, which are datasets of these names."""
_RECORD = pa.schema(
    [
        *((name, pa.string()) for name in ("node", "kind", "form", "name", "sex", "area", "phone", "address", "key")),
        ("birth", pa.date32()),
        ("fresh", pa.bool_()),
    ]
)


@dataclass(frozen=True, order=True)
class Found:
    """An edge as the joins give it."""

    a: str
    b: str
    tier: str
    method: str
    agrees: tuple[str, ...] = ()


def put_records(connection: Connection, duck: Duck) -> int:
    """Table ``record`` of the records that stand: in a row of the pool, or with a conflict held back.

    Columns as ``_RECORD``; ``key``: the subject whose number it bears under another name; ``fresh``: never looked at.
    """
    rows = connection.execute(
        "SELECT 'r:' || s.id::text, s.kind, s.name_form, s.name, s.sex, s.area_code, s.phone, s.address, "
        "CASE WHEN s.reason = 'name-conflict' THEN s.conflict_key END, s.birth_date, s.since = 0 "
        "FROM engine.source_record s WHERE s.kind <> 'org' AND s.name_form <> '' AND (EXISTS ("
        "SELECT 1 FROM engine.record_place p JOIN engine.delivery d ON d.id = p.delivery AND d.state = 'accepted' "
        "WHERE p.record = s.id) OR (s.reason = 'name-conflict' AND EXISTS (SELECT 1 FROM engine.quarantine q "
        "WHERE q.delivery = s.delivery AND q.dataset = s.dataset AND q.file = s.file AND q.row = s.row "
        "AND q.state = 'open'))) ORDER BY s.id"
    ).fetchall()
    decided = [(row[0], _kind(row[1], row[3]), *row[2:]) for row in rows]
    columns = list(zip(*decided, strict=True)) or [()] * len(_RECORD)
    table = pa.table([pa.array(values, kind.type) for values, kind in zip(columns, _RECORD, strict=True)], _RECORD)
    duck.register("given records", table)
    duck.execute(f'CREATE TABLE record AS SELECT * REPLACE ({_phone("phone")} AS phone) FROM "given records"')
    duck.unregister("given records")
    return len(rows)


def _kind(kind: str, name: str) -> str:
    if kind != "party":
        return kind
    return "person" if is_persons(name) else "company"


def _phone(text: str) -> str:
    """SQL: the last eleven digits of a phone, null where there are too few."""
    digits = f"regexp_replace({text}, '[^0-9]', '', 'g')"
    return f"CASE WHEN length({digits}) >= {SHORTEST_PHONE} THEN right({digits}, 11) END"


def put_base(duck: Duck, pool: Pool, version: PoolVersion, kind: str) -> None:
    """Table ``base``: rows of the register whose name a record bears, with ``node`` and ``form``."""
    key, columns = _REGISTERS[kind]
    duck.execute("DROP TABLE IF EXISTS base")
    duck.execute(
        "CREATE TABLE base (node VARCHAR, form VARCHAR, birth DATE, sex VARCHAR, area VARCHAR, phone VARCHAR, "
        "address VARCHAR, name VARCHAR)"
    )
    if kind not in pool.contracts or not pool.files(kind, version):
        return
    pool.register(duck, kind, version, name="register")
    _put_forms(duck, kind)
    there = set(pool.contracts[kind].columns)
    said = [columns.get(name, "") for name in ("birth", "sex", "area", "phone", "address")]
    chosen = [f"r.{quoted(name)}" if name in there else "NULL" for name in said]
    chosen[3] = _phone(chosen[3]) if chosen[3] != "NULL" else "NULL"
    duck.execute(
        f"INSERT INTO base SELECT '{SUBJECT}' || r.{key}, f.form, {', '.join(chosen)}, r.name FROM register r "
        "JOIN register_form f ON f.name = r.name"
    )
    duck.execute("DROP TABLE register_form")
    duck.execute("DROP VIEW register")


def put_register(duck: Duck, pool: Pool, version: PoolVersion, kind: str) -> None:
    """Table ``register_row``: the whole register as the statistical step reads it."""
    key, columns = _REGISTERS[kind]
    duck.execute("DROP TABLE IF EXISTS register_row")
    if kind not in pool.contracts:
        duck.execute("CREATE TABLE register_row (unique_id VARCHAR, name VARCHAR)")
        return
    pool.register(duck, kind, version, name="register")
    there = set(pool.contracts[kind].columns)
    said = {"birth_date": "birth", "sex": "sex", "area_code": "area", "phone": "phone", "address": "address"}
    chosen = [
        f"CAST({quoted(columns[name])} AS VARCHAR) AS {given}"
        for given, name in said.items()
        if columns.get(name) in there
    ]
    listed = ", ".join([f"'{SUBJECT}' || {key} AS unique_id", "name", *chosen])
    duck.execute(f"CREATE TABLE register_row AS SELECT {listed} FROM register WHERE name IS NOT NULL")
    duck.execute("DROP VIEW register")


def _put_forms(duck: Duck, kind: str) -> None:
    """Table ``register_form`` of the register's names that have the form of a record's name.

    The engine itself forms plain names of persons, so that of a large register few names are looked at one by one.
    """
    wanted = {row[0] for row in duck.execute(f"SELECT DISTINCT form FROM record WHERE kind = '{kind}'").fetchall()}
    plain, form = (is_plain_name("name"), person_form_sql("name")) if kind == "person" else ("false", "name")
    duck.execute(
        f"CREATE TABLE register_form AS SELECT name, form FROM (SELECT name, {form} AS form FROM "
        f"(SELECT DISTINCT name FROM register WHERE {plain})) "
        f"WHERE form IN (SELECT form FROM record WHERE kind = '{kind}')"
    )
    reading = duck.cursor().execute(f"SELECT DISTINCT name FROM register WHERE name IS NOT NULL AND NOT {plain}")
    while batch := reading.fetchmany(BATCH):
        fits = [(name, form) for (name,) in batch if (form := form_of(kind, name)) in wanted]
        if fits:
            names, forms = zip(*fits, strict=True)
            duck.register("batch", pa.table({"name": pa.array(names), "form": pa.array(forms)}))
            duck.execute('INSERT INTO register_form SELECT name, form FROM "batch"')
            duck.unregister("batch")


def against_base(engine: Engine, kind: str) -> list[Found]:
    """Edges from records to the register: T2 where exactly one fits, else questions."""
    engine.make(
        "candidate",
        f"""SELECT r.node AS record, b.node AS subject,
            {_place(kind)} AS village, r.birth = b.birth AS birth, r.phone = b.phone AS phone
        FROM record r JOIN base b ON b.form = r.form
        WHERE r.kind = '{kind}' AND b.node IS DISTINCT FROM '{SUBJECT}' || r.key
            AND coalesce(r.birth = b.birth, true) AND coalesce(r.sex = b.sex, true)
            AND {f"(r.phone = b.phone OR r.birth = b.birth OR {_place(kind)})" if kind == "person" else "true"}""",
    )
    near = "birth AND village" if kind == "person" else "village"
    sure = f"(coalesce(phone, false) OR coalesce({near}, false))"
    rows = engine.fetch(
        f"""SELECT record, subject, coalesce(birth, false) AS birth, coalesce(village, false) AS village,
            coalesce(phone, false) AS phone, sure,
            count(CASE WHEN sure THEN 1 END) OVER (PARTITION BY record) AS surely,
            count(*) OVER (PARTITION BY record) AS many,
            row_number() OVER (PARTITION BY record ORDER BY sure DESC, subject) AS place
        FROM (SELECT *, {sure} AS sure FROM (SELECT record, subject, bool_or(village) AS village,
            bool_or(birth) AS birth, bool_or(phone) AS phone FROM candidate GROUP BY record, subject) AS one) AS said
        ORDER BY record, subject"""
    ).to_pylist()
    return [edge for row in rows for edge in _answer(**row)]


def _place(kind: str) -> str:
    """SQL: whether the places agree: villages of persons; a company's name is registered once in a county."""
    return "r.area = b.area" if kind == "person" else "left(r.area, 6) = left(b.area, 6)"


def _answer(
    record: str, subject: str, birth: bool, village: bool, phone: bool, sure: bool, surely: int, many: int, place: int
) -> Iterable[Found]:
    agrees = tuple(name for name, said in (("birth", birth), ("village", village), ("phone", phone)) if said)
    method = "+".join(("name", *agrees))
    if sure and surely == 1:
        yield Found(record, subject, "T2", method, agrees)
    elif surely > 1 and sure and place <= MOST_ASKED:
        yield Found(record, subject, "T4", f"{method}, several", agrees)
    elif not surely and many == 1:
        yield Found(record, subject, "T4", method, agrees)


def among_records(engine: Engine) -> list[Found]:
    """T2 edges between records nobody of whom a register knows: each to the first of its group."""
    found: list[Found] = []
    alone = "(SELECT * FROM record ANTI JOIN met ON met.record = record.node WHERE kind = 'person') AS alone"
    for method, columns, agrees in (
        ("name+birth+village", ("birth", "area"), ("birth", "village")),
        ("name+phone", ("phone",), ("phone",)),
    ):
        group = ", ".join(("form", *columns))
        known = " AND ".join(f"{name} IS NOT NULL" for name in columns)
        over = f"OVER (PARTITION BY {group})"
        rows = engine.fetch(
            f"""SELECT first_node, node FROM (SELECT node, min(node) {over} AS first_node,
                min(birth) {over} IS NOT DISTINCT FROM max(birth) {over}
                AND min(sex) {over} IS NOT DISTINCT FROM max(sex) {over} AS alike FROM {alone} WHERE {known}) AS told
            WHERE node <> first_node AND alike ORDER BY first_node, node"""
        ).to_pylist()
        found += [Found(row["first_node"], row["node"], "T2", method, agrees) for row in rows]
    return found


def conflicts(duck: Duck) -> list[Found]:
    """T1x: records that bear a subject's number under a name that cannot be his."""
    rows = duck.execute(f"SELECT node, '{SUBJECT}' || key FROM record WHERE key IS NOT NULL ORDER BY 1").fetchall()
    return [Found(node, subject, "T1x", "same-number") for node, subject in rows]
