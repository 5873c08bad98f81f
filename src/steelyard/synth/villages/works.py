"""Village projects: who built what for how much; firms come from the county, officials stand aside."""

import datetime as dt

from steelyard.synth.chance import Chance
from steelyard.synth.county import County
from steelyard.synth.firms import Firm
from steelyard.synth.ledger import Named, Subject, Yuan
from steelyard.synth.places import Village
from steelyard.synth.villages.papers import Papers
from steelyard.synth.wording import PROJECT_WORDS

PROJECTS_A_VILLAGE = 7


class Works:
    """The books of village projects."""

    def __init__(self, county: County, papers: Papers) -> None:
        self._county = county
        self._papers = papers
        self._chance: Chance = county.chance("village works")
        self._count = 0

    def build(
        self, village: Village, contractor: Firm, signed: dt.date, fen: int,
        *, written: str | None = None, method: str = "quote", word: str = "",
    ) -> str:  # fmt: skip
        """A village has something built; returns the project number.  ``written``: the name on the contract.

        ``word``: what is built; else whatever it is.
        """
        chance, county = self._chance, self._county
        self._count += 1
        number = f"CJGC{signed.year}{self._count:05d}"
        started = signed + dt.timedelta(days=chance.number(5, 20))
        planned = started + dt.timedelta(days=chance.number(30, 150))
        done = planned + dt.timedelta(days=chance.number(-5, 18))
        finished = done <= county.until
        settled = fen * chance.number(97, 102) // 100
        posts = county.offices.running[village.code]
        party: Subject = Named(contractor.number, written) if written else contractor
        county.ledger.enter(
            "village_project",
            project_id=number,
            village_code=village.code,
            name=village.name + (word or chance.one(PROJECT_WORDS)),
            fund_source=chance.one(("fiscal", "collective", "collective", "donation")),
            budget=Yuan(fen * 105 // 100),
            method=method,
            contractor_id=party,
            contract_amount=Yuan(fen),
            sign_date=signed,
            start_date=started,
            planned_end=planned,
            accept_date=done if finished else None,
            settle_amount=Yuan(settled) if finished else None,
            audit_amount=Yuan(settled * 99 // 100) if finished else None,
            site_supervisor_id=posts["supervision_member"],
            acceptor_id=posts["supervision_head"],
            location=f"{village.name}{chance.number(1, 12)}组",
        )
        paid = settled if finished else fen * 30 // 100
        county.ledger.enter(
            "village_project_payment",
            payment_id=f"GCZF{self._count:06d}",
            project_id=number,
            village_code=village.code,
            amount=Yuan(paid),
            pay_date=min(done, county.until),
            payee_id=contractor,
            payee_account=contractor.account,
            progress_pct="1" if finished else "0.3",
        )
        self._papers.settle_matter(village, "project", number, signed)
        return number

    def ordinary(self) -> None:
        """Seven different projects for each village since 2016, each by another firm without a tie to its board."""
        chance, county = self._chance, self._county
        firms = county.firms.of_kind("village")
        span = (county.until - dt.date(2016, 1, 10)).days - 20
        for village in county.places.villages:
            chosen = chance.some(county.strangers(village.code, firms), PROJECTS_A_VILLAGE)
            for firm, word in zip(chosen, chance.some(PROJECT_WORDS, PROJECTS_A_VILLAGE), strict=True):
                signed = county.ago(20 + chance.number(0, span))
                fen = chance.number(200, 3600) * 10_000 + chance.number(0, 99) * 100
                self.build(village, firm, signed, fen, word=word)
