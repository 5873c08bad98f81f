"""What one detector says of one model, kept with the day since when it has said so."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

Connection = psycopg.Connection[Any]
State = Literal["ok", "raised", "unknown"]
DETECTORS = ("shape", "silence", "canary")


@dataclass(frozen=True)
class Sign:
    """``raised``: somebody must look; ``unknown``: there is too little to tell."""

    detector: str
    model: str
    state: State
    why: Mapping[str, str]
    """In zh and en, with the figures it rests on."""
    value: float | None = None
    bound: float | None = None
    area_code: str = ""
    """Leading digits of a county; empty: the model everywhere."""
    about: str = ""
    """grade, county, or a column."""
    as_of: dt.date | None = None
    since: dt.date | None = None
    """Since when it has been in this state."""


def keep(
    connection: Connection, detectors: Collection[str], models: Collection[str], listed: Iterable[Sign], day: dt.date
) -> None:
    """Replace what some detectors said of some models; who stays in a state keeps the day it began."""
    given = list(listed)
    with connection.transaction():
        rows = connection.execute(
            "DELETE FROM engine.sign WHERE detector = ANY(%s) AND model = ANY(%s) "
            "RETURNING detector, model, area_code, about, state, since",
            [list(detectors), list(models)],
        ).fetchall()
        stood = {tuple(row[:4]): (row[4], row[5]) for row in rows}
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO engine.sign (detector, model, area_code, about, state, value, bound, why, as_of, since) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    [*(name := (one.detector, one.model, one.area_code, one.about)), one.state, one.value, one.bound,
                     Jsonb(dict(one.why)), day, min(_since(stood.get(name), one.state, day), day)]
                    for one in given
                ],
            )  # fmt: skip


def _since(before: tuple[str, dt.date] | None, state: str, day: dt.date) -> dt.date:
    return before[1] if before and before[0] == state else day


def signs(connection: Connection, models: Collection[str] | None = None) -> list[Sign]:
    """What every detector says now; the raised first."""
    with connection.cursor(row_factory=class_row(Sign)) as cursor:
        return cursor.execute(
            "SELECT detector, model, state, why, value, bound, area_code, about, as_of, since FROM engine.sign "
            "WHERE %(models)s::text[] IS NULL OR model = ANY(%(models)s) "
            "ORDER BY array_position(ARRAY['raised', 'unknown', 'ok'], state), model, detector, area_code, about",
            {"models": None if models is None else list(models)},
        ).fetchall()


def forget(connection: Connection, running: Collection[str]) -> None:
    """Of models that run nowhere nothing is said."""
    connection.execute("DELETE FROM engine.sign WHERE model <> ALL(%s)", [list(running)])
