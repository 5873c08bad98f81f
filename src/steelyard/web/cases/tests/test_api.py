import datetime as dt
import hashlib

import pytest
from django.test import Client

from steelyard.web.cases import actions
from steelyard.web.cases.models import Case
from steelyard.web.cases.tests import made_cases as made
from steelyard.web.orgs.models import ApiToken

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast):
    return made.rent_case()


@pytest.fixture
def api(db):
    """A client with a token of somebody: ``api(cast.zhou).get("/cases")``."""

    def call(user):
        digest = hashlib.sha256(user.username.encode()).hexdigest()
        until = dt.datetime.now(tz=dt.UTC) + dt.timedelta(days=400)
        ApiToken.objects.get_or_create(user=user, digest=digest, defaults={"label": "test", "until": until})
        return Client(headers={"Authorization": f"Bearer {user.username}"})

    return call


def post(client, case, **body):
    return client.post(f"/api/v1/cases/{case.no}/actions", body, content_type="application/json")


def test_the_api_offers_and_makes_the_same_moves(case, cast, api):
    client = api(cast.zhou)
    found = client.get(f"/api/v1/cases/{case.no}").json()
    assert {move["move"] for move in found["moves"]} >= {"sign", "refuse"}
    done = post(client, case, move="sign", version=found["version"])
    assert done.status_code == 200, done.content
    assert Case.objects.get().assignee == cast.zhou


def test_errors_are_problem_documents(case, cast, api):
    client = api(cast.zhou)
    late = post(client, case, move="sign", version=99)
    assert (late.status_code, late.headers["Content-Type"]) == (409, "application/problem+json")
    seen = Case.objects.get().version
    assert post(client, case, move="confirm_true", version=seen).status_code == 409
    assert post(api(cast.chen), case, move="sign", version=seen).status_code == 403
    assert client.get("/api/v1/cases/C1").status_code == 404


def test_a_move_without_the_version_seen_is_refused(case, cast, api):
    refused = post(api(cast.zhou), case, move="sign")
    assert (refused.status_code, "version" in refused.json()["detail"]) == (409, True)
    assert Case.objects.get().state == "awaiting_sign"


def test_the_same_entry_sent_twice_is_booked_once(case, cast, api):
    actions.act(case, "sign", by=cast.zhou)
    body = {"move": "ledger_entry", "version": Case.objects.get().version,
            "data": {"kind": "involved", "amount": "10", "date": "2026-04-01"}}  # fmt: skip
    before = case.ledger.count()
    assert [post(api(cast.zhou), case, **body).status_code for _ in range(2)] == [200, 409]
    assert case.ledger.count() == before + 1


@pytest.mark.parametrize("name", ["kind", "amount", "date", "voucher"])
@pytest.mark.parametrize("value", [["x"], {"a": 1}, [["x"]], [None]])
def test_a_list_where_one_value_belongs_is_not_understood(case, cast, api, name, value):
    actions.act(case, "sign", by=cast.zhou)
    data = {"kind": "involved", "amount": 10, "date": "2026-04-01", name: value}
    sent = post(api(cast.zhou), case, move="ledger_entry", version=Case.objects.get().version, data=data)
    assert sent.status_code == 422, sent.content


def test_a_stranger_reads_nothing(case, cast, api):
    alert = case.links.get().alert_id
    for user in (cast.qian, cast.shen, cast.tan):
        assert api(user).get(f"/api/v1/cases/{case.no}").status_code == 404
        assert api(user).get(f"/api/v1/alerts/{alert}").status_code == 404
        assert api(user).get("/api/v1/alerts").json()["items"] == []
        assert api(user).get("/api/v1/cases").json()["items"] == []
    assert Client().get("/api/v1/alerts").status_code == 401


def test_an_alert_comes_with_its_evidence(case, cast, api):
    alert = case.links.get().alert_id
    found = api(cast.zhou).get(f"/api/v1/alerts/{alert}").json()
    assert found["evidence"][0]["sources"][0]["row"] == 7
    assert found["title"].startswith("Rent of CNY 1,275,000")
