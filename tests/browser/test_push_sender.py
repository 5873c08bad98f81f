"""The page about pushing, walked: its own sender against the site that runs."""

import os
import re
import subprocess
import sys
import time

import pytest

from tests.browser.conftest import ROOT

pytestmark = pytest.mark.browser  # it needs the site and changes the data, as the walks in the browser do
PAGE = ROOT / "docs" / "howto" / "connect-push.md"
KEY = "STEELYARD_PUSH_KEY_FINANCE"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found, language
    return found[1]


def landed(unplayed, receipt):
    """What the worker made of a push; it is asked for until it is there."""
    program = (
        "import json, sys\n"
        "from steelyard.cli.session import Session\n"
        "from steelyard.engines.postgres import Role\n"
        "with Session.open().database.connect(Role.WORKER) as connection:\n"
        "    print(json.dumps(connection.execute('SELECT r.received, r.admitted, r.unchanged, r.quarantined FROM '\n"
        "        'engine.inbox i JOIN engine.receipt r ON r.delivery = i.delivery WHERE i.seq = %s',\n"
        "        [sys.argv[1]]).fetchone()))\n"
    )
    for _ in range(60):
        said = subprocess.run(
            [sys.executable, "-c", program, receipt],
            env=unplayed.environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        if said != "null":
            return said
        time.sleep(1)
    raise AssertionError("the push was never landed")


def test_the_sender_of_the_page_is_acknowledged_once_and_landed(address, unplayed):
    (unplayed.home / "secrets").mkdir(exist_ok=True)
    (unplayed.home / "secrets" / KEY).write_text("secret of the walk")
    sent = subprocess.run(
        [sys.executable, "-c", block("python")], capture_output=True, text=True, check=True,
        env=os.environ | {"SITE": address, KEY: "secret of the walk"},
    ).stdout.splitlines()  # fmt: skip
    first, problems, again = sent[0].split(), sent[1:-1], sent[-1]
    assert (first[0], first[2], again) == ("202", "waiting", "200")
    assert "row 2 amount type" in problems
    assert landed(unplayed, first[1]).startswith("[2, ")


def test_the_description_of_the_page_is_that_of_the_catalogue():
    described = (ROOT / "catalogue" / "interfaces" / "finance" / "subsidies-daily.yaml").read_text(encoding="utf-8")
    assert [line for line in block("yaml").splitlines() if line not in described.splitlines()] == []
