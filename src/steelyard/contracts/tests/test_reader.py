"""Contracts are read strictly, and every complaint names file and line."""

from pathlib import Path

import pytest

from steelyard.contracts import ContractBroken, load_contracts
from steelyard.contracts.ways import way
from steelyard.kit.catalogue_folder import catalogue_folder

GOOD = """\
format: 1
dataset: thing
version: 1.0.0
title: {zh: 东西, en: Thing}
owners: [finance]
mode: upsert
key: [thing_id]
purpose: {zh: 用途, en: purpose}
sensitivity: L2
expectations: {rhythm: daily, latest: P1D}
columns:
  thing_id: {type: string, required: true, zh: 编号, en: number}
  owner_id: {type: string, subject: party, from: [owner_no, owner_name], zh: 所有人, en: owner}
  share:    {type: decimal, scale: 6, zh: 比例, en: share}
  amount:   {type: decimal, zh: 金额, en: amount}
  kind:     {type: string, vocabulary: colour, zh: 种类, en: kind}
checks:
- {id: amount-not-negative, level: quarantine, sql: "amount >= 0", zh: 负数, en: negative}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    vocabulary = tmp_path / "vocabulary"
    vocabulary.mkdir()
    (vocabulary / "words.yaml").write_text(
        "format: 1\nvocabularies:\n"
        "  department: {title: {zh: 部门, en: d}, terms: {finance: {zh: 财政, en: finance}}}\n"
        "  colour: {title: {zh: 颜色, en: c}, terms: {red: {zh: 红, en: red}}}\n"
        "  unit: {title: {zh: 单位, en: u}, terms: {yuan: {zh: 元, en: yuan}}}\n"
        "  sensitivity: {title: {zh: 等级, en: s}, terms: {L2: {zh: 内部, en: internal, retention: P20Y}}}\n"
    )
    (tmp_path / "contracts" / "finance").mkdir(parents=True)
    (tmp_path / "contracts" / "finance" / "thing.yaml").write_text(GOOD)
    return tmp_path / "contracts"


def test_a_contract_says_types_subjects_and_words(folder: Path) -> None:
    thing = load_contracts(folder)["thing"]
    assert thing.schema == {
        "thing_id": "VARCHAR", "owner_id": "VARCHAR", "share": "DECIMAL(18,6)", "amount": "DECIMAL(18,2)",
        "kind": "VARCHAR",
    }  # fmt: skip
    assert thing.columns["owner_id"].raw == ("owner_no", "owner_name")
    assert thing.columns["amount"].raw == ("amount",)
    assert thing.columns["kind"].values == {"red"}
    assert thing.columns["kind"].sensitivity == "L2"


def test_a_column_may_say_of_which_subject_it_tells_what(folder: Path) -> None:
    path = folder / "finance" / "thing.yaml"
    path.write_text(GOOD.replace("kind:     {type: string", "kind:     {type: string, of: owner_id.sex"))
    thing = load_contracts(folder)["thing"]
    assert thing.columns["kind"].of == ("owner_id", "sex")
    assert thing.columns["amount"].of is None


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("dataset: thing", "dataset: other", 2, "must equal the file name"),
        ("owners: [finance]", "owners: [nobody]", 5, "unknown department nobody"),
        ("mode: upsert", "mode: whenever", 6, "mode must be one of"),
        ("key: [thing_id]", "key: [other_id]", 7, "unknown: ['other_id']"),
        ("sensitivity: L2", "sensitivity: L9", 9, "sensitivity must be one of"),
        ("type: decimal, scale", "type: float, scale", 14, "type must be one of"),
        ("vocabulary: colour", "vocabulary: taste", 16, "unknown vocabulary taste"),
        ("subject: party, from: [owner_no, owner_name]", "subject: party", 13, "from [number, name]"),
        ("zh: 比例, en: share", "zh: 比例", 14, "needs zh and en"),
        ("level: quarantine", "level: maybe", 18, "level must be one of"),
        ("mode: upsert", "mode: upsert\ncolour: red", 7, "unknown key colour"),
        ("amount:   {type: decimal", "amount:   {type: decimal, colour: red", 15, "unknown key colour"),
        ("amount:   {type: decimal", "amount:   {type: decimal, unit: cubit", 15, "unknown unit cubit"),
        ("kind:     {type: string", "kind:     {type: string, unit: yuan", 16, "only a number has a unit"),
        ("kind:     {type: string", "kind:     {type: string, references: other.id", 16, "there is no other.id"),
        ("kind:     {type: string", "kind:     {type: string, of: owner_id.mood", 16, "of must be a subject column"),
        ("kind:     {type: string", "kind:     {type: string, of: amount.sex", 16, "of must be a subject column"),
        ("kind:     {type: string", "kind:     {type: string, of: owner_id.birth_date", 16, "is of type date"),
        ("rhythm: daily", "rhythm: hourly", 10, "rhythm must be one of"),
        ("latest: P1D", "latest: soon", 10, "latest must be a duration"),
        ("latest: P1D", "latest: P1D, min_rows: -1", 10, "min_rows must be a whole number"),
        ("latest: P1D", "latest: P1D, areas: street", 10, "areas must be one of"),
        ("sensitivity: L2", "sensitivity: L2\nretention: long", 10, "retention must be a duration"),
        ("sensitivity: L2", "sensitivity: L2\nretention: P90Y", 10, "longer than class L2 allows"),
        ("mode: upsert", "mode: snapshot\nscope: [month]", 7, "scope must name columns"),
        ("mode: upsert", "mode: upsert\norder: kind", 7, "order must name a column of type"),
        ("mode: upsert", "mode: upsert\narea: kind", 1, "kind leads to no dataset"),
        (
            "checks:",
            "table_checks:\n- {id: a, level: warn, sql: SELECT 1, zh: 甲, en: b}\nchecks:",
            18,
            "over delivered",
        ),
        ("checks:", "history:\n- {version: 0.9.0, date: 2026-01-01, zh: 旧, en: old}\nchecks:", 17, "the history ends"),
        (
            "version: 1.0.0",
            "version: 1.0.0\nhistory:\n- {version: 0.9.0, date: 2026-01-01, zh: 旧, en: old}\n"
            "- {version: 1.0.0, date: 2026-01-02, zh: 新, en: new}",
            6,
            "needs a migration",
        ),
    ],
)
def test_a_broken_contract_is_refused_with_its_line(folder: Path, old: str, new: str, line: int, says: str) -> None:
    path = folder / "finance" / "thing.yaml"
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(ContractBroken) as refused:
        load_contracts(folder)
    assert f"{path}:{line}: " in str(refused.value)
    assert says in str(refused.value)


def test_every_dataset_of_the_catalogue_keeps_its_promises() -> None:
    for contract in load_contracts(catalogue_folder() / "contracts").values():
        assert contract.retention, contract.dataset
        assert contract.legal_basis, contract.dataset
        assert contract.history[-1].version == contract.version, contract.dataset
        assert all(c.unit for c in contract.columns.values() if c.type in ("integer", "decimal")), contract.dataset


def test_a_bid_finds_its_area_through_section_and_tender() -> None:
    contracts = load_contracts(catalogue_folder() / "contracts")
    assert way(contracts, contracts["bid"]) == (
        ("section_id", ("tender_section", "section_id")),
        ("tender_id", ("tender", "tender_id")),
        ("area_code", ("region", "area_code")),
    )
    assert way(contracts, contracts["court_case"]) == ()


def test_every_contract_of_the_catalogue_can_be_read() -> None:
    contracts = load_contracts(catalogue_folder() / "contracts")
    assert len(contracts) == 129
    for contract in contracts.values():
        subjects = [column for column in contract.columns.values() if column.subject]
        assert all(len(column.raw) == 2 for column in subjects)
        assert all(contract.columns[name].required for name in contract.key if name != "counterparty_id")
