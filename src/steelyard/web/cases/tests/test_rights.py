import pytest
from django.db import ProgrammingError, connection, transaction

from steelyard.web.cases import actions
from steelyard.web.cases.tests import made_cases as made

pytestmark = pytest.mark.django_db


def test_every_table_of_the_case_zone_is_forced_under_row_security():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND (relname LIKE 'cases%' OR relname LIKE 'alerts%') "
            "AND NOT (relrowsecurity AND relforcerowsecurity)"
        )
        unguarded = {name for (name,) in cursor.fetchall()}
    assert unguarded == {"cases_flow", "cases_workflowrelease", "alerts_pullmark"}


def refused(user, *statements):
    """Each statement is refused to the web role in the user's own scope."""
    for sql, *values in statements:
        with pytest.raises(ProgrammingError), transaction.atomic():
            as_web(user, sql, values)


def as_web(user, sql, values):
    user.scope.apply()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE app_web")
        cursor.execute(sql, values)


@pytest.mark.parametrize(
    "change",
    [
        "verdict = 'legitimate'",
        "state = 'decided'",
        "evidence = '[]'",
        "grade = 'blue'",
        "line = 'other'",
        "case_no = ''",
    ],
)
def test_the_web_role_changes_no_alert_outside_a_step(cast, change):
    made.rent_case()
    refused(cast.zhou, (f"UPDATE alerts_alert SET {change}",))


@pytest.mark.parametrize(
    "change",
    ["recused = '{1}', route_rule = 'x'", "due = now()", "area_code = '339900000000'", "reviewer_body_id = NULL"],
)
def test_the_web_role_changes_no_case_outside_a_step(cast, change):
    made.rent_case()
    refused(cast.zhou, (f"UPDATE cases_case SET {change}",))


def test_the_web_role_writes_in_no_other_name(cast):
    case = made.rent_case()
    alert = case.links.get().alert_id
    refused(
        cast.zhou,
        ("INSERT INTO cases_step (case_id, no, user_id, actor, body_id, move, from_state, to_state, episode, payload, "
         "payload_sha256) VALUES (%s, %s, %s, 'handler', %s, 'sign', 'awaiting_sign', 'in_disposal', 1, '{}', 'x')",
         case.pk, 2, cast.zhou.pk, cast.chen.body_id),
        ("INSERT INTO cases_request (case_id, action, payload, version, episode, by_id, decided_by_id, decided_at, "
         "granted) VALUES (%s, 'extend', '{}', 1, 1, %s, %s, now(), true)", case.pk, cast.zhou.pk, cast.chen.pk),
        ("INSERT INTO cases_request (case_id, action, payload, version, episode, by_id) "
         "VALUES (%s, 'extend', '{}', 1, 1, %s)", case.pk, cast.sun.pk),
        ("INSERT INTO cases_alertverdict (case_id, alert_id, step_no, actor, by_id, verdict, root_cause) "
         "VALUES (%s, %s, 1, 'reviewer', %s, 'legitimate', '')", case.pk, alert, cast.chen.pk),
        ("INSERT INTO cases_clue (case_id, receipt, sent_by_id, conclusion, conclusion_text, punishment) "
         "VALUES (%s, 'x', %s, '', '', '')", case.pk, cast.chen.pk),
    )  # fmt: skip


def test_the_web_role_rewrites_no_questions_and_decides_no_request_of_its_own(cast):
    case = made.rent_case()
    made.asked(case, cast)
    refused(cast.zhou, ("UPDATE cases_questionsheet SET questions = '[]'",))
    refused(cast.shen, ("UPDATE cases_questionsheet SET released = '[1]'",))
    actions.answer(made.sheet_of(case), by=cast.shen, data={"explanation": "He asked for time.", **made.NO_FILES})
    actions.take_answers()
    data = {"reason": "more papers", "new_due": "2099-01-01"}
    actions.act(case, "extend", by=cast.zhou, data=data)
    refused(
        cast.zhou,
        ("UPDATE cases_request SET granted = true, decided_at = now(), decided_by_id = %s", cast.zhou.pk),
        ("UPDATE cases_request SET granted = true, decided_at = now(), decided_by_id = %s", cast.chen.pk),
    )
