"""A run on Spark: the same datasets, who is who, derived and reserved relations, and the same text of each model.

Spark computes the rows that models say.  What is about single findings stays with DuckDB: evidence, grading, the
difference to what is stored.  So both engines stand side by side; relations that are large are computed on Spark alone.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from steelyard.catalogue import Catalogue, Relation, SupervisionModel
from steelyard.catalogue.cases import Override
from steelyard.catalogue.lint.subset import refuse_foreign
from steelyard.detect.stage import Stage, bare, relation_sql
from steelyard.detect.views import Tables, Views
from steelyard.engines.duck import Duck, quoted
from steelyard.engines.spark_tables import SparkTables
from steelyard.identity.overlay import ALIASES, LINKS
from steelyard.pool import PoolVersion

Connection = psycopg.Connection[Any]


class SparkStage(Stage):
    """A stage whose models run on Spark; small relations stand on both engines."""

    def __init__(self, connection: Duck, catalogue: Catalogue, spark: SparkTables) -> None:
        super().__init__(connection, catalogue)
        self.spark = spark

    def interrupt(self) -> None:
        super().interrupt()
        self.spark.interrupt()

    def put_rows(self, dataset: str, rows: Sequence[Mapping[str, Any]]) -> None:
        super().put_rows(dataset, rows)
        self._also(dataset)

    def put_relation(self, relation: Relation) -> None:
        """Computed on Spark once; on DuckDB only where evidence asks for it."""
        refuse_foreign(relation.sql, relation.data)
        sql = relation_sql(relation)
        self.connection.execute(f"CREATE OR REPLACE VIEW {quoted(relation.id)} AS {sql}")
        self.spark.keep(relation.id, sql)

    def put_run(self, as_of: dt.date, root_area: str) -> None:
        super().put_run(as_of, root_area)
        self._also("run")

    def put_param(
        self,
        model: SupervisionModel,
        as_of: dt.date,
        overrides: Sequence[Override] = (),
        values: Mapping[str, Any] | None = None,
    ) -> None:
        super().put_param(model, as_of, overrides, values)
        self._also("param")

    def put_found(self, model: SupervisionModel, only: Callable[[str], str] = str) -> None:
        """The table ``found`` of DuckDB from the rows Spark gives, in the types that DuckDB would give."""
        described = self.connection.execute(f"DESCRIBE SELECT * FROM ({bare(model.sql)}) AS q").fetchall()
        rows = self.spark.fetch(only(bare(model.sql)))
        self.connection.register("given found", rows)
        chosen = ", ".join(f"CAST({quoted(row[0])} AS {row[1]}) AS {quoted(row[0])}" for row in described)
        self._number(model, f'SELECT {chosen} FROM "given found"')
        self.connection.unregister("given found")

    def _also(self, name: str) -> None:
        """Take a small table of DuckDB over to Spark."""
        self.spark.put(name, self.connection.sql(f"SELECT * FROM {quoted(name)}").to_arrow_table())


class SparkViews(Views):
    """Datasets under their names on both engines: the same files, the same links laid over them."""

    def __init__(
        self,
        duck: Duck,
        catalogue: Catalogue,
        pool: Tables,
        version: PoolVersion,
        connection: Connection,
        spark: SparkTables,
    ) -> None:
        super().__init__(duck, catalogue, pool, version, connection)
        self.spark = spark

    def register(self, datasets: Collection[str]) -> None:
        self.spark.put(LINKS, self.overlay.links)
        self.spark.put(ALIASES, self.overlay.aliases)
        for dataset in sorted(datasets):
            self.spark.register_files(_plain(dataset), self.pool.files(dataset, self.version), self._columns(dataset))
        super().register(datasets)

    def _also_waiting(self, dataset: str) -> None:
        """Pushed rows that wait, which DuckDB has sorted out, lie over Spark's files too."""
        contract = self.catalogue.contracts[dataset]
        landed, above = f"{dataset}_landed", f"{dataset}_pushed"
        columns = self._columns(dataset)
        self.spark.register_files(landed, self.pool.files(dataset, self.version), columns)
        self.spark.put(above, self.duck.sql(f"SELECT * FROM {quoted(self.waiting(dataset))}").to_arrow_table())
        listed = ", ".join(f"b.{quoted(name)}" for name in columns)
        match = " AND ".join(f"b.{quoted(name)} = o.{quoted(name)}" for name in contract.key)
        self.spark.view(
            _plain(dataset),
            f"SELECT {listed} FROM {landed} AS b ANTI JOIN {above} AS o ON {match} "
            f"UNION ALL SELECT {listed} FROM {above} AS b WHERE NOT b._gone",
        )

    def show(self, *, sure: bool) -> None:
        super().show(sure=sure)
        self._show_there(sure=sure)

    @contextmanager
    def without_guesses(self) -> Iterator[None]:
        try:
            with super().without_guesses():
                yield
        finally:
            # DuckDB goes back to the names behind; Spark has each name once.
            self._show_there(sure=False)

    def _show_there(self, *, sure: bool) -> None:
        self.spark.forget()
        for dataset in self.datasets:
            self.spark.view(dataset, f"SELECT * FROM {self._over(dataset, _plain(dataset), sure=sure)}")


def _plain(dataset: str) -> str:
    """Spark's names of views are plain words."""
    return f"{dataset}_as_delivered"
