"""How the end of a case is told to the villager who asked: in words, in both languages."""

from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from steelyard.web.cases.models import Case, LedgerKind
from steelyard.web.orgs.words import Line

LANGUAGES = ("zh-hans", "en")


def outcome_of(case: Case) -> str:
    """The result in Chinese and English; no names, and amounts only as sums.

    Of a case of the supervisory line only that the matter has been looked into.
    """
    return "\n\n".join(_in(language, case) for language in LANGUAGES)


def _in(language: str, case: Case) -> str:
    with translation.override(language):
        if case.line == Line.SUPERVISORY:
            return " ".join([_("The matter has been looked into."), _("Please say whether the matter is solved.")])
        verdicts = {link.alert.verdict for link in case.links.select_related("alert") if link.detached_at is None}
        true = any(link.alert.is_true for link in case.links.select_related("alert"))
        parts = [_("The matter has been looked into and the work on it is closed.")]
        if true:
            parts.append(_("What you asked about was confirmed, in whole or in part."))
        elif verdicts - {""}:
            parts.append(_("No wrong was found in what you asked about."))
        for kind, words in (
            (LedgerKind.RECOVERED, _("Money that came back to the village: {amount} yuan.")),
            (LedgerKind.NEW_INCOME, _("New yearly or contract income: {amount} yuan, not counted as recovered.")),
        ):
            total = sum((entry.amount for entry in case.ledger.filter(kind=kind)), Decimal(0))
            if total:
                parts.append(words.format(amount=f"{total:,.2f}"))
        parts.append(_("Please say whether the matter is solved."))
        return " ".join(parts)
