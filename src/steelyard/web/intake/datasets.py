"""Reads about one dataset: who delivers it, how good it was, which versions there are, and who needs it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from psycopg.rows import dict_row

from steelyard.catalogue import SupervisionModel
from steelyard.contracts import Contract
from steelyard.engines import duck
from steelyard.engines.postgres import Role
from steelyard.kit.sqltext import quoted
from steelyard.web.intake import guards
from steelyard.web.intake.catalogue_files import catalogue, contracts, interfaces
from steelyard.web.intake.pool_link import pool
from steelyard.web.orgs.engine_link import reader
from steelyard.web.orgs.models import Area, User

Row = Mapping[str, Any]


def _many(sql: str, **values: Any) -> list[dict[str, Any]]:
    with reader() as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql, values).fetchall()


def suppliers(dataset: str) -> list[str]:
    """Interfaces of the catalogue that feed a dataset."""
    return sorted(one.id for one in interfaces().values() if any(feed.dataset == dataset for feed in one.feeds))


def sees_dataset(viewer: User, dataset: str) -> bool:
    """Whether the dataset is of one of the viewer's departments, or fed by an interface he sees."""
    own, contract = guards.departments_of(viewer), contracts().get(dataset)
    if own is None:
        return True
    return bool(contract and contract.department in own) or bool(guards.only_seen(viewer, suppliers(dataset)))


TREND = """
SELECT d.id, d.seq, d.interface, d.received_on, d.state, r.received, r.admitted, r.unchanged, r.quarantined,
       r.superseded
FROM engine.receipt r JOIN engine.delivery d ON d.id = r.delivery
WHERE r.dataset = %(dataset)s AND d.state <> 'received' ORDER BY d.seq DESC LIMIT %(limit)s
"""


def trend(dataset: str, limit: int = 30) -> list[dict[str, Any]]:
    """The newest deliveries of a dataset with their counts, oldest first."""
    return _many(TREND, dataset=dataset, limit=limit)[::-1]


def trend_chart(listed: list[dict[str, Any]], label: str) -> dict[str, Any]:
    """Share of rows held back, by delivery, as a chart's option."""
    points = [
        {
            "value": round(100 * one["quarantined"] / one["received"], 2) if one["received"] else None,
            "href": reverse("delivery_detail", args=[one["id"]]),
        }
        for one in listed
    ]
    return {
        "xAxis": {"type": "category", "data": [one["received_on"].isoformat() for one in listed]},
        "yAxis": {"type": "value", "min": 0, "name": "%"},
        "series": [{"type": "bar", "name": label, "data": points, "barMaxWidth": 28}],
    }


REASONS = """
SELECT rule, column_name, count(DISTINCT (delivery, file, row)) AS rows, count(DISTINCT delivery) AS deliveries
FROM engine.quarantine WHERE dataset = %(dataset)s AND outcome = 'quarantined'
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 12
"""


def reasons(dataset: str) -> list[dict[str, Any]]:
    """Why rows of a dataset were held back, the commonest first."""
    return _many(REASONS, dataset=dataset)


VERSIONS = """
SELECT number, taken_at, delivery, version, interface, received_on FROM (
  SELECT p.number, p.taken_at, p.delivery, p.tables ->> %(dataset)s AS version,
         lag(p.tables ->> %(dataset)s) OVER (ORDER BY p.number) AS before, d.interface, d.received_on
  FROM engine.pool_version p LEFT JOIN engine.delivery d ON d.id = p.delivery) listed
WHERE version IS NOT NULL AND version IS DISTINCT FROM before ORDER BY number DESC LIMIT %(limit)s
"""


def versions(dataset: str, limit: int = 20) -> list[dict[str, Any]]:
    """Pool versions in which the dataset changed, newest first."""
    return _many(VERSIONS, dataset=dataset, limit=limit)


@dataclass(frozen=True)
class Needing:
    """A model that reads the dataset, and where it could not be evaluated."""

    model: SupervisionModel
    optional: bool
    through: str
    """The derived relation between them; empty where the model reads the dataset itself."""
    places: int
    blind: tuple[tuple[str, Any], ...]
    """Names of areas where it could not be evaluated, each with the reason {zh, en}."""


READINESS = """
SELECT DISTINCT ON (model, area_code) model, area_code, state, reason
FROM engine.readiness WHERE model = ANY (%(models)s)
  AND (starts_with(area_code, %(within)s) OR starts_with(%(within)s, regexp_replace(area_code, '(00)+$', '')))
ORDER BY model, area_code, run DESC
"""


def needing(dataset: str, within: str = "") -> list[Needing]:
    """Models that read a dataset, also through derived relations, with the areas below ``within``."""
    whole, found = catalogue(), []
    reading = {
        model.id: name
        for model in whole.models.values()
        for name in model.data
        if name == dataset or (name in whole.relations and dataset in whole.base_datasets([name]))
    }
    places: dict[str, list[dict[str, Any]]] = {}
    for row in _many(READINESS, models=sorted(reading), within=within):
        places.setdefault(row["model"], []).append(row)
    names = _area_names({row["area_code"] for listed in places.values() for row in listed})
    for model_id, name in sorted(reading.items()):
        model, listed = whole.models[model_id], places.get(model_id, [])
        blind = [row for row in listed if row["state"] not in ("ready", "partly")]
        found.append(
            Needing(
                model, model.data[name].optional, "" if name == dataset else name, len(listed),
                tuple((names.get(row["area_code"], row["area_code"]), row["reason"]) for row in blind),
            )
        )  # fmt: skip
    return found


def _area_names(codes: set[str]) -> dict[str, str]:
    full = {code.ljust(12, "0"): code for code in codes}
    return {full[area.code]: str(area) for area in Area.objects.filter(code__in=full)}


@dataclass(frozen=True)
class Filled:
    """How many rows of a table have a value in a column that models need."""

    column: str
    filled: int
    rows: int


def completeness(contract: Contract) -> list[Filled]:
    """Share of rows with a value, by column that some model needs; read from the newest version itself."""
    needed = {
        column
        for model in catalogue().models.values()
        for name, needs in model.data.items()
        if name == contract.dataset
        for column in needs.needs
        if column in contract.columns
    }
    columns = [name for name in contract.columns if name in needed]
    files = pool(Role.READER).files(contract.dataset)
    if not files or not columns:
        return []
    engine = duck.connect(memory_mb=256, threads=1)
    try:
        duck.register_files(engine, "wanted", files, contract.schema)
        counted = ", ".join(f"count({quoted(name)})" for name in columns)
        row = engine.execute(f"SELECT count(*), {counted} FROM wanted").fetchone()
    finally:
        engine.close()
    return [Filled(name, int(n), int(row[0])) for name, n in zip(columns, row[1:], strict=True)] if row else []


def age_days(latest: dt.date | None, today: dt.date) -> int | None:
    return (today - latest).days if latest else None
