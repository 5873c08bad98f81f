import os
import subprocess
import sys

import pytest

from steelyard.engines.duck import DuckError, connect
from steelyard.engines.spilling import most_spilled_mb, spill_folder

LARGE = "SELECT count(*) FROM (SELECT range AS n, repeat('x', 200) || range AS t FROM range(3000000) ORDER BY t DESC)"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("STEELYARD_SPILL", str(tmp_path / "spill"))
    return spill_folder()


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_holds_is_not(folder):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left, held = (folder / f"duckdb_temp_{one}_1_storage_S32K-0.tmp" for one in (gone.pid, os.getpid()))
    for file in (left, held):
        file.write_bytes(b"x")
    spill_folder()
    assert (left.exists(), held.exists()) == (False, True)


def test_an_engine_may_take_half_of_what_is_free(folder):
    free = os.statvfs(folder)
    assert most_spilled_mb(folder) <= (free.f_bavail * free.f_frsize >> 20) // 2 + 64


def test_an_engine_that_would_fill_the_disk_fails_instead(folder, monkeypatch):
    monkeypatch.setattr("steelyard.engines.duck.most_spilled_mb", lambda _folder: 1)
    with connect(memory_mb=96, threads=1, spill=folder) as duck, pytest.raises(DuckError, match="max_temp_directory"):
        duck.execute(LARGE).fetchall()


def test_a_folder_that_is_not_there_yet_is_made(tmp_path):
    with connect(memory_mb=96, spill=tmp_path / "new" / "spill") as duck:
        assert duck.execute("SELECT 1").fetchall() == [(1,)]
