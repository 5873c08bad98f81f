"""A run looks at what changed since the last one, and then says what a full run would say."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from steelyard import detect
from steelyard.catalogue import Catalogue, load_catalogue
from steelyard.detect.tests.small_pool import DAY, REGION, SmallPool, know
from steelyard.detect.tests.who import link, merge, part
from steelyard.engines.postgres import Database
from steelyard.kit.catalogue_folder import catalogue_folder

FORMER = "village-project/former-employer-contractor"
RENT = "village-asset/rent-receivable-unpaid"
VILLAGE, OTHER = "339921101201", "339921101202"
PEOPLE, FIRMS = ("P1", "P2", "P3"), ("CA", "CB", "CC")
PAID = {"receipt_id": "R1", "contract_id": "L0", "village_code": VILLAGE, "received_date": "2025-01-01", "amount": 1}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(catalogue_folder())


def official(person: str, village: str = VILLAGE, until: str = "2018-12-31") -> dict[str, str | None]:
    return {"person_id": person, "org_id": "V1", "village_code": village, "position": "party_secretary",
            "from_date": "2014-01-01", "to_date": until}  # fmt: skip


def insured(person: str | None, company: str, month: str = "2015-03-01") -> dict[str, str | None]:
    return {"person_id": person, "company_id": company, "month": month, "ins_type": "pension"}


INSURED = [insured("P1", "CB"), insured("P1", "CB", "2015-04-01")]


def unnamed(firms: Sequence[str]) -> list[dict[str, str | None]]:
    """Rows that name nobody, for linkage to say whom they mean."""
    return [insured(None, firm, f"2015-0{number % 2 + 1}-01") for number, firm in enumerate(firms)]


def project(number: int, company: str, village: str = VILLAGE, amount: int = 90000) -> dict[str, object]:
    return {"project_id": f"J{number}", "village_code": village, "name": "road", "contractor_id": company,
            "contract_amount": amount, "sign_date": "2018-02-01"}  # fmt: skip


def lease(number: int, party: str) -> dict[str, str]:
    return {"contract_id": f"L{number}", "village_code": VILLAGE, "party_id": party, "status": "active"}


def due(number: int, amount: int) -> dict[str, object]:
    return {"contract_id": f"L{number}", "village_code": VILLAGE, "due_date": "2025-01-01", "amount_due": amount}


def firm(name: str, person: str) -> dict[str, str]:
    return {"company_id": name, "name": f"Builder {name}", "legal_rep_id": person, "area_code": "339921000000"}


def kin(person: str, relative: str) -> dict[str, object]:
    return {"person_id": person, "relative_id": relative, "relation": "sibling", "degree": 1, "confidence": 1}


@pytest.fixture
def pool(tmp_path: Path, catalogue: Catalogue, clean_engine: Database) -> SmallPool:
    know(clean_engine, **dict.fromkeys(FIRMS, "company"), V1="org", **dict.fromkeys(PEOPLE, "person"))
    found = SmallPool(tmp_path, catalogue, numbered=True)
    found.put(
        region=REGION, official=[official("P1"), official("P3", until="2030-12-31")], social_insurance=INSURED,
        village_project=[project(1, "CB"), project(2, "CA", OTHER)],
        village_contract=[lease(1, "CB"), lease(2, "CC")], rent_receivable=[due(1, 20000), due(2, 30000)],
        rent_receipt=[PAID], company=[firm("CB", "P2")], kinship=[kin("P1", "P2")],
    )  # fmt: skip
    return found


def run(pool: SmallPool, database: Database, day: dt.date = DAY, **how: object) -> detect.RunReport:
    return detect.run(pool, pool.catalogue, database, day, [FORMER, RENT], **how)  # type: ignore[arg-type]


def stands(database: Database) -> dict[str, tuple[dict[str, Any], str, dict[str, Any]]]:
    with database.connect() as connection:
        listed = detect.findings_since(connection, 0, 10_000)
    return {one.fingerprint: (one.key, one.grade, one.payload) for one in listed if one.state != "vanished"}


def test_nothing_changed_nothing_is_looked_at(pool: SmallPool, clean_engine: Database) -> None:
    first, second = run(pool, clean_engine), run(pool, clean_engine)
    assert first.scopes == {FORMER: "first", RENT: "first"}
    assert second.scopes == {FORMER: 0, RENT: 0}
    assert second.unchanged == first.new > 0


def test_a_change_is_looked_at_where_it_touches(pool: SmallPool, clean_engine: Database) -> None:
    run(pool, clean_engine)
    before = stands(clean_engine)
    pool.put(village_project=[project(1, "CB", amount=95000), project(2, "CA", OTHER)])
    report = run(pool, clean_engine)
    assert report.scopes == {FORMER: 1, RENT: 0}
    assert (report.new, report.changed, report.vanished) == (0, 1, 0)
    assert len(stands(clean_engine)) == len(before)


def test_a_derived_relation_carries_a_change_to_the_models(pool: SmallPool, clean_engine: Database) -> None:
    run(pool, clean_engine)
    pool.put(kinship=[], company=[firm("CB", "P2"), firm("CC", "P3")])
    report = run(pool, clean_engine)
    assert report.scopes[RENT] == 2
    links = {
        one[0]["contract_id"]: one[2]["debtor_link"] for one in stands(clean_engine).values() if "contract_id" in one[0]
    }
    assert links == {"L1": None, "L2": "P3"}
    assert run(pool, clean_engine, kind="reconcile").incidents == 0


def shown(database: Database) -> dict[str, list[Any]]:
    with database.connect() as connection:
        listed = detect.findings_since(connection, 0, 10_000)
    return {one.fingerprint: list(one.evidence) for one in listed if one.state != "vanished"}


def test_what_few_units_show_is_what_a_first_look_shows(pool: SmallPool, clean_engine: Database) -> None:
    pool.put(rent_receivable=[due(3, 500)], village_contract=[lease(3, "CC")])
    run(pool, clean_engine)
    pool.put(
        village_contract=[lease(1, "CB"), lease(2, "CC"), lease(3, "CC")],
        rent_receivable=[due(1, 20000), due(1, 20000) | {"due_date": "2025-02-01"}, due(2, 30000), due(3, 40000)],
        rent_receipt=[PAID | {"contract_id": "L1"}, PAID | {"receipt_id": "R2", "contract_id": "L3"}],
        company=[firm("CB", "P2"), firm("CC", "P3")], kinship=[],
    )  # fmt: skip
    report = run(pool, clean_engine)
    assert (report.scopes[RENT], report.new) == (4, 3)
    few = shown(clean_engine)
    ties = [section["count"] for listed in few.values() for section in listed if section["name"] == "ties"]
    assert sorted(ties) == [0, 1, 1]
    with clean_engine.transaction() as connection:
        for table in ("finding", "model_cursor"):
            connection.execute(f"DELETE FROM engine.{table}")
    assert run(pool, clean_engine).scopes[RENT] == "first"
    assert shown(clean_engine) == few


def test_a_finding_that_rises_and_falls_is_told_so(pool: SmallPool, clean_engine: Database) -> None:
    know(clean_engine, "source", CB="company")
    run(pool, clean_engine)
    know(clean_engine, "T1", CB="company")
    risen = run(pool, clean_engine)
    assert (risen.changed, risen.risen, risen.fallen) == (risen.risen, risen.risen, 0)
    assert risen.risen > 0
    know(clean_engine, "source", CB="company")
    assert run(pool, clean_engine).fallen == risen.risen


def test_everything_is_looked_at_where_the_model_changed(
    pool: SmallPool, catalogue: Catalogue, clean_engine: Database
) -> None:
    from steelyard.detect.cursors import cursors, definition

    run(pool, clean_engine)
    other = replace(catalogue.models[FORMER], sha256="0" * 64)
    with clean_engine.connect() as connection:
        stood = cursors(connection)[FORMER]
    now = replace(stood, model_sha="0" * 64, definition_sha=definition(other, catalogue))
    assert stood.why_full(now, daily=False) == "model"
    with clean_engine.transaction() as connection:
        connection.execute("UPDATE engine.model_cursor SET definition_sha = 'old' WHERE model = %s", [FORMER])
    assert run(pool, clean_engine).scopes == {FORMER: "definition", RENT: 0}


def test_a_model_that_depends_on_the_day_looks_at_everything_on_a_new_day(
    pool: SmallPool, clean_engine: Database
) -> None:
    run(pool, clean_engine)
    later = run(pool, clean_engine, DAY + dt.timedelta(days=1))
    assert later.scopes[RENT] == "day"
    assert later.scopes[FORMER] == 0
    assert set(run(pool, clean_engine, DAY + dt.timedelta(days=2), kind="sweep").scopes) == {RENT}


def test_a_version_that_cannot_be_read_any_more_is_no_obstacle(pool: SmallPool, clean_engine: Database) -> None:
    run(pool, clean_engine)
    pool.put(village_project=[project(1, "CB", amount=95000)])
    pool.past[1]["village_project"].unlink()
    report = run(pool, clean_engine)
    assert "unreadable" in str(report.scopes[FORMER])
    assert report.changed == 1


def test_a_model_that_failed_looks_again_at_what_it_missed(pool: SmallPool, clean_engine: Database) -> None:
    run(pool, clean_engine)
    broken = replace(pool.catalogue.models[FORMER], sql="SELECT nothing FROM village_project")
    whole = pool.catalogue
    pool.catalogue = replace(whole, models={**whole.models, FORMER: broken})
    pool.put(village_project=[project(1, "CB", amount=95000)])
    assert FORMER in run(pool, clean_engine).failed
    pool.catalogue = whole
    report = run(pool, clean_engine)
    assert isinstance(report.scopes[FORMER], int)
    assert report.changed == 1


def test_what_is_stored_wrongly_is_an_incident_and_is_repaired(pool: SmallPool, clean_engine: Database) -> None:
    run(pool, clean_engine)
    right = stands(clean_engine)
    with clean_engine.transaction() as connection:
        connection.execute("UPDATE engine.finding SET state = 'vanished' WHERE model = %s", [FORMER])
        connection.execute("UPDATE engine.finding SET grade = 'blue' WHERE model = %s", [RENT])
    report = run(pool, clean_engine, kind="reconcile")
    assert report.incidents == len(right)
    assert stands(clean_engine) == right
    with clean_engine.connect() as connection:
        listed = detect.reconcile_incidents(connection)
    assert {(one.model, one.difference) for one in listed} == {(FORMER, "missing"), (RENT, "other")}
    assert all(one.found and one.area_code for one in listed)


def test_a_reconcile_after_a_change_nobody_looked_at_is_no_incident(pool: SmallPool, clean_engine: Database) -> None:
    run(pool, clean_engine)
    pool.put(village_project=[project(1, "CB", amount=95000)])
    report = run(pool, clean_engine, kind="reconcile")
    assert (report.changed, report.incidents) == (1, 0)


@pytest.mark.parametrize("seed", [3, 4])
def test_random_changes_and_relinks_say_what_a_full_run_says(
    pool: SmallPool, clean_engine: Database, seed: int
) -> None:
    chance = random.Random(seed)
    run(pool, clean_engine)
    merged: list[str] = []
    rows = iter(range(4, 34))
    pool.put(social_insurance=[*INSURED, *unnamed(FIRMS * 10)])
    by_units = spoke = 0
    for _ in range(14):
        _change(pool, clean_engine, chance, merged, rows)
        report = run(pool, clean_engine)
        assert report.failed == {}
        by_units += all(isinstance(scope, int) for scope in report.scopes.values())
        now = stands(clean_engine)
        spoke += bool(now)
        full = run(pool, clean_engine, kind="reconcile")
        assert full.incidents == 0, (report.scopes, incidents(clean_engine))
        assert stands(clean_engine) == now
    assert by_units > 10
    assert spoke > 7


def incidents(database: Database) -> list[detect.ReconcileIncident]:
    with database.connect() as connection:
        return detect.reconcile_incidents(connection)


def _change(
    pool: SmallPool, database: Database, chance: random.Random, merged: list[str], rows: Iterator[int]
) -> None:  # fmt: skip
    pick = chance.choice
    what = pick(["project", "insured", "official", "kin", "firm", "lease", "merge", "part", "link", "link"])
    if what == "merge" and not merged:
        old, into = chance.sample(PEOPLE, 2)
        merge(database, old, into)
        merged.append(old)
    elif what == "part" and merged:
        part(database, merged.pop())
    elif what == "link":
        row = next(rows)
        link(database, pool, "social_insurance", "person_id", row, pick(PEOPLE), pick(["T1", "T2", "T3"]))
    elif what == "insured":
        pool.put(social_insurance=[*INSURED, *unnamed([pick(FIRMS) for _ in range(30)])])
    elif what == "official":
        ends = ["2030-12-31", "2018-12-31"]
        pool.put(official=[official(who, pick([VILLAGE, OTHER]), pick(ends)) for who in chance.sample(PEOPLE, 2)])
    elif what == "kin":
        pool.put(kinship=[kin(*chance.sample(PEOPLE, 2)) for _ in range(pick([0, 1]))])
    elif what == "firm":
        pool.put(company=[firm(name, pick(PEOPLE)) for name in chance.sample(FIRMS, 2)])
    elif what == "lease":
        pool.put(village_contract=[lease(1, pick(FIRMS)), lease(2, pick(FIRMS))])
    else:
        pool.put(
            village_project=[project(n, pick(FIRMS), pick([VILLAGE, OTHER]), pick([90000, 95000])) for n in (1, 2)]
        )
