"""Rewrites a SELECT so that every row says which delivered lines it rests on, and which finding it is for.

Why-provenance on the parsed tree: each SELECT hands up the union of its sources' lines; one that groups
hands up the lines of the whole group.  Rows that only filter (EXISTS, IN) are not handed up.
The text stays what its author wrote; only columns are added:

``_src``  list of {dataset, delivery, file, row}
``_hit``  number of the finding, where the text reads ``hit``
``_by1``, ``_by2`` …  what the outermost ORDER BY sorts by
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp

from steelyard.catalogue import Catalogue
from steelyard.catalogue.tree import RESERVED
from steelyard.engines.duck import quoted

SOURCE_TYPE = "STRUCT(dataset VARCHAR, delivery VARCHAR, file VARCHAR, row BIGINT)[]"
TRACED = "traced_"
"""Before the name of a derived relation whose rows carry ``_src``."""


@dataclass(frozen=True)
class Traced:
    """A rewritten text."""

    sql: str
    columns: tuple[str, ...]
    """Output columns of the text as its author wrote it."""
    per_hit: bool
    """Whether ``_hit`` is there: then one run serves all findings."""
    orders: tuple[str, ...]
    """ORDER BY terms over the added columns."""


@dataclass(frozen=True)
class _Carries:
    """What a source of a FROM clause hands up."""

    alias: str
    lines: exp.Expression | None
    hit: bool


class _Rewriter:
    def __init__(self, datasets: Collection[str], relations: Collection[str]) -> None:
        self.datasets = datasets
        self.relations = relations

    def query(self, tree: exp.Query, env: dict[str, bool]) -> bool:
        """Add ``_src`` and, where it can be had, ``_hit``.  Returns whether ``_hit`` was added."""
        known = dict(env)
        for cte in _ctes(tree):
            known[cte.alias] = self.query(cte.this, known)
        if isinstance(tree, exp.Subquery):
            return self.query(tree.this, known)
        if isinstance(tree, exp.SetOperation):
            left, right = self.query(tree.this, known), self.query(tree.expression, known)
            if left != right:
                raise NotTraceable("one branch of a UNION ALL reads hit, the other does not")
            return left
        if not isinstance(tree, exp.Select):
            raise NotTraceable(f"cannot trace {type(tree).__name__}")
        return self.select(tree, known)

    def select(self, select: exp.Select, env: dict[str, bool]) -> bool:
        sources = [self.source(node, env) for node in _from(select)]
        hits = [one.alias for one in sources if one.hit]
        lines = _union([one.lines for one in sources if one.lines is not None])
        hit = exp.column("_hit", table=hits[0]) if hits else None
        if hit is not None:
            _same_hit(select, hits)
            for window in _windows(select):
                window.set("partition_by", [*(window.args.get("partition_by") or []), hit.copy()])
        if _aggregates(select):
            lines = exp.maybe_parse(f"flatten(list({lines.sql('duckdb')}))", dialect="duckdb")
            if hit is not None:
                select.group_by(hit.copy(), copy=False)
        if select.args.get("distinct"):
            self.distinct(select, lines, hit)
        else:
            select.select(exp.alias_(lines, "_src"), copy=False)
            if hit is not None:
                select.select(exp.alias_(hit.copy(), "_hit"), copy=False)
        return hit is not None

    def distinct(self, select: exp.Select, lines: exp.Expression, hit: exp.Expression | None) -> None:
        """SELECT DISTINCT a, b becomes GROUP BY a, b, so that the lines of equal rows come together."""
        if _aggregates(select) or _windows(select):
            raise NotTraceable("DISTINCT over aggregates or windows")
        select.set("distinct", None)
        for value in [one.unalias().copy() for one in select.expressions if not isinstance(one.unalias(), exp.Literal)]:
            select.group_by(value, copy=False)
        if hit is not None:
            select.group_by(hit.copy(), copy=False)
        together: exp.Expr = exp.maybe_parse(f"flatten(list({lines.sql('duckdb')}))", dialect="duckdb")
        select.select(exp.alias_(together, "_src"), copy=False)
        if hit is not None:
            select.select(exp.alias_(hit.copy(), "_hit"), copy=False)

    def source(self, node: exp.Expression, env: dict[str, bool]) -> _Carries:
        alias = node.alias_or_name
        if isinstance(node, exp.Subquery):
            hit = self.query(node.this, env)
            return _Carries(alias, exp.column("_src", table=alias), hit)
        if not isinstance(node, exp.Table):
            raise NotTraceable(f"cannot trace {type(node).__name__} in FROM")
        name = node.name
        if name in env:
            return _Carries(alias, exp.column("_src", table=alias), env[name])
        if name == "hit":
            return _Carries(alias, None, hit=True)
        if name in RESERVED:
            return _Carries(alias, None, hit=False)
        if name in self.relations:
            node.set("this", exp.to_identifier(TRACED + name))
            if not node.args.get("alias"):
                node.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
            return _Carries(alias, exp.column("_src", table=alias), hit=False)
        if name not in self.datasets:
            raise NotTraceable(f"{name} is no dataset")
        at = quoted(alias)
        line = f"[{{'dataset': '{name}', 'delivery': {at}._delivery, 'file': {at}._file, 'row': {at}._raw_row}}]"
        return _Carries(alias, exp.maybe_parse(line, dialect="duckdb"), hit=False)


class NotTraceable(Exception):
    """The text has a shape whose lines cannot be handed up."""


def trace(sql: str, datasets: Collection[str], relations: Collection[str]) -> Traced:
    """Rewrite one SELECT.  Raises NotTraceable."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    if not isinstance(tree, exp.Query):
        raise NotTraceable("not a SELECT")
    columns = tuple(tree.named_selects)
    order = _take_order(tree)
    per_hit = _Rewriter(datasets, relations).query(tree, {})
    nested = any(table.name == "hit" for table in tree.find_all(exp.Table) if not _in_from(table))
    return Traced(tree.sql("duckdb"), columns, per_hit and not nested, order)


