import hashlib
import json

import pytest
from django.test import Client

from steelyard.web.intake import jobs
from steelyard.web.intake.models import Push, Stage
from steelyard.web.intake.tests import small_delivery as small
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import ApiToken

pytestmark = pytest.mark.django_db
URL = f"/api/v1/push/{small.INTERFACE}"
ROW = {"收款编号": "R1", "合同编号": "L1", "村代码": "339921101201", "收款日期": "2026-01-05", "金额": "5.00"}


@pytest.fixture
def push(intake):
    def send(rows, *, key="batch-1", by=None, url=URL):
        user = by or intake.steward
        token = f"token of {user.username}"
        ApiToken.objects.get_or_create(
            user=user, label="test", digest=hashlib.sha256(token.encode()).hexdigest(),
            defaults={"until": clock.now().replace(year=2099)},
        )  # fmt: skip
        return Client().post(
            url, json.dumps({"rows": rows}), content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
        )  # fmt: skip

    return send


def test_rows_are_kept_before_the_answer(push):
    answer = push([ROW])
    assert answer.status_code == 202
    assert Push.objects.get().rows == [ROW]
    assert answer.json()["stage"] == "waiting"


def test_the_same_key_gives_the_first_receipt_again(push):
    first = push([ROW]).json()["receipt"]
    again = push([ROW])
    assert (again.status_code, again.json()["receipt"]) == (200, first)


def test_the_same_key_with_other_rows_is_refused(push):
    push([ROW])
    assert push([ROW | {"金额": "6.00"}]).status_code == 409
    assert Push.objects.count() == 1


def test_pushed_rows_are_landed_to_the_row(push):
    receipt = push([ROW, ROW | {"收款编号": "R2", "收款日期": "2026-02-30"}]).json()["receipt"]
    jobs.land_push(push_id=receipt)
    landed = Push.objects.get()
    assert landed.stage == Stage.LANDED
    assert [landed.receipts[0][name] for name in ("received", "admitted", "quarantined")] == [2, 1, 1]


def test_only_a_steward_pushes(push, intake):
    assert push([ROW], by=intake.zhou).status_code == 403
    assert not Push.objects.exists()


def test_an_unknown_interface_is_not_found(push):
    assert push([ROW], url="/api/v1/push/nobody/nothing").status_code == 404


def test_a_push_needs_a_key_and_a_token(intake):
    assert Client().post(URL, "{}", content_type="application/json").status_code == 401


def test_too_many_rows_are_refused(push):
    assert push([{"a": 1}] * 10_001).status_code == 422
