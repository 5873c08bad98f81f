# ruff: noqa: E501 - one case a line reads better than three
"""The corpus of hostile files: how each is made, how it is read, and what must become of it.

Everything is made by code when the tests run, in true size: a line said to be of 100 MB is one.
"""

import codecs
import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.hostile import archives, columns, sheets

MB = 1 << 20


@dataclass(frozen=True)
class Hostile:
    """One file.  Either it is refused, or these rows are taken and those lines set aside."""

    name: str
    make: Callable[[Path], None]
    refused: str = ""
    """Regular expression of the refusal."""
    rows: tuple[int, ...] = ()
    broken: dict[int, str] = field(default_factory=dict)
    """Line to what its reason holds."""
    kind: str = ""
    """Format; empty: the ending."""
    options: dict[str, Any] = field(default_factory=dict)
    signals: tuple[str, ...] = ()


def content(data: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(data) and None


def repeated(head: bytes, body: bytes, times: int, tail: bytes = b"") -> Callable[[Path], None]:
    """A large file without holding it."""

    def make(path: Path) -> None:
        with path.open("wb") as out:
            out.write(head)
            for _ in range(times):
                out.write(body)
            out.write(tail)

    return make


def csv(name: str, data: bytes, refused: str = "", **more: Any) -> Hostile:
    return Hostile(f"{name}.csv", content(data), refused, **more)


LONG = "longer than 4 MB"
CSV = [
    csv("empty", b"", "has no line 1"),
    csv("only-a-mark", codecs.BOM_UTF8, "there is no heading"),
    csv("only-blanks", b"   \n \n", "there is no heading"),
    csv("zero-byte", b"a,b\n1,2\n3\0,4\n5,6\n", rows=(2, 4), broken={3: "zero byte"}),
    Hostile("ten-mb-of-zeros.csv", repeated(b"", b"\0" * MB, 10), LONG),
    csv("open-quote", b'a,b\n"open,2\n3,4\n5,6\n', rows=(3, 4), broken={2: "not closed"}),
    csv("open-quote-in-heading", b'a,"b\n1,2\n', "cannot be cut into cells"),
    Hostile("open-quote-before-100000-lines.csv", repeated(b'a,b\n1,2\n"', b"x,y\n" * 1_000, 100),
            rows=(2, *range(4, 100_003)), broken={3: "not closed"}),
    csv("only-quotes", b"a,b\n" + b'"' * (3 * MB + 1) + b"\n1,2\n", rows=(3,), broken={2: "not closed|cells"}),
    Hostile("ten-million-columns.csv", lambda p: p.write_bytes(b"a," * 10_000_000 + b"b\n1,2\n") and None, LONG),
    csv("a-million-columns", b",".join(b"%d" % n for n in range(500_000)) + b"\n1\n", "500000 columns"),
    csv("a-row-of-two-million-cells", b"a,b\n" + b"1," * 1_900_000 + b"\n1,2\n", rows=(3,), broken={2: "cells"}),
    Hostile("a-line-of-300-mb.csv", repeated(b"a,b\n1,2\n", b"x" * MB, 300, b"\n3,4\n"), rows=(2, 4), broken={3: LONG}),
    Hostile("a-heading-of-100-mb.csv", repeated(b"", b"x" * MB, 100, b"\n3,4\n"), LONG),
    Hostile("a-quoted-line-of-100-mb.csv", repeated(b'a,b\n"', b"x" * MB, 100, b'",1\n3,4\n'), rows=(3,), broken={2: LONG}),
    csv("heading-twice", b"a,a\n1,2\n", "the column a stands twice"),
    csv("heading-beyond-the-end", b"a,b\n1,2\n", "has no line 9", options={"header": 9}),
    csv("ends-of-1984", b"a,b\r1,2\r3,4\r", "cannot be cut into cells"),
    csv("lone-return-beside-quotes", b'a,b\n"x",1\rjunk,2\n3,4\n', rows=(3,), broken={2: "carriage return"}),
    csv("two-encodings", "a,b\n张,1\n".encode() + "李,2\n".encode("gb18030") + "王,3\n".encode(),
        rows=(2, 4), broken={3: "not utf-8"}, options={"encoding": "utf-8"}),
    csv("half-a-character", "a,b\n1,2\n3,张".encode()[:-1], rows=(2,), broken={3: "not utf-8"}, options={"encoding": "utf-8"}),
    csv("mark-of-utf-8-before-gbk", codecs.BOM_UTF8 + "a,b,姓名\n".encode("gb18030"), "is not utf-8"),
    csv("mark-of-utf-16-before-ascii", codecs.BOM_UTF16_LE + b"a,b\n1,2\n", "missing|not utf-16|has no line"),
    csv("utf-16-of-odd-length", "a,b\n1,2\n3,4\n".encode("utf-16") + b"\x35", rows=(2, 3), broken={4: "utf-16"}),
    csv("utf-16-half-a-pair", codecs.BOM_UTF16_LE + "a,b\n1,2\n".encode("utf-16-le") + b"\x00\xd8,\x004\x00\n\x005\x00,\x006\x00",
        rows=(2, 4), broken={3: "utf-16"}),
    csv("utf-7", b"a,b\n+ZeVnLIqe-,+ADw-script+AD4-\n", rows=(2,)),
    csv("overlong", b"a,b\n1,2\n\xc0\xaf,4\n", rows=(2,), broken={3: "not utf-8"}, options={"encoding": "utf-8"}),
    csv("surrogates-as-utf-8", b"a,b\n\xed\xa0\x80,4\n1,2\n", rows=(3,), broken={2: "not utf-8"}, options={"encoding": "utf-8"}),
    csv("broken-gb18030", b"a,b\n\x81\x30\x81,4\n1,2\n", rows=(3,), broken={2: "not gb18030"}, options={"encoding": "gbk"}),
    csv("formulas", b"a,b\n=cmd|' /C calc'!A0,@SUM(1)\n+1,-1\n", rows=(2, 3)),
    csv("controls-and-directions", "a,b\n\x1b[2J,\u202e1234\n\x07,\u2028\n".encode(), rows=(2, 3)),
    Hostile("a-hundred-thousand-bad-lines.csv", repeated(b"a,b\n", b"1\n" * 1000, 101), "more than 100000 lines"),
    csv("a-web-page", b"<html><body><table><tr><td>a</td></tr></table></body></html>\n", "the column a, b is missing"),
    csv("tabs-for-commas", b"a\tb\n1\t2\n", "the column a, b is missing"),
    csv("a-picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0\xff" * 500, "missing|not gb18030|not utf-8|cannot be cut"),
    csv("a-database", b"SQLite format 3\0" + b"\0" * 4000, "missing|cannot be cut|zero"),
    csv("totals-between-rows", "a,b\n1,2\n合计,2\n3,4\n合计,6\n".encode(), rows=(2, 4), signals=("total-within",),
        options={"skip_footer": "合计"}),
    Hostile("really-a-zip.csv", lambda p: archives.zipped(p, ("a.csv", archives.ROWS)), "missing|not gb18030|cannot be cut"),
    Hostile("bomb.csv.gz", archives.gzip_bomb, "unpacks to more than", kind="csv"),
    Hostile("garbage-behind.csv.gz", archives.gzip_with_garbage, "packed file is damaged", kind="csv"),
    Hostile("wrong-checksum.csv.gz", archives.gzip_wrong_checksum, "packed file is damaged", kind="csv"),
    Hostile("broken-inside.csv.gz", archives.gzip_broken_inside, "packed file is damaged|missing", kind="csv"),
    Hostile("not-packed.csv.gz", content(archives.ROWS), "packed file is damaged", kind="csv"),
    Hostile("cut.csv.gz", content(gzip.compress(archives.ROWS * 9_999)[:-20]), "packed file is damaged", kind="csv"),
    Hostile("packed-twice.csv.gz", content(gzip.compress(gzip.compress(archives.ROWS))), "missing|not gb18030|cannot be cut",
            kind="csv"),
    Hostile("a-folder.csv", lambda p: p.mkdir(), "is no plain file"),
    Hostile("gone.csv", lambda p: None, "cannot be opened"),
]  # fmt: skip


def jsonl(name: str, data: bytes, rows: tuple[int, ...] = (), **broken: str) -> Hostile:
    return Hostile(f"{name}.jsonl", content(data), rows=rows, broken={int(k[1:]): v for k, v in broken.items()})


GOOD = b'{"a": "1", "b": "2"}\n'
JSONL = [
    jsonl("deep", b"[" * 200_000 + b"\n" + GOOD, (2,), _1="nested|not JSON"),
    jsonl("deep-objects", b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"\n" + GOOD, (2,), _1="nested"),
    jsonl("key-twice", b'{"a": 1, "a": 2}\n' + GOOD, (2,), _1="stands twice"),
    jsonl("not-a-number", b'{"a": NaN}\n{"a": -Infinity}\n' + GOOD, (3,), _1="NaN", _2="Infinity"),
    jsonl("huge-exponent", b'{"a": 1e999999999}\n', (1,)),
    jsonl("number-of-100000-digits", b'{"a": ' + b"9" * 100_000 + b"}\n", (1,)),
    jsonl("half-a-pair", b'{"a": "\\ud800"}\n{"\\udfff": 1}\n' + GOOD, (3,), _1="half a character", _2="half a character"),
    jsonl("a-zero", b'{"a": "\\u0000"}\n{"a": "\0"}\n', (1,), _2="zero byte"),
    jsonl("cut", GOOD + b'{"a": ', (1,), _2="not JSON"),
    jsonl("lists-and-words", b'[1, 2]\n"x"\n7\nnull\n' + GOOD, (5,), _1="not an object", _2="not an object", _3="not an object",
          _4="not an object"),
    jsonl("names-of-ours", b'{"_row": 7, "_file": "x"}\n' + GOOD, (2,), _1="names of ours"),
    jsonl("ten-thousand-fields", b"{" + b",".join(b'"k%d":1' % n for n in range(10_000)) + b"}\n" + GOOD, (2,), _1="10000 fields"),
    jsonl("not-utf-8", b'{"a": "\xff"}\n' + GOOD, (2,), _1="not utf-8"),
    Hostile("a-line-of-100-mb.jsonl", repeated(b'{"a": "', b"x" * MB, 100, b'"}\n' + GOOD), rows=(2,), broken={1: LONG}),
]  # fmt: skip


def json(name: str, data: bytes, refused: str = "", **more: Any) -> Hostile:
    return Hostile(f"{name}.json", content(data), refused, **more)


ONE = b'{"a": "1", "b": "2"}'
JSON = [
    json("empty", b"", "no list of rows|not JSON"),
    json("a-word", b'"x"', "no list of rows"),
    json("no-list", b'{"a": 1, "b": {"c": 2}}', "no list of rows"),
    json("deep", b"[" * 1_000_000, broken={1: "nested|cannot be read"}),
    json("deep-objects", b'{"a":' * 1_000_000, "nested|not JSON|no list"),
    json("key-twice", b"[" + ONE + b', {"a": 1, "a": 2}, ' + ONE + b"]", rows=(1, 3), broken={2: "stands twice"}),
    json("cut", b'{"rows": [' + ONE + b', {"a": ', rows=(1,), broken={2: "cannot be read any further"}),
    json("number-of-100000-digits", b'[{"a": ' + b"9" * 100_000 + b'}]', rows=(1,)),
    json("not-a-number", b"[" + ONE + b", NaN]", rows=(1,), broken={2: "NaN"}),
    json("half-a-pair", b'[{"a": "\\ud800"}, ' + ONE + b"]", rows=(2,), broken={1: "half a character"}),
    json("not-utf-8", b"[" + ONE + b', {"a": "\xff"}]', "is not utf-8"),
    json("more-behind", b"[" + ONE + b"] PK\x03\x04", rows=(1,), broken={2: "more behind"}),
    json("path-to-nowhere", b'{"data": {"list": []}}', "no list of rows at data.records", options={"rows_path": "data.records"}),
    json("path-to-an-object", b'{"data": {"a": 1}}', "no list of rows at data", options={"rows_path": "data"}),
    json("in-gbk", '[{"a": "张"}]'.encode("gb18030"), "is not utf-8"),
    Hostile("a-text-of-100-mb.json", repeated(b"[" + ONE + b', {"a": "', b"x" * MB, 100, b'"}]'), rows=(1,), broken={2: "larger than 16 MB"}),
    Hostile("a-key-of-100-mb.json", repeated(b'{"', b"x" * MB, 100, b'": []}'), "larger than 16 MB"),
    Hostile("a-list-nobody-wants.json", repeated(b'{"x": [1', b", 1" * 100_000, 100, b'], "rows": [' + ONE + b"]}"), rows=(1,),
            options={"rows_path": "rows"}),
]  # fmt: skip

PARQUET = [
    Hostile("empty.parquet", content(b""), "not a Parquet file"),
    Hostile("text.parquet", content(archives.ROWS), "not a Parquet file"),
    Hostile("other-end.parquet", columns.other_end, "cut short"),
    Hostile("cut.parquet", columns.cut_short, "cut short"),
    Hostile("footer-beyond.parquet", columns.footer_beyond_the_file, "not a readable Parquet"),
    Hostile("footer-of-junk.parquet", columns.footer_of_junk, "not a readable Parquet"),
    Hostile("pages-of-junk.parquet", columns.pages_of_junk, "not a readable Parquet|broke off|cannot be read"),
    Hostile("nested.parquet", columns.nested, "the column a is nested"),
    Hostile("structured.parquet", columns.structured, "the column a is nested"),
    Hostile("bytes.parquet", columns.bytes_column, "holds bytes"),
    Hostile("encrypted.parquet", columns.encrypted, "is encrypted"),
    Hostile("endless-rows.parquet", columns.endless_rows, "declares 210000000 rows"),
    Hostile("ratio-bomb.parquet", columns.ratio_bomb, "times its size|holds texts of|needs more than"),
    Hostile("one-long-text.parquet", columns.one_long_text_in_every_row,
            "holds texts of|needs more than|not a readable|cannot be read|broke off"),
    Hostile("name-twice.parquet", columns.name_twice, "the column a stands twice"),
]  # fmt: skip


def packed(name: str, *members: tuple[str, bytes], refused: str = "", **more: Any) -> Hostile:
    return Hostile(f"{name}.zip", lambda path: archives.zipped(path, *members), refused, **more)


ROWS = archives.ROWS
OUT = "leads out of the archive"
ZIP = [
    Hostile("flat-bomb.zip", archives.flat_bomb, "unpacks to"),
    Hostile("many-small-bombs.zip", archives.many_small_bombs, "unpacks to"),
    Hostile("nested.zip", archives.nested, "archive in an archive"),
    Hostile("quine.zip", archives.quine_like, "archive in an archive"),
    Hostile("overlapping.zip", archives.overlapping, "lies over another"),
    Hostile("link.zip", archives.link, "is a link"),
    Hostile("duplicate.zip", archives.duplicate, "stands twice"),
    Hostile("zero-in-name.zip", archives.zero_in_name, OUT),
    Hostile("locked.zip", archives.locked, "locked with a password"),
    Hostile("says-too-little.zip", archives.says_too_little, "not a readable ZIP|longer than"),
    Hostile("says-too-much.zip", archives.says_too_much, "unpacks to"),
    Hostile("zip64-without-size.zip", archives.zip64_without_size, "not a readable ZIP|unpacks to"),
    Hostile("wrong-checksum.zip", archives.wrong_checksum, "not a readable ZIP"),
    Hostile("unknown-method.zip", archives.unknown_method, "method 99"),
    Hostile("cut.zip", archives.cut_short, "not a readable ZIP"),
    Hostile("not-a-zip.zip", content(b"not a zip"), "not a readable ZIP"),
    Hostile("empty.zip", content(b""), "not a readable ZIP"),
    packed("no-member", refused="no member"),
    packed("up-and-out", ("../../etc/cron.d/a.csv", ROWS), refused=OUT),
    packed("from-the-root", ("/etc/a.csv", ROWS), refused=OUT),
    packed("drive", ("C:a.csv", ROWS), refused=OUT),
    packed("backslash", ("..\\..\\a.csv", ROWS), refused=OUT),
    packed("stream-of-ntfs", ("a.csv:hidden", ROWS), refused=OUT),
    packed("device", ("CON.csv", ROWS), refused=OUT),
    packed("line-break-in-name", ("a\n.csv", ROWS), refused=OUT),
    packed("same-but-for-case", ("a.csv", ROWS), ("A.CSV", ROWS), refused="stands twice"),
    packed("too-many", *((f"{n}.csv", b"") for n in range(1_001)), refused="holds 1001 members"),
    packed("not-asked-for", ("a.csv", ROWS), ("run.exe", b"MZ"), refused="'run.exe' is neither read nor ignored",
           options={"members": "*.csv"}),
    packed("one-bad-member", ("a.csv", ROWS), ("b.csv", b""), refused=r"one-bad-member\.zip!b\.csv: the file has no line 1"),
    packed("bad-line-in-a-member", ("a.csv", b"a,b\n1\n3,4\n"), rows=(3,), broken={2: "1 cells"}),
    Hostile("lzma.zip", lambda p: archives.zipped(p, ("a.csv", ROWS), method=14), "method 14"),
]  # fmt: skip

BOOKS = [
    Hostile("bomb.xlsx", sheets.bomb, "unpacks to"),
    Hostile("far-cell.xlsx", sheets.far_cell, "spans 17179869184 cells"),
    Hostile("outer-entity.xlsx", sheets.outer_entity, "declares entities"),
    Hostile("billion-laughs.xlsx", sheets.billion_laughs, "declares entities"),
    Hostile("entity-in-relations.xlsx", sheets.entity_in_relations, "declares entities"),
    Hostile("outer-link.xlsx", sheets.outer_link, rows=(2,)),
    Hostile("failed-formula.xlsx", sheets.failed_formula, rows=(3,), broken={2: "cell A2 holds the error #DIV/0!"}),
    Hostile("formula-without-value.xlsx", sheets.formula_without_value, rows=(2,), signals=("formula-without-value",)),
    Hostile("string-beyond-the-list.xlsx", sheets.string_beyond_the_list,
            "cannot be read|not a readable|broke off|there is no heading|has no row|is missing"),
    Hostile("sheet-is-no-xml.xlsx", sheets.sheet_is_no_xml, "cannot be read|not a readable|has no row"),
    Hostile("cut.xlsx", sheets.cut_short, "not an xlsx file"),
    Hostile("binary.xlsx", sheets.binary_book, "xlsb"),
    Hostile("locked.xlsx", sheets.locked, "locked with a password"),
    Hostile("junk.xls", sheets.old_junk, "no workbook in it|not a readable", kind="xlsx"),
    Hostile("loop.xls", sheets.old_with_loop, "not a readable|broke off|cannot be read|takes longer|needs more", kind="xlsx"),
    Hostile("a-web-page.xls", content(b"<html><table><tr><td>a</td></tr></table>"), "web page", kind="xlsx"),
    Hostile("text.xls", content(archives.ROWS), "it is text", kind="xlsx"),
    Hostile("empty.xlsx", content(b""), "it is empty"),
    Hostile("repeated-cells.ods", sheets.repeated_cells, "repeats cells", kind="xlsx"),
    Hostile("too-many-sheets.xlsx", sheets.too_many_sheets, "the limit is 2000 parts"),
    Hostile("without-workbook.xlsx", sheets.without_workbook, "without a workbook"),
]  # fmt: skip

CORPUS = {one.name: one for one in [*CSV, *JSONL, *JSON, *PARQUET, *ZIP, *BOOKS]}
