"""The statistical step of the link job: what joins left open, scored by the model learnt from the pool."""

from dataclasses import dataclass
from typing import Any

import psycopg

from steelyard.engines.duck import Duck
from steelyard.pool import Pool, PoolVersion

Connection = psycopg.Connection[Any]
METHOD = "splink"


@dataclass(frozen=True)
class Scored:
    """An edge as the model gives it."""

    a: str
    b: str
    tier: str
    kind: str
    model: str
    weight: float
    probability: float
    evidence: str
    method: str = METHOD


def score(
    connection: Connection, duck: Duck, pool: Pool, version: PoolVersion, kind: str, *, full: bool
) -> list[Scored]:  # fmt: skip
    """Edges of tiers T3 and T4; none where no model was trained."""
    duck.execute("CREATE TABLE IF NOT EXISTS scored (record VARCHAR)")
    return []
