"""The page of an alert lets its finding be computed again, and tells what came of it without covered values."""

import pytest
from django.urls import reverse

from steelyard.web.alerts import actions, jobs
from steelyard.web.alerts.models import Replay
from steelyard.web.alerts.tests.made_findings import raised, rent
from steelyard.web.audit.errors import NotAllowed
from steelyard.web.audit.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(cast):
    return raised(rent())


def page(as_user, user, alert):
    return as_user(user).get(reverse("alert_detail", args=[alert.pk])).content.decode()


def test_it_is_asked_for_on_the_page_and_on_the_record(alert, cast, as_user):
    as_user(cast.zhou).post(reverse("alert_replay", args=[alert.pk]))
    assert Replay.objects.get().by == cast.zhou
    assert AuditEvent.objects.filter(action="alert.replay_asked", user_id=cast.zhou.pk).count() == 1
    assert "it is being computed again" in page(as_user, cast.zhou, alert)


def test_it_is_not_asked_twice_at_once(alert, cast):
    actions.ask_replay(alert, by=cast.zhou)
    with pytest.raises(NotAllowed):
        actions.ask_replay(alert, by=cast.zhou)


def test_the_page_tells_where_it_differs_and_no_value(alert, cast, as_user):
    asked = actions.ask_replay(alert, by=cast.zhou)
    told = [{"where": "overdue_total", "then": "covered then", "now": "covered now"}]
    actions.note_replay(asked, "differs", {"zh": "有 1 处不同。", "en": "1 differences."}, told)
    text = page(as_user, cast.zhou, alert)
    assert "overdue_total" in text
    assert "covered" not in text
    assert actions.ask_replay(alert, by=cast.zhou).pk != asked.pk


def test_the_job_tells_what_it_could_not_do(alert, cast, as_user):
    asked = actions.ask_replay(alert, by=cast.zhou)
    jobs.replay(asked.pk)
    asked.refresh_from_db()
    assert asked.state == "failed"
    assert asked.done_at is not None
    assert "there is no finding" in page(as_user, cast.zhou, alert)


def test_strangers_cannot_ask(alert, cast, as_user):
    assert as_user(cast.qian).post(reverse("alert_replay", args=[alert.pk])).status_code == 404
    assert not Replay.objects.exists()
