"""Later lettings of a village: a few honest ones everywhere, and those in which somebody was favoured or seems to be.

A letting is an asset, the contract over it and how it was offered.  Prices are yuan a year; a unit is a square metre
or a mu, as the asset is measured.
"""

from dataclasses import dataclass, fields

from steelyard.kit.sqltext import literal
from steelyard.synth.scale.companies import SON as SONS_FIRM
from steelyard.synth.scale.people import FIRST_RELATIVE
from steelyard.synth.scale.size import COMPANIES, PERSONS, SHADOWS, Size
from steelyard.synth.scale.size import FIRMS as BIDDING
from steelyard.synth.scale.table import each

HONEST = 6
"""Lettings of the last two years and a half in every village."""
FIRST_CASE = 20
"""The number of the first of ``CASES`` within its village."""
USUAL = 19.5
"""What a unit costs a year, in the middle."""
TENANT_FIRM = BIDDING + SHADOWS + 1
"""A company that bids for nothing and leases."""
SPOUSE, CHILD, COUSIN = FIRST_RELATIVE, FIRST_RELATIVE + 1, FIRST_RELATIVE + 5
"""Of the secretary."""


@dataclass(frozen=True)
class Letting:
    """One letting, in the village out of sixty that has its place; what is not said is as it ought to be."""

    name: str
    place: int
    kind: str = "building"
    rent: int = 3_000
    unit: float = USUAL
    measured: float | None = 1.0
    """The area of the asset for the area let; None: the asset is not in the register."""
    part_of: str | None = None
    """The letting whose asset it shares."""
    signed: int = 400
    """Days ago.  It begins ten days later."""
    years: int = 4
    contract_type: str = "lease"
    person: int | None = None
    """Who leases, numbered within the village; a tenant of its own where nobody is named."""
    company: int | None = None
    traded: bool = True
    other_won: bool = False
    deal: float = 1.0
    """The price of the deal for the yearly rent."""
    reserve: float = 0.95
    bidders: int = 3
    listed: int = 15
    """Days."""
    before: int | None = None
    """Days from the end of an earlier listing to this one."""
    before_reserve: float = 0.95
    before_won: bool = False
    reviewed: int | None = 4
    """Days before the signing."""
    shown: bool = True
    again: bool = False
    """It has ended and is listed once more; nobody has come."""
    owed: bool = False
    """Nothing was ever paid."""


CASES = (
    # The secretary's son runs the firm that got the workshop: nobody was asked, nobody told, at less than half.
    Letting("son's workshop", 2, "factory", 30_000, 8, company=SONS_FIRM, traded=False, reviewed=None,
            shown=False),
    Letting("larger than let", 8, measured=1.5),
    Letting("cheap shop", 18, "shop", 2_400, 8),
    Letting("wife's shop", 21, "shop", 6_000, person=SPOUSE, owed=True),
    Letting("lease not shown", 26, "land", shown=False),
    Letting("reviewed afterwards", 31, rent=9_000, years=6, reviewed=-20),
    Letting("let for thirty years", 36, years=30, company=TENANT_FIRM),
    Letting("works without listing", 41, "factory", 120_000, company=TENANT_FIRM, traded=False),
    Letting("lease to the loser", 46, "shop", 6_000, other_won=True),
    Letting("lease below the deal", 51, "shop", 6_000, deal=1.25),
    Letting("reserve cut after failure", 3, "pond", before=20, before_reserve=1.35),
    Letting("five days' listing", 9, "shop", person=SPOUSE, listed=5),
    Letting("always one bidder", 14, "land", reserve=1.0, bidders=1, before=600, before_reserve=1.0, before_won=True),
    Letting("sublet for more", 22, rent=5_000, company=TENANT_FIRM),
    Letting("asset in no register", 32, measured=None),
    # Look-alikes.
    Letting("let in two parts", 1, rent=2_340, measured=200 / 120),
    Letting("its other part", 1, rent=1_560, measured=None, part_of="let in two parts"),
    Letting("old survey", 4, measured=1.08),
    Letting("poor condition", 11, "factory", unit=USUAL * 0.6),
    Letting("land let long ago", 16, "land", 600, 4, signed=5_000, years=30, contract_type="land"),
    Letting("cousin leases", 28, "shop", person=COUSIN),
    Letting("leased before office", 33, "shop", person=CHILD, signed=1_000),
    Letting("signed last week", 38, "shop", signed=12, shown=False),
    Letting("below the review", 43, rent=12_475, reviewed=None),
    Letting("too small to list", 48, rent=2_400, traded=False),
    Letting("dealt by the total", 53, "shop", 6_000, deal=4.0),
    Letting("five years to the day", 56, years=5),
    Letting("reserve cut a little", 58, "pond", before=20, before_reserve=1.05),
    Letting("market fell meanwhile", 59, "pond", before=90, before_reserve=1.4),
    Letting("nobody else came once", 59, "land", reserve=1.0, bidders=1),
    Letting("sublet at cost", 39, rent=5_000, company=TENANT_FIRM),
    Letting("let with service", 44, rent=5_000, company=TENANT_FIRM),
    Letting("ended last month", 24, "shop", signed=1_500),
    Letting("listed again", 29, "shop", signed=1_600, again=True),
)  # fmt: skip
NUMBER = {letting.name: FIRST_CASE + place for place, letting in enumerate(CASES)}
_PLAIN = [field.name for field in fields(Letting) if field.name not in ("name", "place", "part_of")]


