"""A cluster of Spark says of the whole made-up county what DuckDB says."""

import json
import shutil
import tempfile
from pathlib import Path

import pytest

from steelyard.engines import spark
from steelyard.engines.postgres import Database, Role, Server
from steelyard.kit.home import Home

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(spark.absent() is not None, reason=str(spark.absent())),
]


@pytest.fixture(scope="module")
def database(installation):
    installation.run("migrate")
    return Database(Server(Home(installation.home)).address)


@pytest.fixture
def folder():
    made = Path(tempfile.mkdtemp(prefix="sy-spark-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


def standing(database):
    with database.connect(Role.WORKER) as connection:
        return connection.execute(
            "SELECT fingerprint, grade, model_grade, payload, evidence FROM engine.finding WHERE state <> 'vanished' "
            "ORDER BY fingerprint"
        ).fetchall()


def run(installation, *words):
    # Minutes, and more of them beside other work.
    return json.loads(installation.run("detect", "run", "--full", "--json", *words, timeout=2400))


SOME = (
    "village-project/former-employer-contractor",
    "village-asset/rent-receivable-unpaid",
    "soe-procurement/defendant-supplier",
    "tender-reg-collusion/same-device",
)
"""Joins, dates, sums and pairs; the rest of the models takes minutes more."""


# Minutes each: part of the long run.
@pytest.mark.load
@pytest.mark.parametrize("models", [SOME, ()], ids=["some", "all"])
def test_a_cluster_finds_in_the_county_what_duckdb_found(installation, database, folder, models):
    from tests.spark_cluster import SETTINGS, cluster, executors

    chosen = [word for name in models for word in ("--model", name)]
    here = run(installation, *chosen)
    before = standing(database)
    with cluster(folder) as master:
        settings = [word for name, value in SETTINGS.items() for word in ("--conf", f"{name}={value}")]
        there = run(installation, "--engine", "spark", "--master", master, *chosen, *settings)
        assert executors(folder) == {"work-1", "work-2"}
    assert here["unchanged"] + here["new"] + here["changed"] > (10 if models else 500)
    assert (there["failed"], there["new"], there["changed"], there["vanished"]) == ({}, 0, 0, 0)
    assert there["unchanged"] == here["unchanged"] + here["new"] + here["changed"]
    assert standing(database) == before
