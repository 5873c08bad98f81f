"""A model on probation: its reds go to the dispatcher first, nobody else meets them until he lets them go."""

import datetime as dt

import pytest
from django.urls import reverse

from steelyard.detect import Release, Releases
from steelyard.web.alerts import actions
from steelyard.web.alerts.models import Alert
from steelyard.web.alerts.tests.made_findings import rent
from steelyard.web.audit.errors import NotAllowed

pytestmark = pytest.mark.django_db
RENT = "village-asset/rent-receivable-unpaid"


def life(phase="probation", area=""):
    return Releases([Release(1, RENT, "1.0.0", "a", phase, area, dt.date(2020, 1, 1))])


def taken(finding, releases):
    actions.take_over([finding], life=releases)
    return Alert.objects.get()


def test_reds_wait_for_the_dispatcher(cast):
    alert = taken(rent(), life())
    assert (alert.state, alert.held_for) == ("held", "probation")
    seen = {
        who for who in ("gu", "fang", "zhou", "chen", "qian") if alert in Alert.objects.visible_to(getattr(cast, who))
    }
    assert seen == {"gu", "fang"}


def test_others_go_on_as_ever(cast):
    assert taken(rent(grade="yellow"), life()).state == "open"


@pytest.mark.parametrize("releases", [life("promoted"), life("probation", "44"), None])
def test_elsewhere_reds_are_open(cast, releases):
    assert taken(rent(), releases).state == "open"


def test_the_dispatcher_lets_them_go(cast, as_user):
    alert = taken(rent(), life())
    said = {"model": RENT, "verb": "release", "reason": "looked at it"}
    assert as_user(cast.qian).post(reverse("alert_held"), said).status_code == 403
    as_user(cast.gu).post(reverse("alert_held"), said)
    alert.refresh_from_db()
    assert alert.state == "open"


def test_a_batch_beyond_a_limit_is_not_the_dispatchers(cast):
    alert = taken(rent(), life())
    Alert.objects.update(held_for="limit")
    assert alert not in Alert.objects.visible_to(cast.gu)
    assert actions.release_held(RENT, by=cast.gu, reason="too many") == 0
    with pytest.raises(NotAllowed):
        actions.release_held(RENT, by=cast.zhou, reason="mine")
    assert actions.release_held(RENT, by=cast.fang, reason="looked at them") == 1
