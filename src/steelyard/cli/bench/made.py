"""The files that ``steelyard bench`` lands: as a department would write them, with a known share of bad rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from steelyard.engines.duck import Duck, connect
from steelyard.identity import numbers
from steelyard.kit.identifiers import make_credit_code
from steelyard.kit.sqltext import literal
from steelyard.sources import Interface
from steelyard.sources.options import Options

BAD_EVERY = 500
"""One row in 500 is bad: 0.2 %."""
PIECE_BYTES = 8 << 20
COMPANIES = 2_000


@dataclass(frozen=True)
class Made:
    """A file, and what is wrong with it."""

    interface: str
    dataset: str
    heading: str
    line: str
    """SQL of a good line over ``i`` (row from 0), ``p`` (person, with its number and name) and ``c`` (company)."""
    faults: Sequence[tuple[str, str]]
    """Rule and SQL of the line that breaks it and no other."""
    per_person: int
    """Rows of one person: how many new numbers identity meets."""

    def interface_of(self, interfaces: dict[str, Interface]) -> Interface:
        """The catalogue's interface, as a CSV in GB18030."""
        options = Options(encoding="gb18030", skip_footer=interfaces[self.interface].options.skip_footer)
        return replace(interfaces[self.interface], file_format="csv", options=options)

    def planted(self, rows: int) -> set[tuple[int, str]]:
        """Line and rule of every bad row."""
        places = range(BAD_EVERY // 2, rows, BAD_EVERY)
        return {(i + 2, self.faults[i // BAD_EVERY % len(self.faults)][0]) for i in places}


_WRONG_NUMBER = "substr(number, 1, 17) || CASE WHEN ends_with(number, '0') THEN '1' ELSE '0' END"
_KIND = "['企业职工基本养老保险', '职工基本医疗保险', '工伤保险', '失业保险', '生育保险'][1 + i % 5]"
_MONTH = "strftime(DATE '2020-01-01' + to_months(CAST(i // 5 % 12 AS INTEGER)), '%Y%m')"
_BASE = "CAST(CAST(3000 + i % 20011 / 100 AS DECIMAL(10, 2)) AS VARCHAR)"


def _insured(number: str = "number", month: str = _MONTH, kind: str = _KIND, base: str = _BASE, more: str = "") -> str:
    return f"concat_ws(',', i, {number}, name, credit, company, {month}, {kind}, {base}, '青溪镇人社所'{more})"


def _received(number: str = "number", amount: str = _BASE, day: str = "day", village: str = "village") -> str:
    return (
        f"concat_ws(',', i, 'SK' || i, 'HT' || i // 12, {village}, {day}, strftime(CAST(day AS DATE) + 1, '%Y-%m-%d'), "
        f"{amount}, '6228' || (480000000000000 + i % 9001), credit, company, {number}, name, 'PJ' || (100000000 + i))"
    )


FILES = {
    "social_insurance": Made(
        interface="human-resources/pension-monthly",
        dataset="social_insurance",
        heading="序号,公民身份号码,姓名,单位统一社会信用代码,单位名称,费款所属期,险种,缴费基数,经办机构",
        line=_insured(),
        faults=(
            ("type", _insured(month="'202013'")),
            ("vocabulary", _insured(kind="'意外保险'")),
            ("number", _insured(number=_WRONG_NUMBER)),
            ("check:base-not-negative", _insured(base="'-1'")),
            ("line", _insured(more=", '多一格'")),
        ),
        per_person=60,
    ),
    "rent_receipt": Made(
        interface="agriculture/rent-ledger",
        dataset="rent_receipt",
        heading="序号,收款编号,合同编号,村代码,收款日期,入账日期,收款金额,账号,交款人证件号码,交款人名称,经办人身份证号,经办人姓名,票据号",
        line=_received(),
        faults=(
            ("type", _received(amount="'一千'")),
            ("check:village-code-has-12-characters", _received(village="'3399211012'")),
            ("check:amount-not-negative", _received(amount="'-1'")),
            ("required", _received(day="''")),
        ),
        per_person=500,
    ),
}


def write(made: Made, rows: int, path: Path) -> None:
    """Write the file in GB18030, with its heading."""
    plain = path.with_suffix(".utf8")
    duck = connect(memory_mb=1_000, threads=2, spill=path.parent / "spill")
    try:
        _subjects(duck, rows // made.per_person + 1)
        cases = " ".join(
            f"WHEN i % {BAD_EVERY} = {BAD_EVERY // 2} AND i // {BAD_EVERY} % {len(made.faults)} = {number} THEN {line}"
            for number, (_, line) in enumerate(made.faults)
        )
        duck.execute("SET preserve_insertion_order = true")
        duck.execute(
            f"COPY (SELECT CASE {cases} ELSE {made.line} END FROM (SELECT i, number, name, credit, company, "
            "strftime(DATE '2019-01-01' + CAST(i % 1500 AS INTEGER), '%Y-%m-%d') AS day, "
            "CAST(339921101200 + i % 97 AS VARCHAR) AS village "
            f"FROM (SELECT range AS i, range // {made.per_person} AS p FROM range({rows})) "
            f"JOIN person USING (p) JOIN company ON company.c = p % {COMPANIES}) ORDER BY i) "
            f"TO {literal(str(plain))} (HEADER false, DELIMITER '\x01', QUOTE '', ESCAPE '')"
        )
    finally:
        duck.close()
    _transcode(plain, path, made.heading)
    plain.unlink()


def _subjects(duck: Duck, persons: int) -> None:
    """Tables ``person`` (p, number, name) and ``company`` (c, credit, company), with valid numbers."""
    body = (
        "'339921' || strftime(DATE '1950-01-01' + CAST(p // 900 % 18000 AS INTEGER), '%Y%m%d') "
        "|| lpad(CAST(p % 900 AS VARCHAR), 3, '0')"
    )
    names = " || ".join(
        f"'{letters}'[1 + p // {step} % 10]"
        for letters, step in (("赵钱孙李周吴郑王冯陈", 1), ("建国志强秀英丽华海燕", 10), ("明芳伟军敏静涛磊洋勇", 100))
    )
    duck.execute(
        f"CREATE TABLE person AS SELECT p, body || {numbers.resident_check('body')} AS number, {names} AS name "
        f"FROM (SELECT range AS p, {body} AS body FROM range({persons + 1}))"
    )
    codes = [make_credit_code("91", "339921", f"MA{number:07d}") for number in range(COMPANIES)]
    duck.execute("CREATE TABLE company (c BIGINT, credit VARCHAR, company VARCHAR)")
    duck.executemany("INSERT INTO company VALUES (?, ?, ?)",
                     [(number, code, f"青溪第{number}建设有限公司") for number, code in enumerate(codes)])  # fmt: skip


def _transcode(plain: Path, path: Path, heading: str) -> None:
    with plain.open(encoding="utf-8", newline="") as source, path.open("wb") as target:
        target.write(f"{heading}\n".encode("gb18030"))
        while piece := source.read(PIECE_BYTES):
            target.write(piece.encode("gb18030"))
