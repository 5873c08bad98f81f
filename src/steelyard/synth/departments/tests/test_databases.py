"""Departments' databases: read by an account that may only read, and failing as databases fail."""

import pyarrow as pa
import pytest
import sqlalchemy

from steelyard.synth.departments import Kind, Province, Wish
from steelyard.synth.departments.columns import tab_lines, type_of
from steelyard.synth.departments.tests.conftest import ROWS, needs_mariadb

DATABASES = [
    pytest.param("finance/payments", "FINANCE_DB", "pay.PAYMENT", id="postgresql"),
    pytest.param("health/visits", "HEALTH_DB", "VISIT", id="mariadb", marks=needs_mariadb),
]


def read(province, address, sql):
    """All rows as dictionaries, through the account of the environment."""
    engine = sqlalchemy.create_engine(province.environment.values[address], poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        return [dict(row) for row in connection.exec_driver_sql(sql).mappings()]


def quoted(province, address, table):
    mark = '"' if "postgresql" in province.environment.values[address] else "`"
    return ".".join(f"{mark}{part}{mark}" for part in table.split("."))


def rows(province, address, table):
    return read(province, address, f"SELECT * FROM {quoted(province, address, table)}")


@pytest.mark.parametrize(("interface", "address", "table"), DATABASES)
class TestDatabase:
    def test_every_row_comes_in_its_order_with_times_as_times(self, province, interface, address, table):
        found = rows(province, address, table)
        assert [row["BH"] for row in found] == [f"{number:04}" for number in range(ROWS)]
        assert found[7]["MC"] == "清源第7户"
        assert found[7]["GXSJ"].isoformat() == "2025-03-04T08:00:07"

    def test_the_account_cannot_write_and_sees_nothing_else(self, province, interface, address, table):
        name = quoted(province, address, table)
        for statement in (f"DELETE FROM {name}", "CREATE TABLE mine (a int)", f"SELECT * FROM store.{table}"):
            with pytest.raises(sqlalchemy.exc.DBAPIError):
                read(province, address, statement)

    def test_a_late_department_shows_an_empty_table(self, province, interface, address, table):
        province.faults.switch(Wish(Kind.LATE, interface))
        assert rows(province, address, table) == []

    def test_duplicated_rows_come_twice(self, province, interface, address, table):
        province.faults.switch(Wish(Kind.DUPLICATED, interface))
        assert len(rows(province, address, table)) == 2 * ROWS

    def test_out_of_order_the_last_row_comes_first(self, province, interface, address, table):
        province.faults.switch(Wish(Kind.OUT_OF_ORDER, interface))
        assert rows(province, address, table)[0]["BH"] == f"{ROWS - 1:04}"

    def test_half_a_table_ends_in_an_error(self, province, interface, address, table):
        province.faults.switch(Wish(Kind.HALF, interface))
        with pytest.raises(sqlalchemy.exc.DBAPIError, match=r"input/output|storage engine"):
            rows(province, address, table)

    def test_a_drift_renames_a_needed_column_and_adds_one(self, province, interface, address, table):
        province.faults.switch(Wish(Kind.DRIFT, interface))
        assert list(rows(province, address, table)[0]) == ["BH", "MC_新", "GXSJ", "新增字段"]

    def test_a_wrong_encoding_garbles_names_and_leaves_numbers(self, province, interface, address, table):
        province.faults.switch(Wish(Kind.ENCODING, interface))
        found = rows(province, address, table)[3]
        assert found["BH"] == "0003"
        assert "清" not in found["MC"]
        assert found["MC"].startswith("æ¸")

    def test_a_wrong_password_or_right_forbids_reading(self, province, interface, address, table):
        province.faults.switch(Wish(Kind.SIGNATURE, interface))
        with pytest.raises(sqlalchemy.exc.DBAPIError, match="denied"):
            rows(province, address, table)

    def test_a_failing_database_says_so(self, province, interface, address, table):
        province.faults.switch(Wish(Kind.ERRORS, interface))
        with pytest.raises(sqlalchemy.exc.DBAPIError, match=r"input/output|storage engine"):
            rows(province, address, table)

    def test_a_slow_database_gives_everything_in_the_end(self, province, interface, address, table):
        province.faults.switch(Wish(Kind.DRIP, interface))
        assert len(rows(province, address, table)) == ROWS

    def test_once_a_fault_is_off_everything_is_as_before(self, province, interface, address, table):
        before = rows(province, address, table)
        for kind in (Kind.DRIFT, Kind.ENCODING, Kind.SIGNATURE):
            province.faults.switch(Wish(kind, interface))
            province.faults.switch(Wish(kind, interface), on=False)
        assert rows(province, address, table) == before


def test_without_mariadb_postgresql_offers_the_same_tables_and_says_so(county, interfaces, short_folder, monkeypatch):
    monkeypatch.setattr("steelyard.engines.mariadb.is_installed", lambda: False)
    offered = {name: one for name, one in interfaces.items() if one.connector == "sql"}
    with Province(offered, county, short_folder / "alone") as found:
        assert found.told()["databases"] == ["PostgreSQL"]
        assert "MariaDB is not installed" in found.told()["notes"][0]
        assert len(rows(found, "HEALTH_DB", "VISIT")) == ROWS


def test_rows_reach_a_database_with_every_sign_in_them():
    odd = pa.table({"a": ["x\ty", None, "", "\\N", "l\nm"], "b": ["1", "2", "3", "4", "5"]})
    assert b"".join(tab_lines(odd, at_once=2)).decode() == "1\tx\\ty\t1\n2\t\\N\t2\n3\t\t3\n4\t\\\\N\t4\n5\tl\\nm\t5\n"


def test_a_column_with_one_day_that_never_was_stays_text():
    days = pa.chunked_array([["2025-01-31", "2025-02-28"]])
    assert type_of(days) == "date"
    assert type_of(pa.chunked_array([["2025-01-31", "2025-02-30"]])) == "text"
    assert type_of(pa.chunked_array([["2025-01-31 10:00:00", None]])) == "time"
