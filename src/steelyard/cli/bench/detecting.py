"""What `steelyard bench detect` measures, each in a process of its own: a whole run, each model beside its scan."""

import datetime as dt
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steelyard import detect
from steelyard.catalogue import Catalogue, SupervisionModel, load_catalogue
from steelyard.cli.bench import measuring
from steelyard.cli.session import Session
from steelyard.detect.evaluable import REGISTER_DATASETS
from steelyard.detect.stage import Stage
from steelyard.detect.views import Views
from steelyard.engines.duck import Duck, connect, memory_for_a_run, quoted, spill_folder
from steelyard.engines.postgres import Role
from steelyard.kit.home import Home
from steelyard.pool import Pool

Columns = dict[str, set[str]]
"""Dataset to columns."""


@dataclass(frozen=True)
class Ground:
    """One home to measure on."""

    session: Session
    catalogue: Catalogue
    pool: Pool

    @classmethod
    def of(cls, home: str) -> "Ground":
        os.environ["STEELYARD_HOME"] = home
        session = Session(Home(Path(home)).make(), Session.open().catalogue)
        catalogue = load_catalogue(session.catalogue)
        return cls(session, catalogue, Pool(session.home, session.database, catalogue.contracts))

    @property
    def rows(self) -> int:
        """Rows of all tables, which the receipts of what was let in add up to."""
        with self.session.database.connect() as connection:
            found = connection.execute("SELECT sum(admitted - corrected - removed) FROM engine.receipt").fetchone()
        return int(found[0] or 0) if found else 0

    def models(self) -> list[SupervisionModel]:
        return [model for _, model in sorted(self.catalogue.models.items()) if model.status == "ready"]


def ran(home: str, as_of: str) -> measuring.Measured:
    """A full run of all models, as `steelyard detect run` makes it, with what it writes to PostgreSQL."""
    ground = Ground.of(home)
    rows = ground.rows

    def work() -> tuple[int, dict[str, Any]]:
        day = dt.date.fromisoformat(as_of)
        report = detect.run(ground.pool, ground.catalogue, ground.session.database, day, kind="full", full=True)
        told = {name: sum(counts[kind] for kind in ("new", "changed", "unchanged"))
                for name, counts in report.by_model.items()}  # fmt: skip
        return rows, {"findings": told, "failed": report.failed, "held": sorted(getattr(report, "held", {}))}

    return measuring.here(work, lambda: measuring.server_seconds(Path(home)))


def compared(home: str, as_of: str) -> measuring.Measured:
    """Every model alone, and reading just its columns from the same files."""
    ground = Ground.of(home)

    def work() -> tuple[int, dict[str, Any]]:
        with staged(ground, dt.date.fromisoformat(as_of)) as (duck, stage, relations):
            told = [_beside_its_scan(ground, duck, stage, relations, model, as_of) for model in ground.models()]
        return 0, {"per_model": told, "relations": {name: round(cpu, 2) for name, cpu in relations.items()}}

    return measuring.here(work)


@contextmanager
def staged(ground: Ground, as_of: dt.date) -> Iterator[tuple[Duck, Stage, dict[str, float]]]:
    """Everything models read, as a run lays it out; with the processor seconds of each derived relation."""
    read = {dataset for model in ground.models() for dataset in model.data}
    base = ground.catalogue.base_datasets(read)
    relations: dict[str, float] = {}
    with (
        ground.session.database.connect(Role.WORKER) as connection,
        connect(memory_mb=memory_for_a_run(), spill=spill_folder()) as duck,
    ):
        views = Views(duck, ground.catalogue, ground.pool, ground.pool.current(), connection)
        views.register(sorted(base | {"region", *REGISTER_DATASETS}))
        stage = Stage(duck, ground.catalogue)
        stage.put_run(as_of, stage.put_areas(base))
        for relation in ground.catalogue.relations_needed(read):
            before = time.process_time()
            stage.put_relation(relation)
            relations[relation.id] = time.process_time() - before
        yield duck, stage, relations


def _beside_its_scan(
    ground: Ground, duck: Duck, stage: Stage, relations: dict[str, float], model: SupervisionModel, as_of: str
) -> dict[str, Any]:
    stage.put_param(model, dt.date.fromisoformat(as_of))
    before = time.process_time()
    stage.put_found(model)
    cpu = time.process_time() - before
    cpu += sum(relations[relation.id] for relation in ground.catalogue.relations_needed(set(model.data)))
    counted = duck.execute("SELECT count(*) FROM found").fetchall()[0][0]
    before = time.process_time()
    for dataset, columns in sorted(columns_read(ground.catalogue, model).items()):
        # The smallest and largest value would be told by the files' statistics; this reads every value.
        read = ", ".join(f"bit_xor(hash({quoted(name)}))" for name in sorted(columns))
        duck.execute(f"SELECT count(*), {read} FROM {quoted(dataset)}").fetchall()
    scan = time.process_time() - before
    return {"id": model.id, "cpu_s": round(cpu, 3), "scan_cpu_s": round(scan, 3),
            "ratio": round(cpu / max(scan, 0.001), 2), "rows": int(counted)}  # fmt: skip


def columns_read(catalogue: Catalogue, model: SupervisionModel) -> Columns:
    """The columns of base datasets a model reads, those behind derived relations included."""
    found: Columns = {}
    for needs in model.data.values():
        _add(catalogue, needs.dataset, needs.needs, found)
    return found


def _add(catalogue: Catalogue, dataset: str, columns: tuple[str, ...], found: Columns) -> None:
    if dataset in catalogue.contracts:
        found.setdefault(dataset, set()).update(columns)
        return
    for below, wanted in catalogue.relations[dataset].data.items():
        _add(catalogue, below, tuple(wanted), found)


def main(words: list[str]) -> None:
    out = os.dup(1)
    os.dup2(2, 1)
    found = {"ran": ran, "compared": compared}[words[0]](*words[1:])
    os.write(out, (measuring.as_json(found) + "\n").encode())


if __name__ == "__main__":
    main(sys.argv[1:])
