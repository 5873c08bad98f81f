"""How dates, money, grades and areas look in each language."""

import datetime as dt
from decimal import Decimal, InvalidOperation

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect, Select
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from steelyard.contracts import Words
from steelyard.web.orgs.models import in_language

register = template.Library()


def _english() -> bool:
    return (get_language() or "").startswith("en")


@register.filter
def money(value: object) -> str:
    """Yuan with two decimals where they matter: ``1,275,000 元`` or ``CNY 1,275,000``."""
    if value is None or value == "":
        return "—"
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    text = f"{amount:,.2f}".removesuffix(".00")
    return f"CNY {text}" if _english() else f"{text} 元"


@register.filter
def day(value: object) -> str:
    """A date: ``2026年3月5日`` or ``5 Mar 2026``."""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    if isinstance(value, str):
        try:
            return day(dt.date.fromisoformat(value[:10]))
        except ValueError:
            return value
    if not isinstance(value, dt.date):
        return "—"
    return f"{value.day} {value:%b %Y}" if _english() else f"{value.year}年{value.month}月{value.day}日"


@register.filter
def deadline(value: object) -> str:
    """The last day of a limit; limits in days end at the midnight after it, limits in hours to the minute."""
    if not isinstance(value, dt.datetime):
        return day(value)
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return day(local - dt.timedelta(seconds=1)) if local.time() == dt.time() else moment(local)


@register.filter
def moment(value: object) -> str:
    """A date with the time of day."""
    if not isinstance(value, dt.datetime):
        return day(value)
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local)} {local:%H:%M}"


@register.filter
def lang(value: object) -> str:
    """A ``{zh, en}`` pair of the catalogue in the reader's language."""
    if isinstance(value, Words):
        return in_language(value.zh, value.en)
    if isinstance(value, dict):
        return in_language(str(value.get("zh", "")), str(value.get("en", "")))
    return str(value or "")


GRADES = {
    "red": ("▲", gettext_noop("Red")),
    "yellow": ("◆", gettext_noop("Yellow")),
    "blue": ("●", gettext_noop("Blue")),
}


@register.filter
def grade(value: str) -> SafeString:
    """A grade as colour, shape and word: colour alone says nothing to some eyes."""
    shape, word = GRADES.get(value, ("○", value))
    return format_html(
        '<span class="grade grade-{}"><span aria-hidden="true">{}</span> {}</span>', value, shape, _(word)
    )


@register.filter
def share(numerator: object, denominator: object) -> str:
    """``42 % (8/19)``; an empty denominator is said, never shown as 0 %."""
    n, d = int(str(numerator or 0)), int(str(denominator or 0))
    return f"{100 * n / d:.0f} % ({n}/{d})" if d else _("no data yet")


@register.filter
def control(field: BoundField) -> SafeString:
    """A field of a form as the style sheet draws it; a widget that names its own class keeps it."""
    widget = field.field.widget
    if widget.attrs.get("class") or isinstance(widget, CheckboxInput | RadioSelect):
        return field.as_widget()
    return field.as_widget(attrs={"class": "form-select" if isinstance(widget, Select) else "form-control"})


@register.filter
def get(mapping: object, key: object) -> object:
    """An item of a dictionary, empty where it is missing."""
    return mapping.get(key, "") if isinstance(mapping, dict) else ""
