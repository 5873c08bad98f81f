import hashlib

import pytest
from django.test import Client
from django.urls import reverse

from steelyard.web.alerts.masking import masked_sections, masked_value
from steelyard.web.alerts.tests.made_findings import raised, rent, section
from steelyard.web.alerts.titles import fill
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import ApiToken

pytestmark = pytest.mark.django_db
ACCOUNT, PHONE, WORD, NUMBER = "622848 0011223344", "0571-88001122", "石桥镇东街七号三单元", "33010219800101007X"


@pytest.fixture
def alert(cast):
    rows = [[ACCOUNT, PHONE, WORD, f"paid for {NUMBER}", "R-2026-0000001"]]
    columns = ["payer_account", "contact_phone", "remark", "summary", "receipt_id"]
    kinds = dict.fromkeys(columns, "string")
    told = section("receipts", columns, rows, kinds) | {"sensitivity": {"remark": "L4"}}
    return raised(rent(evidence=[told], key={"payer_account": ACCOUNT}))


def assert_covered(text):
    assert [value for value in (ACCOUNT, PHONE, WORD, NUMBER) if value in text] == []
    assert "R-2026-0000001" in text


def test_the_page_of_an_alert_covers_accounts_phones_and_sensitive_words(alert, cast, as_user):
    assert_covered(as_user(cast.zhou).get(reverse("alert_detail", args=[alert.pk])).content.decode())


def test_other_systems_read_the_same_covered_evidence(alert, cast):
    ApiToken.objects.create(
        user=cast.zhou, label="test", digest=hashlib.sha256(b"a token").hexdigest(),
        until=clock.now().replace(year=2099),
    )  # fmt: skip
    answer = Client().get(f"/api/v1/alerts/{alert.pk}", headers={"Authorization": "Bearer a token"})
    assert answer.status_code == 200
    assert_covered(str(answer.json()))


def test_what_is_released_to_others_is_covered_before_it_is_kept(alert):
    assert_covered(str(masked_sections(alert.evidence)))


@pytest.mark.parametrize("column", ["account_code", "account_type", "discipline", "contract_id"])
def test_codes_stay_readable(column):
    assert masked_value(column, "10020017") == "10020017"


@pytest.mark.parametrize("form", ["", ":number", ":date", ":money", ":name", ":percent"])
def test_no_form_of_a_title_uncovers_a_phone(form):
    said = fill("{contact_phone" + form + "}", {"contact_phone": "13812345678"}, {}, {})
    assert "13812345678" not in said.replace(",", "")
