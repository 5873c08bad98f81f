import datetime as dt

import pytest
from django.db import connection, transaction

from steelyard.web.audit.errors import NotAllowed
from steelyard.web.cases.tests import made_cases
from steelyard.web.governance import actions
from steelyard.web.governance.models import Loophole, LoopholeStep
from steelyard.web.orgs import clock
from steelyard.web.orgs.scope import NO_SCOPE, TenantQuerySet

pytestmark = pytest.mark.django_db
WORDS = "No contract names a day on which rent is reminded."


@pytest.fixture
def loophole(cast) -> Loophole:
    return actions.open_loophole(made_cases.rent_case(), by=cast.chen)


def step(client, loophole, name, **given):
    return client.post(f"/governance/{loophole.number}/step/{name}/", given)


def in_force(cast, as_user, loophole, since: dt.date) -> None:
    chen, du = as_user(cast.chen), as_user(cast.du)
    step(chen, loophole, "analyse", cause="no_gate", text=WORDS)
    step(chen, loophole, "propose", proposal_kind="add_gate", text=WORDS)
    step(du, loophole, "adopt", text="Agreed, for the whole county.")
    step(chen, loophole, "put_in_force", document="Qingyuan rent rules 2026/4", day=since)
    loophole.refresh_from_db()
    assert loophole.state == "in_force"


def test_the_reviews_third_question_opens_a_loophole_once(cast):
    case = made_cases.rent_case()
    made_cases.rectifying(case, cast)
    assert actions.open_from_reviews() == 1
    assert actions.open_from_reviews() == 0
    loophole = Loophole.objects.get()
    assert (loophole.case_no, loophole.state) == (case.no, "detected")
    assert loophole.owner == cast.chen.body
    assert loophole.steps.get().text == "because 3"


def test_a_case_has_one_loophole(cast, loophole):
    from steelyard.web.cases.models import Case

    assert actions.open_loophole(Case.objects.get(), by=cast.chen) == loophole


def test_a_loophole_is_opened_from_a_case_one_sees_and_no_other(cast, as_user):
    case = made_cases.rent_case()
    with pytest.raises(NotAllowed):
        actions.open_loophole(case, by=cast.qian)
    page = as_user(cast.chen).post("/governance/open/", {"case_no": case.no})
    assert page.status_code == 302
    assert Loophole.objects.count() == 1


def test_the_page_shows_the_analysis_sheet_and_says_that_nothing_is_in_force(cast, as_user, loophole):
    page = as_user(cast.chen).get(f"/governance/{loophole.number}/").content.decode()
    assert "Analysis sheet" in page
    assert "No measure is in force yet" in page
    assert "Alerts of this model in the county" in page


def test_it_is_too_early_to_speak_of_an_effect(cast, as_user, loophole):
    in_force(cast, as_user, loophole, clock.today() - dt.timedelta(days=10))
    page = as_user(cast.chen).get(f"/governance/{loophole.number}/").content.decode()
    assert "Too early." in page
    assert "In force for 10 of at least 90 days" in page
    assert step(as_user(cast.chen), loophole, "measure").status_code == 422
    loophole.refresh_from_db()
    assert loophole.state == "in_force"


def test_few_alerts_are_no_figure_either(cast, as_user, loophole):
    in_force(cast, as_user, loophole, clock.today() - dt.timedelta(days=100))
    page = as_user(cast.chen).get(f"/governance/{loophole.number}/").content.decode()
    assert "a difference means nothing" in page
    assert step(as_user(cast.chen), loophole, "measure").status_code == 302


def test_nobody_adopts_his_own_proposal(cast, as_user, loophole):
    chen = as_user(cast.chen)
    step(chen, loophole, "analyse", cause="no_gate", text=WORDS)
    step(chen, loophole, "propose", proposal_kind="add_gate", text=WORDS)
    page = step(chen, loophole, "adopt", text="I agree with myself.")
    assert page.status_code == 422
    assert "Somebody else decides" in page.content.decode()


def test_a_step_without_its_words_is_refused(cast, as_user, loophole):
    assert step(as_user(cast.chen), loophole, "analyse", cause="no_gate", text="").status_code == 422
    assert step(as_user(cast.chen), loophole, "analyse", cause="weather", text=WORDS).status_code == 422


def test_the_trigger_follows_the_workflow_file(cast, loophole):
    with pytest.raises(Exception, match="knows no way"), transaction.atomic():
        Loophole.objects.update(state="closed")
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        LoopholeStep.objects.update(text="")


def test_who_sees_a_loophole(cast, as_user, loophole):
    url = f"/governance/{loophole.number}/"
    assert as_user(cast.chen).get(url).status_code == 200
    assert as_user(cast.du).get(url).status_code == 200
    assert as_user(cast.hong).get(url).status_code == 404
    assert as_user(cast.qian).get(url).status_code == 403
    assert as_user(cast.li).get(url).status_code == 403
    assert as_user(None).get(url).status_code == 302
    assert loophole.number in as_user(cast.chen).get("/governance/").content.decode()
    assert loophole.number not in as_user(cast.hong).get("/governance/").content.decode()


def test_row_security_holds_without_the_application(cast, loophole, monkeypatch):
    monkeypatch.setattr(TenantQuerySet, "visible_to", lambda self, user: self.all())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE app_web")
        cast.qian.scope.apply()
        assert (Loophole.objects.count(), LoopholeStep.objects.count()) == (0, 0)
        cast.chen.scope.apply()
        assert Loophole.objects.count() == 1
        NO_SCOPE.apply()
