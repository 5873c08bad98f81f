"""Each rule of the derivation on a small text: what makes a route, and above all what makes none."""

from collections.abc import Mapping

import pytest

from steelyard.catalogue.reach.derive import derive, derive_evidence
from steelyard.catalogue.reach.expand import Table
from steelyard.catalogue.reach.route import Reach
from steelyard.catalogue.reach.show import summary
from steelyard.catalogue.tree import SqlBroken, read

SCHEMA: Mapping[str, Mapping[str, str]] = {
    "sale": {"id": "VARCHAR", "who": "VARCHAR", "shop": "VARCHAR", "amount": "BIGINT"},
    "shop": {"shop": "VARCHAR", "owner": "VARCHAR", "town": "VARCHAR"},
    "kin": {"who": "VARCHAR", "other": "VARCHAR"},
    "run": {"as_of": "DATE"},
    "hit": {"who": "VARCHAR", "shop": "VARCHAR"},
}
TABLES = {name: Table(tuple(columns), frozenset({"id"}) & set(columns)) for name, columns in SCHEMA.items()}


def reach(sql: str, *unit: str) -> Reach:
    return derive(read(sql, SCHEMA), TABLES, unit)


def routes(sql: str, *unit: str) -> dict[str, list[str]]:
    return summary(reach(sql, *unit))


def test_a_plain_column_is_a_direct_route() -> None:
    assert routes("SELECT s.who FROM sale AS s WHERE s.amount > 5", "who") == {"sale": ["sale: who"]}


def test_an_equality_in_a_join_or_in_where_leads_on() -> None:
    joined = routes("SELECT s.who FROM sale AS s JOIN shop AS p ON p.shop = s.shop", "who")
    assert joined["shop"] == ["shop -> sale (shop = shop): who"]
    assert joined == routes("SELECT s.who FROM sale AS s CROSS JOIN shop AS p WHERE p.shop = s.shop", "who")


@pytest.mark.parametrize(
    "condition",
    ["p.shop > s.shop", "TRIM(p.shop) = s.shop", "p.shop = s.shop OR p.town = s.who", "COALESCE(p.shop, '') = s.shop"],
)
def test_inequalities_expressions_and_alternatives_make_no_route(condition: str) -> None:
    found = reach(f"SELECT s.who FROM sale AS s JOIN shop AS p ON {condition}", "who")
    assert [one.table for one in found.underivable] == ["shop"]


def test_a_common_table_used_twice_is_two_occurrences() -> None:
    sql = (
        "WITH c AS (SELECT s.who, s.shop FROM sale AS s) SELECT a.who, b.who AS other FROM c AS a"
        " JOIN c AS b ON b.shop = a.shop"
    )
    found = reach(sql, "who")
    assert len(found.occurrences) == 2
    assert routes(sql, "who") == {"sale": ["sale -> sale (shop = shop): who", "sale: who"]}


def test_a_column_leaves_an_aggregate_only_as_a_group_key() -> None:
    by_shop = "SELECT s.{0}, COUNT(*) AS n FROM sale AS s GROUP BY s.{0}"
    assert not reach(f"SELECT g.shop FROM ({by_shop.format('shop')}) AS g", "shop").underivable
    counted = f"SELECT p.owner FROM shop AS p JOIN ({by_shop.format('who')}) AS g ON g.n > 2"
    assert [one.table for one in reach(counted, "owner").underivable] == ["sale"]


def test_a_column_leaves_windows_only_where_all_are_partitioned_by_it() -> None:
    ranked = "SELECT s.id, s.who, s.shop, ROW_NUMBER() OVER (PARTITION BY s.{} ORDER BY s.id) AS place FROM sale AS s"
    outside = "SELECT r.{} FROM ({}) AS r WHERE r.place = 1"
    assert routes(outside.format("who", ranked.format("who")), "who") == {"sale": ["sale: who"]}
    assert reach(outside.format("who", ranked.format("shop")), "who").underivable


