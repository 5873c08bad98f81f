"""Chinese characters for comparison: simplified for traditional and variant ones, and how they sound."""

from functools import cache

from opencc import OpenCC
from pypinyin import Style
from pypinyin.pinyin_dict import pinyin_dict
from pypinyin.style import convert as _styled

FIRST, LAST = 0x4E00, 0x9FFF
"""The block in which nearly every character of a name lies."""
VARIANTS = {
    "邨": "村", "峯": "峰", "羣": "群", "姸": "妍", "靑": "青", "淸": "清", "眞": "真", "黃": "黄",
    "徳": "德", "恵": "惠", "桜": "樱", "栄": "荣", "沢": "泽", "浜": "滨", "竜": "龙", "斎": "斋",
    "斉": "齐", "辺": "边", "広": "广", "髙": "高", "﨑": "崎", "嶋": "岛", "煕": "熙", "熈": "熙",
    "荘": "庄", "鉄": "铁", "隂": "阴", "亙": "亘", "弎": "三", "弍": "二", "弌": "一", "祕": "秘",
    "吿": "告", "戸": "户", "歩": "步", "毎": "每", "頼": "赖", "瀬": "濑", "鶏": "鸡", "麤": "粗",
}  # fmt: skip
"""Variant characters of names that the conversion of traditional ones leaves.

Only other ways of writing one character: 喆 and 哲, 甯 and 宁 are different names and stay so.
"""
SURNAME_SOUNDS = {
    "单": "shan", "解": "xie", "仇": "qiu", "曾": "zeng", "区": "ou", "查": "zha", "任": "ren", "盖": "ge",
    "朴": "piao", "尉": "wei", "乐": "yue", "覃": "qin", "翟": "zhai", "宓": "mi", "缪": "miao", "召": "shao",
    "燕": "yan", "华": "hua", "员": "yun", "种": "chong", "秘": "bi", "繁": "po", "折": "she", "黑": "he",
    "隗": "wei", "洗": "xian", "冼": "xian", "令": "ling", "能": "nai", "逄": "pang", "阚": "kan", "谌": "chen",
    "句": "gou", "祭": "zhai", "佴": "nai", "晟": "cheng",
}  # fmt: skip
"""How a character is read as a surname, where that differs from, or is doubtful beside, its common reading."""
COMPOUND_SURNAMES = [
    "欧阳",
    "太史",
    "端木",
    "上官",
    "司马",
    "东方",
    "独孤",
    "南宫",
    "万俟",
    "闻人",
    "夏侯",
    "诸葛",
    "尉迟",
    "公羊",
    "赫连",
    "澹台",
    "皇甫",
    "宗政",
    "濮阳",
    "公冶",
    "太叔",
    "申屠",
    "公孙",
    "慕容",
    "仲孙",
    "钟离",
    "长孙",
    "宇文",
    "司徒",
    "鲜于",
    "司空",
    "闾丘",
    "子车",
    "亓官",
    "司寇",
    "巫马",
    "公西",
    "颛孙",
    "壤驷",
    "公良",
    "漆雕",
    "乐正",
    "宰父",
    "谷梁",
    "拓跋",
    "夹谷",
    "轩辕",
    "令狐",
    "段干",
    "百里",
    "呼延",
    "东郭",
    "南门",
    "羊舌",
    "微生",
    "公户",
    "公玉",
    "公仪",
    "梁丘",
    "公仲",
    "公上",
    "公门",
    "公山",
    "公坚",
    "左丘",
    "公伯",
    "西门",
    "公祖",
    "第五",
    "公乘",
    "贯丘",
    "公皙",
    "南荣",
    "东里",
    "东宫",
    "仲长",
    "子书",
    "子桑",
    "即墨",
    "达奚",
    "褚师",
    "纳兰",
    "叶赫",
    "完颜",
    "富察",
    "爱新觉罗",
]
COMPOUND_SOUNDS = {
    "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun", "澹台": "tan tai", "单于": "chan yu",
    "令狐": "ling hu", "亓官": "qi guan", "乐正": "yue zheng", "鲜于": "xian yu",
}  # fmt: skip


@cache
def simplified_map() -> dict[str, str]:
    """Each traditional or variant character with the simplified one it stands for, one for one."""
    characters = [chr(code) for code in (*range(0x3400, 0xA000), *range(0xF900, 0xFB00))]
    converted = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    found = {one: other for one, other in zip(characters, converted, strict=True) if one != other and len(other) == 1}
    found |= {one: found.get(other, other) for one, other in VARIANTS.items() if one != other}
    return found


@cache
def _simplifying() -> dict[int, str]:
    return str.maketrans(simplified_map())


def simplified(text: str) -> str:
    """The text in simplified characters, one for one: 陳 is 陈, 髙 is 高."""
    return text.translate(_simplifying())


@cache
def sounds() -> dict[str, str]:
    """Each character of the main block with its most common syllable, without tone."""
    listed = {}
    for code in range(FIRST, LAST + 1):
        read = pinyin_dict.get(code)
        if read:
            listed[chr(code)] = _styled(read.split(",")[0], Style.NORMAL, strict=False).replace("ü", "v")
    return listed


def surname(name: str) -> tuple[str, str]:
    """Surname and given name of a name in comparison form.

    A name with a middle dot has no surname of the Han kind: all of it is given name.
    """
    if "·" in name or not name or not FIRST <= ord(name[0]) <= LAST:
        return "", name
    for length in (4, 2):
        if name[:length] in COMPOUND_SURNAMES and len(name) > length:
            return name[:length], name[length:]
    return name[:1], name[1:]


def pinyin(name: str) -> str:
    """Syllables with a blank between, the surname read as a surname; for comparison only.

    Homophones are different names: 张 and 章 sound alike.
    """
    family, given = surname(simplified(name))
    read = sounds()
    start = COMPOUND_SOUNDS.get(family) or " ".join(SURNAME_SOUNDS.get(c, read.get(c, c)) for c in family)
    return " ".join(part for part in (start, *(read.get(c, c) for c in given if c != "·")) if part)
