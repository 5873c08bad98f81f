import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from steelyard.kit import identifiers

BORN = st.dates(dt.date(1900, 1, 1), dt.date(2026, 1, 1))


@given(BORN, st.integers(0, 999))
def test_a_made_number_passes_its_own_check(born, serial):
    number = identifiers.make_resident_id("339921", born, serial)
    assert identifiers.is_resident_id(number)
    assert identifiers.birth_date(number) == born


@given(BORN, st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(born, serial, place, shift):
    number = identifiers.make_resident_id("339921", born, serial)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not identifiers.is_resident_id(wrong)


@given(st.text(identifiers.CREDIT_ALPHABET, min_size=9, max_size=9))
def test_a_made_credit_code_passes_also_for_village_collectives(organisation):
    assert identifiers.is_credit_code(identifiers.make_credit_code("N2", "339921", organisation))


def test_a_published_example_of_the_standard_passes():
    assert identifiers.is_resident_id("11010519491231002X")
    assert identifiers.is_credit_code("91350100M000100Y43")


def test_an_old_number_of_fifteen_digits_is_expanded():
    assert identifiers.expand("110105491231002") == "11010519491231002X"


def test_full_width_and_lower_case_are_the_same_number():
    assert identifiers.normal(" １１０１０５19491231002x ") == "11010519491231002X"


def test_a_day_that_does_not_exist_is_no_birth_date():
    body = "33992119900230001"
    assert not identifiers.is_resident_id(body + identifiers.resident_check_character(body))
