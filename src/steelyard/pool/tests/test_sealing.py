"""Delivered files at rest: nobody reads them without the key, and no piece can be moved."""

import os

import psycopg
import pytest

from steelyard.engines.postgres import Role
from steelyard.pool import Pool, sealing
from steelyard.pool.tests.conftest import DAY, row

WORDS = b"a secret line\n"


def pieces(count):
    return (WORDS * 1000 for _ in range(count))


@pytest.fixture
def sealed(tmp_path):
    seal = sealing.fresh("d1")
    sealing.write(seal, 0, pieces(300), tmp_path / "a.sealed")
    return tmp_path / "a.sealed", seal


def test_what_was_sealed_comes_back_byte_by_byte(sealed):
    path, seal = sealed
    assert b"".join(sealing.Sealed(path, seal, 0).chunks()) == WORDS * 300_000
    assert WORDS.strip() not in path.read_bytes()


def test_an_empty_file_comes_back_empty(tmp_path):
    seal = sealing.fresh("d1")
    sealing.write(seal, 0, iter(()), tmp_path / "a.sealed")
    assert list(sealing.Sealed(tmp_path / "a.sealed", seal, 0).chunks()) == []


def test_only_the_chunks_that_are_asked_for_are_opened_and_lines_keep_their_numbers(sealed):
    path, seal = sealed
    found = b"".join(sealing.Sealed(path, seal, 0).around(200_000, 200_100, 1)).split(b"\n")
    assert found[0] == found[199_999] == WORDS.strip()
    assert found[120_000] == b""
    assert len(found) == 300_001


@pytest.mark.parametrize("at", [20, 2_000_000, -5, -30])
def test_an_altered_byte_is_noticed(sealed, at):
    path, seal = sealed
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.chmod(0o600)
    path.write_bytes(raw)
    with pytest.raises(sealing.Damaged):
        list(sealing.Sealed(path, seal, 0).chunks())


def test_a_file_of_another_delivery_or_place_is_not_opened(sealed):
    path, seal = sealed
    with pytest.raises(sealing.Damaged):
        sealing.Sealed(path, seal, 1)
    with pytest.raises(sealing.Damaged):
        sealing.Sealed(path, sealing.Seal("d2", seal.key), 0)


def test_a_file_cut_short_is_noticed(sealed):
    path, seal = sealed
    path.chmod(0o600)
    os.truncate(path, path.stat().st_size - sealing.CHUNK_BYTES)
    with pytest.raises(sealing.Damaged):
        sealing.Sealed(path, seal, 0)


def test_no_delivered_value_lies_open_on_the_disk(desk):
    desk.land(row("1", name="王小明"), row("2"))
    raw = desk.pool.home.raw
    found = [path for path in raw.rglob("*") if path.is_file()]
    assert [path.suffix for path in found] == [".sealed"]
    assert [path for path in found if "王小明".encode() in path.read_bytes()] == []


def test_a_row_leads_back_through_the_seal(desk):
    landing = desk.land(*(row(str(number)) for number in range(30_000)))
    line = desk.pool.lineage(landing.delivery, 20_000, reveal=True)
    assert line is not None
    assert line.fields["payment_id"] == "19998"


def test_without_the_key_file_nothing_is_read_and_nothing_is_taken(desk):
    landing = desk.land(row("1"))
    (desk.pool.home.secrets / sealing.KEY_FILE).unlink()
    with pytest.raises(sealing.KeyMissing, match=r"raw\.key is missing"):
        desk.pool.lineage(landing.delivery, 2)
    with pytest.raises(sealing.KeyMissing):
        desk.land(row("2"))
    assert not (desk.pool.home.secrets / sealing.KEY_FILE).exists()


def test_another_key_file_is_told_from_the_right_one(desk):
    landing = desk.land(row("1"))
    path = desk.pool.home.secrets / sealing.KEY_FILE
    path.unlink()
    sealing.master_key(desk.pool.home.secrets, make=True)
    with pytest.raises(sealing.KeyMissing, match="is not the key"):
        desk.pool.lineage(landing.delivery, 2)


def test_the_key_file_is_readable_by_its_owner_alone(desk):
    desk.land(row("1"))
    assert (desk.pool.home.secrets / sealing.KEY_FILE).stat().st_mode & 0o777 == 0o400


def test_the_role_of_the_pages_sees_no_key(desk, clean_engine):
    desk.land(row("1"))
    with clean_engine.transaction(Role.READER) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT wrapped FROM engine.raw_key")


def test_the_pages_still_trace_a_row(desk, clean_engine):
    landing = desk.land(row("1"))
    pool = desk.pool
    reader = Pool(pool.home, clean_engine, pool.contracts, pool.interfaces, role=Role.READER)
    assert reader.lineage(landing.delivery, 2) is not None


def test_a_file_that_changes_while_it_is_taken_is_left(desk, monkeypatch):
    from steelyard.pool import raw

    described = raw.describe

    def described_before_a_change(paths):
        found = described(paths)
        with paths[0].open("a") as out:
            out.write("more\n")
        return found

    monkeypatch.setattr(raw, "describe", described_before_a_change)
    with pytest.raises(raw.FileChanged, match="changed while"):
        desk.pool.land(desk.interface, [desk.file(row("1"))], assign=desk.keys, received_on=DAY)
    assert list(desk.pool.home.raw.iterdir()) == []
