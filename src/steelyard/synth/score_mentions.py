"""Whom rows without a number mean, and whom the installation holds them to be."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from steelyard.synth.score import share

Place = tuple[str, str, str, int]
"""Dataset, column, file and line."""
ENDS = ("planted", "right", "wrong", "open", "missing")
NOBODY = "nobody"
"""Tier of mentions that no link may reach."""


@dataclass(frozen=True)
class Held:
    """A record as the installation keeps it; ``key``: the subject it is held to be, None where it is open."""

    place: Place
    key: str | None


def numbers_meant(mentions: Iterable[Mapping[str, Any]]) -> list[str]:
    """The numbers of all who are meant, so that keys can be asked for."""
    return sorted({mention["subject"]["number"] for mention in mentions if mention["subject"]})


def score_mentions(
    mentions: Sequence[Mapping[str, Any]], keys: Mapping[str, str], held: Iterable[Held]
) -> dict[str, Any]:  # fmt: skip
    """How many mentions were linked right and wrong, left open, and not kept at all; by tier and by case.

    ``precision``: right of all that were linked; ``recall``: right of those planted to be linked (tier T2).
    """
    known = {one.place: one.key for one in held}
    tiers: dict[str, Counter[str]] = {}
    cases: dict[str, Counter[str]] = {}
    for mention in mentions:
        end = _end(mention, keys, known)
        for counts, name in ((tiers, mention["tier"] or NOBODY), (cases, mention["case"])):
            counts.setdefault(name, Counter()).update(("planted", end))
    total = sum(tiers.values(), Counter())
    due = tiers.get("T2", Counter())
    return {
        **_told(total),
        "precision": share(total["right"], total["right"] + total["wrong"]),
        "recall": share(due["right"], due["planted"]),
        "by_tier": {tier: _told(tiers[tier]) for tier in sorted(tiers)},
        "by_case": {case: _told(cases[case]) for case in sorted(cases)},
    }


def _end(mention: Mapping[str, Any], keys: Mapping[str, str], known: Mapping[Place, str | None]) -> str:
    place = (mention["dataset"], mention["column"], mention["file"], mention["line"])
    if place not in known:
        return "missing"
    key = known[place]
    if key is None:
        return "open"
    meant = mention["subject"]
    return "right" if meant and keys.get(meant["number"]) == key else "wrong"


def _told(counts: Mapping[str, int]) -> dict[str, int]:
    return {end: counts.get(end, 0) for end in ENDS}
