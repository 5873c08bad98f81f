"""What is held: one row a matter, renewed by every run that sees it again, settled by the run that does not."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

Connection = psycopg.Connection[Any]
OPEN = ("held", "releasing")


@dataclass(frozen=True)
class Hold:
    """Something a run did not do."""

    kind: str
    """findings (too many new ones), vanishings (too many gone at once), emptied (a dataset lost its rows)."""
    rows: int
    most: int
    """How many would have passed."""
    why: dict[str, str]
    model: str = ""
    dataset: str = ""
    area_code: str = ""
    by_area: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """County code to grade to findings."""
    sample: Sequence[Mapping[str, Any]] = ()
    file: str = ""
    """Name of the Parquet file with the findings, below the home's folder ``held``."""
    fingerprints: Sequence[str] = ()
    """Of vanishings: the findings that stay as they are until a person confirms."""
    model_sha: str = ""
    param_hash: str = ""


@dataclass(frozen=True)
class HeldBatch:
    """A row of ``engine.held_batch``."""

    id: int
    kind: str
    model: str
    dataset: str
    area_code: str
    pool_version: int
    as_of: dt.date
    model_sha: str
    param_hash: str
    rows: int
    most: int
    why: dict[str, str]
    by_area: dict[str, dict[str, int]]
    sample: list[dict[str, Any]]
    file: str
    state: str
    """held, releasing (the next full run takes it over), released, discarded, settled (it went away by itself)."""
    only_area: str
    only_grades: list[str]
    first_run: int
    last_run: int
    held_at: dt.datetime
    decided_at: dt.datetime | None
    asked_by: str
    """Who asked for a release that waits for a second person."""
    decided_by: str
    reason: str

    def within(self, area: str, grades: Collection[str]) -> int:
        """Findings in an area (digits of its code; empty for all) and of some grades (none for all)."""
        return sum(
            count
            for code, by_grade in self.by_area.items()
            if code.startswith(area)
            for grade, count in by_grade.items()
            if not grades or grade in grades
        )


_COLUMNS = (
    "id, kind, model, dataset, area_code, pool_version, as_of, model_sha, param_hash, rows, most, why, by_area, "
    "sample, file, state, only_area, only_grades, first_run, last_run, held_at, decided_at, asked_by, "
    "decided_by, reason"
)


def held_batches(
    connection: Connection, *, states: Sequence[str] = OPEN, model: str = "", number: int | None = None
) -> list[HeldBatch]:
    """Batches, the oldest first.  ``model``: of one model; ``number``: one batch, whatever its state."""
    with connection.cursor(row_factory=class_row(HeldBatch)) as cursor:
        return cursor.execute(
            f"SELECT {_COLUMNS} FROM engine.held_batch WHERE (state = ANY(%(states)s) OR id = %(number)s) "
            "AND (%(model)s = '' OR model = %(model)s) AND (%(number)s::bigint IS NULL OR id = %(number)s) ORDER BY id",
            {"states": list(states), "model": model, "number": number},
        ).fetchall()


def renew(
    connection: Connection, hold: Hold, *, run: int, pool_version: int, as_of: dt.date, more: bool = False
) -> str:
    """Hold a matter, or say anew what is held of it.  Returns the file that is no longer needed, or nothing.

    ``more``: the hold tells only of the units a run looked at; what waits of others goes on waiting.
    """
    values = {
        "kind": hold.kind, "model": hold.model, "dataset": hold.dataset, "area_code": hold.area_code, "run": run,
        "rows": hold.rows, "most": hold.most, "why": Jsonb(hold.why), "by_area": Jsonb(hold.by_area), "as_of": as_of,
        "sample": Jsonb(list(hold.sample)), "file": hold.file, "model_sha": hold.model_sha,
        "param_hash": hold.param_hash, "pool_version": pool_version,
    }  # fmt: skip
    known = connection.execute(
        "SELECT id, file FROM engine.held_batch WHERE kind = %(kind)s AND model = %(model)s "
        "AND dataset = %(dataset)s AND area_code = %(area_code)s AND state IN ('held', 'releasing')",
        values,
    ).fetchone()
    if known:
        text = (
            "UPDATE engine.held_batch SET rows = %(rows)s, most = %(most)s, why = %(why)s, by_area = %(by_area)s, "
            "sample = %(sample)s, file = %(file)s, model_sha = %(model_sha)s, param_hash = %(param_hash)s, "
            "pool_version = %(pool_version)s, as_of = %(as_of)s, last_run = %(run)s WHERE id = %(id)s RETURNING id"
        )
    else:
        text = (
            "INSERT INTO engine.held_batch (kind, model, dataset, area_code, pool_version, as_of, model_sha, "
            "param_hash, rows, most, why, by_area, sample, file, first_run, last_run) VALUES (%(kind)s, %(model)s, "
            "%(dataset)s, %(area_code)s, %(pool_version)s, %(as_of)s, %(model_sha)s, %(param_hash)s, %(rows)s, "
            "%(most)s, %(why)s, %(by_area)s, %(sample)s, %(file)s, %(run)s, %(run)s) RETURNING id"
        )
    row = connection.execute(text, values | {"id": known[0] if known else None}).fetchone()
    if row and hold.kind == "vanishings":
        _put_fingerprints(connection, int(row[0]), hold.fingerprints, more=more)
    return str(known[1]) if known and known[1] != hold.file else ""


def _put_fingerprints(connection: Connection, batch: int, fingerprints: Sequence[str], *, more: bool) -> None:
    if not more:
        connection.execute("DELETE FROM engine.held_vanishing WHERE batch = %s", [batch])
    connection.execute(
        "INSERT INTO engine.held_vanishing (batch, fingerprint) SELECT %s, unnest(%s::text[]) ON CONFLICT DO NOTHING",
        [batch, list(fingerprints)],
    )
    connection.execute(
        "UPDATE engine.held_batch SET rows = (SELECT count(*) FROM engine.held_vanishing WHERE batch = %s) "
        "WHERE id = %s",
        [batch, batch],
    )


def seen_again(connection: Connection, fingerprints: Collection[str], run: int) -> None:
    """Findings that would have vanished and now stand again wait for nobody."""
    touched = connection.execute(
        "DELETE FROM engine.held_vanishing WHERE fingerprint = ANY(%s) RETURNING batch", [list(fingerprints)]
    ).fetchall()
    for batch in sorted({int(row[0]) for row in touched}):
        _put_fingerprints(connection, batch, (), more=True)
        left = connection.execute("SELECT rows FROM engine.held_batch WHERE id = %s", [batch]).fetchone()
        if left and not left[0]:
            settle(connection, batch, run)


def settle(connection: Connection, batch: int, run: int) -> None:
    """The matter went away by itself; nobody has to decide it any more."""
    connection.execute(
        "UPDATE engine.held_batch SET state = 'settled', decided_at = now(), last_run = %s WHERE id = %s", [run, batch]
    )


def taken(connection: Connection, model: str, run: int) -> str:
    """What was being released has been taken over.  Returns the file that is no longer needed, or nothing."""
    row = connection.execute(
        "UPDATE engine.held_batch SET state = 'released', last_run = %s WHERE kind = 'findings' AND model = %s "
        "AND state = 'releasing' RETURNING file",
        [run, model],
    ).fetchone()
    return str(row[0]) if row else ""
