"""A case from a finding: the lines it rests on, fetched within one run, told with made-up names."""

import datetime as dt
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from steelyard.catalogue import Catalogue
from steelyard.detect.sandbox import covering, given, made_up, sampling
from steelyard.detect.sandbox.asking import ask
from steelyard.detect.sandbox.draft import Draft
from steelyard.detect.sandbox.given import Cut, Given
from steelyard.detect.sandbox.limits import Limits
from steelyard.detect.sandbox.refusal import Refusal
from steelyard.detect.sandbox.trial import in_order, look_at
from steelyard.detect.views import Tables
from steelyard.engines.postgres import Database

MOST_ROWS = 200


@dataclass(frozen=True)
class MadeCase:
    """A case ready to be added to cases.yaml."""

    name: str
    text: str
    rows: Mapping[str, int]
    """Rows taken of each dataset."""
    replaced: int
    """Values that were replaced by made-up ones."""


def case_of(
    pool: Tables,
    catalogue: Catalogue,
    database: Database,
    draft: Draft,
    *,
    row: int,
    name: str,
    as_of: str,
    cut: Cut = Cut(),  # noqa: B008 - a frozen value
    limits: Limits | None = None,
    secret: str = "",
) -> MadeCase:
    """The case of the finding in place ``row`` of a trial with the same cut and secret.  Raises Refusal."""
    held = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="steelyard-case-") as place:
        folder = Path(place)
        errand, look, wanted = look_at(catalogue, draft, folder, cut, held)
        tables = _with_what_relations_read(catalogue, look["tables"])
        laid = given.lay_out(
            pool, catalogue, database, tables, folder, lead=look["lead"], cut=wanted, traced=True, secret=secret,
            reach=sampling.read(look["reach"], catalogue),
        )  # fmt: skip
        answer = ask(
            catalogue.root, "run", folder, held, **errand, reads=list(look["tables"]), relations=laid.relations,
            as_of=as_of, root=laid.root, areas=given.AREAS, units=laid.units, traced=True,
        )  # fmt: skip
        rows = in_order(look, answer.table.to_pylist() if answer.table is not None else [], cut.area)
        if not 0 <= row < len(rows):
            raise Refusal("case-row", "the finding is not there any more; run the model again")
        lines = _lines(folder, laid, rows[row]["_src"] or [])
    return _made(catalogue, look, rows[row], lines, name, as_of)


def _with_what_relations_read(catalogue: Catalogue, tables: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """A derived relation is told in a case by the rows it is derived from."""
    wanted: dict[str, set[str]] = {name: set(columns) for name, columns in tables.items()}
    for relation in catalogue.relations_needed(set(tables)):
        for name, columns in relation.data.items():
            if name in catalogue.contracts:
                wanted.setdefault(name, set()).update(columns)
    return {name: sorted(columns) for name, columns in wanted.items()}


def _lines(folder: Path, laid: Given, sources: Iterable[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The rows behind a finding by dataset."""
    wanted: dict[str, set[tuple[str, str, int]]] = defaultdict(set)
    for line in sources:
        if line and line["delivery"]:
            wanted[line["dataset"]].add((line["delivery"], line["file"], line["row"]))
    if sum(map(len, wanted.values())) > MOST_ROWS:
        raise Refusal("case-size", f"rests on more than {MOST_ROWS} rows; choose a smaller finding")
    found = {}
    for dataset, places in wanted.items():
        table = pq.read_table(folder / laid.relations[dataset])
        numbers = [place[2] for place in places]
        near = table.filter(pc.is_in(table["_raw_row"], value_set=pa.array(numbers, pa.int64()))).to_pylist()
        found[dataset] = [row for row in near if (row["_delivery"], row["_file"], row["_raw_row"]) in places]
    return found


def _made(
    catalogue: Catalogue,
    look: Mapping[str, Any],
    finding: Mapping[str, Any],
    lines: Mapping[str, list[dict[str, Any]]],
    name: str,
    as_of: str,
) -> MadeCase:
    made = made_up.MadeUp()
    rows = made_up.rows_of(catalogue, lines, made)
    closed = covering.kinds(catalogue, look["told_by"])
    if finding.get(look["model"]["grade"]) in covering.GRADES:
        closed.pop(look["model"]["grade"], None)
    told = {
        column: value
        for column in dict.fromkeys([*look["model"]["key"], look["model"]["area"], look["model"]["grade"]])
        if finding.get(column) is not None
        and (value := made.output(finding[column], shown=not closed.get(column))) is not None
    }
    text = made_up.written(name, dt.date.fromisoformat(as_of), rows, told)
    return MadeCase(name, text, {dataset: len(listed) for dataset, listed in rows.items()}, len(made.given))
