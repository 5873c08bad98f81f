import re

import pytest
from django.db import connection, transaction

from steelyard.web.audit.models import AuditEvent
from steelyard.web.orgs.scope import Scope
from steelyard.web.people import receipts
from steelyard.web.people.models import Appeal, AppealStep, Message, Photo
from steelyard.web.people.queries import AppealQuerySet, show_receipt
from steelyard.web.people.tests.flow import BLAME, file_report
from steelyard.web.people.tests.test_filing import picture

pytestmark = pytest.mark.django_db
STAFF = [
    "li",
    "shen",
    "wang",
    "zhou",
    "chen",
    "du",
    "he",
    "fang",
    "ye",
    "tan",
    "gu",
    "ma",
    "jin",
    "hong",
    "qian",
    "admin",
]
PAGES = ("/people/", "/people/desk/", "/people/village/339921101201/", "/people/figures/", "/powers/", "/governance/",
         "/audit/", "/", "/cases/", "/alerts/", "/api/v1/villages/339921101201/disclosure")  # fmt: skip
CHANGING = re.compile(rb'csrfmiddlewaretoken" value="[^"]+"|name="once" value="[^"]+"')


def seen_by(client) -> dict[str, bytes]:
    found = {}
    for url in PAGES:
        page = client.get(url)
        found[url] = b"%d " % page.status_code + CHANGING.sub(b"", page.content)
    return found


def test_an_accusation_changes_no_byte_for_anybody_outside_the_clue_office(cast, as_user):
    clients = {name: as_user(getattr(cast, name)) for name in STAFF} | {"nobody": as_user(None)}
    before = {name: seen_by(client) for name, client in clients.items()}
    events = set(AuditEvent.objects.values_list("action", "object_type"))
    file_report(as_user(None), text=BLAME, photos=[picture()])
    pk = Appeal.objects.get().pk
    for name, client in clients.items():
        if name != "tan":  # the auditor's own pages list whatever else happened meanwhile; see below
            assert seen_by(client) == before[name], name
        assert client.get(f"/people/desk/{pk}/").status_code in (302, 403, 404)
    assert set(AuditEvent.objects.values_list("action", "object_type")) == events


def test_qian_and_nobody_and_other_desks_do_not_see_a_matter(cast, as_user):
    file_report(as_user(None))
    url = f"/people/desk/{Appeal.objects.get().pk}/"
    assert as_user(cast.jin).get(url).status_code == 200
    assert as_user(cast.qian).get(url).status_code == 403
    assert as_user(cast.sun).get(url).status_code == 404
    assert as_user(None).get(url).status_code == 302


def as_web(scope: Scope | None = None, receipt: str = "") -> list[int]:
    """Counts of every table of reports as the web role sees them without the application's filter."""
    return [counted_by(scope, model, receipt) for model in (Appeal, AppealStep, Message, Photo)]


def counted_by(scope: Scope | None, model, receipt: str = "") -> int:
    """Rows of one table as the web role sees them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE app_web")
        (scope or Scope(None, None, None, "", ())).apply()
        show_receipt(receipt)
        count = model.objects.count()
        cursor.execute("SET LOCAL ROLE NONE")
        show_receipt("")
        Scope(None, None, None, "", ()).apply()
    return count


def test_row_security_holds_without_the_application(cast, as_user):
    receipt = file_report(as_user(None), photos=[picture()])
    assert as_web() == [0, 0, 0, 0]
    assert as_web(cast.qian.scope) == [0, 0, 0, 0]
    assert as_web(cast.li.scope) == [0, 0, 0, 0]
    assert as_web(cast.jin.scope) == [1, 1, 0, 1]
    assert as_web(receipt=receipts.digest(receipt)) == [1, 1, 0, 1]


def test_row_security_keeps_an_accusation_for_the_clue_office(cast, as_user):
    file_report(as_user(None), text=BLAME)
    for name in STAFF:
        assert as_web(getattr(cast, name).scope) == [0, 0, 0, 0], name
    assert as_web(cast.sun.scope)[0] == 1


def test_with_the_filter_replaced_by_everything_the_pages_still_show_nothing(cast, as_user, monkeypatch):
    file_report(as_user(None))
    monkeypatch.setattr(AppealQuerySet, "visible_to", lambda self, user: self.all())
    assert as_user(cast.sun).get(f"/people/desk/{Appeal.objects.get().pk}/").status_code == 404


def file_as_web(row) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE app_web")
        show_receipt("x" * 64)
        Appeal.objects.create(**row)


@pytest.mark.parametrize(("state", "digest"), [("handling", "x" * 64), ("submitted", "y" * 64)])
def test_nobody_writes_a_report_in_another_state_or_under_another_receipt(cast, as_user, state, digest):
    file_report(as_user(None))
    copied = {"id": "00000000-0000-0000-0000-000000000001", "number": "OTHER", "draft_digest": "z" * 64}
    row = Appeal.objects.values().get() | copied | {"state": state, "receipt_digest": digest}
    with pytest.raises(Exception, match=r"row-level security|knows no way"):
        file_as_web(row)
