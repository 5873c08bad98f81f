"""Gaps in rules as rows of ``governance_item``."""

from collections.abc import Iterator

from steelyard.web.governance.models import Loophole
from steelyard.web.governance.supplying.handling import county
from steelyard.web.governance.supplying.rows import OwnRow, body

STATUS = {"declined": "cancelled", "in_force": "done", "measured": "done", "closed": "done"}
"""States in which nothing is open any more; one found ineffective is open again."""


def rows() -> Iterator[OwnRow]:
    for one in Loophole.objects.select_related("owner").order_by("pk"):
        status = STATUS.get(one.state, "open")
        values = {
            "item_id": one.number, "model_id": one.model_id, "area_code": county(one.area_code),
            "org_code": body(one.owner), "issued_date": one.opened.date(), "due_date": one.due,
            "done_date": one.in_force_on if status == "done" else None, "system_doc_ref": one.document,
            "status": status,
        }  # fmt: skip
        yield OwnRow("governance_item", one.number, values)
