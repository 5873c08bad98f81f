"""A finding is computed again as it was seen then, or it is said why not; the frozen evidence stands either way."""

from dataclasses import replace
from pathlib import Path

import pytest

from steelyard import detect
from steelyard.catalogue import Catalogue, load_catalogue
from steelyard.catalogue.cases import Override
from steelyard.detect.tests.small_pool import DAY, REGION, SmallPool, know
from steelyard.detect.tests.test_runs import FORMER, INSURED, OFFICIAL, PROJECT, VILLAGE
from steelyard.detect.tests.who import merge, part
from steelyard.engines.postgres import Database
from steelyard.kit.catalogue_folder import catalogue_folder

ELSEWHERE = PROJECT | {"contractor_id": "CX"}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(catalogue_folder())


@pytest.fixture
def pool(tmp_path: Path, catalogue: Catalogue, clean_engine: Database) -> SmallPool:
    found = SmallPool(tmp_path, catalogue)
    know(clean_engine, PLI="person", CB="company", V1="org")
    found.put(region=REGION, official=[OFFICIAL], social_insurance=INSURED, village_project=[PROJECT])
    note_versions(clean_engine, found)
    detect.run(found, catalogue, clean_engine, DAY, [FORMER])
    return found


def note_versions(database: Database, pool: SmallPool) -> None:
    with database.transaction() as connection:
        for number in pool.past:
            connection.execute(
                "INSERT INTO engine.pool_version (number, tables) OVERRIDING SYSTEM VALUE VALUES (%s, '{}') "
                "ON CONFLICT DO NOTHING",
                [number],
            )


def vacuum(database: Database, pool: SmallPool, *numbers: int) -> None:
    """As the pool's own does it: marked first, then the files go."""
    with database.transaction() as connection:
        connection.execute("UPDATE engine.pool_version SET vacuumed_at = now() WHERE number = ANY(%s)", [list(numbers)])
    kept = {path for number, tables in pool.past.items() if number not in numbers for path in tables.values()}
    for number in numbers:
        for path in set(pool.past[number].values()) - kept:
            path.unlink()


def change(pool: SmallPool, database: Database, **datasets: object) -> detect.RunReport:
    pool.put(**datasets)  # type: ignore[arg-type]
    note_versions(database, pool)
    return detect.run(pool, pool.catalogue, database, DAY, [FORMER])


def only(database: Database) -> detect.Finding:
    with database.connect() as connection:
        [found] = detect.findings_since(connection, 0)
    return found


def again(pool: SmallPool, database: Database, catalogue: Catalogue | None = None) -> detect.Replay:
    return detect.replay(pool, catalogue or pool.catalogue, database, only(database).fingerprint)


def test_it_says_the_same_as_was_seen_then(pool: SmallPool, clean_engine: Database) -> None:
    made = again(pool, clean_engine)
    assert (made.state, made.pool_version, made.as_of, made.differences) == ("same", 1, DAY, ())
    assert made.said["zh"]


def test_later_data_do_not_change_what_was_seen_then(pool: SmallPool, clean_engine: Database) -> None:
    assert change(pool, clean_engine, village_project=[ELSEWHERE]).vanished == 1
    assert (again(pool, clean_engine).state, again(pool, clean_engine).pool_version) == ("same", 1)


def test_a_changed_finding_is_computed_from_where_it_changed(pool: SmallPool, clean_engine: Database) -> None:
    assert change(pool, clean_engine, village_project=[PROJECT | {"contract_amount": 95000}]).changed == 1
    assert (again(pool, clean_engine).state, again(pool, clean_engine).pool_version) == ("same", 2)


def test_the_text_of_then_is_used_where_the_catalogue_has_another(pool: SmallPool, clean_engine: Database) -> None:
    model = pool.catalogue.models[FORMER]
    now = replace(pool.catalogue, models={FORMER: replace(model, sql="SELECT 1", version="9.0.0", sha256="other")})
    made = again(pool, clean_engine, now)
    assert (made.state, made.model_version) == ("same", model.version)


