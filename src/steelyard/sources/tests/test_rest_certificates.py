"""Both sides of a line show who they are."""

import ssl

import pytest

from steelyard.sources import Auth, FetchFailed, SourceRefused
from steelyard.sources.tests.department_api import certificates, department, paged
from steelyard.sources.tests.rest_asking import ROWS, fetched, interface_of

pytestmark = pytest.mark.usefixtures("own_api")


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
