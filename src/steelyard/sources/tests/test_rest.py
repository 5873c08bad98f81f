"""Rows of an API come whole, exact and once, or the run fails and says why; no message gives a secret away."""

import dataclasses
import json
import ssl

import pytest

from steelyard.kit.signature import verify
from steelyard.sources import (
    Auth,
    Feed,
    Fetch,
    FetchFailed,
    Interface,
    Limits,
    Location,
    Paging,
    References,
    SignatureRejected,
    Source,
    SourceDrifted,
    SourceRefused,
    fetch,
    probe,
    rest_calls,
)
from steelyard.sources.tests.department_api import (
    Department,
    as_json,
    certificates,
    cut_short,
    department,
    drip,
    hang_up,
    paged,
)

SECRET = "geheim-4711-zhimi"
ROWS = [{"id": number, "name": f"户{number}"} for number in range(1, 24)]
BY_PAGE = Paging("page", size=10, rows="data.items", total="data.total")


@pytest.fixture(autouse=True)
def settings(monkeypatch):
    monkeypatch.setenv("STEELYARD_X_KEY", SECRET)
    monkeypatch.delenv("STEELYARD_SOURCES", raising=False)


def interface_of(url, **more):
    location = Location(address=url, path="rows", parameters=more.pop("parameters", {}))
    limits = more.pop("limits", Limits(timeout=2, attempts=3, pause=0.01))
    return Interface(
        "x/rows", {}, (Feed("t", {"id": Source(("id",))}),), connector="rest", file_format="jsonl",
        location=location, limits=limits, **{"paging": BY_PAGE} | more,
    )  # fmt: skip


def fetched(folder, interface, cursor=None):
    got = fetch(interface, folder, References(), cursor)
    lines = got.paths[0].read_text(encoding="utf-8").splitlines()
    assert len(lines) == got.rows
    return got, lines


def ids(lines):
    return [json.loads(line)["id"] for line in lines]


def serving(rows=ROWS, size=0):
    return department(lambda call: paged(rows, call, size))


# -- pages -------------------------------------------------------------------------------------


def test_all_pages_come_in_order(tmp_path):
    with serving() as api:
        got, lines = fetched(tmp_path, interface_of(api.url))
    assert ids(lines) == list(range(1, 24))
    assert (got.calls, got.total) == (3, 23)


def test_rows_stand_in_the_text_they_came_in(tmp_path):
    said = (
        '{"rows": [\n {"id": 110101199001011234567, "amount": 12.10,\n  "rate": 1e-3, "name": "张\\u4e09"},\n'
        ' {"id":2}\n]}'
    )
    with department(lambda call: as_json(said)) as api:
        _, lines = fetched(tmp_path, interface_of(api.url, paging=Paging(rows="rows")))
    assert lines == ['{"id": 110101199001011234567, "amount": 12.10,   "rate": 1e-3, "name": "张\\u4e09"}', '{"id":2}']


def test_a_department_that_gives_smaller_pages_loses_no_rows(tmp_path):
    with serving(size=5) as api:
        _, lines = fetched(tmp_path, interface_of(api.url, paging=dataclasses.replace(BY_PAGE, total="")))
    assert ids(lines) == list(range(1, 24))


def test_offsets_count_the_rows_that_came(tmp_path):
    def answer(call):
        begin = int(call.query.get("from", 0))
        return as_json(ROWS[begin : begin + 7])

    with department(answer) as api:
        _, lines = fetched(tmp_path, interface_of(api.url, paging=Paging("offset", size=10, number="from")))
    assert ids(lines) == list(range(1, 24))


def cursors(call):
    begin = int(call.query.get("after", "c0")[1:])
    following = f"c{begin + 10}" if begin + 10 < len(ROWS) else None
    return as_json({"items": ROWS[begin : begin + 10], "next": following})


BY_CURSOR = Paging("cursor", size=10, number="after", rows="items", next="next")


def test_cursors_lead_to_the_end(tmp_path):
    with department(cursors) as api:
        _, lines = fetched(tmp_path, interface_of(api.url, paging=BY_CURSOR))
    assert ids(lines) == list(range(1, 24))


