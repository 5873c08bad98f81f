"""A county of two townships and two villages, with every body and person of the cast."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction

from steelyard.kit import yamlfile
from steelyard.kit.identifiers import make_credit_code
from steelyard.web.orgs.actions import seed_cast, sync_from_pool
from steelyard.web.orgs.models import User

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


def keep_cast(file: Path) -> Mapping[str, str]:
    """What making the cast writes, table by table as JSON; nothing of it stays."""
    before = _rows()
    with transaction.atomic():
        build_cast(file)
        after = _rows()
        transaction.set_rollback(True)
    assert all(after[table] == rows for table, rows in before.items()), "the cast is made beside what stands, not in it"
    return {table: rows for table, rows in after.items() if table not in before}


def lay_cast(kept: Mapping[str, str]) -> SimpleNamespace:
    """The cast from the rows kept of it: making it anew asks the database 250 times, and nearly every test needs it.

    People have the same numbers in every test, so that what is remembered of them beside the database goes too.
    """
    cache.clear()
    put = (f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, %s)" for table in kept)
    with connection.cursor() as cursor:
        cursor.execute("; ".join(put), list(kept.values()))
    return SimpleNamespace(**{user.username: user for user in User.objects.select_related("body").order_by("pk")})


def _rows() -> dict[str, str]:
    """The rows of every table that has some."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted({model._meta.db_table for model in apps.get_models()}):
            cursor.execute(f"SELECT json_agg(one ORDER BY one::text)::text FROM {table} AS one")
            (rows,) = cursor.fetchone()
            if rows is not None:
                found[table] = rows
    return found
