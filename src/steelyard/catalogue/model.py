"""What a supervision model and a derived relation say, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from steelyard.contracts import Column, Contract, LegalBasis, Vocabulary, Words
from steelyard.kit.yamlfile import Document

RUN_SCHEMA = {"as_of": "DATE", "root_area": "VARCHAR"}
"""The reserved relation ``run``: one row, the only clock a model may read."""

PARAMETER_TYPES = {
    "integer": "BIGINT",
    "decimal": "DECIMAL(18,6)",
    "text": "VARCHAR",
    "date": "DATE",
    "boolean": "BOOLEAN",
}


@dataclass(frozen=True)
class Parameter:
    """A threshold of a model that a deployment may change, within ``least`` and ``most``."""

    name: str
    type: str
    default: Any
    title: Words
    least: Any = None
    most: Any = None
    change_by: str = ""


@dataclass(frozen=True)
class Needs:
    """What a model needs of one dataset before it may be believed."""

    dataset: str
    needs: tuple[str, ...]
    freshness: str = ""
    min_coverage: float = 0.0
    optional: bool = False
    may_be_null: tuple[str, ...] = ()
    """Columns that are mostly empty by nature, such as a date of cancellation."""


@dataclass(frozen=True)
class Evidence:
    """A query over the same data, read against ``hit``, that shows what a finding rests on."""

    name: str
    title: Words
    sql: str


@dataclass(frozen=True)
class Terms:
    """What the codes of one output column mean: words of the model's own, else those of vocabularies."""

    words: Mapping[str, Words]
    vocabularies: tuple[str, ...] = ()
    """In the order they are asked."""


@dataclass(frozen=True)
class SupervisionModel:
    """One folder of ``catalogue/models``."""

    id: str
    version: str
    status: str
    title: Words
    purpose: Words
    domain: str
    line: str
    stage: str
    pattern: str
    zone: str
    data: Mapping[str, Needs]
    key: tuple[str, ...]
    unit: tuple[str, ...]
    clock: str
    area: str
    subjects: Mapping[str, str]
    identity_tier: str | None
    parameters: Mapping[str, Parameter]
    grade_column: str
    grades: tuple[str, ...]
    legal_basis: tuple[LegalBasis, ...]
    disposal: Mapping[str, Any]
    false_positives: tuple[Mapping[str, Any], ...]
    snooze: Mapping[str, Any]
    text_title: Words
    evidence: tuple[Evidence, ...]
    run_limits: Mapping[str, Any]
    owner: Mapping[str, Any]
    references: tuple[Mapping[str, Any], ...]
    withdrawn: Mapping[str, Any] | None
    reach: Any
    sql: str
    sha256: str
    """Over the three files of the folder."""
    path: Path
    document: Document = field(repr=False, compare=False)
    terms: Mapping[str, Terms]
    """Output column to what its codes mean to people."""

    @property
    def field(self) -> str:
        """The first part of the id."""
        return self.id.split("/", maxsplit=1)[0]

    @property
    def param_schema(self) -> dict[str, str]:
        """The reserved relation ``param`` of this model."""
        listed = {name: PARAMETER_TYPES[parameter.type] for name, parameter in self.parameters.items()}
        return {"area_code": "VARCHAR", **listed}


@dataclass(frozen=True)
class Relation:
    """One folder of ``catalogue/relations``: derived once, read by models like a dataset."""

    id: str
    version: str
    title: Words
    purpose: Words
    data: Mapping[str, tuple[str, ...]]
    key: tuple[str, ...]
    unit: tuple[str, ...]
    """Columns that alone decide which rows there are; () where everything depends on everything."""
    columns: Mapping[str, Column]
    sql: str
    sha256: str
    path: Path
    document: Document = field(repr=False, compare=False)

    @property
    def schema(self) -> dict[str, str]:
        return {name: column.sql_type for name, column in self.columns.items()}


@dataclass(frozen=True)
class Catalogue:
    """Everything that says what is supervised."""

    root: Path
    contracts: Mapping[str, Contract]
    vocabulary: Mapping[str, Vocabulary]
    relations: Mapping[str, Relation]
    """In an order in which each reads only those before it."""
    models: Mapping[str, SupervisionModel]

    def columns(self, dataset: str) -> Mapping[str, Column]:
        """The columns of a dataset or derived relation.  Raises KeyError where there is none."""
        known = self.contracts.get(dataset) or self.relations[dataset]
        return known.columns

    def schema(self, dataset: str) -> dict[str, str]:
        """Column name to SQL type."""
        return {name: column.sql_type for name, column in self.columns(dataset).items()}

    def words(self, model: SupervisionModel, column: str, code: str) -> Words | None:
        """What a code of a model's column means; None where nobody said."""
        terms = model.terms.get(column)
        if terms is None or code in terms.words:
            return terms.words[code] if terms else None
        known = (self.vocabulary[name].terms.get(code) for name in terms.vocabularies if name in self.vocabulary)
        return next((term.words for term in known if term), None)

    def knows(self, dataset: str) -> bool:
        return dataset in self.contracts or dataset in self.relations

    def relations_needed(self, datasets: "list[str] | tuple[str, ...] | set[str]") -> list[Relation]:
        """The derived relations behind ``datasets``, each after those it reads."""
        wanted: set[str] = set()
        waiting = [name for name in datasets if name in self.relations]
        while waiting:
            name = waiting.pop()
            if name not in wanted:
                wanted.add(name)
                waiting += [read for read in self.relations[name].data if read in self.relations]
        return [relation for name, relation in self.relations.items() if name in wanted]

    def base_datasets(self, datasets: "list[str] | tuple[str, ...] | set[str]") -> set[str]:
        """The contracts behind ``datasets``, through derived relations."""
        found = {name for name in datasets if name in self.contracts}
        for relation in self.relations_needed(datasets):
            found |= {name for name in relation.data if name in self.contracts}
        return found
