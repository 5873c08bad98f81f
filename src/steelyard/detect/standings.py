"""What becomes of a finding when it is stored: routed, watched, held back, or part of a sweep."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg

from steelyard.detect import sweeps
from steelyard.detect.ordering import in_order
from steelyard.detect.releases import releases_on

Connection = psycopg.Connection[Any]


def stood(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of one run with ``standing`` and ``campaign``; a standing that a row says itself is kept."""
    if not rows:
        return []
    day = rows[0]["as_of"]
    life = releases_on(connection, day)
    waiting = sweeps.gathering(connection, {str(row["model"]) for row in rows}, day)
    found = []
    for row in rows:
        standing = row.get("standing") or life.standing(row["model"], row["area_code"] or "")
        campaign = sweeps.campaign_of(row, waiting) if standing == "routed" else None
        found.append({**row, "standing": "sweep" if campaign else standing, "campaign": campaign})
    return found


def widened(connection: Connection, model: str, area: str) -> int:
    """A release covers more than before: what was only watched there is routed now.  Returns how many."""
    in_order(connection)
    done = connection.execute(
        "UPDATE engine.finding SET standing = 'routed', seq = nextval('engine.finding_seq') "
        "WHERE model = %s AND standing = 'shadow' AND state <> 'vanished' AND starts_with(coalesce(area_code, ''), %s)",
        [model, area],
    )
    return done.rowcount


def let_go(connection: Connection, model: str, run: int | None = None) -> int:
    """Route what was held back, of one run or of all.  Returns how many."""
    in_order(connection)
    done = connection.execute(
        "UPDATE engine.finding SET standing = 'routed', seq = nextval('engine.finding_seq') "
        "WHERE model = %(model)s AND standing = 'held' AND state <> 'vanished' "
        "AND (%(run)s::bigint IS NULL OR last_run = %(run)s)",
        {"model": model, "run": run},
    )
    return done.rowcount
