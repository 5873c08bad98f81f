"""Rules on joins: no product of two tables, and the run joined after the outer joins."""

from collections.abc import Iterator

from sqlglot import exp

from steelyard.catalogue.tree import RESERVED, Tree, line_of

Found = Iterator[tuple[int, str, str]]


def products(tree: Tree) -> Found:
    """A join without a condition, unless one side has a single row."""
    single = RESERVED | {cte.alias for cte in tree.written.find_all(exp.CTE) if _one_row(cte.this)}
    for join in tree.written.find_all(exp.Join):
        if join.args.get("on") or join.args.get("using") or not isinstance(join.this, exp.Table):
            continue
        select = join.find_ancestor(exp.Select)
        first = select.args.get("from_") if select is not None else None
        left = first.this.name if first is not None and isinstance(first.this, exp.Table) else ""
        if join.this.name not in single and left not in single:
            yield line_of(join), "sql-product", f"joins every row with every row of {join.this.name}"


def _one_row(query: exp.Expr) -> bool:
    return (
        isinstance(query, exp.Select)
        and not query.args.get("group")
        and any(
            node.find_ancestor(exp.Select) is query and not node.find_ancestor(exp.Window)
            for node in query.find_all(exp.AggFunc)
        )
    )


def early_runs(tree: Tree) -> Found:
    """``run`` before an outer join, where a later condition holds it against a side that may be null.

    DuckDB 2.0 then moves ``run`` below the null-extended side and loses the rows without a partner.
    """
    for select in tree.qualified.find_all(exp.Select):
        yield from _early_runs(select)


def _early_runs(select: exp.Select) -> Found:
    first = select.args.get("from_")
    before = {first.this.alias_or_name} if first is not None else set()
    runs = {name for name in before if _is_run(first.this)} if first is not None else set()
    early: set[str] = set()
    nullable: set[str] = set()
    for join in select.args.get("joins") or []:
        name, side = join.this.alias_or_name, join.side
        if early:
            yield from _mixed(join.args.get("on"), select, early, nullable)
        if side in ("LEFT", "RIGHT", "FULL"):
            early |= runs
            nullable |= ({name} if side != "RIGHT" else set()) | (before - runs if side != "LEFT" else set())
        elif _is_run(join.this):
            runs.add(name)
        before.add(name)
    where = select.args.get("where")
    if early and where is not None:
        yield from _mixed(where.this, select, early, nullable)


def _is_run(source: exp.Expr) -> bool:
    return isinstance(source, exp.Table) and source.name == "run"


def _mixed(condition: exp.Expr | None, select: exp.Select, runs: set[str], nullable: set[str]) -> Found:
    """Each part of a conjunction that names both a column of ``runs`` and one of ``nullable``."""
    parts = condition.flatten() if isinstance(condition, exp.And) else [condition] if condition is not None else []
    for part in parts:
        read = {column.table for column in part.find_all(exp.Column) if not _of_inner(column, select)}
        if read & runs and read & nullable:
            sides = ", ".join(sorted(read & nullable))
            message = f"join run last: it stands before the outer join of {sides}, and rows without a partner get lost"
            yield line_of(part), "sql-run-last", message


def _of_inner(column: exp.Column, select: exp.Select) -> bool:
    """Whether a subquery of the condition has a table of its own under the column's name."""
    inner = column.find_ancestor(exp.Select)
    while inner is not None and inner is not select:
        sources = [inner.args.get("from_"), *(inner.args.get("joins") or [])]
        if any(source is not None and source.this.alias_or_name == column.table for source in sources):
            return True
        inner = inner.find_ancestor(exp.Select)
    return False
