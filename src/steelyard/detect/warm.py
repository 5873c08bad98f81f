"""What a micro-batch takes over from the runs before it: the areas, and where each model can be believed.

No single pushed row changes them; measuring them takes a look at everything.  A new area that a pushed row names is
added; what a model is ready for is as the last batch said.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa

from steelyard.catalogue import Catalogue
from steelyard.catalogue.reach import reach_of
from steelyard.detect.evaluable import Readiness
from steelyard.detect.parameters import AREA_CODE_LENGTHS
from steelyard.detect.stage import AREA_COLUMNS, NOWHERE
from steelyard.detect.views import Stood
from steelyard.engines.duck import Duck, connect, quoted, spill_folder
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
        unread = {dataset: [one for one in listed if one not in self.seen] for dataset, listed in files.items()}
        if not any(unread.values()):
            return
        with connect(memory_mb=MEMORY_MB) as duck:
            for dataset, fresh in unread.items():
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


class OpenEngine:
    """An engine that stays open from one micro-batch to the next, with the views that stand in it."""

    def __init__(self) -> None:
        self.stood = Stood()
        self._duck: Duck | None = None
        self._of: tuple[object, ...] = ()

    @contextmanager
    def lent(self, *of: object) -> Iterator[Duck]:
        """The engine.  ``of``: what stands in it holds for these alone; where they differ it is opened anew.

        One in which a look failed is not lent again.
        """
        if self._duck is None or self._of != of:
            self.close()
            self._duck, self._of = connect(memory_mb=MEMORY_MB, spill=spill_folder(), stays=True), of
        try:
            yield self._duck
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._duck is not None:
            self._duck.close()
        self._duck, self.stood = None, Stood()


@dataclass(frozen=True)
class Reads:
    """By name the base datasets behind models, and behind derived relations."""

    models: Mapping[str, frozenset[str]]
    relations: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, catalogue: Catalogue) -> "Reads":
        """Of the models that can look at units alone, and of every relation."""
        models = {
            name: frozenset(catalogue.base_datasets(set(model.data)))
            for name, model in catalogue.models.items()
            if model.status == "ready" and not reach_of(model, catalogue).whole
        }
        return cls(models, {name: frozenset(catalogue.base_datasets([name])) for name in catalogue.relations})


@dataclass(frozen=True)
class Warm:
    """What is taken over."""

    areas: Areas
    ready: Mapping[str, list[Readiness]]
    engine: OpenEngine
    folders: frozenset[Path]
    """Where the tables lie that any micro-batch may read."""
    reads: Reads
    """What every model and relation reads that can look at units alone."""

    @contextmanager
    def lend(self, generation: int, stood: Collection[int]) -> Iterator[Duck]:
        """The open engine.  ``generation``: the newest state of who is who; ``stood``: those the models stand at.

        Where these differ it is closed afterwards: the earlier one stands in it too.
        """
        with self.engine.lent(generation, self.folders) as duck:
            yield duck
        if set(stood) != {generation}:
            self.engine.close()


def readiness_of(connection: Connection, models: Collection[str]) -> dict[str, list[Readiness]]:
    """What the last run that measured says of some models."""
    rows = connection.execute(
        "SELECT model, area_code, state, reason FROM engine.readiness WHERE model = ANY(%s) "
        "AND (model, run) IN (SELECT model, max(run) FROM engine.readiness WHERE model = ANY(%s) GROUP BY model) "
        "ORDER BY model, area_code",
        [sorted(models), sorted(models)],
    ).fetchall()
    found: dict[str, list[Readiness]] = {model: [] for model in models}
    for row in rows:
        found[row[0]].append(Readiness(*row))
    return found
