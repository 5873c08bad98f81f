"""A first run of a text over real data: counts, covered rows and cost, and nothing that stays in the engine."""

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from steelyard.catalogue import Catalogue
from steelyard.detect.parameters import prefix
from steelyard.detect.sandbox import covering, given, sampling
from steelyard.detect.sandbox.asking import Answer, ask
from steelyard.detect.sandbox.draft import Draft
from steelyard.detect.sandbox.given import Cut, Given
from steelyard.detect.sandbox.limits import Limits
from steelyard.detect.views import Tables
from steelyard.engines.postgres import Database

__all__ = ["Cut", "Trial", "try_out"]
SHOWN = 50


@dataclass
class Trial:
    """What one run of a text came to."""

    pool_version: int
    as_of: str
    rows: int
    """Rows found; at most the limit."""
    counted_out: bool
    """Whether there may be more than were counted."""
    grades: Mapping[str, int]
    columns: list[str]
    headings: Mapping[str, str]
    """Of columns whose expression was given no name, how it begins."""
    covered: dict[str, str]
    """Columns whose values are replaced, with the kind of the stand-ins."""
    shown: list[dict[str, Any]]
    given: Mapping[str, int]
    """Rows handed to the text, by relation."""
    foreseen: Mapping[str, Any]
    met: Mapping[str, Any]
    seconds: float
    prepared_seconds: float
    complaints: list[dict[str, str]] = field(default_factory=list)
    """What the engine would hold against the result: keys twice, keys without a value, unknown grades; and what the
    text asks of letters that a trial does not have."""
    sampled: Mapping[str, Any] = field(default_factory=dict)
    """Of a sample: ``by`` units or rows, how many were ``taken`` of how many, and ``what`` they are of."""
    in_area: int | None = None
    """Of the rows looked at, those of the area asked for."""


def try_out(
    pool: Tables,
    catalogue: Catalogue,
    database: Database,
    text: Draft | str,
    *,
    as_of: str,
    cut: Cut = Cut(),  # noqa: B008 - a frozen value
    limits: Limits | None = None,
    only_plan: bool = False,
    secret: str = "",
) -> Trial:
    """Run a draft, or a bare text, over a sample, an area or all of the pool.  Raises Refusal.

    ``only_plan``: the engine foresees the run and reads no row.  ``secret``: of the stand-ins, where `case_of` shall
    find the same findings in the same places; its author must never learn it.
    """
    held = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="steelyard-try-") as name:
        folder = Path(name)
        errand, look, wanted = look_at(catalogue, text, folder, cut, held)
        begun = time.monotonic()
        laid = given.lay_out(
            pool, catalogue, database, look["tables"], folder, lead=look["lead"], cut=wanted, secret=secret,
            reach=sampling.read(look["reach"], catalogue),
        )  # fmt: skip
        prepared = round(time.monotonic() - begun, 3)
        errand["only_plan"] = only_plan
        answer = _run(catalogue, folder, held, errand, look, laid, as_of)
    return _told(catalogue, look, laid, answer, held, as_of, prepared, cut.area)


def look_at(
    catalogue: Catalogue, text: Draft | str, folder: Path, cut: Cut, limits: Limits
) -> tuple[dict[str, Any], Mapping[str, Any], Cut]:
    """(errand, what the text says of itself, the cut with its column); the draft is laid below ``folder``."""
    errand = _errand(text, folder)
    look = ask(catalogue.root, "look", folder, limits, **errand, reach=bool(cut.sample)).said
    return errand, look, Cut(cut.sample, cut.area, _area_column(look))


def in_order(look: Mapping[str, Any], rows: list[dict[str, Any]], area: str) -> list[dict[str, Any]]:
    """Findings of an area by grade, area and key: the same place each time."""
    area_column, grade = (look["model"]["area"], look["model"]["grade"]) if look["model"] else ("area_code", "grade")
    mine = [row for row in rows if not area or str(row.get(area_column) or "").startswith(prefix(area))]
    key = look["model"]["key"] if look["model"] else []
    worst = {word: place for place, word in enumerate(covering.GRADES)}
    return sorted(
        mine,
        key=lambda row: (
            worst.get(str(row.get(grade)), len(worst)), *(str(row.get(column)) for column in (area_column, *key))
        ),
    )  # fmt: skip


def _errand(text: Draft | str, folder: Path) -> dict[str, Any]:
    if isinstance(text, str):
        return {"sql": text}
    place = text.write(folder)
    return {"sql": text.sql, "model": str(place.relative_to(folder))}


def _area_column(look: Mapping[str, Any]) -> tuple[str, str] | None:
    """The one column the findings' area is taken from, if it is one."""
    made_of = look["origins"].get(look["model"]["area"] if look["model"] else "area_code") or []
    return (made_of[0][0], made_of[0][1]) if len(made_of) == 1 else None


def _run(
    catalogue: Catalogue,
    folder: Path,
    limits: Limits,
    errand: Mapping[str, Any],
    look: Mapping[str, Any],
    laid: Given,
    as_of: str,
) -> Answer:
    grade = look["model"]["grade"] if look["model"] else "grade"
    return ask(
        catalogue.root, "run", folder, limits, **errand, reads=list(look["tables"]), relations=laid.relations,
        as_of=as_of, root=laid.root, areas=given.AREAS, units=laid.units, count=grade,
    )  # fmt: skip


def _told(
    catalogue: Catalogue,
    look: Mapping[str, Any],
    laid: Given,
    answer: Answer,
    limits: Limits,
    as_of: str,
    prepared: float,
    area: str,
) -> Trial:
    rows = _rows(look, answer.table)
    kind_of = covering.kinds(catalogue, look["told_by"])
    grade = look["model"]["grade"] if look["model"] else "grade"
    said = answer.said
    mine = in_order(look, rows, area)
    return Trial(
        pool_version=laid.pool_version,
        as_of=as_of,
        rows=int(said.get("rows") or 0),
        counted_out=int(said.get("rows") or 0) >= limits.most_rows,
        grades=said.get("counts") or {},
        columns=list(look["outputs"]),
        headings=look["headings"],
        covered={name: kind for name, kind in kind_of.items() if kind and name != grade},
        shown=covering.covered(mine[:SHOWN], kind_of, grade=grade),
        given=laid.rows,
        foreseen=said["foreseen"],
        met=said.get("met") or {},
        seconds=float(said.get("seconds") or 0),
        prepared_seconds=prepared,
        sampled=laid.sampled,
        complaints=[*look["looked_into"], *_complaints(look["model"], rows)],
        in_area=len(mine) if area and "rows" in said else None,
    )


def _rows(look: Mapping[str, Any], table: pa.Table | None) -> list[dict[str, Any]]:
    """The rows under the names of ``outputs``: the engine has names of its own for expressions without one."""
    if table is None:
        return []
    known = len(look["outputs"]) == table.num_columns
    return list((table.rename_columns(look["outputs"]) if known else table).to_pylist())


def _complaints(model: Mapping[str, Any] | None, rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Said of the rows handed back, without a value of theirs."""
    if model is None:
        return []
    keys = [tuple(row.get(column) for column in model["key"]) for row in rows]
    found = []
    if twice := len(keys) - len(set(keys)):
        found.append({"rule": "key-twice", "message": f"{twice} rows share the key of another row"})
    if empty := sum(None in key for key in keys):
        found.append({"rule": "key-null", "message": f"{empty} rows have a key without a value"})
    words = {row.get(model["grade"]) for row in rows} - set(model["grades"])
    if words:
        found.append({"rule": "grade-unknown", "message": f"{len(words)} grades are not among {model['grades']}"})
    return found
