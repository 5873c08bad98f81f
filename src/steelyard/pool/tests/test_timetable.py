"""Interfaces are asked when their schedule says so, by the country's clock, and called late with patience."""

import dataclasses
import datetime as dt
from types import SimpleNamespace

import pytest

from steelyard.kit.workdays import Calendar
from steelyard.pool.runs import Run, Standing
from steelyard.pool.timetable import CLOCK, due, last_due, late_since
from steelyard.sources import Feed, Interface


def at(said):
    return dt.datetime.fromisoformat(said).replace(tzinfo=CLOCK)


DAILY = Interface("x/daily", {}, (Feed("d", {}),), schedule="0 2 * * *", connector="rest")
CONTRACTS = {"d": SimpleNamespace(expectations=SimpleNamespace(latest="P2D"))}


def standing(begun, *, failures=0, permanent=False, succeeded=None):
    run = Run(1, "x/daily", "failed" if failures else "ok", at(begun), at(begun))
    good = at(succeeded) if succeeded else (None if failures else at(begun))
    return {"x/daily": Standing(run, good, failures, permanent)}


def is_due(standings, now, interface=DAILY):
    return due([interface], standings, at(now)) == [interface]


def test_the_schedule_is_read_by_the_countrys_clock():
    assert last_due("0 2 * * *", dt.datetime(2025, 6, 1, 18, 0, tzinfo=dt.UTC)) == at("2025-06-02 02:00")


@pytest.mark.parametrize(
    ("now", "wanted"), [("2025-06-02 01:59", False), ("2025-06-02 02:00", True), ("2025-06-02 09:00", True)]
)
def test_an_interface_is_due_once_its_time_has_come(now, wanted):
    assert is_due(standing("2025-06-01 02:00"), now) is wanted


def test_an_interface_that_was_never_asked_is_due():
    assert is_due({}, "2025-06-02 00:00")


@pytest.mark.parametrize("schedule", ["", "no schedule", "99 99 * * *"])
def test_an_interface_without_a_schedule_is_never_due(schedule):
    assert not is_due({}, "2025-06-02 00:00", dataclasses.replace(DAILY, schedule=schedule))


@pytest.mark.parametrize(
    ("failures", "now", "wanted"),
    [
        (1, "2025-06-02 02:00", True),
        (3, "2025-06-02 02:00", False),
        (3, "2025-06-02 02:01", True),
        (5, "2025-06-02 02:03", False),
        (5, "2025-06-02 02:04", True),
        (99, "2025-06-02 02:59", False),
        (99, "2025-06-02 03:00", True),
    ],
)
def test_what_failed_is_due_again_after_growing_breaks(failures, now, wanted):
    assert is_due(standing("2025-06-02 02:00", failures=failures), now) is wanted


def test_what_will_not_pass_by_itself_is_tried_every_hour():
    one = standing("2025-06-02 02:00", failures=1, permanent=True)
    assert not is_due(one, "2025-06-02 02:59")
    assert is_due(one, "2025-06-02 03:00")


def late(standings, now, delivered=None):
    found = late_since(DAILY, CONTRACTS, standings.get("x/daily"), delivered, at(now))
    return found[0] if found else None


def test_a_missed_run_is_late_after_an_hour():
    one = standing("2025-06-02 02:00", failures=2, succeeded="2025-06-01 02:00")
    assert late(one, "2025-06-02 02:59") is None
    assert late(one, "2025-06-02 03:00") == at("2025-06-02 02:00")


def test_an_answer_that_there_is_nothing_new_is_in_time():
    assert late(standing("2025-06-02 02:00"), "2025-06-02 20:00", dt.date(2025, 1, 1)) is None


def test_a_delivery_older_than_its_contract_allows_is_late_and_week_ends_do_not_count():
    friday = dt.date(2025, 6, 6)
    assert late({}, "2025-06-10 23:59", friday) is None
    assert late({}, "2025-06-11 00:01", friday) == at("2025-06-11 00:00")


def test_days_off_do_not_count_where_the_calendar_is_known():
    monday_off = Calendar(frozenset({6, 7}), frozenset({dt.date(2025, 6, 9)}), frozenset())
    friday, wednesday = dt.date(2025, 6, 6), at("2025-06-11 00:01")
    assert late_since(DAILY, CONTRACTS, None, friday, wednesday, monday_off) is None
    assert late_since(DAILY, CONTRACTS, None, friday, at("2025-06-12 00:01"), monday_off)


def test_what_was_never_connected_is_not_late():
    assert late({}, "2025-06-10 00:00") is None


def test_an_interface_that_was_asked_and_never_brought_anything_is_late():
    asked = standing("2025-06-02 02:00")["x/daily"]
    empty = dataclasses.replace(asked, last=dataclasses.replace(asked.last, state="nothing"))
    found = late_since(DAILY, CONTRACTS, empty, None, at("2025-06-02 02:10"))
    assert found is not None
    assert "nothing has ever come" in found[1]


def test_looking_for_files_and_finding_none_does_not_end_a_delay():
    dropped = dataclasses.replace(DAILY, connector="file")
    looked = standing("2025-06-20 02:00")["x/daily"]
    day = dt.date(2025, 6, 2)
    assert late_since(dropped, CONTRACTS, looked, day, at("2025-06-20 09:00")) is not None
    assert late_since(DAILY, CONTRACTS, looked, day, at("2025-06-20 09:00")) is None