def test_cursors_that_walk_in_circles_end_the_run(tmp_path):
    with (
        department(lambda call: as_json({"items": ROWS[:10], "next": "c1"})) as api,
        pytest.raises(FetchFailed, match="circles"),
    ):
        fetched(tmp_path, interface_of(api.url, paging=BY_CURSOR))


def test_a_full_page_without_the_way_on_is_no_end(tmp_path):
    with (
        department(lambda call: as_json({"items": ROWS[:10], "following": "c1"})) as api,
        pytest.raises(SourceDrifted, match="no next"),
    ):
        fetched(tmp_path, interface_of(api.url, paging=BY_CURSOR))


def test_a_page_that_comes_again_and_again_ends_the_run(tmp_path):
    with (
        department(lambda call: as_json({"data": {"items": ROWS[:10], "total": 100}})) as api,
        pytest.raises(FetchFailed, match="does not move on"),
    ):
        fetched(tmp_path, interface_of(api.url))


def test_rows_that_are_missing_from_the_total_fail_the_run(tmp_path):
    with department(
        lambda call: as_json({"data": {"items": ROWS[:3] * (call.query["page"] == "1"), "total": 4}})
    ) as api:
        with pytest.raises(FetchFailed, match="got 3 rows of 4") as failed:
            fetched(tmp_path, interface_of(api.url))
        assert not failed.value.permanent
        assert len(api.calls) == 6, "the walk is tried again before it fails"


def test_rows_that_arrive_while_pages_are_read_lead_to_another_walk(tmp_path):
    rows = list(ROWS)

    def answer(call):
        if len(api.calls) == 2:
            rows.insert(0, {"id": 0})
        return paged(rows, call)

    with department(answer) as api:
        got, lines = fetched(tmp_path, interface_of(api.url))
    assert ids(lines) == list(range(24))
    assert got.signals == ()


@pytest.mark.parametrize("said", [{"data": {"rows": []}}, {"data": {"items": {}}}, []])
def test_a_list_that_is_not_where_it_should_be_is_drift(tmp_path, said):
    with department(lambda call: as_json(said)) as api, pytest.raises(SourceDrifted, match=r"at data\.items"):
        fetched(tmp_path, interface_of(api.url))


def test_a_total_that_is_none_is_drift(tmp_path):
    with (
        department(lambda call: as_json({"data": {"items": [], "total": None}})) as api,
        pytest.raises(SourceDrifted, match=r"data\.total"),
    ):
        fetched(tmp_path, interface_of(api.url))


# -- watermark ---------------------------------------------------------------------------------


def since(rows):
    return department(lambda call: as_json([row for row in rows if row["at"] >= call.query.get("since", "")]))


BY_TIME = {"fetch": Fetch("watermark", "at", parameter="since"), "paging": Paging()}


def test_the_next_run_asks_from_the_last_value_and_keeps_what_is_new(tmp_path):
    rows = [{"id": 1, "at": "2025-01-01T10:00:00"}, {"id": 2, "at": "2025-01-01T10:00:05"}]
    with since(rows) as api:
        first, lines = fetched(tmp_path, interface_of(api.url, **BY_TIME))
        assert ids(lines) == [1, 2]
        again, lines = fetched(tmp_path, interface_of(api.url, **BY_TIME), first.cursor)
        assert (lines, again.cursor) == ([], first.cursor)
        rows.append({"id": 3, "at": "2025-01-01T10:00:05"})  # written late, with the same time
        _, lines = fetched(tmp_path, interface_of(api.url, **BY_TIME), first.cursor)
        assert ids(lines) == [3]
    assert [call.query.get("since") for call in api.calls] == [None, "2025-01-01T10:00:05", "2025-01-01T10:00:05"]


def test_an_overlap_finds_rows_that_were_written_late(tmp_path):
    rows = [{"id": 1, "at": "2025-01-01T10:00:00Z"}, {"id": 2, "at": "2025-01-01T10:05:00Z"}]
    more = BY_TIME | {"fetch": Fetch("watermark", "at", overlap="PT10M", parameter="since")}
    with since(rows) as api:
        first, _ = fetched(tmp_path, interface_of(api.url, **more))
        rows.append({"id": 3, "at": "2025-01-01T09:58:00Z"})
        _, lines = fetched(tmp_path, interface_of(api.url, **more), first.cursor)
    assert ids(lines) == [3]
    assert api.calls[-1].query["since"] == "2025-01-01T09:55:00Z"


