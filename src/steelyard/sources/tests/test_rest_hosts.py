"""Only the host of the address is asked, and only one that is listed."""

import dataclasses

import pytest

from steelyard.sources import SourceRefused
from steelyard.sources.tests.department_api import department, paged
from steelyard.sources.tests.rest_asking import ROWS, SECRET, fetched, ids, interface_of, serving

pytestmark = pytest.mark.usefixtures("own_api")


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
