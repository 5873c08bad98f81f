"""What a linkage model of one kind of subject is made of, before anything is learnt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Level = dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """One thing that is compared.  Levels stand from the strongest to the weakest; the last one is "anything else".

    ``collisions``: per label the columns of which equality makes the level; its share of chance pairs is then counted
    exactly on the base instead of being met by chance in a sample.  Each list holds the columns of every stronger one
    or stands for itself.
    """

    name: str
    levels: tuple[Level, ...]
    collisions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def grade(self, label: str) -> int:
        """The number Splink gives a level: 0 for anything else, -1 where one of the two values is missing."""
        labels = [level["label_for_charts"] for level in self.levels if not level.get("is_null_level")]
        return len(labels) - 1 - labels.index(label)

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns without which nothing is compared."""
        parts = self.levels[0]["sql_condition"].split(" OR ")
        return tuple(part.partition("_l IS NULL")[0] for part in parts if part.endswith("_l IS NULL"))

    def settings(self) -> dict[str, Any]:
        return {"output_column_name": self.name, "comparison_levels": [dict(level) for level in self.levels]}


@dataclass(frozen=True)
class Blueprint:
    """``columns``: what the rules below read, as SQL over the relation handed in (``prepared`` adds what is absent).

    ``given``: the columns a relation may have.  ``blocking``: SQL of pairs worth comparing.  ``training``: pairs among
    which m is learnt.  ``certain``: rules that hardly ever err, and ``certain_recall`` the share of all matches they
    are held to find: together the prior.  ``cautions``: why a high weight must not be trusted alone, as SQL over the
    grades.  ``derived``: given columns that DuckDB makes of others where a relation lacks them.
    """

    kind: str
    given: tuple[str, ...]
    columns: Mapping[str, str]
    comparisons: tuple[Comparison, ...]
    blocking: tuple[str, ...]
    training: tuple[str, ...]
    certain: tuple[str, ...]
    certain_recall: float
    cautions: Mapping[str, str] = field(default_factory=dict)
    derived: Mapping[str, str] = field(default_factory=dict)

    def comparison(self, name: str) -> Comparison:
        return next(comparison for comparison in self.comparisons if comparison.name == name)


def level(label: str, sql: str, **more: Any) -> Level:
    """A level in DuckDB's dialect; ``term``: the column whose commonness is taken into account."""
    term = more.pop("term", None)
    if term:
        more |= {"tf_adjustment_column": term, "disable_tf_exact_match_detection": True}
    return {"sql_condition": sql, "label_for_charts": label, **more}


def missing(*columns: str) -> Level:
    """The level of a value that is absent: it says nothing."""
    sql = " OR ".join(f"{column}_{side} IS NULL" for column in columns for side in "lr")
    return level("missing", sql, is_null_level=True)


def same(label: str, *columns: str, **more: Any) -> Level:
    return level(label, " AND ".join(f"{column}_l = {column}_r" for column in columns), **more)


def near(label: str, column: str, distance: int, **more: Any) -> Level:
    return level(label, f"levenshtein({column}_l, {column}_r) <= {distance}", **more)


def otherwise() -> Level:
    return level("different", "ELSE")
