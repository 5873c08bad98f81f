import hashlib
import json
import time

import pytest
from django.db import ProgrammingError, connection
from django.test import Client

from steelyard.kit.signature import KEY, sign
from steelyard.pool import inbox
from steelyard.web.intake import jobs
from steelyard.web.intake.pool_link import pool
from steelyard.web.intake.tests import small_delivery as small
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import ApiToken

pytestmark = pytest.mark.django_db
URL = f"/api/v1/push/{small.PUSH_INTERFACE}"
BY_TOKEN = f"/api/v1/push/{small.INTERFACE}"
ROW = {"收款编号": "R1", "合同编号": "L1", "村代码": "339921101201", "收款日期": "2026-01-05", "金额": "5.00"}
SECRET = "a key of the department"


@pytest.fixture
def push(intake, monkeypatch):
    monkeypatch.setenv(small.PUSH_KEY, SECRET)

    def send(rows, *, key="batch-1", secret=SECRET, url=URL, body=None, at=None, **headers):
        body = body or json.dumps({"rows": rows}, ensure_ascii=False).encode()
        signed = sign(secret, "POST", url, body, int(at or time.time()), small.PUSH_INTERFACE, once=key)
        return Client().post(url, body, content_type="application/json", headers=signed | headers)

    yield send
    # What a request wrote holds locks on the engine's tables; they must go before those are emptied.
    connection.close()


@pytest.fixture
def by_token(intake):
    def send(rows, user):
        token = f"token of {user.username}"
        ApiToken.objects.get_or_create(
            user=user, label="test", digest=hashlib.sha256(token.encode()).hexdigest(),
            defaults={"until": clock.now().replace(year=2099)},
        )  # fmt: skip
        return Client().post(
            BY_TOKEN, json.dumps({"rows": rows}), content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "batch-1"},
        )  # fmt: skip

    yield send
    # What a request wrote holds locks on the engine's tables; they must go before those are emptied.
    connection.close()


def kept():
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, interface, sender, body, row_count FROM engine.inbox ORDER BY seq")
        return cursor.fetchall()


def test_what_was_sent_is_kept_byte_for_byte_before_the_answer(push):
    answer = push([ROW])
    assert (answer.status_code, answer.json()["stage"]) == (202, "waiting")
    [(_, interface, sender, body, rows)] = kept()
    assert (interface, sender, rows) == (small.PUSH_INTERFACE, f"key:{small.PUSH_INTERFACE}", 1)
    assert json.loads(bytes(body)) == {"rows": [ROW]}


def test_the_same_key_gives_the_first_receipt_again(push):
    first = push([ROW]).json()["receipt"]
    again = push([ROW])
    assert (again.status_code, again.json()["receipt"], len(kept())) == (200, first, 1)


def test_the_same_key_with_other_rows_is_refused(push):
    push([ROW])
    assert push([ROW | {"金额": "6.00"}]).status_code == 409
    assert len(kept()) == 1


def test_bad_rows_are_answered_one_by_one(push):
    told = push([ROW, ROW | {"收款日期": "2026-02-30"}, ROW | {"收款编号": ""}]).json()["problems"]
    assert [(one["row"], one["column"], one["rule"]) for one in told] == [
        (2, "received_date", "type"), (3, "receipt_id", "required"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "another key"},
        {"at": 1_000_000_000},
        {"X-Steelyard-Signature": ""},
        {"Idempotency-Key": "batch-2"},
    ],
    ids=["key", "old", "unsigned", "caught and sent under another key"],
)
def test_what_the_key_did_not_sign_is_refused_and_noted(push, wrong):
    assert push([ROW], **wrong).status_code == 401
    assert kept() == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'interface' FROM procrastinate_jobs WHERE task_name LIKE '%note_wrong_signature'")
        assert cursor.fetchall() == [(small.PUSH_INTERFACE,)]


def test_pushes_are_taken_while_one_waits_to_be_landed(push):
    assert [push([ROW], key=f"batch-{n}").status_code for n in range(3)] == [202, 202, 202]
    assert len(kept()) == 3


def test_a_second_wrong_signature_is_refused_like_the_first(push):
    assert [push([ROW], secret="another key").status_code for _ in range(2)] == [401, 401]


def test_a_token_opens_no_interface_that_has_a_key(push, by_token, intake, monkeypatch):
    by_token([ROW], intake.steward)
    answer = Client().post(
        URL, json.dumps({"rows": [ROW]}), content_type="application/json",
        headers={"Authorization": f"Bearer token of {intake.steward.username}", "Idempotency-Key": "k"},
    )  # fmt: skip
    assert answer.status_code == 401


