"""Rows of real databases come exact, whole and once, through an account that cannot write."""

import base64

import pyarrow.parquet as pq
import pytest

from steelyard.sources import (
    Auth,
    Feed,
    Fetch,
    FetchFailed,
    Interface,
    Limits,
    Location,
    ReferenceMissing,
    References,
    Source,
    SourceDrifted,
    SourceRefused,
    fetch,
    probe,
)
from steelyard.sources.tests.conftest import PASSWORD

TABLE = "CREATE TABLE t (id BIGINT, name VARCHAR(40), at TIMESTAMP NULL)"


@pytest.fixture(autouse=True)
def references(secrets_set, request):
    secrets_set("STEELYARD_X_PASSWORD", PASSWORD)
    if "dept" in request.fixturenames:
        secrets_set("STEELYARD_X_DB", request.getfixturevalue("dept").reader)


def interface_of(dept=None, *, needs=("id",), **more):
    location = Location(address="${STEELYARD_X_DB}", **{"table": "t"} | more.pop("location", {}))
    auth = Auth(secret="${STEELYARD_X_PASSWORD}") if dept is None or dept.name == "mariadb" else Auth()
    columns = {name: Source((name,)) for name in needs}
    return Interface(
        "x/t", {}, (Feed("t", columns),), connector="sql", file_format="parquet", location=location,
        **{"auth": auth, "limits": Limits(timeout=5)} | more,
    )  # fmt: skip


def rows_of(folder, interface, cursor=None):
    got = fetch(interface, folder, References(), cursor)
    return got, pq.read_table(got.paths[0]).to_pylist()


# -- what comes --------------------------------------------------------------------------------


def test_values_come_as_the_server_writes_them(dept, folder):
    dept.run(
        "CREATE TABLE t (id BIGINT, amount DECIMAL(24,6), day DATE, at TIMESTAMP NULL, code CHAR(18), note VARCHAR(9), "
        "nothing VARCHAR(9), half DOUBLE PRECISION)",
        "INSERT INTO t VALUES (110101199001011234, 123456789012345678.100000, '2025-01-02', '2025-01-02 03:04:05', "
        "'11010119900101123X', '', NULL, 0.1)",
    )
    _, rows = rows_of(folder, interface_of(dept))
    assert rows == [
        {
            "id": "110101199001011234", "amount": "123456789012345678.100000", "day": "2025-01-02",
            "at": "2025-01-02 03:04:05", "code": "11010119900101123X", "note": "", "nothing": None, "half": "0.1",
        }
    ]  # fmt: skip


def test_booleans_of_postgresql_are_written_out(postgres, secrets_set, folder):
    secrets_set("STEELYARD_X_DB", postgres.reader)
    postgres.run("CREATE TABLE t (id int, yes boolean, list text[])", "INSERT INTO t VALUES (1, true, '{a,b}')")
    _, rows = rows_of(folder, interface_of(postgres))
    assert rows == [{"id": "1", "yes": "true", "list": "{a,b}"}]


def test_times_of_mariadb_that_never_were_come_as_they_stand(mariadb, secrets_set, folder):
    secrets_set("STEELYARD_X_DB", mariadb.reader)
    mariadb.run(
        "SET SESSION sql_mode = ''", "CREATE TABLE t (id int, day date)", "INSERT INTO t VALUES (1, '0000-00-00')"
    )
    _, rows = rows_of(folder, interface_of(mariadb))
    assert rows == [{"id": "1", "day": "0000-00-00"}]


def test_names_are_quoted_whatever_they_hold(dept, folder):
    quote = dept.admin.dialect.identifier_preparer.quote
    table, column = "款项 `\"'; drop", 'select "金额`'
    dept.run(f"CREATE TABLE {quote(table)} (id int, {quote(column)} int)", f"INSERT INTO {quote(table)} VALUES (1, 7)")
    _, rows = rows_of(folder, interface_of(dept, location={"table": table}))
    assert rows == [{"id": "1", column: "7"}]


