"""Kept engines: one task after the other, and nothing of the one before."""

import pyarrow as pa
import pytest

from steelyard.engines.duck import DuckError
from steelyard.engines.kept import KeptEngines

MADE = ('"given rows"', "of_session", "made", "seen")


def test_nothing_of_a_task_is_left_to_the_next() -> None:
    engines = KeptEngines(memory_mb=64)
    with engines.lent() as first:
        first.register("given rows", pa.table({"a": [1]}))
        first.execute("CREATE TEMP TABLE of_session AS SELECT 1 AS b")
        first.execute('CREATE TABLE made AS FROM "given rows"; CREATE VIEW seen AS FROM made')
    with engines.lent() as second:
        assert second is first
        for name in MADE:
            with pytest.raises(DuckError, match="does not exist"):
                second.execute(f"FROM {name}")
            second.execute(f"CREATE TABLE {name} (a INT)")
            assert second.execute(f"FROM {name}").fetchall() == []


def test_an_engine_whose_task_failed_is_not_lent_again() -> None:
    engines = KeptEngines(memory_mb=64)
    with pytest.raises(DuckError), engines.lent() as first:
        first.execute("FROM nothing")
    with engines.lent() as second:
        assert second is not first


def test_two_tasks_at_once_have_two_engines() -> None:
    engines = KeptEngines(memory_mb=64)
    with engines.lent() as one, engines.lent() as other:
        one.execute("CREATE TABLE made AS SELECT 1 AS a")
        with pytest.raises(DuckError):
            other.execute("FROM made")
        other.execute("SELECT 1")