def test_a_steward_pushes_by_token_where_there_is_no_key(by_token, intake):
    assert by_token([ROW], intake.steward).status_code == 202


def test_nobody_else_pushes_by_token(by_token, intake):
    assert by_token([ROW], intake.zhou).status_code == 403
    assert kept() == []


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b'{"rows": []}', b'{"rows": [1]}', b'{"rows": [{"a": NaN}]}', b"[" * 100_000, b"\xff",
        b'{"rows": [{"a": "\\ud800"}]}',
    ],
)  # fmt: skip
def test_a_body_that_is_no_rows_is_refused_in_words(push, body):
    answer = push([], body=body or b" ")
    assert answer.status_code == 422
    assert any(word in answer.json()["detail"] for word in ("rows", "row 1", "JSON"))
    assert kept() == []


def test_too_many_rows_are_refused(push):
    assert push([{"a": 1}] * 10_001).status_code == 422
    assert kept() == []


def test_numbers_are_not_rounded_on_the_way(push):
    push([], body=b'{"rows": [{"\xe9\x87\x91\xe9\xa2\x9d": 12345678901234567.89}]}')
    assert b"12345678901234567.89" in bytes(kept()[0][3])


def test_an_unknown_interface_is_not_found(by_token, intake):
    token = f"token of {intake.steward.username}"
    by_token([ROW], intake.steward)
    answer = Client().post(
        "/api/v1/push/nobody/nothing", "{}", content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "k"},
    )  # fmt: skip
    assert answer.status_code == 404


def test_the_page_role_cannot_read_or_change_what_was_pushed(push):
    push([ROW])
    with connection.cursor() as cursor:
        for attempt in (
            "SELECT body FROM engine.inbox",
            "UPDATE engine.inbox SET sender = 'x'",
            "DELETE FROM engine.inbox",
            "INSERT INTO engine.inbox (interface, idempotency_key, body_hash, received_on, delivery) "
            "VALUES ('a', 'b', 'c', '2026-01-01', gen_random_uuid())",
        ):
            cursor.execute("SAVEPOINT attempt")
            cursor.execute("SET LOCAL ROLE app_web")
            with pytest.raises(ProgrammingError, match="permission denied"):
                cursor.execute(attempt)
            cursor.execute("ROLLBACK TO SAVEPOINT attempt")


def test_the_worker_lands_what_waits_and_the_receipt_says_so(intake):
    rows = [ROW, ROW | {"收款编号": "R2", "收款日期": "2026-02-30"}]
    body = json.dumps({"rows": rows}).encode()
    desk = pool()
    with desk.database.connect() as link:
        number, _ = inbox.accept(link, small.PUSH_INTERFACE, "batch-7", body, clock.today(), sender="key:x")
        link.commit()
    jobs.flush_inbox(interface=small.PUSH_INTERFACE)
    with desk.database.connect() as link:
        landed = link.execute("SELECT delivery, refusal FROM engine.inbox WHERE seq = %s", [number]).fetchone()
        counts = link.execute(
            "SELECT received, admitted, quarantined FROM engine.receipt WHERE delivery = %s", [landed[0]]
        ).fetchall()
    assert counts == [(2, 1, 1)]


def test_a_receipt_is_its_senders_alone(push, by_token, intake):
    receipt = push([ROW]).json()["receipt"]
    url = f"/api/v1/push-receipts/{receipt}/{small.PUSH_INTERFACE}"
    signed = sign(SECRET, "GET", url, b"", int(time.time()), small.PUSH_INTERFACE)
    assert Client().get(url, headers=signed).json()["rows"] == 1
    assert Client().get(url, headers=signed | {KEY: "x", "X-Steelyard-Signature": "0"}).status_code == 401


def test_a_wrong_signature_is_an_incident_until_a_signed_push_is_landed(intake):
    jobs.note_wrong_signature(interface=small.PUSH_INTERFACE, reason="the signature does not fit the message")
    assert [one.kind for one in pool().incidents(small.PUSH_INTERFACE)] == ["signature"]
    with pool().database.connect() as link:
        inbox.accept(link, small.PUSH_INTERFACE, "k", inbox.body_of([ROW]), clock.today(), sender="key:x")
        link.commit()
    jobs.flush_inbox(interface=small.PUSH_INTERFACE)
    assert pool().incidents(small.PUSH_INTERFACE) == []
