"""The platform's own records reach the data pool like any delivery, once, and without a name or number of a person."""

import datetime as dt

import pytest

from steelyard.engines.duck import connect
from steelyard.engines.postgres import Role
from steelyard.web.alerts.models import Alert, AlertState
from steelyard.web.cases import actions as cases
from steelyard.web.cases.tests import made_cases as made
from steelyard.web.governance import actions, jobs
from steelyard.web.governance.models import SuppliedRow, SupplyMark
from steelyard.web.governance.supplying import step, supply
from steelyard.web.orgs import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast):
    return made.rent_case()


@pytest.fixture
def pushed():
    """What was pushed, by dataset; call it to push."""
    rows = {}

    def push(dataset, key, found):
        push.keys.append(key)
        rows.setdefault(dataset, []).extend(found)

    push.rows, push.keys = rows, []
    return push


def in_pool(pool, dataset):
    with connect(memory_mb=256, threads=1) as duck:
        pool.register(duck, dataset)
        found = duck.execute(f'SELECT * FROM "{dataset}" ORDER BY 1')
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def only(rows):
    (row,) = rows
    return row


def test_an_alert_nobody_touched(case, cast, pushed):
    supply(pushed)
    row = only(pushed.rows["alert"])
    alert = Alert.objects.get()
    assert row["alert_id"] == f"A{alert.pk}"
    assert (row["model_id"], row["area_code"], row["grade"]) == (alert.model_id, "339921101201", "red")
    assert (row["subject_no"], row["matter_id"]) == ("src:steelyard:C-TENANT", "L1")
    assert row["org_code"] == "src:steelyard:B-village_committee-339921101201"
    assert row["assigned_org_code"] == f"src:steelyard:{cast.zhou.body.subject_key}"
    assert "signed_time" not in row
    assert "result" not in row


def test_a_case_walked_to_its_end(case, cast, pushed):
    made.closed(case, cast)
    supply(pushed)
    row = only(pushed.rows["alert"])
    assert row["handler_id_no"] == "src:steelyard:P-zhou"
    assert row["reviewer_id_no"] == "src:steelyard:P-chen"
    assert row["result"] == "true"
    assert row["signed_time"] <= row["replied_time"] <= row["reviewed_time"]
    assert row["due_time"] > row["replied_time"]
    assert row["reopened_count"] == 0
    kinds = sorted(action["action_type"] for action in pushed.rows["disposal_action"])
    assert kinds == ["explain", "recover", "recover"]
    money = only(action for action in pushed.rows["disposal_action"] if action.get("amount"))
    assert (money["amount"], money["doc_ref"], money["action_date"]) == ("1275000.00", "V-1", "2026-04-01")


def test_a_proposed_verdict_is_no_result_yet(case, cast, pushed):
    made.submitted(case, cast)
    cases.act(case, "propose_verdict", by=cast.chen, data={**made.verdicts(case), "reasons": "Ledger and bank agree."})
    supply(pushed)
    row = only(pushed.rows["alert"])
    assert "replied_time" in row
    assert "result" not in row
    assert "reviewed_time" not in row


def test_what_did_not_change_is_not_sent_again(case, cast, pushed):
    assert supply(pushed) == 1
    assert supply(pushed) == 0
    cases.act(case, "sign", by=cast.zhou)
    assert supply(pushed) == 1
    assert [row.get("handler_id_no") for row in pushed.rows["alert"]] == [None, "src:steelyard:P-zhou"]


def test_rows_that_did_not_land_are_sent_again_under_the_same_key(case, pushed):
    keys = []

    def broken(dataset, key, rows):
        keys.append(key)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        supply(broken)
    supply(pushed)
    assert pushed.keys == keys


def test_a_counter_entry_takes_the_money_off_again(case, cast, pushed):
    made.rectifying(case, cast)
    made.recovered(case, cast)
    supply(pushed)
    entry = case.ledger.get(kind="recovered")
    cases.take_back(entry, by=cast.zhou, reason="booked twice")
    supply(pushed)
    amounts = [row["amount"] for row in pushed.rows["disposal_action"] if row["action_type"] == "recover"]
    assert amounts == ["1275000.00", "0.00"]


