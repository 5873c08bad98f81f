"""Reach of a model, a derived relation or an evidence query, derived from its SQL."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from sqlglot import exp

from steelyard.catalogue.model import RUN_SCHEMA, Catalogue, Evidence, Relation, SupervisionModel
from steelyard.catalogue.reach.closure import Closure
from steelyard.catalogue.reach.declared import declare
from steelyard.catalogue.reach.expand import Expander, Table
from steelyard.catalogue.reach.route import Node, Occurrence, Reach, Route
from steelyard.catalogue.reach.search import Search
from steelyard.catalogue.reach.shape import Body, Leaf, Union, filled_column, leaves_of, names_of, null_extended
from steelyard.catalogue.tree import RESERVED, Tree, line_of, read

DEEPEST = 3
"""Unions passed through on one route."""

Schema = Mapping[str, Mapping[str, str]]


def derive(tree: Tree, tables: Mapping[str, Table], unit: tuple[str, ...]) -> Reach:
    """The reach of a text to ``unit``, columns of its output.  Raises SqlBroken."""
    body = Expander(tables).expand(tree.qualified)
    loose = tuple(name for name in unit if name in names_of(body) and null_extended(body, name))
    found: list[Occurrence] = []
    for leaf in _mentions(body):
        ways = [] if loose else _ways(leaf, unit, {}, 0)
        found += [_occurrence(leaf, routes) for routes in ways] or [_occurrence(leaf, ())]
    filled = tuple(name for name in unit if name in names_of(body) and filled_column(body, name))
    return replace(_reach(unit, found), loose=loose, filled=filled, silent=_silent(tree, body))


def derive_evidence(tree: Tree, tables: Mapping[str, Table], hit: tuple[str, ...]) -> Reach:
    """The reach of an evidence query to the columns of ``hit``: each route names those it knows."""
    body = Expander(tables).expand(tree.qualified)
    found: list[Occurrence] = []
    for leaf in _mentions(body):
        routes: tuple[Route, ...] = ()
        for copies in (False, True):
            closure = Closure(leaf, {}, copies=copies)
            hits = [one for one in closure.reserved if one.table == "hit"]
            wanted = {name: closure.classes.find((hits[0], name)) for name in hit} if hits else {}
            routes = routes or Search(closure, wanted, all_of_them=False).routes()
        found.append(_occurrence(leaf, routes))
    return _reach(hit, found)


def _mentions(body: Body) -> list[Leaf]:
    return [leaf for leaf in leaves_of(body) if leaf.table not in RESERVED]


def _ways(leaf: Leaf, unit: tuple[str, ...], choices: Mapping[str, int], depth: int) -> list[tuple[Route, ...]]:
    """One set of routes for each way that has to be gone; empty where there is none."""
    if not unit:
        return [(Route((Node(leaf.table),), (), ()),)]
    closed: dict[str, Union] = {}
    for copies in (False, True):
        closure = Closure(leaf, choices, copies=copies)
        wanted = {name: closure.classes.find((closure.top, name)) for name in unit}
        search = Search(closure, wanted, all_of_them=True)
        routes = search.routes()
        if routes:
            return [routes]
        met = search.met()
        closed |= {
            path: union
            for path, union in closure.closed.items()
            if any(closure.classes.find((union, name)) in met for name in union.names)
        }
    if depth == DEEPEST:
        return []
    for path, union in closed.items():
        ways = [_ways(leaf, unit, {**choices, path: number}, depth + 1) for number in range(len(union.branches))]
        if all(ways):
            return list(dict.fromkeys(routes for one in ways for routes in one))
    return []


def _silent(tree: Tree, body: Body) -> tuple[tuple[str, int], ...]:
    """Mentions that nothing of the result rests on, such as those in a common table that nobody reads."""
    listed = {leaf.mention for leaf in leaves_of(body)}
    return tuple(
        (table.name, line_of(table))
        for number, table in enumerate(tree.qualified.find_all(exp.Table))
        if table.name in tree.tables and number not in listed
    )


def _occurrence(leaf: Leaf, routes: tuple[Route, ...]) -> Occurrence:
    return Occurrence(leaf.table, leaf.alias, leaf.line, routes)


def _reach(unit: tuple[str, ...], found: list[Occurrence]) -> Reach:
    return Reach(unit, tuple(found), tuple(one for one in found if not one.routes))


Frozen = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def reach_of(subject: SupervisionModel | Relation, catalogue: Catalogue) -> Reach:
    """The reach of a model or a derived relation.

    Raises SqlBroken where the text cannot be read, or stands on a construct that reach cannot follow.
    """
    derived = derived_reach(subject, catalogue)
    return declare(derived, subject, catalogue) if isinstance(subject, SupervisionModel) else derived


def derived_reach(subject: SupervisionModel | Relation, catalogue: Catalogue) -> Reach:
    """As ``reach_of``, without what a model declares."""
    schema = schema_of(subject, catalogue)
    return _derived(subject.sql, _frozen(schema), _required(schema, catalogue), subject.unit)


def evidence_reach(model: SupervisionModel, evidence: Evidence, catalogue: Catalogue) -> Reach:
    """The reach of an evidence query of a model: the columns of ``hit`` stand for the unit.  Raises SqlBroken."""
    schema, output = _with_hit(model, catalogue)
    return _evidenced(evidence.sql, _frozen(schema), _required(schema, catalogue), output)


def evidence_columns(model: SupervisionModel, evidence: Evidence, catalogue: Catalogue) -> Mapping[str, frozenset[str]]:
    """By table the columns an evidence query of a model reads.  Raises SqlBroken."""
    schema, _ = _with_hit(model, catalogue)
    return _columns(evidence.sql, _frozen(schema))


def _with_hit(model: SupervisionModel, catalogue: Catalogue) -> tuple[dict[str, Mapping[str, str]], tuple[str, ...]]:
    """What an evidence query may read, and the columns of ``hit``."""
    output = _output(model.sql, _frozen(schema_of(model, catalogue)))
    return {**schema_of(model, catalogue), "hit": dict.fromkeys(output, "VARCHAR")}, output


@lru_cache(maxsize=2048)
def _columns(sql: str, schema: Frozen) -> Mapping[str, frozenset[str]]:
    return read(sql, _thawed(schema)).columns


@lru_cache(maxsize=2048)
def _output(sql: str, schema: Frozen) -> tuple[str, ...]:
    return tuple(read(sql, _thawed(schema)).written.named_selects)


def schema_of(subject: SupervisionModel | Relation, catalogue: Catalogue) -> dict[str, Mapping[str, str]]:
    """Every table a text may read, with its columns."""
    known: dict[str, Mapping[str, str]] = {n: catalogue.schema(n) for n in subject.data if catalogue.knows(n)}
    if isinstance(subject, SupervisionModel):
        known |= {"run": RUN_SCHEMA, "param": subject.param_schema}
    return known


@lru_cache(maxsize=2048)
def _derived(sql: str, schema: Frozen, required: frozenset[tuple[str, str]], unit: tuple[str, ...]) -> Reach:
    return derive(read(sql, _thawed(schema)), _tables(schema, required), unit)


@lru_cache(maxsize=2048)
def _evidenced(sql: str, schema: Frozen, required: frozenset[tuple[str, str]], hit: tuple[str, ...]) -> Reach:
    return derive_evidence(read(sql, _thawed(schema)), _tables(schema, required), hit)


def _frozen(schema: Schema) -> Frozen:
    return tuple((name, tuple(columns.items())) for name, columns in sorted(schema.items()))


def _thawed(schema: Frozen) -> Schema:
    return {name: dict(columns) for name, columns in schema}


def _required(schema: Schema, catalogue: Catalogue) -> frozenset[tuple[str, str]]:
    """Columns that are never null."""
    return frozenset(
        (name, column.name)
        for name in schema
        if name not in RESERVED
        for column in catalogue.columns(name).values()
        if column.required
    )


def _tables(schema: Frozen, required: frozenset[tuple[str, str]]) -> dict[str, Table]:
    return {
        name: Table(tuple(column for column, _ in columns), frozenset(c for t, c in required if t == name))
        for name, columns in schema
    }
