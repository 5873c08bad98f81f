"""Rows of an API come whole, exact and once, whatever its pages are like."""

import dataclasses

import pytest

from steelyard.sources import FetchFailed, Paging, References, SourceDrifted, probe
from steelyard.sources.tests.department_api import Department, as_json, department, paged
from steelyard.sources.tests.rest_asking import BY_PAGE, ROWS, fetched, ids, interface_of, serving

pytestmark = pytest.mark.usefixtures("own_api")


def test_all_pages_come_in_order(tmp_path):
    with serving() as api:
        got, lines = fetched(tmp_path, interface_of(api.url))
    assert ids(lines) == list(range(1, 24))
    assert (got.calls, got.total) == (3, 23)


def test_rows_stand_in_the_text_they_came_in(tmp_path):
    said = (
        '{"rows": [\n {"id": 110101199001011234567, "amount": 12.10,\n  "rate": 1e-3, "name": "张\\u4e09"},\n'
        ' {"id":2}\n]}'
    )
    with department(lambda call: as_json(said)) as api:
        _, lines = fetched(tmp_path, interface_of(api.url, paging=Paging(rows="rows")))
    assert lines == ['{"id": 110101199001011234567, "amount": 12.10,   "rate": 1e-3, "name": "张\\u4e09"}', '{"id":2}']


def test_a_department_that_gives_smaller_pages_loses_no_rows(tmp_path):
    with serving(size=5) as api:
        _, lines = fetched(tmp_path, interface_of(api.url, paging=dataclasses.replace(BY_PAGE, total="")))
    assert ids(lines) == list(range(1, 24))


def test_offsets_count_the_rows_that_came(tmp_path):
    def answer(call):
        begin = int(call.query.get("from", 0))
        return as_json(ROWS[begin : begin + 7])

    with department(answer) as api:
        _, lines = fetched(tmp_path, interface_of(api.url, paging=Paging("offset", size=10, number="from")))
    assert ids(lines) == list(range(1, 24))


def cursors(call):
    begin = int(call.query.get("after", "c0")[1:])
    following = f"c{begin + 10}" if begin + 10 < len(ROWS) else None
    return as_json({"items": ROWS[begin : begin + 10], "next": following})


BY_CURSOR = Paging("cursor", size=10, number="after", rows="items", next="next")


def test_cursors_lead_to_the_end(tmp_path):
    with department(cursors) as api:
        _, lines = fetched(tmp_path, interface_of(api.url, paging=BY_CURSOR))
    assert ids(lines) == list(range(1, 24))


def test_cursors_that_walk_in_circles_end_the_run(tmp_path):
    with (
        department(lambda call: as_json({"items": ROWS[:10], "next": "c1"})) as api,
        pytest.raises(FetchFailed, match="circles"),
    ):
        fetched(tmp_path, interface_of(api.url, paging=BY_CURSOR))


def test_a_full_page_without_the_way_on_is_no_end(tmp_path):
    with (
        department(lambda call: as_json({"items": ROWS[:10], "following": "c1"})) as api,
        pytest.raises(SourceDrifted, match="no next"),
    ):
        fetched(tmp_path, interface_of(api.url, paging=BY_CURSOR))


def test_a_page_that_comes_again_and_again_ends_the_run(tmp_path):
    with (
        department(lambda call: as_json({"data": {"items": ROWS[:10], "total": 100}})) as api,
        pytest.raises(FetchFailed, match="does not move on"),
    ):
        fetched(tmp_path, interface_of(api.url))


def test_rows_that_are_missing_from_the_total_fail_the_run(tmp_path):
    with department(
        lambda call: as_json({"data": {"items": ROWS[:3] * (call.query["page"] == "1"), "total": 4}})
    ) as api:
        with pytest.raises(FetchFailed, match="got 3 rows of 4") as failed:
            fetched(tmp_path, interface_of(api.url))
        assert not failed.value.permanent
        assert len(api.calls) == 6, "the walk is tried again before it fails"


def test_rows_that_arrive_while_pages_are_read_lead_to_another_walk(tmp_path):
    rows = list(ROWS)

    def answer(call):
        if len(api.calls) == 2:
            rows.insert(0, {"id": 0})
        return paged(rows, call)

    with department(answer) as api:
        got, lines = fetched(tmp_path, interface_of(api.url))
    assert ids(lines) == list(range(24))
    assert got.signals == ()


@pytest.mark.parametrize("said", [{"data": {"rows": []}}, {"data": {"items": {}}}, []])
def test_a_list_that_is_not_where_it_should_be_is_drift(tmp_path, said):
    with department(lambda call: as_json(said)) as api, pytest.raises(SourceDrifted, match=r"at data\.items"):
        fetched(tmp_path, interface_of(api.url))


def test_a_total_that_is_none_is_drift(tmp_path):
    with (
        department(lambda call: as_json({"data": {"items": [], "total": None}})) as api,
        pytest.raises(SourceDrifted, match=r"data\.total"),
    ):
        fetched(tmp_path, interface_of(api.url))


def test_a_look_shows_a_few_rows_and_the_total():
    with serving() as api:
        seen = probe(interface_of(api.url), References(), limit=3)
        assert len(api.calls) == 1
    assert (seen.columns, seen.total) == (("id", "name"), 23)
    assert [row["id"] for row in seen.rows] == ["1", "2", "3"]
    assert isinstance(api, Department)