def test_a_table_may_lie_in_a_schema(postgres, secrets_set, folder):
    secrets_set("STEELYARD_X_DB", postgres.reader)
    postgres.run(
        "DROP SCHEMA IF EXISTS finance CASCADE", "CREATE SCHEMA finance",
        "GRANT USAGE ON SCHEMA finance TO dept_reader",
        "CREATE TABLE finance.t AS SELECT 1 AS id", "GRANT SELECT ON finance.t TO dept_reader",
    )  # fmt: skip
    _, rows = rows_of(folder, interface_of(postgres, location={"table": "finance.t"}))
    assert rows == [{"id": "1"}]


def test_rows_come_in_batches_and_all(dept, folder):
    numbers = "WITH RECURSIVE s AS (SELECT 1 AS id UNION ALL SELECT id + 1 FROM s WHERE id < 950) SELECT id FROM s"
    dept.run(f"CREATE TABLE t AS {numbers}")
    got, rows = rows_of(folder, interface_of(dept, fetch=Fetch(batch=100)))
    assert sorted(int(row["id"]) for row in rows) == list(range(1, 951))
    assert pq.ParquetFile(got.paths[0]).num_row_groups == 10
    assert got.rows == 950


def test_what_is_ignored_does_not_leave_the_department(dept, folder):
    dept.run("CREATE TABLE t (id int, name varchar(9))", "INSERT INTO t VALUES (1, '张三')")
    _, rows = rows_of(folder, interface_of(dept, ignore=frozenset({"name"})))
    assert rows == [{"id": "1"}]


@pytest.mark.parametrize("kind", ["mariadb", "postgres"])
def test_bytes_are_refused_unless_somebody_wants_them(kind, request, secrets_set, folder):
    dept = request.getfixturevalue(kind)
    secrets_set("STEELYARD_X_DB", dept.reader)
    blob, value = ("BLOB", "x'00ff41'") if kind == "mariadb" else ("bytea", "'\\x00ff41'")
    dept.run(f"CREATE TABLE t (id int, photo {blob})", f"INSERT INTO t VALUES (1, {value})")
    with pytest.raises(SourceRefused, match="photo holds bytes"):
        rows_of(folder, interface_of(dept))
    _, rows = rows_of(folder, interface_of(dept, needs=("id", "photo")))
    assert base64.b64decode(rows[0]["photo"]) == b"\x00\xffA"


def test_a_query_may_stand_for_a_table(dept, folder):
    dept.run("CREATE TABLE t (id int, at time)", "INSERT INTO t VALUES (1, '10:30:00'), (2, '11:30:00')")
    query = "SELECT id AS 编号, at FROM t WHERE at = '10:30:00' -- 50%"
    _, rows = rows_of(folder, interface_of(dept, needs=("编号",), location={"table": "", "query": query}))
    assert rows == [{"编号": "1", "at": "10:30:00"}]


@pytest.mark.parametrize("query", ["DELETE FROM t", "SELECT 1; DROP TABLE t", "SET ROLE admin", ""])
def test_anything_but_one_select_is_refused(dept, folder, query):
    dept.run("CREATE TABLE t (id int)")
    with pytest.raises(SourceRefused, match="one SELECT"):
        rows_of(folder, interface_of(dept, location={"table": "", "query": query}))


# -- watermark ---------------------------------------------------------------------------------


def by(column, overlap="PT0S"):
    return {"fetch": Fetch("watermark", column, overlap=overlap)}


def test_rows_that_share_the_last_time_are_neither_lost_nor_doubled(dept, folder):
    dept.run(TABLE, "INSERT INTO t VALUES (1, 'a', '2025-01-01 10:00:00'), (2, 'b', '2025-01-01 10:00:05')")
    interface = interface_of(dept, **by("at"))
    first, rows = rows_of(folder, interface)
    assert len(rows) == 2
    assert rows_of(folder, interface, first.cursor)[1] == []
    dept.run("INSERT INTO t VALUES (3, 'c', '2025-01-01 10:00:05')")
    second, rows = rows_of(folder, interface, first.cursor)
    assert [row["id"] for row in rows] == ["3"]
    assert rows_of(folder, interface, second.cursor)[1] == []


