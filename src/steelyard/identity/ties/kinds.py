"""The kinds of ties there are, what each is read from, and how much it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field

HUB = 50
"""A node with more neighbours of one kind than this is not traversed for that kind."""


@dataclass(frozen=True)
class Kind:
    """One kind of tie."""

    name: str
    zh: str
    en: str
    reads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Datasets and columns its SQL uses."""
    bridge: bool = False
    """Whether the second node is something shared (a phone, an address …) and not a subject."""
    weak: bool = False
    """Whether it only hints: paths over it are flagged."""
    directed: bool = True
    observed: bool = False
    """Whether rows are observations of a day or month, to be merged to periods."""


_QUOTES = {
    "soe_quote": ("purchase_id", "supplier_id", "submit_time", "contact_phone", "ip", "mac"),
    "village_project_bid": ("project_id", "bidder_id", "submit_time", "contact_phone"),
    "village_purchase_quote": ("purchase_id", "supplier_id", "quote_time", "contact_phone"),
}

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "kin", "亲属", "kin",
            {
                "kinship": ("person_id", "relative_id", "relation", "degree", "confidence", "from_date", "to_date"),
                "official_declaration": ("person_id", "relative_id", "relation", "declared_date"),
            },
            directed=False,
        ),
        Kind(
            "household", "同户", "same household",
            {"household_member": ("household_id", "person_id", "relation_to_head", "from_date", "to_date")},
            bridge=True, weak=True, directed=False,
        ),
        Kind(
            "ownership", "持股", "ownership",
            {
                "shareholder": ("company_id", "holder_id", "ratio", "from_date", "to_date"),
                "soe_org": ("company_id", "parent_company_id"),
            },
        ),
        Kind(
            "office", "任职", "office",
            {
                "company": ("company_id", "legal_rep_id"),
                "company_officer": ("company_id", "person_id", "role", "from_date", "to_date"),
                "official": ("person_id", "org_id", "position", "from_date", "to_date"),
                "official_declaration": ("person_id", "relative_id", "related_company_id", "declared_date"),
            },
        ),
        Kind(
            "employment", "用工", "employment",
            {
                "social_insurance": ("person_id", "company_id", "month"),
                "public_employee": ("person_id", "org_id", "employ_type", "from_date", "to_date"),
                "soe_employee": ("person_id", "company_id", "position", "hire_date", "leave_date"),
            },
            weak=True, observed=True,
        ),
        Kind(
            "agent", "代办", "filing agent", {"company_agent": ("company_id", "agent_person_id", "filed_date")},
            weak=True,
        ),
        Kind(
            "guarantor", "担保", "guarantor",
            {
                "soe_guarantee": ("company_id", "beneficiary_id", "kind", "start_date", "end_date"),
                "bid_bond": ("bidder_id", "payer_id", "guarantor_id", "premium_payer_id", "paid_time"),
            },
            weak=True, observed=True,
        ),
        Kind(
            "phone", "共用电话", "shared phone",
            {
                "person": ("person_id", "phone"),
                "company": ("company_id", "phone"),
                "company_agent": ("company_id", "agent_phone", "filed_date"),
                "doc_download": ("company_id", "phone", "time"),
                "bid_team": ("bidder_id", "phone"),
                **_QUOTES,
            },
            bridge=True, weak=True, directed=False, observed=True,
        ),
        Kind(
            "address", "共用地址", "shared address",
            {"person": ("person_id", "address"), "company": ("company_id", "address")},
            bridge=True, weak=True, directed=False,
        ),
        Kind(
            "account", "共用账户", "shared account",
            {
                "bank_account": ("account_no", "owner_id", "opened_date"),
                "pension_payment": ("person_id", "account_no", "month"),
                "subsidy_payment": ("person_id", "account_no", "pay_date"),
                "dividend_payment": ("person_id", "account_no", "pay_date"),
                "compensation": ("person_id", "account_no", "pay_date"),
                "treasury_payment": ("payee_id", "payee_account", "pay_date"),
                "soe_payment": ("payee_id", "payee_account", "pay_date"),
                "bid_bond": ("payer_id", "payer_account", "paid_time", "bidder_id", "refund_account", "refund_time"),
            },
            bridge=True, weak=True, directed=False, observed=True,
        ),
        Kind(
            "email", "共用邮箱", "shared e-mail", {"company": ("company_id", "email")},
            bridge=True, weak=True, directed=False,
        ),
        Kind(
            "device", "共用设备", "shared device",
            {
                "doc_download": ("company_id", "ip", "mac", "time"),
                "bid_device": ("bidder_id", "ip", "mac", "cpu_id", "disk_id", "lock_no", "ca_no", "upload_time"),
                "soe_quote": _QUOTES["soe_quote"],
            },
            bridge=True, weak=True, directed=False, observed=True,
        ),
        Kind(
            "cobid", "同标投标", "bids for the same",
            {"bid": ("section_id", "bidder_id", "submit_time"), **_QUOTES},
            bridge=True, weak=True, directed=False, observed=True,
        ),
    )
}  # fmt: skip

TIERS = {"H": 0, "T1": 1, "T2": 2, "T3": 3, "source": 4}
"""How sure it is who a node is, the surest first; stored as this number, so that the weakest is the greatest."""
TIER_OF = {rank: tier for tier, rank in TIERS.items()}


HINT_READS: Mapping[str, tuple[str, ...]] = {
    "official": ("person_id",),
    "person": ("person_id", "birth_date"),
    "low_income": ("person_id", "from_date", "to_date"),
    "pension_payment": ("person_id", "month"),
}
"""What hints at nominees use beside ties, and who is an official."""


def datasets() -> dict[str, tuple[str, ...]]:
    """Every dataset that is read, with all columns that are used of it."""
    found: dict[str, dict[str, None]] = {}
    for reads in (*(kind.reads for kind in KINDS.values()), HINT_READS):
        for dataset, columns in reads.items():
            found.setdefault(dataset, {}).update(dict.fromkeys(columns))
    return {dataset: tuple(columns) for dataset, columns in found.items()}
