"""Where tender acts take place: a fresh tender, called and bid for, waiting for what people do next."""

from dataclasses import dataclass

from steelyard.synth.chance import Chance
from steelyard.synth.county import County
from steelyard.synth.firms import Firm
from steelyard.synth.tenders.market import Market
from steelyard.synth.tenders.objects import Bid, Section, Tender
from steelyard.synth.truth import PAIR, Key, Truth


@dataclass
class Stage:
    """The market, the truth being told, and draws for the acts."""

    county: County
    market: Market
    chance: Chance

    @property
    def truth(self) -> Truth:
        return self.county.truth

    def fresh(
        self, *, ago: int | None = None, kind: str | None = None, evaluation: str | None = None,
        firms: list[Firm] | None = None, count: int = 0, method: str = "open",
    ) -> tuple[Tender, Section]:  # fmt: skip
        """A tender of one section with its bids in; nothing is decided yet."""
        ago = ago if ago is not None else self.chance.number(150, 1000)
        tender = self.market.call(ago=ago, kind=kind, evaluation=evaluation)
        tender.method = method
        section = tender.sections[0]
        self.market.gather(tender, section, firms=firms, count=count)
        return tender, section

    def finish(self, tender: Tender, section: Section, *, winner: Bid | None = None) -> None:
        """The panel decides, the contract is signed and performed."""
        self.market.decide(tender, section, winner=winner)
        self.market.sign(tender, section)

    def stopped(self, tender: Tender) -> None:
        """The owner stops the tender instead."""
        tender.status = "cancelled"

    def found(self, kind: str, *, grade: str = "2", share: int = 10_000) -> Firm:
        """A firm of the trade that no ordinary tender knows, with its qualification."""
        firm = self.county.firms.found(kind, share=share)
        for _ in range(6):
            firm.staff.append(self.county.people.next_worker())
        self.market.grades[firm, kind] = grade
        return firm


def pair(section: Section, one: Firm, other: Firm) -> Key:
    """The key of a finding about two firms in a section."""
    return {"section_id": section.number, PAIR[0]: one, PAIR[1]: other}


def cheapest(section: Section, bid: Bid) -> None:
    """Let this bid be the cheapest, by changing prices with the one that was."""
    low = min(section.standing(), key=lambda each: each.fen)
    low.fen, bid.fen = bid.fen, low.fen


def dearest(section: Section, bid: Bid) -> None:
    """Let this bid be the dearest."""
    high = max(section.standing(), key=lambda each: each.fen)
    high.fen, bid.fen = bid.fen, high.fen
