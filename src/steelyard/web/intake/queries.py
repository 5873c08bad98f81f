"""Reads about what departments delivered.  Everything here is counted by the engine; nothing is estimated."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from psycopg.rows import dict_row

from steelyard.contracts import Contract
from steelyard.sources import Interface
from steelyard.web.intake.catalogue_files import contracts, interfaces
from steelyard.web.intake.models import Alarm, Upload
from steelyard.web.orgs.engine_link import reader
from steelyard.web.orgs.models import Area, User, in_language
from steelyard.web.orgs.words import Level, Role

EXPORT_ROWS = 20_000
COUNTS = ("received", "admitted", "unchanged", "quarantined", "superseded")


def _many(sql: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    with reader() as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql, values or {}).fetchall()


def _one(sql: str, values: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    rows = _many(sql, values)
    return rows[0] if rows else None


@dataclass(frozen=True)
class PoolState:
    """The newest pool version."""

    number: int
    taken_at: dt.datetime | None
    datasets: frozenset[str]


def pool_state() -> PoolState:
    """Number 0: nothing was ever published."""
    row = _one("SELECT number, taken_at, tables FROM engine.pool_version ORDER BY number DESC LIMIT 1")
    return (
        PoolState(row["number"], row["taken_at"], frozenset(row["tables"])) if row else PoolState(0, None, frozenset())
    )


@dataclass
class InterfaceLine:
    """One interface, whether it ever delivered or not."""

    id: str
    title: Any
    department: str
    feeds: tuple[str, ...]
    deliveries: int = 0
    refused: int = 0
    last_on: dt.date | None = None
    last_refused: bool = False
    """The newest delivery was refused."""
    counts: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    described: bool = True
    """False where files came on a way that the catalogue does not describe, such as an import by hand."""


DELIVERED = """
SELECT d.interface, count(*) FILTER (WHERE d.state = 'accepted') AS deliveries,
       count(*) FILTER (WHERE d.state = 'refused') AS refused,
       max(d.received_on) FILTER (WHERE d.state = 'accepted') AS last_on,
       (array_agg(d.state ORDER BY d.seq DESC))[1] = 'refused' AS last_refused
FROM engine.delivery d GROUP BY d.interface
"""
COUNTED = """
SELECT d.interface, sum(r.received)::bigint AS received, sum(r.admitted)::bigint AS admitted,
       sum(r.unchanged)::bigint AS unchanged, sum(r.quarantined)::bigint AS quarantined,
       sum(r.superseded)::bigint AS superseded
FROM engine.receipt r JOIN engine.delivery d ON d.id = r.delivery GROUP BY d.interface
"""


def interface_lines() -> list[InterfaceLine]:
    """Every interface of the catalogue and every other one that delivered, by id."""
    lines = {
        one.id: InterfaceLine(one.id, dict(one.title), one.department, tuple(feed.dataset for feed in one.feeds))
        for one in interfaces().values()
    }
    for row in _many(DELIVERED):
        name = row["interface"]
        line = lines.setdefault(name, InterfaceLine(name, name, name.rsplit("/", 1)[0], (), described=False))
        line.deliveries, line.refused, line.last_on = row["deliveries"], row["refused"], row["last_on"]
        line.last_refused = row["last_refused"]
    for row in _many(COUNTED):
        lines[row["interface"]].counts = {count: row[count] for count in COUNTS}
    return [lines[name] for name in sorted(lines)]


def delivering_interfaces() -> list[str]:
    """Interfaces through which anything ever came."""
    return [row["interface"] for row in _many("SELECT DISTINCT interface FROM engine.delivery ORDER BY 1")]


def interface_line(interface: str) -> InterfaceLine | None:
    return next((line for line in interface_lines() if line.id == interface), None)


@dataclass(frozen=True)
class DatasetLine:
    """One dataset that the pool holds."""

    dataset: str
    contract: Contract | None
    rows: int
    latest: dt.date | None
    """Newest business date."""
    delivered_on: dt.date | None
    """Day of the newest delivery that was accepted."""
    limit_days: int | None
    """Age of that delivery from which on the contract calls the data old."""
    villages: int
    """Villages with data; 0 where the dataset is not kept by village."""
    by_village: bool

    def is_late(self, today: dt.date) -> bool:
        # A register in which nothing happened for a while is not old; one that nobody delivered is.
        return bool(self.delivered_on and self.limit_days and (today - self.delivered_on).days > self.limit_days)


COVERED = """
SELECT c.dataset, sum(c.rows)::bigint AS rows, max(c.latest) AS latest,
       count(*) FILTER (WHERE c.area_code = ANY (%(villages)s)) AS villages
FROM engine.coverage c
JOIN (SELECT dataset, max(pool_version) AS pool_version FROM engine.coverage GROUP BY dataset) newest
  USING (dataset, pool_version)
