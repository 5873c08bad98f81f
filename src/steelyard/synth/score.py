"""Found against planted: which wrongs were found, and how much of what was found was one."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from steelyard.kit.intervals import wilson
from steelyard.synth.scheme_words import scheme_title

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
    days: Sequence[int] = ()
    """From the day of a wrong to the look that found it, of those that tell of both."""

    @property
    def recall(self) -> float | None:
        """Caught of expected; None where nothing was planted."""
        return share(self.caught, self.expected)

    @property
    def precision(self) -> float | None:
        """True of found; None where nothing was found."""
        return share(self.true, self.found)

    def told(self, villages: int | None = None) -> dict[str, Any]:
        """With Wilson's 95 % interval of the precision; None where there is nothing to divide by."""
        return {
            "planted": self.expected, "found": self.caught, "raised": self.found, "true": self.true,
            "recall": self.recall, "precision": self.precision, **bounds("precision", self.true, self.found),
            "days_to_alert_median": median(self.days) if self.days else None, "dated": len(self.days),
            "alerts_per_1000_villages": per_1000(self.found, villages),
        }  # fmt: skip


@dataclass(frozen=True)
class Score:
    """The tallies of all models, what was missed and what was found besides."""

    by_model: Mapping[str, Tally]
    missed: Sequence[Mapping[str, Any]]
    surplus: Sequence[Mapping[str, Any]]
    by_scheme: Mapping[str, "Scheme"] = field(default_factory=dict)
    """By story."""
    by_grade: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """True and raised by grade."""

    @property
    def total(self) -> Tally:
        """Of all models together."""
        every = self.by_model.values()
        return Tally(
            sum(one.expected for one in every), sum(one.found for one in every), sum(one.true for one in every),
            sum(one.caught for one in every), [day for one in every for day in one.days],
        )  # fmt: skip

    def told(self, villages: int | None = None) -> dict[str, Any]:
        """Overall and by model; shares are of counts over all models, None where there is nothing to divide by.

        ``villages``: of the world, for the alerts per thousand of them.
        """
        total = self.total
        overall = total.told(villages) | bounds("recall", total.caught, total.expected)
        for grade in GRADES:
            true, raised = self.by_grade.get(grade, (0, 0))
            overall |= {
                f"{grade}_precision": share(true, raised), **bounds(f"{grade}_precision", true, raised),
                f"{grade}_true": true, f"{grade}_raised": raised,
            }  # fmt: skip
        return overall | {
            "by_model": {model: tally.told(villages) for model, tally in sorted(self.by_model.items())},
            "by_scheme": {
                story: scheme.told() | {"title": scheme_title(story, scheme.models)}
                for story, scheme in sorted(self.by_scheme.items())
            },
        }


@dataclass(frozen=True)
class Scheme:
    """Of one story: planted and found, and the models that should speak."""

    planted: int
    found: int
    models: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        """None as recall where nothing was planted."""
        return {
            "planted": self.planted, "found": self.found, "recall": share(self.found, self.planted),
            "models": list(self.models),
        }  # fmt: skip


def bounds(name: str, part: int, whole: int) -> dict[str, float | None]:
    """``name_low`` and ``name_high`` of a share at 95 %; None where there is nothing to divide by."""
    low, high = (round(one, 6) for one in wilson(part, whole)) if whole else (None, None)
    return {f"{name}_low": low, f"{name}_high": high}


def per_1000(alerts: int, villages: int | None) -> float | None:
    """Two places; None where nobody says how many villages there are."""
    return round(1000 * alerts / villages, 2) if villages else None


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
        model: Tally(
            len(planted.get(model, {})), raised[model], true[model], len(first.get(model, {})),
            _days(planted.get(model, {}), first.get(model, {})),
        )
        for model in {**planted, **raised}
    }  # fmt: skip
    missed = [
        wrong for model, marks in planted.items() for mark, wrong in marks.items() if mark not in first.get(model, {})
    ]
    grades = {grade: (count[True], count.total()) for grade, count in by_grade.items()}
    return Score(tallies, missed, surplus, _by_scheme(planted, missed), grades)


def _days(planted: Mapping[Mark, Mapping[str, Any]], first: Mapping[Mark, dt.date | None]) -> list[int]:
    return [
        (since - dt.date.fromisoformat(when)).days
        for mark, since in first.items()
        if since and (when := planted[mark].get("when"))
    ]


def _by_scheme(
    planted: Mapping[str, Mapping[Mark, Mapping[str, Any]]], missed: Sequence[Mapping[str, Any]]
) -> dict[str, Scheme]:
    every = Counter(
        (str(wrong.get("story", "")), model) for model, marks in planted.items() for wrong in marks.values()
    )
    lost = Counter(str(wrong.get("story", "")) for wrong in missed)
    found = {}
    for story in {story for story, _model in every}:
        count = sum(number for (one, _model), number in every.items() if one == story)
        found[story] = Scheme(count, count - lost[story], tuple(sorted(model for one, model in every if one == story)))
    return found


def _known(value: Any, keys: Mapping[str, str]) -> Any:
    if not isinstance(value, dict):
        return value
    # A number nobody delivered can match no finding; it must not match another such number either.
    return keys.get(value["number"], f"unknown {value['number']}")


def _mark(key: Mapping[str, Any], grade: str, columns: tuple[str, ...], unordered: frozenset[str]) -> Mark:
    fixed = tuple(str(key.get(column)) for column in columns if column not in unordered)
    return (grade, fixed, frozenset(str(key.get(column)) for column in unordered))
