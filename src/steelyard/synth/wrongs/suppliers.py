"""Suppliers of state-owned enterprises who stand before the court."""

import datetime as dt

from steelyard.synth.county import County
from steelyard.synth.enterprises import Court, Enterprises
from steelyard.synth.firms import Firm
from steelyard.synth.truth import Key

MODEL = "soe-procurement/defendant-supplier"


def days(number: int) -> dt.timedelta:
    return dt.timedelta(days=number)


def sued_suppliers(county: County, enterprises: Enterprises, court: Court) -> None:
    """A supplier gets into trouble and goes on winning."""
    chance = county.chance("sued suppliers")
    creditor = enterprises.debtors[5]
    for act in range(7):
        buyer, supplier = enterprises.all[act + 1], county.firms.found("logistics")
        awarded = county.ago(chance.number(150, 400))
        fen = chance.number(600, 2000) * 100_000
        for number in range(1 if act == 2 else chance.number(1, 3)):
            enterprises.buy(buyer, supplier, awarded - days(40 * number), fen, months=14)
        grade = "yellow"
        claims = [fen * 4 // 100]
        if act < 2:
            claims, grade = [fen * 2 // 100] * 3, "red"
        elif act == 2:
            claims, grade = [fen * 26 // 100], "red"
        elif act == 3:
            court.list_debtor(supplier, "dishonest", awarded + days(30), None, 5_000_000)
            grade = "red"
        for place, claim in enumerate(claims):
            court.sue(creditor, supplier, awarded - days(200 - 25 * place), claim, status="judged" if place else "open")
        key: Key = {"company_id": buyer, "supplier_id": supplier}
        county.truth.expect(MODEL, key, grade, story="sued and still winning", when=awarded)
    for act in range(27):
        buyer, supplier = enterprises.all[1 + act % 12], county.firms.found("logistics")
        kind = act % 8
        awarded = county.ago(chance.number(520, 700) if kind == 7 else chance.number(150, 400))
        enterprises.buy(buyer, supplier, awarded, chance.number(600, 2000) * 100_000)
        why = _harmless(court, supplier, creditor, awarded, kind)
        county.truth.spare(MODEL, {"company_id": buyer, "supplier_id": supplier}, why)


def _harmless(court: Court, supplier: Firm, other: Firm, awarded: dt.date, kind: int) -> str:
    """A case that says nothing against the supplier; returns why."""
    filed = awarded - days(100)
    if kind == 0:
        court.sue(supplier, other, filed, 80_000_000)
        return "plaintiff only"
    if kind == 1:
        court.sue(other, supplier, filed, 80_000_000, status="dismissed")
        return "the suit was dismissed"
    if kind == 2:
        court.sue(other, supplier, filed, 80_000_000, status="withdrawn")
        return "the suit was withdrawn"
    if kind == 3:
        court.sue(other, supplier, filed, 8_000_000, "traffic")
        return "a traffic accident"
    if kind == 4:
        court.sue(other, supplier, filed, 4_000_000, "labour_single")
        return "a single labour dispute"
    if kind == 5:
        court.sue(other, supplier, filed, 900_000)
        return "a claim of nine thousand yuan"
    if kind == 6:
        court.sue(other, supplier, awarded - days(900), 80_000_000)
        return "sued more than two years before"
    court.sue(other, supplier, awarded + days(440), 80_000_000)
    return "sued after the contract had ended"
