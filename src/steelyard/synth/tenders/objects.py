"""What the trading platform and the works regulators know of one tender."""

import datetime as dt
from dataclasses import dataclass, field

from steelyard.synth.firms import Firm, Office
from steelyard.synth.ledger import Subject
from steelyard.synth.people import Person
from steelyard.synth.places import Body


@dataclass
class Bond:
    """Money or a guarantee put down with a bid; amounts in fen."""

    fen: int
    payer: Subject
    payer_account: str
    refund_account: str
    paid: dt.datetime
    refunded: dt.datetime | None = None
    guarantor: Firm | None = None
    guarantee_no: str | None = None
    premium_payer: Subject | None = None
    applied: dt.datetime | None = None


@dataclass
class Bid:
    """One firm's offer and the traces it left."""

    number: str
    firm: Firm
    fen: int
    submitted: dt.datetime
    bond: Bond
    office: Office
    ip: str
    uploaded: dt.datetime
    downloaded: dt.datetime
    download_ip: str
    author: str
    team: list[tuple[Person, str, str]]
    valid: bool = True
    reason: str | None = None
    withdrawn: bool = False
    rank: int | None = None
    technical: int = 0
    credit: int = 0
    items: dict[str, int] = field(default_factory=dict)
    fetched_without_number: bool = False
    """Whether the firm gave only name and telephone when it fetched the documents."""


@dataclass
class Contract:
    """The signed contract and how it was performed; ``advance`` in ten-thousandths, amounts in fen."""

    number: str
    contractor: Firm
    fen: int
    signed: dt.date
    start: dt.date
    planned_end: dt.date
    actual_end: dt.date | None
    pm: Person
    advance: int
    settled: int | None
    published: dt.date
    changes: list[tuple[int, dt.date, str]] = field(default_factory=list)
    subs: list[tuple[Subject, int, dt.date, str]] = field(default_factory=list)
    penalties: list[tuple[str, int, dt.date]] = field(default_factory=list)
    visits: list[tuple[Person, dt.datetime]] = field(default_factory=list)


@dataclass
class Section:
    """One lot: its bids and, when all went well, its award and contract."""

    number: str
    name: str
    qualification: str | None
    grade: str | None
    ceiling: int
    days: int
    bond: int
    bids: list[Bid] = field(default_factory=list)
    lookers: list[tuple[Firm, str, dt.datetime]] = field(default_factory=list)
    winner: Bid | None = None
    award_price: int = 0
    award_date: dt.date | None = None
    publicity: tuple[dt.date | None, dt.date | None] = (None, None)
    contract: Contract | None = None
    scores: list[tuple[str, Firm, str, bool, int, dt.datetime]] = field(default_factory=list)
    clarifications: list[tuple[dt.datetime, bool, dt.datetime | None]] = field(default_factory=list)

    def standing(self) -> list[Bid]:
        """Bids that were not withdrawn."""
        return [bid for bid in self.bids if not bid.withdrawn]

    def good(self) -> list[Bid]:
        """Bids the panel accepted."""
        return [bid for bid in self.standing() if bid.valid]


@dataclass
class Tender:
    """One call for tenders."""

    number: str
    project: str
    name: str
    category: str
    kind: str
    owner: Body
    agency: Firm
    officer: Person
    announced: dt.date
    doc_from: dt.datetime
    doc_to: dt.datetime
    deadline: dt.datetime
    opened: dt.datetime
    evaluation: str
    method: str = "open"
    status: str = "closed"
    sections: list[Section] = field(default_factory=list)
