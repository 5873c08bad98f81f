"""SQL macros the tables are written in: chance by number, keys, areas, names and days.

``h`` and ``pick`` depend on the seed, a salt and a number alone: the same row whoever asks, in whatever order.
"""

import datetime as dt

from steelyard.engines.duck import Duck
from steelyard.kit.sqltext import literal
from steelyard.synth.scale import size as sizes
from steelyard.synth.scale.size import Size

PROVINCE = "33"
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志文辉力健世广海波宁东金福成山"
_PLACES = "清明石金云南北东西白龙凤青秀安永长新太双"
_ENDS = "溪河山桥塘湖岭坑村港屿堰浦田源坪"


def put(duck: Duck, size: Size, seed: int, until: dt.date) -> None:
    """Make the macros.  ``until``: the last day anything is known of."""
    for head, body in _macros(size, seed, until).items():
        duck.execute(f"CREATE OR REPLACE MACRO {head} AS {body}")


def _macros(size: Size, seed: int, until: dt.date) -> dict[str, str]:
    county, town, city = sizes.VILLAGES_OF_A_COUNTY, sizes.VILLAGES_OF_A_TOWN, sizes.COUNTIES_OF_A_CITY
    return {
        "h(s, i)": f"hash(CAST(i AS BIGINT) * 4099 + CAST(s AS BIGINT) + {seed % 100_003} * 1000000000000)",
        "pick(s, i, n)": "CAST(h(s, i) % CAST(n AS UBIGINT) AS BIGINT)",
        # Keys of subjects look like those identity gives: sixteen bytes as text.
        "person_key(i)": "'00000000-0000-8001-8000-' || lpad(CAST(i AS VARCHAR), 12, '0')",
        "company_key(i)": "'00000000-0000-8002-8000-' || lpad(CAST(i AS VARCHAR), 12, '0')",
        "org_key(i)": "'00000000-0000-8003-8000-' || lpad(CAST(i AS VARCHAR), 12, '0')",
        "numbered(prefix, i)": "prefix || lpad(CAST(i AS VARCHAR), 10, '0')",
        "county_of(v)": f"(v // {county})",
        "first_of(k)": f"(k * {county})",
        "villages_of(k)": f"least({county}, {size.villages} - k * {county})",
        "city_code(k)": f"'{PROVINCE}' || lpad(CAST(k // {city} + 1 AS VARCHAR), 2, '0') || '00000000'",
        "county_code(k)": (
            f"'{PROVINCE}' || lpad(CAST(k // {city} + 1 AS VARCHAR), 2, '0') "
            f"|| lpad(CAST(k % {city} + 21 AS VARCHAR), 2, '0') || '000000'"
        ),
        "town_code(v)": (
            f"left(county_code(v // {county}), 6) || CAST(100 + (v % {county}) // {town} AS VARCHAR) || '000'"
        ),
        "village_code(v)": f"left(town_code(v), 9) || CAST(200 + (v % {county}) % {town} AS VARCHAR)",
        "letter(s, i, letters)": "letters[1 + pick(s, i, length(letters))]",
        "person_name(i)": (
            f"letter(1, i, {literal(_SURNAMES)}) || letter(2, i, {literal(_GIVEN)}) "
            f"|| CASE WHEN pick(3, i, 4) = 0 THEN '' ELSE letter(4, i, {literal(_GIVEN)}) END"
        ),
        "place_name(i)": (
            f"{literal(_PLACES)}[1 + i % {len(_PLACES)}] || {literal(_ENDS)}[1 + i // {len(_PLACES)} % {len(_ENDS)}]"
        ),
        "before(days)": f"DATE {literal(until.isoformat())} - CAST(days AS INTEGER)",
        "month_before(months)": (
            f"CAST(date_trunc('month', DATE {literal(until.isoformat())}) - to_months(CAST(months AS INTEGER)) AS DATE)"
        ),
        "at_hour(day, hour)": "CAST(day AS TIMESTAMP) + to_minutes(CAST((hour) * 60 AS BIGINT))",
        "yuan(amount)": "CAST(amount AS DECIMAL(18, 2))",
    }
