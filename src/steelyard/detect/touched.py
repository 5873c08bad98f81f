"""After people said who is who: the models that read rows of these subjects, and what rests on them."""

from collections.abc import Collection
from typing import Any

import psycopg

from steelyard.catalogue import Catalogue
from steelyard.detect.runs import RunReport, run
from steelyard.detect.views import Tables
from steelyard.engines.duck import connect, quoted, register_files
from steelyard.engines.postgres import Database
from steelyard.kit.sqltext import literal

Connection = psycopg.Connection[Any]


def touched_models(
    pool: Tables, catalogue: Catalogue, keys: Collection[str], datasets: Collection[str] = ()
) -> set[str]:
    """Models that read a row with one of the subject keys, or one of ``datasets``, directly or through relations."""
    met = set(datasets) | _holding(pool, catalogue, keys)
    return {
        name for name, model in catalogue.models.items()
        if model.status == "ready" and catalogue.base_datasets(set(model.data)) & met
    }  # fmt: skip


def _holding(pool: Tables, catalogue: Catalogue, keys: Collection[str]) -> set[str]:
    """Datasets in which one of the keys stands."""
    if not keys:
        return set()
    found: set[str] = set()
    wanted = ", ".join(literal(key) for key in sorted(keys))
    with connect(memory_mb=1024) as duck:
        for dataset, contract in catalogue.contracts.items():
            subjects = [name for name, column in contract.columns.items() if column.subject]
            files = pool.files(dataset)
            if not subjects or not files:
                continue
            register_files(duck, dataset, files, catalogue.schema(dataset))
            among = " OR ".join(f"{quoted(name)} IN ({wanted})" for name in subjects)
            if duck.execute(f"SELECT 1 FROM {quoted(dataset)} WHERE {among} LIMIT 1").fetchall():
                found.add(dataset)
    return found


def evaluate_touched(
    pool: Tables, catalogue: Catalogue, database: Database, keys: Collection[str], datasets: Collection[str] = ()
) -> RunReport | None:
    """Run the models that a changed answer to who is who can reach; None where it reaches none.

    ``keys``: subjects that were merged or parted; ``datasets``: where mentions got another subject.
    """
    models = touched_models(pool, catalogue, keys, datasets)
    return run(pool, catalogue, database, models=models) if models else None


def could_turn_red(connection: Connection, keys: Collection[str]) -> bool:
    """Whether a model would say red of one of these subjects: then one person's word on who is who is not enough."""
    row = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM engine.finding WHERE state <> 'vanished' AND model_grade = 'red' "
        "AND (evidence_subjects && %(keys)s::text[] OR EXISTS (SELECT 1 FROM jsonb_each_text(subjects) AS s "
        "WHERE s.value = ANY(%(keys)s))))",
        {"keys": sorted(keys)},
    ).fetchone()
    return bool(row and row[0])
