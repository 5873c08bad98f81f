"""Bodies and people a case may turn to, and the rows that may be shown to them."""

from collections.abc import Iterable

from django.db.models import Q

from steelyard.web.alerts.models import Alert
from steelyard.web.cases.models import Case
from steelyard.web.orgs.models import Body, User, in_language
from steelyard.web.orgs.words import DIGITS, End, Level

Choices = list[tuple[str, str]]


def nearby_bodies(case: Case) -> Choices:
    """Bodies of the areas around the matter that may handle it, from the nearest."""
    areas = [case.area_code[: DIGITS[level]].ljust(12, "0") for level in Level]
    rows = Body.objects.filter(area_id__in=areas).exclude(end=End.ENTERPRISE).order_by("-area_id", "org_type")
    found = {body.pk: str(body) for body in rows}
    for body in (case.assignee_body, *_named(case)):
        if body is not None:
            found[body.pk] = str(body)
    return [(str(pk), name) for pk, name in found.items()]


def addressees(case: Case) -> Choices:
    """Units of the matter's own area, enterprises it names, and persons concerned who have an account."""
    units = Body.objects.filter(area_id=case.area_code, end=End.ENTERPRISE).exclude(org_type="soe").order_by("org_type")
    found = {f"body:{body.pk}": str(body) for body in (*_named(case), *units)}
    people = User.objects.filter(subject_key__in=case.subject_keys, is_active=True).exclude(subject_key="")
    found |= {f"user:{user.pk}": f"{user} ({user.username})" for user in people}
    return list(found.items())


def _named(case: Case) -> Iterable[Body]:
    keys = {
        str(value)
        for alert in Alert.objects.filter(links__case=case, links__detached_at__isnull=True)
        for value in (*alert.payload.values(), *alert.subjects.values())
        if value
    }
    return Body.objects.filter(Q(subject_key__in=keys - {""}), end=End.ENTERPRISE).order_by("pk")


def released_choices(alerts: Iterable[Alert]) -> Choices:
    """Evidence tables by alert, as choices."""
    return [
        (f"{alert.pk}:{table.get('name')}", str(_label(table))) for alert in alerts for table in alert.evidence
    ]  # fmt: skip


def _label(table: dict[str, object]) -> str:
    return in_language(str(table.get("zh", "")), str(table.get("en", ""))) or str(table.get("name"))
