import datetime as dt

import pytest

from steelyard.kit import durations


@pytest.mark.parametrize(
    ("text", "days"), [("P2D", 2), ("P2W", 14), ("P1M", 31), ("P1Y", 366), ("PT6H", 1), ("PT0S", 0), ("P1DT1S", 2)]
)
def test_days_are_counted_long(text, days):
    read = durations.read(text)
    assert read
    assert read.about_days == days


@pytest.mark.parametrize(("text", "length"), [("PT0.5S", 0.5), ("PT30M", 1800), ("P1DT1H", 90_000)])
def test_a_length_is_exact(text, length):
    assert durations.length(text).total_seconds() == length


@pytest.mark.parametrize("text", ["P", "PT", "P1M", "2D", "", "P1.5D", "PT5"])
def test_what_has_no_one_length_is_refused(text):
    with pytest.raises(ValueError, match="no duration such as"):
        durations.length(text)


def test_the_day_before_a_month_that_is_shorter_is_its_last():
    read = durations.read("P1M")
    assert read
    assert read.before(dt.date(2026, 3, 31)) == dt.date(2026, 2, 28)
