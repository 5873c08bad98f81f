"""Affected units and slices without pool and store: what a change gives is what a full look gives."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from steelyard.catalogue.reach import Node, Occurrence, Reach, Route
from steelyard.detect.incremental import Affected, Delta, within
from steelyard.engines.duck import Duck, connect

TABLES = {
    "project": "project_id VARCHAR, village VARCHAR, firm VARCHAR, amount INTEGER",
    "office": "person VARCHAR, village VARCHAR",
    "job": "person VARCHAR, firm VARCHAR, months INTEGER",
    "pardon": "firm VARCHAR, reason VARCHAR",
}
SQL = """
SELECT p.firm, o.person, SUM(p.amount) AS total, COUNT(*) AS n, MAX(j.months) AS months
FROM project AS p
JOIN office AS o ON o.village = p.village
LEFT JOIN job AS j ON j.person = o.person AND j.firm = p.firm
WHERE NOT EXISTS (SELECT 1 FROM pardon AS x WHERE x.firm = p.firm)
GROUP BY p.firm, o.person
"""
UNIT = ("firm", "person")


def route(unit: tuple[tuple[int, str], ...], *nodes: Node, names: tuple[str, ...] = UNIT) -> Route:
    return Route(nodes, unit, names)


PROJECT, OFFICE, JOB, PARDON = (Node(name) for name in ("project", "office", "job", "pardon"))
REACH = Reach(
    UNIT,
    (
        Occurrence("project", "p", 3,
                   (route(((0, "firm"), (1, "person")), PROJECT, Node("office", 0, (("village", "village"),))),)),
        Occurrence("office", "o", 4,
                   (route(((1, "firm"), (0, "person")), OFFICE, Node("project", 0, (("village", "village"),))),)),
        Occurrence("job", "j", 5, (route(((0, "firm"), (0, "person")), JOB),)),
        Occurrence("pardon", "x", 6, (route(
            ((0, "firm"), (2, "person")), PARDON,
            Node("project", 0, (("firm", "firm"),)), Node("office", 1, (("village", "village"),))),)),
    ),
)  # fmt: skip


@pytest.fixture
def duck() -> Iterator[Duck]:
    with connect(memory_mb=256, threads=1) as duck:
        for schema in ("old", "new"):
            duck.execute(f"CREATE SCHEMA {schema}")
            for name, columns in TABLES.items():
                duck.execute(f"CREATE TABLE {schema}.{name} ({columns})")
        yield duck


def in_schema(schema: str) -> Callable[[str], str]:
    return lambda table: f"{schema}.{table}"


def rows(duck: Duck, sql: str) -> list[tuple[object, ...]]:
    return sorted(duck.execute(sql).fetchall(), key=repr)


def full(duck: Duck, schema: str) -> list[tuple[object, ...]]:
    duck.execute(f"SET search_path = '{schema}'")
    found = rows(duck, SQL)
    duck.execute("SET search_path = 'main'")
    return found


def affected(duck: Duck, name: str = "walk") -> Affected:
    deltas = {
        table: Delta(
            f"(FROM old.{table} EXCEPT ALL FROM new.{table})", f"(FROM new.{table} EXCEPT ALL FROM old.{table})"
        )
        for table in TABLES
    }
    return Affected(duck, in_schema("old"), in_schema("new"), deltas, name=name)


def step(duck: Duck, before: list[tuple[object, ...]], reach: Reach = REACH) -> list[tuple[object, ...]]:
    """What stands after the change, of what stood before and what the slices say."""
    change = affected(duck)
    units = change.units(reach)
    with change.sliced(reach, units):
        now = rows(duck, within(SQL, units))
    touched = set(duck.execute(f"SELECT firm, person FROM {units.table}").fetchall())
    change.walks.forget()
    return sorted([*(row for row in before if row[:2] not in touched), *now], key=repr)


def random_row(chance: random.Random, table: str) -> list[object]:
    villages, firms, people = ["V1", "V2", "V3"], ["F1", "F2", "F3", "F4", None], ["P1", "P2", "P3", None]
    pick = chance.choice
    return {
        "project": [f"K{chance.randrange(9)}", pick([*villages, None]), pick(firms), pick([1, 2, 5])],
        "office": [pick(people), pick(villages)],
        "job": [pick(people), pick(firms), pick([3, 6])],
        "pardon": [pick(firms), pick(["a", "b"])],
    }[table]


def change_something(duck: Duck, chance: random.Random) -> None:
    table = chance.choice(["project", "project", "office", "job", "pardon"])
    at = f"rowid = (SELECT rowid FROM new.{table} ORDER BY hash(rowid + {chance.randrange(10**6)}) LIMIT 1)"
    if chance.random() < (0.9 if table == "pardon" else 0.35):
        duck.execute(f"DELETE FROM new.{table} WHERE {at}")
    if chance.random() < 0.7:
        values = random_row(chance, table)
        duck.execute(f"INSERT INTO new.{table} VALUES ({', '.join('?' for _ in values)})", values)


@pytest.mark.parametrize("seed", [1, 2])
def test_what_a_change_gives_is_what_a_full_look_gives(duck: Duck, seed: int) -> None:
    chance = random.Random(seed)
    before: list[tuple[object, ...]] = []
    spoke = 0
    for _ in range(25):
        change_something(duck, chance)
    for _ in range(40):
        for _ in range(chance.choice([1, 1, 3])):
            change_something(duck, chance)
        stands, wanted = step(duck, before), full(duck, "new")
        assert stands == wanted
        spoke += bool(wanted)
        before = wanted
        for table in TABLES:
            duck.execute(f"DELETE FROM old.{table}")
            duck.execute(f"INSERT INTO old.{table} FROM new.{table}")
    assert spoke > 20


def test_a_unit_that_is_null_is_a_unit(duck: Duck) -> None:
    duck.execute("INSERT INTO new.project VALUES ('K1', 'V1', NULL, 5)")
    duck.execute("INSERT INTO new.office VALUES ('P1', 'V1')")
    assert step(duck, []) == full(duck, "new") == [(None, "P1", 5, 1, None)]


def test_a_unit_that_the_text_never_leaves_empty_is_not_looked_for_by_null(duck: Duck) -> None:
    duck.execute("INSERT INTO new.project VALUES ('K1', 'V1', NULL, 5), ('K2', 'V1', 'F1', 5)")
    duck.execute("INSERT INTO new.office VALUES ('P1', 'V1')")
    units = affected(duck).units(replace(REACH, filled=("firm",)))
    assert rows(duck, f"SELECT firm FROM {units.table}") == [("F1",)]
    assert not units.nulls


def test_equal_rows_of_a_slice_stay_as_many_as_they_are(duck: Duck) -> None:
    duck.execute("INSERT INTO new.project VALUES ('K1', 'V1', 'F1', 5), ('K1', 'V1', 'F1', 5)")
    duck.execute("INSERT INTO new.office VALUES ('P1', 'V1')")
    assert step(duck, []) == [("F1", "P1", 10, 2, None)]


def test_a_slice_holds_no_row_of_another_unit(duck: Duck) -> None:
    duck.execute("INSERT INTO old.project VALUES ('K1', 'V1', 'F1', 5), ('K2', 'V2', 'F2', 7)")
    duck.execute("INSERT INTO new.project FROM old.project")
    duck.execute("INSERT INTO old.office VALUES ('P1', 'V1'), ('P2', 'V2')")
    duck.execute("INSERT INTO new.office FROM old.office")
    duck.execute("INSERT INTO new.job VALUES ('P1', 'F1', 9)")
    change = affected(duck)
    units = change.units(REACH)
    assert rows(duck, f"FROM {units.table}") == [("F1", "P1")]
    with change.sliced(REACH, units):
        assert rows(duck, "SELECT project_id FROM project") == [("K1",)]
        assert rows(duck, "FROM office") == [("P1", "V1")]


def test_a_row_without_a_partner_reaches_no_unit(duck: Duck) -> None:
    duck.execute("INSERT INTO new.project VALUES ('K1', 'V1', 'F1', 5)")
    assert affected(duck).units(REACH).count == 0


def test_a_deleted_row_leads_on_through_what_stood_beside_it(duck: Duck) -> None:
    duck.execute("INSERT INTO old.project VALUES ('K1', 'V1', 'F1', 5)")
    duck.execute("INSERT INTO old.office VALUES ('P1', 'V1')")
    assert rows(duck, f"FROM {affected(duck).units(REACH).table}") == [("F1", "P1")]


def test_a_wrong_route_loses_what_a_full_look_finds(duck: Duck) -> None:
    """The tests above can fail: a route that reads the wrong column is noticed."""
    astray = Occurrence("job", "j", 5, (route(((0, "person"), (0, "firm")), JOB),))
    wrong = Reach(UNIT, tuple(astray if one.table == "job" else one for one in REACH.occurrences))
    duck.execute("INSERT INTO old.project VALUES ('K1', 'V1', 'F1', 5)")
    duck.execute("INSERT INTO new.project FROM old.project")
    duck.execute("INSERT INTO old.office VALUES ('P1', 'V1')")
    duck.execute("INSERT INTO new.office FROM old.office")
    before = full(duck, "old")
    duck.execute("INSERT INTO new.job VALUES ('P1', 'F1', 9)")
    assert step(duck, before) == full(duck, "new")
    assert step(duck, before, wrong) != full(duck, "new")
