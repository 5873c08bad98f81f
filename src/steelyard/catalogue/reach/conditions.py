"""What a condition says for certain: which columns are equal, which cannot be null."""

from collections.abc import Iterable, Iterator

from sqlglot import exp

Name = tuple[str, str]
"""(alias, column) as written in one SELECT."""

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.ILike, exp.Between)
_STRICT = (
    exp.Paren,
    exp.Neg,
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.Div,
    exp.Mod,
    exp.Cast,
    exp.Trim,
    exp.Lower,
    exp.Upper,
    exp.Abs,
    exp.Length,
    exp.DateDiff,
    exp.Interval,
    exp.DPipe,
)
"""Expressions that are null where any column in them is null."""


def conjuncts(condition: exp.Expr | None) -> tuple[exp.Expr, ...]:
    """The parts that must all be true."""
    if condition is None:
        return ()
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        return tuple(part for side in (condition.this, condition.expression) for part in conjuncts(side))
    return (condition,)


def equalities(parts: Iterable[exp.Expr]) -> Iterator[tuple[Name, Name]]:
    """Pairs of plain columns that are equal."""
    for part in parts:
        if isinstance(part, exp.EQ):
            left, right = part.this.unnest(), part.expression.unnest()
            if isinstance(left, exp.Column) and isinstance(right, exp.Column):
                yield _name(left), _name(right)


def filled(parts: Iterable[exp.Expr]) -> set[Name]:
    """Columns that are not null where all parts are true; (alias, '') says that the row is there at all."""
    return {name for part in parts for name in _filled(part)}


def _filled(part: exp.Expr) -> set[Name]:
    part = part.unnest()
    if isinstance(part, exp.And):
        return _filled(part.this) | _filled(part.expression)
    if isinstance(part, exp.Or):
        return _filled(part.this) & _filled(part.expression)
    if isinstance(part, exp.Not):
        inner = part.this.unnest()
        if isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null):
            return _strict(inner.this)
        return _compared(inner)
    return _compared(part)


def _compared(part: exp.Expr) -> set[Name]:
    """A comparison with a null is neither true nor false, so it holds neither as said nor denied."""
    if isinstance(part, exp.Column):
        return _strict(part)
    if isinstance(part, exp.In) and not part.args.get("query"):
        return _strict(part.this)
    if isinstance(part, exp.Between):
        return _strict(part.this)
    if isinstance(part, _COMPARISONS):
        return _strict(part.this) | _strict(part.expression)
    return set()


def _strict(value: exp.Expr) -> set[Name]:
    if isinstance(value, exp.Column):
        return {_name(value), (value.table, "")}
    if isinstance(value, _STRICT):
        return {name for part in value.iter_expressions() for name in _strict(part)}
    return set()


def _name(column: exp.Column) -> Name:
    return column.table, column.name
