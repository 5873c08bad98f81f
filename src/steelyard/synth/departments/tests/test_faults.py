"""The switchboard of faults, the small door to it, and what the departments tell about themselves."""

import stat
from dataclasses import replace

import pytest

from steelyard.sources import References
from steelyard.synth.departments import (
    Control,
    ControlRefused,
    Kind,
    NoSuchFault,
    NotRunning,
    Wish,
    ask,
    parse,
    possible,
    read_file,
)
from steelyard.synth.departments.environment import unset
from steelyard.synth.departments.faults import Faults


def test_a_fault_is_written_with_its_interface_and_perhaps_a_count():
    assert parse("late:education/schools") == Wish(Kind.LATE, "education/schools")
    assert parse("errors-500=2:education/schools") == Wish(Kind.ERRORS, "education/schools", 2)


@pytest.mark.parametrize("text", ["late", "lost:education/schools", "late=x:education/schools", ""])
def test_what_is_no_fault_is_refused_with_the_kinds_there_are(text):
    with pytest.raises(NoSuchFault, match="slow-drip"):
        parse(text)


def test_a_file_of_faults_names_the_line_that_is_wrong(tmp_path):
    file = tmp_path / "faults.yaml"
    file.write_text("water/meters: [late, duplicated]\nwater/wells: half-a-file\n")
    assert read_file(file)[2] == Wish(Kind.HALF, "water/wells")
    file.write_text("water/meters: late\nwater/wells: lost\n")
    with pytest.raises(NoSuchFault, match=r"faults\.yaml:2"):
        read_file(file)


def test_an_interface_fails_only_as_its_kind_can(province, interfaces):
    with pytest.raises(NoSuchFault, match="cannot fail by 429-storm"):
        province.faults.switch(Wish(Kind.STORM, "water/meters"))
    with pytest.raises(NoSuchFault, match="no department offers"):
        province.faults.switch(Wish(Kind.LATE, "water/unknown"))
    with pytest.raises(NoSuchFault, match="cannot fail by out-of-order"):
        Faults({"water/meters": replace(interfaces["water/meters"], sequence="")}).switch(
            Wish(Kind.OUT_OF_ORDER, "water/meters")
        )
    assert {kind for one in interfaces.values() for kind in possible(one)} == set(Kind)


def test_every_reference_of_the_interfaces_has_a_value_in_a_closed_file(province, interfaces, tmp_path, monkeypatch):
    assert unset(interfaces, province.environment) == []
    file = tmp_path / "env"
    province.environment.write(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert f"EDUCATION_API='{province.environment.values['EDUCATION_API']}'\n" in file.read_text()
    province.environment.write_secrets(tmp_path / "secrets")
    references = References(tmp_path / "secrets")
    assert references.resolve("${HEALTH_DB}") == province.environment.values["HEALTH_DB"]


def test_what_is_told_holds_no_secret(province):
    told = str(province.told())
    assert not [value for name, value in province.environment.values.items() if "KEY" in name and value in told]
    assert province.told()["interfaces"] == {"file": 2, "push": 1, "rest": 4, "sftp": 1, "sql": 2}


def test_the_door_takes_orders_with_its_token_alone(tmp_path):
    heard = []

    def order(name, said):
        heard.append((name, said))
        if name == "wrong":
            raise NoSuchFault("not like this")
        return {"done": name}

    control = Control(tmp_path, order)
    control.start()
    try:
        assert ask(tmp_path, "fault", {"kind": "late"}) == {"done": "fault"}
        with pytest.raises(ControlRefused, match="not like this"):
            ask(tmp_path, "wrong", {})
        file = tmp_path / "control.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        file.write_text(file.read_text().replace('"token": "', '"token": "x'))
        with pytest.raises(ControlRefused, match="token"):
            ask(tmp_path, "fault", {})
        assert [name for name, _ in heard] == ["fault", "wrong"]
    finally:
        control.stop()


def test_orders_to_departments_that_do_not_run_say_what_to_start(tmp_path):
    with pytest.raises(NotRunning, match="steelyard synth serve"):
        ask(tmp_path, "fault", {})
