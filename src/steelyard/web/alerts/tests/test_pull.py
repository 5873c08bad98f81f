import datetime as dt
from dataclasses import replace

import pytest

from steelyard.detect import Move
from steelyard.web.alerts import actions
from steelyard.web.alerts.models import Alert, AlertState, PullMark, Revision
from steelyard.web.alerts.tests.made_findings import HILL, defendant, hill, raised, rent
from steelyard.web.orgs.actions import renew_kin
from steelyard.web.workbench.shelf import model_or_none

pytestmark = pytest.mark.django_db


def test_a_finding_becomes_an_alert_with_its_evidence_frozen(cast):
    alert = raised(rent())
    assert (alert.grade, alert.state, alert.line, alert.domain) == ("red", "open", "supervisory", "village.asset")
    assert alert.pool_version == 3
    assert alert.evidence[0]["sources"][0]["file"] == "rent.csv"
    assert str(alert.amount_involved) == "1275000.00"


def test_the_same_findings_again_change_nothing(cast):
    findings = [rent(), hill()]
    actions.take_over(findings)
    before = list(Alert.objects.values_list("pk", "finding_seq", "grade"))
    report = actions.take_over(findings)
    assert (report.raised, report.revised) == (0, 0)
    assert list(Alert.objects.values_list("pk", "finding_seq", "grade")) == before
    assert PullMark.objects.get(name="findings").last_seq == findings[-1].seq


def test_a_grade_rises_and_never_falls_while_open(cast):
    raised(rent(grade="yellow"))
    assert raised(rent(grade="red")).grade == "red"
    alert = raised(rent(grade="yellow"))
    assert alert.grade == "red"
    assert list(Revision.objects.values_list("kind", flat=True)) == ["raised", "changed", "changed"]


def test_a_vanished_finding_is_marked_and_nothing_is_closed(cast):
    raised(rent())
    alert = raised(rent(state="vanished"))
    assert alert.data_gone
    assert alert.state == AlertState.OPEN


def close(alert, days_ago):
    decided = dt.datetime.now(tz=dt.UTC) - dt.timedelta(days=days_ago)
    Alert.objects.filter(pk=alert.pk).update(state="decided", verdict="false_data", decided_at=decided)


def test_seen_again_soon_it_is_the_next_episode(cast):
    alert = raised(rent())
    close(alert, 20)
    again = raised(rent())
    assert (again.pk, again.episode, again.state, again.verdict) == (alert.pk, 2, "open", "")


def test_seen_again_late_it_is_a_new_alert_linked_to_the_old(cast):
    alert = raised(rent())
    close(alert, 400)
    actions.take_over([rent()])
    later = Alert.objects.get(previous=alert)
    assert (later.episode, later.state) == (2, "open")


def test_a_flood_is_held_until_a_person_looks(cast):
    many = [hill(fingerprint=f"{number:064d}") for number in range(3)]
    strict = replace(model_or_none(HILL), run_limits={"max_new": 2})
    assert actions.take_over(many, model_of=lambda name: strict).held == 3
    assert Alert.objects.visible_to(cast.zhou).count() == 0
    assert actions.release_held(HILL, by=cast.fang, reason="looked at three of them") == 3
    assert Alert.objects.visible_to(cast.zhou).count() == 3


def test_who_is_named_is_kept_away(cast):
    renew_kin({"P-zhou": ["P-COUSIN"]})
    alert = raised(rent(subjects={"party_id": "C-TENANT", "debtor_link": "P-COUSIN"}))
    assert alert.recused == [cast.zhou.pk]
    assert not Alert.objects.visible_to(cast.zhou).exists()
    assert Alert.objects.visible_to(cast.chen).exists()


def test_an_enterprise_matter_keeps_its_own_line(cast):
    alert = raised(defendant())
    assert alert.line == "regulatory"
    assert Alert.objects.visible_to(cast.hong).filter(pk=alert.pk).exists()
    assert not Alert.objects.visible_to(cast.ye).filter(pk=alert.pk).exists()


def moved(old, new, *, number=1, joined=False):
    return Move(number, old.model, old.fingerprint, new.fingerprint, joined, {})


def test_an_alert_goes_with_its_finding(cast):
    alert, other = raised(rent()), rent(fingerprint="e" * 64)
    actions.take_moves([moved(rent(), other)])
    again = raised(other)
    assert (again.pk, again.fingerprint) == (alert.pk, "e" * 64)
    assert list(Revision.objects.values_list("kind", flat=True)) == ["raised", "moved", "changed"]


def test_a_move_is_followed_once(cast):
    raised(rent())
    there, back = rent(fingerprint="e" * 64), rent()
    actions.take_moves([moved(back, there), moved(there, back, number=2)])
    actions.take_moves([moved(back, there)])
    assert Alert.objects.get().fingerprint == back.fingerprint


def test_two_alerts_of_one_matter_stay_two_and_say_so(cast):
    one, other = rent(), rent(fingerprint="e" * 64)
    first = raised(one)
    raised(other)
    actions.take_moves([moved(one, other, joined=True)])
    assert Alert.objects.count() == 2
    assert list(first.revisions.values_list("kind", flat=True)) == ["raised", "joined"]


def test_a_red_that_turns_out_a_guess_falls(cast):
    raised(rent(grade="red"))
    reason = {"zh": "身份未核实", "en": "identity not confirmed"}
    assert raised(rent(grade="yellow", grade_reason=reason)).grade == "yellow"
