import datetime as dt

import pytest

from steelyard.kit import check_digits
from steelyard.kit.number_facts import FAULTS, KINDS, classify, fault
from steelyard.kit.tests.number_examples import EXAMPLES, FOREIGN, OLD, RESIDENT, TODAY


@pytest.mark.parametrize(("given", "normal", "kind", "wrong"), EXAMPLES)
def test_a_number_is_what_the_table_says(given, normal, kind, wrong):
    facts = classify(given, today=TODAY)
    assert (facts.normal, facts.kind) == (normal, kind)
    assert fault(given, today=TODAY) == wrong


def test_the_table_has_every_kind_and_every_fault():
    assert {kind for _, _, kind, _ in EXAMPLES} == {*KINDS, None}
    assert {wrong for *_, wrong in EXAMPLES} == {*FAULTS, None}


def test_birth_date_sex_and_place_are_told():
    facts = classify(RESIDENT, today=TODAY, areas={"339921"})
    assert (facts.born, facts.sex, facts.area, facts.flags) == (dt.date(1990, 1, 1), "m", "339921", ())


@pytest.mark.parametrize(
    ("number", "flag"),
    [
        (OLD, "old-form"),
        (FOREIGN, "permanent-residence-card"),
        (RESIDENT, "unknown-area"),
        (next(n for n, *_ in EXAMPLES if n[6:10] == "1899"), "born-before-1900"),
    ],
)
def test_a_flag_never_refuses_a_number(number, flag):
    facts = classify(number, today=TODAY, areas={"110105"})
    assert facts.kind == "resident"
    assert facts.fault is None
    assert flag in facts.flags


def test_a_number_that_two_registers_would_take_says_both():
    assert classify(OLD[:14] + check_digits.registration_check(OLD[:14]), today=TODAY).kinds[:2] == (
        "resident", "registration",
    )  # fmt: skip


def test_printed_examples_of_the_older_registers_pass():
    assert check_digits.organisation_check("D2143569") == "X"
    assert check_digits.registration_check("11010800000001") == "6"
    assert check_digits.luhn("4111111111111111")


@pytest.mark.parametrize("at", range(15))
def test_one_wrong_digit_of_a_registration_number_is_found(at):
    good = "110108000000016"
    for digit in "0123456789":
        wrong = good[:at] + digit + good[at + 1 :]
        assert ("registration" in classify(wrong, today=TODAY).kinds) == (wrong == good)
