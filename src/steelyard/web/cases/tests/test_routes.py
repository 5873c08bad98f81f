import datetime as dt

import pytest
from django.db.models import F

from steelyard.web.alerts.models import Alert
from steelyard.web.alerts.tests.made_findings import defendant, hill, raised, rent
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.cases import actions, jobs, queries
from steelyard.web.cases.models import Case, CaseAlert, Notice
from steelyard.web.cases.tests import made_cases as made
from steelyard.web.orgs.actions import change_posts, renew_kin
from steelyard.web.orgs.models import Body, User

pytestmark = pytest.mark.django_db


def opened(*findings):
    raised(*findings)
    actions.open_cases()
    return Case.objects.latest("pk")


def late(case, days):
    """As if the case had entered its state and been due so many days ago."""
    ago = dt.timedelta(days=days)
    Case.objects.filter(pk=case.pk).update(
        entered_at=F("entered_at") - ago, due=F("entered_at") - ago + dt.timedelta(days=1)
    )


def test_an_enterprise_matter_follows_the_ownership_tree(cast):
    case = opened(defendant())
    assert (case.assignee_body, case.reviewer_body) == (cast.ye.body, cast.hong.body)
    assert case.route_rule == "enterprise-regulatory"
    assert Case.objects.visible_to(cast.ye).filter(pk=case.pk).exists()
    assert Alert.objects.visible_to(cast.ye).exists()
    assert not Case.objects.visible_to(cast.zhou).exists()


def test_the_hill_goes_to_somebody_who_can_act(cast):
    case = opened(hill())
    assert (case.assignee_body, case.reviewer_body) == (cast.zhou.body, cast.he.body)
    assert case.line == "regulatory"
    assert not case.staffing_gap


def test_where_nobody_can_act_the_gap_is_marked_and_told(cast):
    change_posts(cast.zhou, [], by=cast.admin)
    case = opened(rent())
    assert case.staffing_gap
    assert case.assignee_body == cast.zhou.body
    assert Notice.objects.filter(user=cast.gu, kind="gap").exists()


def test_published_data_goes_to_its_province(cast):
    case = opened(hill(area_code="830000000000", fingerprint="a" * 64))
    assert case.staffing_gap
    assert not Case.objects.visible_to(cast.fang).filter(pk=case.pk).exists()


def test_alerts_of_one_village_and_model_make_one_case(cast):
    opened(rent(), rent(fingerprint="b" * 64, key={"contract_id": "L2"}, payload={"contract_id": "L2"}))
    assert Case.objects.count() == 1
    assert CaseAlert.objects.count() == 2


def test_a_graver_alert_raises_the_whole_case(cast):
    case = opened(rent(grade="yellow"))
    raised(rent(grade="red"))
    assert actions.follow_grades() == 1
    assert Case.objects.get(pk=case.pk).grade == "red"


def test_a_matter_gone_from_the_data_goes_to_review_and_is_never_closed(cast):
    case = opened(rent())
    raised(rent(state="vanished"))
    assert actions.follow_data() == 1
    case.refresh_from_db()
    assert (case.cleared_by_data, case.closed_at, case.state) == (True, None, "awaiting_review")
    assert actions.follow_data() == 0


def test_the_same_matter_again_reopens_its_case(cast):
    case = made.rent_case()
    made.closed(case, cast)
    raised(rent())
    assert actions.open_cases()["reopened"] == 1
    case.refresh_from_db()
    assert (case.episode, case.reopen_cause) == (2, "recurrence_within_180d")
    assert cast.zhou.pk in case.excluded
    assert case.staffing_gap


def test_opening_twice_opens_once(cast):
    opened(rent(), hill())
    assert actions.open_cases() == {"opened": 0, "attached": 0, "reopened": 0}
    assert jobs.sweep()["routed"] == 0


def test_an_explanation_that_never_came_lapses_by_the_clock(cast):
    case = made.rent_case()
    made.asked(case, cast)
    late(case, 30)
    assert jobs.sweep()["lapsed"] == 1
    case.refresh_from_db()
    assert case.explanation_absent
    assert queries.sheets_for(cast.shen).get().taken_at is not None


def test_lateness_adds_marks_and_people_but_no_state(cast):
    case = opened(rent())
    late(case, 40)
    assert actions.mark_lateness() == 1
    case.refresh_from_db()
    assert (case.mark, case.state) == ("listed", "awaiting_sign")
    told = Notice.objects.filter(kind__in=["overdue", "supervised"]).values_list("user__username", flat=True)
    assert {"zhou", "gu"} <= set(told)
    assert actions.mark_lateness() == 0


def test_more_time_needs_the_reviewers_yes_and_is_at_most_half(cast):
    case = made.rent_case()
    actions.act(case, "sign", by=cast.zhou)
    before = Case.objects.get().due
    actions.act(case, "extend", by=cast.zhou, data={"reason": "bank is slow", "new_due": "2099-01-01"})
    request = case.requests.get()
    with pytest.raises(NotAllowed):
        actions.decide(request, by=cast.zhou, granted=True)
    assert Case.objects.get().due == before
    actions.decide(request, by=cast.chen, granted=True)
    case = Case.objects.get()
    assert before < case.due <= before + (before - case.entered_at) / 2
    assert not [one for one in _offers(case, cast.zhou) if one.move.name == "extend" and not one.barred]


