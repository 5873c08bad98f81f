"""What is held, on the command line: listed, let go, discarded, by analysts and nobody else."""

import json
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from steelyard.cli.main import main
from steelyard.cli.session import Session
from steelyard.engines.postgres import Role
from steelyard.kit.home import Home

RENT = "village-asset/rent-receivable-unpaid"


@pytest.fixture
def batch(web_database: Any, cast: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A batch of 12 findings, and a dataset that lost its rows."""
    monkeypatch.setattr(Session, "database", web_database)
    monkeypatch.setattr(Home, "make", lambda self: self)
    with web_database.transaction(Role.WORKER) as connection:
        connection.execute("INSERT INTO engine.run (id, as_of, pool_version) VALUES (900005, '2026-01-01', 1)")
        for number, kind, model, dataset in ((900005, "findings", RENT, ""), (900006, "emptied", "", "rent_receipt")):
            connection.execute(
                "INSERT INTO engine.held_batch (id, kind, model, dataset, pool_version, as_of, rows, most, why, "
                "by_area, first_run, last_run) "
                "VALUES (%s, %s, %s, %s, 1, '2026-01-01', 12, 10, %s, %s, 900005, 900005)",
                [number, kind, model, dataset, Jsonb({"zh": "甲", "en": f"why {number}"}),
                 Jsonb({"330784000000": {"red": 12}} if model else {})],
            )  # fmt: skip
    yield web_database
    with web_database.transaction(Role.WORKER) as connection:
        connection.execute("DELETE FROM engine.held_batch WHERE last_run = 900005")
        connection.execute("DELETE FROM engine.run WHERE id = 900005")


def test_the_list_tells_where_and_why(batch: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["detect", "held", "list"]) == 0
    said = capsys.readouterr().out
    assert "why 900005" in said
    assert "330784000000: 12 red" in said
    main(["detect", "held", "list", "--json"])
    assert [one["id"] for one in json.loads(capsys.readouterr().out)] == [900005, 900006]


def test_an_analyst_discards_with_a_reason(batch: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["detect", "held", "discard", "900005", "--by", "fang", "--reason", "the rule is wrong", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "discarded"
    assert main(["detect", "held", "discard", "900005", "--by", "fang", "--reason", "the rule is wrong"]) == 2
    assert "decided already" in capsys.readouterr().err


def test_an_analyst_confirms_that_rows_are_gone(batch: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["detect", "held", "release", "900006", "--by", "fang", "--reason", "they told us so"]) == 0
    assert "batch 900006 is released" in capsys.readouterr().out


@pytest.mark.parametrize("login", ["qian", "steward", "li"])
def test_nobody_else_decides(batch: Any, capsys: pytest.CaptureFixture[str], login: str) -> None:
    assert main(["detect", "held", "discard", "900005", "--by", login, "--reason", "no use of it"]) == 2
    assert "has no post for this" in capsys.readouterr().err


def test_a_batch_that_is_none_is_named(batch: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["detect", "held", "release", "17", "--by", "fang", "--reason", "no use of it"]) == 2
    assert "there is no held batch 17" in capsys.readouterr().err
