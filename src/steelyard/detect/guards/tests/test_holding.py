"""What is too much for people waits for one: floods, mass vanishings and data that went away."""

import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from steelyard import detect
from steelyard.catalogue import Catalogue
from steelyard.detect import guards
from steelyard.detect.guards import Limits
from steelyard.detect.guards.tests.homely import FORMER, INSURED, OFFICIAL, PROJECT, HomelyPool, held, stored
from steelyard.detect.tests.small_pool import DAY, SmallPool
from steelyard.engines.postgres import Database

FEW = Limits(most_new=30, growth_from=5, least_runs=2, vanishing_from=4, emptied_from=4, alone=35, most_released=60)


@pytest.fixture(autouse=True)
def _low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Limits, "from_environment", classmethod(lambda _cls: FEW))


def companies(numbers: Sequence[int]) -> list[dict[str, Any]]:
    return [PROJECT | {"project_id": f"J{n}", "contractor_id": f"C{n}"} for n in numbers]


def insured(numbers: Sequence[int]) -> list[dict[str, Any]]:
    return [INSURED[0] | {"company_id": f"C{n}"} for n in numbers]


def with_findings(pool: SmallPool, number: int) -> None:
    pool.put(village_project=companies(range(number)), social_insurance=insured(range(number)))


def run(
    pool: SmallPool, database: Database, known: Catalogue | None = None, *, full: bool = False, **limits: Any
) -> detect.RunReport:
    model = replace(pool.catalogue.models[FORMER], run_limits=limits)
    found = replace(known or pool.catalogue, models={**pool.catalogue.models, FORMER: model})
    return detect.run(pool, found, database, DAY, [FORMER], full=full)


def decide(database: Database, number: int, verb: Any = guards.release, **given: Any) -> guards.HeldBatch:
    with database.transaction() as connection:
        return verb(connection, number, **({"by": "fang", "reason": "looked at it"} | given))


def decide_few(database: Database, number: int, **given: Any) -> guards.HeldBatch:
    return decide(database, number, limits=FEW, **given)


# -- floods --------------------------------------------------------------------------------


def test_more_new_findings_than_may_be_stored_are_held_and_none_is_sent(
    pool: HomelyPool, clean_engine: Database
) -> None:
    with_findings(pool, 40)
    report = run(pool, clean_engine)
    assert (report.new, stored(clean_engine)) == (0, 0)
    assert "40 new findings at once" in report.held[FORMER]
    [batch] = held(clean_engine)
    assert (batch.kind, batch.rows, batch.most) == ("findings", 40, 30)
    assert batch.by_area == {"339921000000": {"red": 40}}
    assert batch.sample[0]["key"]["en"] == "contractor_id C0, person_id (a person, covered)"
    assert (pool.home.held / batch.file).is_file()


def test_a_batch_that_comes_again_waits_once_and_goes_away_with_its_cause(
    pool: HomelyPool, clean_engine: Database
) -> None:
    with_findings(pool, 40)
    run(pool, clean_engine)
    with_findings(pool, 45)
    run(pool, clean_engine)
    [batch] = held(clean_engine)
    assert batch.rows == 45
    assert [one.name for one in pool.home.held.iterdir()] == [batch.file]
    with_findings(pool, 10)
    assert run(pool, clean_engine).new == 10
    assert held(clean_engine) == []
    assert [one.state for one in held(clean_engine, ("settled",))] == ["settled"]


def test_a_model_may_allow_itself_more(pool: HomelyPool, clean_engine: Database) -> None:
    with_findings(pool, 40)
    assert run(pool, clean_engine, max_new=50).new == 40


def test_growth_beyond_what_is_usual_is_held(pool: HomelyPool, clean_engine: Database) -> None:
    for number in (2, 4, 6):
        with_findings(pool, number)
        run(pool, clean_engine, full=True, max_growth=5)
    with_findings(pool, 19)
    report = run(pool, clean_engine, full=True, max_growth=5)
    assert (report.new, stored(clean_engine)) == (0, 6)
    [batch] = held(clean_engine)
    assert (batch.rows, batch.most) == (13, 10)
    assert "usual" in batch.why["en"]


def test_a_released_batch_goes_out_with_the_next_run(pool: HomelyPool, clean_engine: Database) -> None:
    with_findings(pool, 34)
    run(pool, clean_engine)
    [batch] = held(clean_engine)
    assert decide_few(clean_engine, batch.id).state == "releasing"
    assert run(pool, clean_engine).new == 34
    assert held(clean_engine) == []
    assert [one.decided_by for one in held(clean_engine, ("released",))] == ["fang"]
    assert list(pool.home.held.iterdir()) == []
    assert run(pool, clean_engine).unchanged == 34


