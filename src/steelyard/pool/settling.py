"""What a delivery does to a table: which rows are written, which keys go, which rows come too late.

The same step is taken when a delivery is published and when the deliveries after a withdrawn one are told again, so
that a table is always what its deliveries say in their order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck
from steelyard.kit.sqltext import literal, quoted
from steelyard.pool import ordering
from steelyard.pool.conform import KEPT_SUPERSEDED, SHOWN_CHARACTERS, Conformed, Flaw
from steelyard.pool.tables import match

LATE = "a newer version of the row was there before"
LATE_PERIOD = "a delivery of a later period answered for the same scope before"
DELETED = "the row was deleted by a newer change"


@dataclass(frozen=True)
class Before:
    """What a delivery meets, as relations of one engine."""

    old: str
    """The table: the contract's columns and the lineage columns."""
    tombstones: str | None = None
    """``key_hash`` and ``row_order`` of deletes, each hash once."""
    answered: frozenset[str] = frozenset()
    """Scopes for which the supplier delivered a later period."""


@dataclass(frozen=True)
class Settled:
    """What is to be done."""

    good: str
    """Rows to be written where they differ."""
    gone: str | None
    """Keys to be no more; none of them stands in ``good``."""
    deletes: int = 0
    """Rows that delete a key."""
    deleted: int = 0
    """Of these, rows whose key the table held."""
    late: int = 0
    flaws: tuple[Flaw, ...] = ()
    """The late rows, as far as they are listed."""
    tombstones: tuple[tuple[str, int], ...] = ()
    """Hash and order of the deletes that took effect."""


def scope_text(contract: Contract, relation: str = "") -> str:
    """SQL of a row's scope as one text; empty where the contract has none."""
    at = f"{relation}." if relation else ""
    parts = ", ".join(f"coalesce(CAST({at}{quoted(name)} AS VARCHAR), '')" for name in contract.scope)
    return f"concat_ws(chr(31), {parts})" if parts else "''"


def scopes(duck: Duck, contract: Contract, made: Conformed) -> list[str]:
    """The scopes a snapshot answers for."""
    return [row[0] for row in duck.execute(f"SELECT DISTINCT {scope_text(contract)} FROM {made.relation}").fetchall()]


def settle(duck: Duck, contract: Contract, made: Conformed, before: Before, supplier: str, *, whole: bool) -> Settled:
    """Compare a delivery with what is there.  ``whole``: it is a snapshot, and absence means deletion."""
    if _is_simple(duck, made, before) and not whole:
        return Settled(made.relation, None)
    late = _late(duck, contract, made, before)
    good, name = quoted(f"settled {contract.dataset}"), contract.dataset
    timely = f"(SELECT * FROM {made.relation} g WHERE {_timely(contract, before)})"
    rows = f"{timely} n ANTI JOIN {late} l ON {match(contract, 'n', 'l')}"
    duck.execute(f"CREATE OR REPLACE TEMP VIEW {good} AS SELECT n.* FROM {rows} WHERE NOT n._gone")
    deletes = quoted(f"deletes {name}")
    duck.execute(f"CREATE OR REPLACE TEMP TABLE {deletes} AS SELECT n.* FROM {rows} WHERE n._gone")
    gone = _gone(duck, contract, made, before, supplier, deletes, whole=whole)
    asked = _count(duck, f"SELECT count(*) FROM {deletes}")
    met = _count(duck, f"SELECT count(*) FROM {deletes} d SEMI JOIN {before.old} o ON {match(contract, 'd', 'o')}")
    left = duck.execute(
        f"SELECT {ordering.key_hash(contract)}, _order FROM {deletes} WHERE _order IS NOT NULL"
    ).fetchall()
    count, flaws = _told(duck, contract, made, before, late)
    return Settled(good, gone, asked, met, count, flaws, tuple((key, at) for key, at in left))


def _is_simple(duck: Duck, made: Conformed, before: Before) -> bool:
    """Whether every row is written and no key goes."""
    if before.answered:
        return False
    special = _count(duck, f"SELECT count(*) FROM {made.relation} WHERE _gone OR _order IS NOT NULL")
    return not special and before.tombstones is None and not before_is_ordered(duck, before)


