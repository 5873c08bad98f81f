import tracemalloc

import pyarrow.parquet as pq
import pytest

from steelyard.sources import FileRefused, Interface, Options, TextFile, read_file
from steelyard.sources.lines import MAX_LINE_BYTES


def land(tmp_path, content: bytes, **options) -> TextFile:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    (tmp_path / "text").mkdir(exist_ok=True)
    return read_file(path, Interface("d/a", {}, (), options=Options(**options)), tmp_path / "text", 0)[0]


def rows(made: TextFile) -> list[dict]:
    return [row for part in made.parts for row in pq.read_table(part).to_pylist()]


def test_a_row_number_is_the_line_of_the_file_heading_included(tmp_path):
    assert [row["_row"] for row in rows(land(tmp_path, b"a,b\n1,2\n\n3,4\n"))] == [2, 4]


def test_line_breaks_inside_quotes_are_counted(tmp_path):
    made = land(tmp_path, b'a,b\n"x\ny",2\n3,4\n')
    assert [(row["_row"], row["a"]) for row in rows(made)] == [(2, "x\ny"), (4, "3")]


def test_chinese_files_of_the_old_code_page_are_recognised(tmp_path):
    assert rows(land(tmp_path, "姓名,村\n张三,五龙村\n".encode("gb18030")))[0]["姓名"] == "张三"


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path):
    assert rows(land(tmp_path, "\ufeff姓名\n张三\n".encode()))[0]["姓名"] == "张三"


def test_a_file_in_another_encoding_than_said_is_refused_with_the_place(tmp_path):
    with pytest.raises(FileRefused, match="line 1 is not utf-8"):
        land(tmp_path, "姓名\n张三\n".encode("gb18030"), encoding="utf-8")


def test_a_line_of_another_encoding_is_set_aside_and_the_rest_is_read(tmp_path):
    made = land(tmp_path, b"a,b\n1,2\n\xff\xfe,3\n4,5\n", encoding="utf-8")
    assert [row["a"] for row in rows(made)] == ["1", "4"]
    assert [(line.row, line.reason) for line in made.broken] == [(3, "byte 1 is not utf-8")]


def test_a_zero_byte_spoils_its_line_alone(tmp_path):
    made = land(tmp_path, b"a,b\n1,2\n3\x00,4\n5,6\n")
    assert [line.row for line in made.broken] == [3]
    assert [row["a"] for row in rows(made)] == ["1", "5"]


def test_a_line_with_missing_or_surplus_cells_is_set_aside(tmp_path):
    made = land(tmp_path, b"a,b\n1\n1,2\n1,2,3\n")
    assert [(line.row, line.reason[:7]) for line in made.broken] == [(2, "1 cells"), (4, "3 cells")]


def test_a_quote_that_never_closes_costs_one_line(tmp_path):
    made = land(tmp_path, b'a,b\n"open,2\n3,4\n5,6\n')
    assert [line.row for line in made.broken] == [2]
    assert [row["a"] for row in rows(made)] == ["3", "5"]


def test_markup_in_a_name_stays_text(tmp_path):
    assert rows(land(tmp_path, b"a\n<script>alert(1)</script>\n"))[0]["a"] == "<script>alert(1)</script>"


def test_a_total_line_is_no_row(tmp_path):
    made = land(tmp_path, "a,b\n1,2\n合计,2\n".encode(), skip_footer="合计")
    assert len(rows(made)) == 1
    assert made.broken == []


def test_a_column_named_twice_refuses_the_file(tmp_path):
    with pytest.raises(FileRefused, match="the column a stands twice"):
        land(tmp_path, b"a,a\n1,2\n")


def test_an_endless_line_is_refused_without_being_held_in_memory(tmp_path):
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.write(b"a,b\n1,2\n")
        for _ in range(64):
            file.write(b"x" * (1 << 20))
        file.write(b"\n3,4\n")
    tracemalloc.start()
    made = TextFile("a.csv", tmp_path, 0)
    read = read_file(path, Interface("d/a", {}, ()), tmp_path, 0)[0]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert made is not read
    assert peak < 8 * MAX_LINE_BYTES
    assert [(line.row, line.reason) for line in read.broken] == [(3, "the line is longer than 4 MB")]
    assert [row["_row"] for row in rows(read)] == [2, 4]


def test_both_ways_of_reading_agree(tmp_path):
    plain = rows(land(tmp_path, b"a,b,c\n1, 2,\n,x y,z\n"))
    assert rows(land(tmp_path, b'a,"b",c\n1, 2,\n,x y,z\n')) == plain