def test_numbers_are_compared_as_numbers(tmp_path):
    rows = [{"id": number, "at": number} for number in (9, 10, 2)]
    with department(lambda call: as_json([row for row in rows if row["at"] >= int(call.query.get("since", 0))])) as api:
        first, _ = fetched(tmp_path, interface_of(api.url, **BY_TIME))
    assert first.cursor["value"] == "10"


# -- faults ------------------------------------------------------------------------------------

NOT_NOW = [
    as_json({}, 500),
    as_json({}, 503),
    as_json({}, 429, Retry_After="0"),
    (200, {"Content-Type": "text/html"}, b"<html>busy</html>"),
    as_json('{"data": {"total": 23, "items": [{"id": 1}'),
    as_json('{"data": {"total": NaN, "items": []}}'),
    cut_short(b'{"data": {"total": 0, "items": []', 40),
    hang_up,
]


@pytest.mark.parametrize("fault", NOT_NOW, ids=range(len(NOT_NOW)))
def test_a_fault_that_passes_costs_one_more_call(tmp_path, fault):
    with serving() as api:
        api.faults = [fault]
        got, lines = fetched(tmp_path, interface_of(api.url))
    assert ids(lines) == list(range(1, 24))
    assert got.calls == 4


@pytest.mark.parametrize("fault", NOT_NOW, ids=range(len(NOT_NOW)))
def test_a_fault_that_stays_fails_the_run_and_may_be_tried_later(tmp_path, fault):
    with department(lambda call: fault) as api:
        with pytest.raises(FetchFailed) as failed:
            fetched(tmp_path, interface_of(api.url))
        assert len(api.calls) == 3
    assert not failed.value.permanent


def test_the_other_sides_wish_to_wait_is_kept(tmp_path, monkeypatch):
    waited = []
    monkeypatch.setattr(rest_calls.time, "sleep", waited.append)
    monkeypatch.setattr(
        rest_calls.Caller.__init__, "__kwdefaults__", {"sleep": waited.append, "clock": rest_calls.time.monotonic}
    )
    with serving() as api:
        api.faults = [as_json({}, 429, Retry_After="7")]
        fetched(tmp_path, interface_of(api.url))
    assert waited == [7]


def test_who_asks_for_an_hour_gets_the_next_run(tmp_path):
    with department(lambda call: as_json({}, 503, Retry_After="3600")) as api:
        with pytest.raises(FetchFailed, match="wait 3600 s"):
            fetched(tmp_path, interface_of(api.url))
        assert len(api.calls) == 1


def test_a_slow_drip_does_not_hold_the_run_for_ever(tmp_path):
    limits = Limits(timeout=1, attempts=1)
    with department(lambda call: drip(0.2, 600)) as api, pytest.raises(FetchFailed, match="not through in 4 s"):
        fetched(tmp_path, interface_of(api.url, limits=limits))


def test_a_silent_line_ends_with_the_time_out(tmp_path):
    limits = Limits(timeout=1, attempts=1)
    with department(lambda call: drip(9, 2)) as api, pytest.raises(FetchFailed, match=r"broke off|no answer"):
        fetched(tmp_path, interface_of(api.url, limits=limits))


def test_an_answer_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(rest_calls, "MAX_ANSWER_BYTES", 1 << 20)
    with department(lambda call: as_json(" " * (2 << 20))) as api, pytest.raises(SourceRefused, match="larger"):
        fetched(tmp_path, interface_of(api.url))


def test_an_answer_nested_too_deeply_is_no_crash(tmp_path):
    with department(lambda call: as_json("[" * 200_000)) as api, pytest.raises(FetchFailed, match="no whole JSON"):
        fetched(tmp_path, interface_of(api.url))


def test_the_pace_is_kept(tmp_path, monkeypatch):
    waited = []
    monkeypatch.setattr(rest_calls.Caller.__init__, "__kwdefaults__", {"sleep": waited.append, "clock": lambda: 100.0})
    with serving() as api:
        fetched(tmp_path, interface_of(api.url, limits=Limits(timeout=2, per_minute=30)))
    assert waited == [2.0, 4.0], "three calls at once would be spread over four seconds"


# -- hosts -------------------------------------------------------------------------------------


