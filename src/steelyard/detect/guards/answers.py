"""A model's answer that cannot be findings: repeated or empty keys, unknown grades, areas that are no codes."""

from collections.abc import Sequence
from dataclasses import dataclass

from steelyard.catalogue import SupervisionModel
from steelyard.detect.evidence import PRIVATE_COLUMN
from steelyard.engines.duck import Duck, quoted
from steelyard.engines.duck import rows as all_rows
from steelyard.kit.errors import SteelyardError
from steelyard.kit.sqltext import literal

AREA_CODE = "[0-9]{12}"
PEOPLE = ("person", "party")
COVERED = {"zh": "（个人，已遮盖）", "en": "(a person, covered)"}


class AnswerWrong(SteelyardError):
    """A model's rows are no findings; none of them is taken over."""

    def __init__(self, model: str, zh: str, en: str) -> None:
        self.reason = {
            "zh": f"{model}：{zh}；其发现保持原样，修改模型后再运行。",
            "en": f"{model}: {en}; its findings stay as they were until the model is mended and run again",
        }
        super().__init__(self.reason["en"])


class KeyRepeated(AnswerWrong):
    """A model gave two rows for one key; its findings are not taken over."""


@dataclass(frozen=True)
class _Rule:
    """One thing that makes a row no finding."""

    where: str
    """SQL condition over the table ``found``."""
    zh: str
    en: str


def check(duck: Duck, model: SupervisionModel) -> None:
    """Look at every row of the table ``found``, in the engine.  Raises AnswerWrong, KeyRepeated."""
    rules = _rules(model)
    counted = ", ".join(f"count(*) FILTER ({rule.where})" for rule in rules)
    counts: Sequence[int] = duck.execute(f"SELECT {counted} FROM found").fetchone() or ()
    for rule, count in zip(rules, counts, strict=True):
        if count:
            zh, en = _example(duck, model, f"SELECT * FROM found WHERE {rule.where} LIMIT 1")
            raise AnswerWrong(model.id, f"{count} 行{rule.zh}，例如 {zh}", f"{count} rows {rule.en}, such as {en}")
    _no_key_twice(duck, model)


def _rules(model: SupervisionModel) -> list[_Rule]:
    keys = [quoted(column) for column in model.key]
    # A key is hashed as it is written: the same contract with a blank behind it would be another finding.
    blank = [f"(typeof({key}) = 'VARCHAR' AND CAST({key} AS VARCHAR) <> trim(CAST({key} AS VARCHAR)))" for key in keys]
    void = [f"(typeof({key}) = 'VARCHAR' AND trim(CAST({key} AS VARCHAR)) = '')" for key in keys]
    grade, area = quoted(model.grade_column), quoted(model.area)
    known = ", ".join(literal(one) for one in model.grades)
    named, listed = ", ".join(model.key), ", ".join(model.grades)
    return [
        _Rule(
            " OR ".join(f"{key} IS NULL" for key in keys),
            f"的键列（{named}）为空：请用 COALESCE 或内连接补全",
            f"have no value in a key column ({named}): join or fill it so that it is always there",
        ),
        _Rule(" OR ".join(void), f"的键列（{named}）为空文本", f"have an empty text in a key column ({named})"),
        _Rule(
            " OR ".join(blank),
            f"的键列（{named}）前后有空格：请用 trim() 统一",
            f"have blanks around a key ({named}): write trim() around it",
        ),
        _Rule(
            f"{grade} IS NULL OR {grade} NOT IN ({known})",
            f"的等级不在 {listed} 之中",
            f"have a grade that is none of {listed}",
        ),
        _Rule(
            f"CAST({area} AS VARCHAR) <> '' AND NOT regexp_full_match(CAST({area} AS VARCHAR), '{AREA_CODE}')",
            f"的地区（{model.area}）不是 12 位代码",
            f"have an area ({model.area}) that is no code of 12 digits",
        ),
    ]


def _no_key_twice(duck: Duck, model: SupervisionModel) -> None:
    keys = ", ".join(quoted(column) for column in model.key)
    twice = f"SELECT {keys}, count(*) AS n FROM found GROUP BY {keys} HAVING count(*) > 1"
    row = duck.execute(f"SELECT sum(n - 1) FROM ({twice}) AS t").fetchone()
    if not row or not row[0]:
        return
    zh, en = _example(duck, model, f"{twice} LIMIT 1")
    named = ", ".join(model.key)
    raise KeyRepeated(
        model.id,
        f"{int(row[0])} 行与另一行的键（{named}）相同，例如 {zh}：请按键分组，或把区分它们的列加入键",
        f"{int(row[0])} rows share the key ({named}) of another row, such as {en}: group by the key, or add to it the "
        "column that tells them apart",
    )


def _example(duck: Duck, model: SupervisionModel, sql: str) -> tuple[str, str]:
    """The key of one row, in both languages, whoever it names covered."""
    [row] = all_rows(duck, sql)
    return shown_key(model, row, "zh"), shown_key(model, row, "en")


def shown_key(model: SupervisionModel, row: dict[str, object], language: str) -> str:
    """A key as anybody may read it."""
    return ", ".join(f"{column} {_covered(model, column, row[column], language)}" for column in model.key)


def _covered(model: SupervisionModel, column: str, value: object, language: str) -> str:
    if value is None:
        return "NULL"
    if model.subjects.get(column) in PEOPLE or PRIVATE_COLUMN.search(column):
        return COVERED[language]
    return repr(value) if str(value).strip() != str(value) or value == "" else str(value)
