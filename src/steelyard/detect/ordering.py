"""Whoever stores findings does so one after the other, so that ``seq`` grows in the order of the commits."""

from typing import Any

import psycopg

RUNS = "steelyard detect run"
"""Name of the lock."""


def in_order(connection: "psycopg.Connection[Any]") -> None:
    """Wait for a run that is storing; until this transaction ends none stores.

    Whoever reads on from the last ``seq`` would otherwise pass over a lower one that is committed later.
    """
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [RUNS])
