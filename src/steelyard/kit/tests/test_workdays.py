import datetime as dt

import pytest

from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.kit.workdays import ZONE, BadLimit, load_calendar, read_limit

CALENDAR = load_calendar(catalogue_folder() / "workflows" / "calendar.yaml", "cn_workdays")


def at(day, hour=10):
    return dt.datetime.combine(dt.date.fromisoformat(day), dt.time(hour), ZONE)


@pytest.mark.parametrize(
    ("day", "worked"),
    [("2026-02-14", True), ("2026-02-15", False), ("2026-02-17", False), ("2026-10-10", True), ("2026-11-23", True)],
)
def test_make_up_days_are_worked_and_holidays_are_not(day, worked):
    assert CALENDAR.is_workday(dt.date.fromisoformat(day)) is worked


def test_five_working_days_over_spring_festival():
    # 13 Feb 2026 is a Friday; the Saturday after it is worked, then nine days are off.
    assert CALENDAR.after(at("2026-02-13"), "2wd") == at("2026-02-25", 0)


def test_hours_run_through_and_days_end_at_midnight():
    assert CALENDAR.after(at("2026-11-20"), "1h") == at("2026-11-20", 11)
    assert CALENDAR.after(at("2026-11-20"), "90d") == at("2027-02-19", 0)


def test_days_left_count_working_days_only():
    due = CALENDAR.after(at("2026-11-20"), "5wd")
    assert CALENDAR.days_between(at("2026-11-20"), due) == 5
    assert CALENDAR.days_between(at("2026-11-21"), due) == 5
    assert CALENDAR.days_between(at("2026-11-30"), due) == -1


@pytest.mark.parametrize("text", ["", "5", "5 wd", "0d", "-1d", "5w", "wd"])
def test_a_limit_that_is_none_is_refused(text):
    with pytest.raises(BadLimit):
        read_limit(text)
