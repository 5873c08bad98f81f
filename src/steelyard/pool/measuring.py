"""Measures which areas have data of which dataset, and keeps it day by day.

A row's area is that of its own area column, or where the contract's way leads: a bid lies where its tender does.
What is expected is told by the region table and the contract alone, never by what arrived.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from steelyard.contracts import Contract
from steelyard.contracts.ways import AREA_CODE, register_of, way
from steelyard.engines.duck import Duck, connect, register_files, spill_folder
from steelyard.kit.sqltext import quoted
from steelyard.pool.versions import PoolVersion

DIGITS: Mapping[str, int] = {"province": 2, "city": 4, "county": 6, "town": 9, "village": 12}
"""How many digits of an area code tell the area of a level."""
RECENT = dt.timedelta(days=31)
"""For how long a refused row counts against the validity of its dataset."""
MEMORY_MB = 1_200

Files = Callable[[str], Sequence[str]]
Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Measured:
    """One area of one dataset."""

    area_code: str
    level: str
    rows: int
    latest: dt.date | None
    completeness: float | None
    """Share of rows with a value in the needed column that is filled least; None without rows."""


def take(
    connection: Connection,
    contracts: Mapping[str, Contract],
    version: PoolVersion,
    files: Files,
    day: dt.date,
    needed: Mapping[str, Collection[str]],
) -> list[str]:
    """Measure every dataset whose tables changed since it was measured; returns their names.

    ``needed``: columns by dataset whose completeness counts; the required ones always do.
    """
    waiting = [
        (contract, looked_at)
        for contract in contracts.values()
        if contract.dataset in version.tables
        for looked_at in [_looked_at(contracts, contract, version, needed.get(contract.dataset, ()))]
        if _taken(connection, contract.dataset) != looked_at
    ]
    if not waiting:
        return []
    duck = connect(memory_mb=MEMORY_MB, threads=2, spill=spill_folder())
    try:
        for contract, looked_at in waiting:
            found = measure(duck, contracts, contract, files, day, needed.get(contract.dataset, ()))
            _keep(connection, contract.dataset, found, day, looked_at)
    finally:
        duck.close()
    return [contract.dataset for contract, _ in waiting]


def _looked_at(
    contracts: Mapping[str, Contract], contract: Contract, version: PoolVersion, needed: Collection[str]
) -> dict[str, Any]:
    along = {contract.dataset, *(leads.dataset for _, leads in way(contracts, contract))}
    # A party's way is told for companies; persons stand beside them.
    along |= {"person"} if any(column.subject == "party" for column in contract.columns.values()) else set()
    return {
        "tables": {name: version.tables[name] for name in sorted(along) if name in version.tables},
        "needed": sorted(needed),
        "areas": contract.expectations.areas,
    }


def _taken(connection: Connection, dataset: str) -> Any:
    row = connection.execute("SELECT looked_at FROM engine.coverage_taken WHERE dataset = %s", [dataset]).fetchone()
    return row[0] if row else None


def measure(
    duck: Duck, contracts: Mapping[str, Contract], contract: Contract, files: Files, day: dt.date,
    needed: Collection[str] = (),
) -> list[Measured]:  # fmt: skip
    """Rows, newest business date and completeness of one dataset, by area of the contract's level.

    A dataset that expects no areas is measured by county.  Rows that lead to no area are left out.
    """
    level = contract.expectations.areas if contract.expectations.areas in DIGITS else "county"
    _register(duck, contract, files)
    area = _area(duck, contracts, contract, files)
    if area is None:
        return []
    dated = contract.business_date
    latest = (
        f"max(CAST({quoted(dated)} AS DATE)) FILTER (CAST({quoted(dated)} AS DATE) <= DATE '{day}')"
        if dated
        else "NULL"
    )
    names = {*needed, *(column.name for column in contract.columns.values() if column.required)}
    counted = [f"count({quoted(name)})" for name in sorted(names & set(contract.columns))]
    least = f"least({', '.join(counted)})" if counted else "count(*)"
    found = duck.execute(
        f"SELECT rpad(left(_area, {DIGITS[level]}), 12, '0'), count(*), CAST({latest} AS DATE), "
        f"CAST({least} AS DOUBLE) / count(*) FROM (SELECT d.*, {area[0]} AS _area FROM "
        f"{quoted(contract.dataset)} AS d {area[1]}) AS placed WHERE length(_area) = 12 GROUP BY 1"
    ).fetchall()
    return [Measured(code, level, int(rows), newest, share) for code, rows, newest, share in found]


def _register(duck: Duck, contract: Contract, files: Files) -> None:
    register_files(duck, contract.dataset, files(contract.dataset), contract.schema)


def _area(duck: Duck, contracts: Mapping[str, Contract], contract: Contract, files: Files) -> tuple[str, str] | None:
    """SQL of a row's area, for rows of the alias ``d``, and the joins it needs; None where nothing leads there."""
    name = contract.area
    if not name:
        return None
    leads = register_of(contract, name)
    if leads is None or leads == AREA_CODE:
        return f"d.{quoted(name)}", ""
    homes = [_home(duck, contracts, leads.dataset, leads.column, files)]
    if contract.columns[name].subject == "party":
        homes.append(_home(duck, contracts, "person", "person_id", files))
    joins = [f"LEFT JOIN {home} AS h{n} ON h{n}.id = d.{quoted(name)}" for n, home in enumerate(homes)]
    return f"coalesce({', '.join(f'h{n}.area' for n in range(len(homes)))})", " ".join(joins)


