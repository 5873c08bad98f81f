"""What speaks for and against two being one, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FOR, AGAINST, SILENT = "for", "against", "silent"
STRONG, CLEAR, SLIGHT = 6.0, 2.0, 0.5
"""Weights (logarithms to base 2 of how much likelier the agreement is among the same than among different)."""
RARE, COMMON = 8.0, 4.0

FIELDS: Mapping[str, str | Promise] = {
    "name": _("Name"), "birth": _("Birth date"), "sex": _("Sex"), "place": _("Village and address"),
    "phone": _("Telephone"), "clan": _("Surname in the village"), "brand": _("Company name"),
    "region": _("Region in the name"), "legal_form": _("Legal form"), "representative": _("Legal representative"),
    "address": _("Address"), "area": _("Village"), "village": _("Village"), "number": _("Identity number"),
}  # fmt: skip
LEVELS: Mapping[str, str | Promise] = {
    "same form": _("the same in its normal form"),
    "same sound": _("sounds the same, written otherwise"),
    "almost the same sound": _("sounds almost the same"),
    "characters exchanged or left out": _("characters exchanged or left out"),
    "one character of the given name differing": _("one character of the given name differs"),
    "same given name": _("same given name, other surname"),
    "same": _("the same"),
    "one digit differing": _("differs in one digit"),
    "day and month exchanged": _("day and month exchanged"),
    "same year": _("only the year is the same"),
    "same address": _("same address"),
    "same village, no address": _("same village; an address is missing"),
    "same village": _("same village, other address"),
    "same town": _("same township, other village"),
    "same village, surname of a clan": _("a third of the village bears this surname"),
    "same village and surname": _("people of one village often share a surname"),
    "same name": _("the same name"),
    "same brand": _("the same trade name"),
    "one brand within the other": _("one trade name lies within the other"),
    "missing": _("missing on one side"),
    "anything else": _("differs"),
}
CAUTIONS: Mapping[str, str | Promise] = {
    "siblings": _("Born on the same day in the same village with one character of the name in common: perhaps twins."),
}


@dataclass(frozen=True)
class Sentence:
    """One thing that was compared."""

    field: str | Promise
    told: str | Promise
    strength: str | Promise
    lean: str
    """for, against or silent."""
    weight: float | None = None


def sentences(evidence: Mapping[str, Any] | None) -> list[Sentence]:
    """The comparisons behind an edge; the weightiest first."""
    found = list(_compared(evidence or {})) + list(_agreeing(evidence or {}))
    return sorted(found, key=lambda one: (one.lean == SILENT, -abs(one.weight or 0)))


def cautions(evidence: Mapping[str, Any] | None) -> list[str | Promise]:
    """Why a high weight must not be trusted alone."""
    said = (evidence or {}).get("caution")
    return [CAUTIONS.get(str(said), str(said))] if said else []


def _compared(evidence: Mapping[str, Any]) -> Iterator[Sentence]:
    for name, said in evidence.items():
        if not isinstance(said, dict) or "level" not in said:
            continue
        level, weight = str(said["level"]), float(said.get("weight") or 0)
        lean = SILENT if level == "missing" or abs(weight) < SLIGHT else FOR if weight > 0 else AGAINST
        yield Sentence(FIELDS.get(name, name), _told(name, level, weight), _strength(weight, lean), lean, weight)


def _agreeing(evidence: Mapping[str, Any]) -> Iterator[Sentence]:
    """What a join asked to be equal."""
    for name in evidence.get("agrees", ()):
        yield Sentence(FIELDS.get(str(name), str(name)), LEVELS["same"], _("speaks for it"), FOR)


def _told(name: str, level: str, weight: float) -> str:
    told = str(LEVELS.get(level, level))
    if level in ("same form", "same name", "same brand") and name in ("name", "brand"):
        if weight >= RARE:
            return str(_("%(told)s, and rare")) % {"told": told}
        if weight <= COMMON:
            return str(_("%(told)s, but common")) % {"told": told}
    return told


def _strength(weight: float, lean: str) -> str | Promise:
    if lean == SILENT:
        return _("says nothing")
    size = abs(weight)
    if lean == FOR:
        if size >= STRONG:
            return _("speaks strongly for it")
        return _("speaks for it") if size >= CLEAR else _("speaks slightly for it")
    if size >= STRONG:
        return _("speaks strongly against it")
    return _("speaks against it") if size >= CLEAR else _("speaks slightly against it")
