"""Text rows → typed rows with keys, and the rows that break the contract with everything they break."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from steelyard.contracts import Column, Contract, checks
from steelyard.engines.duck import Duck, rows
from steelyard.kit.sqltext import literal, quoted
from steelyard.pool import mentions, ordering
from steelyard.pool.keys import Keys, Question
from steelyard.pool.mapping import mapped, parquet
from steelyard.sources import Feed, Interface

SMALL_DELIVERY_ROWS = 100
"""Below this the share of bad rows says nothing, and the delivery is not refused."""
SHOWN_CHARACTERS = 200
KEPT_OF_A_REFUSED = 1_000
KEPT_SUPERSEDED = 10_000


@dataclass(frozen=True)
class Flaw:
    """One rule one row breaks."""

    file: str
    row: int
    rule: str
    column: str = ""
    value: str | None = None
    reason: str = ""
    raw: str | None = None
    outcome: str = "quarantined"
    key_hash: str | None = None
    """Stands for the row's key, where that could be read: a later row with it mends this one."""


@dataclass(frozen=True)
class Conformed:
    """The rows of one dataset of a delivery; the good ones stand in ``relation``.

    ``relation``: ``_file``, ``_row``, ``_order``, ``_gone`` (the row deletes its key) and the contract's columns, one
    row a key.  ``keyed``: the same of all rows, with ``_bad``; None where nothing could be read.
    """

    relation: str
    keyed: str | None
    received: int
    quarantined: int
    superseded: int
    flaws: tuple[Flaw, ...]
    questions: tuple[Question, ...]
    warnings: tuple[dict[str, object], ...]
    refused: str = ""
    """Why the whole delivery is refused; empty where it is not."""
    mentions: str | None = None
    """Table of whom rows name without a usable number; None where there are none."""


@dataclass(frozen=True)
class Task:
    """What is to be conformed."""

    delivery: str
    contract: Contract
    feed: Feed
    files: Sequence[str]
    """Text Parquet files."""
    order: Sequence[str]
    """Names of the delivered files, in the order in which a later row beats an earlier one."""
    columns: set[str]
    delivered_on: dt.date
    interface: Interface = field(default_factory=lambda: Interface("", {}, ()))
    tidy: frozenset[str] = frozenset()
    """Columns of the files that need no trimming."""

    @property
    def extra(self) -> Mapping[str, str]:
        """Fields that say operation and order, and their columns."""
        return ordering.fields(self.interface, self.columns)

    @property
    def name(self) -> str:
        return self.contract.dataset

    def relation(self, what: str) -> str:
        return quoted(f"{what} {self.name}")


def conform(duck: Duck, task: Task, keys: Keys, broken: Sequence[Flaw] = ()) -> Conformed:
    """Type, check and key the rows of one dataset.  ``broken``: lines that could not even be read."""
    good, keyed = task.relation("good"), task.relation("keyed")
    if not task.files:
        _empty(duck, task, good)
        return Conformed(good, None, len(broken), len(broken), 0, tuple(broken), (), ())
    _type(duck, task)
    _key(duck, task, keys)
    total, bad = _two(duck, f"SELECT count(*), count(*) FILTER (_bad) FROM {keyed}")
    _look_at(duck, task)
    received = total + len(broken)
    flaws = [*broken, *(_flaws(duck, task) if bad else ())]
    refused = refusal(task.contract, received, bad + len(broken), flaws)
    superseded, conflicts = (0, []) if refused else _last_wins(duck, task)
    return Conformed(
        relation=good,
        keyed=keyed,
        received=received,
        quarantined=bad + len(broken),
        superseded=superseded,
        flaws=tuple(flaws[:KEPT_OF_A_REFUSED] if refused else [*flaws, *conflicts]),
        questions=() if refused else tuple(_questions(duck, task)),
        warnings=tuple(_warnings(duck, task)),
        refused=refused,
        mentions=None if refused else _mentions(duck, task),
    )


def conform_again(duck: Duck, task: Task, keys: Keys, held: Sequence[tuple[str, int]]) -> Conformed:
    """Type and key the rows of a delivery that was let in before, which are good or bad as they were judged then.

    ``held``: file and row of those that were held back.  Of rows that share one line, such as the members of a
    published record, today's judgement says which of them it was.
    """
    good, keyed = task.relation("good"), task.relation("keyed")
    if not task.files:
        _empty(duck, task, good)
        return Conformed(good, None, 0, 0, 0, (), (), ())
    _type(duck, task)
    _key(duck, task, keys)
    places = task.relation("held")
    columns = [pa.array([file for file, _ in held], pa.string()), pa.array([row for _, row in held], pa.int64())]
    duck.register("held places", pa.table(columns, ["_file", "_row"]))
    duck.execute(
        f"CREATE TABLE {places} AS SELECT _file, _row, count(*) = 1 AS _alone FROM {keyed} "
        'SEMI JOIN "held places" USING (_file, _row) GROUP BY ALL'
    )
    duck.unregister("held places")
    duck.execute(
        f"UPDATE {keyed} k SET _bad = EXISTS (SELECT 1 FROM {places} p WHERE p._file = k._file AND p._row = k._row "
        "AND (p._alone OR k._bad))"
    )
    superseded, _ = _last_wins(duck, task)
    return Conformed(good, keyed, 0, 0, superseded, (), (), ())