def _offers(case, user):
    from steelyard.web.cases.acting import offers

    return offers(case, user)


def test_a_held_case_stops_its_clock(cast):
    case = made.rent_case()
    actions.act(case, "sign", by=cast.zhou)
    left = Case.objects.get().due
    actions.act(case, "hold_disposal", by=cast.chen, data={"reason": "court decides first", "resume_by": "2099-01-01"})
    assert Case.objects.get().paused_left is not None
    actions.act(case, "resume_disposal", by=cast.chen)
    assert abs(Case.objects.get().due - left) < dt.timedelta(minutes=1)


def test_two_cases_of_one_kind_are_merged_by_the_dispatcher(cast):
    first = opened(rent())
    second = opened(rent(fingerprint="c" * 64, area_code="339921101202", payload={"village_code": "339921101202"}))
    actions.act(second, "merge", by=cast.gu, data={"merged_into": first.no, "reason": "same tenant"})
    second.refresh_from_db()
    assert second.closed_at is not None
    assert first.links.filter(detached_at__isnull=True).count() == 2
    assert Alert.objects.filter(case_no=first.no).count() == 2


def test_a_clue_is_concluded_by_two_persons(cast):
    case = made.rent_case()
    actions.act(case, "sign", by=cast.zhou)
    actions.act(case, "transfer_clue", by=cast.chen, data={"clue_receipt": "X-1"})
    data = {"conclusion": "not", "punishment": "none"}
    with pytest.raises(Exception, match="second person"):
        actions.act(case, "clue_closed", by=cast.sun, data=data)
    request = actions.ask_signature(case, "clue_closed", by=cast.sun, data=data)
    with pytest.raises(NotAllowed):
        actions.decide(request, by=cast.sun, granted=True)
    actions.decide(request, by=cast.chen, granted=True)
    assert Case.objects.get().closed_at is not None
    with pytest.raises(Exception, match="decided already"):
        actions.decide(request, by=cast.chen, granted=True)


def test_a_signature_does_not_hold_once_the_case_has_moved_on(cast):
    case = made.rent_case()
    actions.act(case, "sign", by=cast.zhou)
    actions.act(case, "transfer_clue", by=cast.chen, data={"clue_receipt": "X-1"})
    data = {"conclusion": "not", "punishment": "none"}
    request = actions.ask_signature(case, "clue_closed", by=cast.sun, data=data)
    actions.act(case, "remind", by=cast.gu)
    with pytest.raises(Exception, match="moved on"):
        actions.decide(request, by=cast.chen, granted=True)
    assert Case.objects.get().closed_at is None


def test_nobody_is_punished_unfound_and_unheard(cast):
    case = made.rent_case()
    actions.act(case, "sign", by=cast.zhou)
    actions.act(case, "transfer_clue", by=cast.chen, data={"clue_receipt": "X-1"})
    data = {"conclusion": "substantiated", "punishment": "dismissed from office"}
    with pytest.raises(WebError, match="true verdict"):
        actions.ask_signature(case, "clue_closed", by=cast.sun, data=data)


def test_a_question_goes_to_the_unit_but_not_to_the_person_concerned_in_it(cast):
    renew_kin({})
    case = made.rent_case()
    Case.objects.filter(pk=case.pk).update(recused=[cast.li.pk])
    sheet = made.asked(Case.objects.get(), cast)
    assert queries.sheets_for(cast.shen).filter(pk=sheet.pk).exists()
    assert not queries.sheets_for(cast.li).exists()


def test_the_person_concerned_can_be_asked_himself(cast, as_user):
    renew_kin({})
    case = opened(rent(subjects={"party_id": "C-TENANT", "debtor_link": "P-li"}))
    actions.act(case, "sign", by=cast.zhou)
    data = {"questions": "Is the tenant your kin?", "addressee": f"user:{cast.li.pk}"}
    actions.act(case, "ask_explanation", by=cast.zhou, data=data)
    sheet = made.sheet_of(case)
    assert as_user(cast.li).get(f"/cases/questions/{sheet.pk}/").status_code == 200
    assert as_user(cast.li).get(f"/cases/{case.no}/").status_code in (403, 404)
    assert not queries.sheets_for(cast.shen).exists()
    actions.answer(sheet, by=User.objects.get(pk=cast.li.pk), data={"explanation": "He is my cousin.", **made.NO_FILES})
    assert actions.take_answers() == 1
    assert Case.objects.get().steps.latest("no").user == cast.li


def test_figures_count_what_one_sees(cast):
    made.closed(made.rent_case(), cast)
    opened(hill())
    seen = queries.figures(cast.zhou)
    assert (seen.cases, seen.open, seen.closed) == (2, 1, 1)
    assert queries.money(cast.zhou)["recovered"] == 1275000
    assert queries.figures(cast.qian).cases == 0
    assert Body.objects.filter(cases_held__isnull=False).exists()