def lettings(size: Size) -> str:
    """SQL: the later lettings of some villages: the columns of ``Letting`` and

    ``v``, ``k`` (the number within the village), ``contract_id``, ``asset_id``, ``area``, ``party``.
    """
    party = f"""CASE WHEN company IS NOT NULL THEN company_key(v * {COMPANIES} + company)
        ELSE person_key(v * {PERSONS} + coalesce(person, 1940 + k)) END"""
    return f"""(SELECT *, numbered('HZ', v * 100 + k) AS contract_id, numbered('ZY', v * 100 + asset) AS asset_id,
            CAST(rent / unit AS DECIMAL(18, 6)) AS area, {party} AS party
        FROM ({_honest()} UNION ALL BY NAME {_cases(size)}))"""


def _honest() -> str:
    """What a unit costs has risen by a twentieth since the earlier contracts."""
    usual = {name: _constant(getattr(Letting("", 0), name)) for name in _PLAIN}
    own = {
        "kind": "['building', 'shop', 'land', 'pond', 'factory'][1 + k % 5]",
        "rent": "800 + 100 * pick(1300, id, 90)",
        "unit": "2100.0 / (90 + pick(1301, id, 26))",
        "signed": "30 + pick(1302, id, 820)",
        "years": "3 + pick(1303, id, 3)",
        "company": "CASE WHEN k % 3 = 0 THEN 310 + k END",
        "bidders": "2 + pick(1304, id, 4)",
    }
    chosen = ", ".join(f"{sql} AS {name}" for name, sql in (usual | own).items())
    return f"SELECT v, k, k AS asset, {chosen} FROM {each('k', HONEST)}"


def _cases(size: Size) -> str:
    rows = ", ".join(f"({', '.join(_row(letting, size))})" for letting in CASES)
    return f"""SELECT m.range AS v, c.* EXCLUDE (place) FROM range({{first}}, {{last}}) AS m
        JOIN (VALUES {rows}) AS c(place, k, asset, {", ".join(_PLAIN)}) ON m.range % {size.village_every} = c.place"""


def _row(letting: Letting, size: Size) -> list[str]:
    number = NUMBER[letting.name]
    asset = NUMBER[letting.part_of] if letting.part_of else number
    place = letting.place * size.village_every // 60
    return [str(place), str(number), str(asset), *(_constant(getattr(letting, name)) for name in _PLAIN)]


def _constant(value: str | float | bool | None) -> str:
    if value is None:
        return "NULL"
    return literal(value) if isinstance(value, str) else str(value)


def here(name: str, size: Size) -> str:
    """SQL of a FROM with its WHERE: the one letting of this name in each village that has it."""
    return f"{lettings(size)} WHERE k = {NUMBER[name]}"
