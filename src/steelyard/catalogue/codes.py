"""Which codes an output column can hold: words the SQL itself writes, and vocabularies of the columns it is made of."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, build_scope

from steelyard.catalogue.model import Catalogue
from steelyard.catalogue.placeholders import items
from steelyard.catalogue.tree import RESERVED, SqlBroken, Tree, read

_FIRST = (
    exp.Alias, exp.Cast, exp.Paren, exp.Min, exp.Max, exp.GroupConcat, exp.Nullif, exp.Trim, exp.Ordered, exp.Order,
    exp.Window, exp.Filter, exp.FirstValue, exp.LastValue, exp.Lag, exp.Lead, exp.Replace, exp.Substring,
)  # fmt: skip
"""Nodes whose value is made of their first part."""


@dataclass
class Codes:
    """What the values of a column are made of."""

    written: set[str] = field(default_factory=set)
    """Words that stand in a text between quotes, one by one where they are joined."""
    vocabularies: set[str] = field(default_factory=set)
    open: bool = False
    """Whether it can hold anything else: what a department wrote, for which no vocabulary is laid down."""


def codes(tree: Tree, output: str, catalogue: Catalogue) -> Codes:
    """The codes of one output column, followed through common tables and derived relations."""
    found = Codes()
    scope = build_scope(tree.qualified)
    if scope is not None:
        _Look(catalogue, found).column(scope, output)
    return found


class _Look:
    def __init__(self, catalogue: Catalogue, found: Codes) -> None:
        self.catalogue = catalogue
        self.found = found
        self.seen: set[tuple[int, str]] = set()
        self.relations: dict[str, Scope | None] = {}

    def column(self, scope: Scope, output: str) -> None:
        query = scope.expression
        if (id(scope), output) in self.seen or not isinstance(query, exp.Query) or output not in query.named_selects:
            return
        self.seen.add((id(scope), output))
        if scope.set_operation_scopes:
            position = query.named_selects.index(output)
            for branch in scope.set_operation_scopes:
                if isinstance(branch.expression, exp.Query):
                    self.column(branch, branch.expression.named_selects[position])
            return
        for one in query.selects:
            if one.alias_or_name == output:
                self.value(scope, one)

    def value(self, scope: Scope, node: exp.Expr) -> None:
        if isinstance(node, exp.Literal):
            if node.is_string:
                self.found.written |= {word for word in items(node.name) if any(map(str.isalnum, word))}
        elif isinstance(node, exp.Column):
            self.read(scope, node)
        elif isinstance(node, exp.Subquery):
            self.subquery(scope, node)
        else:
            parts = list(_parts(node))
            for part in parts:
                self.value(scope, part)
            if not parts and node.find(exp.Column):
                self.found.open = True

    def subquery(self, scope: Scope, node: exp.Subquery) -> None:
        for below in scope.subquery_scopes:
            if below.expression is node.this and isinstance(node.this, exp.Query):
                self.column(below, node.this.named_selects[0])

    def read(self, scope: Scope, column: exp.Column) -> None:
        source = scope.sources.get(column.table)
        if isinstance(source, Scope):
            self.column(source, column.name)
        elif isinstance(source, exp.Table) and source.name not in RESERVED:
            self.table(source.name, column.name)

    def table(self, name: str, column: str) -> None:
        if name in self.catalogue.contracts:
            vocabulary = self.catalogue.contracts[name].columns[column].vocabulary
            if vocabulary:
                self.found.vocabularies.add(vocabulary)
            else:
                self.found.open = True
        elif name in self.catalogue.relations:
            if name not in self.relations:
                self.relations[name] = self.relation(name)
            scope = self.relations[name]
            if scope is not None:
                self.column(scope, column)

    def relation(self, name: str) -> Scope | None:
        relation = self.catalogue.relations[name]
        try:
            tree = read(relation.sql, {one: self.catalogue.schema(one) for one in relation.data})
        except (SqlBroken, KeyError):
            return None
        return build_scope(tree.qualified)


def _parts(node: exp.Expr) -> Iterator[exp.Expr]:
    """The parts whose value becomes the node's: branches, not conditions, separators or orders."""
    if isinstance(node, exp.Case):
        yield from (branch.args["true"] for branch in node.args.get("ifs") or ())
        if node.args.get("default") is not None:
            yield node.args["default"]
    elif isinstance(node, exp.If):
        yield from (node.args[part] for part in ("true", "false") if node.args.get(part) is not None)
    elif isinstance(node, exp.Coalesce | exp.Greatest | exp.Least):
        yield from (node.this, *node.expressions)
    elif isinstance(node, exp.Distinct | exp.Concat):
        yield from node.expressions
    elif isinstance(node, exp.ConcatWs):
        yield from node.expressions[1:]
    elif isinstance(node, exp.DPipe):
        yield from (node.this, node.expression)
    elif isinstance(node, _FIRST) and isinstance(node.this, exp.Expr):
        yield node.this
