import datetime as dt

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.engines.duck import connect
from steelyard.identity import checking
from steelyard.kit import identifiers

DAY = dt.date(2025, 6, 30)
PERSON = identifiers.make_resident_id("339921", dt.date(1980, 5, 1), 12)
UNBORN = identifiers.make_resident_id("339921", dt.date(2025, 7, 1), 12)
FIRM = identifiers.make_credit_code("91", "339921", "MA0000001")
WIDE = PERSON.translate({code: code + 0xFEE0 for code in range(0x30, 0x3A)})
SEEDS = (
    PERSON,
    UNBORN,
    FIRM,
    PERSON[:6] + PERSON[8:17],
    WIDE,
    f" {FIRM.lower()} ",
    "src:",
    "src:1",
    "src:123",
    "①②",
    "",
)
bodies = st.builds(
    lambda born, serial: f"339921{born:%Y%m%d}{serial:03d}",
    st.dates(dt.date(1840, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 999),
)  # fmt: skip
twins = bodies.map(lambda body: body + identifiers.credit_check_character(body))
persons = bodies.map(lambda body: body + identifiers.resident_check_character(body))
changed = st.builds(
    lambda number, at, letter: number[:at] + letter + number[at + 1 :],
    st.sampled_from(SEEDS), st.integers(0, 17), st.sampled_from("0179XIOx ０Ａ①\t-"),
)  # fmt: skip


def judged(numbers, few):
    duck = connect(memory_mb=256, threads=1)
    duck.register("asked", pa.table({"number": pa.array(numbers, pa.string())}))
    duck.execute('CREATE TABLE "known before" (value VARCHAR)')
    if few:
        checking.judge(duck, "asked", DAY)
    else:
        checking._judge_many(duck, "asked", f"DATE '{DAY}'")
    found = duck.execute(
        "SELECT number, value, id_kind, coalesce(mistyped, false) FROM valued JOIN judged USING (value)"
    )
    return set(found.fetchall())


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(persons, twins, changed, st.text(max_size=20)), max_size=40))
def test_few_numbers_are_judged_as_many_are(numbers):
    listed = [*SEEDS, *(number.replace("\0", "") for number in numbers)]
    assert judged(listed, few=True) == judged(listed, few=False)


def test_a_credit_code_that_looks_like_a_person_is_taken_for_mistyped():
    body = next(
        body for body in (f"33992119800501{n:03d}" for n in range(999))
        if identifiers.credit_check_character(body) in "0123456789"
        and identifiers.credit_check_character(body) != identifiers.resident_check_character(body)
    )  # fmt: skip
    twin = body + identifiers.credit_check_character(body)
    found = {number: (kind, doubt) for number, _, kind, doubt in judged([twin, FIRM, PERSON, UNBORN], few=True)}
    assert found == {twin: ("credit", True), FIRM: ("credit", False), PERSON: ("resident", False),
                     UNBORN: (None, False)}  # fmt: skip
