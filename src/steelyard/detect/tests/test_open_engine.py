"""The engine of micro-batches: open for as long as what stands in it holds, and no longer."""

from pathlib import Path

import pytest

from steelyard.catalogue import load_catalogue
from steelyard.detect.warm import Areas, OpenEngine, Reads, Warm
from steelyard.engines.duck import Duck, DuckError
from steelyard.kit.catalogue_folder import catalogue_folder

HERE, THERE = frozenset({Path("/here")}), frozenset({Path("/there")})


@pytest.fixture
def engine():
    made = OpenEngine()
    yield made
    made.close()


def looked(engine: OpenEngine, generation: int = 1, stood: tuple[int, ...] = (1,), folders=HERE) -> Duck:
    """The engine one look had."""
    areas = Areas(load_catalogue(catalogue_folder()))
    with Warm(areas, {}, engine, folders, Reads({}, {})).lend(generation, stood) as duck:
        engine.stood.texts["seen"] = "FROM files"
        return duck


def test_it_stays_open_from_look_to_look(engine):
    first = looked(engine)
    assert looked(engine) is first
    assert engine.stood.texts


def test_another_state_of_who_is_who_opens_it_anew(engine):
    first = looked(engine)
    assert looked(engine, generation=2, stood=(2,)) is not first


def test_tables_in_further_folders_open_it_anew(engine):
    first = looked(engine)
    assert looked(engine, folders=HERE | THERE) is not first


def test_nothing_stands_after_a_look_from_an_earlier_state_of_who_is_who(engine):
    first = looked(engine, generation=2, stood=(1, 2))
    assert not engine.stood.texts
    assert looked(engine, generation=2, stood=(2,)) is not first


def test_a_look_that_failed_leaves_nothing(engine):
    first = looked(engine)
    with pytest.raises(DuckError), engine.lent(1, HERE) as duck:
        duck.execute("FROM nothing")
    assert not engine.stood.texts
    assert looked(engine) is not first
