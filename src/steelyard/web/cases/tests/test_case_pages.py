import re

import pytest
from django.urls import reverse

from steelyard.web.alerts.tests.made_findings import raised, rent
from steelyard.web.cases import actions
from steelyard.web.cases.models import Case, QuestionSheet
from steelyard.web.cases.tests import made_cases as made

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast):
    return made.rent_case()


def page(client, name, *args):
    return client.get(reverse(name, args=args))


def make(client, case, move, data, status=302):
    version = Case.objects.get(pk=case.pk).version
    response = client.post(reverse("case_act", args=[case.no, move]), {**data, "version": version})
    assert response.status_code == status, response.content.decode()[:3000]
    return response


def test_the_rent_story_goes_through_the_pages(case, cast, as_user):
    make(as_user(cast.zhou), case, "sign", {})
    shown = page(as_user(cast.zhou), "case_detail", case.no)
    assert b"ask for an explanation" in shown.content
    alert = case.links.get().alert_id
    data = {"questions": "Why?", "addressee": f"body:{cast.shen.body_id}", "released": [f"{alert}:due"]}
    make(as_user(cast.zhou), case, "ask_explanation", data)
    sheet = QuestionSheet.objects.get()
    shown = page(as_user(cast.shen), "question_sheet", sheet.pk)
    assert b"640,000" in shown.content
    answer = {"explanation": "The tenant asked for time to pay.", **made.NO_FILES}
    assert as_user(cast.shen).post(reverse("question_sheet", args=[sheet.pk]), answer).status_code == 302
    actions.take_answers()
    submitted = {**made.verdicts(case), "findings": "Unpaid since 2024.", **made.CHECKLIST, **made.NO_FILES}
    make(as_user(cast.zhou), case, "submit", submitted)
    make(as_user(cast.chen), case, "propose_verdict", {**made.verdicts(case), "reasons": "Bank and ledger agree."})
    make(as_user(cast.du), case, "endorse_true", {"opinion": "Agreed.", "measures": ["recover"], **made.four()})
    entry = {"kind": "recovered", "amount": "1275000", "date": "2026-04-01", "voucher": "V-77"}
    make(as_user(cast.zhou), case, "ledger_entry", entry)
    make(as_user(cast.zhou), case, "report_rectified", {"measures": ["recover"], **made.four()})
    make(as_user(cast.chen), case, "accept", {})
    data = {"inspected_on": "2026-04-02", "inspection_text": "Paid.", "early_because": "the villagers asked"}
    make(as_user(cast.ma), case, "inspect_pass", data)
    assert Case.objects.get().closed_at is not None
    assert page(as_user(cast.zhou), "case_dossier", case.no).status_code == 200
    assert page(as_user(cast.zhou), "alert_detail", alert).status_code == 200


@pytest.mark.parametrize("version", ["", "²", "x", "9" * 5000, "0"])
def test_a_form_without_the_version_now_is_not_carried_out(case, cast, as_user, version):
    response = as_user(cast.zhou).post(reverse("case_act", args=[case.no, "sign"]), {"version": version})
    assert response.status_code == 409
    assert Case.objects.get().state == "awaiting_sign"


def test_a_missing_answer_stands_beside_its_field_and_the_input_is_kept(case, cast, as_user):
    make(as_user(cast.zhou), case, "sign", {})
    response = make(as_user(cast.zhou), case, "ask_explanation", {"questions": "Why so late?"}, status=422)
    assert b"Why so late?" in response.content


@pytest.mark.parametrize("name", ["case_detail", "case_dossier"])
def test_a_stranger_finds_no_case(case, cast, as_user, name):
    assert page(as_user(cast.qian), name, case.no).status_code == 404
    assert page(as_user(None), name, case.no).status_code == 302
    assert page(as_user(cast.shen), name, case.no).status_code == 403


