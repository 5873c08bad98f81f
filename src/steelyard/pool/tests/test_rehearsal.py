"""A rehearsal shows what would come of a delivery, covers who it is about, and keeps nothing."""

import dataclasses

import pytest

from steelyard.identity import IdentityKeys, RehearsalKeys
from steelyard.kit.identifiers import resident_check_character
from steelyard.pool import NothingToTry
from steelyard.pool.tests.conftest import DAY, FIELDS, row
from steelyard.pool.tests.test_fetching import rest
from steelyard.sources.tests.department_api import department, paged

NUMBER = "11010119900101123" + resident_check_character("11010119900101123")


@pytest.fixture(autouse=True)
def loopback(monkeypatch):
    monkeypatch.delenv("STEELYARD_SOURCES", raising=False)


def rehearsed(desk, *lines, interface=None, **more):
    paths = [desk.file(*lines)] if lines else []
    return desk.pool.rehearse(interface or desk.interface, assign=desk.keys, on=DAY, paths=paths, **more)


def everything(desk):
    """Rows of every table of the engine, and the files of the home."""
    with desk.pool.database.connect() as connection:
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'engine' AND tablename NOT LIKE '%%yoyo%%'"
        ).fetchall()
        counts = {name: connection.execute(f'SELECT count(*) FROM engine."{name}"').fetchone() for (name,) in names}
    return counts, sorted(str(path) for path in desk.pool.home.root.rglob("*"))


def test_rows_that_would_be_refused_are_told_with_rule_and_place(desk):
    made = rehearsed(desk, row(1), row(2, amount="-3"), row(3, payee="1A"), row(1, amount="11"))
    counted = made.counts[0]
    assert (counted.received, counted.admissible, counted.quarantined, counted.superseded) == (4, 1, 2, 1)
    told = {(flaw.row, flaw.rule) for flaw in made.flaws if flaw.outcome == "quarantined"}
    assert told == {(3, "check:amount-not-negative"), (4, "number")}


def test_the_mapping_is_shown_with_what_is_lost_and_what_nobody_knows(desk):
    made = desk.pool.rehearse(
        dataclasses.replace(desk.interface, file_format="jsonl"), assign=desk.keys, on=DAY,
        paths=[lines_file(desk, '{"payment_id": "1", "payee_no": "9A", "备用": "x"}')],
    )  # fmt: skip
    assert made.unknown == ("备用",)
    assert "amount" in made.missing
    assert {one.field: one.there for one in made.mapping if one.required} == {"payment_id": True, "payee_no": True}


def lines_file(desk, text):
    path = desk.folder / "rows.jsonl"
    path.write_text(text + "\n", encoding="utf-8")
    return path


def test_a_delivery_that_would_be_refused_as_a_whole_says_why(desk):
    made = rehearsed(desk, *(row(number, amount="-1") for number in range(100)))
    assert "100 of 100 rows are bad" in made.counts[0].refused


def test_who_the_rows_are_about_is_covered(desk):
    made = rehearsed(desk, row(1, payee=NUMBER, name="张三丰", amount="-1"))
    assert NUMBER not in str(made)
    assert "张三丰" not in str(made)
    assert made.rows[0]["amount"] == "-1"


def test_nothing_is_kept(desk):
    keys = RehearsalKeys(desk.pool.database)
    with department(lambda call: paged([{"payment_id": "1", "payee_no": NUMBER}], call)) as api:
        before = everything(desk)
        made = desk.pool.rehearse(rest(api.url), assign=keys, on=DAY)
        assert made.counts[0].admissible == 1
        assert everything(desk) == before
    # The same way with real keys does leave a trace, so the comparison above can fail.
    path = desk.file(row(1, payee=NUMBER))
    desk.pool.rehearse(desk.interface, assign=IdentityKeys(desk.pool.database), on=DAY, paths=[path])
    assert everything(desk)[0] != before[0]


def test_few_rows_are_asked_for_and_the_whole_is_counted(desk):
    rows = [{"payment_id": str(number), "payee_no": "9A"} for number in range(120)]
    with department(lambda call: paged(rows, call)) as api:
        made = desk.pool.rehearse(rest(api.url), assign=desk.keys, on=DAY, rows=5)
        assert len(api.calls) == 1
    assert (len(made.rows), made.total) == (5, 120)


def test_of_a_folder_the_newest_file_is_taken_and_an_empty_one_says_so(desk):
    inbox = desk.pool.home.inbox / "finance"
    inbox.mkdir()
    location = dataclasses.replace(desk.interface.location, folder=str(inbox))
    interface = dataclasses.replace(desk.interface, location=location)
    with pytest.raises(NothingToTry, match="--file"):
        rehearsed(desk, interface=interface)
    (inbox / "a.csv").write_text(",".join(FIELDS) + "\n" + row(1) + "\n", encoding="utf-8")
    assert rehearsed(desk, interface=interface).files == ("a.csv",)
