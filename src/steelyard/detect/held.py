"""Which pool versions detection still rests on, so that vacuum leaves them readable."""

from typing import Any

import psycopg


def held_versions(connection: "psycopg.Connection[Any]", keep_days: int) -> dict[int, str]:
    """Pool versions with the reason: recent and unfinished runs, the newest run, and findings that stand."""
    runs = connection.execute(
        "SELECT pool_version, 'run ' || max(id) FROM engine.run WHERE finished_at IS NULL "
        "OR started_at > now() - make_interval(days => %s) OR id = (SELECT max(id) FROM engine.run) GROUP BY 1",
        [keep_days],
    ).fetchall()
    findings = connection.execute(
        "SELECT greatest(last_pool_version, coalesce(c.pool_version, 0)), count(*) || ' findings' "
        "FROM engine.finding f LEFT JOIN engine.model_cursor c ON c.model = f.model "
        "WHERE state <> 'vanished' GROUP BY 1"
    ).fetchall()
    # Since then no change touched them: they can be recomputed from wherever their model stands.
    stood = connection.execute(
        "SELECT pool_version, count(*) || ' models stand here' FROM engine.model_cursor GROUP BY 1"
    ).fetchall()
    found: dict[int, str] = {}
    for number, reason in [*runs, *findings, *stood]:
        found[int(number)] = f"{found[int(number)]}; {reason}" if int(number) in found else str(reason)
    return found