def forget(duck: Duck, task: Task) -> None:
    """Remove what conforming left in the engine, so that another delivery of the dataset can be conformed in it."""
    name = task.relation("good")
    kinds = {kind for (kind,) in duck.execute(
        "SELECT table_type FROM information_schema.tables WHERE table_name = ?", [name[1:-1]]).fetchall()}  # fmt: skip
    duck.execute(f"DROP {'VIEW' if kinds & {'VIEW'} else 'TABLE'} IF EXISTS {name}")
    for what in ("typed", "text"):
        duck.execute(f"DROP VIEW IF EXISTS {task.relation(what)}")
    for what in ("keyed", "asked", "answered", "ranked", "held"):
        duck.execute(f"DROP TABLE IF EXISTS {task.relation(what)}")


def _type(duck: Duck, task: Task) -> None:
    contract, text, extra = task.contract, task.relation("text"), task.extra
    duck.execute(f"CREATE VIEW {text} AS {_mapped(task)}")
    more = (
        f"{ordering.order(contract, extra)} AS _order",
        f"{ordering.is_delete(task.interface, extra)} AS _gone",
    )
    rules = ordering.rules(contract, task.interface, extra)
    # A view: the texts of coded columns are many times cheaper to read twice than to write out once.
    duck.execute(f"CREATE VIEW {task.relation('typed')} AS {checks.typing(contract, text, rules, more)}")


def _mapped(task: Task, rows: str | None = None) -> str:
    return mapped(task.contract, task.feed, task.files, task.columns, task.extra, rows, task.tidy)


def _two(duck: Duck, sql: str) -> tuple[int, int]:
    found = duck.execute(sql).fetchall()[0]
    return int(found[0]), int(found[1])


def _count(duck: Duck, sql: str) -> int:
    # All rows are fetched: an unread result would block the connection.
    return int(duck.execute(sql).fetchall()[0][0])


def _empty(duck: Duck, task: Task, good: str) -> None:
    columns = [f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind in task.contract.schema.items()]
    duck.execute(
        f"CREATE TABLE {good} AS SELECT '' AS _file, CAST(0 AS BIGINT) AS _row, CAST(NULL AS BIGINT) AS _order, "
        f"false AS _gone, {', '.join(columns)} WHERE false"
    )


def _key(duck: Duck, task: Task, keys: Keys) -> None:
    """Ask identity for every distinct number once, and put the answers beside the rows."""
    contract, typed, keyed = task.contract, task.relation("typed"), task.relation("keyed")
    asked, answered = task.relation("asked"), task.relation("answered")
    subjects = checks.subjects(contract)
    if subjects:
        questions = " UNION ALL ".join(
            f"SELECT '{column.subject}' AS kind, {checks.number_name(column)} AS number, "
            f"coalesce({checks.name_name(column)}, '') AS name FROM {typed} "
            f"WHERE {checks.number_name(column)} IS NOT NULL"
            for column in subjects
        )
        duck.execute(
            f"CREATE TABLE {asked} AS SELECT kind, number, name, count(*) AS times FROM ({questions}) GROUP BY ALL"
        )
        keys.assign(duck, asked, answered, task.delivered_on)
    joins, columns = [], []
    for number, column in enumerate(contract.columns.values()):
        if not column.subject:
            columns.append(f"t.{quoted(column.name)}")
            continue
        alias = f"a{number}"
        joins.append(
            f"LEFT JOIN {answered} {alias} ON {alias}.kind = '{column.subject}' "
            f"AND {alias}.number = t.{checks.number_name(column)} "
            f"AND {alias}.name = coalesce(t.{checks.name_name(column)}, '')"
        )
        columns.append(f"{alias}.key AS {quoted(column.name)}")
        columns.append(f"{alias}.reason AS {checks.reason_name(column)}")
        columns.append(f"{mentions.is_mention(contract, column, alias)} AS {mentions.flag(column)}")
    bad = checks.any_of(ordering.later_rules(contract, task.extra))
    duck.execute(
        f"CREATE TABLE {keyed} AS SELECT * EXCLUDE (_bad, delivered_on), _bad OR {bad} AS _bad FROM ("
        f"SELECT t._file, t._row, t._at, t._bad, t._order, t._gone, "
        f"DATE '{task.delivered_on}' AS delivered_on, {', '.join(columns)} "
        f"FROM {typed} t {' '.join(joins)})"
    )


