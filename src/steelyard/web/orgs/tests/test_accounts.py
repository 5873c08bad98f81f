"""An administrator makes accounts; he makes no rulers, and nobody who would handle his own matter."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from steelyard.kit.identifiers import make_resident_id
from steelyard.web.audit.models import AuditEvent
from steelyard.web.orgs import actions, jobs
from steelyard.web.orgs.actions.accounts import NotAllowed
from steelyard.web.orgs.models import Body, Kin, Post, User
from steelyard.web.orgs.tests.small_county import code_of

pytestmark = pytest.mark.django_db
NUMBER = make_resident_id("339921", dt.date(1970, 3, 2), 11)
TOWN = "339921101000"


@pytest.fixture
def known(cast):
    """The register knows Li's number."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO engine.subject (key, kind, name, tier) VALUES ('P-li', 'person', '李国富', 'T1')")
        cursor.execute("INSERT INTO engine.identifier (kind, value, key) VALUES ('resident', %s, 'P-li')", [NUMBER])


def made_on_the_site(cast, as_user, *, name="李国富", number=NUMBER, roles=("handler",)):
    data = {
        "username": "li2", "name": name, "body_code": code_of("discipline", TOWN), "roles": list(roles),
        "number": number,
    }  # fmt: skip
    return as_user(cast.admin).post(reverse("user_new"), data)


def settle():
    job = ProcrastinateJob.objects.get(task_name="orgs.settle_identity")
    jobs.settle_identity(**job.args)
    return User.objects.get(username="li2")


def test_a_role_on_cases_needs_an_identity_number(cast, as_user):
    for wrong in ("", "339921197003020000"):
        assert made_on_the_site(cast, as_user, number=wrong).status_code == 422
    assert not User.objects.filter(username="li2").exists()
    assert made_on_the_site(cast, as_user, number="", roles=["explainer"]).status_code == 200


def test_roles_on_cases_rest_until_it_is_known_who_the_person_is(cast, as_user, known):
    assert made_on_the_site(cast, as_user).status_code == 200
    li2 = User.objects.get(username="li2")
    assert li2.scope.level is None
    assert not li2.has_role("handler")
    assert b"roles on cases rest" in as_user(cast.admin).get(reverse("user_detail", args=[li2.pk])).content
    li2 = settle()
    assert (li2.subject_key, li2.identity, li2.scope.level) == ("P-li", "known", "town")
    assert Kin.objects.filter(user=li2, subject_key="P-li", reason="self").exists()


def test_the_number_stands_nowhere_in_clear(cast, as_user, known):
    made_on_the_site(cast, as_user)
    settle()
    stored = [*ProcrastinateJob.objects.values_list("args"), *AuditEvent.objects.values_list("details"),
              *User.objects.filter(username="li2").values_list()]  # fmt: skip
    assert NUMBER not in str(stored)


def test_a_number_of_somebody_else_settles_nothing(cast, as_user, known):
    made_on_the_site(cast, as_user, name="王五")
    li2 = settle()
    assert (li2.subject_key, li2.identity, li2.scope.level) == ("", "differs", None)


def test_who_is_not_in_the_register_works_and_it_is_on_record(cast, as_user):
    made_on_the_site(cast, as_user)
    li2 = settle()
    assert (li2.identity, li2.scope.level) == ("absent", "town")
    assert AuditEvent.objects.filter(action="account.identity", details__identity="absent").exists()


def test_a_role_on_cases_given_later_needs_the_number_too(cast, as_user):
    made_on_the_site(cast, as_user, number="", roles=["explainer"])
    li2 = User.objects.get(username="li2")
    with pytest.raises(NotAllowed):
        actions.change_posts(li2, ["handler"], by=cast.admin)


def test_an_administrator_keeps_to_his_own_area(cast):
    city = Body.objects.get(code=code_of("discipline", "339900000000"))
    with pytest.raises(NotAllowed):
        actions.create_account(by=cast.admin, username="up", name="up", body=city, roles=["explainer"])
    for verb in (actions.disable, actions.enable, actions.reset_second_factor):
        with pytest.raises(NotAllowed):
            verb(cast.du, by=cast.admin)
    with pytest.raises(NotAllowed):
        actions.change_posts(cast.du, [], by=cast.admin)


@pytest.mark.parametrize(
    "roles",
    [["auditor", "handler"], ["steward", "appeal_desk"], ["user_admin", "clue_office"], ["handler", "reviewer"],
     ["handler", "second_reviewer"]],
)  # fmt: skip
def test_no_account_unites_what_is_kept_apart(cast, roles):
    with pytest.raises(NotAllowed):
        actions.change_posts(cast.zhou, roles, by=cast.admin)


def test_the_database_too_keeps_administrators_from_cases(cast):
    for user, role in ((cast.tan, "handler"), (cast.zhou, "auditor"), (cast.jin, "steward")):
        with pytest.raises(Exception, match="work on no cases"), transaction.atomic():
            Post.objects.create(user=user, role=role)


def test_nobody_takes_away_his_own_second_factor(cast):
    with pytest.raises(NotAllowed):
        actions.reset_second_factor(cast.admin, by=cast.admin)


def as_web(scope, sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        scope.apply()
        cursor.execute("SET LOCAL ROLE app_web")
        cursor.execute(sql, values)
        changed = cursor.rowcount
        transaction.set_rollback(True)
    return changed


GIVE = "INSERT INTO orgs_post (user_id, role, since) VALUES (%s, 'explainer', public.app_today())"
SAID = """INSERT INTO audit_auditevent (user_id, username, action, object_type, object_id, purpose, case_no, details)
          VALUES (%s, '', 'x', '', '', '', '', '{}')"""


def test_the_web_role_gives_no_rights_without_an_administrator(cast):
    for scope, user in ((cast.zhou.scope, cast.zhou), (cast.zhou.scope, cast.chen), (cast.admin.scope, cast.admin)):
        with pytest.raises(Exception, match="row-level security"):
            as_web(scope, GIVE, user.pk)
    assert as_web(cast.zhou.scope, "DELETE FROM orgs_post") == 0
    assert as_web(cast.admin.scope, GIVE, cast.zhou.pk) == 1


@pytest.mark.parametrize("change", ["is_active = false", "body_id = NULL", "password = 'x'", "subject_key = 'P-x'"])
def test_the_web_role_changes_no_account_of_another(cast, change):
    with pytest.raises(Exception, match=r"administrator|another|a job finds out"):
        as_web(cast.zhou.scope, f"UPDATE orgs_user SET {change} WHERE id = %s", cast.chen.pk)


def test_the_web_role_lets_a_person_change_his_own_password(cast):
    assert as_web(cast.zhou.scope, "UPDATE orgs_user SET password = 'x' WHERE id = %s", cast.zhou.pk) == 1


def test_nobody_writes_the_record_in_anothers_name(cast):
    with pytest.raises(Exception, match="row-level security"):
        as_web(cast.zhou.scope, SAID, cast.chen.pk)
    assert as_web(cast.zhou.scope, SAID, cast.zhou.pk) == 1
    assert as_web(cast.zhou.scope, SAID, None) == 1
