"""What `steelyard bench detect` measures, each in a process of its own: a whole run, each model beside its scan."""

import datetime as dt
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steelyard import detect
from steelyard.catalogue import Catalogue, Relation, SupervisionModel, load_catalogue
from steelyard.cli.bench import measuring, ratios
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
        """Those a run would evaluate here."""
        left_out = self.without_data()
        return [one for _, one in sorted(self.catalogue.models.items())
                if one.status == "ready" and one.id not in left_out]  # fmt: skip

    def without_data(self) -> dict[str, list[str]]:
        """Models that a run finds not evaluable, and the datasets nobody delivered: beside a scan of nothing any cost
        is without measure."""
        needed = {
            model.id: sorted(
                dataset
                for needs in model.data.values()
                if not needs.optional
                for dataset in self.catalogue.base_datasets({needs.dataset})
                if not self.pool.files(dataset)
            )
            for model in self.catalogue.models.values()
            if model.status == "ready"
        }
        return {name: missing for name, missing in sorted(needed.items()) if missing}


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
    """Every model alone, and reading just its columns from the same files; so also every derived relation."""
    ground = Ground.of(home)
    models = ground.models()
    behind = {model.id: [one.id for one in ground.catalogue.relations_needed(set(model.data))] for model in models}
    sharers = ratios.readers(behind)

    def work() -> tuple[int, dict[str, Any]]:
        with staged(ground, dt.date.fromisoformat(as_of)) as (duck, stage):
            # Relations come last: made here, they hold memory that a model which does not read them would have.
            alone = {model.id: _alone(duck, stage, model, as_of) for model in models if not behind[model.id]}
            relations = {relation.id: _relation(duck, stage, relation) for relation in _relations(ground)}
            alone |= {model.id: _alone(duck, stage, model, as_of) for model in models if behind[model.id]}
        told = []
        for name, (own, rows) in sorted(alone.items()):
            shared, full = ratios.charged(own, behind[name], relations, sharers)
            told.append({"id": name, "rows": rows, **_said(shared), "own_cpu_s": round(own.cpu_s, 3),
                         "cpu_in_full_s": round(full.cpu_s, 3), "ratio_in_full": round(full.ratio, 2)})  # fmt: skip
        made = [{"id": name, **_said(cost), "readers": sharers[name]} for name, cost in relations.items()]
        return 0, {"per_model": told, "per_relation": made, "not_evaluable": ground.without_data()}

    return measuring.here(work)


def _said(cost: ratios.Cost) -> dict[str, float]:
    return {"cpu_s": round(cost.cpu_s, 3), "scan_cpu_s": round(cost.scan_s, 3), "ratio": round(cost.ratio, 2)}


def _relations(ground: Ground) -> list[Relation]:
    """Those behind the models, each after those it reads."""
    return ground.catalogue.relations_needed({dataset for model in ground.models() for dataset in model.data})


@contextmanager
def staged(ground: Ground, as_of: dt.date) -> Iterator[tuple[Duck, Stage]]:
    """The datasets models and relations read, as a run lays them out; no derived relation is made yet."""
    base = ground.catalogue.base_datasets({dataset for model in ground.models() for dataset in model.data})
    with (
        ground.session.database.connect(Role.WORKER) as connection,
        connect(memory_mb=memory_for_a_run(), spill=spill_folder()) as duck,
    ):
        views = Views(duck, ground.catalogue, ground.pool, ground.pool.current(), connection)
        views.register(sorted(base | {"region", *REGISTER_DATASETS}))
        stage = Stage(duck, ground.catalogue)
        stage.put_run(as_of, stage.put_areas(base))
        yield duck, stage


def _relation(duck: Duck, stage: Stage, relation: Relation) -> ratios.Cost:
    """Making a derived relation from what it reads, beside reading its columns."""
    scan = _scan(duck, {name: set(wanted) for name, wanted in relation.data.items()})
    return ratios.Cost(ratios.middle(lambda: _seconds(lambda: stage.put_relation(relation))), scan)


def _alone(duck: Duck, stage: Stage, model: SupervisionModel, as_of: str) -> tuple[ratios.Cost, int]:
    """A model over what stands already, beside reading the columns it names; and how many rows it says."""
    stage.put_param(model, dt.date.fromisoformat(as_of))
    # Read first: whoever comes first to a file also pays for fetching it.
    scan = _scan(duck, {needs.dataset: set(needs.needs) for needs in model.data.values()})
    cpu = ratios.middle(lambda: _seconds(lambda: stage.put_found(model)))
    counted = duck.execute("SELECT count(*) FROM found").fetchall()[0][0]
    # A province takes many minutes: whoever waits sees what is done.
    print(f"{model.id}: {cpu:.2f} s, its columns {scan:.2f} s", file=sys.stderr, flush=True)
    return ratios.Cost(cpu, scan), int(counted)


def _scan(duck: Duck, columns: Columns) -> float:
    """Processor seconds of reading every value of some columns."""

    def read() -> None:
        for dataset, wanted in sorted(columns.items()):
            # The smallest and largest value would be told by the files' statistics; this reads every value.
            values = ", ".join(f"bit_xor(hash({quoted(name)}))" for name in sorted(wanted))
            duck.execute(f"SELECT count(*), {values} FROM {quoted(dataset)}").fetchall()

    return ratios.middle(lambda: _seconds(read))


def _seconds(work: Callable[[], None]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


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
