"""Which pairs are worth comparing, and how many of them a rule may bring.

Villages where a third bear one surname are ordinary; therefore no rule rests on a surname, a sex or a village alone.
"""

from collections.abc import Sequence

from steelyard.identity.linkage.engine import Engine
from steelyard.kit.errors import SteelyardError

MOST_PAIRS = 200_000_000
"""A rule that would bring more pairs is left out of a run, and the run says so."""


class NothingToCompare(SteelyardError):
    """Every rule for pairs worth comparing brings too many; the columns are filled too badly to be linked."""


def on(*columns: str) -> str:
    """Pairs that agree in all of these columns."""
    return " AND ".join(f"l.{column} = r.{column}" for column in columns)


PERSON = (
    on("name_form", "birth_year"),
    on("name_form", "village"),
    on("pinyin", "birth"),
    on("pinyin", "village"),
    on("birth", "village"),
    on("birth", "given"),
    on("birth", "surname"),
    on("village", "given", "birth_year"),
    on("called"),
)
COMPANY = (
    on("name_form"),
    on("brand", "region"),
    on("brand", "representative"),
    on("brand", "address"),
    on("called"),
    on("representative", "address"),
    on("representative", "region", "legal_form"),
)


def columns_of(rule: str) -> tuple[str, ...] | None:
    """The columns of a rule of plain equalities; None for any other rule."""
    columns = []
    for part in rule.split(" AND "):
        left, equals, right = part.partition(" = ")
        if not equals or not left.startswith("l.") or right != f"r.{left[2:]}":
            return None
        columns.append(left[2:])
    return tuple(columns)


def pairs(engine: Engine, left: str, right: str | None, rule: str) -> int:
    """How many pairs a rule of plain equalities brings; without ``right`` within one relation."""
    listed = ", ".join(columns_of(rule) or ())
    there = " AND ".join(f"{column} IS NOT NULL" for column in columns_of(rule) or ())
    counted = "(SELECT {0}, CAST(count(*) AS DOUBLE) AS n FROM {1} WHERE {2} GROUP BY {0})"
    if right is None:
        sql = f"SELECT sum(n * (n - 1) / 2) AS pairs FROM {counted.format(listed, left, there)} t"
    else:
        sql = (
            f"SELECT sum(l.n * r.n) AS pairs FROM {counted.format(listed, left, there)} l "
            f"JOIN {counted.format(listed, right, there)} r ON {on(*(columns_of(rule) or ()))}"
        )
    return int(engine.fetch(sql)["pairs"][0].as_py() or 0)


def within_bound(
    engine: Engine, left: str, right: str | None, rules: Sequence[str], most: int = MOST_PAIRS
) -> tuple[list[str], dict[str, int]]:
    """The rules that keep within the bound, and the number of pairs of every counted rule.

    Rules of other forms than plain equality are kept unmeasured.  Raises NothingToCompare.
    """
    counted = {rule: pairs(engine, left, right, rule) for rule in rules if columns_of(rule)}
    kept = [rule for rule in rules if counted.get(rule, 0) <= most]
    if not kept:
        raise NothingToCompare
    return kept, counted
