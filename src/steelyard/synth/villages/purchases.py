"""What villages buy: approved before, quoted by three, near the published price, from firms that do exist."""

import datetime as dt
from bisect import bisect_right

from steelyard.synth.chance import Chance
from steelyard.synth.county import County
from steelyard.synth.employment import month_number
from steelyard.synth.firms import SOLE_TRADERS, Firm
from steelyard.synth.ledger import Yuan
from steelyard.synth.places import Village
from steelyard.synth.villages.papers import Papers
from steelyard.synth.wording import GOODS, price_of

PURCHASES_A_VILLAGE = 9
APPROVED_FROM = 100_000
"""Fen from which a purchase needs the village's approval."""
QUOTED = 3
SPARE = 6
"""Sellers asked besides, in case some are tied to the village's board."""
SETTLED_DAYS = 100
"""A village buys from firms that are registered at least so long."""


class Shops:
    """Sellers by the month from which a village would buy from them: sole traders, registered for long."""

    def __init__(self, county: County) -> None:
        ready: list[tuple[int, int, Firm]] = []
        for place, firm in enumerate(county.firms.firms):
            if firm.kind in SOLE_TRADERS and firm.status == "active":
                settled = month_number(firm.registered + dt.timedelta(days=SETTLED_DAYS))
                ready.append((settled + 1, place, firm))
        ready.sort(key=lambda one: one[:2])
        self._months = [month for month, _, _ in ready]
        self._firms = [firm for _, _, firm in ready]

    def some(self, chance: Chance, day: dt.date, count: int) -> list[Firm]:
        """Different sellers that existed on a day."""
        return chance.some(self._firms[: bisect_right(self._months, month_number(day))], count)


class Purchases:
    """The book of village purchases."""

    def __init__(self, county: County, papers: Papers) -> None:
        self._county, self._papers = county, papers
        self._chance = county.chance("village purchases")
        self._shops = Shops(county)
        self._count = 0

    def ordinary(self) -> None:
        """Nine things a village, each but once, in four years."""
        for village in self._county.places.villages:
            for code, name, _unit in self._chance.some(GOODS, PURCHASES_A_VILLAGE):
                self.buy(village, code, name, self._county.ago(self._chance.number(5, 1500)))

    def buy(self, village: Village, code: str, name: str, day: dt.date) -> str:
        """A village buys something; returns the number of the purchase."""
        chance, posts = self._chance, self._county.offices.running[village.code]
        self._count += 1
        number = f"CG{self._count:06d}"
        people = len(self._county.people.of_village(village.index))
        qty, price = max(2, people * chance.number(5, 40) // 1000), price_of(code) * chance.number(95, 105) // 100
        sellers = self._county.strangers(village.code, self._shops.some(chance, day, QUOTED + SPARE))[:QUOTED]
        method = chance.one(("quote", "quote", "direct"))
        self._county.ledger.enter(
            "village_purchase", purchase_id=number, village_code=village.code, item_code=code, item_name=name,
            qty=str(qty), unit_price=Yuan(price), amount=Yuan(qty * price), supplier_id=sellers[0], purchase_date=day,
            method=method, quote_count=QUOTED if method == "quote" else 1, buyer_id=posts["accountant"],
            acceptor_id=posts["supervision_member"], accept_date=day + dt.timedelta(days=chance.number(0, 3)),
            asset_id=self._register(village, number, day, qty * price) if code.startswith("D") else None,
            invoice_no=f"FP{33_000_000 + self._count * 7}",
        )  # fmt: skip
        if qty * price >= APPROVED_FROM:
            self._papers.approve(village, "procurement", number, day)
        if method == "quote":
            self._quote(number, sellers, day, price)
        return number

    def _quote(self, number: str, sellers: list[Firm], day: dt.date, price: int) -> None:
        """The seller's price was the lowest."""
        asked = dt.datetime.combine(day - dt.timedelta(days=3), dt.time(10))
        for place, firm in enumerate(sellers):
            offered = price if place == 0 else price * self._chance.number(1_020, 1_180) // 1_000
            self._county.books.enter(
                "platform/purchase-quotes", "village_purchase_quote", purchase_id=number, supplier_id=firm,
                price=Yuan(offered), quote_time=asked + dt.timedelta(minutes=11 * place), contact_phone=firm.phone,
            )  # fmt: skip

    def _register(self, village: Village, purchase: str, day: dt.date, fen: int) -> str:
        """Durable goods are entered among the village's assets within the month."""
        number = f"ZC{village.code[4:12]}{purchase}"
        self._county.ledger.enter(
            "village_asset", asset_id=number, village_code=village.code, asset_type="equipment",
            location=f"{village.name}村委会", original_value=Yuan(fen), net_value=Yuan(fen), use_status="self_used",
            registered_date=day + dt.timedelta(days=self._chance.number(4, 24)),
        )  # fmt: skip
        return number
