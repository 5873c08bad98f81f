"""Words of the village pages."""

from collections.abc import Mapping
from decimal import Decimal

from django import template
from django.utils.translation import gettext_lazy as _

from steelyard.web.people import pages

register = template.Library()

TABS = {
    "project": _("Works"), "labour": _("Paid work"), "asset": _("Assets, contracts, rents"),
    "subsidy": _("Subsidies"), "procurement": _("Purchases"), "seal": _("Seals"), "finance": _("Finance"),
}  # fmt: skip
STEPS = {
    "decision": _("Decided"), "publication": _("Published"), "contract": _("Contract"), "start": _("Started"),
    "payment": _("Paid"), "acceptance": _("Accepted"),
}  # fmt: skip


LAND = ("land", "hill", "forest", "pond", "quarry")


@register.filter
def size(asset: Mapping[str, object]) -> str:
    """The area of an asset with its unit: mu for land, square metres for buildings."""
    if not asset.get("area"):
        return ""
    number = f"{Decimal(str(asset['area'])):,f}"
    number = number.rstrip("0").rstrip(".") if "." in number else number
    unit = _("mu") if asset.get("asset_type") in LAND else "m²"
    return f"{number} {unit}"


@register.filter
def tab_name(tab: str) -> object:
    return TABS.get(tab, tab)


@register.filter
def step_name(step: str) -> object:
    return STEPS.get(step, step)


@register.filter
def word(code: object, vocabulary: str) -> str:
    """A code of a vocabulary in the reader's language."""
    return pages.word(vocabulary, code)