def _look_at(duck: Duck, task: Task) -> None:
    """Put the delivered rows that need a second look beside what became of them, as they came and as they are read."""
    looked, keyed, contract = task.relation("looked at"), task.relation("keyed"), task.contract
    doubts = [
        f"{checks.reason_name(column)} IS NOT NULL OR {mentions.flag(column)}" for column in checks.subjects(contract)
    ]
    condition = " OR ".join(["_bad", *doubts])
    delivered = task.relation("delivered")
    duck.execute(
        f"CREATE TABLE {delivered} AS SELECT p.* FROM {parquet(task.files)} p SEMI JOIN "
        f"(SELECT _file, _row, _at FROM {keyed} WHERE {condition}) l "
        "ON l._file = p._file AND l._row = p._row AND l._at = p.file_row_number"
    )
    texts = _mapped(task, delivered)
    duck.execute(
        f"CREATE TABLE {looked} AS SELECT k.*, DATE '{task.delivered_on}' AS delivered_on, "
        f"x.* EXCLUDE (_file, _row, _at) "
        f"FROM {keyed} k JOIN ({texts}) x ON x._file = k._file AND x._row = k._row AND x._at = k._at "
        f"WHERE {condition}"
    )


def _mentions(duck: Duck, task: Task) -> str | None:
    looked, keyed, answered = (task.relation(what) for what in ("looked at", "keyed", "answered"))
    return mentions.gather(duck, task.contract, looked, keyed, answered, task.relation("mentions"))


def _flaws(duck: Duck, task: Task) -> list[Flaw]:
    """Every broken rule of every bad row, with the delivered row as it came."""
    contract, looked = task.contract, task.relation("looked at")
    rules = [*ordering.rules(contract, task.interface, task.extra), *ordering.later_rules(contract, task.extra)]
    whole = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in contract.key)
    parts = [
        f"SELECT {number} AS n, _file, _row, _at, CAST({rule.value} AS VARCHAR) AS value, "
        f"CASE WHEN {whole} THEN {ordering.key_hash(contract)} END AS hash FROM {looked} WHERE _bad AND ({rule.broken})"
        for number, rule in enumerate(rules)
        if rule.level != "warn"
    ]
    raw = raw_rows(duck, task)
    found = duck.execute(f"{' UNION ALL '.join(parts)} ORDER BY _file, _row, _at, n").fetchall()
    titles = {f"check:{check.id}": check.title.en for check in contract.checks}
    return [
        Flaw(
            file, row, rules[n].id, rules[n].column, value[:SHOWN_CHARACTERS] if value else value,
            titles.get(rules[n].id, ""), raw.get((file, row, at)), key_hash=key,
        )
        for n, file, row, at, value, key in found
    ]  # fmt: skip


def raw_rows(duck: Duck, task: Task, places: str | None = None) -> dict[tuple[str, int, int], str]:
    """Delivered rows as JSON by file, row and place: of the bad rows, or of the relation ``places``."""
    wanted = f"(SELECT _file, _row, _at FROM {places or task.relation('looked at')}{'' if places else ' WHERE _bad'})"
    source = parquet(task.files) if places else task.relation("delivered")
    found = rows(
        duck,
        f"SELECT p.* FROM {source} p SEMI JOIN {wanted} l "
        "ON l._file = p._file AND l._row = p._row AND l._at = p.file_row_number",
    )
    return {
        (row.pop("_file"), row.pop("_row"), row.pop("file_row_number")): json.dumps(row, ensure_ascii=False)
        for row in found
    }


def refusal(contract: Contract, received: int, bad: int, flaws: Sequence[Flaw]) -> str:
    """Why so many or such bad rows refuse the whole delivery; empty where they do not."""
    rejecting = {f"check:{check.id}" for check in contract.checks if check.level == "reject"}
    for flaw in flaws:
        if flaw.rule in rejecting:
            return f"{contract.dataset}: {flaw.file} row {flaw.row} breaks {flaw.rule}, which refuses the delivery"
    if received >= SMALL_DELIVERY_ROWS and bad > received * contract.quarantined_share:
        return (
            f"{contract.dataset}: {bad} of {received} rows are bad, more than "
            f"{contract.quarantined_share:.1%}; the first: {flaws[0].file} row {flaws[0].row}, "
            f"{flaws[0].column or 'line'}: {flaws[0].rule}"
        )
    return ""


