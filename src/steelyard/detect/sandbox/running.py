"""The run of one text over the relations handed in."""

import datetime as dt
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.catalogue.reader import read_model
from steelyard.detect.parameters import param_sql
from steelyard.detect.sandbox import cost, sampling, text
from steelyard.detect.sandbox.covering import GRADES
from steelyard.detect.sandbox.limits import Limits
from steelyard.detect.sandbox.refusal import Refusal
from steelyard.detect.stage import bare
from steelyard.detect.trace import NotTraceable, trace
from steelyard.engines.duck import Duck
from steelyard.engines.sealed import measured, planned, sealed
from steelyard.kit.sqltext import literal

_BATCH = 2_048


def run(
    errand: Mapping[str, Any], folder: Path, catalogue: Catalogue, limits: Limits
) -> tuple[dict[str, Any], pa.Table]:
    """Evaluate ``sql`` over ``relations`` (name to file below the folder).

    ``reads``: the names the text may say; ``model``: folder of the draft, where the text belongs to one; ``count``:
    output column whose grades are counted; ``traced``: whether each row tells the lines it rests on, ``_src``;
    ``units``: file and names of the units of a sample, so that no other finding is told; ``only_plan``: no row is read.
    """
    model = read_model(folder / errand["model"]) if errand.get("model") else None
    relations = {name: folder / file for name, file in errand["relations"].items()}
    text.admit(errand["sql"], {*errand["reads"], "run", "param"})
    written = bare(errand["sql"])
    if errand.get("traced"):
        written = _traced(written, catalogue)
    if units := errand.get("units"):
        relations[sampling.TABLE] = folder / units["file"]
        written = sampling.within(written, units["names"])
    duck = sealed(
        relations,
        memory_mb=limits.memory_mb,
        threads=limits.threads,
        prepare=lambda opened: _reserved(opened, model, errand),
    )
    paths = {str(path): name for name, path in relations.items()}
    answer: dict[str, Any] = {"foreseen": cost.foreseen(planned(duck, written), paths)}
    if errand.get("only_plan"):
        return answer, pa.table({})
    begun = time.monotonic()
    table, answer["rows"], answer["counts"] = _fetched(duck, written, errand.get("count") or "", limits)
    answer["seconds"] = round(time.monotonic() - begun, 3)
    answer["met"] = cost.met(measured(duck), paths)
    return answer, table


def _traced(written: str, catalogue: Catalogue) -> str:
    try:
        return trace(written, catalogue.contracts, catalogue.relations).sql
    except NotTraceable as error:
        raise Refusal("sql-trace", f"cannot tell which lines a row rests on: {error}") from error


def _reserved(duck: Duck, model: SupervisionModel | None, errand: Mapping[str, Any]) -> None:
    """The reserved relations ``run`` and ``param``."""
    day = dt.date.fromisoformat(errand["as_of"])
    duck.execute(
        f"CREATE TABLE run AS SELECT CAST({literal(str(day))} AS DATE) AS as_of, {literal(errand['root'])} AS root_area"
    )
    if model is not None:
        areas = f"read_parquet({literal(str(Path(errand['folder']) / errand['areas']))})"
        duck.execute(f"CREATE TABLE param AS {param_sql(model, day, areas=areas)}")


def _fetched(duck: Duck, sql: str, count: str, limits: Limits) -> tuple[pa.Table, int, dict[str, int]]:
    """The first rows, how many there are (at most ``most_rows``), and how often each grade stands in ``count``."""
    reader = duck.sql(sql).to_arrow_reader(_BATCH)
    kept: list[pa.RecordBatch] = []
    rows, held = 0, 0
    counts: Counter[str] = Counter()
    for batch in reader:
        if rows < limits.rows and held < limits.answer_bytes // 2:
            kept.append(batch.slice(0, limits.rows - rows))
            held += batch.nbytes
        if count and count in batch.schema.names:
            counts.update(_grade(value) for value in batch.column(count).to_pylist())
        rows += batch.num_rows
        if rows >= limits.most_rows:
            break
    return pa.Table.from_batches(kept, reader.schema), rows, dict(counts)


def _grade(value: object) -> str:
    """Grades are counted by name; any other word is only told to be one, for it could be anybody's name."""
    return str(value) if value in GRADES else "other"
