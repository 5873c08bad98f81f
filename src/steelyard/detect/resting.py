"""Which findings rest on the rows of a delivery."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.types.json import Jsonb


@dataclass(frozen=True)
class RestingFindings:
    """Standing findings of one model and grade with a row of the delivery as evidence."""

    model: str
    grade: str
    findings: int


def resting_on(connection: "psycopg.Connection[Any]", delivery: str) -> list[RestingFindings]:
    """By model and grade, the most first."""
    listed = connection.execute(
        "SELECT model, grade, count(*) FROM engine.finding WHERE state <> 'vanished' AND evidence @> %s "
        "GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2",
        [Jsonb([{"sources": [{"delivery": delivery}]}])],
    )
    return [RestingFindings(*row) for row in listed]