def test_a_part_of_a_batch_can_be_released_and_the_rest_goes_on_waiting(
    pool: HomelyPool, clean_engine: Database
) -> None:
    far = [one | {"village_code": "339922101201"} for one in companies(range(40, 43))]
    pool.put(
        village_project=[*companies(range(40)), *far], social_insurance=insured(range(43)),
        official=[OFFICIAL, OFFICIAL | {"village_code": "339922101201"}],
    )  # fmt: skip
    run(pool, clean_engine)
    [batch] = held(clean_engine)
    decide_few(clean_engine, batch.id, area="339922")
    assert run(pool, clean_engine).new == 3
    # Nothing is told of what changed since: the rest must be looked at all the same.
    run(pool, clean_engine)
    [rest] = held(clean_engine)
    assert rest.by_area == {"339921000000": {"red": 40}, "339922000000": {"red": 3}}
    assert stored(clean_engine) == 3


def test_a_large_release_takes_two_people(pool: HomelyPool, clean_engine: Database) -> None:
    with_findings(pool, 40)
    run(pool, clean_engine)
    [batch] = held(clean_engine)
    assert decide_few(clean_engine, batch.id).state == "held"
    assert decide_few(clean_engine, batch.id).state == "held"
    assert decide_few(clean_engine, batch.id, by="he").state == "releasing"


def test_the_second_person_agrees_to_what_was_asked_and_to_nothing_else(
    pool: HomelyPool, clean_engine: Database
) -> None:
    with_findings(pool, 40)
    run(pool, clean_engine)
    [batch] = held(clean_engine)
    decide_few(clean_engine, batch.id, area="339921")
    assert decide_few(clean_engine, batch.id, by="he").state == "held"


def test_no_release_sends_more_than_one_may(pool: HomelyPool, clean_engine: Database) -> None:
    with_findings(pool, 61)
    run(pool, clean_engine)
    [batch] = held(clean_engine)
    with pytest.raises(guards.CannotDecide, match="choose an area or grades"):
        decide_few(clean_engine, batch.id, second="he")


def test_a_decision_needs_a_reason_and_is_made_once(pool: HomelyPool, clean_engine: Database) -> None:
    with_findings(pool, 34)
    run(pool, clean_engine)
    [batch] = held(clean_engine)
    with pytest.raises(guards.CannotDecide, match="say who decides, and why"):
        decide_few(clean_engine, batch.id, reason=" ")
    decide(clean_engine, batch.id, guards.discard)
    with pytest.raises(guards.CannotDecide, match="decided already"):
        decide_few(clean_engine, batch.id)


def test_what_was_discarded_does_not_come_back_until_the_parameters_change(
    pool: HomelyPool, clean_engine: Database
) -> None:
    with_findings(pool, 34)
    run(pool, clean_engine)
    decide(clean_engine, held(clean_engine)[0].id, guards.discard)
    assert (run(pool, clean_engine).new, held(clean_engine)) == (0, [])
    with_findings(pool, 36)
    assert run(pool, clean_engine).new == 2
    with clean_engine.transaction() as connection:
        connection.execute(
            "INSERT INTO engine.parameter_override (model, area_prefix, parameter_values, valid_from) "
            "VALUES (%s, '33', '{\"office_buffer_months\": 13}', '2025-01-01')",
            [FORMER],
        )
    assert "34 new findings" in run(pool, clean_engine).held[FORMER]


# -- vanishing in masses -------------------------------------------------------------------


def test_findings_do_not_vanish_in_masses_before_a_person_confirms(pool: HomelyPool, clean_engine: Database) -> None:
    with_findings(pool, 10)
    run(pool, clean_engine)
    pool.put(village_project=companies(range(10)), social_insurance=insured(range(3)) + insured(range(90, 97)))
    report = run(pool, clean_engine)
    assert (report.vanished, stored(clean_engine)) == (0, 10)
    assert "7 of 10 findings in 339921000000 would vanish" in report.held[FORMER]
    [batch] = held(clean_engine)
    assert decide(clean_engine, batch.id).state == "released"
    assert stored(clean_engine) == 3
    assert (run(pool, clean_engine).vanished, held(clean_engine)) == (0, [])


def test_a_mass_that_returns_waits_no_longer(pool: HomelyPool, clean_engine: Database) -> None:
    with_findings(pool, 10)
    run(pool, clean_engine)
    pool.put(social_insurance=insured(range(3)) + insured(range(90, 97)))
    run(pool, clean_engine)
    pool.put(social_insurance=insured(range(10)))
    assert run(pool, clean_engine).unchanged == 10
    assert held(clean_engine) == []


