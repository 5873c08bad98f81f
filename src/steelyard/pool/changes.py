"""What differs between two versions of a table: read from the files that only one of them has.

No change feed is kept, so that repair, re-delivery, compaction and migration all take this one path.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck, register_files
from steelyard.kit.sqltext import quoted
from steelyard.pool.tables import match, schema_of


@dataclass(frozen=True)
class Changes:
    """Counts of keys; the rows themselves stand in the relation the caller named."""

    inserted: int
    updated: int
    deleted: int
    files_read: int


def compute(duck: Duck, contract: Contract, old_files: Sequence[str], new_files: Sequence[str], name: str) -> Changes:
    """Make a table ``name`` with one row for each key that differs.

    Columns: ``_change`` (insert, update, delete), ``_new`` and ``_old``: the whole row, lineage included, as a
    struct; null where there is none.
    """
    # A file both versions have holds the same rows in both.
    before, after = sorted({*old_files} - {*new_files}), sorted({*new_files} - {*old_files})
    sides = {"old": quoted(f"{name} before"), "new": quoted(f"{name} after")}
    schema = schema_of(contract)
    register_files(duck, sides["old"][1:-1], before, schema, place=True)
    register_files(duck, sides["new"][1:-1], after, schema, place=True)
    duck.execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS {_differing(contract, schema, sides)}")
    for side in sides.values():
        duck.execute(f"DROP VIEW {side}")
    counted = duck.execute(f"SELECT _change, count(*) FROM {quoted(name)} GROUP BY ALL").fetchall()
    counts = {str(change): int(number) for change, number in counted}
    read = len(before) + len(after)
    return Changes(counts.get("insert", 0), counts.get("update", 0), counts.get("delete", 0), read)


def _differing(contract: Contract, schema: Mapping[str, str], sides: Mapping[str, str]) -> str:
    differs = " OR ".join(f"o.{quoted(column)} IS DISTINCT FROM n.{quoted(column)}" for column in schema)
    return (
        "SELECT CASE WHEN o._at IS NULL THEN 'insert' WHEN n._at IS NULL THEN 'delete' ELSE 'update' END AS _change, "
        f"CASE WHEN n._at IS NOT NULL THEN {_image(schema, 'n')} END AS _new, "
        f"CASE WHEN o._at IS NOT NULL THEN {_image(schema, 'o')} END AS _old "
        f"FROM {sides['old']} o FULL JOIN {sides['new']} n ON {match(contract, 'o', 'n')} "
        f"WHERE o._at IS NULL OR n._at IS NULL OR {differs}"
    )


def _image(schema: Mapping[str, str], side: str) -> str:
    return "struct_pack(" + ", ".join(f"{quoted(name)} := {side}.{quoted(name)}" for name in schema) + ")"
