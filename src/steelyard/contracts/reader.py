"""Reads ``catalogue/contracts/<department>/<dataset>.yaml``: what a department owes, row by row."""

from collections.abc import Mapping
from pathlib import Path

from steelyard.contracts import columns, history, promises, rules, ways
from steelyard.contracts.contract import LEVELS, MODES, Column, Contract
from steelyard.contracts.sheet import ContractBroken, Sheet
from steelyard.contracts.vocabulary import Vocabulary, load_vocabularies
from steelyard.contracts.words import Words
from steelyard.kit import yamlfile

KEYS = (
    *("format", "dataset", "version", "title", "owners", "mode", "scope", "order", "key", "area"),
    *("business_date", "cluster_by"),
    *("purpose", "legal_basis", "sensitivity", "retention", "expectations", "limits", "columns", "checks"),
    *("table_checks", "history"),
)
"""What a contract may say."""


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
        contract = _contract(Sheet(document, vocabularies, wrong))
        if contract and contract.dataset in found:
            wrong.append(f"{path}:1: {contract.dataset} has a contract in {found[contract.dataset].path} too")
        elif contract:
            found[contract.dataset] = contract
    # A reference to a file that could not be read would only be a second complaint of the same fault.
    if not wrong:
        wrong += ways.complaints(found)
    if wrong:
        raise ContractBroken("\n".join(wrong))
    return found


def _contract(sheet: Sheet) -> Contract | None:
    before = len(sheet.wrong)
    data, path = sheet.data, sheet.document.path
    sheet.known_keys(data, KEYS)
    if data.get("format") != 1:
        sheet.complain("a contract needs format: 1", "format")
    if data.get("dataset") != path.stem:
        sheet.complain(f"dataset must equal the file name {path.stem}", "dataset")
    sensitivity = sheet.one_of(data.get("sensitivity"), LEVELS, "sensitivity", "sensitivity")
    read = columns.read(sheet, sensitivity)
    if not read:
        sheet.complain("columns are missing", "columns")
        return None
    contract = Contract(
        dataset=path.stem,
        version=history.read_version(sheet),
        title=sheet.words("title"),
        owners=_owners(sheet),
        department=path.parent.name,
        mode=sheet.one_of(data.get("mode"), MODES, "mode", "mode"),
        key=_named(sheet, "key", read, needed=True),
        columns=read,
        checks=rules.read_checks(sheet),
        sensitivity=sensitivity,
        quarantined_share=promises.read_share(sheet),
        purpose=sheet.words("purpose"),
        path=path,
        scope=_named(sheet, "scope", read),
        order=_one_named(sheet, "order", read, ("integer", "decimal", "date", "datetime")),
        table_checks=rules.read_table_checks(sheet),
        expectations=promises.read_expectations(sheet),
        retention=promises.read_retention(sheet, sensitivity, read),
        legal_basis=promises.read_legal_basis(sheet),
        cluster_by=_named(sheet, "cluster_by", read),
        area=_one_named(sheet, "area", read, ("string",)),
        business_date=_one_named(sheet, "business_date", read, ("date", "datetime")),
        history=history.read_history(sheet),
        supplier=_supplier(sheet),
    )
    return contract if len(sheet.wrong) == before else None


def _owners(sheet: Sheet) -> tuple[str, ...]:
    owners = tuple(sheet.data.get("owners") or ())
    if not owners or owners[0] != sheet.document.path.parent.name:
        sheet.complain(f"the first owner must be the folder {sheet.document.path.parent.name}", "owners")
    departments = sheet.vocabularies.get("department")
    for owner in owners:
        if departments and owner not in departments:
            sheet.complain(f"unknown department {owner}", "owners")
    return owners


def _supplier(sheet: Sheet) -> Words:
    departments, name = sheet.vocabularies.get("department"), sheet.document.path.parent.name
    return departments.terms[name].words if departments and name in departments else Words(name, name)


def _named(sheet: Sheet, what: str, known: Mapping[str, Column], *, needed: bool = False) -> tuple[str, ...]:
    names = tuple(str(name) for name in sheet.listed(what))
    if (needed and not names) or not set(names) <= set(known):
        sheet.complain(f"{what} must name columns; unknown: {sorted(set(names) - set(known))}", what)
    return names


def _one_named(sheet: Sheet, what: str, known: Mapping[str, Column], types: tuple[str, ...]) -> str:
    name = str(sheet.data.get(what) or "")
    if name and (name not in known or known[name].type not in types):
        sheet.complain(f"{what} must name a column of type {' or '.join(types)}", what)
    return name
