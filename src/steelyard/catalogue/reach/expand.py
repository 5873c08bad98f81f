"""From the parsed text to its shape: one body a mention."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from steelyard.catalogue.reach.conditions import Name, conjuncts, equalities, filled
from steelyard.catalogue.reach.shape import Block, Body, Leaf, Place, Source, Sub, Union
from steelyard.catalogue.tree import SqlBroken, line_of

Scope = Mapping[str, tuple[exp.Query, "Scope"]]
"""Common tables that can be seen: name to query and what that query itself can see."""


@dataclass(frozen=True)
class Table:
    """A table as far as reach needs it."""

    columns: tuple[str, ...]
    required: frozenset[str]


MOST_MENTIONS = 8_000
"""Mentions looked at before a text is refused; the largest of the catalogue takes a hundred.  Common tables that read
each other double with every step, and nobody would wait for the end of it."""


class Expander:
    """Expands one qualified text over known tables.  Raises SqlBroken where reach cannot follow a construct."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self.tables = tables
        self._mentions: dict[int, int] = {}
        self.looked_at = 0

    def expand(self, query: exp.Query) -> Body:
        """``query``: qualified.  Every output is wanted."""
        for number, table in enumerate(query.find_all(exp.Table)):
            self._mentions[id(table)] = number
        return self._query(query, {}, None, None, "q")

    def _query(
        self, query: exp.Expr, scope: Scope, around: Block | None, wanted: frozenset[str] | None, path: str
    ) -> Body:
        query = query.unnest()
        if not isinstance(query, exp.Query):
            raise SqlBroken("reach cannot follow this part", line_of(query))
        if "*" in query.named_selects:
            raise SqlBroken("reach cannot follow *: name the columns", line_of(query))
        scope = self._with(query, scope)
        if isinstance(query, exp.Union):
            return self._union(query, scope, around, wanted, path)
        if not isinstance(query, exp.Select):
            raise SqlBroken(f"reach cannot follow {type(query).__name__.upper()}", line_of(query))
        return self._block(query, scope, around, wanted, path)

    def _with(self, query: exp.Query, scope: Scope) -> Scope:
        seen = dict(scope)
        for cte in query.ctes:
            recursive = bool(query.args["with_"].args.get("recursive"))
            if recursive and any(table.name == cte.alias for table in cte.this.find_all(exp.Table)):
                raise SqlBroken(f"reach cannot follow the recursion of {cte.alias}", line_of(cte))
            seen[cte.alias] = (cte.this, dict(seen))
        return seen

    def _union(
        self, query: exp.Union, scope: Scope, around: Block | None, wanted: frozenset[str] | None, path: str
    ) -> Union:
        names = tuple(query.named_selects)
        union = Union(path, names)
        for number, branch in enumerate(_branches(query)):
            asked = None if wanted is None or query.args.get("distinct") else _asked(branch, names, wanted)
            body = self._query(branch, scope, around, asked, f"{path}/{number}")
            body.place = Place(union)
            union.branches.append(body)
        return union

    def _block(
        self, select: exp.Select, scope: Scope, around: Block | None, wanted: frozenset[str] | None, path: str
    ) -> Block:
        def again(other: str) -> Block:
            return self._block(select, scope, around, wanted, other)

        block = Block(path, around, again, names=tuple(select.named_selects))
        distinct = select.args.get("distinct")
        outputs = [
            one for one in select.expressions if wanted is None or distinct is not None or one.alias_or_name in wanted
        ]
        conditions = [select.args[part] for part in ("where", "group", "having", "qualify") if select.args.get(part)]
        joins: list[exp.Join] = list(select.args.get("joins") or [])
        ons = [join.args["on"] for join in joins if join.args.get("on") is not None]
        read = _read([*outputs, *conditions, *ons])
        first = select.args.get("from_")
        if first is None:
            raise SqlBroken("reach needs a FROM", line_of(select))
        self._source(block, first.this, None, scope, read)
        for join in joins:
            self._source(block, join.this, join, scope, read)
        where = select.args.get("where")
        block.where = conjuncts(where.this if where is not None else None)
        _force(block)
        self._subs(block, [*outputs, *conditions], None, scope)
        for join in joins:
            if join.args.get("on") is not None:
                self._subs(block, [join.args["on"]], block.sources[join.this.alias_or_name], scope)
        _outputs(block, select, outputs)
        return block

    def _source(
        self, block: Block, at: exp.Expr, join: exp.Join | None, scope: Scope, read: Mapping[str, frozenset[str]]
    ) -> None:
        side, kind = (join.side, join.kind) if join is not None else ("", "")
        if side in ("RIGHT", "FULL") or (join is not None and (join.args.get("using") or join.args.get("method"))):
            raise SqlBroken("reach cannot follow this join: write LEFT JOIN … ON or JOIN … ON", line_of(at))
        alias = at.alias_or_name
        wanted, path = read.get(alias, frozenset()), f"{block.path}/{alias}"
        if isinstance(at, exp.Table) and at.name in scope:
            query, seen = scope[at.name]
            body = self._query(query, seen, None, wanted, path)
        elif isinstance(at, exp.Table):
            body = self._leaf(at, path)
        else:
            body = self._query(at, scope, None, wanted, path)
        on = conjuncts(join.args.get("on")) if join is not None else ()
        source = Source(alias, body, side == "LEFT" or kind == "ANTI", on)
        body.place = Place(block, source=source)
        block.sources[alias] = source

    def _leaf(self, at: exp.Table, path: str) -> Leaf:
        table = self.tables[at.name]
        line = line_of(at)
        self.looked_at += 1
        if self.looked_at > MOST_MENTIONS:
            raise SqlBroken(
                "reach gives up: common tables read each other too often; make one a derived relation", line
            )
        return Leaf(at.name, at.alias_or_name, line, table.columns, table.required, self._mentions[id(at)], path)

    def _subs(self, block: Block, places: Iterable[exp.Expr], source: Source | None, scope: Scope) -> None:
        for place in places:
            for query in _inside(place):
                path = f"{block.path}/?{len(block.subs)}"
                body = self._query(query, scope, block, None, path)
                sub = Sub(body, source)
                body.place = Place(block, sub=sub)
                block.subs.append(sub)


