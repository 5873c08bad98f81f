"""Found against planted: which wrongs were found, and how much of what was found was one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Mark = tuple[object, ...]


@dataclass(frozen=True)
class Found:
    """A finding as the engine keeps it: model, key and grade."""

    model: str
    key: Mapping[str, Any]
    grade: str


@dataclass(frozen=True)
class Tally:
    """Of one model: planted, found, how many of the found are planted, and how many of the planted were found."""

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
        return {
            "expected": self.expected, "found": self.found, "true": self.true,
            "recall": self.recall, "precision": self.precision,
        }  # fmt: skip


@dataclass(frozen=True)
class Score:
    """The tallies of all models, what was missed and what was found besides."""

    by_model: Mapping[str, Tally]
    missed: Sequence[Mapping[str, Any]]
    surplus: Sequence[Mapping[str, Any]]

    def told(self) -> dict[str, Any]:
        """Overall and by model; shares are of counts over all models, None where there is nothing to divide by."""
        tallies = self.by_model.values()
        return {
            "recall": share(sum(tally.caught for tally in tallies), sum(tally.expected for tally in tallies)),
            "precision": share(sum(tally.true for tally in tallies), sum(tally.found for tally in tallies)),
            "by_model": {model: tally.told() for model, tally in sorted(self.by_model.items())},
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
    planted: dict[str, dict[Mark, Mapping[str, Any]]] = {}
    forms: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {}
    for wrong in wrongs:
        model, form = wrong["model"], (tuple(sorted(wrong["key"])), frozenset(wrong.get("unordered", ())))
        forms[model] = form
        known = {column: _known(value, keys) for column, value in wrong["key"].items()}
        planted.setdefault(model, {})[_mark(known, wrong["grade"], *form)] = wrong
    counts: dict[str, list[int]] = {model: [0, 0] for model in planted}
    caught: dict[str, set[Mark]] = {model: set() for model in planted}
    surplus = []
    for finding in found:
        count = counts.setdefault(finding.model, [0, 0])
        count[0] += 1
        form = forms.get(finding.model, ((), frozenset()))
        mark = _mark(finding.key, finding.grade, *form)
        if mark in planted.get(finding.model, {}):
            count[1] += 1
            caught[finding.model].add(mark)
        else:
            surplus.append({"model": finding.model, "key": dict(finding.key), "grade": finding.grade})
    tallies = {
        model: Tally(len(planted.get(model, {})), count[0], count[1], len(caught.get(model, ())))
        for model, count in counts.items()
    }
    missed = [wrong for model, marks in planted.items() for mark, wrong in marks.items() if mark not in caught[model]]
    return Score(tallies, missed, surplus)


def _known(value: Any, keys: Mapping[str, str]) -> Any:
    if not isinstance(value, dict):
        return value
    # A number nobody delivered can match no finding; it must not match another such number either.
    return keys.get(value["number"], f"unknown {value['number']}")


def _mark(key: Mapping[str, Any], grade: str, columns: tuple[str, ...], unordered: frozenset[str]) -> Mark:
    fixed = tuple(str(key.get(column)) for column in columns if column not in unordered)
    return (grade, fixed, frozenset(str(key.get(column)) for column in unordered))
