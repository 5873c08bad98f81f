"""A merge into many small files: what is rewritten, what stays, what the log may say."""

import dataclasses
from pathlib import Path

import pytest

from steelyard.contracts import Column
from steelyard.engines.duck import connect, register_files, rows
from steelyard.pool import commits, parts, tables
from steelyard.pool.tests.conftest import contracts_in

ROWS = 12_000


class Bench:
    """One table and an engine; every put is a delivery."""

    def __init__(self, folder):
        self.contract = contracts_in(folder / "catalogue")["payment"]
        self.folder, self.version, self.seq = folder / "payment", None, 0
        self.duck = connect(memory_mb=256, threads=1)

    def given(self, select):
        typed = ", ".join(
            f"CAST({name if f' AS {name}' in select else 'NULL'} AS {kind}) AS {name}"
            for name, kind in self.contract.schema.items()
        )
        self.duck.execute(
            f"CREATE OR REPLACE TABLE good AS SELECT {typed}, 'f.csv' AS _file, row_number() OVER () AS _row "
            f"FROM ({select})"
        )
        return "good"

    def put(self, select, gone=None, **more):
        self.seq += 1
        stamp = more.pop("stamp", tables.Stamp(f"d{self.seq}", self.seq, "finance/payments"))
        if gone:
            self.duck.execute(f"CREATE OR REPLACE TABLE gone AS {gone}")
        made = tables.merge(
            self.duck, self.contract, self.given(select), self.folder, self.version, stamp,
            gone="gone" if gone else None, **more,
        )  # fmt: skip
        self.version = made.version
        return made

    def files(self):
        return {Path(file).name for file in tables.files_of(str(self.folder), self.version)}

    def file_of(self, number):
        listed = [str(self.folder / name) for name in self.files()]
        register_files(self.duck, "placed", listed, self.contract.schema, place=True)
        found = rows(self.duck, f"SELECT _path FROM placed WHERE payment_id = '{key(number)}'")
        return Path(found[0]["_path"]).name

    def table(self):
        listed = [str(self.folder / name) for name in self.files()]
        register_files(self.duck, "now", listed, tables.schema_of(self.contract))
        return {row["payment_id"]: row for row in rows(self.duck, "SELECT * FROM now")}


def key(number):
    return f"P{number:06d}"


def numbers(first, beyond, amount="1"):
    return (
        f"SELECT 'P' || lpad(CAST(i AS VARCHAR), 6, '0') AS payment_id, 'key' AS payee_id, {amount} AS amount, "
        f"'Wang Xiaoming' AS handler_id, '33992110' || (i % 7) AS village_code FROM range({first}, {beyond}) r(i)"
    )


@pytest.fixture
def bench(tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "ROW_GROUP_ROWS", 2048)
    monkeypatch.setattr(parts, "MOST_ROW_GROUPS", 1)
    return Bench(tmp_path)


def test_a_change_rewrites_only_the_file_that_holds_its_row(bench):
    bench.put(numbers(0, ROWS))
    before, touched = bench.files(), bench.file_of(5000)
    made = bench.put(numbers(5000, 5001, amount="2"))
    assert len(before) > 4
    assert before - bench.files() == {touched}
    assert (made.admitted, made.corrected, made.files_rewritten) == (1, 1, 1)
    table = bench.table()
    assert len(table) == ROWS
    assert (str(table[key(5000)]["amount"]), table[key(5000)]["_seq"]) == ("2.00", 2)
    assert (str(table[key(5001)]["amount"]), table[key(5001)]["_seq"]) == ("1.00", 1)


def test_new_rows_rewrite_nothing(bench):
    bench.put(numbers(0, ROWS))
    before = bench.files()
    made = bench.put(numbers(ROWS, ROWS + 10))
    assert before < bench.files()
    assert (made.admitted, made.files_rewritten) == (10, 0)
    assert len(bench.table()) == ROWS + 10


def test_what_the_table_says_already_makes_no_version(bench):
    first = bench.put(numbers(0, ROWS))
    again = bench.put(numbers(0, ROWS))
    assert (again.admitted, again.unchanged, again.written) == (0, ROWS, False)
    assert again.version == first.version


def test_keys_that_go_rewrite_only_their_files(bench):
    bench.put(numbers(0, ROWS))
    before, touched = bench.files(), bench.file_of(77)
    made = bench.put(numbers(0, 0), gone=f"SELECT '{key(77)}' AS payment_id UNION ALL SELECT 'nobody has this'")
    assert made.removed == 1
    assert before - bench.files() == {touched}
    assert set(bench.table()) == {key(number) for number in range(ROWS)} - {key(77)}


