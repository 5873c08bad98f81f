import datetime as dt
import hashlib

import pytest
from django.test import Client

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
    assert post(client, case, move="confirm_true").status_code == 409
    assert post(api(cast.chen), case, move="sign").status_code == 403
    assert client.get("/api/v1/cases/C1").status_code == 404


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
