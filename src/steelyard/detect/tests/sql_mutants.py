"""Small changes of a model's text, and whether its own cases notice them.

Five kinds: a bound that becomes strict or no longer is, a join by a wrong column, a date that counts or no longer
counts, a filter left out, another aggregate.  Left alone is what says the same either way: guards against blanks and
nulls, the order that keeps a pair from being met twice, the strength of an identity, a division's guard.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp, parse_one

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.catalogue.cases import Case, read_cases
from steelyard.detect.cases import CaseRunner
from steelyard.detect.comparison import difference
from steelyard.detect.stage import bare
from steelyard.engines.duck import DuckError, rows

KINDS = ("bound", "join column", "date", "filter", "aggregate")

_FLIP = {exp.GT: exp.GTE, exp.GTE: exp.GT, exp.LT: exp.LTE, exp.LTE: exp.LT}
_AGGREGATE: dict[type[exp.Expression], Callable[[exp.Expression], exp.Expression]] = {
    exp.Sum: lambda node: exp.Max(this=node.this.copy()),
    exp.Avg: lambda node: exp.Max(this=node.this.copy()),
    exp.Min: lambda node: exp.Max(this=node.this.copy()),
    exp.Max: lambda node: exp.Min(this=node.this.copy()),
    exp.Count: lambda node: exp.Max(this=exp.Literal.number(1)),
}
_DATE = re.compile(r"(^|_)(date|as_of|month|from|until|at|day|since|period|deadline|start|end|time|to)$")
_NAMES = re.compile(r"_(id|code|no)$")
_RESERVED = ("run", "param")
_PLACES = {"place", "latest", "rank", "nearest"}
"""Columns by which one row of several was picked already."""
SAME = {
    # model, change: why no case can notice it
    ("ocds/r024-price-close-to-winner", "m.second_price - m.winner_price >= m.winner_price * 100000 with GT"): (
        "where the ratio is just the highest that is told, it is told either way"
    ),
}


@dataclass(frozen=True)
class Mutant:
    """One changed text."""

    kind: str
    what: str
    sql: str


def mutants(model: SupervisionModel, catalogue: Catalogue) -> Iterator[Mutant]:
    """Every small change that can be made of the model's text."""
    base = parse_one(model.sql, read="duckdb")
    ctes = {cte.alias: cte.this for cte in base.find_all(exp.CTE)}
    for place, node in enumerate(base.walk()):
        for kind, what, change in _changes(node, model, catalogue, ctes):
            if (model.id, what) in SAME:
                continue
            tree = base.copy()
            change(next(one for n, one in enumerate(tree.walk()) if n == place))
            yield Mutant(kind, what, tree.sql("duckdb"))


_Change = tuple[str, str, Callable[[exp.Expression], object]]


def _changes(
    node: exp.Expression, model: SupervisionModel, catalogue: Catalogue, ctes: dict[str, exp.Expression]
) -> Iterator[_Change]:
    if type(node) in _FLIP and not _says_the_same(node):
        flipped = _FLIP[type(node)]
        kind = "date" if _dated(node.this) or _dated(node.expression) else "bound"
        what = f"{node.sql('duckdb')} with {flipped.__name__}"
        yield kind, what, lambda one: one.replace(flipped(this=one.this.copy(), expression=one.expression.copy()))
    if isinstance(node, exp.EQ) and isinstance(node.this, exp.Column) and isinstance(node.expression, exp.Column):
        yield from _joined(node, model, catalogue, ctes)
    if _is_filter(node):
        yield "filter", f"without {node.sql('duckdb')}", lambda one: one.replace(exp.true())
    if type(node) in _AGGREGATE and not _told_by_one(node):
        made = _AGGREGATE[type(node)]
        yield "aggregate", f"{node.sql('duckdb')} as {made(node).sql('duckdb')}", lambda one: one.replace(made(one))


def _says_the_same(node: exp.Expression) -> bool:
    left, right = node.this, node.expression
    if isinstance(left, exp.Column) and isinstance(right, exp.Column) and left.name == right.name:
        return True  # a pair met once, or the larger of two
    if any(column.name.endswith(("tier", "rank")) for column in node.find_all(exp.Column)):
        return True
    guard = any(isinstance(side, exp.Literal) and side.name in ("0", "0.0") for side in (left, right))
    case = node.find_ancestor(exp.If, exp.Case)
    return (guard and case is not None) or _picks_one(node)


def _picks_one(node: exp.Expression) -> bool:
    """``CASE WHEN a < b THEN a ELSE b END``: nobody sees which of two equal ones was picked."""
    branch = node.parent
    if not isinstance(branch, exp.If) or not isinstance(branch.parent, exp.Case):
        return False
    otherwise = branch.parent.args.get("default")
    picked = {str(branch.args.get("true")), str(otherwise)}
    return picked == {str(node.this), str(node.expression)}


def _dated(side: exp.Expression) -> bool:
    if side.find(exp.DateDiff, exp.Extract, exp.Year, exp.Count):
        return False
    return any(_DATE.search(column.name) for column in side.find_all(exp.Column))


