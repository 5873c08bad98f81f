"""What the unit cases of a model or relation give to play with: rows, and the values that stand in each column."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from steelyard.catalogue import Catalogue, Relation, SupervisionModel
from steelyard.catalogue.cases import Case, read_cases
from steelyard.contracts import Column
from steelyard.detect.stage import AREA_COLUMNS

Subject = SupervisionModel | Relation
Row = dict[str, Any]
DOUBLES = (".2", ".3")


class Material:
    """All cases of one subject."""

    def __init__(self, subject: Subject, catalogue: Catalogue) -> None:
        self.subject = subject
        self.catalogue = catalogue
        self.cases = read_cases(subject.path / "cases.yaml").cases
        self.positive = [case for case in self.cases if case.kind == "positive" and case.expect]

    @cached_property
    def needs(self) -> dict[str, set[str]]:
        """Every table behind the subject, with the columns that are read of it."""
        found: dict[str, set[str]] = defaultdict(set)
        data: list[Subject] = [self.subject, *self.catalogue.relations_needed(list(self.subject.data))]
        for one in data:
            for name, needs in one.data.items():
                found[name] |= set(needs if isinstance(needs, tuple) else needs.needs)
        return found

    @cached_property
    def values(self) -> dict[str, list[Any]]:
        """By domain the values met, each once."""
        found: dict[str, dict[str, Any]] = defaultdict(dict)
        for case in self.cases:
            for dataset, rows in case.given.items():
                for row in rows:
                    for name, value in row.items():
                        if value is not None and name in self.catalogue.columns(dataset):
                            found[self.domain(dataset, name)].setdefault(repr(value), value)
        return {domain: list(values.values()) for domain, values in found.items()}

    def domain(self, dataset: str, name: str) -> str:
        """Columns whose values may meet have one domain."""
        column = self.column(dataset, name)
        if column.subject:
            return "subject"
        return name if column.type == "string" else f"{column.type} {name}"

    def column(self, dataset: str, name: str) -> Column:
        return self.catalogue.columns(dataset)[name]

    def key(self, dataset: str) -> tuple[str, ...]:
        known = self.catalogue.contracts.get(dataset)
        return tuple(known.key) if known is not None else ()

    def names_somebody(self, dataset: str, name: str) -> bool:
        """Whether a column says which thing a row is about, rather than what is said of it."""
        column = self.column(dataset, name)
        if column.type != "string" or name in AREA_COLUMNS or column.vocabulary:
            return False
        return bool(column.subject) or name.endswith("_id") or name in self.key(dataset)

    def derived(self, case: Case) -> list[Relation]:
        """The relations that the subject computes where this case gives none of their rows."""
        return [one for one in self.catalogue.relations_needed(list(self._own(case))) if one.id not in case.given]

    def tables(self, case: Case) -> list[str]:
        """The tables that stand by themselves where this case gives the rows."""
        read = {*self._own(case), *(name for one in self.derived(case) for name in one.data)}
        derived = {one.id for one in self.derived(case)}
        return sorted(read - derived)

    def _own(self, case: Case) -> set[str]:
        """What the subject reads; of the relations that are given, not what stands behind them."""
        read, waiting = set[str](), list(self.subject.data)
        while waiting:
            name = waiting.pop()
            if name not in read:
                read.add(name)
                if name in self.catalogue.relations and name not in case.given:
                    waiting += list(self.catalogue.relations[name].data)
        return read

    def instance(self, case: Case, chance: random.Random, *, apart: bool) -> dict[str, list[Row]]:
        """The rows of a case about other things: all names become their doubles (``apart``), or only some do.

        A name becomes the same double wherever it stands.
        """
        one = chance.choice(DOUBLES)
        double: dict[str, str] = {}

        def told(dataset: str, row: Mapping[str, Any]) -> Row:
            changed = dict(row)
            for name, value in row.items():
                if isinstance(value, str) and value.strip() and self.names_somebody(dataset, name):
                    ending = one if apart else chance.choice(["", one])
                    changed[name] = double.setdefault(value, f"{value}{ending}")
            return changed

        return {dataset: [told(dataset, row) for row in rows] for dataset, rows in case.given.items()}


def merged(rows: Sequence[Row], more: Sequence[Row], key: tuple[str, ...]) -> list[Row]:
    """Rows with others added; of two with the same key the later stays.  A key with a gap is nobody's."""
    found: dict[Any, Row] = {}
    for number, row in enumerate([*rows, *more]):
        values = tuple(str(row.get(name)) for name in key)
        whole = bool(key) and all(row.get(name) is not None for name in key)
        found[values if whole else number] = row
    return list(found.values())
