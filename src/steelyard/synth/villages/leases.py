"""Assets of the villages, their leases, rent due and rent received."""

import datetime as dt
from dataclasses import dataclass

from steelyard.synth.chance import Chance
from steelyard.synth.county import County
from steelyard.synth.firms import Firm
from steelyard.synth.ledger import Row, Subject, Yuan
from steelyard.synth.people import Person
from steelyard.synth.places import Village
from steelyard.synth.villages.papers import Papers
from steelyard.synth.wording import HOUSE_WORDS, LAND_WORDS

HOUSES = ("factory", "shop", "building", "shop")
LANDS = ("hill", "pond", "land", "forest")
ASSETS_A_VILLAGE = 6
TENANT_IS_FIRM = 0.4
UNIT_RENT = {
    "factory": 12_000, "shop": 30_000, "building": 10_000, "hill": 20_000, "pond": 45_000, "land": 60_000,
    "forest": 15_000,
}  # fmt: skip
"""Fen a year that a square metre of a house, or a mu of land, brings in an ordinary place."""
LONGEST = {**dict.fromkeys(HOUSES, 5), **dict.fromkeys(LANDS, 10)}
"""Years for which a village lets."""
UNLET_AREA = 9
"""What nobody rents is small."""


@dataclass(frozen=True)
class Lease:
    """A contract over an asset; ``rent`` is fen a year, due in advance on each anniversary of the start."""

    number: str
    village: Village
    asset: str
    tenant: Person | Firm
    start: dt.date
    end: dt.date
    rent: int

    def dues(self, until: dt.date) -> list[dt.date]:
        """Days on which a year's rent falls due, up to one year after ``until``."""
        days = []
        day = self.start
        while day < self.end and day <= until + dt.timedelta(days=365):
            days.append(day)
            day = years_later(day, 1)
        return days