def test_a_row_is_followed_to_the_others_of_its_partition_where_the_partition_is_never_null() -> None:
    sql = (
        "SELECT r.who FROM (SELECT s.id, s.who, s.shop, ROW_NUMBER() OVER (PARTITION BY s.shop ORDER BY s.id) AS place"
        " FROM sale AS s WHERE s.shop <> '') AS r WHERE r.place = 1"
    )
    assert routes(sql, "who") == {"sale": ["sale -> sale (shop = shop): who"]}


def test_a_window_that_nobody_reads_holds_nothing_back() -> None:
    sql = "SELECT r.who FROM (SELECT s.who, ROW_NUMBER() OVER (ORDER BY s.id) AS place FROM sale AS s) AS r"
    assert routes(sql, "who") == {"sale": ["sale: who"]}


def test_the_right_side_of_an_outer_join_leads_left_but_nothing_leads_through_it() -> None:
    left = "SELECT s.who FROM sale AS s LEFT JOIN shop AS p ON p.shop = s.shop"
    assert routes(left, "who")["shop"] == ["shop -> sale (shop = shop): who"]
    through = "SELECT p.owner FROM kin AS k LEFT JOIN shop AS p ON p.shop = k.other"
    assert reach(through, "owner").loose == ("owner",)
    assert reach(through, "owner").underivable


def test_an_outer_join_that_a_condition_needs_is_an_inner_join() -> None:
    sql = "SELECT p.owner FROM sale AS s LEFT JOIN shop AS p ON p.shop = s.shop WHERE p.town = 'x'"
    assert routes(sql, "owner") == {"sale": ["sale -> shop (shop = shop): owner"], "shop": ["shop: owner"]}


@pytest.mark.parametrize("word", ["EXISTS", "NOT EXISTS"])
def test_a_correlated_sub_query_leads_out(word: str) -> None:
    sql = f"SELECT s.who FROM sale AS s WHERE {word} (SELECT 1 FROM kin AS k WHERE k.other = s.shop)"
    assert routes(sql, "who")["kin"] == ["kin -> sale (shop = other): who"]


def test_a_correlated_scalar_leads_out_and_nothing_leads_out_of_an_uncorrelated_one() -> None:
    scalar = "SELECT s.who FROM sale AS s WHERE s.amount > (SELECT AVG(o.amount) FROM sale AS o{})"
    assert not reach(scalar.format(" WHERE o.who = s.who"), "who").underivable
    assert [one.alias for one in reach(scalar.format(""), "who").underivable] == ["o"]
    inside = "SELECT s.who FROM sale AS s WHERE s.shop IN (SELECT p.shop FROM shop AS p)"
    assert [one.table for one in reach(inside, "who").underivable] == ["shop"]


def test_an_anti_join_leads_out_but_nothing_leads_through_it() -> None:
    sql = (
        "SELECT s.who FROM sale AS s JOIN kin AS k ON k.who = s.who"
        " WHERE NOT EXISTS (SELECT 1 FROM shop AS p WHERE p.shop = s.shop AND p.owner = k.other)"
    )
    found = reach(sql, "who")
    assert not found.underivable
    assert all(
        "shop" not in [node.table for node in route.nodes[1:]] for one in found.of("kin") for route in one.routes
    )


def test_a_union_needs_its_column_in_every_branch() -> None:
    both = "SELECT u.who FROM (SELECT s.who FROM sale AS s UNION ALL SELECT k.other AS who FROM kin AS k) AS u"
    assert routes(both, "who") == {"kin": ["kin: who = other"], "sale": ["sale: who"]}
    one = "SELECT u.who FROM (SELECT s.who FROM sale AS s UNION ALL SELECT UPPER(k.who) AS who FROM kin AS k) AS u"
    assert [o.table for o in reach(one, "who").underivable] == ["kin"]


def test_through_a_union_every_branch_is_a_way() -> None:
    sql = (
        "SELECT u.who FROM (SELECT s.who, s.shop FROM sale AS s UNION ALL SELECT k.who, k.other AS shop FROM kin AS k)"
        " AS u JOIN shop AS p ON p.shop = u.shop"
    )
    found = routes(sql, "who")["shop"]
    assert found == ["shop -> kin (other = shop): who", "shop -> sale (shop = shop): who"]


