"""An API that fails, drips or sends without end: patience, pace and bounds."""

import pytest

from steelyard.sources import FetchFailed, Limits, SourceRefused, rest_calls
from steelyard.sources.tests.department_api import as_json, department, drip
from steelyard.sources.tests.rest_asking import NOT_NOW, fetched, ids, interface_of, serving

pytestmark = pytest.mark.usefixtures("own_api")


@pytest.mark.parametrize("fault", NOT_NOW, ids=range(len(NOT_NOW)))
def test_a_fault_that_passes_costs_one_more_call(tmp_path, fault):
    with serving() as api:
        api.faults = [fault]
        got, lines = fetched(tmp_path, interface_of(api.url))
    assert ids(lines) == list(range(1, 24))
    assert got.calls == 4


@pytest.mark.parametrize("fault", NOT_NOW, ids=range(len(NOT_NOW)))
def test_a_fault_that_stays_fails_the_run_and_may_be_tried_later(tmp_path, fault):
    with department(lambda call: fault) as api:
        with pytest.raises(FetchFailed) as failed:
            fetched(tmp_path, interface_of(api.url))
        assert len(api.calls) == 3
    assert not failed.value.permanent


def test_the_other_sides_wish_to_wait_is_kept(tmp_path, monkeypatch):
    waited = []
    monkeypatch.setattr(rest_calls.time, "sleep", waited.append)
    monkeypatch.setattr(
        rest_calls.Caller.__init__, "__kwdefaults__", {"sleep": waited.append, "clock": rest_calls.time.monotonic}
    )
    with serving() as api:
        api.faults = [as_json({}, 429, Retry_After="7")]
        fetched(tmp_path, interface_of(api.url))
    assert waited == [7]


def test_who_asks_for_an_hour_gets_the_next_run(tmp_path):
    with department(lambda call: as_json({}, 503, Retry_After="3600")) as api:
        with pytest.raises(FetchFailed, match="wait 3600 s"):
            fetched(tmp_path, interface_of(api.url))
        assert len(api.calls) == 1


def test_a_slow_drip_does_not_hold_the_run_for_ever(tmp_path):
    limits = Limits(timeout=1, attempts=1)
    with department(lambda call: drip(0.2, 600)) as api, pytest.raises(FetchFailed, match="not through in 4 s"):
        fetched(tmp_path, interface_of(api.url, limits=limits))


def test_a_silent_line_ends_with_the_time_out(tmp_path):
    limits = Limits(timeout=1, attempts=1)
    with department(lambda call: drip(9, 2)) as api, pytest.raises(FetchFailed, match=r"broke off|no answer"):
        fetched(tmp_path, interface_of(api.url, limits=limits))


def test_an_answer_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(rest_calls, "MAX_ANSWER_BYTES", 1 << 20)
    with department(lambda call: as_json(" " * (2 << 20))) as api, pytest.raises(SourceRefused, match="larger"):
        fetched(tmp_path, interface_of(api.url))


def test_an_answer_nested_too_deeply_is_no_crash(tmp_path):
    with department(lambda call: as_json("[" * 200_000)) as api, pytest.raises(FetchFailed, match="no whole JSON"):
        fetched(tmp_path, interface_of(api.url))


def test_the_pace_is_kept(tmp_path, monkeypatch):
    waited = []
    monkeypatch.setattr(rest_calls.Caller.__init__, "__kwdefaults__", {"sleep": waited.append, "clock": lambda: 100.0})
    with serving() as api:
        fetched(tmp_path, interface_of(api.url, limits=Limits(timeout=2, per_minute=30)))
    assert waited == [2.0, 4.0], "three calls at once would be spread over four seconds"
