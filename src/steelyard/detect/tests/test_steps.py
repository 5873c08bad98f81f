"""Random changes to every derived relation and every model: what is looked at anew is what a full run says.

A short form: four steps for each in every run, which find what is wrong for most changes, not what is wrong for few.
The long one, 500 steps for each family and every mutant, is `python -m bench.steps`, part of `make soak`.
"""

from dataclasses import replace

import pytest

from steelyard.catalogue import load_catalogue
from steelyard.catalogue.reach import Node, Reach, Route
from steelyard.detect.tests.steps.stepper import walk
from steelyard.kit.catalogue_folder import catalogue_folder

CATALOGUE = load_catalogue(catalogue_folder())
SUBJECTS = {**CATALOGUE.relations, **CATALOGUE.models}
STEPS = 4
SEED = 1
AT_HAND = "village-project/former-employer-contractor"
MANY = "tender-reg-bid-trading/deposit-funder"
FAR = "tender-reg-subcontracting/loser-becomes-sub"


@pytest.mark.parametrize("name", sorted(SUBJECTS))
def test_changes_looked_at_by_their_units_give_what_a_full_run_gives(name: str) -> None:
    walked = walk(SUBJECTS[name], CATALOGUE, STEPS, SEED)
    assert walked.wrong == []
    assert not walked.weak, f"only {walked.filled} of {walked.steps} steps found anything: the cases are too thin"


@pytest.mark.parametrize("name", sorted(n for n, model in CATALOGUE.models.items() if model.clock == "daily"))
def test_days_go_by_and_nothing_is_missed(name: str) -> None:
    assert walk(SUBJECTS[name], CATALOGUE, STEPS, SEED, days=True).wrong == []


def _without(reach: Reach, table: str) -> Reach:
    return replace(reach, occurrences=tuple(one for one in reach.occurrences if one.table != table))


def _with(reach: Reach, table: str, route: Route) -> Reach:
    """Every mention of a table with one route."""
    return replace(
        reach,
        occurrences=tuple(replace(one, routes=(route,)) if one.table == table else one for one in reach.occurrences),
    )


def _once_less(reach: Reach, column: str) -> Reach:
    """The mentions that read the unit from one column are forgotten, those that read it elsewhere stay."""
    return replace(reach, occurrences=tuple(one for one in reach.occurrences if one.routes[0].unit[0][1] != column))


MUTANTS = {
    "empty": (AT_HAND, lambda reach: _without(reach, "social_insurance")),
    "wrong column": (
        AT_HAND,
        lambda reach: _with(
            reach,
            "social_insurance",
            Route((Node("social_insurance"),), ((0, "person_id"),), ("contractor_id",)),
        ),
    ),
    "dropped occurrence": (MANY, lambda reach: _once_less(reach, "payer_id")),
    "wrong join column": (
        AT_HAND,
        lambda reach: _with(
            reach,
            "official",
            Route(
                (Node("official"), Node("village_project", 0, (("village_code", "person_id"),))),
                ((1, "contractor_id"),),
                ("contractor_id",),
            ),
        ),
    ),
    "swapped unit": (
        FAR,
        lambda reach: _with(
            reach,
            "tender_contract",
            Route((Node("tender_contract"),), ((0, "section_id"),), ("contract_id",)),
        ),
    ),
}


@pytest.mark.parametrize("kind", MUTANTS)
def test_a_wrong_reach_is_noticed(kind: str) -> None:
    name, corrupt = MUTANTS[kind]
    assert walk(SUBJECTS[name], CATALOGUE, 60, SEED, corrupt=corrupt, stop=True).wrong
