"""Found against planted: which wrongs were found, and how much of what was found was one."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from steelyard.kit.intervals import wilson

Mark = tuple[object, ...]
GRADES = ("red", "yellow")
"""Those whose precision is told for itself."""


@dataclass(frozen=True)
class Found:
    """A finding as the engine keeps it: model, key and grade."""

    model: str
    key: Mapping[str, Any]
    grade: str
    since: dt.date | None = None
    """The day of the look that found it first."""


@dataclass(frozen=True)
class Tally:
    """Of one model: planted, raised, how many of the raised are planted, and how many of the planted were found."""

    expected: int
    found: int
    true: int
    caught: int

    @property
    def recall(self) -> float | None:
        """Caught of expected; None where nothing was planted."""
        return share(self.caught, self.expected)

    @property
    def precision(self) -> float | None:
        """True of found; None where nothing was found."""
        return share(self.true, self.found)

    def told(self) -> dict[str, Any]:
        """With Wilson's 95 % interval of the precision; None where nothing was raised."""
        low, high = (round(one, 6) for one in wilson(self.true, self.found)) if self.found else (None, None)
        return {
            "planted": self.expected, "found": self.caught, "raised": self.found, "true": self.true,
            "recall": self.recall, "precision": self.precision, "precision_low": low, "precision_high": high,
        }  # fmt: skip


@dataclass(frozen=True)
class Score:
    """The tallies of all models, what was missed and what was found besides."""

    by_model: Mapping[str, Tally]
    missed: Sequence[Mapping[str, Any]]
    surplus: Sequence[Mapping[str, Any]]
    by_scheme: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Planted and found by story."""
    by_grade: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """True and raised by grade."""
    days: Sequence[int] = ()
    """From the day of a wrong to the look that found it, of those that tell of both."""

    def told(self) -> dict[str, Any]:
        """Overall and by model; shares are of counts over all models, None where there is nothing to divide by."""
        tallies = self.by_model.values()
        return {
            "recall": share(sum(tally.caught for tally in tallies), sum(tally.expected for tally in tallies)),
            "precision": share(sum(tally.true for tally in tallies), sum(tally.found for tally in tallies)),
            **{f"{grade}_precision": share(*self.by_grade.get(grade, (0, 0))) for grade in GRADES},
            "days_to_alert_median": median(self.days) if self.days else None,
            "by_model": {model: tally.told() for model, tally in sorted(self.by_model.items())},
            "by_scheme": {
                story: {"planted": planted, "found": found, "recall": share(found, planted)}
                for story, (planted, found) in sorted(self.by_scheme.items())
            },
        }


def share(part: int, whole: int) -> float | None:
    """Six places; None where there is nothing to divide by."""
    return round(part / whole, 6) if whole else None


def numbers_in(wrongs: Iterable[Mapping[str, Any]]) -> list[str]:
    """Every identity number a truth names, so that keys can be asked for."""
    values = (value for wrong in wrongs for value in wrong["key"].values())
    return sorted({value["number"] for value in values if isinstance(value, dict)})


def score(wrongs: Sequence[Mapping[str, Any]], keys: Mapping[str, str], found: Iterable[Found]) -> Score:
    """Compare by model, key and grade.  ``keys``: identity number to the key under which findings know it.

    A finding of another grade than expected counts as neither caught nor true.
    """
    planted: dict[str, dict[Mark, Mapping[str, Any]]] = defaultdict(dict)
    forms: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {}
    for wrong in wrongs:
        model, form = wrong["model"], (tuple(sorted(wrong["key"])), frozenset(wrong.get("unordered", ())))
        forms[model] = form
        known = {column: _known(value, keys) for column, value in wrong["key"].items()}
        planted[model][_mark(known, wrong["grade"], *form)] = wrong
    raised: Counter[str] = Counter()
    true: Counter[str] = Counter()
    by_grade: dict[str, Counter[bool]] = defaultdict(Counter)
    first: dict[str, dict[Mark, dt.date | None]] = defaultdict(dict)
    surplus = []
    for finding in found:
        mark = _mark(finding.key, finding.grade, *forms.get(finding.model, ((), frozenset())))
        right = mark in planted.get(finding.model, {})
        raised[finding.model] += 1
        true[finding.model] += right
        by_grade[finding.grade][right] += 1
        if right:
            first[finding.model][mark] = finding.since
        else:
            surplus.append({"model": finding.model, "key": dict(finding.key), "grade": finding.grade})
    tallies = {
        model: Tally(len(planted.get(model, {})), raised[model], true[model], len(first.get(model, {})))
        for model in {**planted, **raised}
    }
    missed = [
        wrong for model, marks in planted.items() for mark, wrong in marks.items() if mark not in first.get(model, {})
    ]
    days = [
        (since - dt.date.fromisoformat(when)).days
        for model, marks in first.items() for mark, since in marks.items()
        if since and (when := planted[model][mark].get("when"))
    ]  # fmt: skip
    grades = {grade: (count[True], count.total()) for grade, count in by_grade.items()}
    return Score(tallies, missed, surplus, _by_scheme(planted, missed), grades, days)


def _by_scheme(
    planted: Mapping[str, Mapping[Mark, Mapping[str, Any]]], missed: Sequence[Mapping[str, Any]]
) -> dict[str, tuple[int, int]]:
    every = Counter(str(wrong.get("story", "")) for marks in planted.values() for wrong in marks.values())
    lost = Counter(str(wrong.get("story", "")) for wrong in missed)
    return {story: (count, count - lost[story]) for story, count in every.items()}


def _known(value: Any, keys: Mapping[str, str]) -> Any:
    if not isinstance(value, dict):
        return value
    # A number nobody delivered can match no finding; it must not match another such number either.
    return keys.get(value["number"], f"unknown {value['number']}")


def _mark(key: Mapping[str, Any], grade: str, columns: tuple[str, ...], unordered: frozenset[str]) -> Mark:
    fixed = tuple(str(key.get(column)) for column in columns if column not in unordered)
    return (grade, fixed, frozenset(str(key.get(column)) for column in unordered))
