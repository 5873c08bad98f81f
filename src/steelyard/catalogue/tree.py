"""The parsed SQL of one text: what it reads, and which nodes stand in it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope, traverse_scope

from steelyard.kit.errors import SteelyardError

RESERVED = frozenset({"run", "param", "hit"})
Schema = Mapping[str, Mapping[str, str]]


class SqlBroken(SteelyardError):
    """A text is not one SELECT over known columns."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Tree:
    """One SELECT: as written, and with every column qualified and typed."""

    written: exp.Query
    qualified: exp.Query
    tables: frozenset[str]
    """Datasets, derived relations and reserved relations; not the text's own CTEs."""
    columns: Mapping[str, frozenset[str]]
    """Table name to the columns read of it."""
    joined: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Table name to the columns that stand in an equality with another column."""


def line_of(node: exp.Expr) -> int:
    """The line on which a node begins, as far as the parser remembers it."""
    lines = [found.meta["line"] for found in node.walk() if "line" in found.meta]
    return int(min(lines)) if lines else 1


def parse(sql: str) -> exp.Query:
    """Exactly one SELECT.  Raises SqlBroken."""
    try:
        statements = [one for one in sqlglot.parse(sql, read="duckdb") if one is not None]
    except SqlglotError as error:
        details = getattr(error, "errors", None) or [{}]
        raise SqlBroken(str(error).splitlines()[0], int(details[0].get("line") or 1)) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise SqlBroken("must be one SELECT")
    return statements[0]


def read(sql: str, schema: Schema) -> Tree:
    """Parse and resolve a text against the tables it may read.  Raises SqlBroken."""
    written = parse(sql)
    tables = tables_of(written)
    unknown = sorted(tables - set(schema))
    if unknown:
        raise SqlBroken(f"reads {', '.join(unknown)}, which it may not or which does not exist")
    known: dict[str, object] = {name: dict(schema[name]) for name in tables}
    try:
        qualified = qualify(
            written.copy(),
            schema=known,
            dialect="duckdb",
            quote_identifiers=False,
            identify=False,
            expand_stars=False,
        )
        qualified = annotate_types(qualified, schema=known, dialect="duckdb")
    except SqlglotError as error:
        raise SqlBroken(str(error).splitlines()[0]) from error
    _refuse_whole_rows(qualified)
    columns: dict[str, set[str]] = defaultdict(set)
    joined: dict[str, set[str]] = defaultdict(set)
    for scope in traverse_scope(qualified):
        for column in scope.columns:
            source = scope.sources.get(column.table)
            if isinstance(source, exp.Table):
                columns[source.name].add(column.name)
                equality = column.parent
                if (
                    isinstance(equality, exp.EQ)
                    and isinstance(equality.this, exp.Column)
                    and isinstance(equality.expression, exp.Column)
                ):
                    joined[source.name].add(column.name)
    return Tree(
        written,
        qualified,
        tables,
        {name: frozenset(found) for name, found in columns.items()},
        {name: frozenset(found) for name, found in joined.items()},
    )


def _refuse_whole_rows(qualified: exp.Query) -> None:
    """A table's name where a value stands is all its columns at once, and none of them is named."""
    row = qualified.find(exp.TableColumn)
    if row is not None:
        raise SqlBroken(f"{row.name} is a whole row; name its columns one by one", line_of(row))


def tables_of(tree: exp.Query) -> frozenset[str]:
    """Names read that are not the text's own CTEs."""
    return frozenset(table.name for table in _read_from_outside(tree) if table.name)


def foreign_tables(tree: exp.Query, may_read: Collection[str]) -> Iterator[exp.Table]:
    """Each place where something else than ``may_read`` is read."""
    for table in _read_from_outside(tree):
        if table.name not in may_read:
            yield table


def _read_from_outside(tree: exp.Query) -> Iterator[exp.Table]:
    for table in tree.find_all(exp.Table):
        if not _is_own(table):
            yield table


def _is_own(table: exp.Table) -> bool:
    """Whether a CTE of this name is seen from here: one of a query around it, that was named before."""
    node: exp.Expr = table
    while (above := node.parent) is not None:
        if isinstance(above, exp.With):
            before = above.expressions if above.args.get("recursive") else above.expressions[: node.index or 0]
            if any(cte.alias == table.name for cte in before):
                return True
            # The query that this list belongs to sees it too, but a part of the list sees what stands before it.
            node = above.parent or above
            continue
        named = above.args.get("with_") if isinstance(above, exp.Query) else None
        if named is not None and any(cte.alias == table.name for cte in named.expressions):
            return True
        node = above
    return False


def origins(tree: Tree, output: str) -> frozenset[tuple[str, str]]:
    """The (table, column) pairs from which an output column is made."""
    scope = build_scope(tree.qualified)
    return frozenset(_origins(scope, output, _makes_value, {})) if scope else frozenset()


def told_by(tree: Tree, output: str) -> frozenset[tuple[str, str]]:
    """The (table, column) pairs an output column is made of, or chosen, counted or put in order by."""
    scope = build_scope(tree.qualified)
    return frozenset(_origins(scope, output, lambda column: True, {})) if scope else frozenset()


Known = dict[tuple[int, str], set[tuple[str, str]]]
"""What was found for an output of a scope: a common table that many read is followed once."""


def _origins(
    scope: Scope, output: str, counts: Callable[[exp.Column], bool], known: Known
) -> set[tuple[str, str]]:  # fmt: skip
    at = (id(scope), output)
    if at not in known:
        known[at] = set()
        known[at] = _found(scope, output, counts, known)
    return known[at]


def _found(
    scope: Scope, output: str, counts: Callable[[exp.Column], bool], known: Known
) -> set[tuple[str, str]]:  # fmt: skip
    query = scope.expression
    if not isinstance(query, exp.Query):
        return set()
    if output not in query.named_selects:
        return set()
    if scope.set_operation_scopes:
        position = query.named_selects.index(output)
        return {
            found
            for branch in scope.set_operation_scopes
            if isinstance(branch.expression, exp.Query)
            for found in _origins(branch, branch.expression.named_selects[position], counts, known)
        }
    found: set[tuple[str, str]] = set()
    for one in query.selects:
        if one.alias_or_name != output:
            continue
        for column in one.find_all(exp.Column):
            source = _source(scope, column) if counts(column) else None
            if isinstance(source, exp.Table):
                found.add((source.name, column.name))
            elif isinstance(source, Scope):
                found |= _origins(source, column.name, counts, known)
    return found


def _source(scope: Scope, column: exp.Column) -> object:
    """What a column is read from: in the innermost query around it that knows its table."""
    inner = column.find_ancestor(exp.Query)
    for below in scope.subquery_scopes:
        if inner is not None and inner is not scope.expression and _holds(below.expression, inner):
            return _source(below, column) or scope.sources.get(column.table)
    for branch in scope.set_operation_scopes or ():
        if _holds(branch.expression, inner):
            return _source(branch, column)
    return scope.sources.get(column.table)


def _holds(outer: exp.Expr, inner: exp.Expr | None) -> bool:
    while inner is not None and inner is not outer:
        inner = inner.parent
    return inner is not None


def _makes_value(column: exp.Column) -> bool:
    """Whether a column becomes part of the value, not only of the condition under which it is taken."""
    node: exp.Expr | None = column
    while node is not None and not isinstance(node, exp.Select):
        if (isinstance(node.parent, exp.Window) and node.arg_key != "this") or (
            isinstance(node.parent, exp.If) and node.arg_key == "this"
        ):
            return False
        node = node.parent
    return True
