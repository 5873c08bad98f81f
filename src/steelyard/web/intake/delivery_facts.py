"""Reads about one delivery beyond its counts: what it changed, what rests on it, and single rows held back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from steelyard.detect import RestingFindings, resting_on
from steelyard.web.intake import datasets, masking
from steelyard.web.intake.catalogue_files import contracts
from steelyard.web.orgs.engine_link import reader

Row = dict[str, Any]


def _many(sql: str, **values: Any) -> list[Row]:
    with reader() as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql, values).fetchall()


def findings_on(delivery: UUID) -> list[RestingFindings]:
    """Standing findings whose evidence rests on a row of the delivery, by model and grade."""
    with reader() as connection:
        return resting_on(connection, str(delivery))


def models_on(fed: list[str]) -> list[datasets.Needing]:
    """Models that read any of the datasets, each once."""
    found = {one.model.id: one for dataset in fed for one in datasets.needing(dataset)}
    return [found[name] for name in sorted(found)]


HELD = """
SELECT q.id, q.delivery, d.interface, d.received_on, q.dataset, q.file, q.row, q.column_name, q.rule,
       q.value_masked AS value, q.reason, q.outcome, q.raw_masked AS raw
FROM engine.quarantine q JOIN engine.delivery d ON d.id = q.delivery
"""


def held_row(number: int) -> list[Row]:
    """Every broken rule of the row to which one entry of the quarantine belongs; the entry first."""
    one = _many(f"{HELD} WHERE q.id = %(id)s", id=number)
    if not one:
        return []
    place = {name: one[0][name] for name in ("delivery", "dataset", "file", "row", "outcome")}
    others = _many(
        f"{HELD} WHERE q.delivery = %(delivery)s AND q.dataset = %(dataset)s AND q.file = %(file)s "
        "AND q.row = %(row)s AND q.outcome = %(outcome)s AND q.id <> %(id)s ORDER BY q.id",
        **place, id=number,
    )  # fmt: skip
    return one + others


def covered(row: Mapping[str, Any]) -> Row:
    """An entry of the quarantine as pages show it."""
    kind = masking.kind_of(contracts().get(row["dataset"]), row["column_name"])
    # A number that is not valid is still most of somebody's number.
    kind = "number" if row["rule"] == "number" and kind != "name" else kind
    return {**row, "value": masking.masked_value(kind, row["value"])}
