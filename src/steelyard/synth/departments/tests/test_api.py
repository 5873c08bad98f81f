"""Departments' APIs: pages, proofs of who asks, limits, and every way to go wrong."""

import http.client
import json
import ssl
import time
from urllib.parse import urlencode, urlsplit

import pytest

from steelyard.kit import signature
from steelyard.synth.departments import Kind, Wish
from steelyard.synth.departments.tests.conftest import ROWS

SCHOOLS, PERMITS, REFUNDS = "education/schools", "transport/permits", "tax/refunds"


def call(address, path, headers=None, query=None, *, body=None, tls=None):
    """Status, document and headers of one call."""
    base = urlsplit(address)
    kind = http.client.HTTPSConnection if tls else http.client.HTTPConnection
    line = kind(base.netloc, timeout=20, **({"context": tls} if tls else {}))
    full = base.path + path + (f"?{urlencode(query)}" if query else "")
    line.request("POST" if body is not None else "GET", full, body, headers or {})
    response = line.getresponse()
    content = response.read()
    line.close()
    return response.status, json.loads(content.decode("utf-8")), dict(response.headers)


def schools(province, **query):
    values = province.environment.values
    asked = {"year": "2025", **query}
    return call(values["EDUCATION_API"], "/schools", {"X-Key": values["EDUCATION_KEY"]}, asked)


def permits(province, query="from=0", key=None):
    values = province.environment.values
    path = f"{urlsplit(values['TRANSPORT_API']).path}/permits?{query}"
    headers = signature.sign(key or values["TRANSPORT_KEY"], "GET", path, b"", int(time.time()))
    return call(values["TRANSPORT_API"], f"/permits?{query}", headers)


@pytest.fixture
def rested(province):
    """The province with nobody's calls counted yet."""
    for door in province._api._doors.values():
        door._calls.clear()
    return province


def test_pages_hold_every_row_once_and_tell_the_total(province):
    pages = [schools(province, page=page)[1]["data"] for page in (1, 2, 3, 4)]
    assert [len(page["items"]) for page in pages] == [15, 15, 10, 0]
    assert len({row["BH"] for page in pages for row in page["items"]}) == ROWS
    assert {page["total"] for page in pages} == {ROWS}


def test_the_watermark_leaves_out_what_is_older(province):
    found = schools(province, since="2025-03-20T08:00:38")[1]["data"]["items"]
    assert [row["BH"] for row in found] == ["0038", "0039"]


def test_a_call_without_its_fixed_parameter_is_told_so(province):
    status, said, _ = schools(province, year="1999")
    assert (status, said["message"]) == (400, "parameter year must be 2025")


def test_nobody_gets_rows_without_the_key(province):
    address = province.environment.values["EDUCATION_API"]
    assert call(address, "/schools", {"X-Key": "guessed"}, {"year": "2025"})[0] == 401
    assert call(address, "/schools", {}, {"year": "2025"})[0] == 401


def test_a_signed_call_is_answered_and_one_with_another_key_is_not(rested):
    assert len(permits(rested, "from=30")[1]["rows"]) == 10
    assert permits(rested, key="another")[0] == 401


def test_the_fourth_call_of_a_minute_has_to_wait(rested):
    answers = [permits(rested) for _ in range(4)]
    assert [answer[0] for answer in answers] == [200, 200, 200, 429]
    assert 50 <= int(answers[3][2]["Retry-After"]) <= 60


def tls(province, *, certificate=True):
    values = province.environment.values
    context = ssl.create_default_context(cafile=values["TAX_CA"])
    if certificate:
        context.load_cert_chain(values["TAX_CERT"])
    return context


def token(province, secret=None):
    values = province.environment.values
    form = {"grant_type": "client_credentials", "client_id": "steelyard",
            "client_secret": secret or values["TAX_CLIENT_SECRET"]}  # fmt: skip
    return call(values["TAX_API"], "/oauth/token", body=urlencode(form), tls=tls(province))


