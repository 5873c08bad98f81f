"""Spark says what DuckDB says: of every case, and of a pool with merged people, unsure links and waiting pushes."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from steelyard import detect
from steelyard.catalogue import load_catalogue
from steelyard.detect.cases import run_cases
from steelyard.detect.guards.endless import Endless, within
from steelyard.detect.spark_cases import SparkCases, unequal
from steelyard.detect.tests.small_pool import DAY, REGION, SmallPool, know
from steelyard.detect.tests.who import link, merge
from steelyard.engines import spark
from steelyard.engines.duck import connect
from steelyard.engines.postgres import Database
from steelyard.engines.spark_tables import SparkFailed, SparkTables
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.pool import Moment
from steelyard.pool.pending import Layer

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(spark.absent() is not None, reason=str(spark.absent())),
]
CATALOGUE = load_catalogue(catalogue_folder())
FORMER = "village-project/former-employer-contractor"
PARTIES = "tender-reg-collusion/linked-bidders"
VILLAGE = "339921101201"


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    with spark.session("local[2]", memory_mb=640, partitions=1, settings=spark.SMALL) as made:
        yield made


@pytest.fixture(scope="module")
def cases(session: Any) -> SparkCases:
    return SparkCases(CATALOGUE, SparkTables(session), own=True)


@pytest.fixture(scope="module")
def few(session: Any) -> SparkCases:
    return SparkCases(CATALOGUE, SparkTables(session), own=True, positives=2)


@pytest.fixture
def tables(session: Any) -> Iterator[SparkTables]:
    made = SparkTables(session.newSession())
    yield made
    made.forget()


@pytest.mark.parametrize("subject", [*CATALOGUE.relations, *list(CATALOGUE.models)[::4]])
def test_two_cases_of_a_subject_give_the_same_rows(few: SparkCases, subject: str) -> None:
    """Of every fourth model; `make soak` takes every case of all."""
    report = run_cases(CATALOGUE, [subject], runner=few)
    assert few.sent[subject] > 0
    assert report.failed == []


@pytest.mark.load
@pytest.mark.parametrize("subject", [*CATALOGUE.relations, *CATALOGUE.models])
def test_every_case_gives_the_same_rows(cases: SparkCases, subject: str) -> None:
    report = run_cases(CATALOGUE, [subject], runner=cases)
    assert report.cases > 0
    assert report.failed == []


def test_one_value_that_differs_is_seen() -> None:
    here = [{"k": "a", "n": 1}, {"k": "b", "n": 2}]
    assert unequal(here, here[::-1]) is None
    assert "'n': 3" in str(unequal(here, [{"k": "a", "n": 1}, {"k": "b", "n": 3}]))
    assert unequal(here, here[:1]) is not None


def official(person: str) -> dict[str, str]:
    return {"person_id": person, "org_id": "V1", "village_code": VILLAGE, "position": "party_secretary",
            "from_date": "2014-01-01", "to_date": "2018-12-31"}  # fmt: skip


def insured(person: str | None, company: str) -> dict[str, str | None]:
    return {"person_id": person, "company_id": company, "month": "2015-03-01", "ins_type": "pension"}


def project(company: str) -> dict[str, object]:
    return {"project_id": f"J-{company}", "village_code": VILLAGE, "name": "road", "contractor_id": company,
            "contract_amount": "90000.10", "sign_date": "2018-02-01"}  # fmt: skip


@pytest.fixture
def pool(tmp_path: Path, clean_engine: Database) -> SmallPool:
    know(clean_engine, **dict.fromkeys(("P1", "P2", "P3"), "person"), CB="company", CC="company", V1="org")
    found = SmallPool(tmp_path, CATALOGUE, numbered=True)
    found.put(
        region=REGION,
        official=[official("P1"), official("P3")],
        social_insurance=[insured("P2", "CB"), insured(None, "CC"), insured("P3", "CC")],
        village_project=[project("CB"), project("CC")],
    )
    merge(clean_engine, "P2", "P1")
    link(clean_engine, found, "social_insurance", "person_id", 3, "P1", "T3")
    return found


def stored(database: Database) -> dict[str, tuple[Any, ...]]:
    with database.connect() as connection:
        return {
            one.fingerprint: (one.payload, one.grade, one.model_grade, one.identity_tier, one.evidence, one.state)
            for one in detect.findings_since(connection, 0)
        }


def run(pool: SmallPool, database: Database, tables: SparkTables | None, **more: Any) -> detect.RunReport:
    return detect.run(pool, CATALOGUE, database, DAY, [FORMER], full=True, spark=tables, **more)


def test_a_run_on_spark_stores_what_one_on_duckdb_stores(
    pool: SmallPool, clean_engine: Database, tables: SparkTables
) -> None:
    there = run(pool, clean_engine, tables)
    said = stored(clean_engine)
    assert (there.new, there.failed) == (3, {})
    assert {one[1] for one in said.values()} == {"red", "yellow"}
    with clean_engine.transaction() as connection:
        connection.execute("DELETE FROM engine.finding")
    assert run(pool, clean_engine, None).new == 3
    assert stored(clean_engine) == said


def test_spark_sees_pushed_rows_that_wait(pool: SmallPool, clean_engine: Database, tables: SparkTables) -> None:
    moment = Moment(
        pool.current(), 7, (waiting(official("P2") | {"org_id": "V9", "from_date": "2013-01-01"}, gone=False),)
    )
    there = run(pool, clean_engine, tables, moment=moment)
    said = stored(clean_engine)
    with clean_engine.transaction() as connection:
        connection.execute("DELETE FROM engine.finding")
    assert (there.new, run(pool, clean_engine, None, moment=moment).new) == (3, 3)
    assert stored(clean_engine) == said
    assert "tests-push" in str(said)


def waiting(row: dict[str, str], *, gone: bool) -> Layer:
    schema = CATALOGUE.schema("official")
    values = ", ".join(
        f"CAST({chr(39) + str(row[name]) + chr(39) if name in row else 'NULL'} AS {kind}) AS {name}"
        for name, kind in schema.items()
    )
    with connect(memory_mb=128, threads=1) as duck:
        rows: pa.Table = duck.sql(
            f"SELECT {values}, 'tests-push' AS _delivery, CAST(1 AS BIGINT) AS _raw_row, 'push.json' AS _file, "
            f"CAST(NULL AS BIGINT) AS _seq, 'tests' AS _supplier, CAST(NULL AS VARCHAR) AS _order, {gone} AS _gone, "
            "CAST(7 AS BIGINT) AS _layer"
        ).to_arrow_table()
    return Layer((7, 7, "official"), "official", "tests", "tests-push", rows)


def test_files_of_different_columns_read_as_one(tmp_path: Path, tables: SparkTables) -> None:
    with connect(memory_mb=128, threads=1) as duck:
        duck.execute(f"COPY (SELECT 'a' AS k, 1 AS n) TO '{tmp_path}/old.parquet'")
        duck.execute(f"COPY (SELECT 'b' AS k, 2.5 AS n, DATE '2025-01-01' AS d) TO '{tmp_path}/new.parquet'")
    files = [f"{tmp_path}/old.parquet", f"{tmp_path}/new.parquet"]
    tables.register_files("mixed", files, {"k": "VARCHAR", "n": "DECIMAL(18,2)", "d": "DATE"})
    found = sorted(tables.fetch("SELECT * FROM mixed").to_pylist(), key=lambda row: row["k"])
    assert [(row["k"], str(row["n"]), row["d"]) for row in found] == [
        ("a", "1.00", None), ("b", "2.50", dt.date(2025, 1, 1)),
    ]  # fmt: skip
    tables.register_files("none", [], {"k": "VARCHAR"})
    assert tables.fetch("SELECT * FROM none").num_rows == 0


def test_an_error_of_spark_is_one_line(tables: SparkTables) -> None:
    with pytest.raises(SparkFailed) as told:
        tables.fetch("SELECT nowhere FROM range(3)")
    assert "nowhere" in str(told.value)
    assert "\n" not in str(told.value)


def test_a_number_that_does_not_fit_fails_and_is_never_null(tables: SparkTables) -> None:
    with pytest.raises(SparkFailed):
        tables.fetch("SELECT CAST('x' AS INTEGER) AS n")
    tables.put("told", pa.table({"word": ["1", "x"]}))
    with pytest.raises(SparkFailed) as told:
        tables.fetch("SELECT CAST(word AS INTEGER) AS n FROM told")
    assert "CAST_INVALID_INPUT" in str(told.value)
    assert "\n" not in str(told.value)


def test_a_statement_that_never_ends_is_stopped(tables: SparkTables) -> None:
    tables.session.range(10**7).createOrReplaceTempView("many")
    with pytest.raises(Endless), within(tables, 2, "the model"):
        tables.fetch("SELECT sum(a.id * b.id % 7) AS n FROM many AS a CROSS JOIN many AS b")
    assert tables.fetch("SELECT 1 AS n").to_pylist() == [{"n": 1}]
