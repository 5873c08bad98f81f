"""A delivery was withdrawn: the alerts that rest on it say so, and their cases go to review, once."""

import pytest
from django.urls import reverse

from steelyard.engines.postgres import Role
from steelyard.web.alerts.actions import note_withdrawn, resting_alerts
from steelyard.web.alerts.models import Alert, Revision
from steelyard.web.alerts.tests.made_findings import LINE, raised, rent
from steelyard.web.audit.models import AuditEvent
from steelyard.web.cases import actions, jobs
from steelyard.web.cases.models import Case
from steelyard.web.intake.tests.small_delivery import empty
from steelyard.web.orgs.engine_link import reader

pytestmark = pytest.mark.django_db
OTHER = "5b0d7f0a-0000-4000-8000-000000000002"


@pytest.fixture
def withdrawn(web_database):
    """Puts a withdrawn delivery into the engine's book."""

    def put(delivery=LINE["delivery"], why="the wrong month"):
        with web_database.transaction(Role.OWNER) as connection:
            connection.execute(
                "INSERT INTO engine.delivery (id, interface, supplier, received_on, idempotency_key, content_hash, "
                "state, withdrawn_at, withdrawn_by, withdrawn_approved_by, withdrawn_why) VALUES (%s, 'a/b', 'a', "
                "current_date, %s, 'x', 'withdrawn', now(), 'wang', 'li', %s)",
                [delivery, delivery, why],
            )

    empty(web_database)
    yield put
    empty(web_database)


def case_of(*findings):
    raised(*findings)
    actions.open_cases()
    return Case.objects.latest("pk")


def kinds():
    return list(Revision.objects.order_by("pk").values_list("kind", flat=True))


def test_the_alert_says_so_once_and_keeps_its_evidence(cast, withdrawn, as_user):
    case_of(rent())
    withdrawn()
    before = Alert.objects.get().evidence_hash
    assert [jobs.sweep()["withdrawn"] for _ in range(2)] == [1, 0]
    alert = Alert.objects.get()
    assert (kinds(), alert.evidence_hash, alert.state) == (["raised", "withdrawn"], before, "in_case")
    assert AuditEvent.objects.filter(action="alert.data_withdrawn").count() == 1
    page = as_user(cast.zhou).get(reverse("alert_detail", args=[alert.pk])).content.decode()
    assert "Data withdrawn" in page
    assert "the wrong month" in page


def test_its_case_goes_to_review_and_is_never_closed(cast, withdrawn, as_user):
    case = case_of(rent())
    withdrawn()
    jobs.sweep()
    case.refresh_from_db()
    assert (case.state, case.cleared_by_data, case.closed_at) == ("awaiting_review", True, None)
    assert actions.follow_data() == 0
    assert "data withdrawn" in as_user(cast.chen).get(reverse("case_detail", args=[case.no])).content.decode()


def test_alerts_on_other_deliveries_stay_as_they_are(cast, withdrawn):
    case = case_of(rent())
    withdrawn(OTHER)
    assert jobs.sweep()["withdrawn"] == 0
    case.refresh_from_db()
    assert (kinds(), case.state) == (["raised"], "awaiting_sign")


def test_new_evidence_taken_over_with_it_does_not_hide_it(cast, withdrawn):
    """The next evaluation rests on other rows; that this one's were withdrawn still sends the case to review."""
    case = case_of(rent())
    withdrawn()
    with reader() as connection:
        note_withdrawn(connection)
    section = rent().evidence[0]
    raised(rent(evidence=[section | {"sources": [LINE | {"delivery": OTHER}]}]))
    assert actions.follow_data() == 1
    case.refresh_from_db()
    assert (case.state, list(resting_alerts(LINE["delivery"]))) == ("awaiting_review", [])
    assert kinds() == ["raised", "withdrawn", "changed"]
