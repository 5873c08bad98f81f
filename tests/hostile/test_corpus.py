"""Every hostile file ends in a refusal that names it, or in the exact lines set aside; memory stays bounded."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from steelyard.sources import jail
from tests.hostile.corpus import CORPUS

ROOT = Path(__file__).resolve().parents[2]
MOST_MB = 512


@pytest.fixture(scope="session")
def reading(tmp_path_factory):
    """The whole corpus read in one process of its own."""
    folder = tmp_path_factory.mktemp("hostile")
    answer = folder / "answer.json"
    command = [sys.executable, "-m", "tests.hostile.reading", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True)
    done = subprocess.run([*command, str(answer)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.exists(), f"the reader ended with {done.returncode}: {done.stderr[-2000:]}"
    return json.loads(answer.read_text(encoding="utf-8"))


def test_the_corpus_is_as_large_as_promised():
    assert len(CORPUS) >= 80


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_file_is_refused_by_name_or_its_lines_are_set_aside(reading, name):
    hostile, found = CORPUS[name], reading["found"][name]
    assert "traceback" not in found, found
    if hostile.refused:
        assert re.search(hostile.refused, found.get("refused", "")), found
        assert found["refused"].startswith(name)
        return
    assert "refused" not in found, found
    assert tuple(found["rows"]) == hostile.rows
    assert {row for row, _ in found["broken"]} == set(hostile.broken), found["broken"]
    assert [reason for row, reason in found["broken"] if not re.search(hostile.broken[row], reason)] == []
    assert tuple(found["signals"]) == hostile.signals
    assert found["left"] == []


def test_no_hostile_file_takes_much_memory(reading):
    assert reading["own_mb"] < MOST_MB
    assert reading["jail_mb"] < jail.MEMORY_MB + 128
