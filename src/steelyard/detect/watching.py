"""Pushed rows as they come: the models they can concern look at the units they touch, and nothing else is looked at."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.detect import cursors
from steelyard.detect.present import keys_of, present
from steelyard.detect.runs import RunReport, run
from steelyard.detect.stage import AREA_COLUMNS
from steelyard.detect.views import Tables
from steelyard.detect.warm import Areas, OpenEngine, Reads, Warm, readiness_of
from steelyard.engines.postgres import Database
from steelyard.pool import Moment

Connection = psycopg.Connection[Any]
Also = Callable[[Connection, RunReport | None], None]


class Watcher:
    """Looks at one moment after the other; keep it for as long as the process lives: it keeps its engine open.

    A model stays at the pool version it stood at; what was landed since is a batch's to look at.  Models that no
    batch has looked at, or whose result depends on everything at once, wait for a batch as well.
    """

    def __init__(self, pool: Tables, catalogue: Catalogue, database: Database) -> None:
        self.pool, self.catalogue, self.database = pool, catalogue, database
        self.areas, self.engine = Areas(catalogue), OpenEngine()
        self.reads = Reads.of(catalogue)

    def step(self, moment: Moment | None = None, *, also: Also | None = None) -> RunReport | None:
        """Bring findings to the pushes of ``moment`` (default: the newest); None where no model can say otherwise.

        ``also``: what is written in the transaction of the findings, or in one of its own where there are none.
        """
        now = moment or present(self.pool, self.database)
        with self.database.connect(autocommit=True) as connection:
            groups = self._groups(connection, now)
            ready = readiness_of(connection, [model for models in groups.values() for model in models])
        report = None
        for number, (version, models) in enumerate(sorted(groups.items()), 1):
            report = self._look(now, version, models, ready, also if number == len(groups) else None)
        if also and not groups:
            with self.database.transaction() as own:
                also(own, None)
        return report

    def _groups(self, connection: Connection, now: Moment) -> dict[int, list[str]]:
        """Models that have not seen a waiting row of a dataset they read, by the pool version they stand at."""
        stood = cursors.cursors(connection)
        found: dict[int, list[str]] = {}
        for name, datasets in self.reads.models.items():
            at = stood.get(name)
            if at and any(layer.dataset in datasets and layer.id[1] > at.inbox_seq for layer in now.layers):
                found.setdefault(at.pool_version, []).append(name)
        return found

    def _look(
        self, now: Moment, version: int, models: Sequence[str], ready: Mapping[str, list[Any]], also: Also | None
    ) -> RunReport:
        seen = now
        pool: Any = self.pool
        if version != now.version.number:
            seen = pool.moment(keys_of(pool, self.database), version=version, seq=now.seq)
        base = self.catalogue.base_datasets({needs for name in models for needs in self._model(name).data})
        self._read_areas(seen, base)
        warm = Warm(
            self.areas, {name: list(ready[name]) for name in models}, self.engine, self._folders(seen), self.reads
        )
        return run(
            self.pool, self.catalogue, self.database, models=models, kind="event", moment=seen, also=also, warm=warm
        )

    def _read_areas(self, seen: Moment, base: set[str]) -> None:
        named = {name for name in {*base, "region"} if set(self.catalogue.columns(name)) & set(AREA_COLUMNS)}
        self.areas.read({name: self.pool.files(name, seen.version) for name in sorted(named)})
        self.areas.take_waiting(seen)

    def _folders(self, seen: Moment) -> frozenset[Path]:
        named = {dataset for datasets in self.reads.models.values() for dataset in datasets}
        return frozenset(Path(file).parent for name in named for file in self.pool.files(name, seen.version)[:1])

    def _model(self, name: str) -> SupervisionModel:
        return self.catalogue.models[name]
