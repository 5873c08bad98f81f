"""What an uncertain identity may raise: red only if every link it rests on is sure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from steelyard.catalogue import Catalogue

TIERS = ("H", "T1", "T1x", "T2", "T3", "T4", "source")
"""From the surest to the weakest."""
SURE = frozenset({"H", "T1"})
_REASON = {
    "zh": "涉及主体的身份未经有效证件号确认（等级 {tier}），最高为黄色，须先核实身份",
    "en": "identity not confirmed by a valid number (tier {tier}): yellow at most, verify identity first",
}


@dataclass(frozen=True)
class Graded:
    """A grade after the cap."""

    grade: str
    model_grade: str
    tier: str | None
    """The weakest identity tier the grade rests on; None where it rests on none."""
    reason: dict[str, str] | None


def weakest(tiers: Iterable[str | None]) -> str | None:
    """The weakest of some tiers; an unknown word counts as the weakest of all."""
    known = [tier if tier in TIERS else TIERS[-1] for tier in tiers if tier]
    return max(known, key=TIERS.index) if known else None


def graded(
    row: Mapping[str, Any],
    *,
    grade_column: str,
    tier_column: str | None,
    subjects: Iterable[str],
    shown: Iterable[str],
    tiers: Mapping[str, str],
    guessed: str | None = None,
) -> Graded:
    """Cap a finding's grade by what is known of the people and firms it rests on.

    ``subjects``: keys in the finding's row; ``shown``: keys in its evidence; ``tiers``: key to tier, an
    unknown key is not sure.  ``guessed``: the tier of the links without which the model would not say so; None where
    it says so without any.  Where the model names its tier and leaves it empty, the grade rests on no
    identity link; then only subjects known by a supplier's own identifier hold it back.
    Source: design of identity, section 5.
    """
    model_grade = str(row[grade_column])
    known = [tiers.get(key, TIERS[-1]) for key in (*subjects, *shown)]
    said = row.get(tier_column) if tier_column else None
    if tier_column:
        known = [tier for tier in known if tier == "source"]
    tier = weakest([str(said) if said is not None else None, guessed, *known])
    if model_grade == "red" and tier is not None and tier not in SURE:
        reason = {name: text.format(tier=tier) for name, text in _REASON.items()}
        return Graded("yellow", model_grade, tier, reason)
    return Graded(model_grade, model_grade, tier, None)


def grade_ranks(catalogue: Catalogue) -> dict[str, int]:
    """By grade its place in the vocabulary, the strongest first."""
    known = catalogue.vocabulary.get("grade")
    return {} if known is None else {name: place for place, name in enumerate(known.terms)}
