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
    return f"{area} {kind}" if kind and area else spelled(name)


def spelled(name: str) -> str:
    """Pinyin as one word with a capital."""
    return "".join(lazy_pinyin(name)).capitalize() if _CHINESE.search(name) else name


def _latin(name: str) -> str:
    """What is left of a name without its Chinese part, where that is a name."""
    left = " ".join(re.sub(r"[㐀-鿿（）]+", " ", name).split())
    return left if len(left) > 3 and re.search(r"[A-Za-z]{3}", left) else ""
