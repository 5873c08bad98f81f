import gzip

import pyarrow.parquet as pq
import pytest

from steelyard.sources import FileRefused, Interface, read_file


def land(tmp_path, content: bytes, file_format="jsonl", name="a.jsonl"):
    path = tmp_path / name
    path.write_bytes(content)
    return read_file(path, Interface("d/a", {}, (), file_format=file_format), tmp_path, 0)[0]


def rows(made):
    return [row for part in made.parts for row in pq.read_table(part).to_pylist()]


def test_a_truncated_line_is_set_aside_with_its_place(tmp_path):
    made = land(tmp_path, b'{"a": 1}\n{"a": \n{"a": 3}\n')
    assert [row["a"] for row in rows(made)] == ["1", "3"]
    assert made.broken[0].row == 2
    assert made.broken[0].reason.startswith("not JSON at character")


def test_a_repeated_key_is_an_error_and_not_a_choice(tmp_path):
    made = land(tmp_path, b'{"a": 1, "a": 2}\n')
    assert made.broken[0].reason == "the key 'a' stands twice"


def test_numbers_keep_every_digit(tmp_path):
    assert rows(land(tmp_path, b'{"a": 12345678901234567890.10}\n'))[0]["a"] == "12345678901234567890.10"


def test_nested_objects_are_reached_by_dots(tmp_path):
    assert rows(land(tmp_path, b'{"a": {"b": [1, 2]}}\n'))[0]["a.b"] == '["1", "2"]'


def test_a_depth_bomb_costs_its_line(tmp_path):
    made = land(tmp_path, b"[" * 200_000 + b'\n{"a": 1}\n')
    assert len(made.broken) == 1
    assert len(rows(made)) == 1


def test_packed_lines_are_unpacked(tmp_path):
    assert len(rows(land(tmp_path, gzip.compress(b'{"a": 1}\n'), name="a.jsonl.gz"))) == 1


def test_a_packed_file_cut_short_is_refused_by_name(tmp_path):
    with pytest.raises(FileRefused, match=r"a\.jsonl\.gz"):
        land(tmp_path, gzip.compress(b'{"a": 1}\n' * 9999)[:-20], name="a.jsonl.gz")


def test_a_list_cut_short_gives_the_elements_before(tmp_path):
    made = land(tmp_path, b'{"rows": [{"a": 1}, {"a": ', "json", "a.json")
    assert [row["_row"] for row in rows(made)] == [1]
    assert made.broken[0].row == 2


def test_an_endless_text_in_a_list_is_not_collected(tmp_path):
    path = tmp_path / "a.json"
    with path.open("wb") as file:
        file.write(b'[{"a": 1}, {"a": "')
        for _ in range(80):
            file.write(b"x" * (1 << 20))
        file.write(b'"}]')
    made = read_file(path, Interface("d/a", {}, (), file_format="json"), tmp_path, 0)[0]
    assert made.rows == 1
    assert "larger than 16 MB" in made.broken[0].reason
