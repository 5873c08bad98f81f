import pytest
from django.db import connection

from steelyard.web.people import actions, receipts
from steelyard.web.people.models import Appeal, Rating
from steelyard.web.people.tests.flow import BLAME, file_report

pytestmark = pytest.mark.django_db


def act(client, verb, **given):
    return client.post(f"/people/desk/{Appeal.objects.get().pk}/act/{verb}/", given)


def answered(cast, as_user) -> str:
    receipt = file_report(as_user(None))
    desk = as_user(cast.jin)
    assert act(desk, "accept").status_code == 302
    assert act(desk, "answer", text="The contract ended in 2021; it is let anew now.").status_code == 302
    return receipt


def rate(client, receipt, stars, solved="yes", reason=""):
    return client.post("/people/track/rate/", {"code": receipt, "stars": stars, "solved": solved, "reason": reason})


def test_the_reporter_follows_by_receipt_in_the_body_of_the_request(cast, as_user):
    receipt = answered(cast, as_user)
    page = as_user(None).post("/people/track/", {"code": receipts.grouped(receipt)}).content.decode()
    assert "it is let anew now" in page
    assert "Please rate the answer" in page
    assert as_user(None).get(f"/people/track/?code={receipt}").content.decode().find("let anew") == -1


def test_a_wrong_number_gets_the_same_answer_page_without_news(cast, as_user):
    miss = as_user(None).post("/people/track/", {"code": receipts.with_check_digits("7" * 20)})
    assert miss.status_code == 200
    assert "There is no report under this number" in miss.content.decode()


def test_desk_and_reporter_write_to_each_other_and_a_form_sent_twice_makes_one_message(cast, as_user):
    receipt = file_report(as_user(None))
    act(as_user(cast.jin), "ask", text="Which of the two hills?", once="a" * 30)
    page = as_user(None).post("/people/track/", {"code": receipt}).content.decode()
    assert "Which of the two hills?" in page
    given = {"code": receipt, "text": "The one in the north.", "once": "b" * 30}
    for _attempt in range(3):
        as_user(None).post("/people/track/message/", given)
    assert Appeal.objects.get().messages.filter(by=None).count() == 1
    assert "The one in the north." in as_user(cast.jin).get(f"/people/desk/{Appeal.objects.get().pk}/").content.decode()


def test_a_satisfied_reporter_closes_the_report(cast, as_user):
    receipt = answered(cast, as_user)
    rate(as_user(None), receipt, 5)
    assert Appeal.objects.get().state == "closed_satisfied"


def test_dissatisfaction_hands_the_report_to_a_different_body_one_level_up_once_and_by_itself(cast, as_user):
    receipt = answered(cast, as_user)
    rate(as_user(None), receipt, 1, "no", "The hill is still empty.")
    appeal = Appeal.objects.get()
    assert (appeal.state, appeal.round, appeal.receiver.level) == ("assigned", 1, "county")
    assert appeal.receiver != cast.jin.body
    rate(as_user(None), receipt, 1, "no", "again")
    assert Rating.objects.count() == 1
    assert act(as_user(cast.jin), "answer", text="I say it once more").status_code == 422
    assert act(as_user(cast.sun), "answer", text="Listed and let for five years").status_code == 302


def test_handling_again_needs_words(cast, as_user):
    receipt = answered(cast, as_user)
    page = rate(as_user(None), receipt, 1, "no")
    assert "Say what is still missing" in page.content.decode()
    assert Appeal.objects.get().state == "awaiting_rating"


def test_three_rounds_rise_to_three_bodies_and_end_with_written_reasons(cast, as_user):
    receipt = answered(cast, as_user)
    bodies = [Appeal.objects.get().receiver_id]
    for _round in range(2):
        rate(as_user(None), receipt, 2, "partly", "not enough")
        bodies.append(Appeal.objects.get().receiver_id)
        with_worker(Appeal.objects.get())
    rate(as_user(None), receipt, 1, "no", "still not")
    assert len(set(bodies)) == 3
    assert Appeal.objects.get().state == "final_review"


def with_worker(appeal):
    actions.answer_from_case(appeal, outcome="looked into")


def test_an_official_never_rates(cast, as_user):
    receipt = answered(cast, as_user)
    rate(as_user(cast.jin), receipt, 5)
    assert not Rating.objects.exists()


def test_unrated_is_closed_and_never_counted_as_satisfied(cast, as_user):
    answered(cast, as_user)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_appeal SET due = public.app_today() - 1")
    assert actions.lapse_unrated() == 1
    assert Appeal.objects.get().state == "closed_unrated"
    assert actions.renew_statistics()["satisfaction"] == (0, 0)


def test_a_refusal_names_reason_and_address(cast, as_user):
    receipt = file_report(as_user(None))
    assert act(as_user(cast.jin), "refuse", reason_code="in_court", address="").status_code == 422
    act(as_user(cast.jin), "refuse", reason_code="in_court", address="Qingyuan court, Renmin road 3")
    page = as_user(None).post("/people/track/", {"code": receipt}).content.decode()
    assert "Renmin road 3" in page
    assert "Before a court" in page


def test_the_trigger_refuses_a_state_that_the_workflow_file_does_not_lead_to(cast, as_user):
    file_report(as_user(None))
    with pytest.raises(Exception, match="knows no way"):
        Appeal.objects.update(state="closed_satisfied")


def test_a_real_name_is_opened_with_a_reason_and_on_the_record(cast, as_user):
    from steelyard.web.audit.models import AuditEvent

    file_report(as_user(None), identity="real_name", contact="Xu Aihua, house 12")
    pk = Appeal.objects.get().pk
    desk = as_user(cast.jin)
    assert b"house 12" not in desk.get(f"/people/desk/{pk}/").content
    assert desk.post(f"/people/desk/{pk}/contact/", {"reason": ""}).status_code == 422
    assert b"house 12" in desk.post(f"/people/desk/{pk}/contact/", {"reason": "ask about the hill"}).content
    assert AuditEvent.objects.filter(action="appeal.contact_opened").count() == 1


def test_a_confidential_name_is_not_for_the_desk(cast, as_user):
    file_report(as_user(None), identity="confidential", contact="Xu Aihua, house 12")
    answer = as_user(cast.jin).post(f"/people/desk/{Appeal.objects.get().pk}/contact/", {"reason": "x"})
    assert answer.status_code == 404


def test_the_clue_office_reads_the_sealed_report(cast, as_user):
    file_report(as_user(None), text=BLAME)
    page = as_user(cast.sun).get(f"/people/desk/{Appeal.objects.get().pk}/")
    assert BLAME in page.content.decode()
