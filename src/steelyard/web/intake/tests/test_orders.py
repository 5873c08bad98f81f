import pytest
from django.urls import reverse

from steelyard.web.audit.models import AuditEvent
from steelyard.web.intake import jobs
from steelyard.web.intake.models import Order, OrderState
from steelyard.web.intake.queries import QuarantineFilter, quarantine_rows
from steelyard.web.intake.tests import small_delivery as small

pytestmark = pytest.mark.django_db


def entry(row):
    return next(one for one in quarantine_rows(QuarantineFilter(), limit=50) if one["row"] == row)


def fulfilled():
    made = Order.objects.get()
    jobs.fulfil(order_id=made.pk)
    return Order.objects.get(pk=made.pk)


def test_a_row_corrected_by_the_steward_comes_in_and_the_order_keeps_no_value(landed, intake, as_user):
    held = entry(4)
    page = as_user(intake.steward).get(reverse("quarantine_row", args=[held["id"]])).content.decode()
    assert "2026-02-30" in page
    values = {"value-3": "2026-02-28", "reason": "部门来电更正"}
    as_user(intake.steward).post(reverse("quarantine_row", args=[held["id"]]), values)
    assert "2026-02-28" not in Order.objects.get().sealed
    done = fulfilled()
    assert (done.state, done.message, done.sealed) == (OrderState.DONE, "", "")
    assert [done.result["receipts"][0][name] for name in ("received", "admitted", "quarantined")] == [1, 1, 0]
    assert AuditEvent.objects.filter(action="quarantine.corrected").count() == 1


def test_a_correction_without_a_value_or_a_reason_asks_nothing(landed, intake, as_user):
    url = reverse("quarantine_row", args=[entry(4)["id"]])
    as_user(intake.steward).post(url, {"reason": "x"})
    as_user(intake.steward).post(url, {"value-3": "2026-02-28"})
    assert not Order.objects.exists()


def test_a_replay_without_a_fix_counts_the_same_rows_again(landed, intake, as_user):
    as_user(intake.steward).post(reverse("delivery_replay", args=[landed.delivery]))
    done = fulfilled()
    assert [done.result["receipts"][0][name] for name in ("received", "admitted", "quarantined")] == [2, 0, 2]


@pytest.mark.parametrize("login", ["chen", "fang", "qian", "li"])
def test_nobody_else_corrects_or_replays(landed, intake, as_user, login):
    client = as_user(getattr(intake, login))
    assert client.post(reverse("delivery_replay", args=[landed.delivery])).status_code == 404
    answer = client.post(reverse("quarantine_row", args=[entry(4)["id"]]), {"value-3": "x", "reason": "x"})
    assert answer.status_code == 404
    assert not Order.objects.exists()


def test_a_reader_sees_the_rule_but_not_the_line(landed, intake, as_user):
    page = as_user(intake.chen).get(reverse("quarantine_row", args=[entry(4)["id"]])).content.decode()
    assert "2026-02-30" in page
    assert "L2,339921101202" not in page
    assert small.NUMBER not in page