def test_shadow_and_held_alerts_stay_here(case, pushed):
    Alert.objects.update(state=AlertState.SHADOW)
    assert supply(pushed) == 0


def test_a_loophole_is_a_proposal_of_the_county(case, cast, pushed):
    found = actions.open_loophole(case, by=cast.du)
    supply(pushed)
    row = only(pushed.rows["governance_item"])
    assert (row["item_id"], row["area_code"], row["status"]) == (found.number, "339921000000", "open")
    assert "done_date" not in row


def test_a_look_at_an_alert_is_supplied_once_with_its_task(case, cast, as_user, pushed, monkeypatch):
    alert = Alert.objects.get()
    assert as_user(cast.zhou).get(f"/alerts/{alert.pk}/").status_code == 200
    supply(pushed)
    assert "access_audit" not in pushed.rows  # too young: one with a smaller number may still be being written
    monkeypatch.setattr(step, "SETTLED", -dt.timedelta(hours=1))
    supply(pushed)
    supply(pushed)
    row = only(row for row in pushed.rows["access_audit"] if row["object_type"] == "alert")
    assert (row["object_id"], row["field_group"], row["action"]) == (f"A{alert.pk}", "basic", "read")
    assert row["user_person_id_no"] == "src:steelyard:P-zhou"
    assert row["task_id"] == case.no


def test_it_lands_through_contracts_and_ledger_and_twice_changes_nothing(case, cast, pool):
    made.closed(case, cast)
    sent = jobs.supply_now()
    assert sent == len(in_pool(pool, "alert")) + len(in_pool(pool, "disposal_action"))
    row = only(in_pool(pool, "alert"))
    assert row["result"] == "true"
    assert row["handler_id"] != row["reviewer_id"]
    assert row["subject_id"]
    with pool.database.connect(Role.WORKER) as connection:
        deliveries = connection.execute("SELECT interface, state FROM engine.delivery ORDER BY 1").fetchall()
    assert deliveries == [("platform/own-actions", "accepted"), ("platform/own-alerts", "accepted")]
    assert jobs.supply_now() == 0
    SuppliedRow.objects.all().delete()  # as if we had died before remembering
    assert jobs.supply_now() == sent
    assert in_pool(pool, "alert") == [row]


def test_on_a_day_without_news_the_feed_is_seen_to_live(case, pushed):
    supply(pushed)
    SupplyMark.objects.filter(name="alert").update(at=clock.now() - dt.timedelta(days=1))
    assert supply(pushed) == 0
    assert supply(pushed) == 0
    first, again = pushed.rows["alert"]
    assert first == again
    assert len(set(pushed.keys)) == 2


def test_a_row_sent_again_is_a_delivery_that_changes_nothing(case, pool):
    jobs.supply_now()
    before = in_pool(pool, "alert")
    SupplyMark.objects.filter(name="alert").update(at=clock.now() - dt.timedelta(days=1))
    jobs.supply_now()
    assert in_pool(pool, "alert") == before
    with pool.database.connect(Role.WORKER) as connection:
        states = connection.execute("SELECT state FROM engine.delivery").fetchall()
        incidents = connection.execute("SELECT kind FROM engine.interface_incident WHERE closed_at IS NULL").fetchall()
    assert states == [("accepted",), ("accepted",)]
    assert incidents == []


def test_a_person_the_pool_knows_keeps_the_key(case, cast, pool):
    with pool.database.transaction(Role.WORKER) as connection:
        connection.execute("INSERT INTO engine.subject (key, kind, name, tier) VALUES ('P-zhou', 'person', '周', 'T1')")
    cases.act(case, "sign", by=cast.zhou)
    jobs.supply_now()
    row = only(in_pool(pool, "alert"))
    assert row["handler_id"] == "P-zhou"
    with pool.database.connect(Role.WORKER) as connection:
        assert connection.execute("SELECT count(*) FROM engine.identifier WHERE key = 'P-zhou'").fetchone() == (0,)


def test_what_is_kept_of_a_delivery_names_nobody(case, cast, pool):
    made.closed(case, cast)
    jobs.supply_now()
    kept = b"".join(path.read_bytes() for path in pool.home.raw.rglob("*") if path.is_file())
    for user in (cast.zhou, cast.chen, cast.du):
        assert user.name.encode() not in kept
