"""Spark and DuckDB find the same links: by joins, and by the statistical step with its tiers."""

import pyarrow as pa
import pytest

from steelyard.engines import spark
from steelyard.engines.duck import connect
from steelyard.identity import candidates
from steelyard.identity.linkage import train
from steelyard.identity.linkage.engine import DuckEngine, SparkEngine
from steelyard.identity.linkage.scoring import scored
from steelyard.identity.linkage.settings import PERSON
from steelyard.identity.linkage.tiers import tiers
from steelyard.identity.linkage.zh_set import generate

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(spark.absent() is not None, reason=str(spark.absent())),
]


def joined(engine, made):
    """Links of the job's own joins: to the register, and of the records it does not know among each other."""
    engine.load("base", table(made.register, "s:"))
    engine.load("record", table(made.listed, "r:", twice=True))
    found = candidates.against_base(engine, "person")
    engine.make("met", "SELECT DISTINCT record FROM candidate")
    return found, candidates.among_records(engine)


def table(rows, prefix, *, twice=False):
    """Rows as the joins read them.  ``twice``: each stands once more, as another list would bring it."""
    listed = [
        {"node": f"{prefix}{row['unique_id']}{mark}", "kind": "person", "form": row["name_form"], "name": row["name"],
         "birth": row["birth_date"], "sex": row["sex"], "area": row["area_code"], "phone": row["phone"],
         "address": row["address"], "key": None}
        for mark in (("", "-2") if twice else ("",)) for row in rows.to_pylist()
    ]  # fmt: skip
    text = [(name, pa.string()) for name in listed[0] if name != "birth"]
    return pa.Table.from_pylist(listed, schema=pa.schema([*text, ("birth", pa.date32())]))


def weighed(engine, made, model):
    engine.load("register", made.register)
    engine.load("listed", made.listed)
    return tiers(engine, scored(engine, "listed", "register", model, PERSON)).to_pylist()


@pytest.fixture(scope="module")
def both():
    made = generate(11, 500, 150)
    duck = connect(memory_mb=500, threads=1)
    engine = DuckEngine(duck)
    engine.load("register", made.register)
    engine.load("listed", made.listed)
    model = train(duck, "register", "person", 11, "listed")
    here = joined(engine, made), weighed(engine, made, model)
    with spark.session("local[2]", partitions=1) as session:
        there = SparkEngine(session)
        yield here, (joined(there, made), weighed(there, made, model))
    duck.close()


def test_joins_find_the_same_links(both):
    ((to_register, among), _), ((to_register_there, among_there), _) = both
    assert {edge.tier for edge in to_register} == {"T2", "T4"}
    assert len(among) > 10
    assert (to_register_there, among_there) == (to_register, among)


def test_edges_tiers_and_evidence_are_the_same(both):
    (_, rows), (_, rows_there) = both
    assert len(rows) > 100
    assert [(r["a"], r["b"], r["tier"], r["evidence"]) for r in rows] == [
        (r["a"], r["b"], r["tier"], r["evidence"]) for r in rows_there
    ]
    assert all(a["weight"] == pytest.approx(b["weight"]) for a, b in zip(rows, rows_there, strict=True))
