"""Where a model's time goes is told in words of its text, never in values of the data."""

import pytest

from steelyard.detect.advice import Advice
from steelyard.detect.guards.tests.conftest import catalogue, pool  # noqa: F401  # fixtures
from steelyard.detect.guards.tests.homely import FORMER, HomelyPool
from steelyard.detect.profiling import Profile, _waits, profile
from steelyard.engines.postgres import Database
from steelyard.kit.errors import SteelyardError


def test_a_profile_tells_rows_times_and_operators(pool: HomelyPool, clean_engine: Database) -> None:  # noqa: F811
    found = profile(pool, pool.catalogue, clean_engine, FORMER)
    assert (found.rows_out, found.rows) == (1, {"village_project": 1, "official": 1, "social_insurance": 2})
    assert found.ratio > 0
    assert found.peak_mb > 0
    assert sum(one.share for one in found.operators) <= 1.001
    assert found.operators == sorted(found.operators, key=lambda one: -one.seconds)
    told = " ".join(one.about for one in found.operators)
    assert "PLI" not in told
    assert "READ_PARQUET" in told


def test_a_profile_stores_nothing(pool: HomelyPool, clean_engine: Database) -> None:  # noqa: F811
    profile(pool, pool.catalogue, clean_engine, FORMER)
    with clean_engine.connect() as connection:
        row = connection.execute("SELECT (SELECT count(*) FROM engine.run), (SELECT count(*) FROM engine.finding)")
        assert row.fetchone() == (0, 0)


def test_an_unknown_model_is_refused(pool: HomelyPool, clean_engine: Database) -> None:  # noqa: F811
    with pytest.raises(SteelyardError, match="there is no model no/such"):
        profile(pool, pool.catalogue, clean_engine, "no/such")


@pytest.mark.parametrize(("cpu", "code"), [(0.9, "shared"), (0.2, "waiting")])
def test_a_model_is_not_blamed_for_what_the_machine_did_beside_it(cpu: float, code: str) -> None:
    past = Advice("waiting", "", "the processor worked 15% of the time")
    assert _waits(past, Profile(FORMER, seconds=1.0, cpu_seconds=cpu)).code == code
