import datetime as dt

import pytest
from django.urls import reverse

from steelyard.web.audit.models import AuditEvent
from steelyard.web.intake.board import board
from steelyard.web.intake.models import Order, Pause
from steelyard.web.intake.tests import made_runs as made
from steelyard.web.intake.tests import small_delivery as small
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User

pytestmark = pytest.mark.django_db


def conditions(viewer):
    lines = [line for line in board(viewer, clock.now()).lines if line.id == small.INTERFACE]
    return [one.code for line in lines for one in line.conditions]


def test_an_interface_without_a_row_was_never_connected_and_is_not_healthy(intake):
    assert conditions(intake.steward) == ["never"]


def test_one_that_delivered_well_is_healthy(landed, intake):
    assert conditions(intake.steward) == ["healthy"]


@pytest.mark.parametrize("kind", ["failing", "refused", "late", "drift", "thin", "signature", "out-of-order", "slow"])
def test_every_open_incident_is_on_the_board(landed, intake, as_user, kind):
    made.incident(small.INTERFACE, kind)
    assert conditions(intake.steward) == [kind]
    page = as_user(intake.steward).get(reverse("pool_status"), {"state": kind}).content.decode()
    assert small.INTERFACE in page


def test_a_closed_incident_is_over(landed, intake):
    made.incident(small.INTERFACE, "failing", closed=made.now())
    assert conditions(intake.steward) == ["healthy"]


def test_a_failed_run_shows_before_it_is_an_incident(landed, intake, as_user):
    made.run(small.INTERFACE, state="failed", error="HTTP 500")
    assert conditions(intake.steward) == ["failing"]
    page = as_user(intake.steward).get(reverse("interface_detail", args=[small.INTERFACE])).content.decode()
    assert "HTTP 500" in page


def test_the_newest_run_speaks_not_the_one_before(landed, intake):
    made.run(small.INTERFACE, state="failed")
    made.run(small.INTERFACE, state="nothing")
    assert conditions(intake.steward) == ["healthy"]


def test_a_refused_delivery_is_on_the_board(landed, hand_in, intake):
    hand_in(data=b"a,b\n1,2\n")
    assert conditions(intake.steward) == ["refused"]


def test_columns_nobody_expected_are_drift(hand_in, intake):
    hand_in(data=small.content(small.LINES[0] + ",新列", small.LINES[1] + ",x"))
    assert conditions(intake.steward) == ["drift"]


def test_data_older_than_the_contract_says_are_late(landed, intake):
    made.execute(
        "UPDATE engine.delivery SET received_on = received_on - 400, received_at = received_at - interval '400 days'"
    )
    assert conditions(intake.steward) == ["late"]


def test_the_filter_shows_what_was_asked_for_and_says_when_there_is_nothing(landed, intake, as_user):
    page = as_user(intake.steward).get(reverse("pool_status"), {"state": "failing"}).content.decode()
    assert "No interface is in this condition." in page


def test_a_department_steward_sees_his_own_and_the_twin_nothing(landed, intake, as_user):
    urls = [
        reverse("interface_detail", args=[small.INTERFACE]),
        reverse("delivery_detail", args=[landed.delivery]),
        reverse("delivery_lineage", args=[landed.delivery]),
        reverse("row_source", args=[landed.delivery, 2]),
        reverse("dataset_detail", args=["rent_receipt"]),
        reverse("department_card", args=["agriculture"]),
    ]
    own = as_user(made.at_work(intake.steward, "agriculture"))
    assert [own.get(url).status_code for url in urls] == [200] * 6
    assert small.FILE in own.get(reverse("quarantine_list")).content.decode()
    twin = as_user(made.at_work(intake.steward, "construction"))
    assert [twin.get(url).status_code for url in urls] == [404] * 6
    assert conditions(User.objects.get(username="steward")) == []
    assert small.FILE not in twin.get(reverse("quarantine_list")).content.decode()


def test_fetch_now_asks_the_worker_once(landed, intake, as_user):
    url = reverse("interface_fetch", args=[small.INTERFACE])
    client = as_user(intake.steward)
    first = client.post(url)
    assert first.url == reverse("order_detail", args=[Order.objects.get().pk])
    client.post(url)
    assert Order.objects.count() == 1
    assert AuditEvent.objects.filter(action="interface.fetch_asked").count() == 1


@pytest.mark.parametrize("login", ["chen", "fang", "zhou", "qian"])
def test_nobody_but_a_steward_fetches_or_pauses(landed, intake, as_user, login):
    client = as_user(getattr(intake, login))
    for name in ("interface_fetch", "interface_pause", "interface_resume"):
        assert client.post(reverse(name, args=[small.INTERFACE]), {"reason": "x"}).status_code == 404
    assert not Order.objects.exists()
    assert not Pause.objects.exists()


def test_a_stranger_is_asked_to_sign_in_before_anything_is_fetched(landed, as_user):
    assert as_user(None).post(reverse("interface_fetch", args=[small.INTERFACE])).status_code == 302
    assert not Order.objects.exists()


def test_a_pause_needs_a_reason_stands_on_the_board_and_ends_on_the_record(landed, intake, as_user):
    client = as_user(intake.steward)
    client.post(reverse("interface_pause", args=[small.INTERFACE]), {"reason": " "})
    assert not Pause.objects.exists()
    client.post(reverse("interface_pause", args=[small.INTERFACE]), {"reason": "系统迁移"})
    assert conditions(intake.steward) == ["paused"]
    assert "系统迁移" in client.get(reverse("pool_status")).content.decode()
    client.post(reverse("interface_resume", args=[small.INTERFACE]))
    assert conditions(intake.steward) == ["healthy"]
    acts = AuditEvent.objects.filter(action__startswith="interface.").order_by("pk")
    assert list(acts.values_list("action", flat=True)) == ["interface.paused", "interface.resumed"]


def test_an_incident_of_days_ago_says_since_when(landed, intake, as_user):
    made.incident(small.INTERFACE, "failing", opened=made.now() - dt.timedelta(days=3))
    assert "since" in as_user(intake.steward).get(reverse("pool_status")).content.decode()


def test_what_happened_once_is_said_to_have_happened_once(landed, intake, as_user):
    made.incident(small.INTERFACE, "failing")
    page = as_user(intake.steward).get(reverse("pool_status")).content.decode()
    assert ", once" in page
    assert "1 times" not in page


def test_conditions_that_overlap_are_said_to(landed, intake, as_user):
    for kind in ("failing", "drift"):
        made.incident(small.INTERFACE, kind)
    page = as_user(intake.steward).get(reverse("pool_status")).content.decode()
    assert board(intake.steward, clock.now()).several == 1
    assert "1 interface is in more than one condition" in page


def test_a_failed_run_is_told_in_the_readers_language_with_the_technical_text_below(landed, intake, as_user):
    made.run(small.INTERFACE, state="failed", error="agriculture/x: GET /rows: no answer in 30 s")
    client = as_user(intake.steward)
    client.cookies["steelyard_language"] = "zh-hans"
    page = client.get(reverse("interface_detail", args=[small.INTERFACE])).content.decode()
    assert "对方未在规定时间内应答。" in page
    assert '<span class="text-break" lang="en">agriculture/x: GET /rows: no answer in 30 s</span>' in page
