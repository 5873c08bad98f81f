import pytest

from steelyard.web.orgs.english import area_in_english, body_in_english


@pytest.mark.parametrize(
    ("name", "level", "expected"),
    [
        ("石桥镇", "town", "Shiqiao Town"),
        ("五龙村", "village", "Wulong Village"),
        ("长岗村", "village", "Changgang Village"),
        ("清源县", "county", "Qingyuan County"),
        ("英国 United Kingdom", "province", "United Kingdom"),
    ],
)
def test_a_place_has_an_english_name(name, level, expected):
    assert area_in_english(name, level) == expected


def test_an_office_is_named_by_its_kind_and_its_area():
    assert body_in_english("清源县石桥镇纪律检查委员会", "discipline", "Shiqiao Town") == (
        "Shiqiao Town Discipline Commission"
    )


def test_an_enterprise_keeps_its_own_name():
    assert body_in_english("衡化集团", "soe", "Hengzhou City") == "Henghua Group"


def test_an_enterprise_is_spelled_in_words():
    assert body_in_english("衡化集团化学科技有限公司", "soe", "Hengzhou City") == (
        "Henghua Group Chemical Technology Co., Ltd."
    )
    assert body_in_english("清源县水务投资有限公司", "soe", "") == "Qingyuanxian Water Investment Co., Ltd."