def test_a_mass_that_vanishes_cannot_be_discarded(pool: HomelyPool, clean_engine: Database) -> None:
    with_findings(pool, 10)
    run(pool, clean_engine)
    pool.put(social_insurance=insured(range(3)) + insured(range(90, 97)))
    run(pool, clean_engine)
    with pytest.raises(guards.CannotDecide, match="cannot be discarded"):
        decide(clean_engine, held(clean_engine)[0].id, guards.discard)


def test_a_few_findings_may_vanish(pool: HomelyPool, clean_engine: Database) -> None:
    with_findings(pool, 10)
    run(pool, clean_engine)
    with_findings(pool, 6)
    assert run(pool, clean_engine).vanished == 4


def demand_long_insurance(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO engine.parameter_override (model, area_prefix, parameter_values, valid_from) "
            "VALUES (%s, '33', '{\"min_months\": 60}', '2025-01-01')",
            [FORMER],
        )


def test_findings_that_a_changed_limit_takes_away_vanish_at_once(pool: HomelyPool, clean_engine: Database) -> None:
    with_findings(pool, 10)
    run(pool, clean_engine)
    demand_long_insurance(clean_engine)
    assert (run(pool, clean_engine).vanished, held(clean_engine)) == (10, [])


def test_a_changed_limit_takes_nothing_away_that_already_waits(pool: HomelyPool, clean_engine: Database) -> None:
    with_findings(pool, 10)
    run(pool, clean_engine)
    pool.put(social_insurance=insured(range(3)) + insured(range(90, 97)))
    run(pool, clean_engine)
    demand_long_insurance(clean_engine)
    assert (run(pool, clean_engine).vanished, [one.kind for one in held(clean_engine)]) == (0, ["vanishings"])


# -- emptied datasets ----------------------------------------------------------------------


def emptied(pool: SmallPool, database: Database, **tables: Any) -> list[detect.Readiness]:
    with_findings(pool, 12)
    run(pool, database)
    pool.put(**tables)
    report = run(pool, database)
    assert (report.vanished, stored(database)) == (0, 12)
    with database.connect() as connection:
        return detect.readiness(connection)


def test_a_dataset_its_department_emptied_makes_nothing_clean(pool: HomelyPool, clean_engine: Database) -> None:
    [judged] = emptied(pool, clean_engine, social_insurance=[])
    assert judged.state == "not_evaluable"
    assert judged.reason
    assert "social_insurance of" in judged.reason["en"]
    assert "fell from 12 rows to 0" in judged.reason["en"]
    [batch] = held(clean_engine)
    assert (batch.kind, batch.dataset, batch.rows) == ("emptied", "social_insurance", 12)


def test_rows_that_come_back_end_the_hold(pool: HomelyPool, clean_engine: Database) -> None:
    emptied(pool, clean_engine, social_insurance=[])
    pool.put(social_insurance=insured(range(12)))
    assert run(pool, clean_engine).unchanged == 12
    assert held(clean_engine) == []


def test_a_confirmed_loss_is_believed_from_then_on(pool: HomelyPool, clean_engine: Database) -> None:
    emptied(pool, clean_engine, village_project=companies(range(1)))
    [batch] = held(clean_engine)
    assert batch.dataset == "village_project"
    decide(clean_engine, batch.id)
    run(pool, clean_engine)
    assert [one.kind for one in held(clean_engine)] == ["vanishings"]
    with clean_engine.connect() as connection:
        assert [one.state for one in detect.readiness(connection)] == ["ready"]


# -- size ----------------------------------------------------------------------------------


def test_five_million_findings_neither_reach_the_store_nor_this_process(
    pool: HomelyPool, clean_engine: Database
) -> None:
    sql = (
        "SELECT lpad(CAST(row_number() OVER (ORDER BY a.project_id, b.project_id, c.project_id) AS VARCHAR), 12, '0') "
        "AS contractor_id, 'PLI' AS person_id, a.village_code, CAST(1 AS DECIMAL(18,2)) AS contract_total, 1 AS "
        "project_count, 'red' AS grade FROM village_project AS a CROSS JOIN village_project AS b "
        "CROSS JOIN village_project AS c"
    )
    pool.put(village_project=companies(range(171)))
    model = replace(pool.catalogue.models[FORMER], sql=sql)
    flooding = replace(pool.catalogue, models={FORMER: model})
    tracemalloc.start()
    report = detect.run(pool, flooding, clean_engine, DAY, [FORMER])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert report.failed == {}
    [batch] = held(clean_engine)
    assert batch.rows == 171**3 > 5_000_000
    assert stored(clean_engine) == 0
    assert len(batch.sample) == 20
    assert peak < 100e6
