"""What departments keep in their own systems arrives whole: refused is exactly what was planted."""

from pathlib import Path

import pytest

from steelyard.engines.postgres import Database, Role
from steelyard.identity import IdentityKeys
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.kit.home import Home
from steelyard.pool import Pool
from steelyard.synth.departments import Province
from steelyard.synth.tests.conftest import UNTIL, Written

ASKED = (
    "state-assets/exposures",  # two datasets of one list, by offset
    "public-security/offenders",  # two datasets of one table, by watermark
    "natural-resources/homesteads",
    "development-reform/complaints",
    "state-assets/quotes",  # pages, a token
    "health/deaths",  # a file of their own server
)


@pytest.fixture
def asked(county: Written, clean_engine: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A pool that has asked these interfaces, each once."""
    pool = Pool.open(Home(tmp_path / "home").make(), clean_engine, catalogue_folder())
    offered = {name: pool.interfaces[name] for name in ASKED}
    with Province(offered, county.folder, tmp_path / "servers", use_mariadb=False) as province:
        for name, value in province.environment.values.items():
            monkeypatch.setenv(name, value)
        for interface in offered.values():
            run = pool.fetch(interface, assign=IdentityKeys(clean_engine), received_on=UNTIL)
            assert run.state == "ok", run.error
    return clean_engine


def test_what_is_refused_is_what_was_planted_to_the_row(asked: Database, county: Written):
    with asked.connect(Role.WORKER) as connection:
        found = connection.execute(
            "SELECT d.interface, q.row, q.column_name, q.rule FROM engine.quarantine q "
            "JOIN engine.delivery d ON d.id = q.delivery WHERE q.outcome = 'quarantined'"
        ).fetchall()
        [counts] = connection.execute(
            "SELECT sum(received), sum(admitted + unchanged + quarantined + superseded), sum(superseded) "
            "FROM engine.receipt"
        ).fetchall()
    beside = county.truth["beside"]
    planted = [entry for entry in beside["quarantined"] if entry["interface"] in ASKED]
    assert {(entry["interface"], entry["line"], entry["column"], entry["rule"]) for entry in planted} == set(found)
    assert len(found) == len(planted) > 40
    assert counts[0] == counts[1]
    assert counts[2] == sum(entry["interface"] in ASKED for entry in beside["superseded"])
