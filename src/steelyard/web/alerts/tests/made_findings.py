"""Findings as detection would hand them over, for tests."""

import datetime as dt
import itertools
from typing import Any

from steelyard.detect import Finding
from steelyard.web.alerts import actions
from steelyard.web.alerts.models import Alert

_seq = itertools.count(1)
RENT = "village-asset/rent-receivable-unpaid"
SOE = "soe-procurement/defendant-supplier"
HILL = "village-asset/contract-expired-still-used"
WULONG = "339921101201"
LINE = {"dataset": "rent_receivable", "delivery": "5b0d7f0a-0000-4000-8000-000000000001", "file": "rent.csv", "row": 7}


def section(name: str, columns: list[str], rows: list[list[Any]], kinds: dict[str, str]) -> dict[str, Any]:
    return {
        "name": name, "zh": f"{name}表", "en": name, "columns": columns, "labels": {}, "kinds": kinds, "rows": rows,
        "count": len(rows), "sources": [LINE], "row_sources": [[0] for _row in rows],
    }  # fmt: skip


def rent(**differs: Any) -> Finding:
    """The factory rent of Wulong: 1,275,000 yuan, red, a tenant tied to nobody."""
    payload = {
        "contract_id": "L1", "village_code": WULONG, "party_id": "C-TENANT", "overdue": "1275000.00",
        "days_overdue": 465, "oldest_due_date": "2025-01-01", "debtor_link": None,
    } | differs.pop("payload", {})  # fmt: skip
    table = section(
        "due", ["due_date", "amount_due"], [["2025-01-01", "640000.00"]], {"due_date": "date", "amount_due": "money"}
    )
    values: dict[str, Any] = {
        "seq": next(_seq), "fingerprint": "f" * 63 + "1", "model": RENT, "model_version": "1.0.0",
        "model_sha": "a" * 64,
        "param_hash": "p" * 64, "key": {"contract_id": "L1"}, "grade": "red", "model_grade": "red",
        "grade_reason": None, "area_code": WULONG, "payload": payload, "subjects": {"party_id": "C-TENANT"},
        "identity_tier": None,
        "title": {
            "zh": "{village_code:area}合同{contract_id}逾期未收租金{overdue:money}元",
            "en": "Rent of CNY {overdue:money} under contract {contract_id} of {village_code:area} is overdue",
        },
        "evidence": [table], "state": "new", "first_pool_version": 3, "last_pool_version": 3,
        "as_of": dt.date(2026, 4, 10),
    }  # fmt: skip
    return Finding(**(values | differs))


def defendant(**differs: Any) -> Finding:
    """A logistics firm before the court that won purchases of the chemical company."""
    values: dict[str, Any] = dict(  # noqa: C408  # reads as the call it stands for
        fingerprint="d" * 64, model=SOE, key={"company_id": "B-soe-339900000000", "supplier_id": "C-LOGISTICS"},
        grade="yellow", model_grade="yellow", area_code="339900000000",
        payload={"company_id": "B-soe-339900000000", "supplier_id": "C-LOGISTICS", "award_total": "900000.00"},
        subjects={"company_id": "B-soe-339900000000", "supplier_id": "C-LOGISTICS"},
        title={"zh": "{supplier_id:name}被列为被告", "en": "{supplier_id:name} is a defendant"},
    )  # fmt: skip
    return rent(**(values | differs))


def hill(**differs: Any) -> Finding:
    """The barren hill of Houling: contract expired, still used."""
    values: dict[str, Any] = dict(  # noqa: C408  # reads as the call it stands for
        fingerprint="e" * 64, model=HILL, key={"contract_id": "L9"}, grade="yellow", model_grade="yellow",
        area_code="339921101202", subjects={"party_id": "P-USER"},
        payload={"contract_id": "L9", "village_code": "339921101202", "party_id": "P-USER"},
    )  # fmt: skip
    return rent(**(values | differs))


def raised(*findings: Finding) -> Alert:
    """Take findings over and return the last one's alert."""
    actions.take_over(findings)
    return Alert.objects.order_by("-pk").get(fingerprint=findings[-1].fingerprint, previous__isnull=True)