def test_a_redirect_to_another_host_is_not_followed(tmp_path):
    with serving() as other, department(lambda call: (302, {"Location": f"{other.url}/rows"}, b"")) as api:
        with pytest.raises(SourceRefused, match="do not follow"):
            fetched(tmp_path, interface_of(api.url))
        assert other.calls == []


def test_a_path_that_names_another_host_is_not_asked(tmp_path):
    with serving() as other, serving() as api:
        interface = interface_of(api.url)
        elsewhere = dataclasses.replace(interface.location, path=f"{other.url}/rows")
        with pytest.raises(SourceRefused, match="another host"):
            fetched(tmp_path, dataclasses.replace(interface, location=elsewhere))
        assert (other.calls, api.calls) == ([], [])


def test_a_redirect_within_the_host_is_followed(tmp_path):
    def answer(call):
        if not call.path.startswith("/v2"):
            return 302, {"Location": f"/v2{call.path}"}, b""
        return paged(ROWS, call)

    with department(answer) as api:
        _, lines = fetched(tmp_path, interface_of(api.url))
    assert ids(lines) == list(range(1, 24))


@pytest.mark.parametrize(
    ("allowed", "url", "why"),
    [
        ("", "http://169.254.169.254/", "not among the hosts"),
        ("", "https://data.example.org/", "not among the hosts"),
        ("*.gov.example", "https://gov.example.evil.org/", "not among the hosts"),
        ("*.gov.example", "http://127.0.0.1:1/", "not among the hosts"),
        ("data.gov.example", "http://data.gov.example/", "only read over https"),
        ("10.0.0.0/8", "https://192.168.1.1/", "not among the hosts"),
        ("", "ftp://127.0.0.1/", "begins with https"),
        ("", "file:///etc/passwd", "begins with https"),
        ("", f"http://user:{SECRET}@127.0.0.1/", "no password"),
    ],
)
def test_only_listed_hosts_are_asked(tmp_path, monkeypatch, allowed, url, why):
    monkeypatch.setenv("STEELYARD_SOURCES", allowed)
    with pytest.raises(SourceRefused, match=why) as refused:
        fetched(tmp_path, interface_of(url))
    assert SECRET not in str(refused.value)


# -- who asks ----------------------------------------------------------------------------------


def with_auth(**said):
    return {"auth": Auth(secret="${STEELYARD_X_KEY}", **said)}


@pytest.mark.parametrize(
    ("said", "header", "value"),
    [
        ({"kind": "basic", "user": "me"}, "Authorization", "Basic bWU6Z2VoZWltLTQ3MTEtemhpbWk="),
        ({"kind": "bearer"}, "Authorization", f"Bearer {SECRET}"),
        ({"kind": "api-key"}, "X-Api-Key", SECRET),
        ({"kind": "api-key", "header": "X-Token"}, "X-Token", SECRET),
    ],
)
def test_the_secret_stands_in_its_header_and_nowhere_else(tmp_path, said, header, value):
    with serving() as api:
        fetched(tmp_path, interface_of(api.url, **with_auth(**said)))
    assert {call.headers[header] for call in api.calls} == {value}
    assert not any(SECRET in call.path for call in api.calls)


def test_every_call_is_signed_as_it_travels(tmp_path):
    def answer(call):
        verify(SECRET, call.method, call.path, call.body, call.headers, int(rest_calls.time.time()))
        assert call.headers["X-Steelyard-Key"] == "x/rows"
        return paged(ROWS, call)

    with department(answer) as api:
        _, lines = fetched(tmp_path, interface_of(api.url, parameters={"区划": "三河县 1"}, **with_auth(kind="hmac")))
    assert len(lines) == 23


@pytest.mark.parametrize("status", [401, 403])
def test_a_signature_that_is_not_taken_is_told_apart(tmp_path, status):
    with department(lambda call: as_json({}, status)) as api:
        with pytest.raises(SignatureRejected, match="not let in"):
            fetched(tmp_path, interface_of(api.url, **with_auth(kind="hmac")))
        assert len(api.calls) == 1, "knocking again would lock us out"


