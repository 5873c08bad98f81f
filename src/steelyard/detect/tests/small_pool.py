"""A pool of a few rows: Parquet files with lineage, as the real pool hands them out."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from steelyard.catalogue import Catalogue
from steelyard.detect.stage import Stage
from steelyard.engines.duck import connect, quoted
from steelyard.engines.postgres import Database
from steelyard.kit.home import Home
from steelyard.pool import PoolVersion

Rows = Sequence[Mapping[str, Any]]
DAY = dt.date(2025, 6, 30)
REGION = [
    {"area_code": "330000000000", "name": "Sample Province", "level": "province"},
    {"area_code": "339921000000", "name": "Qingyuan County", "level": "county"},
    {"area_code": "339921101201", "name": "Wulong", "level": "village"},
]


@dataclass
class SmallPool:
    """``put`` writes a dataset's rows and takes a new version; row n stands in line n + 1 of its file."""

    folder: Path
    catalogue: Catalogue
    number: int = 0
    tables: dict[str, Path] = field(default_factory=dict)
    past: dict[int, dict[str, Path]] = field(default_factory=dict)
    numbered: bool = False
    """Deliveries have numbers as the real pool's, not names that can be read."""

    def delivery(self, dataset: str) -> str:
        name = f"delivery-of-{dataset}"
        return str(uuid.uuid5(uuid.NAMESPACE_URL, name)) if self.numbered else name

    def put(self, **datasets: Rows) -> None:
        self.number += 1
        with connect(memory_mb=256, threads=1) as duck:
            stage = Stage(duck, self.catalogue)
            for dataset, rows in datasets.items():
                stage.put_rows(dataset, rows)
                path = self.folder / f"{dataset}-{self.number}.parquet"
                duck.execute(
                    f"COPY (SELECT *, '{self.delivery(dataset)}' AS _delivery, '{dataset}.csv' AS _file, "
                    f"row_number() OVER () + 1 AS _raw_row, 1 AS _seq, 'tests' AS _supplier "
                    f"FROM {quoted(dataset)}) TO '{path}'"
                )
                self.tables[dataset] = path
        self.past[self.number] = dict(self.tables)

    @property
    def home(self) -> Home:
        return Home(self.folder / "home")

    def current(self) -> PoolVersion:
        return PoolVersion(self.number, dict.fromkeys(self.tables, self.number))

    def version(self, number: int) -> PoolVersion | None:
        return PoolVersion(number, dict.fromkeys(self.past[number], number)) if number in self.past else None

    def files(self, dataset: str, version: PoolVersion | None = None) -> list[str]:
        tables = self.past.get(version.number, self.tables) if version else self.tables
        return [str(tables[dataset])] if dataset in tables else []


def know(database: Database, tier: str = "T1", **keys: str) -> None:
    """Put subjects into the identity table: key=kind."""
    with database.transaction() as connection:
        for key, kind in keys.items():
            connection.execute(
                "INSERT INTO engine.subject (key, kind, name, tier) VALUES (%s, %s, %s, %s) "
                "ON CONFLICT (key) DO UPDATE SET tier = excluded.tier",
                [key, kind, key, tier],
            )
