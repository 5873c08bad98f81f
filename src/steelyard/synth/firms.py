"""Companies with owners, officers, filing agents and offices; each has a credit code."""

import datetime as dt
from dataclasses import dataclass, field

from steelyard.synth.chance import Chance
from steelyard.synth.people import People, Person
from steelyard.synth.places import COUNTY, COUNTY_NAME, Places, body_number
from steelyard.synth.wording import BRANDS_FIRST, BRANDS_SECOND, TRADES

KINDS = {
    "building": 140, "municipal": 180, "highway": 120, "water": 120, "greening": 120, "goods": 90, "village": 260,
    "sub": 70, "agency": 16, "finance": 5, "dispatch": 8, "logistics": 40, "factory": 900, "shop": 4300,
}  # fmt: skip
WORKS = ("building", "municipal", "highway", "water", "greening")
WORD = "0123456789ABCDEF"
SOLE_TRADERS = ("shop",)


@dataclass(frozen=True)
class Office:
    """What a firm's own computer and line leave behind when it uploads a bid."""

    ip: str
    mac: str
    cpu: str
    disk: str
    lock: str
    ca: str


@dataclass(frozen=True)
class Holding:
    """A share of capital: ``ratio`` in ten-thousandths."""

    holder: "Person | Firm"
    ratio: int
    since: dt.date
    to: dt.date | None = None


@dataclass
class Firm:
    """A company as registered, and the people and things it works with."""

    number: str
    name: str
    kind: str
    registered: dt.date
    legal_rep: Person
    address: str
    phone: str
    email: str
    agent: Person
    agent_phone: str
    account: str
    office: Office
    capital: int
    company_type: str = "limited"
    status: str = "active"
    cancelled: dt.date | None = None
    area: str = COUNTY
    holdings: list[Holding] = field(default_factory=list)
    officers: list[tuple[Person, str, dt.date, dt.date | None]] = field(default_factory=list)
    staff: list[Person] = field(default_factory=list)

    def __hash__(self) -> int:
        return hash(self.number)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Firm) and other.number == self.number


def behind(firm: Firm) -> list[Person]:
    """The people who hold, lead or represent a firm."""
    holders = [one.holder for one in firm.holdings if not isinstance(one.holder, Firm)]
    return [firm.legal_rep, *holders, *(person for person, *_ in firm.officers)]


class Register:
    """The company register; ``found`` enters a firm, ``of_kind`` lists those of a trade in order of entry."""

    def __init__(self, seed: int, places: Places, people: People, until: dt.date) -> None:
        self.firms: list[Firm] = []
        self._places = places
        self._people = people
        self._until = until
        self._chance = Chance(seed, "firms")
        self._names: set[str] = set()

    def of_kind(self, *kinds: str) -> list[Firm]:
        return [firm for firm in self.firms if firm.kind in kinds]

    def found(
        self,
        kind: str,
        *,
        name: str | None = None,
        legal_rep: Person | None = None,
        since: dt.date | None = None,
        share: int = 10_000,
    ) -> Firm:
        """A new firm: its legal representative holds ``share`` ten-thousandths, a partner the rest."""
        chance, people = self._chance, self._people
        serial = len(self.firms)
        registered = since or self._until - dt.timedelta(days=chance.number(2300, 7600))
        head = legal_rep or people.next_worker()
        firm = Firm(
            number=body_number("91", 500_000 + serial * 7),
            name=name or self._name(kind),
            kind=kind,
            registered=registered,
            legal_rep=head,
            address=self._address(serial),
            phone=f"0570{7_000_000 + serial * 13:07d}",
            email=f"office{serial:05d}@example.com",
            agent=people.next_worker() if kind != "shop" else head,
            agent_phone=f"139{57_000_000 + serial * 17:08d}",
            account=f"6217{serial:04d}{chance.number(0, 99_999_999):08d}",
            office=self._office(serial),
            capital=chance.number(5, 500) * 10_000,
            company_type="individual" if kind in SOLE_TRADERS else "limited",
        )
        firm.holdings.append(Holding(head, share, registered))
        if share < 10_000:
            firm.holdings.append(Holding(people.next_worker(), 10_000 - share, registered))
        firm.officers.append((head, "director", registered, None))
        if kind != "shop":
            firm.officers.append((people.next_worker(), "supervisor", registered, None))
        self.firms.append(firm)
        return firm

    def partner(self, firm: Firm, one: Firm) -> None:
        """Two firms open their office at one address and leave the filing to one agent."""
        firm.address, firm.agent, firm.agent_phone = one.address, one.agent, one.agent_phone

    def _name(self, kind: str) -> str:
        while True:
            brand = self._chance.one(BRANDS_FIRST) + self._chance.one(BRANDS_SECOND)
            if self._chance.yes(0.5):
                brand += self._chance.one(BRANDS_SECOND)
            form = "商行" if kind in SOLE_TRADERS else "有限公司"
            name = f"{COUNTY_NAME}{brand}{self._chance.one(TRADES[kind])}{form}"
            if name not in self._names:
                self._names.add(name)
                return name

    def _address(self, serial: int) -> str:
        towns = list(self._places.towns.values())
        return f"{COUNTY_NAME}{towns[serial % len(towns)]}工业路{serial + 1}号"

    def _office(self, serial: int) -> Office:
        word = self._chance.word
        mac = ":".join(f"{(word() >> 13) & 255:02X}" for _ in range(4))
        return Office(
            # One address for each firm: the second and third parts count the register.
            ip=f"101.{serial >> 8}.{serial & 255}.{self._chance.number(2, 250)}",
            mac=f"{serial >> 8:02X}:{serial & 255:02X}:{mac}",
            cpu=f"BFEBFBFF{serial:08X}",
            disk=f"WD-{serial:06d}{(word() >> 20) & 0xFFFFF:05X}",
            lock=f"GCZL{serial:07d}",
            ca=f"CA3399{serial:08d}",
        )


def register_firms(seed: int, places: Places, people: People, until: dt.date) -> Register:
    """The ordinary firms of the county, six thousand or so."""
    register = Register(seed, places, people, until)
    chance = Chance(seed, "owners")
    for kind, count in KINDS.items():
        for _ in range(count):
            share = 10_000 if kind == "shop" or chance.yes(0.4) else chance.one((5100, 6000, 6700, 7000, 8000))
            register.found(kind, share=share)
    for firm in register.of_kind("shop"):
        if chance.yes(0.5):
            firm.company_type = "individual"
        if chance.yes(0.05):
            firm.status = "cancelled"
            firm.cancelled = until - dt.timedelta(days=chance.number(30, 1500))
    return register
