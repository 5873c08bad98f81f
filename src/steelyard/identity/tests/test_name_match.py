import os
from pathlib import Path

import pytest

from steelyard.identity.name_match import match, names_match
from steelyard.identity.name_pairs import PARTS, Pair, figures

NAMES = Path(os.environ.get("STEELYARD_NAMES", Path.cwd().parent / "shared/data/names/name_bench_cases.csv"))


@pytest.mark.parametrize(
    ("kind", "one", "other", "stranger"),
    [
        ("person", "Jean-Claude Juncker", "JUNCKER, Jean Claude", "Jean Dupont"),
        ("person", "Володимир Шевченко", "Volodymyr Shevchenko", "Viktor Shevchenko"),
        ("person", "Yusuf bin Ali", "Youssef ibn Ali", "Omar bin Salim"),
        ("person", "Wang Xiaoming", "王晓明", "李晓东"),
        ("person", "José García", "Jose Garcia", "Maria Santos"),
        ("company", "Nordlicht Aktiengesellschaft", "Nordlicht AG", "Abendrot AG"),
        ("company", "The Harbour Company", "Harbour Co.", "Harvest Co."),
        ("company", "OOO Romashka", "Ромашка ООО", "ООО Радуга"),
        ("company", "B&C Brothers", "B and C Bros", "D&F Sisters"),
    ],
)
def test_another_way_of_writing_is_nearer_than_another_name(kind, one, other, stranger):
    assert names_match(kind, one, other) > 0.8 > names_match(kind, one, stranger)
    assert names_match(kind, other, one) == pytest.approx(names_match(kind, one, other))


def test_the_reasons_are_told():
    assert "initial" in match("person", "A. Karimov", "Aziz Karimov").reasons
    assert "gender" in match("person", "Olga Petrova", "Oleg Petrov").reasons
    assert "legal-form" in match("company", "Nordlicht AG", "Nordlicht GmbH").reasons
    assert "reordered" in match("person", "Smith John", "John Smith").reasons


def test_another_legal_form_is_less_alike_than_none():
    assert names_match("company", "Nordlicht AG", "Nordlicht GmbH") < names_match(
        "company", "Nordlicht AG", "Nordlicht"
    )


@pytest.mark.parametrize("kind", ["person", "company"])
@pytest.mark.parametrize("text", ["", " ", "…", "ប៉ុល", "1", "a"])
def test_a_name_of_nothing_is_like_nothing(kind, text):
    assert 0 <= names_match(kind, text, "John Smith") <= 0.7


def test_both_directions_of_a_pair_are_held_out_together():
    assert Pair("person", "A b", "C", True).part == Pair("person", "c", "a B", True).part < PARTS


@pytest.mark.skipif(not NAMES.is_file(), reason="STEELYARD_NAMES names no file of labelled name pairs")
def test_labelled_pairs_are_told_apart_better_than_by_levenshtein():
    found = figures(NAMES)
    assert found["names_pairs"] > 800
    assert found["names_f1"] > found["names_f1_levenshtein"] + 0.1
