"""How a tender is held: called, bid for, evaluated, awarded, signed and carried out, all by the rules.

Acts that break the rules step in between these stages (see ``steelyard.synth.wrongs``).
"""

import datetime as dt
from itertools import pairwise

from steelyard.synth.chance import Chance
from steelyard.synth.county import County
from steelyard.synth.firms import WORKS, Firm
from steelyard.synth.people import Person
from steelyard.synth.places import Body
from steelyard.synth.tenders.objects import Bid, Bond, Contract, Section, Tender
from steelyard.synth.wording import TENDER_WORDS

FIRST_CALL_AGO = 1800
LAST_CALL_AGO = 110
STILL_BUILDING = 60
SUBJECTIVE = ("S1", "S2", "S3", "S4")
ITEMS = tuple(f"0101{number:05d}" for number in range(1, 25))
EXPERTS = 110
HOUR = dt.timedelta(hours=1)


def day(days: int) -> dt.timedelta:
    return dt.timedelta(days=days)


class Market:
    """The trading platform with all tenders held on it."""

    def __init__(self, county: County) -> None:
        self.county = county
        self.chance: Chance = county.chance("tenders")
        self.tenders: list[Tender] = []
        self.experts = [(f"ZJ{number:04d}", county.people.next_worker()) for number in range(1, EXPERTS + 1)]
        self.grades: dict[tuple[Firm, str], str] = {}
        self._agencies = county.firms.of_kind("agency")
        self._guarantors = county.firms.of_kind("finance")
        self._bidders = {kind: county.firms.of_kind(kind) for kind in (*WORKS, "goods")}
        self._labour = county.firms.of_kind("sub")
        self._busy: dict[int, list[tuple[dt.date, dt.date]]] = {}
        self._projects = 0
        self._contracts = 0
        for kind in WORKS:
            for place, firm in enumerate(self._bidders[kind]):
                self.grades[firm, kind] = "1" if place % 2 else "2"

    def all_bidders(self) -> list[Firm]:
        return [firm for firms in self._bidders.values() for firm in firms]

    def bidders(self, kind: str) -> list[Firm]:
        """The ordinary firms of a trade."""
        return self._bidders[kind]

    # -- calling ------------------------------------------------------------------------------------

    def call(
        self, *, ago: int | None = None, kind: str | None = None, sections: int = 1, evaluation: str | None = None,
        project: str | None = None, owner: Body | None = None,
        bid_days: int | None = None, sale_days: int | None = None,
    ) -> Tender:  # fmt: skip
        """An owner has an agency call for tenders, ``ago`` days before the last day known."""
        chance, county = self.chance, self.county
        kind = kind or chance.one(WORKS)
        if project is None:
            self._projects += 1
            project = f"QYXM{self._projects:05d}"
        announced = county.ago(ago if ago is not None else chance.number(LAST_CALL_AGO, FIRST_CALL_AGO))
        doc_from = dt.datetime.combine(announced, dt.time(9))
        deadline = doc_from + day(bid_days or chance.number(24, 34)) + dt.timedelta(minutes=30)
        agency = chance.one(self._agencies)
        tender = Tender(
            number=f"QYZB{announced.year}{len(self.tenders) + 1:05d}",
            project=project,
            name=county.places.villages[chance.number(0, 299)].name[:-1] + chance.one(TENDER_WORDS[kind]),
            category="goods" if kind == "goods" else "works",
            kind=kind,
            owner=owner or chance.one(county.places.owners()),
            agency=agency,
            officer=agency.staff[0],
            announced=announced,
            doc_from=doc_from,
            doc_to=doc_from + day(sale_days - 1 if sale_days else chance.number(8, 12)) + 8 * HOUR,
            deadline=deadline,
            opened=deadline + dt.timedelta(minutes=chance.number(5, 40)),
            evaluation=evaluation or chance.one(("comprehensive", "lowest_price")),
        )
        for place in range(sections):
            ceiling = chance.number(120, 4200) * 1_000_000
            tender.sections.append(
                Section(
                    number=f"{tender.number}-{place + 1:02d}",
                    name=f"{tender.name}{place + 1}标段" if sections > 1 else tender.name,
                    qualification=None if kind == "goods" else kind,
                    grade=None if kind == "goods" else chance.one(("2", "3")),
                    ceiling=ceiling,
                    days=chance.number(60, 300),
                    bond=ceiling * 15 // 1000 // 100_000 * 100_000,
                )
            )
        self.tenders.append(tender)
        return tender

    # -- bidding ------------------------------------------------------------------------------------

    def gather(self, tender: Tender, section: Section, *, firms: list[Firm] | None = None, count: int = 0) -> None:
        """Firms of the trade bid; those named in ``firms`` first, others up to ``count`` (4 to 6 when 0)."""
        chance = self.chance
        count = count or chance.number(4, 6)
        chosen = list(firms or [])
        if len(chosen) < count:
            others = [firm for firm in self._bidders[tender.kind] if firm not in chosen]
            chosen += chance.some(others, count - len(chosen))
        for firm, fen in zip(chosen, self._prices(section, len(chosen)), strict=True):
            self.bid(tender, section, firm, fen)
        others = [firm for firm in self._bidders[tender.kind] if firm not in chosen]
        for firm in chance.some(others, chance.number(0, 3)):
            section.lookers.append((firm, firm.office.ip, self._download(tender)))

    def _prices(self, section: Section, count: int) -> list[int]:
        """Prices of firms that calculated by themselves: steps between neighbours differ clearly."""
        chance = self.chance
        while True:
            share = [chance.number(82_000, 85_500)]
            for _ in range(count - 1):
                share.append(share[-1] + chance.number(1_500, 2_500))
            steps = [high - low for low, high in pairwise(share)]
            if len(steps) < 2 or max(steps) * 100 > min(steps) * 125:
                break
        fen = [section.ceiling * part // 100_000 + chance.number(0, 99_999) for part in share]
        return [fen[place] for place in chance.order(count).tolist()]

    def bid(self, tender: Tender, section: Section, firm: Firm, fen: int) -> Bid:
        """A firm bids from its own office, with its own people and its own money."""
        chance = self.chance
        submitted = tender.deadline - dt.timedelta(minutes=chance.number(20, 2600))
        bid = Bid(
            number=f"{section.number}-{len(section.bids) + 1:02d}",
            firm=firm,
            fen=fen,
            submitted=submitted,
            bond=self._bond(tender, section, firm),
            office=firm.office,
            ip=firm.office.ip,
            uploaded=submitted - dt.timedelta(minutes=chance.number(1, 15)),
            downloaded=self._download(tender),
            download_ip=firm.office.ip,
            author=firm.staff[0].name,
            team=[
                (firm.staff[place], role, mobile(firm.staff[place]))
                for place, role in enumerate(("contact", "technical_lead", "pm"))
            ],
            technical=chance.number(360, 440),
            credit=chance.number(80, 100),
        )
        section.bids.append(bid)
        return bid

    def _download(self, tender: Tender) -> dt.datetime:
        seconds = int((tender.doc_to - tender.doc_from).total_seconds())
        return tender.doc_from + dt.timedelta(seconds=self.chance.number(600, seconds))

    def _bond(self, tender: Tender, section: Section, firm: Firm) -> Bond:
        chance = self.chance
        paid = tender.deadline - HOUR * chance.number(20, 190)
        bond = Bond(
            section.bond, firm, firm.account, firm.account, paid, refunded=tender.opened + day(chance.number(12, 18))
        )
        if chance.yes(0.45):
            bond.guarantor = chance.one(self._guarantors)
            bond.guarantee_no = f"BH{chance.number(10**9, 10**10 - 1)}"
            bond.premium_payer = firm
            bond.applied = paid - HOUR * chance.number(1, 30)
            bond.refunded = None
        return bond

    # -- evaluating and awarding --------------------------------------------------------------------

    def refuse(self, bid: Bid, reason: str) -> None:
        """The panel rejects a bid."""
        bid.valid, bid.reason, bid.rank = False, reason, None

    def decide(self, tender: Tender, section: Section, *, winner: Bid | None = None) -> None:
        """The panel ranks the valid bids and the owner awards to the first, or to ``winner``."""
        chance = self.chance
        good = section.good()
        low = min(bid.fen for bid in good)
        if tender.evaluation == "comprehensive":
            self._score(tender, section)
            worth = {bid.number: bid.technical + 500 - (bid.fen - low) * 900 // low for bid in good}
            ranked = sorted(good, key=lambda bid: (bid is not winner, -worth[bid.number], bid.fen, bid.number))
        else:
            ranked = sorted(good, key=lambda bid: (bid is not winner, bid.fen, bid.number))
        for place, bid in enumerate(ranked, start=1):
            bid.rank = place
        section.winner = ranked[0]
        section.award_price = ranked[0].fen
        shown = tender.opened.date() + day(chance.number(2, 4))
        section.publicity = (shown, shown + day(chance.number(3, 5)))
        section.award_date = shown + day(chance.number(6, 8))

    def _score(self, tender: Tender, section: Section) -> None:
        chance = self.chance
        began = tender.opened + HOUR
        for expert, _person in chance.some(self.experts, 5):
            for bid in section.good():
                for item in SUBJECTIVE:
                    section.scores.append((expert, bid.firm, item, True, chance.number(62, 98), began))
                section.scores.append((expert, bid.firm, "C1", False, bid.credit, began))

    # -- signing and building -----------------------------------------------------------------------

    def sign(self, tender: Tender, section: Section, *, pm: Person | None = None) -> Contract:
        """Owner and winner sign what was awarded; the winner builds in time and is paid what was agreed."""
        chance, until = self.chance, self.county.until
        assert section.winner is not None
        assert section.award_date is not None
        firm = section.winner.firm
        signed = section.award_date + day(chance.number(8, 22))
        start = signed + day(chance.number(5, 12))
        planned = start + day(section.days - 1)
        done: dt.date | None = planned + day(chance.number(-12, 18))
        if planned >= until + day(STILL_BUILDING):
            done = None
        elif done is not None and done > until - day(4):
            done = until - day(4)
        extended = done is not None and chance.yes(0.06) and planned + day(80) < until
        if extended:
            done = planned + day(chance.number(40, 70))
        manager = pm or self._manager(firm, start, done or dt.date.max)
        section.winner.team = [
            (manager, role, mobile(manager)) if role == "pm" else (person, role, phone)
            for person, role, phone in section.winner.team
        ]
        self._contracts += 1
        contract = Contract(
            number=f"QYHT{signed.year}{self._contracts:05d}",
            contractor=firm,
            fen=section.award_price,
            signed=signed,
            start=start,
            planned_end=planned,
            actual_end=done,
            pm=manager,
            advance=chance.one((1000, 1500, 2000, 3000)),
            settled=section.award_price * chance.number(970, 1030) // 1000 if done else None,
            published=signed + day(chance.number(1, 6)),
        )
        if extended:
            contract.penalties.append(
                (chance.one(("extension", "delay")), contract.fen // 200, planned + day(chance.number(5, 30)))
            )
        if chance.yes(0.35):
            for _ in range(chance.number(1, 2)):
                contract.changes.append(
                    (contract.fen * chance.number(5, 30) // 1000, start + day(chance.number(15, 50)), "现场签证")
                )
        if chance.yes(0.3):
            share = contract.fen * chance.number(8, 20) // 100
            contract.subs.append((chance.one(self._labour), share, start + day(chance.number(3, 30)), "labour"))
        moment = dt.datetime.combine(start, dt.time(7, chance.number(10, 59)))
        for _ in range(14):
            moment += day(chance.number(6, 8))
            if moment.date() > min(done or until, until):
                break
            contract.visits.append((manager, moment + dt.timedelta(minutes=chance.number(0, 50))))
        section.contract = contract
        if done is None:
            tender.status = "awarded"
        return contract

    def occupy(self, person: Person, start: dt.date, end: dt.date) -> None:
        """A manager is bound to a site for these days."""
        self._busy.setdefault(person.index, []).append((start, end))

    def _manager(self, firm: Firm, start: dt.date, end: dt.date) -> Person:
        """One of the firm's people who has no other site in that time; hired where all are busy."""
        for person in firm.staff[2:]:
            if all(end < begun or start > ended for begun, ended in self._busy.get(person.index, [])):
                break
        else:
            person = self.county.people.next_worker()
            firm.staff.append(person)
        self.occupy(person, start, end)
        return person

    def hold(self, tender: Tender) -> Tender:
        """Everything from bids to performance for all sections of a called tender."""
        for section in tender.sections:
            self.gather(tender, section)
            self.decide(tender, section)
            self.sign(tender, section)
        return tender


def mobile(person: Person) -> str:
    """A made-up phone number of a person's own."""
    return f"137{person.index:08d}"
