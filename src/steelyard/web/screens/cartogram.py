"""A county as equal cells: one hexagon a village, grouped by township.  No boundaries, no provider."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count

from steelyard.web.intake import queries as intake
from steelyard.web.orgs.models import Area, User
from steelyard.web.orgs.words import Level
from steelyard.web.screens.figures import IS_OPEN, shown_alerts

RADIUS = 15.0
WIDTH = math.sqrt(3) * RADIUS
COLUMNS = 5
GAP = 2.0
STEPS = ((0, 0), (1, 1), (2, 3), (4, None))
"""Classes of open alerts in one village: none, one, two or three, four and more."""
UNSEEN = "unseen"


@dataclass(frozen=True)
class Cell:
    """One village."""

    code: str
    name: str
    open: int
    has_data: bool
    x: float
    y: float

    @property
    def shade(self) -> str:
        """Class of colour; a village nobody could look at is hatched, never pale."""
        if not self.has_data and not self.open:
            return UNSEEN
        return str(next(place for place, (low, high) in enumerate(STEPS) if high is None or low <= self.open <= high))

    @property
    def points(self) -> str:
        """The hexagon as an SVG polygon."""
        half, quarter = WIDTH / 2 - GAP / 2, RADIUS / 2
        tip = RADIUS - GAP / 2
        corners = ((0, -tip), (half, -quarter), (half, quarter), (0, tip), (-half, quarter), (-half, -quarter))
        return " ".join(f"{self.x + dx:.1f},{self.y + dy:.1f}" for dx, dy in corners)


@dataclass(frozen=True)
class Block:
    """One township."""

    code: str
    name: str
    cells: tuple[Cell, ...]

    @property
    def open(self) -> int:
        return sum(cell.open for cell in self.cells)

    @property
    def unseen(self) -> int:
        return sum(cell.shade == UNSEEN for cell in self.cells)

    @property
    def width(self) -> float:
        return round((COLUMNS + 0.5) * WIDTH + GAP, 1)

    @property
    def height(self) -> float:
        rows = max(1, math.ceil(len(self.cells) / COLUMNS))
        return round((rows - 1) * 1.5 * RADIUS + 2 * RADIUS + GAP, 1)


@dataclass(frozen=True)
class Cartogram:
    """One county as a viewer may see it."""

    code: str
    name: str
    blocks: tuple[Block, ...]

    @property
    def villages(self) -> int:
        return sum(len(block.cells) for block in self.blocks)

    @property
    def open(self) -> int:
        return sum(block.open for block in self.blocks)

    @property
    def unseen(self) -> int:
        return sum(block.unseen for block in self.blocks)


def counties(viewer: User) -> list[Area]:
    """Counties with villages in the viewer's area; for a township its own county."""
    prefix = viewer.scope.area
    if not prefix:
        return []
    villages = Area.objects.filter(level=Level.VILLAGE, code__startswith=prefix)
    codes = {code[:6] + "000000" for code in villages.values_list("code", flat=True)}
    return list(Area.objects.filter(code__in=codes).order_by("code"))


def cartogram(viewer: User, county: Area) -> Cartogram:
    """The viewer's villages of a county, with the open alerts the viewer may see."""
    prefix = viewer.scope.area if len(viewer.scope.area) > 6 else county.code[:6]
    villages = list(
        Area.objects.filter(level=Level.VILLAGE, code__startswith=prefix).select_related("parent").order_by("code")
    )
    counts = dict(
        shown_alerts(viewer)
        .filter(IS_OPEN, village__in=[village.code for village in villages])
        .values_list("village")
        .annotate(n=Count("pk"))
    )
    seen = intake.villages_with_data()
    return Cartogram(county.code, str(county), tuple(_blocks(villages, counts, seen)))


def _blocks(villages: Iterable[Area], counts: Mapping[str, int], seen: frozenset[str]) -> list[Block]:
    grouped: dict[Area | None, list[Area]] = {}
    for village in villages:
        grouped.setdefault(village.parent, []).append(village)
    return [
        Block(
            town.code if town else "", str(town or ""),
            tuple(_cell(place, village, counts, seen) for place, village in enumerate(members)),
        )
        for town, members in grouped.items()
    ]  # fmt: skip


def _cell(place: int, village: Area, counts: Mapping[str, int], seen: frozenset[str]) -> Cell:
    row, column = divmod(place, COLUMNS)
    x = GAP / 2 + WIDTH / 2 + column * WIDTH + (WIDTH / 2 if row % 2 else 0)
    y = GAP / 2 + RADIUS + row * 1.5 * RADIUS
    return Cell(village.code, str(village), counts.get(village.code, 0), village.code in seen, x, y)
