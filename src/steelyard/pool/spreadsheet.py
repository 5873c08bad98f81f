"""Bad rows as a file for a spreadsheet: nothing in it is a formula, and it can come back corrected."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence

from steelyard.pool.quarantine import Quarantined

OWN = {"row": "steelyard_row", "rule": "steelyard_rule", "column": "steelyard_column", "reason": "steelyard_reason"}
"""Columns we put before the department's own."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FIELDS = ("id", "delivery", "interface", "dataset", "file", "row", "rule", "column", "value", "reason", "state", "raw")


def safe(cell: str) -> str:
    """A cell no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def plain(cell: str) -> str:
    """What ``safe`` was given."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def own_columns(cells: Iterable[str | None]) -> list[str]:
    """The department's columns among those of a file that was sent back."""
    return [name for name in cells if name is not None and name not in OWN.values()]


def as_csv(rows: Sequence[Quarantined]) -> str:
    """Broken rules as CSV."""
    return _csv(_FIELDS, [{name: getattr(row, name) for name in _FIELDS} for row in rows])


def as_lines(rows: Sequence[Quarantined]) -> str:
    """Broken rules as JSON lines."""
    return "".join(
        json.dumps({name: getattr(row, name) for name in _FIELDS}, ensure_ascii=False) + "\n" for row in rows
    )


def as_sent_back(rows: Sequence[Quarantined]) -> str:
    """One line a bad row: its number, all it breaks, and the department's own columns as they came."""
    lines: dict[tuple[str, str, str, int], dict[str, object]] = {}
    for row in rows:
        place = (row.delivery, row.dataset, row.file, row.row)
        line = lines.setdefault(place, {OWN["row"]: row.id, **_delivered(row)})
        for name, said in (("rule", row.rule), ("column", row.column), ("reason", row.reason or row.rule)):
            line[OWN[name]] = "; ".join(filter(None, [str(line.get(OWN[name]) or ""), said]))
    own = dict.fromkeys(name for line in lines.values() for name in own_columns(line))
    return _csv([*OWN.values(), *own], lines.values())


def _delivered(row: Quarantined) -> dict[str, object]:
    said = json.loads(row.raw) if row.raw and row.raw.startswith("{") else {}
    return {str(name): value for name, value in said.items()}


def _csv(columns: Sequence[str], lines: Iterable[Mapping[str, object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe(name) for name in columns])
    for line in lines:
        writer.writerow([safe(str(line[name])) if line.get(name) is not None else "" for name in columns])
    return out.getvalue()
