"""Where a text asks for the letters of a value that a trial does not have, so that its author is told.

Nothing is kept safe by this: the letters are not there (`given.stand_in`).  It says why a trial may find fewer or more.
"""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from steelyard.catalogue import Catalogue
from steelyard.catalogue.tree import Tree, line_of
from steelyard.detect.sandbox.covering import spells

RULE = "closed-letters"
_Column = tuple[str, str]
_Carried = dict[int, dict[str, _Column]]
"""By scope, its outputs that hand such a value on as it is."""
_HANDING_ON = (
    exp.Max, exp.Min, exp.Coalesce, exp.Nullif, exp.Paren, exp.If, exp.Case, exp.Window, exp.Lag, exp.Lead,
    exp.FirstValue, exp.LastValue, exp.AnyValue,
)  # fmt: skip
"""What gives one of the values it is given."""
_TIDYING = (exp.Trim, exp.Upper, exp.Lower)
"""Leaves a stand-in what it is; but two values that differ in no more than that are two to a trial."""
_JOINING = (exp.Count, exp.GroupConcat, exp.Concat, exp.ConcatWs)
"""Takes a value as a whole."""
_ASKING = (exp.Func, exp.Like, exp.ILike, exp.SimilarTo)
_COMPARING = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.In, exp.Between)


def looked_into(tree: Tree, catalogue: Catalogue) -> list[dict[str, str]]:
    """A remark for each column whose letters the text asks for."""
    carried: _Carried = {}
    found: dict[_Column, str] = {}
    for scope in traverse_scope(tree.qualified):
        carried[id(scope)] = _handed_on(scope, carried, catalogue)
        for column in scope.columns:
            closed = _closed(scope, column, carried, catalogue)
            asking = _asking(column) if closed else None
            if closed and asking is not None:
                found.setdefault(closed, _told(closed, asking))
    return [{"rule": RULE, "message": message} for _, message in sorted(found.items())]


def _handed_on(scope: Scope, carried: _Carried, catalogue: Catalogue) -> dict[str, _Column]:
    query = scope.expression
    if not isinstance(query, exp.Query):
        return {}
    if scope.set_operation_scopes:
        return {
            name: closed
            for branch in scope.set_operation_scopes
            if isinstance(branch.expression, exp.Query)
            for name, own in zip(query.named_selects, branch.expression.named_selects, strict=False)
            if (closed := carried.get(id(branch), {}).get(own))
        }
    return {
        one.alias_or_name: closed
        for one in query.selects
        for column in _as_it_is(one.unalias())
        if (closed := _closed(scope, column, carried, catalogue))
    }


def _as_it_is(value: exp.Expr) -> Iterator[exp.Column]:
    """The columns whose value a value may be."""
    if isinstance(value, exp.Column):
        yield value
        return
    if isinstance(value, exp.Case):
        below = [*(one.args.get("true") for one in value.args["ifs"]), value.args.get("default")]
    elif isinstance(value, exp.Coalesce):
        below = [value.this, *value.expressions]
    elif isinstance(value, (*_HANDING_ON, *_TIDYING, exp.Filter)):
        below = [value.this]  # not what a window is cut or put in order by
    else:
        return
    for one in below:
        if isinstance(one, exp.Expr):
            yield from _as_it_is(one)


def _closed(scope: Scope, column: exp.Column, carried: _Carried, catalogue: Catalogue) -> _Column | None:
    source = scope.sources.get(column.table)
    if isinstance(source, Scope):
        return carried.get(id(source), {}).get(column.name)
    if isinstance(source, exp.Table) and catalogue.knows(source.name):
        known = catalogue.columns(source.name).get(column.name)
        return (source.name, column.name) if known is not None and spells(known) else None
    return None


def _asking(column: exp.Column) -> exp.Expr | None:
    """What stands around a column and asks for more than whether two values are one."""
    value: exp.Expr = column
    while isinstance(value.parent, _HANDING_ON) and not _is_chosen_by(value):
        value = value.parent
    around = value.parent
    if isinstance(around, _COMPARING):
        others = (one for one in around.iter_expressions() if one is not value)
        return around if any(isinstance(one, exp.Literal) and one.this for one in others) else None
    return around if isinstance(around, _ASKING) and not isinstance(around, _JOINING) else None


def _is_chosen_by(value: exp.Expr) -> bool:
    """Whether it is what a ``CASE value WHEN …`` compares."""
    return isinstance(value.parent, exp.Case) and value.arg_key == "this"


def _told(closed: _Column, asking: exp.Expr) -> str:
    table, column = closed
    return (
        f"line {line_of(asking)} asks for letters of {table}.{column}, which a trial does not have: it has stand-ins,"
        " equal where the values are equal; the released model sees the values"
    )