def test_lists_show_the_case_to_its_bodies_alone(case, cast, as_user):
    for user in (cast.zhou, cast.chen, cast.du, cast.gu, cast.fang):
        assert case.no.encode() in page(as_user(user), "case_list").content
    for user in (cast.qian, cast.he, cast.ye, cast.hong):
        assert case.no.encode() not in page(as_user(user), "case_list").content


def test_buttons_are_those_of_the_part(case, cast, as_user):
    assert (
        reverse("case_act", args=[case.no, "sign"]).encode() in page(as_user(cast.zhou), "case_detail", case.no).content
    )
    assert (
        reverse("case_act", args=[case.no, "sign"]).encode()
        not in page(as_user(cast.chen), "case_detail", case.no).content
    )


def test_the_question_sheet_is_all_the_village_sees(case, cast, as_user):
    sheet = made.asked(case, cast)
    shown = page(as_user(cast.shen), "question_sheet", sheet.pk)
    assert shown.status_code == 200
    assert case.no.encode() not in shown.content
    assert b"1,275,000" not in shown.content
    for user in (cast.qian, cast.wang, cast.ye, cast.zhou):
        assert page(as_user(user), "question_sheet", sheet.pk).status_code == 404


def test_a_day_is_filled_in_as_the_browser_reads_it_in_any_language(case, cast, as_user):
    actions.act(case, "sign", by=cast.zhou)
    client = as_user(cast.zhou)
    client.cookies["steelyard_language"] = "zh-hans"
    shown = page(client, "case_act", case.no, "ledger_entry").content.decode()
    assert re.search(r'name="date" value="\d{4}-\d\d-\d\d"', shown)


def test_the_second_signature_is_for_the_words_that_were_asked_for(case, cast, as_user):
    made.submitted(case, cast)
    actions.act(case, "transfer_clue", by=cast.chen, data={"clue_receipt": "X-1"})
    make(
        as_user(cast.sun),
        case,
        "clue_closed",
        {"conclusion": "not", "conclusion_text": "As found", "punishment": "none"},
    )
    request = case.requests.get()
    assert request.payload["conclusion_text"] == "As found"
    assert Case.objects.get().closed_at is None
    signed = as_user(cast.chen).post(reverse("case_decide", args=[case.no, request.pk]), {"granted": "1"})
    assert signed.status_code == 302
    left = Case.objects.get()
    step = left.steps.latest("no")
    assert (left.state, step.user, step.payload["conclusion_text"]) == ("closed", cast.sun, "As found")
    assert left.clues.get().second_signature == cast.chen


def test_more_time_merging_and_reopening_pass_the_rights_of_the_web(case, cast, as_user):
    raised(rent(fingerprint="c" * 64, area_code="339921101202", payload={"village_code": "339921101202"}))
    actions.open_cases()
    other = Case.objects.exclude(pk=case.pk).get()
    make(as_user(cast.gu), other, "merge", {"merged_into": case.no, "reason": "same tenant"})
    assert case.links.filter(detached_at__isnull=True, alert__case_no=case.no).count() == 2
    actions.act(case, "sign", by=cast.zhou)
    make(as_user(cast.zhou), case, "extend", {"reason": "more papers", "new_due": "2099-01-01"})
    asked = case.requests.get()
    as_user(cast.chen).post(reverse("case_decide", args=[case.no, asked.pk]), {"granted": "1"})
    asked.refresh_from_db()
    assert asked.granted is True
    actions.act(case, "transfer_clue", by=cast.sun, data={"clue_receipt": "X-1"})
    request = actions.ask_signature(case, "clue_closed", by=cast.sun, data={"conclusion": "not", "punishment": "none"})
    as_user(cast.chen).post(reverse("case_decide", args=[case.no, request.pk]), {"granted": "1"})
    make(as_user(cast.chen), case, "reopen", {"reopen_cause": "new_evidence"})
    assert Case.objects.get(pk=case.pk).episode == 2
