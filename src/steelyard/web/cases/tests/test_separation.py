import pytest
from django.db import connection, transaction

from steelyard.web.audit.errors import NotAllowed
from steelyard.web.cases import actions
from steelyard.web.cases.acting import offers
from steelyard.web.cases.models import Case
from steelyard.web.cases.tests import made_cases as made
from steelyard.web.orgs.models import Post, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast):
    return made.rent_case()


def refused(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


STEP = (
    "INSERT INTO cases_step (case_id, no, user_id, actor, body_id, move, from_state, to_state, episode, payload, "
    "payload_sha256) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 1, '{}', 'x')"
)


def test_raw_sql_cannot_move_a_case_without_a_step(case):
    with pytest.raises(Exception, match="logged step"):
        refused("UPDATE cases_case SET state = 'in_disposal' WHERE id = %s", case.pk)


def test_raw_sql_cannot_close_a_case(case):
    with pytest.raises(Exception, match="final state"):
        refused("UPDATE cases_case SET closed_at = now() WHERE id = %s", case.pk)


def test_raw_sql_cannot_log_a_move_the_workflow_does_not_have(case, cast):
    zhou = cast.zhou
    with pytest.raises(Exception, match="not in the released workflow"):
        refused(STEP, case.pk, 2, zhou.pk, "handler", zhou.body_id, "sign", "awaiting_sign", "closed")
    with pytest.raises(Exception, match="not in the released workflow"):
        refused(STEP, case.pk, 2, zhou.pk, "reviewer", zhou.body_id, "sign", "awaiting_sign", "in_disposal")


def test_raw_sql_cannot_let_the_handler_review(case, cast):
    made.submitted(case, cast)
    no = Case.objects.get().version + 1
    step = (case.pk, no, cast.zhou.pk, "reviewer", cast.zhou.body_id, "send_back", "awaiting_review", "in_disposal")
    with pytest.raises(Exception, match="different persons"):
        refused(STEP, *step)


def test_raw_sql_cannot_put_the_second_reviewer_beside_the_reviewer(case, cast):
    made.submitted(case, cast)
    actions.act(case, "propose_verdict", by=cast.chen, data={**made.verdicts(case), "reasons": "As found."})
    no = Case.objects.get().version + 1
    step = (case.pk, no, cast.ma.pk, "second_reviewer", cast.chen.body_id, "second_send_back",
            "awaiting_second_review", "awaiting_review")  # fmt: skip
    with pytest.raises(Exception, match="above the reviewer"):
        refused(STEP, *step)


def test_raw_sql_cannot_lower_a_grade_or_change_the_log(case):
    with pytest.raises(Exception, match="only rise"):
        refused("UPDATE cases_case SET grade = 'blue' WHERE id = %s", case.pk)
    with pytest.raises(Exception, match="append-only"):
        refused("UPDATE cases_step SET move = 'merge'")


def test_the_person_concerned_does_not_act_even_in_raw_sql(case, cast):
    Case.objects.update(recused=[cast.zhou.pk])
    with pytest.raises(Exception, match="person concerned"):
        refused(STEP, case.pk, 2, cast.zhou.pk, "handler", cast.zhou.body_id, "sign", "awaiting_sign", "in_disposal")


def test_one_who_handled_and_became_a_reviewer_still_does_not_review(case, cast):
    made.submitted(case, cast)
    Post.objects.create(user=cast.zhou, role="reviewer")
    Case.objects.update(reviewer_body=cast.zhou.body)
    zhou = User.objects.get(pk=cast.zhou.pk)
    assert {offer.actor for offer in offers(Case.objects.get(), zhou)} == {"handler"}
    with pytest.raises(NotAllowed):
        actions.act(case, "send_back", by=zhou, data={"reason": "mine"})


def test_the_inspector_is_neither_handler_nor_reviewer(case, cast):
    made.in_follow_up(case, cast)
    for user in (cast.zhou, cast.chen, cast.du):
        with pytest.raises(NotAllowed):
            actions.act(case, "inspect_pass", by=user, data={})


def test_reopened_it_goes_to_somebody_else(case, cast):
    made.closed(case, cast)
    actions.act(case, "reopen", by=cast.chen, data={"reopen_cause": "new_evidence"})
    case = Case.objects.get()
    assert (case.episode, case.closed_at, case.excluded) == (2, None, [cast.zhou.pk])
    assert cast.zhou.pk in case.excluded
    assert case.links.get().alert.verdict == ""


def test_the_database_role_of_the_web_sees_no_foreign_case(case, cast):
    with transaction.atomic(), connection.cursor() as cursor:
        cast.qian.scope.apply()
        cursor.execute("SET LOCAL ROLE app_web")
        for table in (
            "cases_case",
            "cases_step",
            "alerts_alert",
            "alerts_revision",
            "cases_ledgerentry",
            "cases_notice",
        ):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (0,), table
        cursor.execute("SET LOCAL ROLE NONE")


def test_neither_auditor_nor_steward_nor_villagers_see_a_case(case, cast):
    for user in (cast.tan, cast.steward, cast.shen, cast.li, cast.wang, cast.jin):
        assert not Case.objects.visible_to(user).exists()
        with transaction.atomic(), connection.cursor() as cursor:
            user.scope.apply()
            cursor.execute("SET LOCAL ROLE app_web")
            cursor.execute("SELECT count(*) FROM cases_case")
            assert cursor.fetchone() == (0,)
            cursor.execute("SET LOCAL ROLE NONE")
