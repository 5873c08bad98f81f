"""The inbox emptied into the pool: pushes that came together are one delivery, each a file of it.

Which pushes a delivery holds is committed before it is landed; so a flush that died is taken up where it stood.
"""

import datetime as dt
import tempfile
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg

from steelyard.pool import gathering, inbox
from steelyard.pool.faults import fault
from steelyard.pool.receipts import Landing

Land = Callable[[str, dt.date, Sequence[Path]], Landing]
"""Lands the files of a batch, given its id and day; the same batch again is the same delivery."""


def flush(connection: "psycopg.Connection[Any]", interface: str, folder: Path, land: Land) -> list[Landing]:
    """Land what waits for one interface, in the order it came.  ``folder``: where files may be written.

    Call under the interface's flush lock, with a connection in autocommit.
    """
    gathering.close(connection, interface)
    found: list[Landing] = []
    for batch, pushes in _batches(connection, interface):
        landing = _one(connection, batch, pushes, folder, land)
        if landing.state == "refused" and len(pushes) > 1:
            # One bad push must not keep the others out: each is tried by itself.
            inbox.split(connection, batch)
            return [*found, *flush(connection, interface, folder, land)]
        if landing.state == "refused":
            inbox.refused(connection, batch, landing.message)
        else:
            # A delivery that was through before its pushes knew of it; else they were told in its own transaction.
            inbox.landed(connection, batch)
        found.append(landing)
    return found


def _batches(connection: "psycopg.Connection[Any]", interface: str) -> list[tuple[str, list[inbox.Push]]]:
    waiting = [push for push in inbox.waiting(connection, interface) if push.closed]
    return [(str(batch), list(pushes)) for batch, pushes in groupby(waiting, key=lambda push: push.batch)]


def _one(
    connection: "psycopg.Connection[Any]", batch: str, pushes: Sequence[inbox.Push], folder: Path, land: Land
) -> Landing:
    with tempfile.TemporaryDirectory(dir=folder, prefix=".push-") as place:
        paths = [inbox.write_file(connection, push, Path(place)) for push in pushes]
        fault("before-flush")
        landing = land(batch, pushes[0].received_on, paths)
    fault("after-flush")
    return landing
