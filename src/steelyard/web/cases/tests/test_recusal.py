"""Who got his account after the alert was raised is kept away like everybody else."""

import pytest
from django.urls import reverse

from steelyard.web.alerts.models import Alert
from steelyard.web.alerts.tests.made_findings import raised, rent
from steelyard.web.cases import actions
from steelyard.web.cases.models import Case, QuestionSheet
from steelyard.web.cases.opening import may_open
from steelyard.web.cases.tests import made_cases as made
from steelyard.web.orgs.actions import create_account, renew_kin
from steelyard.web.orgs.actions.cast import give_demonstration_factor
from steelyard.web.orgs.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast):
    renew_kin({})
    raised(rent(subjects={"party_id": "P-TENANT"}))
    actions.release_workflow()
    actions.open_cases()
    return Case.objects.get()


def late(cast, key="P-TENANT"):
    account = create_account(
        by=None, username="late", name="迟到", body=cast.zhou.body, roles=["handler"], subject_key=key
    )  # fmt: skip
    give_demonstration_factor(account.user)
    return User.objects.get(pk=account.user.pk)


def test_an_account_made_later_is_kept_from_its_holders_own_case(case, cast, as_user):
    made.asked(case, cast)
    user = late(cast)
    renew_kin({})
    for model in (Alert, Case, QuestionSheet):
        assert model.objects.get().recused == [user.pk], model
    assert as_user(user).get(reverse("case_detail", args=[case.no])).status_code == 404
    assert not Alert.objects.visible_to(user).exists()


def test_kin_found_later_is_kept_away_too(case, cast):
    user = late(cast, "P-late")
    renew_kin({})
    assert Case.objects.visible_to(user).exists()
    renew_kin({"P-late": ["P-TENANT"]})
    assert not Case.objects.visible_to(user).exists()


def test_who_holds_the_case_and_is_found_to_be_kin_leaves_a_gap(case, cast):
    actions.act(case, "sign", by=cast.zhou)
    renew_kin({"P-zhou": ["P-TENANT"]})
    assert Case.objects.get().staffing_gap


def test_a_name_is_opened_for_an_open_case_of_ones_own_about_that_person(case, cast):
    assert may_open(cast.zhou, "P-TENANT", case.no)
    assert not may_open(cast.zhou, "P-li", case.no)
    assert not may_open(cast.zhou, "P-TENANT", "NONSENSE-1")
    assert not may_open(cast.qian, "P-TENANT", case.no)
    made.closed(case, cast)
    assert not may_open(cast.zhou, "P-TENANT", case.no)