def test_a_row_that_changed_within_the_same_time_comes_again(dept, folder):
    dept.run(TABLE, "INSERT INTO t VALUES (1, 'a', '2025-01-01 10:00:00')")
    first, _ = rows_of(folder, interface_of(dept, **by("at")))
    dept.run("UPDATE t SET name = 'other', at = at")
    _, rows = rows_of(folder, interface_of(dept, **by("at")), first.cursor)
    assert [row["name"] for row in rows] == ["other"]


def test_the_overlap_reaches_rows_that_were_written_late(dept, folder):
    dept.run(TABLE, "INSERT INTO t VALUES (1, 'a', '2025-01-01 10:00:00')")
    first, _ = rows_of(folder, interface_of(dept, **by("at", "PT1H")))
    dept.run("INSERT INTO t VALUES (2, 'b', '2025-01-01 09:30:00'), (3, 'c', '2025-01-01 08:00:00')")
    _, rows = rows_of(folder, interface_of(dept, **by("at", "PT1H")), first.cursor)
    assert [row["id"] for row in rows] == ["2"]


def test_rows_without_a_watermark_come_once(dept, folder):
    dept.run(TABLE, "INSERT INTO t VALUES (1, 'a', '2025-01-01 10:00:00'), (2, 'b', NULL)")
    first, rows = rows_of(folder, interface_of(dept, **by("at")))
    assert len(rows) == 2
    dept.run("INSERT INTO t VALUES (3, 'c', NULL)")
    _, rows = rows_of(folder, interface_of(dept, **by("at")), first.cursor)
    assert [row["id"] for row in rows] == ["3"]


def test_long_numbers_are_compared_to_the_last_digit(dept, folder):
    dept.run(TABLE, "INSERT INTO t VALUES (110101199001011234, 'a', NULL), (9, 'b', NULL)")
    first, _ = rows_of(folder, interface_of(dept, **by("id")))
    assert first.cursor["value"] == "110101199001011234"
    dept.run("INSERT INTO t VALUES (110101199001011235, 'c', NULL), (110101199001011233, 'd', NULL)")
    _, rows = rows_of(folder, interface_of(dept, **by("id")), first.cursor)
    assert [row["name"] for row in rows] == ["c"]


def test_times_written_as_text_are_compared_as_the_server_does(dept, folder):
    dept.run("CREATE TABLE t (id int, at varchar(30))", "INSERT INTO t VALUES (1, '2025-01-01 10:00:00')")
    first, _ = rows_of(folder, interface_of(dept, **by("at", "PT1H")))
    dept.run("INSERT INTO t VALUES (2, '2025-01-01 09:30:00'), (3, '2025-01-01 08:59:59')")
    _, rows = rows_of(folder, interface_of(dept, **by("at", "PT1H")), first.cursor)
    assert [row["id"] for row in rows] == ["2"]


def test_a_watermark_that_is_no_column_is_drift(dept, folder):
    dept.run(TABLE)
    with pytest.raises(SourceDrifted, match="changed is no column"):
        rows_of(folder, interface_of(dept, **by("changed")))


# -- reading alone -----------------------------------------------------------------------------


def test_an_account_that_may_write_is_refused(dept, secrets_set, folder):
    secrets_set("STEELYARD_X_DB", dept.writer)
    dept.run(TABLE, "INSERT INTO t VALUES (1, 'a', NULL)")
    with pytest.raises(SourceRefused, match="read-only account"):
        rows_of(folder, interface_of(auth=Auth()))
    assert dept.one("SELECT count(*) FROM t") == 1


def test_where_there_is_no_other_account_every_run_warns(dept, secrets_set, folder):
    secrets_set("STEELYARD_X_DB", dept.writer)
    dept.run(TABLE, "INSERT INTO t VALUES (1, 'a', NULL)")
    got, rows = rows_of(folder, interface_of(auth=Auth(may_write=True)))
    assert len(rows) == 1
    assert "may write" in got.signals[0]
    assert dept.one("SELECT count(*) FROM t") == 1


def test_rights_on_another_table_count_too(postgres, secrets_set, folder):
    secrets_set("STEELYARD_X_DB", postgres.reader)
    postgres.run(TABLE, "CREATE TABLE other (id int)", "GRANT UPDATE ON other TO dept_reader")
    with pytest.raises(SourceRefused, match="other"):
        rows_of(folder, interface_of(postgres))


