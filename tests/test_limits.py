"""Limits on the command line: what cannot be asked is refused in the language the commands speak."""

from typing import Any

import pytest

from steelyard.cli.main import main
from steelyard.cli.session import Session
from steelyard.kit.home import Home

RENT = "village-asset/rent-receivable-unpaid"
ASKED = ["model", "param", "set", RENT, "--by", "fang", "--reason", "to see what comes"]


@pytest.fixture(autouse=True)
def here(web_database: Any, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "database", web_database)
    monkeypatch.setattr(Home, "make", lambda self: self)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--set", "min_amount=-5", "--area", "339921"], "must be at least 0; -5 was given"),
        (["--set", "min_amount=many", "--area", "339921"], "must be a number; 'many' was given"),
        (["--set", "nothing=1", "--area", "339921"], "has no parameter nothing; it has"),
        (["--set", "min_amount=5", "--area", "33", "--by", "qian"], "only be changed by a higher level"),
    ],
)
def test_a_refusal_is_told_in_english(more: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ASKED, *more]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert said.isascii()


def test_a_preview_names_model_parameter_and_limits(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", "param", "preview", RENT, "--set", "min_amount=-5"]) == 2
    said = capsys.readouterr().err
    assert f"{RENT}: min_amount (" in said
    assert "must be at least 0" in said
