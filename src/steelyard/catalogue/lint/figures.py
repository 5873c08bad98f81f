"""Rules on figures: products that need more places than they get, and lists that one engine cannot count beside."""

from collections.abc import Iterator, Sequence

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from steelyard.catalogue.tree import Tree, line_of

Found = Iterator[tuple[int, str, str]]
NARROW, WIDE = 18, 38
"""Figures of a DECIMAL in one machine word, and the most there are; a BIGINT is no narrow one."""
_SAME = (
    exp.Paren,
    exp.Neg,
    exp.Abs,
    exp.Alias,
    exp.Min,
    exp.Max,
    exp.Window,
    exp.Filter,
    exp.Nullif,
    exp.Lag,
    exp.Lead,
)
"""Nodes as wide as their first part."""


def narrow_products(tree: Tree) -> Found:
    """A product of two DECIMALs of 18 figures each: DuckDB gives it 18 as well, and it overflows.

    Sums and values of 38 figures are wide enough; a number written in the text is short.
    """
    width = _Width()
    for scope in traverse_scope(tree.qualified):
        for product in scope.find_all(exp.Mul):
            if all(width.of(side, scope) == NARROW for side in (product.this, product.expression)):
                shown = product.sql("duckdb")
                message = f"{shown[:80]} has {NARROW} figures and may overflow: cast one side to DECIMAL(19, …)"
                yield line_of(product), "sql-figures", message


class _Width:
    """How many figures a value is reckoned with; None where it is no DECIMAL or whole number, or cannot be told."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, str], int | None] = {}

    def of(self, node: exp.Expr, scope: Scope) -> int | None:
        if isinstance(node, exp.Cast):
            return _declared(node.to)
        if isinstance(node, exp.Literal):
            return None if node.is_string else len(node.name)
        if isinstance(node, exp.Column):
            return self.column(node, scope)
        if isinstance(node, _SAME):
            return self.of(node.this, scope)
        if isinstance(node, exp.Sum):
            return WIDE
        if isinstance(node, exp.Coalesce | exp.Greatest | exp.Least):
            return self.widest((node.this, *node.expressions), scope)
        if isinstance(node, exp.Case):
            branches = [one.args["true"] for one in node.args.get("ifs") or ()]
            return self.widest([*branches, *filter(None, [node.args.get("default")])], scope)
        if isinstance(node, exp.Add | exp.Sub | exp.Mul):
            return self.widest((node.this, node.expression), scope)
        return None

    def widest(self, nodes: Sequence[exp.Expr], scope: Scope) -> int | None:
        found = [self.of(one, scope) for one in nodes if not isinstance(one, exp.Null)]
        known = [one for one in found if one is not None]
        return max(known) if known and len(known) == len(found) else None

    def column(self, column: exp.Column, scope: Scope) -> int | None:
        source = scope.sources.get(column.table)
        if isinstance(source, exp.Table):
            return _declared(column.type) if column.type is not None else None
        if not isinstance(source, Scope):
            return None
        at = (id(source), column.name)
        if at not in self.known:
            self.known[at] = None
            self.known[at] = self.output(source, column.name)
        return self.known[at]

    def output(self, scope: Scope, name: str) -> int | None:
        query = scope.expression
        if not isinstance(query, exp.Query) or name not in query.named_selects:
            return None
        place = query.named_selects.index(name)
        if scope.set_operation_scopes:
            branches = ((one, one.expression) for one in scope.set_operation_scopes)
            named = [(one, part.named_selects[place]) for one, part in branches if isinstance(part, exp.Query)]
            return max((found for found in (self.output(*one) for one in named) if found), default=None)
        return self.of(query.selects[place], scope)


def _declared(kind: exp.DataType) -> int | None:
    if kind.is_type(exp.DataType.Type.BIGINT):
        return WIDE
    if kind.is_type(*exp.DataType.INTEGER_TYPES):
        return 10
    if not kind.is_type(exp.DataType.Type.DECIMAL) or not kind.expressions:
        return None
    return int(kind.expressions[0].name)


def lists_beside_counts(tree: Tree) -> Found:
    """STRING_AGG(DISTINCT …) in one SELECT with COUNT(DISTINCT …): Spark cannot plan the two together."""
    for select in tree.written.find_all(exp.Select):
        own = [node for node in select.find_all(exp.GroupConcat, exp.Count) if node.find_ancestor(exp.Select) is select]
        distinct = [node for node in own if isinstance(node.this, exp.Distinct) or _first_distinct(node)]
        lists = [node for node in distinct if isinstance(node, exp.GroupConcat)]
        if lists and len(lists) < len(distinct):
            message = "STRING_AGG(DISTINCT …) beside COUNT(DISTINCT …) fails on Spark: take one in a query before"
            yield line_of(lists[0]), "sql-distinct", message


def _first_distinct(node: exp.Expr) -> bool:
    """``STRING_AGG(DISTINCT x, ',' ORDER BY x)`` is parsed with the order around what is distinct."""
    inner = node.this
    while isinstance(inner, exp.Order):
        inner = inner.this
    return isinstance(inner, exp.Distinct)
