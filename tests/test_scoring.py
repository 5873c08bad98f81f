"""What `steelyard synth score` keeps, where, and when it refuses."""

import json
from argparse import ArgumentParser

import pytest

from steelyard import synth
from steelyard.cli import scoring
from steelyard.cli import synth as command
from steelyard.detect.scores import kept
from steelyard.engines.postgres import Role
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.kit.home import Home

RENT = "village-asset/rent-receivable-unpaid"
NO_DATA = "village-fund/large-cash"
CITY = {"scale": "city", "seed": 7, "until": "2026-10-31", "villages": 2000}
WRONGS = [
    {
        "model": RENT,
        "key": {"contract_id": number},
        "grade": "red",
        "story": "rent nobody collects",
        "when": "2026-10-22",
    }
    for number in ("L1", "L2")
]
LOOKED = (
    ("INSERT INTO engine.run (id, as_of, pool_version) VALUES (1, '2026-11-01', 5)", []),
    ("INSERT INTO engine.run_model (run, model, model_version, scope) SELECT 1, unnest(%s::text[]), '1.0.0', 'full'",
     [[RENT, NO_DATA]]),
    ("INSERT INTO engine.readiness VALUES (1, %s, '33', 'ready', NULL), (1, %s, '33', 'not_evaluable', NULL)",
     [RENT, NO_DATA]),
    ("INSERT INTO engine.finding (fingerprint, model, model_version, model_sha, param_hash, key, grade, model_grade, "
     "area_code, payload, subjects, title, evidence, state, first_pool_version, last_pool_version, first_run, "
     "last_run, as_of) SELECT area, %s, '1.0.0', '', '', %s, 'red', 'red', area, '{}', '[]', '{}', '[]', 'new', 5, 5, "
     "1, 1, '2026-11-01' FROM unnest(ARRAY['339921000000', '830000000000']) AS area", [RENT, '{"contract_id": "L1"}']),
)  # fmt: skip
"""One look that found one planted wrong, and one finding outside of the made-up world."""


@pytest.fixture
def connection(clean_engine):
    opened = clean_engine.connect(Role.OWNER)
    yield opened
    opened.close()


@pytest.fixture
def looked(connection):
    for statement, given in LOOKED:
        connection.execute(statement, given)
    connection.commit()
    return connection


def test_figures_are_kept_in_every_home_that_was_named(looked, tmp_path):
    figures = scoring.judged(looked, WRONGS, {}).told(2000)
    homes = [Home(tmp_path / "city"), Home(tmp_path / "site")]
    scoring.keep(looked, catalogue_folder(), homes, CITY, figures)
    for home in homes:
        [one], broken = kept(home)
        assert broken == []
        assert (one.scale, one.seed, one.pool_version, one.days_looked) == ("city", 7, 5, 1)
        assert (one.total.found, one.total.planted, one.total.raised, one.total.days) == (1, 2, 1, 10)
        assert one.versions == {RENT: "1.0.0"}


def test_nothing_is_kept_where_nobody_looked(connection, tmp_path):
    with pytest.raises(scoring.NobodyLooked, match="detect run"):
        scoring.keep(connection, catalogue_folder(), [Home(tmp_path)], CITY, {})
    assert kept(Home(tmp_path)) == ([], [])


def test_an_older_truth_is_told_by_what_it_holds():
    assert scoring.world({"seed": 1, "quarantined": []}, "city")["scale"] == "county"
    assert scoring.world({"seed": 1}, "city") == {"scale": "city", "seed": 1, "until": None, "villages": 2000}
    assert scoring.world({"scale": "province", "seed": 1, "villages": 9}, "city")["villages"] == 9


def test_a_folder_that_is_no_home_is_refused_before_anything_is_counted(tmp_path):
    given = parsed("score", "--keep-in", str(tmp_path))
    with pytest.raises(scoring.NoHome, match="is no home"):
        command.score(given)
    assert scoring.home_named(Home(tmp_path / "site").make().root).root == tmp_path / "site"


def test_the_county_of_the_demonstration_is_scored_without_being_asked(looked, clean_engine, tmp_path):
    truth = tmp_path / "truth.json"
    truth.write_text(
        json.dumps({"scale": "county", "seed": 7, "until": "2026-10-31", "villages": 300, "wrongs": WRONGS})
    )

    class Session:
        home, catalogue, database = Home(tmp_path), catalogue_folder(), clean_engine

    assert isinstance(scoring.score_and_keep(Session, truth), synth.Score)
    [one], _broken = kept(Home(tmp_path))
    assert (one.scale, one.villages, one.schemes[0].title["zh"]) == ("county", 300, "无人催收的租金")


def parsed(*words):
    parser = ArgumentParser()
    command.add(parser.add_subparsers())
    return parser.parse_args(["synth", *words])
