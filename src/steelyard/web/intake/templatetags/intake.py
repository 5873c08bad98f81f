"""Counts of rows, grouped so that millions can be read, and shares with what they are shares of."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from steelyard.kit import durations
from steelyard.web.intake import causes
from steelyard.web.intake import noticed as signals
from steelyard.web.intake.catalogue_files import catalogue, department_name
from steelyard.web.intake.conditions import BY_CODE, HELD, Condition
from steelyard.web.orgs.models import in_language

register = template.Library()


@register.filter
def grouped(value: object) -> str:
    """``960,207``; a dash where nothing was counted."""
    return f"{value:,}" if isinstance(value, int) else "—"


@register.filter
def part(numerator: object, denominator: object) -> str:
    """``0.2 % (12/5,000)``; an empty denominator is said, never shown as 0 %."""
    n, of = int(str(numerator or 0)), int(str(denominator or 0))
    return f"{100 * n / of:.1f} % ({n:,}/{of:,})" if of else gettext("no data yet")


@register.filter
def fraction(pair: object) -> str:
    """``[12, 5000]`` as ``0.2 % (12/5,000)``."""
    return part(pair[0], pair[1]) if isinstance(pair, list | tuple) and len(pair) == 2 else "—"


@register.filter
def span(milliseconds: object) -> str:
    """``480 ms``, ``1.2 s``; a dash where nothing was timed."""
    if not isinstance(milliseconds, int | float):
        return "—"
    return f"{milliseconds:,.0f} ms" if milliseconds < 1_000 else f"{milliseconds / 1_000:,.1f} s"


@register.filter
def percent(numerator: object, denominator: object) -> str:
    """A width for a bar: ``12.5``; 0 where there is nothing to divide by."""
    n, of = int(str(numerator or 0)), int(str(denominator or 0))
    return f"{100 * n / of:.2f}" if of else "0"


@register.filter
def condition(code: object) -> Condition:
    """The condition of a kind of incident."""
    return BY_CODE.get(str(code), BY_CODE["failing"])


@register.filter
def held_state(code: object) -> str:
    """What became of a row after it was held back."""
    return str(HELD.get(str(code), code))


@register.filter
def cause(text: object) -> str:
    """The class of a technical text as a sentence; empty where it is of none."""
    return causes.cause(str(text or ""))


@register.filter
def noticed(signal: Mapping[str, Any]) -> signals.Noticed:
    """A signal of a delivery in words."""
    return signals.noticed(signal)


@register.filter
def department(code: object) -> str:
    """The name of a department."""
    return department_name(str(code))


TYPES = {
    "string": _("text"), "integer": _("whole number"), "decimal": _("decimal number"),
    "date": _("date"), "datetime": _("time"), "boolean": _("yes or no"),
}  # fmt: skip
SUBJECTS = {
    "person": _("person"), "company": _("company"), "party": _("person or company"), "org": _("body"),
}  # fmt: skip
RHYTHMS = {
    "realtime": _("at once"), "daily": _("daily"), "weekly": _("weekly"), "monthly": _("monthly"),
    "quarterly": _("quarterly"), "seasonal": _("by season"), "yearly": _("yearly"),
    "on-demand": _("on demand"),
}  # fmt: skip


CONNECTORS = {
    "file": _("files in a folder"), "sftp": _("files of a server (SFTP)"), "sql": _("database"),
    "rest": _("interface of a system (API)"), "push": _("sent by the department"), "import": _("imported by hand"),
}  # fmt: skip


@register.filter
def connector(code: object) -> str:
    """On which way rows come."""
    return str(CONNECTORS.get(str(code), code))


@register.filter
def column_type(code: object) -> str:
    """A type of a contract as a word."""
    return str(TYPES.get(str(code), code))


@register.filter
def subject_kind(code: object) -> str:
    """Whom a column names."""
    return str(SUBJECTS.get(str(code), code))


@register.filter
def rhythm(code: object) -> str:
    """How often rows are agreed on."""
    return str(RHYTHMS.get(str(code), code))


@register.filter
def duration(text: object) -> str:
    """``P10Y`` as ``10 years``; what cannot be read stays as it is."""
    read = durations.read(str(text))
    if read is None:
        return str(text)
    parts = (
        ngettext("%(n)s year", "%(n)s years", read.years) % {"n": read.years} if read.years else "",
        ngettext("%(n)s month", "%(n)s months", read.months) % {"n": read.months} if read.months else "",
        ngettext("%(n)s day", "%(n)s days", read.days) % {"n": read.days} if read.days else "",
    )
    return " ".join(part for part in parts if part) or str(text)


@register.filter
def hundred(share: object) -> str:
    """``0.05`` as ``5``."""
    return f"{100 * float(str(share)):g}"


@register.filter
def model_title(model_id: object) -> str:
    """A model by its title; its id where the catalogue no longer has it."""
    known = catalogue().models.get(str(model_id))
    return in_language(known.title.zh, known.title.en) if known else str(model_id)
