"""The same table lands the same, to the row, whatever program wrote it: xls, ods, xlsx or csv."""

import csv
import datetime as dt

import pyarrow.parquet as pq
import pytest
import xlsxwriter

from steelyard.sources import Interface, Options, read_file
from steelyard.sources.tests.old_spreadsheets import Percent, Wide, write_ods, write_xls

TITLE = [["清源县村集体资产出租台账"], [None, "单位：元"]]
HEADINGS = [["合同", Wide("租金", 3), "签订日期"], [None, "应收", "实收", "收缴率", None]]
ROWS = [
    ["HT001", 12_000, 12_000.5, Percent(0.985), dt.date(2025, 3, 1)],
    ["HT002", None, None, None, dt.date(2024, 12, 31)],
    ["HT003", 7, 7, 7, None],
    [None, None, None, None, None],
    ["00420", 0.1, -3, Percent(1.0), dt.date(2000, 2, 29)],
    ["<b>李&四</b>", 1, None, None, "2025-02-30"],
]
TOTAL = [["合计", 12_008.1, 12_004.5, None, None]]
SHEETS = {
    "一季度": [*TITLE, *HEADINGS, *ROWS, *TOTAL],
    "二季度": [*TITLE, *HEADINGS, ["HT900", 5, 5, Percent(1.0), dt.date(2025, 6, 30)], *TOTAL],
    "说明": [["本表由镇经管站填报"]],
}
NAMES = ["合同", "租金/应收", "租金/实收", "租金/收缴率", "签订日期"]


def write_xlsx(path, sheets):
    with xlsxwriter.Workbook(path) as book:
        date, share = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "0.0%"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                column = 0
                for value in row:
                    if isinstance(value, Wide):
                        sheet.merge_range(at, column, at, column + value.columns - 1, value.text)
                        column += value.columns - 1
                    elif isinstance(value, Percent):
                        sheet.write_number(at, column, value.value, share)
                    elif isinstance(value, dt.date):
                        sheet.write_datetime(at, column, dt.datetime.combine(value, dt.time()), date)
                    elif value is not None:
                        sheet.write(at, column, value)
                    column += 1
    return path


def as_text(value):
    value = value.value if isinstance(value, Percent) else value
    return str(int(value)) if isinstance(value, float) and value.is_integer() else "" if value is None else str(value)


WRITERS = {"xls": write_xls, "ods": write_ods, "xlsx": write_xlsx}


def landed(path, kind="xlsx", **said):
    options = Options(header=(3, 4), skip_footer="合计", **said)
    made = read_file(path, Interface("d/a", {}, (), file_format=kind, options=options), path.parent, 0)
    return [
        {name: value or None for name, value in row.items() if name != "_file"}
        for text in made
        for part in text.parts
        for row in pq.read_table(part).to_pylist()
    ]


@pytest.fixture
def wanted(tmp_path):
    """What the first sheet holds as text, by the reader of CSV."""
    path = tmp_path / "a.csv"
    names = [["合同", "租金", "租金", "租金", "签订日期"], ["", "应收", "实收", "收缴率", ""]]
    lines = [["台账"], ["", "单位：元"], *names, *([as_text(value) for value in row] for row in [*ROWS, *TOTAL])]
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([[*line, *[""] * (5 - len(line))] for line in lines])
    return [row for row in landed(path, "csv") if any(value for name, value in row.items() if name != "_row")]


@pytest.mark.parametrize("kind", WRITERS)
def test_a_table_lands_as_its_csv_does(tmp_path, wanted, kind):
    found = landed(WRITERS[kind](tmp_path / f"a.{kind}", SHEETS))
    assert list(found[0]) == ["_row", *NAMES]
    assert [row for row in found if any(row[name] for name in NAMES)] == wanted
    assert [row["_row"] for row in wanted] == [5, 6, 7, 9, 10]
    assert wanted[0] == {
        "_row": 5, "合同": "HT001", "租金/应收": "12000", "租金/实收": "12000.5", "租金/收缴率": "0.985",
        "签订日期": "2025-03-01",
    }  # fmt: skip


@pytest.mark.parametrize("kind", WRITERS)
def test_all_sheets_with_the_heading_are_taken(tmp_path, kind):
    found = landed(WRITERS[kind](tmp_path / f"a.{kind}", SHEETS), sheet="*")
    assert [row["合同"] for row in found if row["合同"]] == [
        "HT001",
        "HT002",
        "HT003",
        "00420",
        "<b>李&四</b>",
        "HT900",
    ]


@pytest.mark.parametrize("kind", WRITERS)
def test_a_sheet_is_chosen_by_its_name(tmp_path, kind):
    found = landed(WRITERS[kind](tmp_path / f"a.{kind}", SHEETS), sheet="二季度")
    assert [(row["合同"], row["签订日期"]) for row in found] == [("HT900", "2025-06-30")]
