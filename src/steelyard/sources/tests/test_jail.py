"""What a process that reads one file has, and what becomes of it; its reader is taken out and a spy put in."""

import json
import os
import sys
import time
from pathlib import Path

import pytest

from steelyard.kit import wardens
from steelyard.sources import FileRefused, jail, warden
from steelyard.sources.options import Options
from steelyard.sources.textfile import TextFile

SPY = """
import json, os, resource, time
from pathlib import Path
from steelyard.sources import cell
from steelyard.sources.textfile import FileRefused

def look():
    limits = {name: resource.getrlimit(getattr(resource, name)) for name in dir(resource) if name.startswith("RLIMIT_")}
    opened = {}
    for one in os.listdir("/proc/self/fd"):
        try:
            opened[one] = os.readlink(f"/proc/self/fd/{one}")
        except FileNotFoundError:  # the listing itself
            pass
    threads = len(os.listdir("/proc/self/task"))
    raise FileRefused(json.dumps({"pid": os.getpid(), "warden": os.getppid(), "limits": limits, "open": opened,
                                  "environment": dict(os.environ), "threads": threads}))

def sleep(errand):
    (Path(errand["folder"]) / "pid").write_text(str(os.getpid()))
    time.sleep(600)

def spy(errand):
    kind = errand["kind"]
    return {"look": look, "abort": os.abort, "eat": lambda: bytearray(2 << 30), "sleep": lambda: sleep(errand)}[kind]()

cell._read = spy
"""


@pytest.fixture
def spied(monkeypatch, tmp_path):
    """Has a spy read; takes what is asked of it and further lines for its warden."""

    def read(kind: str, more: str = "") -> dict:
        monkeypatch.setattr(warden, "COMMAND", (sys.executable, "-c", f"{SPY}\n{more}\ncell.serve()"))
        made = TextFile("a.xlsx", tmp_path, 0)
        with pytest.raises(FileRefused) as refused:
            jail.read_jailed(kind, tmp_path / "a.xlsx", Options(), made, frozenset())
        said = str(refused.value)
        return json.loads(said) if said.startswith("{") else {"refused": said}

    warden.dismiss_all()
    yield read
    warden.dismiss_all()


def test_every_file_has_a_process_of_its_own(spied):
    first, second = spied("look"), spied("look")
    assert first["warden"] == second["warden"]
    assert len({first["pid"], second["pid"], first["warden"], os.getpid()}) == 4


def test_a_reader_has_little_memory_and_time(spied):
    limits = spied("look")["limits"]
    assert limits["RLIMIT_DATA"] == [jail.MEMORY_MB << 20] * 2
    assert limits["RLIMIT_CPU"] == [jail.CPU_SECONDS] * 2
    assert limits["RLIMIT_FSIZE"] == [jail.MAX_WRITTEN_BYTES] * 2
    assert limits["RLIMIT_CORE"] == [0, 0]


def test_a_reader_has_no_open_file_nor_secret(spied, monkeypatch, tmp_path):
    monkeypatch.setenv("STEELYARD_SECRET_WORD", "hidden")
    monkeypatch.setenv("A_DATABASE_URL", "hidden")
    with (tmp_path / "other").open("w"):
        seen = spied("look")
    assert seen["open"] == dict.fromkeys("012", "/dev/null")
    assert "hidden" not in seen["environment"].values()
    assert seen["threads"] == 1


def test_a_reader_that_crashes_is_told_of_and_its_warden_is_not_used_again(spied):
    before = spied("look")["warden"]
    assert spied("abort")["refused"] == f"a.xlsx: {jail.TOO_MUCH}"
    assert spied("look")["warden"] != before


def test_a_file_that_eats_memory_is_refused(spied):
    assert spied("eat")["refused"] == f"a.xlsx: {jail.TOO_MUCH}"


def test_a_file_that_never_ends_is_refused(spied, tmp_path):
    assert spied("sleep", "cell.WALL_SECONDS = 0.2")["refused"] == f"a.xlsx: {jail.TOO_LONG}"
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text()}").exists()


def test_a_warden_serves_only_so_many_files(spied, monkeypatch):
    monkeypatch.setattr(wardens, "ERRANDS", 2)
    assert len({spied("look")["warden"] for _ in range(4)}) == 2


def test_a_warden_that_waited_for_long_is_replaced(spied):
    first = spied("look", "cell.IDLE_SECONDS = 0.1")["warden"]
    while Path(f"/proc/{first}/stat").read_text().split()[2] != "Z":
        time.sleep(0.05)
    assert spied("look")["warden"] != first


def test_nobody_reads_on_for_one_who_is_gone(spied, tmp_path, monkeypatch):
    monkeypatch.setattr(warden, "COMMAND", (sys.executable, "-c", f"{SPY}\ncell.serve()"))
    left = warden.warden()
    errand = {"kind": "sleep", "folder": str(tmp_path), "file": "a.xlsx", "answer": str(tmp_path / "answer")}
    left._line.sendall(json.dumps(errand).encode() + b"\n")
    while not (tmp_path / "pid").exists() or not (pid := (tmp_path / "pid").read_text()):
        time.sleep(0.05)
    left._line.close()
    left._process.wait(30)
    assert not Path(f"/proc/{pid}").exists()
