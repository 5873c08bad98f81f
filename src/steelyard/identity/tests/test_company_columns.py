import pyarrow as pa
import pytest
import sqlglot

from steelyard.engines.dialects import to_spark
from steelyard.engines.duck import connect
from steelyard.identity import company_columns
from steelyard.kit.companies import split

PARTS = ("region", "brand", "industry", "form")
EXAMPLES = {
    "浙江省清州市恒远建设工程有限公司": ("浙江省清州市", "恒远", "建设工程", "有限公司"),
    "清源县恒远建设有限责任公司": ("清源县", "恒远", "建设", "有限责任公司"),
    "清源县青溪镇上溪村股份经济合作社": ("清源县青溪镇上溪村", "", "", "股份经济合作社"),
    "上溪村经济合作社": ("上溪村", "", "", "经济合作社"),
    "恒远商贸有限公司": ("", "恒远", "商贸", "有限公司"),
    "清源县绿野农民专业合作社": ("清源县", "绿野", "", "农民专业合作社"),
    "老王": ("", "老王", "", ""),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_name_is_split(name):
    found = split(name)
    assert (found.region, found.brand, found.industry, found.form) == EXAMPLES[name]


def test_branch_and_former_name_stand_apart():
    found = split("恒远建设有限公司清源分公司")
    assert (found.parent, found.branch, found.brand) == ("恒远建设有限公司", "清源分公司", "恒远")
    assert split("恒远建设（集团）有限公司（原：远大建筑公司）").former == ("远大建筑公司",)


def test_the_column_is_split_as_one_name_is():
    duck = connect(memory_mb=256, threads=1)
    duck.register("t", pa.table({"n": [*EXAMPLES, "恒远建设有限公司清源分公司"]}))
    chosen = ", ".join(company_columns.part_sql(part, "n") for part in PARTS)
    found = {row[0]: row[1:] for row in duck.execute(f"SELECT n, {chosen} FROM t").fetchall()}
    assert {name: found[name] for name in EXAMPLES} == EXAMPLES
    parents = dict(duck.execute(f"SELECT n, {company_columns.parent_sql('n')} FROM t").fetchall())
    assert parents["恒远建设有限公司清源分公司"] == "恒远建设有限公司"


def test_the_text_carries_over_to_spark():
    for sql in (company_columns.parent_sql("n"), *(company_columns.part_sql(part, "n") for part in PARTS)):
        text = to_spark(f"SELECT {sql} AS part FROM t")
        assert not list(sqlglot.parse_one(text, read="spark").find_all(sqlglot.exp.Anonymous))