def _joined(
    node: exp.Expression, model: SupervisionModel, catalogue: Catalogue, ctes: dict[str, exp.Expression]
) -> Iterator[_Change]:
    join = node.find_ancestor(exp.Join, exp.Where, exp.Select)
    if not isinstance(join, exp.Join) or not isinstance(join.parent, exp.Select):
        return
    tables = _tables(join.parent)
    for side in ("this", "expression"):
        column = node.args[side]
        for other in _others(column, tables.get(column.table, ""), model, catalogue, ctes):

            def change(one: exp.Expression, side: str = side, other: str = other) -> None:
                one.args[side].this.set("this", other)

            yield "join column", f"{node.sql('duckdb')} by {column.table}.{other}", change


def _tables(select: exp.Select) -> dict[str, str]:
    """Alias to table."""
    source = select.args.get("from_") or select.args.get("from")
    listed = [source.this] if source else []
    listed += [join.this for join in select.args.get("joins") or []]
    return {one.alias_or_name: one.name for one in listed if isinstance(one, exp.Table)}


def _others(
    column: exp.Column, table: str, model: SupervisionModel, catalogue: Catalogue, ctes: dict[str, exp.Expression]
) -> list[str]:
    """Columns that name something too, of the same table and type."""
    if not table or table in _RESERVED or not _NAMES.search(column.name):
        return []
    if table in ctes:
        # there area_code is whose row of param holds, which is the place itself
        named = set(getattr(ctes[table], "named_selects", [])) - {column.name, "area_code"}
        return [] if column.name == "area_code" else sorted(name for name in named if _NAMES.search(name))
    if table not in model.data:
        return []
    known = catalogue.columns(table)
    kind = known[column.name].sql_type
    needed = [name for name in model.data[table].needs if name in known]
    return [n for n in needed if n != column.name and _NAMES.search(n) and known[n].sql_type == kind]


def _is_filter(node: exp.Expression) -> bool:
    """One of the conditions of a WHERE, HAVING or QUALIFY, blank and null guards excepted."""
    if not isinstance(node, exp.Predicate | exp.Or | exp.Not | exp.Exists | exp.Paren):
        return False
    parent = node.parent
    while isinstance(parent, exp.And):
        parent = parent.parent
    if not isinstance(parent, exp.Where | exp.Having | exp.Qualify):
        return False
    if isinstance(node, exp.NEQ) and isinstance(node.expression, exp.Literal) and node.expression.name == "":
        return False
    if isinstance(node, exp.Not) and isinstance(node.this, exp.Is):
        return False
    return not (_says_the_same(node) if type(node) in _FLIP else False)


def _told_by_one(node: exp.Expression) -> bool:
    """Which of several is told does not matter, or there is nothing to tell apart."""
    if any(column.name.endswith("tier") for column in node.find_all(exp.Column)):
        return True
    if not isinstance(node, exp.Min | exp.Max):
        return False
    picked = {column.name for case in node.find_all(exp.Case) for column in case.find_all(exp.Column)}
    return not node.find(exp.Column) or bool(picked & _PLACES)


class MutantRunner(CaseRunner):
    """Asks each case of all changed texts at once: laying its rows out costs more than asking."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue, own=False)

    def lay_out(self, model: SupervisionModel, case: Case) -> None:
        """Everything the model's text reads, as the case gives it."""
        self._lay_out(model, case)
        root = self.stage.put_given_areas(case.given)
        self.stage.put_run(case.as_of, root)
        self.stage.put_param(model, case.as_of, case.overrides, case.params)

    def stands(self, sql: str) -> bool:
        """Whether the engine takes the text at all, over what is laid out."""
        try:
            self.connection.execute(f"SELECT * FROM ({bare(sql)}) AS found LIMIT 0")
        except DuckError:
            return False
        return True

    def notices(self, sql: str, case: Case) -> bool:
        """Whether the case fails for the text, over what is laid out for it."""
        try:
            return difference(rows(self.connection, bare(sql)), case.expect) is not None
        except DuckError:
            return True


def cases_of(model: SupervisionModel) -> Sequence[Case]:
    return read_cases(model.path / "cases.yaml").cases


def survivors(runner: MutantRunner, model: SupervisionModel, changed: Sequence[Mutant]) -> list[Mutant]:
    """Those of the changed texts that none of the model's cases notices."""
    alive = list(changed)
    for case in cases_of(model):
        if not alive:
            break
        runner.lay_out(model, case)
        alive = [one for one in alive if not runner.notices(one.sql, case)]
    return alive


def taken(runner: MutantRunner, model: SupervisionModel, changed: Sequence[Mutant]) -> list[Mutant]:
    """Those of the changed texts that the engine takes: comparing a text with a date is noticed by everybody."""
    runner.lay_out(model, cases_of(model)[0])
    return [one for one in changed if runner.stands(one.sql)]


def drawn(
    runner: MutantRunner, model: SupervisionModel, catalogue: Catalogue, chance: random.Random
) -> dict[str, Mutant | None]:
    """One small change of each kind by lot; None where the text has nothing of the kind."""
    runner.lay_out(model, cases_of(model)[0])
    by_kind: dict[str, Mutant | None] = dict.fromkeys(KINDS)
    every = list(mutants(model, catalogue))
    for kind in KINDS:
        of_kind = [one for one in every if one.kind == kind]
        chance.shuffle(of_kind)
        by_kind[kind] = next((one for one in of_kind if runner.stands(one.sql)), None)
    return by_kind