def years_later(day: dt.date, years: int) -> dt.date:
    """The same day of a later (or earlier) year; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


class Estate:
    """The books of village assets and rents."""

    def __init__(self, county: County, papers: Papers) -> None:
        self._county = county
        self._papers = papers
        self._chance: Chance = county.chance("village estate")
        self._assets = 0
        self._leases = 0
        self._receipts = 0
        self._trades = 0
        self._assets_by_number: dict[str, Row] = {}
        self._let: set[str] = set()
        self.late_but_paid: list[Lease] = []

    def own(
        self, village: Village, kind: str, status: str, *, name: str | None = None, since: dt.date | None = None
    ) -> str:
        """A village has an asset; returns its number."""
        chance = self._chance
        self._assets += 1
        number = f"ZC{village.code[4:12]}{self._assets:05d}"
        value = chance.number(3, 90) * 1_000_000
        word = chance.one((HOUSE_WORDS | LAND_WORDS)[kind])
        self._county.ledger.enter(
            "village_asset",
            asset_id=number,
            village_code=village.code,
            asset_type=kind,
            area=str(chance.number(2, UNLET_AREA)),
            location=name or f"{village.name}{word}{chance.number(1, 9)}号",
            original_value=Yuan(value),
            net_value=Yuan(value * chance.number(40, 90) // 100),
            use_status=status,
            certificate_no=f"QZ{self._assets:06d}",
            idle_since=since if status == "idle" else None,
            registered_date=dt.date(2015, 6, 1) + dt.timedelta(days=chance.number(0, 900)),
        )
        self._assets_by_number[number] = self._county.ledger.rows["village_asset"][-1]
        return number

    def _area(self, asset: str, kind: str, rent: int) -> str:
        """What the contract says the asset measures: what it does measure.  An asset is as large as its first rent."""
        row = self._assets_by_number[asset]
        if asset not in self._let:
            self._let.add(asset)
            row["area"] = f"{rent / UNIT_RENT[kind] * self._chance.number(80, 125) / 100:.1f}"
        return str(row["area"])

    def let(
        self, village: Village, asset: str, kind: str, tenant: Person | Firm, start: dt.date, years: int, rent: int,
        *, status: str | None = None, listed: bool = True, published: bool = True, planned: bool = True,
    ) -> Lease:  # fmt: skip
        """A village lets an asset; the receivable plan follows the contract unless ``planned`` is false."""
        county, chance = self._county, self._chance
        self._leases += 1
        end = years_later(start, years) - dt.timedelta(days=1)
        signed = start - dt.timedelta(days=chance.number(3, 20))
        trade = self.list_asset(village, asset, signed, rent, tenant) if listed else None
        lease = Lease(f"ZL{start.year}{self._leases:06d}", village, asset, tenant, start, end, rent)
        county.ledger.enter(
            "village_contract",
            contract_id=lease.number,
            village_code=village.code,
            asset_id=asset,
            contract_type="lease" if kind in HOUSES else "land",
            party_id=tenant,
            sign_date=signed,
            start_date=start,
            end_date=end,
            total_amount=Yuan(rent * years),
            annual_rent=Yuan(rent),
            area=self._area(asset, kind, rent),
            trade_id=trade,
            legal_review_date=signed - dt.timedelta(days=chance.number(1, 6)),
            status=status or ("active" if end >= county.until else "expired"),
        )
        if planned:
            for day in lease.dues(county.until):
                self.fall_due(lease, day, rent)
        self._papers.settle_matter(village, "contract", lease.number, signed, published=published)
        return lease

    def list_asset(self, village: Village, asset: str, signed: dt.date, rent: int, winner: Subject | None) -> str:
        """The property exchange lists an asset; without a winner the listing failed.  Returns the trade number."""
        chance = self._chance
        self._trades += 1
        number = f"CQ{self._trades:06d}"
        listing = signed - dt.timedelta(days=chance.number(25, 45))
        self._county.ledger.enter(
            "rural_trade",
            trade_id=number,
            village_code=village.code,
            asset_id=asset,
            listing_date=listing,
            listing_end=listing + dt.timedelta(days=15),
            reserve_price=Yuan(rent * 95 // 100),
            deal_price=Yuan(rent) if winner else None,
            winner_id=winner,
            bidder_count=chance.number(2, 5) if winner else 0,
            method=chance.one(("listing", "auction", "tender")),
            deal_date=listing + dt.timedelta(days=18) if winner else None,
        )
        return number

    def fall_due(self, lease: Lease, day: dt.date, rent: int) -> None:
        """An instalment enters the receivable plan."""
        self._county.ledger.enter(
            "rent_receivable",
            contract_id=lease.number,
            village_code=lease.village.code,
            due_date=day,
            amount_due=Yuan(rent),
        )

    def receive(self, lease: Lease, day: dt.date, fen: int) -> None:
        """The tenant pays, the bookkeeper banks it some days later."""
        chance = self._chance
        self._receipts += 1
        self._county.ledger.enter(
            "rent_receipt",
            receipt_id=f"SK{self._receipts:07d}",
            contract_id=lease.number,
            village_code=lease.village.code,
            received_date=day,
            banked_date=min(day + dt.timedelta(days=chance.number(0, 5)), self._county.until),
            amount=Yuan(fen),
            account_no=f"20100{lease.village.code[4:12]}",
            payer_id=lease.tenant,
            handler_id=self._county.offices.holder(lease.village.code, "accountant"),
            bill_no=f"PJ{self._receipts:08d}",
        )

    def pay_as_agreed(self, lease: Lease, *, stop: dt.date | None = None) -> None:
        """An honest tenant: a little early or late, now and then very late, but nothing is left open.

        ``stop``: he pays only what fell due before that day.
        """
        chance, until = self._chance, self._county.until
        for day in lease.dues(until):
            if day > until or (stop and day >= stop):
                continue
            delay = chance.number(31, 80) if chance.yes(0.06) else chance.number(-12, 24)
            paid = day + dt.timedelta(days=delay)
            if paid > until:
                paid, delay = day - dt.timedelta(days=chance.number(0, 9)), 0
            if delay > 30:
                self.late_but_paid.append(lease)
            self.receive(lease, paid, lease.rent)

    def tenant(self, village: Village) -> Person | Firm:
        """Somebody who wants to rent and is not of the board or its kin: a firm, or a villager of this or another."""
        chance, county = self._chance, self._county
        if chance.yes(TENANT_IS_FIRM):
            return county.strangers(village.code, chance.some(county.firms.of_kind("factory"), 5))[0]
        index = village.index if chance.yes(0.6) else chance.number(0, len(county.places.villages) - 1)
        near = county.people.of_village(index)
        while county.is_close(village.code, person := chance.one(near)):
            pass
        return county.people.who(person)

    def stranger(self, village: Village) -> Person:
        """A tenant from elsewhere, nobody's kin in this village."""
        chance, county = self._chance, self._county
        while True:
            index = (village.index + chance.number(20, 270)) % len(county.places.villages)
            person = county.people.who(chance.one(county.people.of_village(index)))
            if not county.kin.circle(person.index):
                return person

    def ordinary(self) -> None:
        """Six assets for each village: most let for years to come, some idle or used by the village itself."""
        chance, county = self._chance, self._county
        for village in county.places.villages:
            for place in range(ASSETS_A_VILLAGE):
                kind = chance.one(HOUSES if place % 2 == 0 else LANDS)
                drawn = chance.number(1, 100)
                if drawn <= 24:
                    status = "idle" if drawn <= 10 else "self_used"
                    self.own(village, kind, status, since=county.ago(chance.number(10, 150)))
                    continue
                asset = self.own(village, kind, "leased")
                years = chance.number(3, LONGEST[kind])
                rent = chance.number(20, 600) * 10_000
                # The running lease began within its length and still has 150 days or more to go.
                start = county.ago(chance.number(40, years * 365 - 150))
                if chance.yes(0.4):
                    before = self.let(
                        village, asset, kind, self.tenant(village), years_later(start, -4), 4, rent * 9 // 10
                    )
                    self.pay_as_agreed(before)
                lease = self.let(village, asset, kind, self.tenant(village), start, years, rent)
                self.pay_as_agreed(lease)
