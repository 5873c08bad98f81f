"""Coverage of a dataset as equal tiles: one tile a village, grouped by township.  No boundaries, no provider."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from psycopg.rows import dict_row

from steelyard.contracts import Contract
from steelyard.web.orgs.engine_link import reader
from steelyard.web.orgs.models import Area
from steelyard.web.orgs.words import DIGITS, Level

Held = Mapping[str, Mapping[str, Any]]
"""Rows now and newest business date, by area."""
SHADES = ("covered", "thin", "nothing", "never")
THIN_SHARE = 0.1
"""An area with less than a tenth of the middle area's rows is thin, where the contract names no number."""
OF_AREAS = """
SELECT area_code, max(rows) AS rows, max(latest) AS latest FROM (
  SELECT area_code, rows, latest FROM engine.coverage WHERE dataset = %(dataset)s
    AND pool_version = (SELECT max(pool_version) FROM engine.coverage WHERE dataset = %(dataset)s)
  UNION ALL (SELECT DISTINCT ON (area_code) area_code, rows, latest FROM engine.coverage_day
    WHERE dataset = %(dataset)s ORDER BY area_code, day DESC)
  UNION ALL SELECT area_code, 0, NULL FROM engine.coverage_day WHERE dataset = %(dataset)s AND rows > 0
) AS ever GROUP BY area_code
"""


@dataclass(frozen=True)
class Tile:
    """One area."""

    code: str
    name: str
    rows: int
    latest: Any
    """Newest business date, None where the dataset has none."""
    shade: str
    """covered; thin: far fewer rows than elsewhere; nothing: none now, but some before; never: none ever."""


@dataclass(frozen=True)
class Block:
    """The areas beneath one area."""

    code: str
    name: str
    tiles: tuple[Tile, ...]

    def count(self, *shades: str) -> int:
        return sum(tile.shade in shades for tile in self.tiles)

    @property
    def with_rows(self) -> int:
        return self.count("covered", "thin")

    @property
    def counts(self) -> dict[str, int]:
        return {shade: self.count(shade) for shade in SHADES}


@dataclass(frozen=True)
class Cartogram:
    """One dataset over all areas of one level inside an area."""

    level: Level
    within: Area
    blocks: tuple[Block, ...]
    least: int
    """Rows below which an area is thin."""

    @property
    def expected(self) -> int:
        return sum(len(block.tiles) for block in self.blocks)

    @property
    def with_rows(self) -> int:
        return sum(block.with_rows for block in self.blocks)

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(tile.shade for block in self.blocks for tile in block.tiles))


def level_of(contract: Contract | None, held: Mapping[str, Any]) -> Level | None:
    """The level at which every area should have rows: the contract's, else the finest at which any came."""
    said = contract.expectations.areas if contract else "none"
    if said != "none":
        return Level(said)
    found = {level for level in DIGITS if level != Level.PROVINCE and any(_is_of(code, level) for code in held)}
    return max(found, key=lambda level: DIGITS[level], default=None)


def _is_of(code: str, level: Level) -> bool:
    digits = DIGITS[level]
    above = max((n for n in DIGITS.values() if n < digits), default=0)
    return len(code) == 12 and not code[digits:].strip("0") and bool(code[above:digits].strip("0"))


def held_by_area(dataset: str) -> dict[str, dict[str, Any]]:
    """Rows now and newest business date of every area that ever had rows."""
    with reader() as connection, connection.cursor(row_factory=dict_row) as cursor:
        return {row["area_code"]: row for row in cursor.execute(OF_AREAS, {"dataset": dataset}).fetchall()}


def places(level: Level) -> list[Area]:
    """Areas one may look at: counties for villages and townships, else the provinces."""
    return list(Area.objects.filter(level=_whole(level), name__gt="").order_by("code"))


def _whole(level: Level) -> Level:
    return Level.COUNTY if level in (Level.VILLAGE, Level.TOWN) else Level.PROVINCE


def cartogram(
    contract: Contract | None, level: Level, within: Area, held: Mapping[str, Mapping[str, Any]]
) -> Cartogram:
    """Every area of ``level`` inside ``within`` as the register has it, whatever arrived."""
    areas = Area.objects.filter(level=level, code__startswith=within.prefix).select_related("parent").order_by("code")
    counted = [int(one["rows"]) for one in held.values() if one["rows"]]
    said = contract.expectations.min_rows_per_area if contract else 0
    least = said if said > 1 else int(median(counted) * THIN_SHARE) if counted else 0
    blocks: dict[Area | None, list[Tile]] = {}
    for area in areas:
        blocks.setdefault(area.parent, []).append(_tile(area, held.get(area.code), least))
    return Cartogram(
        level, within,
        tuple(Block(above.code if above else "", str(above or ""), tuple(tiles)) for above, tiles in blocks.items()),
        least,
    )  # fmt: skip


def _tile(area: Area, held: Mapping[str, Any] | None, least: int) -> Tile:
    rows = int(held["rows"] or 0) if held else 0
    shade = "never" if held is None else "nothing" if not rows else "thin" if rows < least else "covered"
    return Tile(area.code, str(area), rows, held["latest"] if held else None, shade)
