"""Whether so much waits to be landed that senders are asked to wait; nothing that was acknowledged is dropped."""

import datetime as dt
import time

from steelyard.web.orgs.engine_link import reader

MOST_ROWS = 50_000
MOST_AGE = dt.timedelta(minutes=10)
RETRY_SECONDS = 30
KEPT_SECONDS = 1.0
"""So long a look at the inbox counts: every push would pay for it else."""
_WAITING = (
    "SELECT coalesce(sum(row_count), 0) > %s OR coalesce(min(received_at) < now() - %s, false) "
    "FROM engine.inbox WHERE finished_at IS NULL"
)
_known: list[tuple[float, bool]] = []


def is_pressed() -> bool:
    """More than 50,000 rows wait, or the oldest has waited for more than ten minutes."""
    if _known and time.monotonic() - _known[0][0] < KEPT_SECONDS:
        return _known[0][1]
    with reader() as connection:
        row = connection.execute(_WAITING, [MOST_ROWS, MOST_AGE]).fetchone()
    _known[:] = [(time.monotonic(), bool(row and row[0]))]
    return _known[0][1]


def forget() -> None:
    """Look anew at the next push."""
    _known.clear()
