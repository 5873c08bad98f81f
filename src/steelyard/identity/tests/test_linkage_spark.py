"""Spark and DuckDB link and cluster alike."""

import pyarrow as pa
import pytest

from steelyard.engines import spark
from steelyard.engines.duck import connect
from steelyard.identity.linkage import cluster, train
from steelyard.identity.linkage.clustering import cluster_all
from steelyard.identity.linkage.engine import DuckEngine, SparkEngine
from steelyard.identity.linkage.scoring import scored
from steelyard.identity.linkage.settings import PERSON
from steelyard.identity.linkage.tiers import exactly, tiers
from steelyard.identity.linkage.zh_set import generate

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(spark.absent() is not None, reason=str(spark.absent())),
]


def told(engine, made, model):
    """Exact edges, scored edges with tiers, and clusters of both."""
    engine.load("register", made.register)
    engine.load("listed", made.listed)
    exact = exactly(engine, "listed", "register", PERSON).to_pylist()
    rows = tiers(engine, scored(engine, "listed", "register", model, PERSON)).to_pylist()
    joined = [{"a": row["a"], "b": row["b"], "tier": row["tier"], "weight": row.get("weight")} for row in exact + rows]
    return exact, rows, joined


@pytest.fixture(scope="module")
def both():
    made = generate(11, 500, 150)
    duck = connect(memory_mb=500, threads=1)
    engine = DuckEngine(duck)
    engine.load("register", made.register)
    engine.load("listed", made.listed)
    model = train(duck, "register", "person", 11, "listed")
    here = told(engine, made, model)
    with spark.session("local[2]", partitions=1) as session:
        yield here, told(SparkEngine(session), made, model), engine, SparkEngine(session)
    duck.close()


def test_edges_tiers_and_evidence_are_the_same(both):
    (exact, rows, _), (exact_there, rows_there, _), *_ = both
    assert exact == exact_there
    assert len(rows) > 100
    assert [(r["a"], r["b"], r["tier"], r["evidence"]) for r in rows] == [
        (r["a"], r["b"], r["tier"], r["evidence"]) for r in rows_there
    ]
    assert all(a["weight"] == pytest.approx(b["weight"]) for a, b in zip(rows, rows_there, strict=True))


def test_clusters_are_the_same_and_those_of_plain_python(both):
    (_, _, joined), (_, _, joined_there), duck, there = both
    forbidden = [(joined[0]["a"], joined[0]["b"])]
    columns = pa.schema([("a", pa.string()), ("b", pa.string()), ("tier", pa.string()), ("weight", pa.float64())])
    by_duck = cluster_all(duck, pa.Table.from_pylist(joined, schema=columns), (), forbidden)
    by_spark = cluster_all(there, pa.Table.from_pylist(joined_there, schema=columns), (), forbidden)
    by_hand = cluster(joined, (), forbidden)
    assert len(by_hand.groups) > 80
    assert by_hand.reports
    assert by_duck == by_spark == by_hand
