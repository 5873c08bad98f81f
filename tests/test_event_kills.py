"""The soak of the event path in short: whoever dies, no finding is lost, doubled or acted on twice."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from bench.event_kills import soak

from steelyard.engines.postgres import Server
from steelyard.kit.home import Home

# Starting the killed processes again takes minutes beside other work.
pytestmark = pytest.mark.load


def test_a_killed_event_path_loses_and_doubles_nothing(installation, monkeypatch):
    # Not the folder of tests: the database's own account must be able to enter it.
    place = Path(tempfile.mkdtemp(prefix="sy-kills-"))
    place.chmod(0o755)
    home = place / "home"
    monkeypatch.setenv("STEELYARD_HOME", str(home))
    Server(Home(installation.home)).stop()
    subprocess.run(["cp", "-a", str(installation.home), str(home)], check=True)
    try:
        report = soak(6, 20261122, home)
    finally:
        Server(Home(home)).stop()
        shutil.rmtree(place, ignore_errors=True)
    assert report.kills == 6
    assert report.acknowledged > 0
    assert report.wrong == 0