def before_is_ordered(duck: Duck, before: Before) -> bool:
    """Whether a row of the table has an order."""
    return bool(_count(duck, f"SELECT count(_order) FROM {before.old}"))


def _count(duck: Duck, sql: str) -> int:
    return int(duck.execute(sql).fetchall()[0][0])


def _timely(contract: Contract, before: Before) -> str:
    if not before.answered:
        return "true"
    listed = ", ".join(literal(scope) for scope in sorted(before.answered))
    return f"{scope_text(contract, 'g')} NOT IN ({listed})"


def _late(duck: Duck, contract: Contract, made: Conformed, before: Before) -> str:
    """Rows of which a newer version, or a newer delete, was there before."""
    late, key = quoted(f"late {contract.dataset}"), ordering.key_hash(contract, "n")
    graves = before.tombstones or "(SELECT NULL::VARCHAR AS key_hash, NULL::BIGINT AS row_order WHERE false)"
    duck.execute(
        f"CREATE OR REPLACE TEMP TABLE {late} AS SELECT n.*, t.row_order IS NOT NULL AND "
        f"t.row_order >= coalesce(o._order, t.row_order) AS _deleted "
        f"FROM {made.relation} n LEFT JOIN {before.old} o ON {match(contract, 'o', 'n')} "
        f"LEFT JOIN {graves} t ON t.key_hash = {key} "
        "WHERE greatest(o._order, t.row_order) IS NOT NULL "
        "AND coalesce(n._order < greatest(o._order, t.row_order), true)"
    )
    return late


def _gone(
    duck: Duck, contract: Contract, made: Conformed, before: Before, supplier: str, deletes: str, *, whole: bool
) -> str:
    gone, key = quoted(f"gone {contract.dataset}"), ", ".join(f"o.{quoted(name)}" for name in contract.key)
    duck.execute(
        f"CREATE OR REPLACE TEMP TABLE {gone} AS SELECT {key} FROM {before.old} o "
        f"SEMI JOIN {deletes} d ON {match(contract, 'o', 'd')}"
    )
    if whole:
        # A row that was delivered and is bad is not absent: what was known of its key stays.
        said = made.keyed or made.relation
        duck.execute(
            f"INSERT INTO {gone} SELECT {key} FROM {before.old} o "
            f"SEMI JOIN (SELECT DISTINCT {scope_text(contract, 'g')} AS scope FROM {made.relation} g "
            f"WHERE {_timely(contract, before)}) s ON s.scope = {scope_text(contract, 'o')} "
            f"ANTI JOIN {said} n ON {match(contract, 'o', 'n')} WHERE o._supplier = {literal(supplier)}"
        )
    return gone


def _told(duck: Duck, contract: Contract, made: Conformed, before: Before, late: str) -> tuple[int, tuple[Flaw, ...]]:
    """How many rows came too late, and where they stand."""
    key = " || ' ' || ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in contract.key)
    union = (
        f"SELECT _file, _row, {key} AS key, CASE WHEN _deleted THEN {literal(DELETED)} ELSE {literal(LATE)} END AS why "
        f"FROM {late}"
    )
    if before.answered:
        union += (
            f" UNION ALL SELECT _file, _row, {key}, {literal(LATE_PERIOD)} FROM {made.relation} g "
            f"ANTI JOIN {late} l ON {match(contract, 'g', 'l')} WHERE NOT ({_timely(contract, before)})"
        )
    found: Sequence[tuple[str, int, str, str]] = duck.execute(
        f"SELECT * FROM ({union}) ORDER BY 1, 2 LIMIT {KEPT_SUPERSEDED}"
    ).fetchall()
    flaws = tuple(
        Flaw(file, row, "late", contract.order or ", ".join(contract.key), str(value)[:SHOWN_CHARACTERS], why, None,
             "superseded")
        for file, row, value, why in found
    )  # fmt: skip
    return _count(duck, f"SELECT count(*) FROM ({union})"), flaws