def test_the_parameters_of_then_are_used(pool: SmallPool, clean_engine: Database) -> None:
    name = next(iter(pool.catalogue.models[FORMER].parameters))
    before = again(pool, clean_engine)
    with clean_engine.transaction() as connection:
        connection.execute(
            "INSERT INTO engine.parameter_override (model, area_prefix, parameter_values, valid_from) "
            "VALUES (%s, %s, jsonb_build_object(%s::text, 1), '2020-01-01')",
            [FORMER, VILLAGE, name],
        )
    assert again(pool, clean_engine) == before


def test_who_was_who_then_is_used(pool: SmallPool, clean_engine: Database) -> None:
    know(clean_engine, P2="person")
    merge(clean_engine, "PLI", "P2")
    assert again(pool, clean_engine).state == "same"
    detect.run(pool, pool.catalogue, clean_engine, DAY, [FORMER])
    assert only(clean_engine).key["person_id"] == "P2"
    part(clean_engine, "PLI")
    assert again(pool, clean_engine).state == "same"


def test_what_differs_is_told(pool: SmallPool, clean_engine: Database) -> None:
    # Somebody tampered with the stored finding: the data of then say otherwise.
    with clean_engine.transaction() as connection:
        connection.execute('UPDATE engine.finding SET payload = payload || \'{"contract_total": "1.00"}\'')
    made = again(pool, clean_engine)
    assert made.state == "differs"
    assert [(one["where"], one["then"], one["now"]) for one in made.differences] == [
        ("contract_total", "1.00", "90000.00")
    ]


def test_a_later_version_in_which_it_stood_unchanged_serves_as_well(pool: SmallPool, clean_engine: Database) -> None:
    other = {**OFFICIAL, "person_id": "PX"}
    pool.put(official=[OFFICIAL, other])
    note_versions(clean_engine, pool)
    assert detect.run(pool, pool.catalogue, clean_engine, DAY, [FORMER], full=True).unchanged == 1
    vacuum(clean_engine, pool, 1)
    made = again(pool, clean_engine)
    assert (made.state, made.frozen_in, made.pool_version) == ("same", 1, 2)


def test_where_retention_removed_the_version_the_frozen_evidence_stands(
    pool: SmallPool, clean_engine: Database
) -> None:
    before = only(clean_engine).evidence
    change(pool, clean_engine, village_project=[ELSEWHERE])
    vacuum(clean_engine, pool, 1)
    made = again(pool, clean_engine)
    assert (made.state, made.frozen_in) == ("removed", 1)
    assert "retention has removed" in made.said["en"].lower()
    assert only(clean_engine).evidence == before
    assert before[0]["sources"][0]["delivery"]


def test_a_finding_of_before_texts_were_kept_says_so(pool: SmallPool, clean_engine: Database) -> None:
    with clean_engine.transaction() as connection:
        connection.execute("UPDATE engine.finding SET frozen_basis = NULL, frozen_run = NULL")
    assert again(pool, clean_engine).state == "impossible"


def test_an_unknown_finding_is_refused(pool: SmallPool, clean_engine: Database) -> None:
    with pytest.raises(detect.FindingUnknown):
        detect.replay(pool, pool.catalogue, clean_engine, "nobody")


def test_overrides_come_back_in_their_order(pool: SmallPool, clean_engine: Database) -> None:
    from steelyard.detect import basis
    from steelyard.detect.parameters import in_force, parameter_set

    model = pool.catalogue.models[FORMER]
    name = next(iter(model.parameters))
    given = [Override("33", {name: 1}, None, None), Override(VILLAGE, {name: 2}, None, None)]
    with clean_engine.transaction() as connection:
        basis.freeze(
            connection, pool.catalogue, model, parameter_set(model, DAY, given), [only(clean_engine).fingerprint], 1
        )
        row = connection.execute("SELECT frozen_basis FROM engine.finding").fetchone()
        assert row
        kept = basis.read(connection, row[0])
    assert [one.area for one in in_force(kept.overrides, DAY)] == [VILLAGE, "33"]
    assert kept.model.sha256 == model.sha256
