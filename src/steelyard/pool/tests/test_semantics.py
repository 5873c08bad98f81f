"""What absence, a delete, an older version and a late delivery mean."""

import pytest

from steelyard.pool.tests.accounts import Line
from steelyard.pool.tests.registers import Counter, counts

CHANGES = {"operation": "op", "operations": {"U": "upsert", "D": "delete"}}


@pytest.fixture
def opened(tmp_path, clean_engine):
    def make(mode, more="", **interface):
        return Counter(tmp_path, clean_engine, mode, more, **interface)

    return make


def test_absence_inside_the_delivered_scope_deletes_and_outside_says_nothing(opened):
    counter = opened("snapshot", "scope: [place]")
    counter.land(Line("1", scope="A"), Line("2", scope="A"), Line("3", scope="B"))
    landing = counter.land(Line("1", scope="A"))
    assert set(counter.rows()) == {"1", "3"}
    assert landing.receipts[0].removed == 1


def test_a_bad_row_of_a_snapshot_is_not_absent(opened):
    counter = opened("snapshot", "scope: [place]")
    counter.land(Line("1"), Line("2"))
    counter.land(Line("1"), Line("2", bad=True))
    assert counter.rows() == {"1": 1, "2": 1}


def test_an_upsert_leaves_alone_what_it_does_not_name(opened):
    counter = opened("upsert")
    counter.land(Line("1"), Line("2"))
    assert counts(counter.land(Line("2", 5))) == (1, 1, 0, 0, 0)
    assert counter.rows() == {"1": 1, "2": 5}


def test_a_correction_of_a_fact_is_marked(opened):
    counter = opened("append")
    counter.land(Line("1"), Line("2"))
    assert counter.land(Line("2", 5), Line("3")).receipts[0].corrected == 1


def test_an_older_version_that_comes_late_is_superseded(opened):
    counter = opened("upsert", "order: stage")
    counter.land(Line("1", 9, order=9))
    assert counts(counter.land(Line("1", 8, order=8))) == (1, 0, 0, 0, 1)
    assert counter.rows() == {"1": 9}
    (found,) = counter.pool.quarantine_rows(outcome="superseded")
    assert (found.rule, found.reason) == ("late", "a newer version of the row was there before")


def test_within_a_delivery_the_order_decides_and_not_the_place(opened):
    counter = opened("upsert", "order: stage")
    assert counts(counter.land(Line("1", 9, order=9), Line("1", 8, order=8))) == (2, 1, 0, 0, 1)
    assert counter.rows() == {"1": 9}


def test_a_key_deleted_at_order_9_does_not_come_back_at_order_8(opened):
    counter = opened("changes", order="stage", **CHANGES)
    counter.land(Line("1", order=5), Line("2", order=5))
    assert counts(counter.land(Line("1", order=9, gone=True))) == (1, 1, 0, 0, 0)
    assert counts(counter.land(Line("1", 8, order=8))) == (1, 0, 0, 0, 1)
    assert counter.rows() == {"2": 1}
    assert counts(counter.land(Line("1", 10, order=10))) == (1, 1, 0, 0, 0)
    assert counter.rows() == {"1": 10, "2": 1}


def test_a_delete_of_what_was_never_there_still_keeps_older_versions_out(opened):
    counter = opened("changes", order="stage", **CHANGES)
    assert counts(counter.land(Line("1", order=9, gone=True))) == (1, 0, 1, 0, 0)
    assert counts(counter.land(Line("1", order=8))) == (1, 0, 0, 0, 1)
    assert counter.rows() == {}


def test_an_unknown_operation_and_a_missing_order_are_quarantined(opened):
    counter = opened("changes", order="stage", operation="op", operations={"D": "delete"})
    counter.land(Line("1", order=1), Line("2", gone=True), Line("3", order=3, gone=True))
    assert [(found.row, found.rule) for found in counter.pool.quarantine_rows()] == [(2, "operation"), (3, "order")]


def test_a_snapshot_of_an_older_period_that_comes_late_changes_nothing(opened):
    counter = opened("snapshot", "scope: [place]", period_from_name="_(?P<month>[0-9]{6})")
    counter.land(Line("1"), Line("2"), period="202506")
    landing = counter.land(Line("1", 7), Line("3"), Line("4", scope="B"), period="202505")
    assert counts(landing) == (3, 1, 0, 0, 2)
    assert counter.rows() == {"1": 1, "2": 1, "4": 1}


def test_fewer_rows_than_expected_refuse_a_delivery(opened):
    counter = opened("upsert", "expectations: {rhythm: daily, latest: P2D, min_rows: 2}")
    landing = counter.land(Line("1"))
    assert (landing.state, landing.message) == ("refused", "register: 1 rows, at least 2 are expected")


def test_half_a_snapshot_is_refused_where_so_much_may_not_go(opened):
    counter = opened("snapshot", "expectations: {rhythm: daily, latest: P2D, max_change: 0.3}")
    counter.land(*(Line(str(n)) for n in range(10)))
    assert counter.land(*(Line(str(n)) for n in range(5))).state == "refused"
    assert len(counter.rows()) == 10


def test_more_rows_than_expected_are_let_in_and_said(opened):
    counter = opened("upsert", "expectations: {rhythm: daily, latest: P2D, max_rows: 1}")
    (signal,) = counter.land(Line("1"), Line("2")).signals[1:]
    assert (signal["expectation"], signal["rows"], signal["most"]) == ("max_rows", 2, 1)


SUMS = """table_checks:
- {id: sum-of-a-place, level: LEVEL, zh: 合计, en: a place sums to at most 10,
   sql: "SELECT _file, _row FROM delivered WHERE place IN
     (SELECT place FROM delivered GROUP BY 1 HAVING sum(amount) > 10)"}
"""


def test_rows_that_a_table_check_finds_are_quarantined_and_the_ledger_adds_up(opened):
    counter = opened("upsert", SUMS.replace("LEVEL", "quarantine"))
    landing = counter.land(Line("1", 6), Line("2", 6), Line("3", 6, scope="B"))
    assert counts(landing) == (3, 1, 0, 2, 0)
    assert counter.rows() == {"3": 6}
    assert [(found.row, found.rule) for found in counter.pool.quarantine_rows()] == [
        (2, "check:sum-of-a-place"), (3, "check:sum-of-a-place"),
    ]  # fmt: skip


@pytest.mark.parametrize(("level", "state"), [("reject", "refused"), ("warn", "accepted")])
def test_a_table_check_refuses_or_warns(opened, level, state):
    counter = opened("upsert", SUMS.replace("LEVEL", level))
    landing = counter.land(Line("1", 6), Line("2", 6))
    assert landing.state == state
    assert ("sum-of-a-place" in str(landing.signals)) == (level == "warn")


def test_a_table_check_sees_the_table_as_it_was(opened):
    check = (
        "table_checks:\n- {id: never-less, level: quarantine, zh: 不减, en: an amount never falls,\n"
        '   sql: "SELECT d._file, d._row FROM delivered d JOIN pool p USING (item_id) WHERE d.amount < p.amount"}\n'
    )
    counter = opened("upsert", check)
    counter.land(Line("1", 6), Line("2", 6))
    assert counts(counter.land(Line("1", 5), Line("2", 7))) == (2, 1, 0, 1, 0)
    assert counter.rows() == {"1": 6, "2": 7}
