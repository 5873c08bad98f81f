"""A whole installation with the demonstration's data, made once by the command itself."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from steelyard.pool import parts

ROOT = Path(__file__).resolve().parents[1]


class Installation:
    """A home, and the command run in it as a user would."""

    def __init__(self, home: Path, report: dict[str, Any]) -> None:
        self.home = home
        self.report = report
        self.environment = os.environ | {"STEELYARD_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
        for name in ("DJANGO_SETTINGS_MODULE", "STEELYARD_ROLE", "DATABASE_URL"):
            self.environment.pop(name, None)

    def run(self, *words: str, expect: int = 0, timeout: int = 600) -> str:
        """Run ``steelyard`` with these words; its standard output."""
        done = subprocess.run(
            [sys.executable, "-m", "steelyard.cli.main", *words],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip
        assert done.returncode == expect, done.stderr[-3000:]
        return done.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words))


def short_home() -> Path:
    """A folder with a short path that the database server's account can enter."""
    folder = Path(tempfile.mkdtemp(prefix="sy-"))
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """The demonstration; shared by the sessions of one ``make test`` through STEELYARD_TEST_HOME."""
    shared = os.environ.get("STEELYARD_TEST_HOME")
    home = Path(shared) if shared else Path(tempfile.mkdtemp(prefix="sy-demo-"))
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o755)
    made = Installation(home, {})
    made.report = made.json("demo", "--once", "--json")
    yield made
    if not shared:
        made.run("reset", "--yes")
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables of many files while a test runs: the soak sets these two, which are put back afterwards."""
    monkeypatch.setattr(parts, "ROW_GROUP_ROWS", parts.ROW_GROUP_ROWS)
    monkeypatch.setattr(parts, "MOST_ROW_GROUPS", parts.MOST_ROW_GROUPS)
    monkeypatch.setenv("STEELYARD_FAULT", "")
