"""The whole route on the made-up county: what the product promises of any data, checked on all of it."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from steelyard.engines.postgres import Database, Role, Server
from steelyard.kit import yamlfile
from steelyard.kit.home import Home


@pytest.fixture(scope="module")
def database(installation):
    installation.run("migrate")
    return Database(Server(Home(installation.home)).address)


@pytest.fixture(scope="module")
def truth(installation):
    return json.loads((installation.home / "demo" / "county" / "truth.json").read_text(encoding="utf-8"))


def rows(database, sql, *values):
    with database.connect(Role.WORKER) as connection:
        return connection.execute(sql, list(values) or None).fetchall()


def test_the_demonstration_reports_its_work(installation):
    report = installation.report
    assert report["rows_landed"] > 500_000
    assert report["rows_quarantined"] > 1_000
    assert set(report["alerts"]) == {"red", "yellow", "blue"}
    assert all(report["alerts"].values())


def test_every_alert_has_a_finding_a_pool_version_and_a_delivered_line(database):
    lost = rows(
        database,
        """
        SELECT a.id FROM alerts_alert a
        WHERE NOT EXISTS (SELECT 1 FROM engine.finding f WHERE f.fingerprint = a.fingerprint)
           OR NOT EXISTS (SELECT 1 FROM engine.pool_version v WHERE v.number = a.pool_version)
           OR NOT EXISTS (
             SELECT 1 FROM jsonb_path_query(a.evidence, '$[*].sources[*]') AS source
             JOIN engine.delivery d ON d.id::text = source ->> 'delivery'
             JOIN engine.delivery_file file ON file.delivery = d.id AND file.name = source ->> 'file'
             WHERE (source ->> 'row')::int > 0)
        """,
    )
    assert lost == []


FAULTY = set(yamlfile.load(Path(__file__).parents[1] / "demo" / "faults.yaml").data)
"""Interfaces whose departments fail in the demonstration."""
QUARANTINED = (
    "SELECT d.interface, q.dataset, q.file, q.row, q.column_name, q.rule FROM engine.quarantine q "
    "JOIN engine.delivery d ON d.id = q.delivery WHERE q.outcome = 'quarantined' "
    "AND d.interface <> 'open-contracting/import'"
)


def test_the_quarantine_is_exactly_what_the_clerks_spoiled(database, truth):
    asked = {q["interface"] for q in truth["beside"]["quarantined"]}
    spoiled = {
        (q["interface"], q["file"], q["line"], q["column"], q["rule"])
        for q in truth["quarantined"]
        if q["interface"] not in FAULTY
    }
    found = {
        (interface, file, row, column, rule)
        for interface, _, file, row, column, rule in rows(database, QUARANTINED)
        if interface not in asked | FAULTY
    }
    assert found == spoiled
    assert len(spoiled) >= 0.005 * 900_000


def test_what_was_asked_for_and_pushed_is_refused_as_it_was_spoiled(database, truth):
    spoiled = Counter(
        (q["interface"], q["dataset"], q["column"], q["rule"])
        for q in truth["beside"]["quarantined"]
        if q["interface"] not in FAULTY
    )
    found = Counter(
        (interface, dataset, column, rule)
        for interface, dataset, _, _, column, rule in rows(database, QUARANTINED)
        if interface in {key[0] for key in spoiled}
    )
    assert found == spoiled
    assert len({key[0] for key in spoiled}) > 20


def test_every_delivered_row_is_accounted_for(database):
    unaccounted = rows(
        database,
        "SELECT delivery FROM engine.receipt WHERE received <> admitted + unchanged + quarantined + superseded",
    )
    assert unaccounted == []


def test_the_score_cards_are_counted_on_the_way(database):
    cards = rows(database, "SELECT department, figures FROM intake_scorecard WHERE figures #>> '{held_back,1}' <> '0'")
    assert len(cards) >= 25


def test_landing_and_detecting_again_changes_nothing(installation, database):
    counted = "SELECT (SELECT count(*) FROM engine.quarantine), (SELECT max(number) FROM engine.pool_version)"
    before = rows(database, counted)
    again = installation.json("pool", "land", "--json")
    assert again["admitted"] == 0
    assert rows(database, counted) == before
    second = installation.json("detect", "run", "--json")
    assert (second["new"], second["changed"], second["vanished"]) == (0, 0, 0)
    assert second["not_evaluable"] > 0 or not installation.report["real_files"]


def test_all_planted_wrongs_are_found_and_little_else(installation):
    score = installation.json("synth", "score", "--json")
    assert score["recall"] == 1.0
    assert score["precision"] >= 0.95


def test_rows_without_a_number_are_linked_right_or_left_open(installation):
    linked = installation.json("synth", "score", "--json")["identity"]
    assert (linked["recall"], linked["precision"]) == (1.0, 1.0)
    assert linked["missing"] == 0
    assert {tier: ends["open"] == ends["planted"] for tier, ends in linked["by_tier"].items()} == {
        "T1x": True, "T2": False, "T4": True, "nobody": True,
    }  # fmt: skip


def test_an_alert_on_a_likely_identity_is_yellow_until_people_say_who_it_was(database):
    uncertain = rows(
        database,
        "SELECT grade, model_grade FROM engine.finding WHERE model = 'tender-reg-collusion/same-ip-upload' "
        "AND model_grade <> grade AND state <> 'vanished'",
    )
    assert uncertain == [("yellow", "red")]


def test_a_changed_threshold_changes_the_score(installation, database):
    before = installation.json("synth", "score", "--json")
    model = "village-asset/rent-receivable-unpaid"
    with database.transaction(Role.WORKER) as connection:
        connection.execute(
            "INSERT INTO engine.parameter_override (model, area_prefix, parameter_values, valid_from) "
            "VALUES (%s, '33', '{\"min_amount\": 100000}', '2000-01-01')",
            [model],
        )
    try:
        installation.run("detect", "run", "--model", model)
        after = installation.json("synth", "score", "--json")
    finally:
        with database.transaction(Role.WORKER) as connection:
            connection.execute(
                "INSERT INTO engine.parameter_override (model, area_prefix, parameter_values, valid_from, ends) "
                "SELECT model, area_prefix, '{}', valid_from, id FROM engine.parameter_override WHERE model = %s",
                [model],
            )
        installation.run("detect", "run", "--model", model)
    assert after["by_model"][model]["recall"] < before["by_model"][model]["recall"]


def test_from_another_day_the_clock_models_say_something_else(installation):
    earlier = installation.json("detect", "run", "--json", "--as-of", "2020-01-01")
    assert earlier["vanished"] > 0
    back = installation.json("detect", "run", "--json")
    assert back["new"] + back["changed"] > 0


def test_a_file_that_never_came_raises_no_alert(installation):
    """The rent story rests on the ledger's files; without them, from the start, there is no such alert."""
    from tests.conftest import Installation, short_home

    home = short_home()
    other = Installation(home, {})
    source = installation.home / "inbox"
    for department in ("civil-affairs", "establishment", "agriculture"):
        for file in (source / department).iterdir():
            if not file.name.startswith("yskjh"):
                place = home / "inbox" / department / file.name
                place.parent.mkdir(parents=True, exist_ok=True)
                os.link(file, place)
    other.run("pool", "land")
    told = other.json("detect", "run", "--json", "--model", "village-asset/rent-receivable-unpaid")
    other.run("reset", "--yes")
    assert told["new"] == 0
    assert told["not_evaluable"] >= 1


