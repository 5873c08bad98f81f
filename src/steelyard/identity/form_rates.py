"""CPU time of the forms on this machine: checks of resident numbers, and rows per second and core of each form."""

import time
from typing import Any

from steelyard.engines.duck import Duck, connect
from steelyard.identity import company_columns, name_columns, numbers
from steelyard.kit.addresses import Gazetteer, Region

ID_CHECKS = 10_000_000
DAY = "DATE '2026-06-30'"
SLICE = 100_000
"""Rows of what is measured by the way only."""


def figures(checks: int = ID_CHECKS, rows: int = 1_000_000) -> dict[str, Any]:
    """``id_checks_10m_cpu_s`` (scaled where fewer are checked) and ``rows_per_cpu_second`` by form, one core."""
    duck = connect(memory_mb=1500, threads=1)
    body = (
        "'339921' || strftime(DATE '1930-01-01' + CAST(i * 7919 % 34000 AS INTEGER), '%Y%m%d') "
        "|| lpad(CAST(i % 1000 AS VARCHAR), 3, '0')"
    )
    duck.execute(f"CREATE TABLE bodies AS SELECT {body} AS b FROM range({int(checks)}) r(i)")
    # One in ten has no check character.
    check = numbers.resident_check("b")
    duck.execute(
        f"CREATE TABLE ids AS SELECT b || CASE WHEN right(b, 1) = '7' THEN '?' ELSE {check} END AS n FROM bodies"
    )
    spent = _spent(duck, f"SELECT count(*) FROM ids WHERE {numbers.is_resident('n', DAY)}")
    duck.execute("DROP TABLE ids; DROP TABLE bodies")
    _names(duck, rows)
    rates = {
        "person form": _rate(duck, "plain", rows, name_columns.person_form_sql("n")),
        "person form, one in twenty traditional": _rate(duck, "mixed", rows, name_columns.person_form_sql("n")),
        "person form, all traditional": _rate(duck, "traditional", SLICE, name_columns.person_form_sql("n")),
        "pinyin": _rate(duck, "plain", SLICE, name_columns.pinyin_sql("n")),
        "company brand": _rate(duck, "companies", SLICE, company_columns.part_sql("brand", "n")),
        "phone form": _rate(duck, "phones", SLICE, numbers.normal_of("mobile", "n")),
        "address, distinct, in Python": _addresses(),
    }
    return {"id_checks_10m_cpu_s": round(spent * ID_CHECKS / checks, 2), "rows_per_cpu_second": rates}


def _names(duck: Duck, rows: int) -> None:
    family = "(['张', '王', '李', '赵', '陈'])[1 + i % 5]"
    given = "chr(CAST(20013 + i * 31 % 400 AS INTEGER)) || (['国强', '伟', '丽华'])[1 + i % 3]"
    for table, first in (("plain", family), ("traditional", "'陳'"), ("mixed", f"if(i % 20 = 0, '陳', {family})")):
        duck.execute(f"CREATE TABLE {table} AS SELECT {first} || {given} AS n FROM range({int(rows)}) r(i)")
    company = "'清源县' || chr(CAST(20013 + i % 4000 AS INTEGER)) || '远建设工程有限公司'"
    duck.execute(f"CREATE TABLE companies AS SELECT {company} AS n FROM range({int(rows)}) r(i)")
    duck.execute(f"CREATE TABLE phones AS SELECT '+86 138-' || (10000000 + i) AS n FROM range({int(rows)}) r(i)")


def _rate(duck: Duck, table: str, rows: int, form: str) -> int:
    return round(rows / _spent(duck, f"SELECT max({form}) FROM (SELECT n FROM {table} LIMIT {int(rows)})"))


def _spent(duck: Duck, sql: str) -> float:
    begun = time.process_time()
    duck.execute(sql).fetchall()
    return max(time.process_time() - begun, 1e-6)


def _addresses() -> int:
    villages = [Region(f"339921{t:03d}{v:03d}", f"{chr(20013 + t * 50 + v)}溪村村委会", f"339921{t:03d}", 5)
                for t in range(20) for v in range(50)]  # fmt: skip
    towns = [Region(f"339921{t:03d}", f"{chr(24000 + t)}溪镇", "339921", 4) for t in range(20)]
    known = Gazetteer([Region("33", "浙江省", "", 1), Region("339921", "清源县", "33", 3), *towns, *villages])
    asked = [f"清源县{towns[i % 20].name}{villages[i % 20 * 50 + i % 50].name}{i}号" for i in range(SLICE // 5)]
    begun = time.process_time()
    for address in asked:
        known.parse(address)
    return round(len(asked) / (time.process_time() - begun))