GROUP BY c.dataset
"""


def dataset_lines() -> list[DatasetLine]:
    """Datasets in the newest pool version, by name."""
    known, covered = contracts(), {row["dataset"]: row for row in _many(COVERED, {"villages": village_codes()})}
    delivered = {row["dataset"]: row["delivered_on"] for row in _many(DELIVERED_ON)}
    found = []
    for dataset in sorted(pool_state().datasets):
        row, contract = covered.get(dataset, {}), known.get(dataset)
        found.append(
            DatasetLine(
                dataset, contract, row.get("rows", 0), row.get("latest"), delivered.get(dataset),
                limit_of(contract) if contract else None, row.get("villages", 0), bool(row.get("villages")),
            )
        )  # fmt: skip
    return found


DELIVERED_ON = """
SELECT r.dataset, max(d.received_on) AS delivered_on FROM engine.receipt r
JOIN engine.delivery d ON d.id = r.delivery WHERE d.state = 'accepted' GROUP BY r.dataset
"""


VILLAGES_WITH_DATA = """
SELECT count(DISTINCT c.area_code) AS villages FROM engine.coverage c
JOIN (SELECT dataset, max(pool_version) AS pool_version FROM engine.coverage GROUP BY dataset) newest
  USING (dataset, pool_version)
WHERE c.area_code = ANY (%(villages)s) AND c.dataset <> 'region'
"""


def village_codes(within: str = "") -> list[str]:
    """Villages that should deliver: all of the register below an area, whatever arrived."""
    return list(
        Area.objects.filter(level=Level.VILLAGE, code__startswith=within)
        .order_by("code")
        .values_list("code", flat=True)
    )


def village_coverage(within: str = "") -> tuple[int, int]:
    """Villages with any data in the pool, and villages that should have some."""
    expected = village_codes(within)
    row = _one(VILLAGES_WITH_DATA, {"villages": expected})
    return (row["villages"] if row else 0), len(expected)


def limit_of(contract: Contract) -> int | None:
    """Days after which a supplier who delivered nothing is late; None where he delivers on demand."""
    return contract.expectations.due_days


DELIVERY_LIST = """
SELECT d.id, d.seq, d.interface, d.received_on, d.received_at, d.state, d.message,
       coalesce(sum(r.received), 0)::bigint AS received, coalesce(sum(r.admitted), 0)::bigint AS admitted,
       coalesce(sum(r.unchanged), 0)::bigint AS unchanged, coalesce(sum(r.quarantined), 0)::bigint AS quarantined,
       coalesce(sum(r.superseded), 0)::bigint AS superseded,
       (SELECT string_agg(f.name, ', ' ORDER BY f.number) FROM engine.delivery_file f WHERE f.delivery = d.id) AS files
FROM engine.delivery d LEFT JOIN engine.receipt r ON r.delivery = d.id
WHERE d.interface = %(interface)s GROUP BY d.id ORDER BY d.seq DESC LIMIT %(limit)s
"""


def deliveries_of(interface: str, limit: int = 30) -> list[dict[str, Any]]:
    """Newest first, with counts over all datasets."""
    return _many(DELIVERY_LIST, {"interface": interface, "limit": limit})


def delivery(number: UUID) -> dict[str, Any] | None:
    """One delivery with files, receipts, the reasons of its quarantine and the pool version it made."""
    found = _one(
        "SELECT id, seq, interface, supplier, received_on, received_at, received_by, state, message, signals, "
        "content_hash, withdrawn_at, withdrawn_by, withdrawn_approved_by, withdrawn_why "
        "FROM engine.delivery WHERE id = %(id)s",
        {"id": number},
    )
    if found is None:
        return None
    found["files"] = _many(
        "SELECT number, name, sha256, bytes FROM engine.delivery_file WHERE delivery = %(id)s ORDER BY number",
        {"id": number},
    )
    found["receipts"] = _many(
        "SELECT dataset, contract_version, received, admitted, unchanged, quarantined, superseded, removed "
        "FROM engine.receipt WHERE delivery = %(id)s ORDER BY dataset",
        {"id": number},
    )
    found["reasons"] = _many(
        "SELECT dataset, rule, column_name, count(DISTINCT (file, row)) AS rows FROM engine.quarantine "
        "WHERE delivery = %(id)s AND outcome = 'quarantined' GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3",
        {"id": number},
    )
    made = _many("SELECT number, what FROM engine.pool_version WHERE delivery = %(id)s", {"id": number})
    numbers = {one["what"]: one["number"] for one in made}
    found["pool_version"], found["undone_in"] = numbers.get("landing"), numbers.get("withdrawal")
    return found


def receipts_of(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Receipts of a delivery as ``delivery`` gave it."""
    return list(found["receipts"])


