import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from steelyard.sources import BLANKS, Interface, Options, TextFile, csv_files, read_file, tidy_in_all
from steelyard.sources.blanks import is_tidy
from steelyard.sources.csv_cells import Cutter

CELLS = ("1", "", " ", "张三", "青溪镇", "\U00020bb7村", "a|b", "中文一行", "0", "　空", "￥12", "é")


def land(folder, content: bytes, **options) -> TextFile:
    path = folder / "a.csv"
    path.write_bytes(content)
    (folder / "text").mkdir(exist_ok=True)
    return read_file(path, Interface("d/a", {}, (), options=Options(**options)), folder / "text", 0)[0]


def told(made: TextFile):
    rows = [row for part in made.parts for row in pq.read_table(part).to_pylist()]
    return sorted(rows, key=lambda row: row["_row"]), sorted((one.row, one.reason, one.text) for one in made.broken)


def muddle(chance: random.Random, encoding: str, delimiter: str) -> bytes:
    """Lines of three cells or so, now and then with a byte too many or too few."""
    lines = []
    for _ in range(chance.randint(1, 60)):
        cells = [chance.choice(CELLS) for _ in range(chance.choice((3, 3, 3, 3, 3, 3, 3, 2, 4)))]
        line = delimiter.join(cells).encode(encoding, "replace")
        if not chance.randrange(25):
            at = chance.randrange(len(line) + 1)
            line = line[:at] + chance.choice((b"\x81", b"\xff", b"\r", b"\x00", b"\x815")) + line[at:]
        lines.append(line)
    end = chance.choice((b"\n", b"\r\n"))
    return end.join([delimiter.join("abc").encode(), *lines]) + chance.choice((end, b""))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "big5"])
@pytest.mark.parametrize("delimiter", [",", "\t", "|", ";", "q"])
def test_blocks_are_cut_as_lines_are_cut_one_by_one(tmp_path, monkeypatch, encoding, delimiter):
    chance = random.Random(f"{encoding}{delimiter}")
    for number in range(40):
        content = muddle(chance, encoding, delimiter)
        folder = tmp_path / str(number)
        folder.mkdir()
        cut = told(land(folder, content, encoding=encoding, delimiter=delimiter))
        with monkeypatch.context() as patched:
            patched.setattr(csv_files.Cutter, "cut", lambda self, data: None)
            assert cut == told(land(folder, content, encoding=encoding, delimiter=delimiter)), content


def test_what_looks_like_a_mark_behind_the_heading_is_text(tmp_path):
    line = b"\xef\xbb\xbf\xa1,1\n"
    made = land(tmp_path, b"a,b\n" + line, encoding="gb18030")
    assert told(made)[0][0]["a"] == line[:4].decode("gb18030")


def test_a_column_that_repeats_itself_is_coded_until_it_no_longer_does():
    cutter = Cutter(2, ",", "gb18030")
    same = "".join(f"镇,{number}\n" for number in range(100)).encode("gb18030")
    cutter.cut(same)
    assert [pa.types.is_dictionary(one.type) for one in cutter.cut(same).columns] == [True, False]
    assert cutter.cut("乡,农\n".encode("gb18030")).columns[0].to_pylist() == ["乡"]


def test_a_coded_column_is_read_back_as_text(tmp_path):
    made = land(tmp_path, b"a\n" + b"x\n" * 50)
    assert pq.read_table(made.parts[0]).schema.field("a").type == pa.string()


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("value", ["{}a", "a{}", "{}", "中{}", "{}中"])
def test_a_value_with_a_blank_at_an_end_makes_its_column_untidy(blank, value):
    column = pa.array(["a", value.format(blank), "b"])
    assert not is_tidy(column)
    assert not is_tidy(column.dictionary_encode())


def test_what_ends_like_a_blank_is_tidy():
    assert is_tidy(pa.array(["一", "倀", "、", "à", "ぁ", "a b", None]))
    assert not is_tidy(pa.array(["a", ""]))
    assert is_tidy(pa.array([" a", "b"])[1:])


def test_a_value_that_no_row_has_any_more_makes_no_column_untidy():
    column = pa.array(["a", " b", "c"]).dictionary_encode()
    assert is_tidy(column.filter(pa.array([True, False, True])))


def test_a_column_is_tidy_where_every_file_that_has_it_says_so(tmp_path):
    one = land(tmp_path, b"a,b\n1,2\n")
    other = land(tmp_path, b"a,c\n 1,2\n")
    assert tidy_in_all([one, other]) == {"b", "c"}
