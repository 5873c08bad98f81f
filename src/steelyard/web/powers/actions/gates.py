"""The two gates: nothing is sealed and nothing is paid before what must come first."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.orgs import clock, keyring
from steelyard.web.orgs.models import User, in_language
from steelyard.web.powers.actions.outbox import write_row
from steelyard.web.powers.actions.steps import StepGiven, add_step, locked
from steelyard.web.powers.models import GateEvent, Matter, Payment, PlannedRent
from steelyard.web.powers.process import may_do, process, steps_of


@dataclass(frozen=True)
class Missing:
    """One condition that does not hold, and who can supply it."""

    name: str
    words: str
    who: str


@dataclass(frozen=True)
class _Asked:
    """What somebody wants to pass through a gate."""

    matter: Matter
    document: str = ""
    payee: str = ""
    amount: Decimal = Decimal(0)


def _all_done(matter: Matter, kind: str) -> bool:
    return all(step.done for step in steps_of(matter) if step.kind == kind and step.id != "result_public")


def _step_done(matter: Matter, name: str) -> bool:
    return matter.steps.filter(step=name).exists()


def deposit_left(matter: Matter) -> Decimal:
    """What of the deposit was not paid back, in yuan."""
    paid = matter.payments.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    return matter.deposit - paid


CONDITIONS: dict[str, Callable[[_Asked], bool]] = {
    "decision_complete": lambda asked: _all_done(asked.matter, "decision") and _all_done(asked.matter, "disclosure"),
    "approval_passed": lambda asked: _all_done(asked.matter, "approval"),
    "document_named": lambda asked: bool(asked.document.strip()),
    "contract_signed": lambda asked: _step_done(asked.matter, "contract"),
    "result_published": lambda asked: _step_done(asked.matter, "result_public"),
    "payee_is_party": lambda asked: asked.payee.strip() == asked.matter.party_name,
    "within_deposit": lambda asked: asked.amount <= deposit_left(asked.matter),
}
"""What a condition named in a process file means; a file that names another one fails here, closed."""


def missing_at(gate: str, asked: _Asked) -> list[Missing]:
    """The conditions of the gate that do not hold, in the order of the file."""
    rules = process(asked.matter.process)
    found = []
    for name in rules["gates"][gate]["needs"]:
        if not CONDITIONS[name](asked):
            words = rules["conditions"][name]
            who = words["who"]
            found.append(Missing(name, in_language(words["zh"], words["en"]), in_language(who["zh"], who["en"])))
    return found


def _refuse(gate: str, asked: _Asked, missing: list[Missing], by: User, amount: Decimal | None) -> list[Missing]:
    """Put the refusal on record.  It is returned and not raised, for the record must be kept."""
    names = [one.name for one in missing]
    GateEvent.objects.create(matter=asked.matter, gate=gate, amount=amount, missing=names, by=by)
    record.write("powers.gate_refused", by=by, subject=asked.matter, gate=gate, missing=names)
    return missing


@transaction.atomic
def sign_contract(matter: Matter, *, by: User, day: dt.date, document: str) -> list[Missing]:
    """Sign and seal the contract; the receivable plan follows from it.

    Returns what is missing, empty where the contract was sealed.  Raises NotAllowed, WebError.
    """
    matter = locked(matter, by)
    if not may_do(matter, "contract", by):
        raise NotAllowed
    if _step_done(matter, "contract"):
        raise WebError(_("The contract has been signed already."))
    if day > clock.today():
        raise WebError(_("The day lies in the future."))
    asked = _Asked(matter, document=document)
    missing = missing_at("seal", asked)
    if missing:
        return _refuse("seal", asked, missing, by, None)
    add_step(matter, "contract", StepGiven(day=day, document=document), by)
    _write_contract(matter, day)
    _plan_rent(matter)
    record.write("powers.contract_signed", by=by, subject=matter)
    return []


def _write_contract(matter: Matter, day: dt.date) -> None:
    number = keyring.unseal(matter.party_number, place=f"powers_matter:party:{matter.number}")
    years = Decimal((matter.end_date - matter.start_date).days + 1) / Decimal("365.25")
    write_row(matter, "village_contract", {
        "contract_id": matter.number, "asset_id": matter.asset_id, "contract_type": matter.contract_type,
        "party_no": number, "party_name": matter.party_name, "sign_date": day, "start_date": matter.start_date,
        "end_date": matter.end_date, "annual_rent": matter.annual_rent,
        "total_amount": (matter.annual_rent * years).quantize(Decimal("0.01")), "status": "active",
    })  # fmt: skip
    write_row(matter, "seal_use", {
        "seal_use_id": f"{matter.number}-seal", "seal_type": "official", "use_time": clock.now(),
        "matter_type": "contract", "matter_id": matter.number, "approval_id": _last_approval(matter),
        "purpose": "contract", "copies": 2, "off_site": "false", "doc_uploaded": "true",
    })  # fmt: skip


def _last_approval(matter: Matter) -> str:
    found = matter.steps.filter(step__in=["town", "secretary"]).order_by("-pk").first()
    return found.reference if found else ""


def _plan_rent(matter: Matter) -> None:
    """One instalment a year, due on the first day of each year of the lease."""
    day, year = matter.start_date, 0
    while day <= matter.end_date:
        PlannedRent.objects.create(matter=matter, due_date=day, amount=matter.annual_rent)
        write_row(matter, "rent_receivable", {
            "contract_id": matter.number, "due_date": day, "amount_due": matter.annual_rent,
        })  # fmt: skip
        year += 1
        day = _years_after(matter.start_date, year)


def _years_after(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, day=28)


@transaction.atomic
def request_payment(matter: Matter, *, by: User, amount: Decimal, payee: str, purpose: str) -> list[Missing]:
    """Ask to pay.  Returns what is missing, empty where the payment passed; both are on record.

    Raises NotAllowed, WebError.
    """
    matter = locked(matter, by)
    if not may_do(matter, "payment", by):
        raise NotAllowed
    if amount <= 0:
        raise WebError(_("The amount must be above zero."))
    asked = _Asked(matter, payee=payee, amount=amount)
    missing = missing_at("payment", asked)
    if missing:
        return _refuse("payment", asked, missing, by, amount)
    count = matter.payments.count() + 1
    payment = Payment.objects.create(
        matter=matter, amount=amount, payee=payee.strip(), purpose=purpose, by=by,
        reference=f"{matter.number}-payment-{count}",
    )  # fmt: skip
    write_row(matter, "village_voucher", {
        "voucher_id": payment.reference, "voucher_date": clock.today(), "biz_date": clock.today(),
        "account_code": "2241", "debit": amount, "summary": purpose, "pay_method": "transfer",
        "payee_no": keyring.unseal(matter.party_number, place=f"powers_matter:party:{matter.number}"),
        "payee_name": payee.strip(), "matter_id": matter.number,
    })  # fmt: skip
    record.write("powers.paid", by=by, subject=matter, amount=str(amount))
    return []