def _home(duck: Duck, contracts: Mapping[str, Contract], dataset: str, column: str, files: Files) -> str:
    """A relation of the areas in which the values of a column stand.

    Where the column is the key of its dataset its rows are read as they are: a register of a province's people would
    not fit the memory of this work.  Else they are brought to one a value, once an engine.
    """
    name = quoted(f"home {dataset}.{column}")
    known = duck.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = ?", [name[1:-1]]).fetchall()
    if known[0][0]:
        return name
    _register(duck, contracts[dataset], files)
    area = _area(duck, contracts, contracts[dataset], files) or ("CAST(NULL AS VARCHAR)", "")
    placed = (
        f"SELECT d.{quoted(column)} AS id, {{0}} AS area FROM {quoted(dataset)} AS d {area[1]} "
        f"WHERE d.{quoted(column)} IS NOT NULL"
    )
    if contracts[dataset].key == (column,):
        return f"({placed.format(area[0])})"
    duck.execute(f"CREATE TABLE {name} AS {placed.format(f'any_value({area[0]})')} GROUP BY 1")
    return name


def _keep(
    connection: Connection, dataset: str, found: Sequence[Measured], day: dt.date, looked_at: Mapping[str, Any]
) -> None:
    """Write the areas that changed; an area that lost its rows is kept as one without any."""
    with connection.transaction():
        valid = _validity(connection, dataset, day)
        connection.execute("CREATE TEMP TABLE measured (LIKE engine.coverage_day) ON COMMIT DROP")
        with connection.cursor().copy(
            "COPY measured (dataset, area_code, day, level, rows, latest, completeness, validity) FROM STDIN"
        ) as copy:
            for one in found:
                copy.write_row((dataset, one.area_code, day, one.level, one.rows, one.latest, one.completeness, valid))
        connection.execute(_GONE, {"dataset": dataset, "day": day})
        connection.execute(_CHANGED, {"dataset": dataset})
        connection.execute(
            "INSERT INTO engine.coverage_taken VALUES (%s, %s, %s) ON CONFLICT (dataset) "
            "DO UPDATE SET day = excluded.day, looked_at = excluded.looked_at",
            [dataset, day, Jsonb(looked_at)],
        )


_NEWEST = """
SELECT DISTINCT ON (area_code) * FROM engine.coverage_day WHERE dataset = %(dataset)s ORDER BY area_code, day DESC
"""
_GONE = f"""
INSERT INTO measured SELECT n.dataset, n.area_code, %(day)s, n.level, 0, NULL, NULL, n.validity
FROM ({_NEWEST}) AS n LEFT JOIN measured AS m USING (area_code) WHERE m.area_code IS NULL AND n.rows > 0
"""
_CHANGED = f"""
INSERT INTO engine.coverage_day
SELECT m.* FROM measured AS m LEFT JOIN ({_NEWEST}) AS n USING (area_code)
WHERE n.area_code IS NULL
   OR (n.level, n.rows, n.latest, n.completeness, n.validity)
      IS DISTINCT FROM (m.level, m.rows, m.latest, m.completeness, m.validity)
ON CONFLICT (dataset, area_code, day) DO UPDATE SET level = excluded.level, rows = excluded.rows,
  latest = excluded.latest, completeness = excluded.completeness, validity = excluded.validity
"""


def _validity(connection: Connection, dataset: str, day: dt.date) -> float | None:
    """1 minus the share of quarantined rows in what was received lately; None where nothing was."""
    row = connection.execute(
        "SELECT sum(r.received)::bigint, sum(r.quarantined)::bigint FROM engine.receipt r "
        "JOIN engine.delivery d ON d.id = r.delivery WHERE r.dataset = %s AND d.received_on > %s",
        [dataset, day - RECENT],
    ).fetchone()
    return 1 - int(row[1]) / int(row[0]) if row and row[0] else None
