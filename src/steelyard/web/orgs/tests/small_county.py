"""A county of two townships and two villages, with every body and person of the cast."""

from pathlib import Path
from types import SimpleNamespace

from steelyard.kit import yamlfile
from steelyard.kit.identifiers import make_credit_code
from steelyard.web.orgs.actions import seed_cast, sync_from_pool

AREAS = [
    ("330000000000", "示例省", "Sample Province", "province", None),
    ("339900000000", "衡州市", "Hengzhou", "city", "330000000000"),
    ("339921000000", "清源县", "Qingyuan County", "county", "339900000000"),
    ("339921101000", "石桥镇", "Shiqiao", "town", "339921000000"),
    ("339921102000", "云岭镇", "Yunling", "town", "339921000000"),
    ("339921101201", "五龙村", "Wulong", "village", "339921101000"),
    ("339921101202", "后岭村", "Houling", "village", "339921101000"),
]
KINDS = {
    "province": ["discipline", "state_assets", "public_trading"],
    "city": ["discipline", "state_assets", "public_trading", "soe"],
    "county": [
        "discipline",
        "agriculture",
        "construction",
        "public_trading",
        "development_reform",
        "petitions",
    ],
    "town": ["discipline", "town_government", "agriculture", "petitions"],
    "village": ["village_committee", "village_supervision"],
}


def code_of(kind: str, area: str) -> str:
    """A credit code that only depends on kind and area."""
    number = sum(ord(letter) * 31**place for place, letter in enumerate(kind + area)) % 10**9
    return make_credit_code("11", "339921", f"{number:09d}")


def build_cast(file: Path) -> SimpleNamespace:
    """Areas, bodies and accounts; each person's subject key is ``P-<login>``."""
    regions = [
        {"area_code": code, "name": zh, "name_en": en, "level": level, "parent_code": parent}
        for code, zh, en, level, parent in AREAS
    ]
    orgs = [
        {
            "code": code_of(kind, code), "org_id": f"B-{kind}-{code}", "name": f"{zh}{kind}", "name_en": f"{en} {kind}",
            "org_type": kind, "level": level, "area_code": code, "parent_org_id": None,
        }
        for code, zh, en, level, _parent in AREAS
        for kind in KINDS[level]
    ]  # fmt: skip
    sync_from_pool(regions, orgs)
    logins = [entry["login"] for entry in yamlfile.load(file).data["people"]]
    users = seed_cast(
        file,
        enterprise_code=code_of("soe", "339900000000"),
        subject_keys={login: f"P-{login}" for login in logins},
    )
    return SimpleNamespace(**{user.username: user for user in users})
