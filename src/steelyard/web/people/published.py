"""The list of what may be published: dataset by dataset, field by field.  What is not named here stays inside."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Publishable:
    """Fields of one dataset that the public reads."""

    key: tuple[str, ...]
    plain: tuple[str, ...]
    """Numbers, dates and coded words."""
    texts: tuple[str, ...] = ()
    """Free text: searched for personal numbers, and a row that holds one is not published."""
    names: tuple[str, ...] = ()
    """Subjects: the name of a company, the masked name of a person."""
    day: str = ""
    """Where set, only rows of the last twelve months by this column: lists of persons have an end."""
    where: str = ""


PUBLISHED = {
    "village_project": Publishable(
        key=("project_id",),
        plain=("project_id", "budget", "contract_amount", "sign_date", "start_date", "planned_end", "accept_date",
               "settle_amount", "audit_amount"),
        texts=("name", "fund_source", "method", "location"), names=("contractor_id",),
    ),
    "village_project_payment": Publishable(
        key=("payment_id",), plain=("project_id", "amount", "pay_date", "progress_pct")
    ),
    "village_project_change": Publishable(key=("change_id",), plain=("project_id", "amount", "change_date")),
    "village_asset": Publishable(
        key=("asset_id",), plain=("asset_id", "asset_type", "area", "use_status", "idle_since", "registered_date"),
        texts=("location",),
    ),
    "village_contract": Publishable(
        key=("contract_id",),
        plain=("contract_id", "asset_id", "contract_type", "sign_date", "start_date", "end_date", "total_amount",
               "annual_rent", "area", "status"),
        names=("party_id",),
    ),
    "rent_receivable": Publishable(key=("contract_id", "due_date"), plain=("contract_id", "due_date", "amount_due")),
    "rent_receipt": Publishable(key=("receipt_id",), plain=("contract_id", "received_date", "amount")),
    "village_purchase": Publishable(
        key=("purchase_id",),
        plain=("purchase_id", "qty", "unit_price", "amount", "purchase_date", "method", "quote_count", "accept_date"),
        texts=("item_name",), names=("supplier_id",),
    ),
    "village_disclosure": Publishable(
        key=("disclosure_id",), plain=("matter_type", "matter_id", "category", "publish_date", "end_date")
    ),
    "village_decision": Publishable(
        key=("decision_id", "step"),
        plain=("matter_type", "matter_id", "step", "step_date", "eligible", "attended", "votes_for"),
    ),
    "village_approval": Publishable(
        key=("approval_id",), plain=("matter_type", "matter_id", "step", "approve_time", "result")
    ),
    "village_labour": Publishable(
        key=("record_id",), plain=("matter_id", "work_date", "days", "unit_price", "amount"), names=("person_id",),
        day="work_date",
    ),
    "subsidy_payment": Publishable(
        key=("pay_id",), plain=("program_code", "amount", "pay_date"), names=("person_id",), day="pay_date"
    ),
    "seal_use": Publishable(
        key=("seal_use_id",), plain=("seal_type", "use_time", "purpose", "copies"), day="use_time"
    ),
    "village_balance": Publishable(
        key=("village_code", "period", "account_code"), plain=("period", "account_code", "opening", "closing"),
        where="counterparty_id IS NULL",
    ),
}  # fmt: skip
"""The platform's public fields.  A new line is a decision: say in the commit which duty asks for it."""
