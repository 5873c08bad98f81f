"""Reads ``catalogue/contracts/<department>/<dataset>.yaml``: what a department owes, row by row."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steelyard.contracts.vocabulary import Vocabulary, load_vocabularies
from steelyard.contracts.words import Words
from steelyard.kit import yamlfile
from steelyard.kit.errors import SteelyardError

TYPES = ("string", "integer", "decimal", "date", "datetime", "boolean")
MODES = ("snapshot", "upsert", "append")
LEVELS = ("L1", "L2", "L3", "L4")
SUBJECTS = ("person", "company", "party", "org")
CHECK_LEVELS = ("reject", "quarantine", "warn")
_NAME = re.compile(r"^[a-z][a-z0-9_]*$")
_VERSION = re.compile(r"^\d+\.\d+\.\d+$")
_SQL_TYPES = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "boolean": "BOOLEAN",
}


class ContractBroken(SteelyardError):
    """Contracts break the rules; every complaint names file and line."""


@dataclass(frozen=True)
class Column:
    """One column of a dataset."""

    name: str
    type: str
    """string, integer, decimal, date, datetime or boolean."""
    title: Words
    sensitivity: str
    """L1 to L4; the dataset's where the column names none."""
    subject: str | None = None
    """person, company, party (either) or org: then the pool stores a subject key, never the number."""
    raw: tuple[str, ...] = ()
    """Fields a delivery maps: number and name for a subject, else the column itself."""
    required: bool = False
    vocabulary: str | None = None
    values: frozenset[str] = frozenset()
    """Codes of the vocabulary; empty where any text goes."""
    scale: int = 2
    """Decimal places: 2 for money, 6 for ratios and quantities."""
    note: str = ""
    line: int = 1

    @property
    def sql_type(self) -> str:
        """The column's type in SQL."""
        return f"DECIMAL(18,{self.scale})" if self.type == "decimal" else _SQL_TYPES[self.type]


@dataclass(frozen=True)
class Check:
    """A condition on one row, over typed columns and ``delivered_on`` (date of receipt).

    A row fails where the condition is false; where it is null the check does not apply.
    """

    id: str
    level: str
    """reject refuses the delivery, quarantine the row, warn only says so."""
    sql: str
    title: Words
    line: int = 1


@dataclass(frozen=True)
class Contract:
    """What one dataset holds."""

    dataset: str
    version: str
    title: Words
    owners: tuple[str, ...]
    department: str
    mode: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    checks: tuple[Check, ...]
    sensitivity: str
    rhythm: str
    freshness: str
    """ISO 8601 duration after which the newest business date is too old."""
    quarantined_share: float
    """Share of quarantined rows above which a delivery is refused as a whole."""
    purpose: Words
    path: Path

    @property
    def schema(self) -> dict[str, str]:
        """Column name to SQL type, in the order of the file."""
        return {name: column.sql_type for name, column in self.columns.items()}


def load_contracts(folder: Path, vocabularies: Mapping[str, Vocabulary] | None = None) -> dict[str, Contract]:
    """Every contract below ``folder``, by dataset; vocabularies are read from ``../vocabulary`` if not given.

    Raises ContractBroken with all complaints at once, one a line: ``file:line: message``.
    """
    vocabularies = vocabularies or load_vocabularies(folder.parent / "vocabulary")
    wrong: list[str] = []
    found: dict[str, Contract] = {}
    for path in sorted(folder.glob("*/*.yaml")):
        try:
            document = yamlfile.load(path)
        except yamlfile.YamlError as error:
            wrong.append(str(error))
            continue
        contract = _Reading(document, vocabularies, wrong).contract()
        if contract and contract.dataset in found:
            wrong.append(f"{path}:1: {contract.dataset} has a contract in {found[contract.dataset].path} too")
        elif contract:
            found[contract.dataset] = contract
    if wrong:
        raise ContractBroken("\n".join(wrong))
    return found


