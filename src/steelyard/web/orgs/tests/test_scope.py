import importlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from steelyard.web.audit.models import AuditEvent
from steelyard.web.orgs import actions
from steelyard.web.orgs.actions.accounts import NotAllowed
from steelyard.web.orgs.models import Post

reveals = importlib.import_module("steelyard.web.orgs.actions.reveal")  # the package names its verb the same
pytestmark = pytest.mark.django_db


def test_twins_in_neighbouring_townships_have_different_scopes(cast):
    assert cast.zhou.scope.area == "339921101"
    assert cast.qian.scope.area == "339921102"
    assert cast.zhou.scope.lines == cast.qian.scope.lines


def test_a_village_cadre_has_no_share_of_alerts(cast):
    assert cast.li.scope.level is None
    assert cast.li.scope.lines == ()


def test_a_regulator_sees_his_own_line_alone(cast):
    assert cast.he.scope.lines == ("regulatory",)


def test_the_scope_leaves_with_the_transaction(cast):
    cast.zhou.scope.apply()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.area')")
        assert cursor.fetchone() == ("339921101",)


def test_an_administrator_cannot_also_audit(cast):
    with pytest.raises(NotAllowed):
        actions.change_posts(cast.tan, ["auditor", "user_admin"], by=cast.admin)


def test_the_database_too_keeps_administrators_apart(cast):
    with pytest.raises(Exception, match="three administrators"):
        Post.objects.create(user=cast.tan, role="user_admin")


def test_the_audit_record_cannot_be_changed(cast):
    assert AuditEvent.objects.exists()
    with pytest.raises(Exception, match=r"append-only|permission denied"):
        AuditEvent.objects.update(action="nothing happened")


def test_a_name_is_opened_only_with_a_case_and_a_reason(cast, monkeypatch):
    monkeypatch.setattr(reveals, "_may_open", [lambda _user, key, case_no: (key, case_no) == ("P-li", "C-1")])
    with pytest.raises(NotAllowed):
        actions.reveal(cast.zhou, "P-li", purpose="disposal", reason="because", case_no="")
    for wrong in ("NONSENSE-1", "C-2"):
        with pytest.raises(NotAllowed):
            actions.reveal(cast.zhou, "P-li", purpose="disposal", reason="because", case_no=wrong)
    opened = actions.reveal(cast.zhou, "P-li", purpose="disposal", reason="ask for the contract", case_no="C-1")
    assert opened.until > opened.at
    assert AuditEvent.objects.filter(action="person.revealed", user_id=cast.zhou.pk).count() == 1


def test_names_are_opened_for_correcting_data_by_the_steward_alone(cast):
    with pytest.raises(NotAllowed):
        actions.reveal(cast.zhou, "P-li", purpose="data_quality", reason="curious")
    assert actions.reveal(cast.steward, "P-li", purpose="data_quality", reason="two names for one number")


def test_two_requests_at_once_do_not_share_the_quota(cast):
    with CaptureQueriesContext(connection) as sent:
        actions.reveal(cast.steward, "P-li", purpose="data_quality", reason="two names for one number")
    texts = [query["sql"] for query in sent]
    locked = next(number for number, text in enumerate(texts) if "FOR UPDATE" in text)
    counted = next(number for number, text in enumerate(texts) if "COUNT(" in text)
    assert locked < counted


def test_the_auditor_opens_no_names(cast):
    with pytest.raises(NotAllowed):
        actions.reveal(cast.tan, "P-li", purpose="review", reason="curious", case_no="C-1")
