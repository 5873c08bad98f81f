"""Departments that hand over files: dropped into an inbox, or waiting on a file server."""

import base64
import time

import paramiko
import pytest

from steelyard.synth.departments import Kind, Wish
from steelyard.synth.departments.tests.conftest import ROWS

METERS, WELLS, RELICS = "water/meters", "water/wells", "culture/relics"


@pytest.fixture
def inbox(short_folder):
    return short_folder / "inbox" / "water"


def names(folder, pattern):
    return sorted(file.name for file in folder.glob(pattern) if not file.name.startswith("."))


@pytest.fixture
def connect(province):
    """Signs in to the file server; every line is closed in the end."""
    lines = []

    def sign_in(password=None):
        host, port = province.environment.values["CULTURE_SFTP"].split("@")[1].split(":")
        line = paramiko.Transport((host, int(port)))
        lines.append(line)
        line.connect(username="culture", password=password or province.environment.values["CULTURE_PASSWORD"])
        return paramiko.SFTPClient.from_transport(line)

    yield sign_in
    for line in lines:
        line.close()


def test_files_are_dropped_as_the_county_has_them(province, county, inbox):
    for name in ("meters_20250401.csv", "wells_20250401.jsonl"):
        assert (inbox / name).read_bytes() == (county / "inbox" / "water" / name).read_bytes()


def test_a_late_file_is_not_there_and_comes_later(province, inbox):
    province.faults.switch(Wish(Kind.LATE, METERS))
    assert names(inbox, "meters_*") == []
    province.faults.switch(Wish(Kind.LATE, METERS), on=False)
    assert names(inbox, "meters_*") == ["meters_20250401.csv"]


def test_a_file_that_comes_twice_has_a_second_name_the_interface_takes(province, interfaces, short_folder, inbox):
    province.faults.switch(Wish(Kind.DUPLICATED, METERS))
    found = interfaces[METERS].files(short_folder / "inbox")
    assert [file.name for file in found] == ["meters_20250401-2.csv", "meters_20250401.csv"]
    assert found[0].read_bytes() == found[1].read_bytes()


def test_half_a_file_ends_in_the_middle(province, county, inbox):
    province.faults.switch(Wish(Kind.HALF, METERS))
    whole = (county / "inbox/water/meters_20250401.csv").read_bytes()
    assert (inbox / "meters_20250401.csv").read_bytes() == whole[: len(whole) // 2]


def test_a_drift_renames_the_heading_and_fills_a_new_column(province, inbox):
    province.faults.switch(Wish(Kind.DRIFT, METERS))
    lines = (inbox / "meters_20250401.csv").read_bytes().decode("gb18030").splitlines()
    assert lines[0] == "BH,MC,GXSJ_新,新增字段"
    assert lines[1].endswith(",升级后新增")
    assert len(lines) == ROWS + 1


def test_a_wrong_encoding_is_not_what_was_agreed(province, inbox):
    province.faults.switch(Wish(Kind.ENCODING, METERS))
    province.faults.switch(Wish(Kind.ENCODING, WELLS))
    assert "清源第3户" in (inbox / "meters_20250401.csv").read_bytes().decode("utf-8")
    assert "清源第3户" in (inbox / "wells_20250401.jsonl").read_bytes().decode("gb18030")


def test_out_of_order_the_last_line_comes_first(province, inbox):
    province.faults.switch(Wish(Kind.OUT_OF_ORDER, METERS))
    lines = (inbox / "meters_20250401.csv").read_bytes().decode("gb18030").splitlines()
    assert lines[0].startswith("BH,")
    assert lines[1].startswith(f"{ROWS - 1:04},")


def test_a_dripping_file_grows_until_it_is_whole(province, county, inbox):
    whole = (county / "inbox/water/meters_20250401.csv").read_bytes()
    file = inbox / "meters_20250401.csv"
    province.faults.switch(Wish(Kind.DRIP, METERS))
    end = time.monotonic() + 30
    sizes = set()
    while time.monotonic() < end and (not file.exists() or file.read_bytes() != whole):
        sizes.add(file.stat().st_size if file.exists() else 0)
        time.sleep(0.02)
    assert file.read_bytes() == whole
    assert len(sizes) > 2


def test_the_file_server_offers_the_files_of_its_department(connect, county):
    client = connect()
    assert client.listdir("/out/relics") == ["relics_20250401.csv"]
    with client.open("/out/relics/relics_20250401.csv") as file:
        assert file.read() == (county / "sftp/culture/relics_20250401.csv").read_bytes()


def test_its_host_key_is_the_one_of_the_environment(province, connect):
    shown = connect().get_channel().get_transport().get_remote_server_key()
    kind, key = province.environment.values["CULTURE_HOST_KEY"].split()
    assert (kind, base64.b64decode(key)) == (shown.get_name(), shown.asbytes())


def test_nobody_signs_in_with_a_guessed_password(connect):
    with pytest.raises(paramiko.AuthenticationException):
        connect("guessed")


def test_nothing_can_be_written_or_removed(connect):
    client = connect()
    with pytest.raises(OSError, match=r"denied|unsupported"):
        client.open("/out/relics/relics_20250401.csv", "w").close()
    with pytest.raises(OSError, match=r"unsupported"):
        client.remove("/out/relics/relics_20250401.csv")


@pytest.mark.parametrize(
    ("kind", "listed"),
    [(Kind.LATE, []), (Kind.DUPLICATED, ["relics_20250401-2.csv", "relics_20250401.csv"])],
)
def test_late_and_double_files_on_the_server(province, connect, kind, listed):
    province.faults.switch(Wish(kind, RELICS))
    assert sorted(connect().listdir("/out/relics")) == listed


@pytest.mark.parametrize("kind", [Kind.SIGNATURE, Kind.ERRORS])
def test_a_file_server_that_refuses_or_fails(province, connect, kind):
    province.faults.switch(Wish(kind, RELICS))
    with pytest.raises(OSError, match=r"denied|Failure"):
        connect().open("/out/relics/relics_20250401.csv").read()


@pytest.mark.parametrize("kind", [Kind.HALF, Kind.DRIP])
def test_half_a_file_and_a_slow_one(province, connect, county, kind):
    province.faults.switch(Wish(kind, RELICS))
    whole = (county / "sftp/culture/relics_20250401.csv").read_bytes()
    with connect().open("/out/relics/relics_20250401.csv") as file:
        found = file.read()
    assert found == (whole[: len(whole) // 2] if kind is Kind.HALF else whole)
