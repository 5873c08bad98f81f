"""Cases on both engines: a model says on Spark, row by row and value by value, what it says on DuckDB."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from steelyard.catalogue import Catalogue, Relation, SupervisionModel
from steelyard.catalogue.cases import Case
from steelyard.detect.cases import CaseRunner
from steelyard.detect.distributed import SparkStage
from steelyard.detect.stage import Stage, relation_sql
from steelyard.engines.duck import quoted, rows
from steelyard.engines.spark_tables import SparkTables


class SparkCases(CaseRunner):
    """A case holds on DuckDB first; then Spark must give the same rows, in every column."""

    def __init__(self, catalogue: Catalogue, spark: SparkTables, *, own: bool, positives: int | None = None) -> None:
        """``positives``: so many cases of each subject that expect a finding go to Spark; None: every case."""
        self.spark = spark
        self.positives = positives
        self.sent: Counter[str] = Counter()
        super().__init__(catalogue, own=own)

    def make_stage(self) -> Stage:
        return _CaseStage(self.connection, self.catalogue, self.spark)

    def _goes_on(self, subject: Relation | SupervisionModel, case: Case) -> bool:
        if self.positives is None:
            return True
        if not case.expect or self.sent[subject.id] >= self.positives:
            return False
        self.sent[subject.id] += 1
        return True

    def run(self, subject: Relation | SupervisionModel, case: Case) -> str | None:
        """Why the case does not hold, or None."""
        why = super().run(subject, case)
        if why or not self._goes_on(subject, case):
            return why
        if isinstance(subject, SupervisionModel):
            here = rows(self.connection, subject.sql)
            self.stage.put_found(subject)
            return unequal(here, rows(self.connection, "SELECT * EXCLUDE (_hit) FROM found"))
        return unequal(
            rows(self.connection, f"SELECT * FROM {quoted(subject.id)}"),
            self.spark.fetch(f"SELECT * FROM {quoted(subject.id)}").to_pylist(),
        )


class _CaseStage(SparkStage):
    """Relations of a few rows: computed on each engine and laid down as rows, which plans fastest."""

    def put_relation(self, relation: Relation) -> None:
        Stage.put_relation(self, relation)
        self.spark.put(relation.id, self.spark.fetch(relation_sql(relation)))


def unequal(here: Sequence[Mapping[str, Any]], there: Sequence[Mapping[str, Any]]) -> str | None:
    """How the rows of Spark differ from those of DuckDB, whatever their order; None where they do not."""
    known, found = (Counter(tuple(sorted(row.items())) for row in listed) for listed in (here, there))
    if known == found:
        return None
    missing, more = list((known - found).elements()), list((found - known).elements())
    return f"Spark lacks {[dict(row) for row in missing[:3]]} and has {[dict(row) for row in more[:3]]}"