def test_a_token_opens_the_cursor_pages_over_mutual_tls(province):
    bearer = {"Authorization": f"Bearer {token(province)[1]['access_token']}"}
    address, seen, cursor = province.environment.values["TAX_API"], [], ""
    while cursor is not None:
        query = {"cursor": cursor} if cursor else {}
        status, page, _ = call(address, "/v2/refunds", bearer, query, tls=tls(province))
        assert status == 200
        seen += [row["BH"] for row in page["rows"]]
        cursor = page["next"]
    assert seen == [f"{number:04}" for number in range(ROWS)]


def test_a_token_of_one_client_opens_all_its_interfaces(province):
    bearer = {"Authorization": f"Bearer {token(province)[1]['access_token']}"}
    status, rows, _ = call(province.environment.values["TAX_API"], "/v2/arrears", bearer, tls=tls(province))
    assert (status, len(rows)) == (200, ROWS)


def test_no_token_for_a_wrong_secret_no_rows_without_token_or_certificate(province):
    address = province.environment.values["TAX_API"]
    bearer = {"Authorization": f"Bearer {token(province)[1]['access_token']}"}
    assert token(province, "guessed")[0] == 401
    assert call(address, "/v2/refunds", {"Authorization": "Bearer x"}, tls=tls(province))[0] == 401
    assert call(address, "/v2/refunds", bearer, tls=tls(province, certificate=False))[0] == 403


def test_the_certificate_is_of_our_own_authority_alone(province):
    with pytest.raises(ssl.SSLCertVerificationError):
        call(province.environment.values["TAX_API"], "/v2/refunds", tls=ssl.create_default_context())


def test_a_late_api_answers_with_nothing(province):
    province.faults.switch(Wish(Kind.LATE, SCHOOLS))
    assert schools(province)[1]["data"] == {"items": [], "total": 0}


def test_duplicated_and_reversed_rows(province):
    for kind in (Kind.DUPLICATED, Kind.OUT_OF_ORDER):
        province.faults.switch(Wish(kind, SCHOOLS))
    data = schools(province)[1]["data"]
    assert data["total"] == 2 * ROWS
    assert data["items"][0]["BH"] == f"{ROWS - 1:04}"


def test_half_an_answer_breaks_off(province):
    province.faults.switch(Wish(Kind.HALF, SCHOOLS))
    with pytest.raises(http.client.IncompleteRead):
        schools(province)


def test_a_drift_renames_a_column(province):
    province.faults.switch(Wish(Kind.DRIFT, SCHOOLS))
    assert list(schools(province)[1]["data"]["items"][0]) == ["BH", "MC_新", "GXSJ", "新增字段"]


def test_a_wrong_encoding_is_no_utf_8(province):
    province.faults.switch(Wish(Kind.ENCODING, SCHOOLS))
    with pytest.raises(UnicodeDecodeError):
        schools(province)


def test_a_changed_key_refuses_everybody(province):
    province.faults.switch(Wish(Kind.SIGNATURE, SCHOOLS))
    assert schools(province)[0] == 401


def test_two_errors_are_two_errors_and_then_it_answers(province):
    province.faults.switch(Wish(Kind.ERRORS, SCHOOLS, times=2))
    assert [schools(province)[0] for _ in range(3)] == [500, 500, 200]
    assert province.faults.told() == {}


def test_errors_without_a_count_stay(province):
    province.faults.switch(Wish(Kind.ERRORS, SCHOOLS))
    assert {schools(province)[0] for _ in range(4)} == {500}


def test_a_storm_tells_when_to_come_back(province):
    province.faults.switch(Wish(Kind.STORM, SCHOOLS))
    status, _, headers = schools(province)
    assert (status, headers["Retry-After"]) == (429, "1")


def test_a_slow_api_gives_everything_in_the_end(province):
    province.faults.switch(Wish(Kind.DRIP, SCHOOLS))
    began = time.monotonic()
    assert len(schools(province)[1]["data"]["items"]) == 15
    assert time.monotonic() - began >= 1


def test_paths_nobody_offers_are_not_found(province):
    assert call(province.environment.values["EDUCATION_API"], "/nothing")[0] == 404
