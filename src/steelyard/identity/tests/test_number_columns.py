import datetime as dt
from collections import Counter

import pyarrow as pa
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.engines.dialects import to_spark
from steelyard.engines.duck import connect
from steelyard.identity import numbers
from steelyard.kit import identifiers
from steelyard.kit.tests.number_examples import EXAMPLES, TODAY

DAY = f"DATE '{TODAY}'"
DUCK = connect(memory_mb=256, threads=1)


def facts_of(texts):
    DUCK.register("t", pa.table({"n": pa.array(texts, pa.string())}))
    cursor = DUCK.execute(numbers.classify_sql("t", "n", DAY))
    names = [column[0] for column in cursor.description]
    return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


def test_the_column_is_judged_as_the_table_says():
    found = facts_of([number for number, *_ in EXAMPLES])
    for number, normal, kind, wrong in EXAMPLES:
        told = found[number]
        assert (told["normal"], told["kind"], told["fault"]) == (normal, kind, wrong), number


def test_birth_date_sex_area_and_flags_are_those_of_one_number():
    found = facts_of([number for number, *_ in EXAMPLES])
    for number, *_ in EXAMPLES:
        one, told = numbers.classify(number, today=TODAY), found[number]
        assert (told["born"], told["sex"], told["area"]) == (one.born, one.sex, one.area), number
        assert tuple(told["flags"].split()) == one.flags, number


CHARACTERS = "0123456789XOILABHCEMNZ浙京.E+-* 　"


@settings(max_examples=12, deadline=None)
@given(st.lists(st.text(CHARACTERS, max_size=20) | st.text("0123456789X", min_size=14, max_size=19), min_size=1))
def test_whatever_is_delivered_column_and_one_number_agree(texts):
    found = facts_of(texts)
    for text in texts:
        one, told = numbers.classify(text, today=TODAY), found[text]
        assert (told["normal"], told["kind"]) == (one.normal, one.kind), text
        assert told["fault"] == numbers.fault(text, today=TODAY), text


def neighbours(number):
    """Every change of one character, and every exchange of two that stand side by side."""
    signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    changed = {number[:at] + c + number[at + 1 :] for at in range(18) for c in signs}
    swapped = {number[:at] + number[at + 1] + number[at] + number[at + 2 :] for at in range(17)}
    return sorted((changed | swapped) - {number})


def valid_ones(texts):
    DUCK.register("t", pa.table({"n": pa.array(texts, pa.string())}))
    sql = f"SELECT n FROM t WHERE {numbers.is_resident('n', DAY)} OR {numbers.is_credit('n')}"
    return [row[0] for row in DUCK.execute(sql).fetchall()]


@settings(max_examples=8, deadline=None)
@given(st.dates(dt.date(1850, 1, 1), TODAY), st.integers(0, 999), st.sampled_from(["339921", "110101", "820000"]))
def test_no_slip_of_one_character_or_two_exchanged_passes_as_a_resident(born, serial, area):
    number = identifiers.make_resident_id(area, born, serial)
    DUCK.register("t", pa.table({"n": pa.array([number, *neighbours(number)], pa.string())}))
    passing = DUCK.execute(f"SELECT n FROM t WHERE {numbers.is_resident('n', DAY)}").fetchall()
    assert passing == [(number,)]


@settings(max_examples=5, deadline=None)
@given(st.text(numbers.credit.CREDIT_ALPHABET, min_size=9, max_size=9), st.sampled_from(["91", "N2", "A1", "Y3"]))
def test_no_slip_of_one_character_passes_as_a_credit_code(organisation, kind):
    number = identifiers.make_credit_code(kind, "339921", organisation)
    wrong = [text for text in neighbours(number) if Counter(text) != Counter(number)]
    DUCK.register("t", pa.table({"n": pa.array([number, *wrong], pa.string())}))
    assert DUCK.execute(f"SELECT n FROM t WHERE {numbers.is_credit('n')}").fetchall() == [(number,)]


def test_letters_in_a_number_that_ends_in_one_never_count_as_zero():
    assert not valid_ones(["AAAAAAAAAAAAAAAAA1", "33992119900101ABC1", "OOOOOOOOOOOOOOOOO1"])


def test_one_number_for_four_hundred_names_is_reported():
    names = [f"名{at}" for at in range(400)] + ["张三", "张三", "李四"]
    shared = [EXAMPLES[0][0]] * 400 + [EXAMPLES[3][0]] * 3
    DUCK.register("t", pa.table({"n": shared, "name": names}))
    assert DUCK.execute(numbers.crowded("t", "n", "name")).fetchall() == [(EXAMPLES[0][0], 400, 400)]


@pytest.mark.parametrize(
    "sql", [numbers.classify_sql("t", "n", DAY), numbers.crowded("t", "n", "name")], ids=["classify", "crowded"]
)
def test_the_text_carries_over_to_spark_and_says_only_what_spark_has(sql):
    text = to_spark(sql)
    called = {str(node.this).upper() for node in sqlglot.parse_one(text, read="spark").find_all(sqlglot.exp.Anonymous)}
    assert not called