class Tokens:
    """Gives out tokens that hold for some calls."""

    def __init__(self, holds=99, expires_in=3600):
        self.given, self.left, self.holds, self.expires_in = 0, 0, holds, expires_in

    def __call__(self, call):
        if call.path == "/token":
            assert SECRET.encode() in call.body
            self.given, self.left = self.given + 1, self.holds
            return as_json({"access_token": f"t{self.given}", "expires_in": self.expires_in})
        self.left -= 1
        if call.headers.get("Authorization") != f"Bearer t{self.given}" or self.left < 0:
            return as_json({}, 401)
        return paged(ROWS, call)


OAUTH = with_auth(kind="oauth2", key_id="us", token_path="token", scope="rows")


def test_a_token_is_asked_for_once(tmp_path):
    with department(Tokens()) as api:
        _, lines = fetched(tmp_path, interface_of(api.url, **OAUTH))
    assert (len(lines), api.answer.given) == (23, 1)


@pytest.mark.parametrize("tokens", [{"holds": 1}, {"expires_in": 0.001}], ids=["refused", "run out"])
def test_a_token_is_renewed(tmp_path, tokens):
    with department(Tokens(**tokens)) as api:
        _, lines = fetched(tmp_path, interface_of(api.url, **OAUTH))
    assert len(lines) == 23
    assert api.answer.given > 1


def test_a_token_that_is_never_good_ends_the_run(tmp_path):
    with department(Tokens(holds=0)) as api, pytest.raises(SourceRefused, match="not let in"):
        fetched(tmp_path, interface_of(api.url, **OAUTH))


def test_no_secret_stands_in_any_message(tmp_path, caplog):
    caplog.set_level("DEBUG")
    said = []
    for fault in [*NOT_NOW, as_json({}, 401), as_json({}, 404), as_json({"error": SECRET}, 400)]:
        more = with_auth(kind="bearer") | {"parameters": {"ticket": "${STEELYARD_X_KEY}"}}
        with department(lambda call, fault=fault: fault) as api, pytest.raises(FetchFailed) as failed:
            fetched(tmp_path, interface_of(api.url, **more))
        error = failed.value
        while error:
            said.append(str(error))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    assert SECRET not in "".join(said)
    own = [record.getMessage() for record in caplog.records if not record.name.startswith("urllib3")]
    assert SECRET not in "".join(own)


# -- TLS ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return certificates(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def sealed(keys, monkeypatch):
    """A department that lets nobody in without a certificate of our own authority."""
    monkeypatch.setenv("STEELYARD_X_CERTIFICATE", str(keys.client))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(keys.server)
    context.load_verify_locations(keys.authority)
    context.verify_mode = ssl.CERT_REQUIRED
    with department(lambda call: paged(ROWS, call), context) as api:
        yield api


def mutual(keys):
    return {"auth": Auth(certificate="${STEELYARD_X_CERTIFICATE}", authority=str(keys.authority))}


def test_both_sides_show_a_certificate(tmp_path, sealed, keys):
    _, lines = fetched(tmp_path, interface_of(sealed.url, **mutual(keys)))
    assert len(lines) == 23


def test_the_certificate_may_be_given_as_text_and_leaves_no_file(tmp_path, sealed, keys, monkeypatch):
    monkeypatch.setenv("STEELYARD_X_CERTIFICATE", keys.client.read_text())
    fetched(tmp_path, interface_of(sealed.url, **mutual(keys)))
    assert [path.name for path in tmp_path.iterdir()] == ["rows-0000.jsonl"]


def test_a_server_of_an_unknown_authority_is_refused(tmp_path, sealed, keys):
    with pytest.raises(SourceRefused, match="certificates"):
        fetched(tmp_path, interface_of(sealed.url))


def test_a_stranger_is_not_let_in(tmp_path, sealed, keys, monkeypatch):
    monkeypatch.setenv("STEELYARD_X_CERTIFICATE", str(keys.stranger))
    with pytest.raises(FetchFailed):
        fetched(tmp_path, interface_of(sealed.url, **mutual(keys)))
    assert sealed.calls == []


# -- looking -----------------------------------------------------------------------------------


def test_a_look_shows_a_few_rows_and_the_total():
    with serving() as api:
        seen = probe(interface_of(api.url), References(), limit=3)
        assert len(api.calls) == 1
    assert (seen.columns, seen.total) == (("id", "name"), 23)
    assert [row["id"] for row in seen.rows] == ["1", "2", "3"]
    assert isinstance(api, Department)
