"""How we prove who asks: keys, signatures, tokens; no message gives a secret away."""

import pytest

from steelyard.kit.signature import verify
from steelyard.sources import FetchFailed, SignatureRejected, SourceRefused, rest_calls
from steelyard.sources.tests.department_api import as_json, department, paged
from steelyard.sources.tests.rest_asking import NOT_NOW, ROWS, SECRET, fetched, interface_of, serving, with_auth

pytestmark = pytest.mark.usefixtures("own_api")


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
