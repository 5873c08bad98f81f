"""From a row of evidence to the delivered line, as a viewer may read it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from steelyard.engines.postgres import Role
from steelyard.web.intake import masking, queries
from steelyard.web.intake.catalogue_files import contracts, department_name, interfaces
from steelyard.web.intake.pool_link import pool


@dataclass(frozen=True)
class Origin:
    """A line of a file that was delivered."""

    delivery: UUID
    interface: str
    title: Any
    department: str
    file: str
    row: int
    text: str
    fields: Mapping[str, str]
    received_on: dt.date
    received_at: dt.datetime
    files: int
    sha256: str


def origin(delivery: UUID, row: int, file: str | None) -> Origin | None:
    """None where the delivery or its line does not exist."""
    traced, facts = pool(Role.READER).lineage(str(delivery), row, file), queries.delivery(delivery)
    if traced is None or facts is None:
        return None
    known = interfaces().get(traced.interface)
    kinds = masking.kinds_of_file(known, contracts())
    delivered: Mapping[str, Any] = next((one for one in facts["files"] if one["name"] == traced.file), {})
    return Origin(
        delivery, traced.interface, dict(known.title) if known else traced.interface,
        department_name(facts["supplier"]),
        traced.file, traced.row, masking.masked_line(traced.text or "", traced.fields, kinds),
        masking.masked_fields(traced.fields, kinds), facts["received_on"], facts["received_at"],
        len(facts["files"]), delivered.get("sha256", ""),
    )  # fmt: skip