class _Reading:
    """One file on its way to a Contract; complaints are collected, not raised."""

    def __init__(self, document: yamlfile.Document, vocabularies: Mapping[str, Vocabulary], wrong: list[str]) -> None:
        self.document = document
        self.vocabularies = vocabularies
        self.wrong = wrong
        self.data: dict[str, Any] = document.data if isinstance(document.data, dict) else {}

    def complain(self, message: str, *at: str | int) -> None:
        self.wrong.append(f"{self.document.path}:{self.document.line_of(*at)}: {message}")

    def words(self, *at: str | int) -> Words:
        value: Any = self.data
        for step in at:
            value = value.get(step) if isinstance(value, dict) else value[int(step)]
        read = Words.read(value)
        if read is None:
            self.complain("needs zh and en", *at)
        return read or Words("", "")

    def one_of(self, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = self.data.get(name, default)
        if value not in allowed:
            self.complain(f"{name} must be one of {', '.join(allowed)}", name)
        return str(value)

    def contract(self) -> Contract | None:
        before = len(self.wrong)
        data, path = self.data, self.document.path
        if data.get("format") != 1:
            self.complain("a contract needs format: 1", "format")
        if data.get("dataset") != path.stem:
            self.complain(f"dataset must equal the file name {path.stem}", "dataset")
        if not _VERSION.match(str(data.get("version"))):
            self.complain("version must be like 1.0.0", "version")
        sensitivity = self.one_of("sensitivity", LEVELS)
        listed = data.get("columns")
        if not isinstance(listed, dict) or not listed:
            self.complain("columns are missing", "columns")
            return None
        columns = {str(name): self.column(str(name), body, sensitivity) for name, body in listed.items()}
        key = tuple(data.get("key") or ())
        if not key or not set(key) <= set(columns):
            self.complain(f"key must name columns; unknown: {sorted(set(key) - set(columns))}", "key")
        expectations = data.get("expectations") or {}
        contract = Contract(
            dataset=path.stem,
            version=str(data.get("version")),
            title=self.words("title"),
            owners=self.owners(),
            department=path.parent.name,
            mode=self.one_of("mode", MODES),
            key=key,
            columns=columns,
            checks=self.checks(),
            sensitivity=sensitivity,
            rhythm=str(expectations.get("rhythm", "")),
            freshness=str(expectations.get("latest", "")),
            quarantined_share=float((data.get("limits") or {}).get("quarantined_share", 0.05)),
            purpose=self.words("purpose"),
            path=path,
        )
        return contract if len(self.wrong) == before else None

    def owners(self) -> tuple[str, ...]:
        owners = tuple(self.data.get("owners") or ())
        if not owners or owners[0] != self.document.path.parent.name:
            self.complain(f"the first owner must be the folder {self.document.path.parent.name}", "owners")
        departments = self.vocabularies.get("department")
        for owner in owners:
            if departments and owner not in departments:
                self.complain(f"unknown department {owner}", "owners")
        return owners

    def column(self, name: str, body: Any, default: str) -> Column:
        at = ("columns", name)
        if not isinstance(body, dict) or not _NAME.match(name):
            self.complain(f"column {name} must be a lower-case name with a mapping", *at)
            return Column(name, "string", Words("", ""), default)
        kind, subject, vocabulary = body.get("type"), body.get("subject"), body.get("vocabulary")
        if kind not in TYPES:
            self.complain(f"{name}: type must be one of {', '.join(TYPES)}", *at)
            kind = "string"
        if subject is not None and (subject not in SUBJECTS or len(body.get("from") or ()) != 2):
            self.complain(f"{name}: a subject is one of {', '.join(SUBJECTS)}, from [number, name]", *at)
        if vocabulary is not None and vocabulary not in self.vocabularies:
            self.complain(f"{name}: unknown vocabulary {vocabulary}", *at)
        level = body.get("sensitivity", default)
        if level not in LEVELS:
            self.complain(f"{name}: sensitivity must be L1 to L4", *at)
        known = self.vocabularies.get(str(vocabulary))
        return Column(
            name=name,
            type=str(kind),
            title=self.words(*at),
            sensitivity=str(level),
            subject=subject,
            raw=tuple(body.get("from") or (name,)),
            required=body.get("required") is True,
            vocabulary=vocabulary,
            values=frozenset(known.terms if known else ()),
            scale=int(body.get("scale", 2)),
            note=str(body.get("note", "")),
            line=self.document.line_of(*at),
        )

    def checks(self) -> tuple[Check, ...]:
        found: list[Check] = []
        for number, body in enumerate(self.data.get("checks") or ()):
            at = ("checks", number)
            if not isinstance(body, dict) or not body.get("id") or not isinstance(body.get("sql"), str):
                self.complain("a check needs id, level, sql, zh and en", *at)
                continue
            if body.get("level") not in CHECK_LEVELS:
                self.complain(f"level must be one of {', '.join(CHECK_LEVELS)}", *at)
            if any(check.id == body["id"] for check in found):
                self.complain(f"the check {body['id']} stands twice", *at)
            line = self.document.line_of(*at)
            found.append(Check(str(body["id"]), str(body.get("level")), body["sql"], self.words(*at), line))
        return tuple(found)