def test_a_unit_of_several_columns_is_read_from_several_nodes() -> None:
    sql = "SELECT s.who, p.owner FROM sale AS s JOIN shop AS p ON p.shop = s.shop"
    assert routes(sql, "who", "owner") == {
        "sale": ["sale -> shop (shop = shop): who = sale.who, owner"],
        "shop": ["shop -> sale (shop = shop): who, owner = shop.owner"],
    }


def test_run_and_param_are_no_occurrences() -> None:
    found = reach("SELECT s.who FROM sale AS s CROSS JOIN run AS r WHERE r.as_of > CAST('2020-01-01' AS DATE)", "who")
    assert [one.table for one in found.occurrences] == ["sale"]


def test_a_mention_on_which_nothing_rests_is_named() -> None:
    found = reach("WITH idle AS (SELECT p.shop FROM shop AS p) SELECT s.who FROM sale AS s", "who")
    assert [table for table, _ in found.silent] == ["shop"]


def test_everything_depends_on_everything_without_a_unit() -> None:
    assert reach("SELECT s.who FROM sale AS s").whole


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT s.who FROM kin AS k RIGHT JOIN sale AS s ON s.who = k.who",
        "WITH RECURSIVE up AS (SELECT k.who, k.other FROM kin AS k UNION ALL SELECT u.who, k.other FROM up AS u"
        " JOIN kin AS k ON k.who = u.other) SELECT u.who FROM up AS u",
    ],
)
def test_what_cannot_be_followed_is_refused(sql: str) -> None:
    with pytest.raises(SqlBroken, match="reach cannot follow"):
        reach(sql, "who")


def test_evidence_is_read_by_what_the_hit_tells() -> None:
    sql = "SELECT s.id, p.town FROM hit AS h JOIN sale AS s ON s.who = h.who LEFT JOIN shop AS p ON p.shop = s.shop"
    found = summary(derive_evidence(read(sql, SCHEMA), TABLES, ("who", "shop")))
    assert found == {"sale": ["sale: who"], "shop": ["shop -> sale (shop = shop): who"]}


def test_tables_that_double_with_every_step_are_refused_and_nobody_waits() -> None:
    steps = ["a0 AS (SELECT s.who FROM sale AS s)"]
    steps += [
        f"a{n} AS (SELECT x.who FROM a{n - 1} AS x UNION ALL SELECT y.who FROM a{n - 1} AS y)" for n in range(1, 15)
    ]
    with pytest.raises(SqlBroken, match="make one a derived relation"):
        reach(f"WITH {', '.join(steps)} SELECT z.who FROM a14 AS z", "who")


FILLED = {
    "a required column": ("SELECT s.id FROM sale AS s", "id", True),
    "a column that may be empty": ("SELECT s.who FROM sale AS s", "who", False),
    "asked for": ("SELECT s.who FROM sale AS s WHERE s.who IS NOT NULL", "who", True),
    "equal in an inner join": ("SELECT s.shop FROM sale AS s JOIN shop AS p ON p.shop = s.shop", "shop", True),
    "equal in an outer join": ("SELECT s.shop FROM sale AS s LEFT JOIN shop AS p ON p.shop = s.shop", "shop", False),
    "grouped": ("SELECT s.who FROM sale AS s GROUP BY s.who", "who", False),
    "one branch may be empty": (
        "SELECT s.id AS who FROM sale AS s UNION ALL SELECT k.who FROM kin AS k", "who", False,
    ),
    "both branches are filled": (
        "SELECT s.id AS who FROM sale AS s UNION ALL SELECT k.who FROM kin AS k WHERE k.who <> ''", "who", True,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("sql", "unit", "filled"), FILLED.values(), ids=FILLED)
def test_a_unit_is_filled_only_where_the_text_shows_it(sql: str, unit: str, filled: bool) -> None:
    assert reach(sql, unit).filled == ((unit,) if filled else ())
