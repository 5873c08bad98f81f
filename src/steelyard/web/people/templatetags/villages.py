"""Words of the village pages."""

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
