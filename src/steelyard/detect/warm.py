"""What a micro-batch takes over from the runs before it: the areas, and where each model can be believed.

No single pushed row changes them; measuring them takes a look at everything.  A new area that a pushed row names is
added; what a model is ready for is as the last batch said.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pyarrow as pa

from steelyard.catalogue import Catalogue
from steelyard.detect.evaluable import Readiness
from steelyard.detect.parameters import AREA_CODE_LENGTHS
from steelyard.detect.stage import AREA_COLUMNS, NOWHERE
from steelyard.engines.duck import Duck, connect, quoted
from steelyard.kit.sqltext import literal
from steelyard.pool import Moment

Connection = psycopg.Connection[Any]
MEMORY_MB = 1024


@dataclass
class Areas:
    """Every area code the pool's tables name.  A file is read once; files are never changed."""

    catalogue: Catalogue
    codes: set[str] = field(default_factory=lambda: {NOWHERE})
    provinces: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)

    def read(self, files: Mapping[str, Iterable[str]]) -> None:
        """Take in what files of datasets name.  ``files``: by dataset."""
        with connect(memory_mb=MEMORY_MB) as duck:
            for dataset, listed in files.items():
                fresh = [one for one in listed if one not in self.seen]
                paths = ", ".join(literal(one) for one in fresh)
                source = f"read_parquet([{paths}], union_by_name = true)"
                for column in self._columns(dataset) if fresh else ():
                    self._add(duck.execute(f"SELECT DISTINCT {quoted(column)} FROM {source}").fetchall())
                if fresh and dataset == "region":
                    sql = f"SELECT area_code FROM {source} WHERE level = 'province'"
                    self.provinces |= {str(row[0]) for row in duck.execute(sql).fetchall()}
                self.seen |= set(fresh)

    def take_waiting(self, moment: Moment) -> None:
        """Take in what waiting rows name."""
        for layer in moment.layers:
            for column in self._columns(layer.dataset):
                self._add((code,) for code in layer.rows[column].to_pylist())

    def _columns(self, dataset: str) -> list[str]:
        return [column for column in self.catalogue.columns(dataset) if column in AREA_COLUMNS]

    def _add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        met = {str(row[0]) for row in rows if row[0]} - self.codes
        self.codes |= met | {code[:n].ljust(12, "0") for code in met if len(code) == 12 for n in AREA_CODE_LENGTHS}

    @property
    def root(self) -> str:
        """The top area: the province with the smallest code, or one that fits the codes met."""
        known = self.codes - {NOWHERE}
        return min(self.provinces) if self.provinces else min(known)[:2].ljust(12, "0") if known else NOWHERE

    def put(self, duck: Duck) -> str:
        """Let the codes stand where a stage puts them.  Returns the top area."""
        table = pa.table({"area_code": pa.array(sorted(self.codes | {self.root}), pa.string())})
        duck.register("areas kept", table)
        duck.execute('CREATE OR REPLACE TABLE area_code AS SELECT * FROM "areas kept"')
        duck.unregister("areas kept")
        return self.root


@dataclass(frozen=True)
class Warm:
    """What is taken over."""

    areas: Areas
    ready: Mapping[str, list[Readiness]]


def readiness_of(connection: Connection, models: Collection[str]) -> dict[str, list[Readiness]]:
    """What the last run that measured says of some models."""
    rows = connection.execute(
        "SELECT model, area_code, state, reason FROM engine.readiness AS r WHERE model = ANY(%s) "
        "AND run = (SELECT max(run) FROM engine.readiness WHERE model = r.model) ORDER BY model, area_code",
        [sorted(models)],
    ).fetchall()
    found: dict[str, list[Readiness]] = {model: [] for model in models}
    for row in rows:
        found[row[0]].append(Readiness(*row))
    return found
