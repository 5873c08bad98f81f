"""English names of Chinese places and bodies, for readers of the English pages; never used to compare."""

import re

from pypinyin import lazy_pinyin

SUFFIXES = {
    "province": (("省", "Province"),),
    "city": (("市", "City"),),
    "county": (("县", "County"), ("市", "City"), ("区", "District")),
    "town": (("镇", "Town"), ("乡", "Township"), ("街道", "Subdistrict")),
    "village": (("社区", "Community"), ("村", "Village")),
}
KINDS = {
    "discipline": "Discipline Commission",
    "petitions": "Petitions Office",
    "agriculture": "Agriculture Bureau",
    "construction": "Construction Bureau",
    "transport": "Transport Bureau",
    "water": "Water Bureau",
    "finance": "Finance Bureau",
    "development_reform": "Development and Reform Bureau",
    "public_trading": "Public Trading Centre",
    "state_assets": "State Assets Commission",
    "market_supervision": "Market Supervision Bureau",
    "civil_affairs": "Civil Affairs Bureau",
    "human_resources": "Human Resources Bureau",
    "public_security": "Public Security Bureau",
    "court": "Court",
    "tax": "Tax Bureau",
    "town_government": "Government",
    "village_committee": "Villagers' Committee",
    "village_supervision": "Supervision Committee",
}
NAME_WORDS = {
    "有限责任公司": "Co., Ltd.", "股份有限公司": "Co., Ltd.", "有限公司": "Co., Ltd.", "分公司": "Branch",
    "公司": "Company",
    "集团": "Group", "化学": "Chemical", "化工": "Chemical", "科技": "Technology", "建筑": "Construction",
    "建设": "Construction", "建工": "Construction", "工程": "Engineering", "劳务": "Labour", "物流": "Logistics",
    "投资": "Investment", "交通": "Transport", "水务": "Water", "城市": "City", "发展": "Development",
    "贸易": "Trading", "商贸": "Trading", "机械": "Machinery", "电子": "Electronics", "咨询": "Consulting",
    "管理": "Management", "服务": "Services", "合作社": "Cooperative", "中心": "Centre",
}  # fmt: skip
"""Words of the names of enterprises; the longest is tried first."""

_WORD = re.compile("|".join(sorted(NAME_WORDS, key=len, reverse=True)))
_CHINESE = re.compile(r"[㐀-鿿]")


def area_in_english(name: str, level: str) -> str:
    """``石桥镇`` as ``Shiqiao Town``; the Latin part of a name that has one."""
    if _latin(name):
        return _latin(name)
    for suffix, word in SUFFIXES.get(level, ()):
        if name.endswith(suffix) and len(name) > len(suffix):
            return f"{spelled(name.removesuffix(suffix))} {word}"
    return spelled(name)


def body_in_english(name: str, org_type: str, area: str) -> str:
    """An office by its kind and its area's English name; an enterprise by its own name, spelled out."""
    if _latin(name):
        return _latin(name)
    kind = KINDS.get(org_type)
    return f"{area} {kind}" if kind and area else enterprise_in_english(name)


def enterprise_in_english(name: str) -> str:
    """``衡化集团化学科技有限公司`` as ``Henghua Group Chemical Technology Co., Ltd.``; what is left by pairs."""
    parts, at = [], 0
    for found in _WORD.finditer(name):
        parts += [*_pairs(name[at : found.start()]), NAME_WORDS[found[0]]]
        at = found.end()
    return " ".join([*parts, *_pairs(name[at:])])


def _pairs(text: str) -> list[str]:
    """Pinyin of every two characters; of three or fewer as one word."""
    if len(text) <= 3:
        return [spelled(text)] if text else []
    return [spelled(text[n : n + 2]) for n in range(0, len(text), 2)]


def spelled(name: str) -> str:
    """Pinyin as one word with a capital.  At the head of a name 长 is nearly always chang."""
    if not _CHINESE.search(name):
        return name
    sounds = lazy_pinyin(name)
    return "".join(["chang", *sounds[1:]] if name.startswith("长") else sounds).capitalize()


def _latin(name: str) -> str:
    """What is left of a name without its Chinese part, where that is a name."""
    left = " ".join(re.sub(r"[㐀-鿿（）]+", " ", name).split())
    return left if len(left) > 3 and re.search(r"[A-Za-z]{3}", left) else ""
