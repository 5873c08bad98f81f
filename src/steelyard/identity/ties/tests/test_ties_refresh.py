"""A refresh from the set before says the same as a build from nothing, whatever changed."""

import datetime as dt
import random

from steelyard.identity.ties import making as building
from steelyard.identity.ties.reading import open_root
from steelyard.identity.ties.who import Who

DAY = dt.date(2025, 6, 30)
PEOPLE = [f"P{number}" for number in range(14)]
FIRMS = [f"C{number}" for number in range(12)]


def a_day(chance):
    return f"20{chance.randint(10, 24)}-0{chance.randint(1, 9)}-01"


def some_rows(chance, dataset):
    """A few rows of a dataset by chance, faults included."""
    pick = chance.choice
    made = {
        "official": lambda: {
            "person_id": pick(PEOPLE[:5]),
            "org_id": "V1",
            "position": "x",
            "from_date": a_day(chance),
        },
        "kinship": lambda: {
            "person_id": pick(PEOPLE),
            "relative_id": pick(PEOPLE),
            "relation": "父亲",
            "degree": chance.randint(1, 4),
            "confidence": 0.9,
            "to_date": pick([None, a_day(chance)]),
        },
        "household_member": lambda: {"household_id": pick("ABC"), "person_id": pick(PEOPLE)},
        "shareholder": lambda: {
            "holder_id": pick(PEOPLE + FIRMS),
            "company_id": pick(FIRMS),
            "ratio": pick([0.02, 0.5, 40]),
            "from_date": a_day(chance),
            "to_date": pick([None, a_day(chance)]),
        },
        "company": lambda: {
            "company_id": pick(FIRMS),
            "name": "n",
            "status": "active",
            "legal_rep_id": pick(PEOPLE),
            "phone": pick(["1380000111", "1380000222"]),
            "address": pick(["第一路一号院", "第二路二号院"]),
        },
        "person": lambda: {"person_id": pick(PEOPLE), "name": "n", "phone": pick(["1380000111", None])},
    }[dataset]
    return [made() for _ in range(chance.randint(0, 9))]


def everything(built):
    """What the set says of every official, without the numbers it gives to nodes and ties."""
    return {person: built.related(person) for person in PEOPLE[:5]}, built.faults(), built.hubs(), built.made.paths


def test_a_refresh_says_what_a_full_build_says(pool, ties, tmp_path, monkeypatch):
    # Small hubs, so that they come and go as rows do.
    monkeypatch.setattr(building.graph.put_hubs, "__defaults__", (4,))
    chance = random.Random(4)
    datasets = ("official", "kinship", "household_member", "shareholder", "company", "person")
    for dataset in datasets:
        pool.put(dataset, *some_rows(chance, dataset))
    ties()
    fewer = 0
    for turn in range(8):
        dataset = chance.choice(datasets)
        pool.put(dataset, *some_rows(chance, dataset))
        fresh = ties(full=False)
        building.make(pool, Who.none(), tmp_path / f"whole{turn}", DAY, memory_mb=512)
        with open_root(tmp_path / f"whole{turn}") as whole:
            assert everything(fresh) == everything(whole), turn
        fewer += fresh.made.touched < fresh.made.officials
    assert fewer


def test_a_refresh_of_nothing_new_keeps_the_set(pool, ties):
    first = ties().made
    assert ties(full=False).made == first


def test_only_the_officials_that_are_touched_are_computed(pool, ties):
    pool.put(
        "official",
        *[{"person_id": f"P{n}", "org_id": "V1", "position": "x", "from_date": "2015-01-01"} for n in range(9)],
    )
    ties()
    pool.put("shareholder", {"holder_id": "P3", "company_id": "C1", "ratio": 0.5, "from_date": "2020-01-01"})
    built = ties(full=False)
    assert (built.made.touched, built.made.officials) == (1, 9)
    assert {party.party_id for party in built.related("P3").parties} == {"P3", "C1"}
