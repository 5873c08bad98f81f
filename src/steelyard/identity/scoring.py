"""The statistical step of the link job: what joins left open, scored by the model learnt from the pool."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from steelyard.engines.duck import Duck, connect
from steelyard.engines.postgres import Database, Role
from steelyard.identity import candidates, linkage
from steelyard.identity.candidates import Found
from steelyard.pool import Pool, PoolVersion

Connection = psycopg.Connection[Any]
METHOD = "splink"
SEED = 20260101
MEMORY_MB = 2_000
BATCH = 100_000
"""Records scored at a time: each pass reads the register again, and pairs are many more than records."""


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


def train(database: Database, pool: Pool, kind: str, *, seed: int = SEED) -> linkage.TrainedModel:
    """Learn a model of a kind of subject from the pool as it stands, and keep it as the one that scores from now on.

    The same pool and seed give the same version.  Raises linkage.NothingToLearn.
    """
    version = pool.current()
    duck = connect(memory_mb=MEMORY_MB, threads=2)
    try:
        with database.transaction(Role.WORKER) as connection:
            candidates.put_records(connection, duck)
            candidates.put_register(duck, pool, version, kind)
            _put_remainder(duck, kind, "true")
            model = linkage.train(duck, "register_row", kind, seed, records_relation="remainder")
            _keep(connection, model, version)
    finally:
        duck.close()
    return model


def _keep(connection: Connection, model: linkage.TrainedModel, version: PoolVersion) -> None:
    connection.execute(
        "INSERT INTO engine.linkage_model (version, kind, pool_version, settings, charts, facts) "
        "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (version) DO UPDATE SET trained_at = now(), "
        "pool_version = EXCLUDED.pool_version",
        [model.version, model.kind, version.number, Jsonb(model.settings), Jsonb(model.charts), Jsonb(model.facts)],
    )


def newest_model(connection: Connection, kind: str) -> linkage.TrainedModel | None:
    """The model that scores; None where none was trained."""
    row = connection.execute(
        "SELECT version, kind, settings, charts, facts FROM engine.linkage_model WHERE kind = %s "
        "ORDER BY trained_at DESC, version LIMIT 1", [kind],
    ).fetchone()  # fmt: skip
    return linkage.TrainedModel(*row) if row else None


def score(
    connection: Connection, duck: Duck, pool: Pool, version: PoolVersion, kind: str, met: list[Found], *, full: bool
) -> list[Scored]:
    """Edges of tiers T3 and T4 from records that joins left open to the register; none where no model was trained.

    Writes table ``scored`` of the records that were looked at.
    """
    duck.execute("CREATE TABLE IF NOT EXISTS scored (record VARCHAR)")
    model = newest_model(connection, kind)
    if model is None:
        return []
    sure = {one.a for one in met if one.tier == "T2"}
    wanted = [row[0] for row in duck.execute(
        f"SELECT node FROM record WHERE kind = '{kind}' AND (fresh OR {full}) ORDER BY 1").fetchall()]  # fmt: skip
    wanted = [node for node in wanted if node not in sure]
    duck.executemany("INSERT INTO scored VALUES (?)", [[node] for node in wanted]) if wanted else None
    if not wanted:
        return []
    candidates.put_register(duck, pool, version, kind)
    found: list[Scored] = []
    for start in range(0, len(wanted), BATCH):
        last = wanted[min(start + BATCH, len(wanted)) - 1]
        _put_remainder(
            duck, kind, f"node IN (SELECT record FROM scored) AND node BETWEEN '{wanted[start]}' AND '{last}'"
        )
        found += _edges(linkage.score(duck, "remainder", "register_row", model), model)
    return found


def _put_remainder(duck: Duck, kind: str, condition: str) -> None:
    duck.execute(
        "CREATE OR REPLACE TABLE remainder AS SELECT node AS unique_id, name, form AS name_form, "
        "CAST(birth AS VARCHAR) AS birth_date, sex, area AS area_code, phone, address FROM record "
        f"WHERE kind = '{kind}' AND {condition}"
    )


def _edges(scored: Any, model: linkage.TrainedModel) -> list[Scored]:
    return [
        Scored(row["a"], row["b"], row["tier"], model.kind, model.version, row["weight"], row["probability"],
               row["evidence"])
        for row in linkage.tiered(scored).to_pylist()
        if row["tier"]
    ]  # fmt: skip
