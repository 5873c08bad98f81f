"""What must be shown before a model goes on: with figures, met or not."""

import datetime as dt
import random
from dataclasses import replace
from typing import Any

import pytest

from steelyard.detect.gates import Facts, Gate, gates, unmet
from steelyard.detect.verdicts import Precision, Ruled, Verdicts, drifted, swollen
from steelyard.kit.intervals import wilson

DAY = dt.date(2026, 6, 30)
SHADOW = Facts(
    phase="shadow", area="339921", today=DAY, cases=8, references=1, places=1, ready=1, author="fang",
    proposed_by="fang", approved_by=("du",),
)  # fmt: skip
PILOT = replace(
    SHADOW, phase="live-pilot", shadow_since=DAY - dt.timedelta(days=14), watched=3, max_new=500, backtest=7,
    backtest_read=True,
)  # fmt: skip
GOOD = Verdicts((Ruled("339921101201", "red", "true_violation", 29), Ruled("339921102201", "red", "legitimate", 1)))
PROMOTED = replace(
    PILOT, phase="promoted", live_since=DAY - dt.timedelta(days=20), live_in=("339921",), verdicts=GOOD,
    approved_by=("du", "chen"),
)  # fmt: skip


def missing(facts: Facts) -> list[str]:
    return [gate.id for gate in unmet(facts)]


@pytest.mark.parametrize("facts", [SHADOW, PILOT, PROMOTED])
def test_what_is_shown_lets_a_model_on(facts: Facts) -> None:
    assert missing(facts) == []


@pytest.mark.parametrize(
    ("changed", "gate"),
    [
        ({"failed_cases": 1}, "cases"),
        ({"cases": 0}, "cases"),
        ({"unverified": ("Organic Law, article 36",)}, "law"),
        ({"private_columns": ("official.person_id L4",)}, "privacy"),
        ({"places": 8, "ready": 5}, "readiness"),
        ({"approved_by": ("fang",)}, "approvers"),
    ],
)
def test_a_shadow_needs_each(changed: dict[str, Any], gate: str) -> None:
    assert missing(replace(SHADOW, **changed)) == [gate]


@pytest.mark.parametrize(
    ("changed", "gates_missing"),
    [
        ({"shadow_since": DAY - dt.timedelta(days=13)}, ["shadow"]),
        ({"shadow_since": DAY - dt.timedelta(days=1), "watched": 30}, []),
        ({"backtest": None}, ["backtest"]),
        ({"backtest_read": False}, ["backtest"]),
        ({"lost": ("f1", "f2"), "signed": ["f1"]}, ["backtest"]),
        ({"lost": ("f1", "f2"), "signed": ["f1", "f2"]}, []),
        ({"watched": 501}, ["volume"]),
    ],
)
def test_a_pilot_needs_a_shadow_a_back_test_and_room(changed: dict[str, Any], gates_missing: list[str]) -> None:
    assert missing(replace(PILOT, **changed)) == gates_missing


def verdicts(*rows: tuple[str, str, str, int]) -> Verdicts:
    return Verdicts(tuple(Ruled(*row) for row in rows))


def test_twelve_alerts_are_too_few_however_good() -> None:
    few = verdicts(("339921101", "red", "true_violation", 11), ("339921102", "red", "legitimate", 1))
    assert missing(replace(PROMOTED, verdicts=few)) == ["decided", "precision-red"]


def test_sixty_days_with_every_alert_decided_stand_for_thirty_alerts() -> None:
    few = verdicts(("339921101", "yellow", "true_violation", 20))
    long = replace(PROMOTED, verdicts=few, live_since=DAY - dt.timedelta(days=60))
    undecided = verdicts(("339921101", "yellow", "true_violation", 20), ("339921101", "yellow", "", 1))
    assert missing(long) == []
    assert missing(replace(long, verdicts=undecided)) == ["decided"]


