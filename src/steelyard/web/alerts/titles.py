"""The story of an alert in one sentence, under the reader's rights and in the reader's language."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from django.utils.translation import get_language

from steelyard.web.alerts.masking import masked_value
from steelyard.web.orgs.models import Area, User
from steelyard.web.orgs.names import ShownName, shown_names

PLACE = re.compile(r"\{(\w+)(?::(name|area|money|date))?\}")
"""A placeholder of ``text.title``: a column, and how it is shown."""


class Told(Protocol):
    """What has a title: an alert."""

    pk: Any
    title_zh: Any
    title_en: Any
    payload: Any


def titles(viewer: User | None, alerts: Iterable[Told]) -> dict[int, str]:
    """Sentence by alert id; names and areas are looked up once for all of them."""
    wanted = list(alerts)
    found = [(alert, _template(alert)) for alert in wanted]
    names = shown_names(viewer, [key for alert, text in found for key in _values(alert, text, "name")])
    areas = areas_named(code for alert, text in found for code in _values(alert, text, "area"))
    return {alert.pk: fill(text, alert.payload, names, areas) for alert, text in found}


def areas_named(codes: Iterable[str]) -> dict[str, str]:
    """Names of areas by code; a code without an area stays itself."""
    wanted = {code for code in codes if code}
    return {area.code: str(area) for area in Area.objects.filter(code__in=wanted)}


def fill(text: str, payload: Mapping[str, Any], names: Mapping[str, ShownName], areas: Mapping[str, str]) -> str:
    """Put the figures of ``payload`` into a template; what is missing shows as a dash."""

    def put(found: re.Match[str]) -> str:
        value, kind = payload.get(found.group(1)), found.group(2)
        if value is None or value == "":
            return "—"
        if kind == "name":
            return names[str(value)].text if str(value) in names else str(value)
        if kind == "area":
            return areas.get(str(value), str(value))
        if kind == "money":
            return plain_amount(value)
        return day_text(value) if kind == "date" else str(masked_value(found.group(1), value))

    return PLACE.sub(put, text)


def _template(alert: Told) -> str:
    english = (get_language() or "").startswith("en")
    return str((alert.title_en if english else alert.title_zh) or alert.title_zh or alert.title_en)


def _values(alert: Told, text: str, kind: str) -> list[str]:
    columns = [found.group(1) for found in PLACE.finditer(text) if found.group(2) == kind]
    return [str(alert.payload[column]) for column in columns if alert.payload.get(column)]


def plain_amount(value: object) -> str:
    """An amount grouped and without a unit: the sentence around it names the unit."""
    try:
        return f"{Decimal(str(value)):,.2f}".removesuffix(".00")
    except InvalidOperation:
        return str(value)


def day_text(value: object) -> str:
    """A date in the reader's language."""
    try:
        day = dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        return str(value)
    if (get_language() or "").startswith("en"):
        return f"{day.day} {day:%b %Y}"
    return f"{day.year}年{day.month}月{day.day}日"