def test_a_table_may_lose_all_rows_and_take_new_ones(bench):
    bench.put(numbers(0, 3))
    bench.put(numbers(0, 0), gone="SELECT payment_id FROM (" + numbers(0, 3) + ")")
    assert bench.table() == {}
    bench.put(numbers(1, 2))
    assert set(bench.table()) == {key(1)}


def test_restored_rows_keep_the_lineage_they_bring(bench):
    bench.put(numbers(0, 3))
    bench.put(numbers(1, 2, amount="5"))
    listed = ", ".join(f"{name}" for name in bench.contract.schema)
    bench.given(numbers(1, 2))
    bench.duck.execute(
        f"CREATE OR REPLACE TABLE back AS SELECT {listed}, 'd1' AS _delivery, 2 AS _raw_row, 'old.csv' AS _file, "
        "CAST(1 AS BIGINT) AS _seq, 'finance/payments' AS _supplier, CAST(NULL AS BIGINT) AS _order, 0 AS _row "
        "FROM good"
    )
    stamp = tables.Stamp("d2", 2, "finance/payments", work="withdraw")
    made = tables.merge(
        bench.duck, bench.contract, "back", bench.folder, bench.version, stamp, restored=True
    )  # fmt: skip
    bench.version = made.version
    found = bench.table()[key(1)]
    assert (str(found["amount"]), found["_delivery"], found["_file"]) == ("1.00", "d1", "old.csv")


def test_the_log_never_holds_what_identifies_a_person(bench):
    private = dataclasses.replace(bench.contract.columns["handler_id"], private=True)
    bench.contract = dataclasses.replace(
        bench.contract, columns={**bench.contract.columns, "handler_id": private},
        cluster_by=("handler_id", "village_code"),
    )  # fmt: skip
    bench.put(numbers(0, 100))
    log = b"".join(path.read_bytes() for path in (bench.folder / "_delta_log").iterdir())
    assert b"P000099" in log
    assert b"339921106" in log
    assert b"Wang Xiaoming" not in log


def test_a_second_writer_without_the_lock_fails_and_changes_nothing(bench):
    bench.put(numbers(0, 10))
    at = commits.rewind(bench.folder, bench.version)
    bench.put(numbers(10, 20))
    late = parts.write(bench.duck, "SELECT 1 AS x", bench.folder, {}, ())
    with pytest.raises(commits.TableMoved):
        commits.commit(bench.folder, at, tables.schema_of(bench.contract), late, (), commits.Note("merge"))
    assert len(bench.table()) == 20


def test_a_batch_the_published_table_holds_is_refused(bench):
    bench.put(numbers(0, 10))
    with pytest.raises(commits.AlreadyPublished, match="d1"):
        bench.put(numbers(0, 10, amount="9"), stamp=tables.Stamp("d1", 1, "finance/payments"))


def test_a_batch_whose_commit_was_never_published_is_taken_again(bench):
    bench.put(numbers(0, 10))
    published, stamp = bench.version, tables.Stamp("d2", 2, "finance/payments")
    bench.put(numbers(0, 10, amount="7"), stamp=stamp)
    bench.version = published
    bench.put(numbers(0, 10, amount="7"), stamp=stamp)
    assert {str(row["amount"]) for row in bench.table().values()} == {"7.00"}
    assert len(bench.table()) == 10


def _with(contract, **columns):
    return dataclasses.replace(contract, columns={**contract.columns, **columns})


def test_a_new_column_rewrites_no_file(bench):
    bench.put(numbers(0, ROWS))
    before = bench.files()
    words = bench.contract.columns["kind"].title
    bench.contract = _with(bench.contract, remark=Column("remark", "string", words, "L2"))
    bench.put(numbers(ROWS, ROWS + 1).replace("'key' AS", "'new' AS remark, 'key' AS"))
    assert before < bench.files()
    assert [row["remark"] for row in bench.table().values() if row["remark"]] == ["new"]


def test_a_column_of_another_type_needs_the_whole_table_written_anew(bench):
    bench.put(numbers(0, ROWS))
    wider = dataclasses.replace(bench.contract.columns["count"], type="string")
    old, bench.contract = bench.contract, _with(bench.contract, count=wider)
    with pytest.raises(commits.TableMoved, match="every file"):
        bench.put(numbers(0, 1, amount="3"))
    register_files(bench.duck, "before", tables.files_of(str(bench.folder), bench.version), tables.schema_of(old))
    query = "SELECT * REPLACE ('n' || coalesce(count, 0) AS count) FROM before"
    note = commits.Note("migrate")
    bench.version = tables.replace(bench.duck, bench.contract, query, bench.folder, bench.version, note)
    assert {row["count"] for row in bench.table().values()} == {"n0"}
    assert len(bench.table()) == ROWS
