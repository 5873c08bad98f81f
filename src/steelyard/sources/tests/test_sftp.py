"""Files come whole, once, and from the server whose key we know."""

import io
import os

import paramiko
import pytest

from steelyard.sources import (
    Auth,
    Feed,
    FetchFailed,
    Interface,
    Limits,
    Location,
    References,
    Source,
    SourceDrifted,
    SourceRefused,
)
from steelyard.sources.sftp import fetch_sftp
from steelyard.sources.tests.department_sftp import PASSWORD, file_server


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.delenv("STEELYARD_SOURCES", raising=False)
    monkeypatch.setenv("STEELYARD_X_PASSWORD", PASSWORD)
    (tmp_path / "there" / "out").mkdir(parents=True)
    with file_server(tmp_path / "there") as running:
        yield running


def put(server, name, text="rows\n", at=1_700_000_000):
    path = server.folder / "out" / name
    path.write_text(text)
    os.utime(path, (at, at))
    return path


def interface_of(server, **more):
    auth = Auth("basic", **{"secret": "${STEELYARD_X_PASSWORD}", "host_key": server.host_key} | more.pop("auth", {}))
    location = Location(folder="out", pattern="*.csv", **{"address": server.url} | more.pop("location", {}))
    return Interface(
        "x/files", {}, (Feed("t", {"id": Source(("id",))}),), connector="sftp", location=location, auth=auth,
        limits=Limits(timeout=3, attempts=3, pause=0.01),
    )  # fmt: skip


def fetched(server, folder, cursor=None, **more):
    waits = more.pop("waits", lambda seconds: None)
    seen = more.pop("seen", lambda digest: False)
    got = fetch_sftp(interface_of(server, **more), folder, References(), cursor, seen, sleep=waits)
    return got, [path.name for path in got.paths]


def test_new_and_changed_files_come_once_in_the_order_of_their_names(server, folder):
    put(server, "b.csv")
    put(server, "a.csv")
    put(server, "notes.txt")
    first, names = fetched(server, folder)
    assert names == ["a.csv", "b.csv"]
    assert fetched(server, folder, first.cursor)[1] == []
    put(server, "a.csv", "more rows\n")
    put(server, "c.csv")
    _, names = fetched(server, folder, first.cursor)
    assert names == ["a.csv", "c.csv"]


def test_the_content_is_the_departments_to_the_byte(server, folder):
    path = server.folder / "out" / "a.csv"
    path.write_bytes(bytes(range(256)) * 5_000)
    got, _ = fetched(server, folder)
    assert got.paths[0].read_bytes() == path.read_bytes()


def test_content_that_came_under_another_name_is_left(server, folder):
    put(server, "copy.csv")
    assert fetched(server, folder, seen=lambda digest: True)[1] == []


def test_a_file_that_still_grows_waits_for_the_next_run(server, folder):
    put(server, "a.csv")
    put(server, "b.csv")
    got, names = fetched(server, folder, waits=lambda seconds: put(server, "b.csv", "rows\nmore\n"))
    assert names == ["a.csv"]
    assert "b.csv" in got.signals[0]
    assert "b.csv" not in got.cursor["files"]


def test_where_markers_are_agreed_a_file_waits_for_its_own(server, folder):
    put(server, "a.csv")
    put(server, "b.csv")
    put(server, "b.csv.ok", "")
    assert fetched(server, folder, location={"marker": ".ok"})[1] == ["b.csv"]


@pytest.mark.parametrize("name", [".a.csv", "a.csv.part", "~a.csv", "..SLASH..SLASHetc.csv", "a\\b.csv"])
def test_unfinished_and_wandering_names_are_left(server, folder, name):
    put(server, name)
    assert fetched(server, folder)[1] == []


def test_a_link_is_left(server, folder, tmp_path):
    (tmp_path / "secret.csv").write_text("x")
    (server.folder / "out" / "a.csv").symlink_to(tmp_path / "secret.csv")
    assert fetched(server, folder)[1] == []


def test_a_line_that_breaks_is_taken_up_where_it_broke(server, folder):
    path = put(server, "a.csv", "0123456789" * 200_000)
    server.break_after = [600_000]
    got, _ = fetched(server, folder)
    assert got.paths[0].read_bytes() == path.read_bytes()
    assert server.offsets[0] == 0
    assert server.offsets[1] > 0, "what had come is not fetched again"


def test_a_file_that_changes_while_it_is_copied_does_not_come_half(server, folder):
    put(server, "a.csv", "old\n")

    class Changing(list):
        def append(self, name):
            put(server, "a.csv", "quite new\n", at=1_700_000_999)
            super().append(name)

    server.opened = Changing()
    with pytest.raises(FetchFailed, match="changed while"):
        fetched(server, folder)
    assert list(folder.iterdir()) == []


def test_another_host_key_ends_the_call_before_anything_is_sent(server, folder):
    stranger = paramiko.ECDSAKey.generate()
    with pytest.raises(SourceRefused, match="another key"):
        fetched(server, folder, auth={"host_key": f"{stranger.get_name()} {stranger.get_base64()}"})
    with pytest.raises(SourceRefused, match="no ssh-ed25519 key"):
        fetched(server, folder, auth={"host_key": "ssh-ed25519 AAAA"})


@pytest.mark.parametrize("key", ["", "ssh-ed25519", "no-such-kind AAAA"])
def test_a_server_without_a_known_key_is_not_met(server, folder, key):
    with pytest.raises(SourceRefused, match="host_key"):
        fetched(server, folder, auth={"host_key": key})


def test_a_wrong_password_is_refused_and_not_told(server, folder, monkeypatch):
    monkeypatch.setenv("STEELYARD_X_PASSWORD", "wrong-and-secret")
    with pytest.raises(SourceRefused, match="does not let reader in") as refused:
        fetched(server, folder)
    assert "wrong-and-secret" not in repr(refused.value)


def test_a_key_opens_where_it_is_agreed(server, folder, monkeypatch):
    own = paramiko.ECDSAKey.generate()
    text = io.StringIO()
    own.write_private_key(text)
    monkeypatch.setenv("STEELYARD_X_PASSWORD", text.getvalue())
    put(server, "a.csv")
    with pytest.raises(SourceRefused, match="does not let"):
        fetched(server, folder)
    server.client_key = own.get_base64()
    assert fetched(server, folder)[1] == ["a.csv"]


def test_a_folder_that_is_gone_is_drift(server, folder):
    (server.folder / "out").rmdir()
    with pytest.raises(SourceDrifted, match="no folder out"):
        fetched(server, folder)


def test_a_server_that_does_not_answer_may_be_asked_later(server, folder):
    with pytest.raises(FetchFailed) as failed:
        fetched(server, folder, location={"address": "sftp://reader@127.0.0.1:1"})
    assert not failed.value.permanent


@pytest.mark.parametrize("address", ["ftp://127.0.0.1", "sftp://u:p@127.0.0.1", "sftp://10.1.2.3", "nowhere"])
def test_only_listed_servers_are_met(server, folder, address):
    with pytest.raises(SourceRefused):
        fetched(server, folder, location={"address": address})
