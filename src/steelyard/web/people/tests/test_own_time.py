"""The office complained about does not read the complaint: once a report goes on, it sees its own time alone."""

import pytest

from steelyard.web.people.models import Appeal, Message, Rating
from steelyard.web.people.tests.flow import file_report
from steelyard.web.people.tests.test_following import act, answered, rate
from steelyard.web.people.tests.test_isolation import as_web, counted_by

pytestmark = pytest.mark.django_db
COMPLAINT = "The clerk only laughed and let nothing at all."
LATER = "I shall tell you who was paid."


def gone_up(cast, as_user) -> str:
    receipt = answered(cast, as_user)
    rate(as_user(None), receipt, 1, "no", COMPLAINT)
    as_user(None).post("/people/track/message/", {"code": receipt, "text": LATER, "once": "c" * 30})
    act(as_user(cast.sun), "answer", text="Second answer, of the county.")
    return receipt


def page_of(client) -> str:
    return client.get(f"/people/desk/{Appeal.objects.get().pk}/").content.decode()


def test_the_first_office_reads_neither_the_reason_nor_what_came_later(cast, as_user):
    gone_up(cast, as_user)
    page = page_of(as_user(cast.jin))
    assert "it is let anew now" in page, "its own answer stays"
    for text in (COMPLAINT, LATER, "Second answer", "1/5"):
        assert text not in page


def test_the_office_that_has_it_now_and_the_reporter_read_everything(cast, as_user):
    receipt = gone_up(cast, as_user)
    for page in (page_of(as_user(cast.sun)),
                 as_user(None).post("/people/track/", {"code": receipt}).content.decode()):  # fmt: skip
        for text in (COMPLAINT, LATER, "Second answer", "it is let anew now"):
            assert text in page


def test_row_security_keeps_the_later_rows_from_the_first_office(cast, as_user):
    gone_up(cast, as_user)
    assert as_web(cast.sun.scope)[2] == Message.objects.count() == 1
    assert as_web(cast.jin.scope)[2] == 0
    assert counted_by(cast.sun.scope, Rating) == 1
    assert counted_by(cast.jin.scope, Rating) == 0


def test_messages_from_before_the_hand_over_stay_readable(cast, as_user):
    receipt = answered(cast, as_user)
    act(as_user(cast.jin), "ask", text="Which of the two hills?", once="a" * 30)
    rate(as_user(None), receipt, 1, "no", COMPLAINT)
    assert "Which of the two hills?" in page_of(as_user(cast.jin))
    assert as_web(cast.jin.scope)[2] == 1


def test_who_hands_over_keeps_his_own_step(cast, as_user):
    file_report(as_user(None))
    act(as_user(cast.jin), "accept")
    county = cast.sun.body
    assert act(as_user(cast.jin), "hand_over", body=county.code, text="The county keeps this file.").status_code == 302
    assert "The county keeps this file." in page_of(as_user(cast.jin))
    act(as_user(cast.sun), "ask", text="A question of the county", once="d" * 30)
    assert "A question of the county" not in page_of(as_user(cast.jin))
