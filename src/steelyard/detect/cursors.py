"""How far each model has looked: over which data, by which text, from which day."""

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import class_row

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.detect.evaluable import Readiness
from steelyard.detect.readiness import EVALUATED, TRUSTED

Connection = psycopg.Connection[Any]
ROUTES = 1
"""Raised when units or slices are computed otherwise, so that everything is looked at once in full."""


@dataclass(frozen=True)
class Cursor:
    """Where one model stands.  Two are equal where no look lies between them."""

    model: str
    pool_version: int
    inbox_seq: int = field(compare=False)
    """The newest push that what it found holds for."""
    identity_generation: int
    model_sha: str
    definition_sha: str
    param_hash: str
    as_of: dt.date
    scope_sha: str
    looked_seq: int
    """The newest push at its last look; it was carried along from there."""

    def why_full(self, now: "Cursor", *, daily: bool) -> str | None:
        """Why a change since then cannot be told by its rows alone; None where it can."""
        if self.definition_sha != now.definition_sha:
            return "model" if self.model_sha != now.model_sha else "definition"
        if self.param_hash != now.param_hash:
            return "parameters"
        if self.scope_sha != now.scope_sha:
            return "scope"
        return "day" if daily and self.as_of != now.as_of else None


_COLUMNS = (
    "model, pool_version, inbox_seq, identity_generation, model_sha, definition_sha, param_hash, as_of, scope_sha, "
    "looked_seq"
)


def cursors(connection: Connection) -> dict[str, Cursor]:
    """Every cursor, by model."""
    with connection.cursor(row_factory=class_row(Cursor)) as rows:
        listed = rows.execute(f"SELECT {_COLUMNS} FROM engine.model_cursor").fetchall()
    return {one.model: one for one in listed}


def put(connection: Connection, moved: Iterable[Cursor], run: int) -> None:
    """Move cursors, in the transaction of what the models found."""
    with connection.cursor() as rows:
        rows.executemany(
            f"INSERT INTO engine.model_cursor ({_COLUMNS}, run) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
            "ON CONFLICT (model) DO UPDATE SET pool_version = excluded.pool_version, inbox_seq = excluded.inbox_seq, "
            "identity_generation = excluded.identity_generation, model_sha = excluded.model_sha, "
            "definition_sha = excluded.definition_sha, param_hash = excluded.param_hash, as_of = excluded.as_of, "
            "scope_sha = excluded.scope_sha, looked_seq = excluded.looked_seq, run = excluded.run, moved_at = now()",
            [
                [one.model, one.pool_version, one.inbox_seq, one.identity_generation, one.model_sha,
                 one.definition_sha, one.param_hash, one.as_of, one.scope_sha, one.looked_seq, run]
                for one in moved
            ],
        )  # fmt: skip


def carry(connection: Connection, models: Collection[str], seq: int) -> None:
    """Let what some models found hold for a later push too, which concerns none of them."""
    connection.execute(
        "UPDATE engine.model_cursor SET inbox_seq = %s WHERE model = ANY(%s) AND inbox_seq < %s",
        [seq, sorted(models), seq],
    )


def definition(model: SupervisionModel, catalogue: Catalogue) -> str:
    """What decides beside data and parameters: the model, the relations behind it, the datasets' columns."""
    behind = catalogue.relations_needed(set(model.data))
    return _sha(
        [
            ROUTES,
            model.sha256,
            [[relation.id, relation.sha256] for relation in behind],
            [[name, catalogue.schema(name)] for name in sorted(catalogue.base_datasets(set(model.data)))],
        ]
    )


def scope(ready: Collection[Readiness], root: str, released: Collection[tuple[str, str]] = ()) -> str:
    """Where findings are made, and where those that are gone are believed to be gone.

    ``released``: area prefixes with the phase of the model in them.
    """
    judged = sorted([one.area_code, one.state in EVALUATED, one.state in TRUSTED] for one in ready)
    return _sha([root, judged, sorted(released)])


def _sha(said: Any) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
