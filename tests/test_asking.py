"""Whoever asks the pool wrongly on the command line is told so, and never shown the inside of the program."""

import argparse

import pytest

from steelyard.cli.asking import at_least_one, day
from steelyard.cli.pool.lineage import PlaceUnclear, _row


@pytest.mark.parametrize("text", ["0", "-1", "many"])
def test_a_list_of_no_rows_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="1 or more"):
        at_least_one(text)


def test_a_number_of_rows_is_taken() -> None:
    assert at_least_one("50") == 50


def test_a_word_that_is_no_row_is_answered_with_the_form_it_should_have() -> None:
    with pytest.raises(PlaceUnclear, match="column=value"):
        _row("foo")


def test_a_row_is_taken_by_its_number() -> None:
    assert _row("61") == 61


@pytest.mark.parametrize("text", ["nope", "2025-13-01", "01.02.2025", ""])
def test_what_is_no_day_is_answered_with_the_form_it_should_have(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="write it as 2025-12-31"):
        day(text)
