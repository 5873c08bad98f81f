"""The process of a lease: which steps its tier needs, what is done, what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from steelyard.kit import yamlfile
from steelyard.web.orgs.models import Body, Post, User, in_language
from steelyard.web.powers.models import Matter, MatterStep

VILLAGE_OFFICES = ("village_committee", "village_supervision")


def process(name: str = "lease") -> Mapping[str, Any]:
    """The process file, read again when it has changed."""
    path = Path(settings.STEELYARD_CATALOGUE) / "workflows" / "powers" / f"{name}.yaml"
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yamlfile.load(path).data
    return found


def tier_of(yearly: Decimal, years: Decimal, rules: Mapping[str, Any]) -> int:
    """The lowest tier whose limits hold both the yearly rent (with linked matters) and the term."""
    for tier in rules["tiers"]:
        if years <= tier.get("max_years", years) and yearly < Decimal(str(tier.get("below", yearly + 1))):
            return int(tier["tier"])
    return int(rules["tiers"][-1]["tier"])


@dataclass(frozen=True)
class StepView:
    """One step as the page shows it."""

    id: str
    kind: str
    title: str
    done: MatterStep | None
    missing: list[str]
    """Steps that must come before."""
    who: str

    @property
    def is_open(self) -> bool:
        return self.done is None and not self.missing


def steps_of(matter: Matter) -> list[StepView]:
    """The steps of the matter's tier, in the order of the file; payments are not among them."""
    rules = process(matter.process)
    wanted = [
        step for step in rules["steps"] if matter.tier in step.get("tiers", [matter.tier]) and not step.get("repeat")
    ]
    names = {step["id"] for step in wanted}
    done = {step.step: step for step in matter.steps.select_related("by", "body")}
    return [
        StepView(
            step["id"], step["kind"], in_language(step["zh"], step["en"]), done.get(step["id"]),
            [before for before in step.get("after", ()) if before in names and before not in done],
            ", ".join(step["by"]),
        )
        for step in wanted
    ]  # fmt: skip


def may_do(matter: Matter, step_id: str, user: User) -> bool:
    """Whether the user's role and office let him do the step.  An unstaffed township's step moves up."""
    step = next((step for step in process(matter.process)["steps"] if step["id"] == step_id), None)
    if step is None or user.body is None or not user.has_role(*step["by"]):
        return False
    if "offices" not in step:
        return user.body.area_id == matter.area_code and user.body.org_type in VILLAGE_OFFICES
    return user.body_id in set(offices_of(matter.area_code, step["offices"], step["by"]).values_list("pk", flat=True))


def offices_of(village: str, kinds: list[str], roles: list[str]) -> "QuerySet[Body]":
    """The township's offices of these kinds that have somebody in one of these roles, else the county's."""
    for area in (village[:9] + "000", village[:6] + "000000"):
        staffed = Post.objects.in_force().filter(role__in=roles, user__is_active=True).values("user__body")
        found = Body.objects.filter(area_id=area, org_type__in=kinds, pk__in=staffed)
        if found.exists():
            return found
    return Body.objects.none()


def participants_of(village: str) -> list[int]:
    """Offices (ids) that take part in the village's matters."""
    town, county = village[:9] + "000", village[:6] + "000000"
    found = Body.objects.filter(area_id=village, org_type__in=VILLAGE_OFFICES)
    found |= Body.objects.filter(area_id__in=[town, county], org_type__in=["town_government", "agriculture"])
    return sorted(found.values_list("pk", flat=True))
