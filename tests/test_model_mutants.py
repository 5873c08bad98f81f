"""Ten models by lot: each of five small changes of a model's text is noticed by one of its own cases.

The lot is fixed; STEELYARD_LOT draws another.  `python -m bench.mutants` makes every change of every model.
"""

import os
import random

import pytest

from steelyard.catalogue import Catalogue, load_catalogue
from steelyard.detect.tests.sql_mutants import KINDS, Mutant, MutantRunner, drawn, survivors
from steelyard.kit.catalogue_folder import catalogue_folder

LOT = os.environ.get("STEELYARD_LOT", "6")
CATALOGUE: Catalogue = load_catalogue(catalogue_folder())
READY = sorted(CATALOGUE.models)
DRAWN = random.Random(LOT).sample(READY, 10)


@pytest.fixture(scope="module")
def runner() -> MutantRunner:
    return MutantRunner(CATALOGUE)


@pytest.mark.parametrize("name", DRAWN)
def test_a_small_change_of_the_text_is_noticed(name: str, runner: MutantRunner) -> None:
    model = CATALOGUE.models[name]
    unchanged = Mutant("none", "nothing", model.sql)
    assert survivors(runner, model, [unchanged]) == [unchanged], "the cases fail without any change"
    by_kind = drawn(runner, model, CATALOGUE, random.Random(f"{LOT} {name}"))
    lacking = [kind for kind, one in by_kind.items() if one is None]
    if lacking:
        print(f"{name} has nothing of the kind: {', '.join(lacking)}")
    assert len(lacking) < len(KINDS) - 1, f"{name} can hardly be changed: {lacking}"
    left = survivors(runner, model, [one for one in by_kind.values() if one is not None])
    told = "; ".join(f"{one.kind}: {one.what}" for one in left)
    assert not left, f"no case notices {told}"


def test_the_lot_meets_every_kind(runner: MutantRunner) -> None:
    met: set[str] = set()
    for name in DRAWN:
        by_kind = drawn(runner, CATALOGUE.models[name], CATALOGUE, random.Random(f"{LOT} {name}"))
        met |= {kind for kind, one in by_kind.items() if one is not None}
        if met == set(KINDS):
            break
    assert met == set(KINDS)