def _last_wins(duck: Duck, task: Task) -> tuple[int, list[Flaw]]:
    """Keep the last row of every key.  Returns how many gave way, and which."""
    contract, keyed, good = task.contract, task.relation("keyed"), task.relation("good")
    key = ", ".join(quoted(name) for name in contract.key)
    columns = ", ".join(quoted(name) for name in contract.columns)
    duck.execute(f"CREATE VIEW {good} AS SELECT _file, _row, _order, _gone, {columns} FROM {keyed} WHERE NOT _bad")
    if not _repeats(duck, f"SELECT hash({key}) AS hash FROM {good}"):
        return 0, []
    order = f"list_position([{', '.join(literal(name) for name in task.order)}], _file)"
    ranked = task.relation("ranked")
    admissible = f"(SELECT * FROM {keyed} WHERE NOT _bad)"
    duck.execute(
        f"CREATE TABLE {ranked} AS SELECT *, row_number() OVER w AS _place, "
        f"first_value(hash(_gone, {columns})) OVER w <> hash(_gone, {columns}) AS _differs FROM {admissible} "
        f"SEMI JOIN (SELECT {key} FROM {admissible} GROUP BY ALL HAVING count(*) > 1) USING ({key}) "
        f"WINDOW w AS (PARTITION BY {key} ORDER BY _order DESC NULLS LAST, {order} DESC, _row DESC, _at DESC)"
    )
    superseded = _count(duck, f"SELECT count(*) FROM {ranked} WHERE _place > 1")
    words = " || ' ' || ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in contract.key)
    gone = duck.execute(
        f"SELECT _file, _row, {words}, _differs FROM {ranked} WHERE _place > 1 ORDER BY 1, 2 LIMIT {KEPT_SUPERSEDED}"
    ).fetchall()
    duck.execute(
        f"CREATE OR REPLACE VIEW {good} AS SELECT _file, _row, _order, _gone, {columns} FROM {keyed} "
        f"ANTI JOIN (SELECT _file, _row, _at FROM {ranked} WHERE _place > 1) USING (_file, _row, _at) WHERE NOT _bad"
    )
    same, other = "a later row has the same key and says the same", "a later row has the same key and says otherwise"
    listed = ", ".join(contract.key)
    return superseded, [
        Flaw(file, row, "key-duplicate", listed, str(value)[:SHOWN_CHARACTERS], other if differs else same, None,
             "superseded")
        for file, row, value, differs in gone
    ]  # fmt: skip


def _repeats(duck: Duck, hashes: str) -> bool:
    """Whether a query of hashes gives one twice: sorting them is cheaper than counting distinct ones."""
    found = np.sort(duck.sql(hashes).fetchnumpy()["hash"])
    return bool((found[1:] == found[:-1]).any())


def _questions(duck: Duck, task: Task) -> list[Question]:
    """Numbers that could not be used: of admitted rows all, of quarantined ones the conflicts."""
    return [found for column in checks.subjects(task.contract) for found in _questions_of(duck, task, column)]


def _questions_of(duck: Duck, task: Task, column: Column) -> list[Question]:
    reason, number, name = checks.reason_name(column), *(checks.text_name(field) for field in column.raw)
    looked, answers = task.relation("looked at"), task.relation("answered")
    listed = duck.execute(
        f"SELECT k._file, k._row, k.{reason}, k.{number}, coalesce(k.{name}, ''), a.known_name, a.known_key "
        f"FROM {looked} k JOIN {answers} a ON a.kind = '{column.subject}' AND a.number = k.{number} "
        f"AND a.name = coalesce(k.{name}, '') "
        f"WHERE k.{reason} = 'name-conflict' OR (k.{reason} IS NOT NULL AND NOT k._bad) ORDER BY 1, 2"
    ).fetchall()
    return [
        Question(task.delivery, task.name, column.name, file, row, why, value, called, known or "", key)
        for file, row, why, value, called, known, key in listed
    ]


def _warnings(duck: Duck, task: Task) -> list[dict[str, object]]:
    """Checks of level warn that rows fail, with how many and the first place."""
    found: list[dict[str, object]] = []
    keyed = task.relation("keyed")
    for check in task.contract.checks:
        if check.level != "warn":
            continue
        row = duck.execute(
            f"SELECT count(*), min(_file), min(_row) FROM (SELECT *, DATE '{task.delivered_on}' AS delivered_on "
            f"FROM {keyed}) WHERE NOT ({check.sql})"
        ).fetchall()[0]
        if row[0]:
            found.append({"kind": "warning", "dataset": task.name, "check": check.id, "rows": row[0],
                          "file": row[1], "row": row[2], "zh": check.title.zh, "en": check.title.en})  # fmt: skip
    return found