@dataclass(frozen=True)
class QuarantineFilter:
    """What a list of bad rows is narrowed to; empty texts narrow nothing."""

    interface: str = ""
    dataset: str = ""
    rule: str = ""
    file: str = ""
    delivery: str = ""
    outcome: str = "quarantined"
    state: str = ""
    """open, replayed, resolved or withdrawn; empty: all but withdrawn."""
    among: tuple[str, ...] | None = None
    """Interfaces whose rows are shown; None: all."""

    def where(self) -> str:
        clauses = ["q.outcome = %(outcome)s"]
        clauses += [f"q.{name} = %({name})s" for name in ("dataset", "rule", "file", "state") if getattr(self, name)]
        # What was withdrawn with its delivery asks nothing of anybody; it is shown where somebody asks for it.
        clauses += [] if self.state else ["q.state <> 'withdrawn'"]
        clauses += ["d.interface = %(interface)s"] if self.interface else []
        clauses += ["q.delivery = %(delivery)s::uuid"] if self.delivery else []
        clauses += ["d.interface = ANY (%(among)s)"] if self.among is not None else []
        return " AND ".join(clauses)

    def values(self) -> dict[str, Any]:
        named = {name: getattr(self, name) for name in QUARANTINE_WORDS}
        return named | {"among": list(self.among or ())}


QUARANTINE_WORDS = ("interface", "dataset", "rule", "file", "delivery", "outcome", "state")
"""What a reader may ask for."""


def quarantine_count(wanted: QuarantineFilter) -> tuple[int, int]:
    """Bad rows and broken rules; a row may break several."""
    row = _one(
        "SELECT count(DISTINCT (q.delivery, q.dataset, q.file, q.row)) AS rows, count(*) AS rules "
        f"FROM engine.quarantine q JOIN engine.delivery d ON d.id = q.delivery WHERE {wanted.where()}",
        wanted.values(),
    )
    return (row["rows"], row["rules"]) if row else (0, 0)


def quarantine_rows(wanted: QuarantineFilter, *, limit: int, offset: int = 0) -> list[dict[str, Any]]:
    """One row per broken rule, in the order of the files."""
    return _many(
        "SELECT q.id, q.delivery, d.interface, d.received_on, q.dataset, q.file, q.row, q.column_name, q.rule, "
        "q.value_masked AS value, q.reason, q.state, q.resolved_by "
        "FROM engine.quarantine q JOIN engine.delivery d ON d.id = q.delivery "
        f"WHERE {wanted.where()} ORDER BY d.seq DESC, q.dataset, q.file, q.row, q.id "
        "LIMIT %(limit)s OFFSET %(offset)s",
        wanted.values() | {"limit": limit, "offset": offset},
    )


def quarantine_choices(among: Sequence[str] | None = None) -> dict[str, list[str]]:
    """Interfaces, datasets and rules that occur, for the filter; ``among`` None: of all interfaces."""
    rows = _many(
        "SELECT DISTINCT d.interface, q.dataset, q.rule FROM engine.quarantine q "
        "JOIN engine.delivery d ON d.id = q.delivery WHERE %(all)s OR d.interface = ANY (%(among)s)",
        {"all": among is None, "among": list(among or ())},
    )
    return {name: sorted({row[name] for row in rows}) for name in ("interface", "dataset", "rule")}


def uploads(user: User, limit: int = 10) -> "QuerySet[Upload]":
    """The newest files put in by hand; for stewards alone."""
    found = Upload.objects.select_related("by")
    return (found if user.has_role(Role.STEWARD) else found.none())[:limit]


def interface_of(name: str) -> Interface | None:
    return interfaces().get(name)


def totals(lines: Sequence[InterfaceLine]) -> dict[str, int]:
    """Sums over interfaces; received = admitted + unchanged + quarantined + superseded, to the row."""
    return {count: sum(line.counts[count] for line in lines) for count in COUNTS}


def upload(user: User, pk: int) -> Upload | None:
    return Upload.objects.select_related("by").filter(pk=pk).first() if user.has_role(Role.STEWARD) else None


VILLAGE_LIST = """
SELECT DISTINCT c.area_code FROM engine.coverage c
JOIN (SELECT dataset, max(pool_version) AS pool_version FROM engine.coverage GROUP BY dataset) newest
  USING (dataset, pool_version)
WHERE c.dataset <> 'region'
"""


def villages_with_data() -> frozenset[str]:
    """Codes of areas with any data in the pool, villages among them."""
    return frozenset(row["area_code"] for row in _many(VILLAGE_LIST))


def alarms(user: User, limit: int = 30) -> list[Alarm]:
    """Unread notices about interfaces, newest first."""
    return list(Alarm.objects.filter(user=user, read_at__isnull=True).order_by("-at")[:limit])


def interface_title(name: str) -> str:
    """An interface in the reader's language; its id where the catalogue does not describe it."""
    known = interfaces().get(name)
    return in_language(known.title.get("zh", ""), known.title.get("en", "")) if known else name