def test_a_query_with_side_effects_fails_in_the_reading_transaction(postgres, secrets_set, folder):
    secrets_set("STEELYARD_X_DB", postgres.reader)
    postgres.run("DROP SEQUENCE IF EXISTS s", "CREATE SEQUENCE s", "GRANT ALL ON SEQUENCE s TO dept_reader")
    with pytest.raises(FetchFailed, match="read-only transaction"):
        rows_of(folder, interface_of(postgres, location={"table": "", "query": "SELECT nextval('s') AS id"}))


# -- failing -----------------------------------------------------------------------------------


def test_a_lost_table_and_a_lost_column_are_drift(dept, folder):
    with pytest.raises(SourceDrifted):
        rows_of(folder, interface_of(dept))
    dept.run("CREATE TABLE t (number int)")
    with pytest.raises(SourceDrifted, match="column id is missing"):
        rows_of(folder, interface_of(dept))


def test_a_wrong_password_is_refused_and_not_told(mariadb, secrets_set, folder):
    secrets_set("STEELYARD_X_DB", mariadb.reader)
    secrets_set("STEELYARD_X_PASSWORD", "wrong-and-secret")
    with pytest.raises(SourceRefused, match="Access denied") as refused:
        rows_of(folder, interface_of(mariadb))
    assert "wrong-and-secret" not in repr(refused.value)


@pytest.mark.parametrize("scheme", ["mysql", "postgresql"])
def test_a_server_that_does_not_answer_may_be_asked_later(secrets_set, folder, scheme, caplog):
    caplog.set_level("DEBUG")
    secrets_set("STEELYARD_X_DB", f"{scheme}://reader:{PASSWORD}@127.0.0.1:1/dept")
    with pytest.raises(FetchFailed) as failed:
        rows_of(folder, interface_of(auth=Auth()))
    assert not failed.value.permanent
    error: BaseException | None = failed.value
    while error:
        assert PASSWORD not in f"{error} {error!r}"
        error = None if error.__suppress_context__ else error.__context__
    assert PASSWORD not in caplog.text


def test_a_statement_that_does_not_end_is_ended(dept, folder):
    sleeping = "SELECT sleep(30) AS id" if dept.name == "mariadb" else "SELECT pg_sleep(30)::text AS id"
    with pytest.raises(FetchFailed):
        rows_of(folder, interface_of(dept, location={"table": "", "query": sleeping}, limits=Limits(timeout=1)))


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("oracle://u@127.0.0.1/x", "oracledb"),
        ("mssql://u@127.0.0.1/x", "pyodbc"),
        ("dm://u@127.0.0.1:5236", "dmPython"),
        ("sqlite:////etc/passwd", "none of the databases"),
        ("no address", "no SQLAlchemy address"),
        ("mysql://u@10.1.2.3/x", "10.1.2.3 is not among the hosts"),
        ("postgresql://u@/x?host=10.1.2.3", "10.1.2.3 is not among the hosts"),
        ("postgresql://u@/x?host=localhost,10.1.2.3:5433", "10.1.2.3 is not among the hosts"),
    ],
)
def test_an_address_we_do_not_read_from_says_why(secrets_set, folder, address, why):
    secrets_set("STEELYARD_X_DB", address)
    with pytest.raises(SourceRefused, match=why):
        rows_of(folder, interface_of(auth=Auth()))


def test_a_reference_nobody_gave_is_named(folder, monkeypatch):
    monkeypatch.delenv("STEELYARD_X_DB", raising=False)
    with pytest.raises(ReferenceMissing, match="STEELYARD_X_DB is not set"):
        rows_of(folder, interface_of())


# -- looking -----------------------------------------------------------------------------------


def test_a_look_counts_all_and_shows_a_few(dept):
    dept.run(TABLE, "INSERT INTO t VALUES (1, 'a', NULL), (2, '', NULL), (3, 'c', NULL)")
    seen = probe(interface_of(dept), References(), limit=2)
    assert (seen.columns, len(seen.rows), seen.total) == (("id", "name", "at"), 2, 3)
