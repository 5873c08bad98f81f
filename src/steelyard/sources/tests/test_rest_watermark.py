"""An API is asked for what is new, and gives each row once."""

import pytest

from steelyard.sources import Fetch, Paging
from steelyard.sources.tests.department_api import as_json, department
from steelyard.sources.tests.rest_asking import fetched, ids, interface_of

pytestmark = pytest.mark.usefixtures("own_api")


def since(rows):
    return department(lambda call: as_json([row for row in rows if row["at"] >= call.query.get("since", "")]))


BY_TIME = {"fetch": Fetch("watermark", "at", parameter="since"), "paging": Paging()}


def test_the_next_run_asks_from_the_last_value_and_keeps_what_is_new(tmp_path):
    rows = [{"id": 1, "at": "2025-01-01T10:00:00"}, {"id": 2, "at": "2025-01-01T10:00:05"}]
    with since(rows) as api:
        first, lines = fetched(tmp_path, interface_of(api.url, **BY_TIME))
        assert ids(lines) == [1, 2]
        again, lines = fetched(tmp_path, interface_of(api.url, **BY_TIME), first.cursor)
        assert (lines, again.cursor) == ([], first.cursor)
        rows.append({"id": 3, "at": "2025-01-01T10:00:05"})  # written late, with the same time
        _, lines = fetched(tmp_path, interface_of(api.url, **BY_TIME), first.cursor)
        assert ids(lines) == [3]
    assert [call.query.get("since") for call in api.calls] == [None, "2025-01-01T10:00:05", "2025-01-01T10:00:05"]


def test_an_overlap_finds_rows_that_were_written_late(tmp_path):
    rows = [{"id": 1, "at": "2025-01-01T10:00:00Z"}, {"id": 2, "at": "2025-01-01T10:05:00Z"}]
    more = BY_TIME | {"fetch": Fetch("watermark", "at", overlap="PT10M", parameter="since")}
    with since(rows) as api:
        first, _ = fetched(tmp_path, interface_of(api.url, **more))
        rows.append({"id": 3, "at": "2025-01-01T09:58:00Z"})
        _, lines = fetched(tmp_path, interface_of(api.url, **more), first.cursor)
    assert ids(lines) == [3]
    assert api.calls[-1].query["since"] == "2025-01-01T09:55:00Z"


def test_numbers_are_compared_as_numbers(tmp_path):
    rows = [{"id": number, "at": number} for number in (9, 10, 2)]
    with department(lambda call: as_json([row for row in rows if row["at"] >= int(call.query.get("since", 0))])) as api:
        first, _ = fetched(tmp_path, interface_of(api.url, **BY_TIME))
    assert first.cursor["value"] == "10"
