import pytest
from django.urls import reverse

from steelyard.engines.postgres import Role
from steelyard.web.audit.errors import NotAllowed
from steelyard.web.audit.models import AuditEvent
from steelyard.web.subjects import actions, queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(web_database, cast):
    """Two questions, one of a bad number and one of a number under two names."""
    with web_database.transaction(Role.WORKER) as connection:
        connection.execute(
            "INSERT INTO engine.identity_question (id, delivery, dataset, column_name, file, row, reason, masked, "
            "name, known_name) VALUES "
            "(900001, gen_random_uuid(), 'person', 'person_id', 'p.csv', 7, 'number', '330***01', '张小明', ''), "
            "(900002, gen_random_uuid(), 'kinship', 'person_id', 'k.csv', 9, 'name-conflict', '330***02', '李四', "
            "'王五')"
        )
    yield cast
    with web_database.transaction(Role.WORKER) as connection:
        connection.execute("DELETE FROM engine.identity_question WHERE id > 900000")


def test_the_steward_reads_the_queue_with_names_covered(asked, as_user):
    page = as_user(asked.steward).get(reverse("identity_questions")).content.decode()
    assert "330***01" in page
    assert "张**" in page
    assert "张小明" not in page
    assert "≠ 王*" in page


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("", "The number is not valid."),
        ("destroyed", "A spreadsheet destroyed the number"),
        ("letter-for-digit", "A letter seems to stand for a digit"),
        ("check-character", "The check character does not fit"),
        ("future-birth", "lies in the future"),
        ("other-kind", "of another kind"),
    ],
)
def test_the_steward_is_told_what_is_wrong_with_the_number(asked, as_user, web_database, fault, told):
    with web_database.transaction(Role.WORKER) as connection:
        connection.execute("UPDATE engine.identity_question SET fault = %s WHERE id = 900001", [fault])
    for page in (reverse("identity_questions"), reverse("identity_question", args=[900001])):
        assert told in as_user(asked.steward).get(page).content.decode()


def test_the_count_is_that_of_the_table(asked, as_user):
    assert queries.questions(limit=1)[1] == 2
    assert "2 questions." in as_user(asked.steward).get(reverse("identity_questions")).content.decode()


@pytest.mark.parametrize("login", ["qian", "zhou", "chen", "fang", "li", "tan", "admin"])
def test_nobody_else_does(asked, as_user, login):
    client = as_user(getattr(asked, login))
    assert client.get(reverse("identity_questions")).status_code == 403
    assert client.get(reverse("identity_question", args=[900001])).status_code == 403
    with pytest.raises(NotAllowed):
        actions.deal_with(900001, outcome="noted", note="seen", by=getattr(asked, login))


def test_strangers_are_asked_to_sign_in(asked, as_user):
    assert as_user(None).get(reverse("identity_questions")).status_code == 302


def test_dealing_with_a_question_is_on_the_record_and_takes_it_off_the_open_list(asked, as_user):
    client = as_user(asked.steward)
    answer = client.post(
        reverse("identity_question", args=[900001]), {"outcome": "sent_back", "note": "told the bureau by phone"}
    )
    assert answer.status_code == 302
    assert AuditEvent.objects.filter(action="identity_question.sent_back", user_id=asked.steward.pk).count() == 1
    assert [one.id for one in queries.questions(queries.Wanted(state="open"))[0]] == [900002]
    assert [one.id for one in queries.questions(queries.Wanted(state="sent_back"))[0]] == [900001]


def test_a_resolved_question_leaves_the_list_and_can_be_found(asked):
    actions.deal_with(900002, outcome="resolved", note="corrected in the new delivery", by=asked.steward)
    assert [one.id for one in queries.questions()[0]] == [900001]
    assert [one.id for one in queries.questions(queries.Wanted(state="resolved"))[0]] == [900002]


def test_a_note_is_needed(asked, as_user):
    answer = as_user(asked.steward).post(reverse("identity_question", args=[900001]), {"outcome": "noted", "note": ""})
    assert answer.status_code == 422


def test_a_question_that_does_not_exist_is_not_found(asked, as_user):
    assert as_user(asked.steward).get(reverse("identity_question", args=[1])).status_code == 404


def test_what_was_done_cannot_be_changed(asked):
    made = actions.deal_with(900001, outcome="noted", note="seen", by=asked.steward)
    made.note = "never seen"
    with pytest.raises(Exception, match=r"append-only|permission denied"):
        made.save()
