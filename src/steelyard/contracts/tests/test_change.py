"""A contract that changed says so in its version, and old tables find their way to the new one."""

from dataclasses import replace
from pathlib import Path

import pytest

from steelyard.contracts import Contract, load_contracts
from steelyard.contracts.change import Shape, compatible, enough
from steelyard.contracts.migration import MigrationMissing, needed, rewriting, steps
from steelyard.contracts.tests.test_reader import GOOD
from steelyard.engines.duck import connect

LINEAGE = {"_seq": "BIGINT"}
HISTORY = """history:
- {version: 1.0.0, date: 2026-01-01, zh: 首版, en: first}
- {version: 2.0.0, date: 2026-02-01, migration: SELECT * REPLACE (amount * 10000 AS amount) FROM old, zh: 元, en: yuan}
- {version: 2.1.0, date: 2026-03-01, zh: 增列, en: a column}
"""


def contract(folder: Path, text: str) -> Contract:
    (folder / "finance").mkdir(exist_ok=True)
    (folder / "finance" / "thing.yaml").write_text(text, encoding="utf-8")
    return load_contracts(folder)["thing"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "vocabulary").mkdir()
    (tmp_path / "vocabulary" / "words.yaml").write_text(
        "format: 1\nvocabularies:\n"
        "  department: {title: {zh: 部门, en: d}, terms: {finance: {zh: 财政, en: finance}}}\n"
        "  colour: {title: {zh: 颜色, en: c}, terms: {red: {zh: 红, en: red}}}\n",
        encoding="utf-8",
    )
    (tmp_path / "contracts").mkdir()
    return tmp_path / "contracts"


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("  amount:   {type: decimal, zh: 金额, en: amount}\n", "", "major"),
        ("amount:   {type: decimal", "amount:   {type: integer", "major"),
        ("key: [thing_id]", "key: [thing_id, kind]", "major"),
        ("subject: party", "subject: company", "major"),
        ("checks:", "  more:     {type: string, zh: 又, en: more}\nchecks:", "minor"),
        ("amount >= 0", "amount > 0", "minor"),
        ("mode: upsert", "mode: snapshot", "minor"),
        ("zh: 金额", "zh: 款额", "patch"),
    ],
)
def test_the_part_of_the_version_that_must_grow(folder: Path, old: str, new: str, part: str) -> None:
    before = Shape.of(contract(folder, GOOD))
    changed = GOOD.replace(old, new)
    assert changed != GOOD
    if "amount" not in changed.split("checks:")[0]:
        changed = changed.split("checks:")[0]
    assert compatible(before, Shape.of(contract(folder, changed))) == part


def test_an_unchanged_text_needs_no_version(folder: Path) -> None:
    shape = Shape.of(contract(folder, GOOD))
    assert compatible(shape, Shape.read(shape.told())) is None


def test_a_larger_step_than_needed_is_enough_and_a_smaller_is_not() -> None:
    assert enough("minor", "1.0.0", "2.0.0")
    assert enough("minor", "1.0.0", "1.1.0")
    assert not enough("major", "1.0.0", "1.9.0")
    assert not enough("patch", "1.0.0", "1.0.0")
    assert not enough("patch", "1.1.0", "1.0.0")


def test_rows_of_an_older_version_become_rows_of_today_s(folder: Path) -> None:
    today = contract(folder, GOOD.replace("version: 1.0.0", "version: 2.1.0") + HISTORY)
    duck = connect(memory_mb=128, threads=1)
    duck.execute("CREATE TABLE held AS SELECT 'a' AS thing_id, 'k' AS owner_id, 0.5 AS share, 3.00 AS amount, "
                 "'red' AS kind, 7 AS _seq")  # fmt: skip
    sql = rewriting(today, "1.0.0", "held", ["thing_id", "owner_id", "share", "amount", "kind", "_seq"], LINEAGE)
    assert [str(value) for value in duck.execute(sql).fetchall()[0]] == ["a", "k", "0.500000", "30000.00", "red", "7"]


def test_a_column_that_came_without_migration_is_empty(folder: Path) -> None:
    today = contract(folder, GOOD.replace("version: 1.0.0", "version: 2.1.0") + HISTORY)
    assert not needed(today, "2.0.0")
    duck = connect(memory_mb=128, threads=1)
    duck.execute("CREATE TABLE held AS SELECT 'a' AS thing_id, 7 AS _seq")
    found = duck.execute(rewriting(today, "2.0.0", "held", ["thing_id", "_seq"], LINEAGE)).fetchall()
    assert found == [("a", None, None, None, None, 7)]


def test_a_table_of_a_version_nobody_knows_is_not_guessed_at(folder: Path) -> None:
    today = contract(folder, GOOD.replace("version: 1.0.0", "version: 2.1.0") + HISTORY)
    assert [one.version for one in steps(today, "1.0.0")] == ["2.0.0", "2.1.0"]
    with pytest.raises(MigrationMissing, match=r"written under 0\.9\.0"):
        steps(replace(today, version="2.1.0"), "0.9.0")
