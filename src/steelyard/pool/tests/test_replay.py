"""Bad rows are seen, sent back, corrected and taken again; every one of them says how it ended."""

import csv
import io
from dataclasses import replace

import pytest

from steelyard.pool import NothingToReplay
from steelyard.pool.tests.conftest import DAY, row


def counts(landing):
    one = landing.receipts[0]
    return one.received, one.admitted, one.unchanged, one.quarantined, one.superseded


def lenient(desk):
    """The contract after its check of amounts was dropped."""
    contract = desk.pool.contracts["payment"]
    checks = tuple(check for check in contract.checks if check.id != "amount-not-negative")
    desk.pool.contracts = {"payment": replace(contract, checks=checks)}


def replay(desk, **more):
    return desk.pool.replay(assign=desk.keys, received_on=DAY, **more)


def states(desk):
    return [(found.row, found.state) for found in desk.pool.quarantine_rows(state=None)]


def test_after_a_fix_of_the_contract_the_same_rows_come_in(desk):
    desk.land(row("1"), row("2", amount="-5"), row("3", amount="x"))
    lenient(desk)
    (landing,) = replay(desk)
    assert counts(landing) == (2, 1, 0, 1, 0)
    assert str(desk.table()["2"]["amount"]) == "-5.00"
    # The newer account first: the row that is bad again, then what became of the first two.
    assert states(desk) == [(2, "open"), (3, "resolved"), (4, "replayed")]


def test_a_replay_leads_back_to_its_own_row(desk):
    desk.land(row("1"), row("2", amount="-5"))
    lenient(desk)
    (landing,) = replay(desk)
    assert desk.pool.lineage(landing.delivery, 1).fields["payment_id"] == "2"


def test_a_replay_that_mends_nothing_can_be_tried_again(desk):
    desk.land(row("2", amount="-5"))
    replay(desk)
    lenient(desk)
    (landing,) = replay(desk)
    assert counts(landing) == (1, 1, 0, 0, 0)
    with pytest.raises(NothingToReplay):
        replay(desk)


def test_only_the_rows_asked_for_are_replayed(desk):
    desk.land(row("1", amount="-5"), row("2", payee="bad"))
    lenient(desk)
    (landing,) = replay(desk, rule="check:amount-not-negative")
    assert counts(landing) == (1, 1, 0, 0, 0)
    assert [found.rule for found in desk.pool.quarantine_rows()] == ["number"]


def test_a_replay_into_a_snapshot_takes_no_row_away(snapshot_desk):
    desk = snapshot_desk
    desk.land(row("1"), row("2", amount="-5"))
    lenient(desk)
    replay(desk)
    assert set(desk.table()) == {"1", "2"}


def test_a_row_with_the_same_key_mends_the_bad_one(desk):
    desk.land(row("1"), row("2", amount="-5"))
    landing = desk.land(row("2", amount="5"))
    assert desk.pool.quarantine_rows() == []
    (found,) = desk.pool.quarantine_rows(state="resolved")
    assert found.resolved_by == landing.delivery


def test_a_file_that_was_sent_back_comes_in_corrected(desk):
    desk.land(row("1"), row("2", amount="-5", payee="9A1234567890", name="张小明"))
    text = desk.pool.send_back("finance/payments")
    assert "张小明" not in text
    (line,) = csv.DictReader(io.StringIO(text))
    assert (line["amount"], line["steelyard_rule"]) == ("'-5", "check:amount-not-negative")
    path = desk.folder / "corrected.csv"
    path.write_text("\ufeff" + text.replace("'-5", "5"), encoding="utf-8")
    (landing,) = replay(desk, corrected=path)
    assert counts(landing) == (1, 1, 0, 0, 0)
    # The covered number came back as it was delivered.
    assert (str(desk.table()["2"]["amount"]), desk.table()["2"]["payee_id"]) == ("5.00", "key-9A1234567890")
    assert states(desk) == [(3, "resolved")]


def test_files_refused_together_tell_each_bad_row_once(desk):
    folder = desk.folder / "finance"
    folder.mkdir()
    spoiled = [row(str(n), amount="-1" if n < 50 else "1") for n in range(150)]
    paths = [
        desk.file(*spoiled, name="finance/a.csv"),
        desk.file(row("x"), row("y", amount="-1"), name="finance/b.csv"),
    ]
    assert desk.land_files(*paths).state == "refused"
    for path in paths:
        desk.land_files(path)
    assert len(desk.pool.quarantine_rows(limit=None)) == 51