def test_yellow_may_be_wrong_more_often_than_red() -> None:
    mixed = [("339921101", "true_irregularity", 24), ("339921102", "false_logic", 6)]
    yellow = verdicts(*((area, "yellow", verdict, n) for area, verdict, n in mixed))
    red = verdicts(*((area, "red", verdict, n) for area, verdict, n in mixed))
    assert missing(replace(PROMOTED, verdicts=yellow)) == []
    assert missing(replace(PROMOTED, verdicts=red)) == ["precision-red"]


def test_wrong_data_does_not_blame_the_model_and_a_duplicate_nobody() -> None:
    found = verdicts(
        ("3", "red", "true_violation", 9), ("3", "red", "false_data", 50), ("3", "red", "duplicate", 50),
        ("3", "red", "legitimate", 1),
    )  # fmt: skip
    assert found.precision("red") == Precision(9, 10)
    assert (found.raised, found.decided) == (60, 60)


def test_an_open_hold_stops_a_promotion() -> None:
    assert missing(replace(PROMOTED, held=1)) == ["holds"]
    assert missing(replace(PROMOTED, verdicts=replace(GOOD, held=2))) == ["holds"]


@pytest.mark.parametrize("approvers", [("du",), ("du", "du"), ("du", "fang"), ()])
def test_a_promotion_needs_two_who_neither_wrote_nor_asked(approvers: tuple[str, ...]) -> None:
    assert missing(replace(PROMOTED, approved_by=approvers)) == ["approvers"]


def test_who_asks_is_not_counted_although_another_wrote_it() -> None:
    assert missing(replace(PROMOTED, author="ma", proposed_by="fang", approved_by=("du", "fang"))) == ["approvers"]


def test_a_wider_scope_needs_two_sub_areas_of_the_narrower() -> None:
    one = verdicts(("339921101201", "red", "true_violation", 30))
    assert missing(replace(PROMOTED, area="3399", verdicts=one)) == ["sub-areas"]
    assert missing(replace(PROMOTED, area="3399")) == []


def test_a_new_text_is_measured_by_the_past_it_would_have_had() -> None:
    new = replace(PROMOTED, replaces=True, needs_backtest=True, backtest=None, verdicts=Verdicts())
    assert missing(new) == ["backtest"]
    assert missing(replace(new, backtest=9)) == []
    assert missing(replace(new, backtest=9, lost=("f",))) == ["backtest"]
    assert missing(replace(new, needs_backtest=False)) == []


def test_who_retires_names_a_successor_or_says_none() -> None:
    gone = replace(SHADOW, phase="retired")
    assert missing(gone) == ["successor"]
    assert missing(replace(gone, successor="none")) == []


def test_each_gate_says_its_figures_in_both_languages() -> None:
    told: list[Gate] = gates(replace(PROMOTED, held=3))
    assert all(gate.zh and gate.en for gate in told)
    precision = next(gate for gate in told if gate.id == "precision-red")
    assert "29 of 30 true, Wilson lower bound 83.3%" in precision.en
    assert "3 findings" in next(gate for gate in told if gate.id == "holds").en


def test_the_published_intervals_come_out() -> None:
    assert [round(bound, 3) for bound in wilson(11, 12)] == [0.646, 0.985]
    assert [round(bound, 3) for bound in wilson(7109, 7663)] == [0.922, 0.933]


def test_verdicts_that_turn_bad_are_noticed_soon_and_good_ones_seldom() -> None:
    draw = random.Random(7)
    bad = [drifted(draw.random() < 0.7 for _ in range(5000)) or 5000 for _ in range(300)]
    good = [drifted(draw.random() < 0.9 for _ in range(20_000)) or 20_000 for _ in range(300)]
    assert 18 <= sum(bad) / 300 <= 32
    assert 600 <= sum(good) / 300 <= 1100


def test_a_run_that_finds_many_times_more_than_usual_is_noticed() -> None:
    assert swollen([4, 6, 5, 4, 5, 40], 5) == (40, 5.0)
    assert swollen([4, 6, 5, 4, 5, 24], 5) is None
    assert swollen([1, 900], 5) is None