def _branches(query: exp.Union) -> Iterator[exp.Expr]:
    for side in (query.this.unnest(), query.expression.unnest()):
        if isinstance(side, exp.Union) and not side.ctes:
            yield from _branches(side)
        else:
            yield side


def _asked(branch: exp.Expr, names: tuple[str, ...], wanted: frozenset[str]) -> frozenset[str]:
    """The wanted columns under the names they have in a branch."""
    own = branch.named_selects if isinstance(branch, exp.Query) else []
    return frozenset(here for here, name in zip(own, names, strict=True) if name in wanted)


def _inside(place: exp.Expr) -> list[exp.Query]:
    """Queries that stand in an expression, not those inside them."""
    found: list[exp.Query] = []
    waiting = [place]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, exp.Select | exp.Union):
            found.append(node)
        else:
            waiting += list(node.iter_expressions())
    return found


def _read(places: Iterable[exp.Expr]) -> dict[str, frozenset[str]]:
    """Columns read by alias; queries inside expressions may read them too."""
    found: dict[str, set[str]] = {}
    for place in places:
        for column in place.find_all(exp.Column):
            found.setdefault(column.table, set()).add(column.name)
    return {alias: frozenset(columns) for alias, columns in found.items()}


def _force(block: Block) -> None:
    """An outer join whose right side a later condition needs is an inner join."""
    while True:
        certain = filled(_certain(block))
        forced = [one for one in block.sources.values() if one.outer and (one.alias, "") in certain]
        if not forced:
            block.held = frozenset(certain)
            return
        for one in forced:
            one.outer = False


def _certain(block: Block) -> list[exp.Expr]:
    """Conditions that hold in every row of a block."""
    return [*block.where, *(part for source in block.inner for part in source.on)]


def _outputs(block: Block, select: exp.Select, outputs: list[exp.Expr]) -> None:
    """Which outputs are plain columns, and which of them say where a row of the inside ends up."""
    plain: dict[str, Name] = {}
    for one in outputs:
        column = one.unalias()
        if isinstance(column, exp.Column) and column.table in block.sources:
            plain[one.alias_or_name] = (column.table, column.name)
    group = select.args.get("group")
    places = [*outputs, *(select.args[part] for part in ("having", "qualify") if select.args.get(part))]
    windows = [window for place in places for window in _of(place, exp.Window)]
    keys: set[Name] | None = None
    if group is not None or any(_aggregates(place) for place in places):
        keys = {(key.table, key.name) for key in group.expressions if isinstance(key, exp.Column)} if group else set()
        plain = {name: name_of for name, name_of in plain.items() if name_of in keys}
    same = _same(block)
    shared = [_partition(window, same) for window in windows]
    if shared:
        # a column that decides the partition leads to the other rows of it, also where nothing above reads it
        for own in {own for part in shared[0] for own in part if own[0] in block.sources}:
            if keys is None or own in keys:
                plain.setdefault(f"#{own[0]}.{own[1]}", own)
    block.outputs = plain
    block.exits = frozenset(
        name for name, origin in plain.items() if all(any(origin in part for part in parts) for parts in shared)
    )
    distinct = select.args.get("distinct")
    if distinct is not None and distinct.args.get("on") is not None:
        raise SqlBroken("reach cannot follow DISTINCT ON", line_of(distinct))


def _partition(window: exp.Expr, same: Mapping[Name, frozenset[Name]]) -> set[frozenset[Name]]:
    """The plain columns of a window's PARTITION BY, each with those that equal it."""
    names = [(part.table, part.name) for part in window.args.get("partition_by") or () if isinstance(part, exp.Column)]
    return {same.get(name, frozenset({name})) for name in names}


def _same(block: Block) -> dict[Name, frozenset[Name]]:
    """Column to those that equal it in every row of the block."""
    found: dict[Name, frozenset[Name]] = {}
    for left, right in equalities(_certain(block)):
        merged = found.get(left, frozenset({left})) | found.get(right, frozenset({right}))
        found |= dict.fromkeys(merged, merged)
    return found


def _of(place: exp.Expr, kind: type[exp.Expr]) -> list[exp.Expr]:
    """Nodes of one kind that belong to the block itself, not to a query inside an expression."""
    return [node for node in place.find_all(kind) if not _nested(node, place)]


def _nested(node: exp.Expr, place: exp.Expr) -> bool:
    above = node.parent
    while above is not None and above is not place.parent:
        if isinstance(above, exp.Select | exp.Union):
            return True
        above = above.parent
    return False


def _aggregates(place: exp.Expr) -> bool:
    """Whether a place aggregates rows, other than over a window."""
    return any(
        not isinstance(node.parent, exp.Window)
        and not (isinstance(node.parent, exp.Filter) and isinstance(node.parent.parent, exp.Window))
        for node in _of(place, exp.AggFunc)
    )
