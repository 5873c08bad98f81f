"""What the made-up county's clerks did to numbers is told in the truth, and stands so in the files."""

import json
from collections import Counter, defaultdict
from typing import Any

import pytest

from steelyard.kit.identifiers import is_resident_id
from steelyard.synth import Held, numbers_meant, score_mentions
from steelyard.synth.delivery.mentions import QUOTAS
from steelyard.synth.tests.conftest import UNTIL, Written

STAMP = f"{UNTIL:%Y%m%d}"
Told = dict[str, Any]


@pytest.fixture(scope="module")
def dividends(county: Written) -> list[tuple[Told, Told]]:
    """Mentions in the file of dividends, each with its row."""
    content = json.loads((county.folder / "inbox" / f"agriculture/syfp_{STAMP}.json").read_text("utf-8"))
    rows = content["data"]["rows"]
    told = [mention for mention in county.truth["mentions"] if mention["dataset"] == "dividend_payment"]
    return [(mention, rows[mention["line"] - 1]) for mention in told]


@pytest.fixture(scope="module")
def register(county: Written) -> dict[str, tuple[str, str]]:
    """Name and village by number."""
    lines = county.lines(f"public-security/czrk_{STAMP}.csv", "gb18030")
    header = lines[0].split(",")
    number, name, village = (header.index(word) for word in ("公民身份号码", "姓名", "户籍村代码"))
    bad = {entry["line"] for entry in county.truth["quarantined"] if entry["file"].startswith("czrk_")}
    cells = [line.split(",") for place, line in enumerate(lines[1:], start=2) if place not in bad]
    return {row[number]: (row[name], row[village]) for row in cells if is_resident_id(row[number])}


def test_each_case_is_planted_as_often_as_is_said(dividends):
    assert Counter(mention["case"] for mention, _ in dividends) == Counter(QUOTAS)


def test_no_planted_row_bears_a_number_that_could_be_used(dividends):
    assert not any(is_resident_id(row["sfzh"] or "") for _, row in dividends)


def test_a_mistyped_number_still_tells_the_birthday_of_who_is_meant(dividends):
    slips = [(mention, row) for mention, row in dividends if mention["case"].endswith("mistyped")]
    assert all(row["sfzh"][:17] == mention["subject"]["number"][:17] for mention, row in slips)
    assert all(row["xm"] == mention["subject"]["name"] for mention, row in slips)


def test_a_stranger_shares_name_and_village_with_somebody_born_on_another_day(dividends, register):
    births = defaultdict(set)
    for number, home in register.items():
        births[home].add(number[6:14])
    strangers = [row for mention, row in dividends if mention["subject"] is None]
    assert strangers
    assert all(births[row["xm"], row["cdm"]] for row in strangers)
    assert all(row["sfzh"][6:14] not in births[row["xm"], row["cdm"]] for row in strangers)


def test_twins_share_birthday_village_and_surname_and_have_names_of_their_own(dividends, register):
    twins = [mention["subject"]["number"] for mention, _ in dividends if mention["case"].startswith("twin")]
    assert twins
    for number in twins:
        name, village = register[number]
        same = [
            other
            for n, (other, home) in register.items()
            if home == village and n[6:14] == number[6:14] and n != number and other[0] == name[0]
        ]
        assert same
        assert name not in same


def test_a_son_under_his_fathers_number_is_held_back(county: Written):
    told = [mention for mention in county.truth["mentions"] if mention["case"] == "the father's number"]
    held = {(entry["file"], entry["line"]): entry["rule"] for entry in county.truth["quarantined"]}
    assert {held[mention["file"], mention["line"]] for mention in told} == {"name-conflict"}
    lines = county.lines(f"public-trading/xmbz_{STAMP}.csv", "gb18030")
    assert all(mention["subject"]["name"] in lines[mention["line"] - 1] for mention in told)
    assert not any(mention["subject"]["number"] in lines[mention["line"] - 1] for mention in told)


MEANT = {"number": "1", "name": "甲"}
PLANTED = [
    {"dataset": "d", "column": "c", "file": "f", "line": line, "case": case, "tier": tier, "subject": subject}
    for line, case, tier, subject in ((1, "slip", "T2", MEANT), (2, "slip", "T2", MEANT), (3, "stranger", None, None))
]


def test_a_mention_is_right_wrong_open_or_missing():
    held = [Held(("d", "c", "f", 1), "key"), Held(("d", "c", "f", 3), "key")]
    told = score_mentions(PLANTED, {"1": "key"}, held)
    assert (told["precision"], told["recall"]) == (0.5, 0.5)
    assert told["by_tier"]["T2"] == {"planted": 2, "right": 1, "wrong": 0, "open": 0, "missing": 1}
    assert told["by_case"]["stranger"]["wrong"] == 1


def test_who_is_left_open_is_not_wrong():
    told = score_mentions(PLANTED, {"1": "key"}, [Held(("d", "c", "f", line), None) for line in (1, 2, 3)])
    assert (told["open"], told["wrong"], told["precision"]) == (3, 0, None)


def test_only_those_are_asked_for_who_are_meant():
    assert numbers_meant(PLANTED) == ["1"]
