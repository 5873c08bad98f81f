"""The forms in which departments drop files, each with its true rows; and odd bytes that never end a reader."""

import io
import os
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steelyard.sources import FileRefused, Interface, Options, origin, read_file
from steelyard.sources.drops import ready


def read(path, kind, **options):
    (path.parent / "text").mkdir(exist_ok=True)
    interface = Interface("d/a", {}, (), file_format=kind, options=Options(**options))
    texts = read_file(path, interface, path.parent / "text", 0)
    return [row for text in texts for part in text.parts for row in pq.read_table(part).to_pylist()], interface


def test_unicode_text_of_a_spreadsheet_is_read_and_traced(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("姓名\t村\n张三\t五龙村\n李四\t六龙村\n".encode("utf-16"))
    rows, interface = read(path, "csv", delimiter="\t")
    assert [(row["_row"], row["姓名"]) for row in rows] == [(2, "张三"), (3, "李四")]
    assert origin(path, interface, "a.txt", "a.txt", 3).fields == {"姓名": "李四", "村": "六龙村"}


def test_merged_headings_over_two_rows_are_joined(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "台账")
        sheet.merge_range(1, 1, 1, 2, "租金")
        sheet.merge_range(1, 0, 2, 0, "村")
        sheet.write_row(2, 1, ["应收", "实收"])
        sheet.write_row(3, 0, ["五龙村", 10, 9])
    rows, interface = read(path, "xlsx", header=(2, 3))
    assert rows == [{"_row": 4, "_file": "a.xlsx", "村": "五龙村", "租金/应收": "10", "租金/实收": "9"}]
    assert origin(path, interface, "a.xlsx", "a.xlsx", 4).fields["租金/实收"] == "9"


def test_all_sheets_of_one_heading_are_read_and_each_row_names_its_own(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, value in (("一月", 1), ("二月", 2)):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["a"])
            sheet.write_row(1, 0, [value])
        book.add_worksheet("说明").write(0, 0, "other")
    assert [(row["_file"], row["a"]) for row in read(path, "xlsx", sheet="*")[0]] == [
        ("a.xlsx!一月", "1"), ("a.xlsx!二月", "2"),
    ]  # fmt: skip


def test_members_of_an_archive_are_named_in_gbk_too(tmp_path):
    path = tmp_path / "a.zip"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("XXXX.csv", "a\n1\n2\n")
    path.write_bytes(made.getvalue().replace(b"XXXX", "台账".encode("gbk")))
    rows, interface = read(path, "zip", members="*.csv")
    assert [(row["_file"], row["_row"]) for row in rows] == [("a.zip!台账.csv", 2), ("a.zip!台账.csv", 3)]
    assert origin(path, interface, "a.zip", "a.zip!台账.csv", 3).fields == {"a": "2"}


def test_rows_below_a_path_and_numbers_as_delivered(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"other": [1], "data": {"records": [{"a": 1.50}, {"a": 1E3}]}}')
    assert [row["a"] for row in read(path, "json", rows_path="data.records")[0]] == ["1.50", "1E3"]


def test_parquet_becomes_text(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"n": [1, None], "d": pa.array([0, 1], pa.date32()), "f": [1.5, 2.0]}), path)
    assert [(row["_row"], row["n"], row["d"], row["f"]) for row in read(path, "parquet")[0]] == [
        (1, "1", "1970-01-01", "1.5"), (2, None, "1970-01-02", "2"),
    ]  # fmt: skip


def test_only_whole_plain_files_of_an_inbox_are_taken(tmp_path):
    (tmp_path / "a.csv").write_text("a\n")
    (tmp_path / "b.csv.part").write_text("a\n")
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    found = ready(tmp_path, "*", "PT0S")
    assert [path.name for path in found.ready] == ["a.csv"]
    assert {one.path.name: one.reason.split(";")[0] for one in found.left} == {
        "folder.csv": "is a folder", "link.csv": "is a link", "pipe.csv": "is no plain file",
    }  # fmt: skip


def test_a_file_that_grows_while_it_is_waited_for_is_left(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a\n")
    assert ready(tmp_path, "*.csv", "PT5S", sleep=lambda _: None).ready == (path,)
    found = ready(tmp_path, "*.csv", "PT5S", sleep=lambda _: path.write_text("a\n1\n"))
    assert found.ready == ()
    assert "still being written" in found.left[0].reason


def test_a_file_with_a_marker_waits_for_it(tmp_path):
    (tmp_path / "a.csv").write_text("a\n")
    assert "waits for a.csv.ok" in ready(tmp_path, "*.csv", "PT0S", ".ok").left[0].reason
    (tmp_path / "a.csv.ok").touch()
    assert [path.name for path in ready(tmp_path, "*.csv", "PT0S", ".ok").ready] == ["a.csv"]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "json", "zip"])
def test_whatever_the_bytes_a_reader_refuses_or_reads(kind, tmp_path):
    path = tmp_path / f"a.{kind}"
    pieces = st.sampled_from([b"a,b\n", b'"', b"{", b"}", b"[", b"]", b":", b'{"a": 1}\n', b"\xff\xfe", b"\0", b"\r",
                              b"\\ud800", b"PK\x03\x04", b",", b"1e9", b"\xef\xbb\xbf"])  # fmt: skip

    refusals = []

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.one_of(pieces, st.binary(max_size=12)), max_size=40))
    def holds(parts):
        path.write_bytes(b"".join(parts))
        try:
            read(path, kind)
        except FileRefused as error:
            refusals.append(str(error))

    holds()
    assert [told for told in refusals if not told.startswith(path.name)] == []
