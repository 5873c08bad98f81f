"""Rows that came out of order: behind newer ones of their file, after a later period, or older than what stands.

Nothing is lost by it, for the newer row stays; but a department that delivers so may also leave out what is between.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from steelyard.engines.duck import Duck
from steelyard.kit.sqltext import quoted
from steelyard.pool import ordering
from steelyard.pool.mapping import parquet
from steelyard.sources import Interface, TextFile

KIND = "out-of-order"
"""Of the signal on the delivery and of the interface's incident."""
Signal = dict[str, Any]


def in_files(duck: Duck, interface: Interface, texts: Sequence[TextFile]) -> list[Signal]:
    """Rows that stand behind a newer one of their file, by the column the department sorts by, if it states one."""
    column = interface.sequence
    parts = [str(part) for text in texts if column in text.columns for part in text.parts]
    if not column or not parts:
        return []
    # Numbers and times are compared as such; of other texts (running numbers with letters) the longer is the later.
    sql = (
        f"SELECT _file, _row, file_row_number AS _at, _at_text, {ordering.of_text('_at_text')} AS _at_number FROM "
        f"(SELECT *, nullif(trim({quoted(column)}), '') AS _at_text FROM {parquet(parts)})"
    )
    plain = f"(SELECT *, count(_at_text) OVER () = count(_at_number) OVER () AS _plain FROM ({sql}))"
    place = "CASE WHEN _plain THEN (_at_number, '') ELSE (length(_at_text), _at_text) END"
    before = "max(_place) OVER (PARTITION BY _file ORDER BY _row, _at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    found = duck.execute(
        f"SELECT count(*), min(_file), min(_row) FROM (SELECT *, {before} AS _before FROM "
        f"(SELECT _file, _row, _at, {place} AS _place FROM {plain} WHERE _at_text IS NOT NULL)) WHERE _place < _before"
    ).fetchall()[0]
    if not found[0]:
        return []
    return [
        {
            "kind": "out-of-order",
            "by": "sequence",
            "column": column,
            "rows": found[0],
            "file": found[1],
            "row": found[2],
        }
    ]


def by_period(period: str, newest: str) -> list[Signal]:
    """A delivery of a business period, where one of a later period was accepted."""
    return (
        [{"kind": "out-of-order", "by": "period", "period": period, "newest": newest}]
        if period and period < newest
        else []
    )


def against_pool(dataset: str, late: int) -> list[Signal]:
    """Rows older than what the pool had."""
    return [{"kind": "out-of-order", "by": "pool", "dataset": dataset, "rows": late}] if late else []


def told(signals: Iterable[Mapping[str, Any]]) -> tuple[str, dict[str, Any]]:
    """One sentence for the incident, and its figures; empty where nothing came out of order."""
    own = [signal for signal in signals if signal.get("kind") == KIND]
    if not own:
        return "", {}
    rows = {by: sum(int(one.get("rows", 0)) for one in own if one["by"] == by) for by in ("pool", "sequence")}
    periods = [f"{one['period']} after {one['newest']}" for one in own if one["by"] == "period"]
    parts = [f"{rows['pool']} rows older than what the pool had"] if rows["pool"] else []
    parts += [f"{rows['sequence']} rows behind a newer one of their file"] if rows["sequence"] else []
    parts += [f"period {text}" for text in periods]
    return f"arrived out of order: {'; '.join(parts)}", {**rows, "periods": periods}
