"""What a word on who is who would make models say, before it counts: no red rests on one person's word."""

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any

import psycopg

from steelyard import identity
from steelyard.catalogue import Catalogue
from steelyard.detect.evaluation import Evaluation, Outcome
from steelyard.detect.runs import today
from steelyard.detect.touched import touched_models
from steelyard.detect.views import Tables
from steelyard.engines.duck import connect

Connection = psycopg.Connection[Any]
MEMORY_MB = 1_500


def judged_with_care(
    pool: Tables, catalogue: Catalogue, connection: Connection, judge: Callable[[bool], identity.Judgement]
) -> identity.Judgement:
    """Judge; where a finding would turn red by it, let the word wait for a second person instead.

    ``judge``: says it, and takes whether a second person is needed.  ``connection``: in a transaction, the one that
    ``judge`` writes in; what was tried in it is taken back.
    """
    with connection.transaction() as tried:
        made = judge(False)
        if not made.in_force or not would_turn_red(pool, catalogue, connection, *identity.touched(connection, made.id)):
            return made
        raise psycopg.Rollback(tried)
    return judge(True)


def would_turn_red(
    pool: Tables, catalogue: Catalogue, connection: Connection, keys: Collection[str], datasets: Collection[str],
    as_of: dt.date | None = None,
) -> bool:  # fmt: skip
    """Whether models say red, as who is who stands on this connection, of what they did not before."""
    ids = touched_models(pool, catalogue, keys, datasets) if keys or datasets else set()
    if not ids:
        return False
    models = [catalogue.models[name] for name in sorted(ids)]
    with connect(memory_mb=MEMORY_MB) as duck:
        day = as_of or today(connection)
        outcomes = Evaluation(duck, catalogue, pool, pool.current(), connection, day).outcomes(models)
    return any(_turned_red(connection, outcome) for outcome in outcomes)


def _turned_red(connection: Connection, outcome: Outcome) -> bool:
    came_from = {move.to_fingerprint: move.from_fingerprint for move in outcome.moves}
    red = {came_from.get(row["fingerprint"], row["fingerprint"]) for row in outcome.rows if row["grade"] == "red"}
    row = connection.execute(
        "SELECT count(*) FROM engine.finding WHERE fingerprint = ANY(%s) AND grade = 'red' AND state <> 'vanished'",
        [sorted(red)],
    ).fetchone()
    return len(red) > (row[0] if row else 0)
