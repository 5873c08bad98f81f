import pyarrow as pa
import pytest
import sqlglot

from steelyard.engines.dialects import to_spark
from steelyard.engines.duck import connect
from steelyard.identity import name_columns
from steelyard.identity.names import person_form
from steelyard.kit import hanzi

DUCK = connect(memory_mb=512, threads=1)
NAMES = [
    "张三", "張 三", "陳國強", "買買提·艾力", "买买提•艾力", "買買提．艾力江", "Li Wei", "LI-wei", "髙　明", "李*明",
    "龍", "喆", "", "O’Brien", "欧阳　修", "單雄信", "𠮷田",
]  # fmt: skip


def column(expression, texts):
    DUCK.register("t", pa.table({"n": pa.array(texts, pa.string())}))
    return dict(DUCK.execute(f"SELECT n, {expression} FROM t").fetchall())


def test_the_column_has_the_form_of_one_name():
    found = column(name_columns.person_form_sql("n"), NAMES)
    plain = column(name_columns.is_plain_name("n"), NAMES)
    assert sum(plain.values()) == len(NAMES) - 1
    for name in NAMES:
        if plain[name]:
            assert found[name] == person_form(name), name


def test_every_traditional_character_is_simplified_in_sql_as_in_python():
    characters = [c for c in hanzi.simplified_map() if hanzi.FIRST <= ord(c) <= hanzi.LAST]
    texts = ["".join(characters[at : at + 200]) for at in range(0, len(characters), 200)]
    assert column(name_columns.simplified_sql("n"), texts) == {text: hanzi.simplified(text) for text in texts}


@pytest.mark.parametrize(
    ("name", "read"),
    [("单雄信", "shan xiong xin"), ("解晓东", "xie xiao dong"), ("仇英", "qiu ying"), ("曾国藩", "zeng guo fan"),
     ("区小明", "ou xiao ming"), ("张单", "zhang dan")],
)  # fmt: skip
def test_surnames_are_read_as_surnames(name, read):
    assert hanzi.pinyin(name) == read
    assert column(name_columns.pinyin_sql("n"), [name])[name] == read


@pytest.mark.parametrize(
    ("name", "family"),
    [("欧阳修", "欧阳"), ("司马光", "司马"), ("马英", "马"), ("爱新觉罗溥仪", "爱新觉罗"), ("买买提·艾力", "")],
)
def test_the_surname_is_split_off(name, family):
    assert hanzi.surname(name) == (family, name.removeprefix(family))


def test_different_characters_of_names_stay_different():
    for one, other in (("喆", "哲"), ("甯", "宁"), ("张", "章")):
        assert hanzi.simplified(one) != hanzi.simplified(other)


@pytest.mark.parametrize("form", [name_columns.person_form_sql, name_columns.pinyin_sql, name_columns.is_plain_name])
def test_the_text_carries_over_to_spark(form):
    text = to_spark(f"SELECT {form('n')} AS form FROM t")
    assert not list(sqlglot.parse_one(text, read="spark").find_all(sqlglot.exp.Anonymous))
    assert "list_" not in text.lower()
