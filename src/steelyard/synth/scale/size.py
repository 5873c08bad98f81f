"""How large a made-up province is, and how its places, people and firms are numbered.

Everything follows from the number of a village: a row of any table can be made without knowing another table, so
that tables are made side by side, in any order, and again after an interruption.
"""

from dataclasses import dataclass

from steelyard.kit.errors import SteelyardError

VILLAGES_OF_A_COUNTY = 247
VILLAGES_OF_A_TOWN = 19
COUNTIES_OF_A_CITY = 9
PERSONS = 2_704
"""Of a village.  Real villages have about that many registered residents where small ones were merged."""
COMPANIES = 361
"""Registered in the area of a village, sole traders included."""
TENDERS = 46
"""Per village; they belong to its county."""
BIDDERS = 6
FIRMS = 18
"""Companies of a village that bid: the first ones by number."""
SHADOWS = 8
"""The next companies: firms that do nothing but what the planted wrongs have them do."""
SCHEMES = 50
"""Kinds of wrongs with tenders, at most."""


class TooSmall(SteelyardError):
    """A made-up province needs at least nine villages, so that every kind of wrong finds its place."""


@dataclass(frozen=True)
class Size:
    """Of one made-up province.  ``every``: one wrong of each kind in so many tenders; a multiple of ``SCHEMES``."""

    villages: int
    every: int = 2_500
    village_every: int = 60
    """One wrong of each kind in so many villages."""

    def __post_init__(self) -> None:
        if self.villages < 9:
            raise TooSmall(f"{self.villages} villages are too few; nine are the least")

    @property
    def counties(self) -> int:
        return -(-self.villages // VILLAGES_OF_A_COUNTY)

    @property
    def width(self) -> int:
        """Tenders from the first of one scheme to the first of the next kind."""
        return self.every // SCHEMES


SCALES = {"city": Size(2_000), "province": Size(22_194)}
