import datetime as dt
import zipfile

import pyarrow.parquet as pq
import pytest
import xlsxwriter

from steelyard.sources import FileRefused, Interface, Options, read_file


def read(path, **options):
    made = read_file(path, Interface("d/a", {}, (), file_format="xlsx", options=Options(**options)), path.parent, 0)[0]
    return made, [row for part in made.parts for row in pq.read_table(part).to_pylist()]


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as work:
        sheet = work.add_worksheet("收款")
        sheet.write_row(0, 0, ["某镇收款台账"])
        sheet.write_row(1, 0, ["日期", "金额", "户名"])
        sheet.write_datetime(2, 0, dt.datetime(2025, 3, 1), work.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_row(2, 1, [1200.5, "<b>张三</b>"])
        sheet.write_row(4, 0, ["2025-02-30", 3, "李四"])
        sheet.write_row(5, 0, ["合计", 1203.5])
    return path


def test_cells_come_as_text_with_the_row_of_the_sheet(book):
    _, rows = read(book, header=2, skip_footer="合计")
    assert [(row["_row"], row["日期"], row["金额"], row["户名"]) for row in rows] == [
        (3, "2025-03-01", "1200.5", "<b>张三</b>"),
        (5, "2025-02-30", "3", "李四"),
    ]


def test_a_missing_sheet_is_named(book):
    with pytest.raises(FileRefused, match="there is no sheet '支出'; it has 收款"):
        read(book, sheet="支出")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (200 << 20))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(FileRefused, match=r"bomb\.xlsx: xl/worksheets/sheet1\.xml unpacks to"):
        read(path)


def test_one_cell_far_away_does_not_make_room_for_all_before_it(tmp_path):
    path = tmp_path / "far.xlsx"
    with xlsxwriter.Workbook(path) as work:
        sheet = work.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "b")
    with pytest.raises(FileRefused, match="spans 17179869184 cells"):
        read(path)


def test_something_else_under_the_name_of_a_spreadsheet_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"not a zip")
    with pytest.raises(FileRefused, match="not an xlsx file"):
        read(path)
