"""Takes areas and bodies over from the pool's registers; nothing is deleted, for cases point at them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from steelyard.web.orgs.english import area_in_english, body_in_english
from steelyard.web.orgs.models import Area, Body
from steelyard.web.orgs.words import End, Level

ENTERPRISE_TYPES = {"soe", "project_owner", "village_committee", "village_supervision"}
ORDER = list(Level)


@transaction.atomic
def sync_from_pool(regions: Iterable[Mapping[str, Any]], orgs: Iterable[Mapping[str, Any]]) -> tuple[int, int]:
    """Upsert areas (rows of dataset region) and bodies (rows of dataset org, with ``code``: the credit code,
    ``org_id`` and ``parent_org_id`` as subject keys).  Returns how many of each stand.

    English names come from the optional field ``name_en``, else they are spelled out.
    """
    areas = sorted(regions, key=lambda row: ORDER.index(Level(row["level"])))
    known = {area.code for area in Area.objects.all()} | {row["area_code"] for row in areas}
    Area.objects.bulk_create(
        [
            Area(
                code=row["area_code"], name=row["name"], level=row["level"],
                name_en=row.get("name_en") or area_in_english(row["name"], row["level"]),
                parent_id=row["parent_code"] if row.get("parent_code") in known else None,
            )
            for row in areas
        ],
        update_conflicts=True, unique_fields=["code"], update_fields=["name", "name_en", "level", "parent"],
    )  # fmt: skip
    english = dict(Area.objects.values_list("code", "name_en"))
    bodies = [row for row in orgs if row.get("code") and row.get("area_code") in known]
    Body.objects.bulk_create(
        [_body(row, english[row["area_code"]]) for row in bodies],
        update_conflicts=True, unique_fields=["code"],
        update_fields=["subject_key", "name", "name_en", "org_type", "level", "end", "area"],
    )  # fmt: skip
    _set_parents(bodies)
    return Area.objects.count(), Body.objects.count()


def end_of(org_type: str) -> End:
    """The end a kind of body stands at."""
    if org_type == "discipline":
        return End.DISCIPLINE
    return End.ENTERPRISE if org_type in ENTERPRISE_TYPES else End.SUPERVISION


def _body(row: Mapping[str, Any], area: str) -> Body:
    return Body(
        code=row["code"], subject_key=row.get("org_id") or "", name=row["name"],
        name_en=row.get("name_en") or body_in_english(row["name"], row["org_type"], area),
        org_type=row["org_type"], level=row["level"], end=end_of(row["org_type"]), area_id=row["area_code"],
    )  # fmt: skip


def _set_parents(rows: list[Mapping[str, Any]]) -> None:
    by_key = {body.subject_key: body for body in Body.objects.all()}
    changed = []
    for row in rows:
        body, parent = by_key.get(row.get("org_id") or ""), by_key.get(row.get("parent_org_id") or "")
        if body and parent and body.pk != parent.pk and body.parent_id != parent.pk:
            body.parent = parent
            changed.append(body)
    Body.objects.bulk_update(changed, ["parent"], batch_size=500)
