import datetime as dt

import pytest

from steelyard.web.intake.actions import raise_alarms
from steelyard.web.intake.models import Alarm
from steelyard.web.intake.tests import made_runs as made
from steelyard.web.intake.tests import small_delivery as small

pytestmark = pytest.mark.django_db
WEDNESDAY = dt.datetime(2026, 11, 18, 9, tzinfo=dt.UTC)


def told():
    return sorted(Alarm.objects.values_list("user__username", "event"))


def test_the_departments_steward_is_told_once(intake):
    made.steward_of("agriculture")
    made.incident(small.INTERFACE, "failing", opened=WEDNESDAY)
    raise_alarms(WEDNESDAY)
    raise_alarms(WEDNESDAY + dt.timedelta(minutes=5))
    assert told() == [("steward-agriculture-21000", "opened")]


def test_where_a_department_has_none_the_platforms_stewards_are_told(intake):
    made.steward_of("construction")
    made.incident(small.INTERFACE, "late", opened=WEDNESDAY)
    raise_alarms(WEDNESDAY)
    assert told() == [("qi", "opened"), ("steward", "opened")]


def test_what_stands_for_days_goes_to_the_platforms_steward(intake):
    made.steward_of("agriculture")
    made.incident(small.INTERFACE, "refused", opened=WEDNESDAY)
    raise_alarms(WEDNESDAY + dt.timedelta(days=5))
    assert ("steward", "escalated") not in told()  # Monday: the third working day
    raise_alarms(WEDNESDAY + dt.timedelta(days=6))
    assert ("steward", "escalated") in told()


def test_the_end_is_told_too(intake):
    made.steward_of("agriculture")
    made.incident(small.INTERFACE, "failing", opened=WEDNESDAY, closed=WEDNESDAY + dt.timedelta(hours=1))
    raise_alarms(WEDNESDAY + dt.timedelta(hours=2))
    assert [event for _who, event in told()] == ["closed", "opened"]


def test_a_second_incident_is_told_again(intake):
    made.steward_of("agriculture")
    made.incident(small.INTERFACE, "failing", opened=WEDNESDAY, closed=WEDNESDAY)
    made.incident(small.INTERFACE, "failing", opened=WEDNESDAY)
    raise_alarms(WEDNESDAY)
    assert [event for _who, event in told()] == ["closed", "opened", "opened"]


def test_a_notice_leads_to_the_interface_and_is_read_then(intake, as_user):
    made.incident(small.INTERFACE, "failing", opened=made.now(), error="password of Zhang")
    raise_alarms(made.now())
    page = as_user(intake.steward).get("/").content.decode()
    assert "password of Zhang" not in page
    alarm = Alarm.objects.get(user__username="steward")
    assert str(alarm.pk) in page
    answer = as_user(intake.steward).get(f"/notices/{alarm.pk}/")
    assert small.INTERFACE in answer.url
    alarm.refresh_from_db()
    assert alarm.read_at
    assert str(alarm.pk) not in as_user(intake.steward).get("/").content.decode()


def test_nobody_reads_anothers_notice(intake, as_user):
    made.incident(small.INTERFACE, "failing", opened=made.now())
    raise_alarms(made.now())
    alarm = Alarm.objects.get(user__username="steward")
    assert as_user(intake.qian).get(f"/notices/{alarm.pk}/").url == "/"
    alarm.refresh_from_db()
    assert alarm.read_at is None