def test_the_four_stories_are_in_their_places(database, truth):
    stories = {wrong["story"].split(":")[0]: wrong for wrong in truth["wrongs"] if wrong.get("story")}
    assert {"story 1", "story 2", "story 3", "story 4"} <= set(stories)
    rent = rows(
        database,
        "SELECT count(*), count(DISTINCT case_no) FROM alerts_alert WHERE model_id = %s AND province = '33'",
        "village-asset/rent-receivable-unpaid",
    )
    assert rent[0][0] == 31
    wulong = rows(
        database,
        "SELECT sum(amount_involved), count(DISTINCT case_no), max(amount_involved) FROM alerts_alert "
        "WHERE model_id = %s AND village = '339921101201'",
        "village-asset/rent-receivable-unpaid",
    )
    assert wulong[0][0] > 1_810_000
    assert wulong[0][1] == 1
    assert wulong[0][2] > 1_270_000
    employer = rows(
        database,
        "SELECT grade, payload ->> 'project_count', amount_involved FROM alerts_alert "
        "WHERE model_id = %s AND village = '339921101201'",
        "village-project/former-employer-contractor",
    )
    assert [row[:2] for row in employer] == [("red", "5")]
    assert employer[0][2] > 1_320_000


def test_each_alert_of_the_county_lies_with_a_body_that_has_somebody(database):
    stray = rows(
        database,
        "SELECT c.no, b.name FROM cases_case c LEFT JOIN orgs_body b ON b.id = c.assignee_body_id "
        "WHERE c.province = '33' AND (c.assignee_body_id IS NULL OR c.staffing_gap)",
    )
    assert stray == []


def test_the_outsider_sees_nothing_of_the_neighbouring_township(database):
    foreign = rows(
        database,
        "SELECT count(*) FROM alerts_alert a, orgs_user u WHERE u.username = 'qian' AND a.town = '339921101' "
        "AND a.participants @> ARRAY[u.body_id]",
    )
    assert foreign == [(0,)]


def test_the_cadre_named_in_an_alert_is_kept_away_from_it(database):
    named, kept = rows(
        database,
        "SELECT count(*), count(*) FILTER (WHERE u.id = ANY (a.recused)) FROM alerts_alert a "
        "JOIN orgs_user u ON u.subject_key = ANY (a.subject_keys) WHERE u.username = 'li'",
    )[0]
    assert named == kept >= 1


def test_a_backup_brings_the_installation_back(installation):
    from tests.conftest import Installation, short_home

    home = short_home()
    file = Path(str(home) + ".tgz")
    installation.run("backup", str(file))
    other = Installation(home, {})
    other.run("restore", str(file))
    file.unlink()
    database = Database(Server(Home(home)).address)
    with database.connect(Role.WORKER) as connection:
        counts = connection.execute("SELECT count(*) FROM alerts_alert").fetchone()
    other.run("reset", "--yes")
    assert counts[0] == sum(installation.report["alerts"].values())
