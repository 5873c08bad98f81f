"""Purchases of the villages and what villagers ask or report."""

import datetime as dt

from steelyard.synth.county import County
from steelyard.synth.ledger import Yuan
from steelyard.synth.people import Person
from steelyard.synth.wording import GOODS

PURCHASES_A_VILLAGE = 9
APPEALS = 1500


def buy(county: County) -> None:
    """Everyday purchases from shops and suppliers of the county."""
    chance = county.chance("village purchases")
    shops = [firm for firm in county.firms.of_kind("shop", "goods") if firm.status == "active"]
    count = 0
    for village in county.places.villages:
        posts = county.offices.running[village.code]
        for _ in range(PURCHASES_A_VILLAGE):
            count += 1
            code, name, _unit = chance.one(GOODS)
            day = county.ago(chance.number(5, 1500))
            qty, price = chance.number(1, 60), chance.number(20, 900) * 100
            county.ledger.enter(
                "village_purchase",
                purchase_id=f"CG{count:06d}",
                village_code=village.code,
                item_code=code,
                item_name=name,
                qty=str(qty),
                unit_price=Yuan(price),
                amount=Yuan(qty * price),
                supplier_id=chance.one(shops),
                purchase_date=day,
                method=chance.one(("quote", "quote", "direct")),
                quote_count=chance.number(1, 4),
                buyer_id=posts["accountant"],
                acceptor_id=posts["supervision_member"],
                accept_date=day + dt.timedelta(days=chance.number(0, 3)),
                invoice_no=f"FP{33_000_000 + count * 7}",
            )


class Petitions:
    """The book of what villagers asked and reported."""

    def __init__(self, county: County) -> None:
        self._county = county
        self._chance = county.chance("appeals")
        self._count = 0

    def file(
        self, village_code: str, person: Person, category: str, filed: dt.datetime, *, matter: str | None = None
    ) -> str:
        """A villager files something; the township answers in time.  Returns the number."""
        chance, county = self._chance, self._county
        self._count += 1
        number = f"SQ{filed.year}{self._count:05d}"
        town = village_code[:9] + "000"
        accepted = filed + dt.timedelta(hours=chance.number(1, 40))
        done = accepted + dt.timedelta(days=chance.number(2, 12))
        answered = done.date() <= county.until
        county.ledger.enter(
            "appeal",
            appeal_id=number,
            person_id=person,
            village_code=village_code,
            category=category,
            matter_id=matter,
            filed_time=filed,
            accepted_time=accepted,
            assigned_org_id=county.places.body("petitions", town),
            due_time=accepted + dt.timedelta(days=15),
            done_time=done if answered else None,
            reply_time=done if answered else None,
            satisfaction=chance.number(3, 5) if answered and chance.yes(0.6) else None,
            redo_count=0,
            channel=chance.one(("手机端", "窗口", "电话")),
            anonymous=chance.yes(0.1),
            verified_result=chance.one(("true", "partly", "false", "none")) if answered else None,
        )
        return number

    def ordinary(self) -> None:
        """What is asked in three years."""
        chance, county = self._chance, self._county
        for _ in range(APPEALS):
            village = chance.one(county.places.villages)
            person = county.people.who(chance.one(county.people.of_village(village.index)))
            filed = dt.datetime.combine(
                county.ago(chance.number(5, 1000)), dt.time(chance.number(8, 20), chance.number(0, 59))
            )
            category = chance.one(("project", "labour", "asset", "subsidy", "procurement", "finance", "other"))
            self.file(village.code, person, category, filed)
