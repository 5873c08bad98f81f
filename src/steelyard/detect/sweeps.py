"""Sweep campaigns: what a changed parameter newly covers although it happened before the change.

A lowered threshold does not flood people with the past: such findings wait until a person opens the campaign.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg

from steelyard.detect.ordering import in_order
from steelyard.kit.errors import SteelyardError

Connection = psycopg.Connection[Any]
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}")


class CampaignDecided(SteelyardError):
    """A sweep campaign that was opened or closed is decided once."""


@dataclass(frozen=True)
class Campaign:
    """What waits for a person's word."""

    id: int
    model: str
    area: str
    since: dt.date
    """The day from which the changed parameter holds."""
    run: int | None
    """The run that looked with the changed parameter; None until one did."""
    opened: bool | None
    decided_by: str
    reason: str
    findings: int = 0


_COLUMNS = (
    "c.id, c.model, c.area_prefix, c.since, c.run, c.opened, c.decided_by, c.reason, "
    "(SELECT count(*) FROM engine.finding f WHERE f.campaign = c.id AND f.state <> 'vanished')"
)


def campaigns(connection: Connection, model: str | None = None) -> list[Campaign]:
    """All campaigns, or those of a model; the newest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM engine.sweep_campaign c WHERE %(model)s::text IS NULL OR c.model = %(model)s "
        "ORDER BY c.id DESC",
        {"model": model},
    ).fetchall()
    return [Campaign(*row) for row in rows]


def gathering(connection: Connection, models: Collection[str], as_of: dt.date) -> list[Campaign]:
    """Campaigns of changed parameters with which no run has looked yet."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM engine.sweep_campaign c WHERE c.run IS NULL AND c.since <= %s AND c.model = ANY(%s) "
        "ORDER BY c.id",
        [as_of, sorted(models)],
    ).fetchall()
    return [Campaign(*row) for row in rows]


def campaign_of(row: Mapping[str, Any], waiting: Iterable[Campaign]) -> int | None:
    """The campaign a new finding belongs to: its area's, if all it rests on happened before the change."""
    latest = facts_until(row)
    for one in waiting:
        inside = one.model == row["model"] and str(row["area_code"] or "").startswith(one.area)
        if inside and row["state"] == "new" and (latest is None or latest < one.since):
            return one.id
    return None


def facts_until(row: Mapping[str, Any]) -> dt.date | None:
    """The latest day that a finding or its evidence names, not after the day it was looked at; None without any."""
    said = [value for value in row["payload"].values() if isinstance(value, str)]
    for section in row.get("evidence") or ():
        said += [value for line in section["rows"] for value in line if isinstance(value, str)]
    days = [dt.date.fromisoformat(value[:10]) for value in said if _is_day(value)]
    return max((day for day in days if day < row["as_of"]), default=None)


def _is_day(value: str) -> bool:
    if not _DAY.match(value):
        return False
    try:
        dt.date.fromisoformat(value[:10])
    except ValueError:
        return False
    return True


def settle(connection: Connection, models: Collection[str], run: int, as_of: dt.date) -> None:
    """A whole run has looked with the changed parameters: what comes later is news again."""
    connection.execute(
        "UPDATE engine.sweep_campaign SET run = %s WHERE run IS NULL AND since <= %s AND model = ANY(%s)",
        [run, as_of, sorted(models)],
    )


def decide(connection: Connection, campaign: int, *, opened: bool, by: str, reason: str) -> int:
    """Open a campaign, so that its findings become alerts, or leave them be.  Returns how many were routed.

    Raises CampaignDecided.
    """
    in_order(connection)
    done = connection.execute(
        "UPDATE engine.sweep_campaign SET opened = %s, decided_by = %s, reason = %s, decided_at = now() "
        "WHERE id = %s AND opened IS NULL RETURNING id",
        [opened, by, reason, campaign],
    ).fetchone()
    if done is None:
        raise CampaignDecided(f"there is no sweep campaign {campaign} that waits for a decision")
    if not opened:
        return 0
    routed = connection.execute(
        "UPDATE engine.finding SET standing = 'routed', seq = nextval('engine.finding_seq') "
        "WHERE campaign = %s AND standing = 'sweep' AND state <> 'vanished'",
        [campaign],
    )
    return routed.rowcount
