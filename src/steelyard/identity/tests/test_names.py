import pytest

from steelyard.identity import compatible


@pytest.mark.parametrize(
    ("kind", "one", "other", "same"),
    [
        ("person", "张三", "张三", True),
        ("person", "张 三", "张三", True),
        ("person", "买买提·艾力", "买买提•艾力", True),
        ("person", "买买提．艾力", "买买提艾力", True),
        ("person", "李*明", "李小明", True),
        ("person", "陳國強", "陈国强", True),
        ("person", "髙明", "高明", True),
        ("person", "张喆", "张哲", False),
        ("company", "恆遠建設有限公司", "恒远建设有限公司", True),
        ("person", "章三", "张三", False),
        ("person", "张三", "张三丰", False),
        ("person", "", "张三", True),
        ("company", "恒远建设（集团）有限公司", "恒远建设(集团)有限责任公司", True),
        ("company", "恒远建设有限公司", "恒远建设有限公司清源分公司", True),
        ("company", "恒远建设有限公司", "恒达建设有限公司", False),
        ("company", "A", "AB", False),
    ],
)
def test_names_fit_or_do_not(kind, one, other, same):
    assert compatible(kind, one, other) is same
    assert compatible(kind, other, one) is same
