"""A subject's page: closed until a purpose is given, open to those it is the business of, never to the subject."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from steelyard.engines.postgres import Role
from steelyard.identity.tests.world import VILLAGE
from steelyard.web.audit.models import AuditEvent
from steelyard.web.orgs.models import Kin
from steelyard.web.subjects import above
from steelyard.web.subjects.above import Concerning
from steelyard.web.subjects.models import Opening
from steelyard.web.subjects.tests.conftest import LI, ZHANG

pytestmark = pytest.mark.django_db
TOKEN = re.compile('name="csrfmiddlewaretoken" value="[^"]*"')
NAMES = ("张三", "李四")


@pytest.fixture
def zhang(asked):
    return asked.key(ZHANG)


def page(key, name="subject_detail"):
    return reverse(name, args=[key])


def open_page(client, key, **more):
    return client.post(page(key, "subject_gate"), {"reason": "checking a correction of the register"} | more)


def test_without_a_purpose_nothing_is_shown_not_even_a_name(asked, zhang, as_user):
    answer = as_user(asked.cast.steward).get(page(zhang), follow=True)
    assert answer.redirect_chain[-1][0] == page(zhang, "subject_gate")
    shown = answer.content.decode()
    assert "What do you need this page for?" in shown
    assert not any(name[0] + "*" in shown or name in shown for name in NAMES)


@pytest.mark.parametrize("reason", ["", "  ", "abc"])
def test_a_purpose_is_said_in_words_or_by_a_case(asked, zhang, as_user, reason):
    client = as_user(asked.cast.steward)
    assert open_page(client, zhang, reason=reason).status_code == 422
    assert not Opening.objects.exists()


def test_somebody_elses_case_opens_nothing(asked, zhang, as_user):
    answer = open_page(as_user(asked.cast.zhou), zhang, reason="", case_no="A-2026-00001")
    assert answer.status_code == 422
    assert "no open case of yours" in answer.content.decode()


def test_the_opened_page_shows_rows_by_department_with_what_is_private_covered(asked, zhang, as_user):
    client = as_user(asked.cast.steward)
    open_page(client, zhang)
    shown = client.get(page(zhang)).content.decode()
    assert "Records by department" in shown
    assert "by a valid number" in shown
    assert "person1.csv" in shown
    assert "13800000001" not in shown
    assert "138******01" in shown
    assert ZHANG not in shown
    assert "张三" not in shown


def test_every_opening_and_every_look_is_recorded_with_its_purpose(asked, zhang, as_user):
    client = as_user(asked.cast.steward)
    open_page(client, zhang)
    client.get(page(zhang))
    client.get(page(zhang))
    found = AuditEvent.objects.filter(object_id=zhang, username="steward").values_list("action", flat=True)
    assert sorted(found) == ["subject.opened", "subject.read", "subject.read"]
    assert all(
        event.details["reason"] == "checking a correction of the register"
        for event in AuditEvent.objects.filter(object_id=zhang)
    )


def test_an_opening_runs_out(asked, zhang, as_user):
    client = as_user(asked.cast.steward)
    open_page(client, zhang)
    Opening.objects.update(until=Opening.objects.get().at - dt.timedelta(minutes=1))
    assert client.get(page(zhang)).status_code == 302


def test_an_opening_is_for_one_person_and_one_subject(asked, zhang, as_user):
    open_page(as_user(asked.cast.steward), zhang)
    assert as_user(asked.cast.fang).get(page(zhang)).status_code == 302
    assert as_user(asked.cast.steward).get(page(asked.key(LI))).status_code == 302


@pytest.mark.parametrize("login", ["li", "shen", "wang", "tan", "admin", "jin"])
def test_villagers_and_other_posts_find_nothing(asked, zhang, as_user, login):
    client = as_user(getattr(asked.cast, login))
    for name in ("subject_detail", "subject_gate", "subject_ties", "subject_tie_data"):
        assert client.get(page(zhang, name)).status_code == 403


def test_strangers_are_asked_to_sign_in(asked, zhang, as_user):
    assert "login" in as_user(None).get(page(zhang)).url


def test_outside_his_area_a_handler_finds_nothing_and_the_try_is_recorded(asked, zhang, as_user):
    client = as_user(asked.cast.qian)  # of the neighbouring township
    for name in ("subject_detail", "subject_gate", "subject_ties", "subject_tie_data"):
        assert client.get(page(zhang, name)).status_code == 404
    assert open_page(client, zhang).status_code == 404
    assert not Opening.objects.exists()
    assert AuditEvent.objects.filter(action="subject.refused", username="qian", object_id=zhang).count() == 5


def test_an_alert_of_his_makes_the_subject_his_business(asked, zhang, as_user, monkeypatch):
    class OneAlert:
        def concerning(self, viewer, keys, limit):
            return [Concerning("/alerts/1/", "Paid twice", "yellow")] if viewer == asked.cast.qian else []

    monkeypatch.setattr(above, "_given", [OneAlert()])
    client = as_user(asked.cast.qian)
    assert open_page(client, zhang).status_code == 302
    shown = client.get(page(zhang)).content.decode()
    assert "Paid twice" in shown
    assert "1 row lies outside your area" in shown
    assert "person1.csv" not in shown


@pytest.mark.parametrize("reason", ["self", "kin"])
def test_the_subject_himself_and_his_relatives_are_refused(asked, zhang, as_user, reason):
    Kin.objects.create(user=asked.cast.steward, subject_key=zhang, reason=reason)
    client = as_user(asked.cast.steward)
    assert client.get(page(zhang, "subject_gate")).status_code == 404
    assert open_page(client, zhang).status_code == 404
    assert AuditEvent.objects.filter(action="subject.refused", details__why="self").count() == 2


def test_an_opening_does_not_outlast_a_recusal(asked, zhang, as_user):
    client = as_user(asked.cast.steward)
    open_page(client, zhang)
    Kin.objects.create(user=asked.cast.steward, subject_key=zhang, reason="kin")
    assert client.get(page(zhang)).status_code == 404


def test_what_does_not_exist_looks_like_what_is_not_ones_own(asked, zhang, as_user):
    client = as_user(asked.cast.qian)
    one, other = client.get(page(zhang)), client.get(page("no-such-key"))
    assert one.status_code == other.status_code == 404
    told = [
        TOKEN.sub("", answer.content.decode()).replace(key, "")
        for answer, key in ((one, zhang), (other, "no-such-key"))
    ]
    assert told[0] == told[1]


def test_a_row_held_to_be_his_is_marked_as_a_lead(asked, zhang, as_user):
    with asked.database.transaction(Role.WORKER) as connection:
        at = connection.execute(
            "INSERT INTO engine.identity_generation (reason) VALUES ('link') RETURNING id"
        ).fetchone()[0]
        connection.execute(
            "INSERT INTO engine.resolution (record, key, tier, since) "
            "SELECT id, %s, 'T2', %s FROM engine.source_record",
            [zhang, at],
        )
    client = as_user(asked.cast.steward)
    open_page(client, zhang)
    shown = client.get(page(zhang)).content.decode()
    assert "named without a number" in shown
    assert "a lead: same name, birth date and village, or telephone" in shown


def test_a_merged_subject_leads_to_the_one_it_became(asked, zhang, as_user):
    li = asked.key(LI)
    with asked.database.transaction(Role.WORKER) as connection:
        at = connection.execute(
            "INSERT INTO engine.identity_generation (reason) VALUES ('judgement') RETURNING id"
        ).fetchone()[0]
        connection.execute("INSERT INTO engine.subject_alias (old, key, since) VALUES (%s, %s, %s)", [li, zhang, at])
    client = as_user(asked.cast.steward)
    open_page(client, zhang)
    assert client.get(page(li)).url == page(zhang)
    shown = client.get(page(zhang)).content.decode()
    assert "Found by people to be the same" in shown
    assert "person1.csv, line 2" in shown


def test_a_relative_of_a_merged_subject_is_refused_too(asked, zhang, as_user):
    li = asked.key(LI)
    with asked.database.transaction(Role.WORKER) as connection:
        at = connection.execute(
            "INSERT INTO engine.identity_generation (reason) VALUES ('judgement') RETURNING id"
        ).fetchone()[0]
        connection.execute("INSERT INTO engine.subject_alias (old, key, since) VALUES (%s, %s, %s)", [li, zhang, at])
    Kin.objects.create(user=asked.cast.steward, subject_key=li, reason="kin")
    assert as_user(asked.cast.steward).get(page(zhang)).status_code == 404


def test_one_person_opens_so_many_pages_a_day(asked, zhang, as_user, monkeypatch):
    from steelyard.web.subjects import opening

    monkeypatch.setattr(opening, "DAILY_QUOTA", 1)
    client = as_user(asked.cast.steward)
    assert open_page(client, zhang).status_code == 302
    assert open_page(client, asked.key(LI)).status_code == 422


def test_rows_of_villages_are_the_business_of_the_township(asked, as_user, zhang):
    assert VILLAGE.startswith(asked.cast.zhou.body.area.prefix)
    assert open_page(as_user(asked.cast.zhou), zhang).status_code == 302
