import pytest

from steelyard.kit.addresses import Gazetteer, Region

REGISTER = [
    Region("33", "浙江省", "", 1),
    Region("3399", "清州市", "33", 2),
    Region("339921", "清源县", "3399", 3),
    Region("339921100", "青溪镇", "339921", 4),
    Region("339921001", "城东街道", "339921", 4),
    Region("339921100201", "上溪村村民委员会", "339921100", 5),
    Region("339921100202", "新村村委会", "339921100", 5),
    Region("339921001003", "东门社区居民委员会", "339921001", 5),
    Region("339921001202", "新村村委会", "339921001", 5),
]
KNOWN = Gazetteer(REGISTER)


@pytest.mark.parametrize(
    ("text", "code", "rest"),
    [
        ("浙江省清州市清源县青溪镇上溪村3组12号", "339921100201", "3组12号"),
        ("浙江清州清源县青溪镇上溪村村民委员会3组12号", "339921100201", "3组12号"),
        ("清源縣 青溪鎮 上溪村 ３组１２号", "339921100201", "3组12号"),
        ("青溪镇上溪村委会", "339921100201", ""),
        ("上溪村", "339921100201", ""),
        ("清源县城东街道东门社区人民路8号2幢1单元301室", "339921001003", "人民路8号2幢1单元301室"),
        ("青溪镇新村5号", "339921100202", "5号"),
        ("清源县新村5号", "339921", "新村5号"),
        ("外省某地", None, "外省某地"),
        ("", None, ""),
    ],
)
def test_an_address_is_read_down_to_the_village(text, code, rest):
    found = KNOWN.parse(text)
    assert (found.code, found.rest) == (code, rest)


def test_the_remainder_is_read_in_its_parts():
    found = KNOWN.parse("城东街道东门社区人民路8号2幢1单元301室")
    assert found.parts == {"road": "人民路", "number": "8号", "building": "2幢", "unit": "1单元", "room": "301室"}
    assert KNOWN.parse("上溪村3组12号").parts == {"group": "3组", "number": "12号"}


def test_two_ways_of_writing_one_place_have_one_form():
    assert KNOWN.parse("浙江省清州市清源县青溪镇上溪村12号").form == KNOWN.parse("青溪镇上溪村民委员会 １２号").form


def test_a_ring_in_the_register_ends():
    assert Gazetteer([Region("1", "甲县", "2", 3), Region("2", "乙市", "1", 2)]).parse("甲县一号").code == "1"
