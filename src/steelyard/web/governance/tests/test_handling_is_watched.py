"""Handling that is planted in the tables of alerts and cases reaches the pool, and the governance models see it."""

import datetime as dt

import pytest

from steelyard import detect
from steelyard.catalogue import load_catalogue
from steelyard.engines.postgres import Role
from steelyard.web.alerts.models import Alert
from steelyard.web.alerts.tests.made_findings import hill, raised, rent
from steelyard.web.cases import actions as cases
from steelyard.web.cases.models import Case
from steelyard.web.cases.tests import made_cases as made
from steelyard.web.governance import jobs
from steelyard.web.orgs import clock

pytestmark = pytest.mark.django_db
OVERDUE, STAMPED, AGAIN = (
    "governance/overdue-handling-org", "governance/rubber-stamp-review", "governance/recurrence-after-rectification",
)  # fmt: skip
DENIED = {"opinion": "Agreed.", "root_cause": "nothing found", "clarification_offer": "offered"}


def alerts(make, count, first=1, **differs):
    return [
        make(fingerprint=f"{number:064d}", key={"contract_id": f"L{number}"}, **differs)
        for number in range(first, first + count)
    ]


def opened():
    cases.release_workflow()
    cases.open_cases()


def findings(database):
    with database.connect(Role.WORKER) as connection:
        rows = connection.execute(
            "SELECT model, grade, area_code, payload FROM engine.finding WHERE state <> 'gone' ORDER BY model"
        ).fetchall()
    return {model: (grade, area, payload) for model, grade, area, payload in rows}


@pytest.fixture
def looked_at(pool, settings):
    """Hand the records over, run one model as of a day, and tell what stands."""
    catalogue = load_catalogue(settings.STEELYARD_CATALOGUE)

    def look(model, day):
        jobs.supply_now()
        detect.run(pool, catalogue, pool.database, day, [model], full=True)
        return findings(pool.database)

    return look


def test_a_body_that_leaves_alerts_lying_is_found(cast, looked_at):
    raised(*alerts(hill, 5))
    opened()
    today = clock.today()
    assert looked_at(OVERDUE, today) == {}
    found = looked_at(OVERDUE, today + dt.timedelta(days=30))
    grade, area, payload = found.pop(OVERDUE)
    assert found == {}
    assert (grade, area) == ("yellow", "339921101202")
    assert (payload["alerts"], payload["overdue"], payload["red_overdue"]) == (5, 5, 0)


def test_a_handler_who_answers_at_once_is_found(cast, looked_at):
    raised(*alerts(rent, 10))
    opened()
    for case in Case.objects.all():
        made.submitted(case, cast, verdict="legitimate", cause="as agreed")
        cases.act(
            case, "propose_verdict", by=cast.chen,
            data={**made.verdicts(case, "legitimate", "as agreed"), "reasons": "As the village says."},
        )  # fmt: skip
        cases.act(case, "endorse_false", by=cast.du, data=DENIED)
    found = looked_at(STAMPED, clock.today())
    _grade, _area, payload = found.pop(STAMPED)
    assert found == {}
    assert (payload["alerts"], payload["fast_replies"], payload["self_reviewed"]) == (10, 10, 0)
    assert float(payload["false_share"]) == 1


def known_by_number(database, *keys):
    with database.transaction(Role.WORKER) as connection:
        for key in keys:
            connection.execute(
                "INSERT INTO engine.subject (key, kind, name, tier) VALUES (%s, 'company', '', 'T1')", [key]
            )


def test_a_tenant_who_is_warned_again_after_rectification_is_found(cast, pool, looked_at):
    known_by_number(pool.database, "C-TENANT", "B-village_committee-339921101201")
    raised(*alerts(rent, 1))
    opened()
    case = Case.objects.get()
    made.submitted(case, cast)
    cases.act(case, "propose_verdict", by=cast.chen, data={**made.verdicts(case), "reasons": "Ledger and bank agree."})
    said = {"opinion": "Agreed.", "measures": ["rectify"], **made.four()}
    cases.act(case, "endorse_true", by=cast.du, data=said)
    assert looked_at(AGAIN, clock.today()) == {}
    made.recovered(case, cast)
    done = {"measures": ["rectify"], "measures_text": "paid", **made.four()}
    cases.act(case, "report_rectified", by=cast.zhou, data=done)
    again = raised(*alerts(rent, 1, first=2))
    later = clock.now() + dt.timedelta(days=40)
    Alert.objects.filter(pk=again.pk).update(raised_at=later, verdict="true_irregularity")
    found = looked_at(AGAIN, clock.today() + dt.timedelta(days=60))
    grade, area, payload = found.pop(AGAIN)
    assert (grade, area) == ("red", "339921101201")
    assert (payload["recurrences"], payload["matter_ids"]) == (1, "L2")
