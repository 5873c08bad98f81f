"""The portable subset: what may stand in a model's SQL so that both engines give the same rows."""

from collections.abc import Callable, Collection, Iterator
from functools import lru_cache

from sqlglot import exp

from steelyard.catalogue.lint.figures import lists_beside_counts, narrow_products
from steelyard.catalogue.lint.joins import early_runs, products
from steelyard.catalogue.tree import SqlBroken, Tree, foreign_tables, line_of, parse

Found = Iterator[tuple[int, str, str]]
"""(line, rule, message)"""

_NODES = """
Select From Join Where Group Having Order Ordered With CTE TableAlias Table Alias Column Identifier
Subquery Union Exists Distinct Qualify Window WindowSpec Filter Var DataType DataTypeParam Star Paren
Literal Null Boolean And Or Not EQ NEQ GT GTE LT LTE Is NullSafeEQ NullSafeNEQ In Between Like ILike
Escape Case If Coalesce Nullif Cast
Add Sub Mul Div Neg Mod Abs Round Floor Ceil Greatest Least Sqrt Pow
DPipe Concat Upper Lower Trim Length Substring Left Right Replace StrPosition StartsWith EndsWith
Contains ConcatWs RegexpReplace Translate Levenshtein Pad MD5 SplitPart
Interval DateDiff TimestampTrunc DateTrunc TimeToStr Extract Year Month Day LastDay
Count CountIf Sum Avg Min Max StddevPop GroupConcat LogicalOr LogicalAnd RowNumber Rank DenseRank Lag Lead
FirstValue LastValue
"""
ALLOWED = frozenset(_NODES.split())
"""Names of the parser's nodes: shape, values and logic, arithmetic, text, time, aggregates and windows."""
RANKING = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue)
MOMENTS = ("TIMESTAMP", "DATETIME", "TIMESTAMPTZ", "TIMESTAMPNTZ")
TIMES = ("DATE", *MOMENTS)


def breaches(tree: Tree, *, recursive: bool = False) -> Found:
    """Every place where a text leaves the subset."""
    rules: tuple[Callable[[Tree], Found], ...] = (
        _nodes,
        _names,
        _stars,
        _groups_and_orders,
        _aliases,
        _not_in,
        _unions,
        _windows,
        _lists,
        _dates,
        _replacements,
        _distances,
        _intervals,
        _quotients,
        products,
        early_runs,
        narrow_products,
        lists_beside_counts,
    )
    for rule in rules:
        yield from rule(tree)
    for node in tree.written.find_all(exp.With):
        if node.args.get("recursive") and not recursive:
            yield line_of(node), "sql-recursive", "recursion only in derived relations"


def refuse_foreign(sql: str, may_read: Collection[str]) -> None:
    """The check before anything runs: one SELECT of allowed nodes over allowed tables.

    Raises SqlBroken.
    """
    for line, rule, message in _foreign(sql, frozenset(may_read)):
        raise SqlBroken(f"{rule}: {message}", line)


@lru_cache(maxsize=1024)
def _foreign(sql: str, may_read: frozenset[str]) -> tuple[tuple[int, str, str], ...]:
    """What is wrong with a text; the same text is read once a process."""
    return tuple(foreign(parse(sql), may_read))


def foreign(written: exp.Query, may_read: Collection[str]) -> Found:
    """What stands in a SELECT that may not: nodes and functions, qualified names, tables."""
    yield from _foreign_nodes(written)
    yield from _qualified_names(written)
    yield from _unnamed_columns(written)
    for table in foreign_tables(written, may_read):
        yield line_of(table), "sql-table", f"reads {table.name or table.sql()[:60]}, which it may not"


def _nodes(tree: Tree) -> Found:
    return _foreign_nodes(tree.written)


def _foreign_nodes(written: exp.Query) -> Found:
    told: set[str] = set()
    for node in written.walk():
        kind = type(node).__name__
        name = node.name.upper() if isinstance(node, exp.Anonymous) else kind
        if kind not in ALLOWED and name not in told:
            told.add(name)
            shown = node.sql("duckdb")[:60]
            rule = "sql-function" if isinstance(node, exp.Func) else "sql-node"
            yield line_of(node), rule, f"{name} is not in the portable subset: {shown}"


def _names(tree: Tree) -> Found:
    return _qualified_names(tree.written)


def _qualified_names(written: exp.Query) -> Found:
    for table in written.find_all(exp.Table):
        if table.args.get("db") or table.args.get("catalog"):
            yield line_of(table), "sql-name", f"{table.sql()} must be a plain name"


def _stars(tree: Tree) -> Found:
    return _unnamed_columns(tree.written)


def _unnamed_columns(written: exp.Query) -> Found:
    for star in written.find_all(exp.Star):
        if not isinstance(star.parent, exp.Count):
            yield line_of(star.parent or star), "sql-star", "name the columns instead of *"


def _groups_and_orders(tree: Tree) -> Found:
    for group in tree.written.find_all(exp.Group):
        if group.args.get("all"):
            yield line_of(group.parent or group), "sql-all", "GROUP BY ALL hides what is grouped"
    for order in tree.written.find_all(exp.Ordered):
        if isinstance(order.this, exp.Var) and order.this.name.upper() == "ALL":
            yield line_of(order), "sql-all", "ORDER BY ALL hides what is ordered"


