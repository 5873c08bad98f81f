"""Pushed rows as they come: the models they can concern are looked at, and nothing else."""

from collections.abc import Callable
from typing import Any

import psycopg

from steelyard.catalogue import Catalogue
from steelyard.detect.present import present
from steelyard.detect.runs import RunReport, run
from steelyard.detect.views import Tables
from steelyard.engines.postgres import Database
from steelyard.pool import Moment, touched

Connection = psycopg.Connection[Any]
Also = Callable[[Connection, RunReport | None], None]


class Watcher:
    """Looks at one moment after the other; keep it for as long as the process lives, it remembers the last one."""

    def __init__(self, pool: Tables, catalogue: Catalogue, database: Database) -> None:
        self.pool, self.catalogue, self.database = pool, catalogue, database
        self.seen: Moment | None = None

    def step(self, moment: Moment | None = None, *, also: Also | None = None) -> RunReport | None:
        """Bring the findings to ``moment`` (default: the newest); None where no model can say otherwise than before.

        ``also``: what is written in the transaction of the findings, or in one of its own where there are none.
        """
        now = moment or present(self.pool, self.database)
        models = self.concerned(now)
        report = None
        if models:
            report = run(self.pool, self.catalogue, self.database, models=models, moment=now, also=also)
        elif also:
            with self.database.transaction() as connection:
                also(connection, None)
        self.seen = now
        return report

    def concerned(self, now: Moment) -> set[str]:
        """Models that read a dataset in which this moment may differ from the last one."""
        met = touched(self.seen, now) if self.seen else now.datasets
        return {
            name for name, model in self.catalogue.models.items()
            if model.status == "ready" and self.catalogue.base_datasets(set(model.data)) & met
        }  # fmt: skip