def traced(sql: str, catalogue: Catalogue) -> Traced:
    """As ``trace``, over the tables of a catalogue; the same text is rewritten once a process."""
    return _traced(sql, frozenset(catalogue.contracts), frozenset(catalogue.relations))


@lru_cache(maxsize=1024)
def _traced(sql: str, datasets: frozenset[str], relations: frozenset[str]) -> Traced:
    return trace(sql, datasets, relations)


def _take_order(tree: exp.Query) -> tuple[str, ...]:
    """Turn the outermost ORDER BY into columns: it may name what the SELECT does not show."""
    order = tree.args.get("order")
    if order is None or not isinstance(tree, exp.Select):
        return ()
    tree.set("order", None)
    shown = {one.unalias().sql(): one.alias_or_name for one in tree.expressions}
    terms: list[str] = []
    for number, one in enumerate(order.expressions, start=1):
        written = one.this.sql()
        name = shown.get(written) or (one.this.name if one.this.name in shown.values() else None)
        if name is None and not tree.args.get("distinct"):
            name = f"_by{number}"
            tree.select(exp.alias_(one.this.copy(), name), copy=False)
        if name:
            terms.append(f"{quoted(name)} {'DESC' if one.args.get('desc') else 'ASC'}")
    return tuple(terms)


def _ctes(tree: exp.Query) -> list[exp.CTE]:
    found = tree.args.get("with_")
    return list(found.expressions) if found else []


def _from(select: exp.Select) -> list[exp.Expression]:
    """What stands in FROM and in joins that bring columns."""
    first = select.args.get("from_")
    joins = [join for join in select.args.get("joins") or [] if join.kind not in ("SEMI", "ANTI")]
    return ([first.this] if first else []) + [join.this for join in joins]


def _in_from(table: exp.Table) -> bool:
    """Whether a table brings columns to its SELECT, and that SELECT is no condition of another."""
    node: exp.Expr | None = table
    while node is not None:
        if isinstance(node, exp.Where | exp.Having | exp.Exists | exp.In):
            return False
        node = node.parent
    return True


def _union(parts: list[exp.Expression]) -> exp.Expression:
    if not parts:
        return exp.maybe_parse(f"CAST([] AS {SOURCE_TYPE})", dialect="duckdb")
    text = parts[0].sql("duckdb")
    for part in parts[1:]:
        text = f"list_concat({text}, {part.sql('duckdb')})"
    return exp.maybe_parse(text, dialect="duckdb")


def _same_hit(select: exp.Select, hits: list[str]) -> None:
    """Two sources that both know their finding must speak of the same one."""
    for join in select.args.get("joins") or []:
        alias = join.this.alias_or_name
        if alias in hits and alias != hits[0]:
            equal = exp.EQ(this=exp.column("_hit", table=hits[0]), expression=exp.column("_hit", table=alias))
            if join.args.get("on"):
                join.set("on", exp.and_(join.args["on"], equal))
            else:
                join.set("kind", None)
                join.set("on", equal)


def _windows(select: exp.Select) -> list[exp.Window]:
    return [node for node in select.find_all(exp.Window) if node.find_ancestor(exp.Select) is select]


def _aggregates(select: exp.Select) -> bool:
    if select.args.get("group"):
        return True
    return any(
        node.find_ancestor(exp.Select) is select and not node.find_ancestor(exp.Window)
        for node in select.find_all(exp.AggFunc)
    )
