"""Evidence behind findings: frozen rows, and the delivered lines they rest on."""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlglot import exp, parse_one

from steelyard.catalogue import Catalogue, Evidence, SupervisionModel
from steelyard.contracts import Column
from steelyard.detect.evidence_slices import EvidenceSlices
from steelyard.detect.stage import bare
from steelyard.detect.trace import TRACED, NotTraceable, Traced, traced
from steelyard.engines.duck import Duck, quoted

PRIVATE_COLUMN = re.compile(r"(^|_)(account|phone|mobile|card|id_no|email|address|plate)(?!_(code|type|kind))(_|$)")
"""Names of columns whose text is covered whatever level their dataset has."""
MOST_ROWS = 500
"""Rows kept of one section; the count is always exact."""
LINKED = ("person", "company", "party")
MOST_SOURCES = 200
"""Delivered lines kept of one row."""


def plain(value: Any) -> Any:
    """A value as JSON keeps it: money and ratios as text, dates in ISO form."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return value


class EvidenceReader:
    """Runs evidence queries once for all findings of a model that need them."""

    def __init__(self, connection: Duck, catalogue: Catalogue) -> None:
        self.connection = connection
        self.catalogue = catalogue
        self.traced: set[str] = set()
        self.slices: EvidenceSlices | None = None
        """Where few units are looked at: what leads to them; None reads everything."""

    def collect(self, model: SupervisionModel, hits: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
        """Sections by number of the finding in the table ``found``.

        A section: name, zh, en, columns, labels, kinds, sensitivity, rows, count, sources (distinct lines) and
        row_sources (for each row the positions in sources).
        """
        listed = ", ".join(map(str, hits)) or "-1"
        sections: dict[int, list[dict[str, Any]]] = {hit: [] for hit in hits}
        every = False
        for evidence in model.evidence:
            if not every:
                self.connection.execute(
                    f'CREATE OR REPLACE TABLE "main".hit AS SELECT * FROM found WHERE _hit IN ({listed})'
                )
            with self._over(model, evidence) as stands:
                made = self._trace(evidence.sql, stands=stands)
                about = self._about(evidence, made)
                empty = {hit: _Section(about) for hit in hits}
                for hit, values, lines in self._rows(made, hits):
                    empty[hit].add(values, lines)
            # A section that is read finding by finding leaves the last one alone in it.
            every = made.per_hit
            for hit in hits:
                sections[hit].append(empty[hit].done())
        self._never_without_a_line(model, sections)
        return sections

    @contextmanager
    def _over(self, model: SupervisionModel, evidence: Evidence | None) -> Iterator[bool]:
        """What names of tables mean while a text is run: all of them, or the rows that lead to the findings.

        Gives whether derived relations stand with their lines.
        """
        if self.slices is None:
            yield False
            return
        # Relations that stand with their lines do so for some findings alone, also where a look at them fails.
        self.traced.clear()
        try:
            with self.slices.of(model, evidence) if evidence else self.slices.of_model(model) as stands:
                yield stands
        finally:
            self.traced.clear()

    def _trace(self, sql: str, *, stands: bool = False) -> Traced:
        made = traced(bare(sql), self.catalogue)
        if not stands:
            self._put_traced(_relations_in(made.sql))
        return made

    def _put_traced(self, relations: Collection[str]) -> None:
        for relation in self.catalogue.relations_needed(set(relations)):
            if relation.id not in self.traced:
                made = traced(bare(relation.sql), self.catalogue)
                self.connection.execute(f"CREATE OR REPLACE TABLE {quoted(TRACED + relation.id)} AS {made.sql}")
                self.traced.add(relation.id)

    def _rows(self, traced: Traced, hits: Sequence[int]) -> Iterable[tuple[int, list[Any], list[dict[str, Any]]]]:
        columns = ", ".join(quoted(column) for column in traced.columns)
        if traced.per_hit:
            orders = ", ".join(["_hit", *traced.orders])
            yield from self._run(f"SELECT _hit, {columns}, _src FROM ({traced.sql}) AS e ORDER BY {orders}")
            return
        # The text speaks of the finding in a way that cannot be split: one run a finding.
        order = f" ORDER BY {', '.join(traced.orders)}" if traced.orders else ""
        for hit in hits:
            self.connection.execute(f'CREATE OR REPLACE TABLE "main".hit AS SELECT * FROM found WHERE _hit = {hit}')
            yield from self._run(f"SELECT {hit}, {columns}, _src FROM ({traced.sql}) AS e{order}")

    def _run(self, sql: str) -> Iterable[tuple[int, list[Any], list[dict[str, Any]]]]:
        # On the connection itself, not on a second one: its time limit interrupts no other.
        cursor = self.connection.execute(sql)
        while chunk := cursor.fetchmany(5000):
            for row in chunk:
                yield int(row[0]), list(row[1:-1]), row[-1] or []

    def _about(self, evidence: Evidence, traced: Traced) -> dict[str, Any]:
        labels: dict[str, dict[str, str]] = {}
        kinds: dict[str, str] = {}
        levels: dict[str, str] = {}
        for name, dataset, column in _origins(evidence.sql):
            if self.catalogue.knows(dataset) and column in self.catalogue.columns(dataset):
                known = self.catalogue.columns(dataset)[column]
                labels[name] = known.title._asdict()
                money = known.type == "decimal" and known.scale == 2
                area = "area" if name in ("area_code", "village_code") else known.type
                kinds[name] = known.subject or ("money" if money else area)
                if level := self._covered_level(dataset, known):
                    levels[name] = level
        head = {"name": evidence.name, "zh": evidence.title.zh, "en": evidence.title.en}
        return head | {"columns": list(traced.columns), "labels": labels, "kinds": kinds, "sensitivity": levels}

    def _covered_level(self, dataset: str, column: Column) -> str:
        """L3 or L4 where a text of this column is to be covered, else empty.

        A dataset's own L3 covers who may ask for it, not every word in it: there a column says L3 for itself, or
        is named like an account.  In an L4 dataset everything but codes and the record's number is covered.
        """
        if PRIVATE_COLUMN.search(column.name):
            return max(column.sensitivity, "L3")
        contract = self.catalogue.contracts.get(dataset)
        own = contract is None or column.sensitivity != contract.sensitivity
        plain_word = column.type == "string" and not (column.vocabulary or column.subject)
        opened = contract is not None and column.name in contract.key
        if not plain_word or opened or column.sensitivity not in ("L3", "L4"):
            return ""
        return column.sensitivity if own or column.sensitivity == "L4" else ""

    def _never_without_a_line(self, model: SupervisionModel, sections: dict[int, list[dict[str, Any]]]) -> None:
        """Where no query leads to a delivered line, the lines the finding itself was computed from."""
        bare_hits = {hit for hit, listed in sections.items() if not any(one["sources"] for one in listed)}
        if not bare_hits:
            return
        try:
            made = traced(bare(model.sql), self.catalogue)
        except NotTraceable:
            return
        keys = [f"m.{quoted(column)} IS NOT DISTINCT FROM f.{quoted(column)}" for column in model.key]
        listed = ", ".join(map(str, sorted(bare_hits)))
        sql = (
            f"SELECT f._hit, m._src FROM found AS f JOIN ({made.sql}) AS m ON {' AND '.join(keys)} "
            f"WHERE f._hit IN ({listed})"
        )
        about = {"name": "basis", "zh": "计算所依据的记录", "en": "records it was computed from",
                 "columns": ["dataset", "file", "row"], "labels": {}, "kinds": {}}  # fmt: skip
        with self._over(model, None) as stands:
            self._trace(model.sql, stands=stands)
            for hit, _, lines in self._run(sql):
                section = _Section(about)
                for line in _distinct(lines)[:MOST_ROWS]:
                    section.add([line["dataset"], line["file"], line["row"]], [line])
                sections[hit].append(section.done())


class _Section:
    """One evidence section of one finding, row by row."""

    def __init__(self, about: Mapping[str, Any]) -> None:
        self.about = about
        self.rows: list[list[Any]] = []
        self.count = 0
        self.sources: list[dict[str, Any]] = []
        self.places: dict[tuple[Any, ...], int] = {}
        self.row_sources: list[list[int]] = []

    def add(self, values: list[Any], lines: Sequence[Mapping[str, Any]]) -> None:
        self.count += 1
        if self.count > MOST_ROWS:
            return
        self.rows.append([plain(value) for value in values])
        mine: list[int] = []
        for line in _distinct(lines)[:MOST_SOURCES]:
            place = tuple(line.values())
            if place not in self.places:
                self.places[place] = len(self.sources)
                self.sources.append(line)
            mine.append(self.places[place])
        self.row_sources.append(mine)

    def done(self) -> dict[str, Any]:
        return {
            **self.about,
            "rows": self.rows,
            "count": self.count,
            "sources": self.sources,
            "row_sources": self.row_sources,
        }


def subjects_shown(sections: Sequence[Mapping[str, Any]]) -> list[str]:
    """Keys of the persons and firms that evidence rows name; bodies and villages are not in doubt."""
    found: set[str] = set()
    for section in sections:
        places = [n for n, column in enumerate(section["columns"]) if section["kinds"].get(column) in LINKED]
        found |= {str(row[n]) for row in section["rows"] for n in places if row[n]}
    return sorted(found)


def _distinct(lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each delivered line once, in a fixed order; the empty side of an outer join has none."""
    named = {
        (line["dataset"], line["delivery"], line["file"], line["row"]): dict(line)
        for line in lines
        if line and line["delivery"]
    }
    return [named[place] for place in sorted(named, key=str)]


@lru_cache(maxsize=1024)
def _relations_in(sql: str) -> frozenset[str]:
    names = {table.name for table in parse_one(sql, read="duckdb").find_all(exp.Table)}
    return frozenset(name.removeprefix(TRACED) for name in names if name.startswith(TRACED))


@lru_cache(maxsize=1024)
def _origins(sql: str) -> tuple[tuple[str, str, str], ...]:
    """(output column, dataset, its column) where an output is a plain column of a table in FROM."""
    return tuple(_plain_columns(sql))


def _plain_columns(sql: str) -> Iterable[tuple[str, str, str]]:
    tree = parse_one(bare(sql), read="duckdb")
    select = tree if isinstance(tree, exp.Select) else tree.find(exp.Select)
    if select is None:
        return
    first = select.args.get("from_")
    nodes = ([first.this] if first else []) + [join.this for join in select.args.get("joins") or []]
    tables = {node.alias_or_name: node.name for node in nodes if isinstance(node, exp.Table)}
    for one in select.expressions:
        value = one.unalias()
        if isinstance(value, exp.Column) and value.table in tables:
            yield one.alias_or_name, tables[value.table], value.name
