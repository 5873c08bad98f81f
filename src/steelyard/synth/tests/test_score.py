import datetime as dt

from steelyard.synth import SCALES, Found, numbers_in, score
from steelyard.synth.scale.truth import planted
from steelyard.synth.scheme_words import scheme_title
from steelyard.synth.tests.conftest import Written

RENT = "village-asset/rent-receivable-unpaid"
PAIR = "tender-reg-collusion/same-device"
ONE, OTHER = {"number": "91A", "name": "甲"}, {"number": "91B", "name": "乙"}
WRONGS = [
    {"model": RENT, "key": {"contract_id": "L1"}, "grade": "red"},
    {"model": RENT, "key": {"contract_id": "L2"}, "grade": "yellow"},
    {
        "model": PAIR, "grade": "red", "unordered": ["company_id_a", "company_id_b"],
        "key": {"section_id": "S1", "company_id_a": ONE, "company_id_b": OTHER},
    },
]  # fmt: skip
KEYS = {"91A": "key-a", "91B": "key-b"}
ALL = [
    Found(RENT, {"contract_id": "L1"}, "red"),
    Found(RENT, {"contract_id": "L2"}, "yellow"),
    Found(PAIR, {"section_id": "S1", "company_id_a": "key-b", "company_id_b": "key-a"}, "red"),
]


def test_all_found_and_nothing_else_is_a_full_score():
    told = score(WRONGS, KEYS, ALL).told()
    assert (told["recall"], told["precision"]) == (1.0, 1.0)


def test_what_is_missing_lowers_recall_and_is_named():
    judged = score(WRONGS, KEYS, ALL[1:])
    assert judged.told()["recall"] == round(2 / 3, 6)
    assert [wrong["key"] for wrong in judged.missed] == [{"contract_id": "L1"}]


def test_what_is_found_besides_lowers_precision():
    judged = score(WRONGS, KEYS, [*ALL, Found(RENT, {"contract_id": "L9"}, "red")])
    assert judged.told()["precision"] == 0.75
    assert judged.surplus[0]["key"] == {"contract_id": "L9"}


def test_another_grade_is_neither_found_nor_true():
    told = score(WRONGS, KEYS, [Found(RENT, {"contract_id": "L1"}, "yellow"), *ALL[1:]]).told()
    tally = told["by_model"][RENT]
    assert (tally["planted"], tally["found"], tally["raised"], tally["true"]) == (2, 1, 2, 1)
    assert (tally["recall"], tally["precision"]) == (0.5, 0.5)
    assert tally["precision_low"] < 0.5 < tally["precision_high"]


def test_a_model_without_planted_wrongs_counts_against_precision():
    told = score(WRONGS, KEYS, [*ALL, Found("other/model", {"x": "1"}, "red")]).told()
    assert told["by_model"]["other/model"]["recall"] is None
    assert told["precision"] == 0.75


def test_a_number_nobody_knows_matches_nothing():
    told = score(WRONGS, {"91A": "key-a"}, ALL).told()
    assert told["by_model"][PAIR]["recall"] == 0.0


def test_the_numbers_of_a_truth_are_asked_for_once():
    assert numbers_in([*WRONGS, *WRONGS]) == ["91A", "91B"]


def test_nothing_found_has_no_precision():
    told = score(WRONGS, KEYS, []).told()
    assert (told["recall"], told["precision"]) == (0.0, None)


def test_each_grade_and_each_scheme_is_told_for_itself():
    schemes = [wrong | {"story": "rent kept" if wrong["model"] == RENT else "two"} for wrong in WRONGS]
    told = score(schemes, KEYS, [*ALL[1:], Found(RENT, {"contract_id": "L9"}, "red")]).told()
    assert (told["red_precision"], told["yellow_precision"]) == (0.5, 1.0)
    assert told["by_scheme"]["rent kept"] == {
        "planted": 2, "found": 1, "recall": 0.5, "models": [RENT], "title": {"zh": "截留租金", "en": "Rent kept"},
    }  # fmt: skip
    assert told["by_scheme"]["two"]["recall"] == 1.0


def test_days_run_from_the_wrong_to_the_look_that_found_it():
    dated = [wrong | {"when": f"2026-01-0{day}"} for day, wrong in enumerate(WRONGS, 1)]
    found = [Found(one.model, one.key, one.grade, dt.date(2026, 1, 11)) for one in ALL]
    assert score(dated, KEYS, found).told()["days_to_alert_median"] == 9
    assert score(WRONGS, KEYS, found).told()["days_to_alert_median"] is None


def test_each_model_tells_its_own_days():
    dated = [wrong | {"when": f"2026-01-0{day}"} for day, wrong in enumerate(WRONGS, 1)]
    found = [Found(one.model, one.key, one.grade, dt.date(2026, 1, 11)) for one in ALL]
    told = score(dated, KEYS, found).told()["by_model"]
    assert (told[RENT]["days_to_alert_median"], told[RENT]["dated"]) == (9.5, 2)
    assert told[PAIR]["days_to_alert_median"] == 8


def test_alerts_are_told_by_thousand_villages_where_it_is_known_how_many_there_are():
    told = score(WRONGS, KEYS, ALL).told(villages=2000)
    assert told["alerts_per_1000_villages"] == 1.5
    assert told["by_model"][RENT]["alerts_per_1000_villages"] == 1.0
    assert score(WRONGS, KEYS, ALL).told()["alerts_per_1000_villages"] is None


def test_shares_overall_come_with_intervals():
    told = score(WRONGS, KEYS, ALL[1:]).told()
    assert told["recall_low"] < told["recall"] < told["recall_high"]
    assert (told["precision_high"], told["red_precision_high"]) == (1.0, 1.0)
    assert score(WRONGS, KEYS, []).told()["yellow_precision_low"] is None


def test_a_scheme_that_is_a_models_own_has_no_title():
    own = [wrong | {"story": wrong["model"]} for wrong in WRONGS]
    assert {one["title"] for one in score(own, KEYS, ALL).told()["by_scheme"].values()} == {None}
    assert scheme_title("nobody wrote it in Chinese", [RENT]) is None
    assert scheme_title("nobody wrote it in Chinese", [RENT, PAIR]) == {
        "zh": "nobody wrote it in Chinese", "en": "Nobody wrote it in Chinese",
    }  # fmt: skip


def test_every_scheme_of_several_models_has_chinese_words(county: Written):
    told = {(wrong["story"], wrong["model"]) for wrong in county.truth["wrongs"]}
    told |= {(kind.story, kind.model) for size in SCALES.values() for kind in planted(size)}
    titles = {story: scheme_title(story, [model for one, model in told if one == story]) for story, _model in told}
    assert [story for story, title in titles.items() if title and title["zh"].isascii()] == []
