"""A row of a dataset as our own interfaces map it: plain texts, and subjects by their key, never by number or name."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from steelyard.identity import OWN
from steelyard.pool.timetable import CLOCK
from steelyard.web.orgs.models import Body, User


@dataclass(frozen=True)
class OwnRow:
    """One row for the pool; ``record`` is its key in the dataset."""

    dataset: str
    record: str
    values: Mapping[str, Any]

    @cached_property
    def plain(self) -> dict[str, Any]:
        """As it is pushed: without what is not known."""
        return {name: text(value) for name, value in self.values.items() if value not in (None, "")}

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps(self.plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def text(value: object) -> object:
    """A value as a department would write it; times are the country's clock."""
    if isinstance(value, dt.datetime):
        return value.astimezone(CLOCK).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


def subject(key: str | None) -> str | None:
    """Who a key is, as landing takes it."""
    return OWN + key if key else None


def person(user: User | None) -> str | None:
    """Who a user is in the pool; one whom no register knows is known here alone."""
    return subject(user.subject_key or f"user-{user.pk}") if user else None


def body(found: Body | None) -> str | None:
    """Which body of the pool a body is; by its code where the registers did not bring it."""
    return (subject(found.subject_key) or found.code) if found else None