def _aliases(tree: Tree) -> Found:
    """A column without a table that is really a name given in the same SELECT."""
    for select in tree.written.find_all(exp.Select):
        given = {
            one.alias: one
            for one in select.expressions
            if isinstance(one, exp.Alias) and not isinstance(one.this, exp.Column)
        }
        places = [*select.expressions, *(select.args.get(part) for part in ("where", "group", "having", "qualify"))]
        for place in places:
            for column in place.find_all(exp.Column) if place is not None else ():
                if not column.table and column.name in given and column.find_ancestor(exp.Select) is select:
                    yield line_of(column), "sql-alias", f"{column.name} is used in the SELECT that names it"


def _not_in(tree: Tree) -> Found:
    for node in tree.written.find_all(exp.In):
        if node.args.get("query") and isinstance(node.parent, exp.Not):
            yield line_of(node), "sql-not-in", "one null flips NOT IN; write NOT EXISTS"


def _unions(tree: Tree) -> Found:
    for union in tree.written.find_all(exp.Union):
        if union.args.get("distinct"):
            yield line_of(union), "sql-union", "UNION ALL only; say DISTINCT where it is meant"


def _windows(tree: Tree) -> Found:
    for window in tree.written.find_all(exp.Window):
        ordered, frame = window.args.get("order"), window.args.get("spec")
        if isinstance(window.this, RANKING) and not ordered:
            yield line_of(window), "sql-window", "a ranking window needs ORDER BY"
        if ordered and not frame and not isinstance(window.this, RANKING):
            yield line_of(window), "sql-window", "a running aggregate needs its frame (ROWS or RANGE)"


def _lists(tree: Tree) -> Found:
    for node in tree.written.find_all(exp.GroupConcat):
        if not node.find(exp.Order):
            yield line_of(node), "sql-order", "string_agg without ORDER BY has no fixed result"


def _dates(tree: Tree) -> Found:
    for node in tree.qualified.find_all(exp.Sub):
        if all(_kind(side) in TIMES for side in (node.this, node.expression)):
            yield line_of(node), "sql-dates", "subtract dates with DATE_DIFF('day', a, b)"
    for difference in tree.written.find_all(exp.DateDiff):
        unit = difference.args.get("unit")
        name = unit.name.lower() if unit is not None else ""
        if name != "day" and not _cut_to(name, difference):
            message = "count days, or cut both moments with DATE_TRUNC to the unit counted"
            yield line_of(difference), "sql-dates", message


def _cut_to(unit: str, difference: exp.DateDiff) -> bool:
    """Engines count the borders of a unit or whole units: the same where both moments lie on a border."""
    return all(
        isinstance(side, exp.TimestampTrunc | exp.DateTrunc)
        and side.unit is not None
        and side.unit.name.lower() == unit
        for side in (difference.this, difference.expression)
    )


def _replacements(tree: Tree) -> Found:
    for node in tree.written.find_all(exp.RegexpReplace):
        modifiers = node.args.get("modifiers")
        if modifiers is None or modifiers.name != "g":
            yield line_of(node), "sql-regexp", "REGEXP_REPLACE needs 'g': one engine replaces all, the other one"


def _distances(tree: Tree) -> Found:
    """DuckDB counts a distance in bytes, Spark in characters: the same only where a character is a byte."""
    for node in tree.written.find_all(exp.Levenshtein):
        if not all(_in_ascii(side) for side in (node.this, node.expression)):
            message = "LEVENSHTEIN compares TRANSLATE(text, letters, 'ASCII characters') on both sides"
            yield line_of(node), "sql-levenshtein", message


def _in_ascii(side: exp.Expr) -> bool:
    made_of = side.args.get("to") if isinstance(side, exp.Translate) else None
    return isinstance(made_of, exp.Literal) and made_of.name.isascii()


def _intervals(tree: Tree) -> Found:
    """A date with an interval is a timestamp on one engine and a date on the other."""
    for interval in tree.qualified.find_all(exp.Interval):
        node: exp.Expr | None = interval.parent
        moments = False
        while isinstance(node, exp.Mul | exp.Add | exp.Sub | exp.Paren | exp.Neg):
            if isinstance(node, exp.Add | exp.Sub):
                moments = moments or any(_kind(side) in MOMENTS for side in (node.this, node.expression))
            node = node.parent
        inside = isinstance(node, exp.Cast) and node.to.this.name in TIMES
        if not (inside or moments or isinstance(node, exp.WindowSpec)):
            yield line_of(interval.parent or interval), "sql-interval", "wrap date arithmetic: CAST(… AS DATE)"


def _kind(node: exp.Expr) -> str:
    return str(node.type.this.name) if node.type is not None else ""


def _quotients(tree: Tree) -> Found:
    for node in tree.written.find_all(exp.Div):
        cast = node.find_ancestor(exp.Cast, exp.Select)
        if not (isinstance(cast, exp.Cast) and cast.to.this.name in ("DECIMAL", "BIGINT", "INT")):
            yield line_of(node), "sql-quotient", "a quotient stands inside CAST(… AS DECIMAL(18,6)) or (18,2)"
