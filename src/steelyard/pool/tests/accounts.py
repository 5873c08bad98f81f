"""A plain model of a table: what its deliveries say, one after the other, in dictionaries."""

from dataclasses import dataclass, field

SUPPLIER = "finance/payments"


@dataclass(frozen=True)
class Line:
    """One delivered row: a key, a value, a scope, an order and whether it deletes; ``bad`` rows break a check."""

    key: str
    amount: int = 1
    scope: str = "A"
    order: int | None = None
    gone: bool = False
    bad: bool = False


@dataclass
class Account:
    """What became of the rows of one delivery."""

    received: int = 0
    admitted: int = 0
    unchanged: int = 0
    quarantined: int = 0
    superseded: int = 0

    @property
    def whole(self):
        return self.received, self.admitted, self.unchanged, self.quarantined, self.superseded


@dataclass
class Model:
    """``mode``: snapshot, upsert or changes; ``ordered``: whether a larger order beats a later delivery."""

    mode: str
    ordered: bool = False
    rows: dict[str, Line] = field(default_factory=dict)
    graves: dict[str, int] = field(default_factory=dict)
    periods: dict[str, str] = field(default_factory=dict)

    def newest(self, lines):
        """The last version of every key of one delivery."""
        found: dict[str, Line] = {}
        for line in lines:
            known = found.get(line.key)
            if known is None or not self.ordered or (line.order or 0) >= (known.order or 0):
                found[line.key] = line
        return found

    def is_late(self, line, period):
        if self.mode == "snapshot" and period and self.periods.get(line.scope, "") > period:
            return True
        known = self.rows.get(line.key)
        highest = max([self.graves.get(line.key, -1), known.order if known and known.order is not None else -1])
        return self.ordered and (line.order or 0) < highest

    def land(self, lines, period="", whole=True):
        """Take one delivery.  ``whole``: False for rows that are sent again, whose absence says nothing."""
        told = Account(len(lines))
        good = [line for line in lines if not line.bad]
        told.quarantined = len(lines) - len(good)
        newest = self.newest(good)
        told.superseded = len(good) - len(newest)
        present = {line.key for line in lines}
        timely = {line.scope for line in newest.values() if not period or self.periods.get(line.scope, "") <= period}
        for line in newest.values():
            if self.is_late(line, period):
                told.superseded += 1
            elif self.take(line):
                told.admitted += 1
            else:
                told.unchanged += 1
        if self.mode == "snapshot" and whole:
            for key in [key for key, line in self.rows.items() if line.scope in timely and key not in present]:
                del self.rows[key]
            for line in newest.values():
                self.periods[line.scope] = max(period, self.periods.get(line.scope, ""))
        return told

    def take(self, line):
        """Write or delete one row; whether anything is different then."""
        known = self.rows.get(line.key)
        if line.gone:
            if self.ordered:
                self.graves[line.key] = line.order or 0
            self.rows.pop(line.key, None)
            return known is not None
        if known and (known.amount, known.scope, known.order) == (line.amount, line.scope, line.order):
            return False
        self.rows[line.key] = line
        return True
