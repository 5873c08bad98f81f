"""What concerns more than one row: references, checks over the table, and what a delivery should be like.

They come after the checks of single rows and of the key, in this order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from steelyard.contracts import Contract
from steelyard.contracts.contract import TableCheck
from steelyard.engines.duck import Duck, register_files
from steelyard.kit.sqltext import quoted
from steelyard.pool import tables
from steelyard.pool.conform import KEPT_OF_A_REFUSED, Conformed, Flaw, Task, raw_rows, refusal

Files = Callable[[str], Sequence[str]]
"""The Parquet files of a dataset as it is now."""


@dataclass(frozen=True)
class Surroundings:
    """What else is known while a dataset is inspected."""

    contracts: Mapping[str, Contract]
    files: Files
    beside: Mapping[str, str]
    """Relations of good rows that came in the same delivery, by dataset."""

    def show(self, duck: Duck, dataset: str, name: str) -> None:
        """Make a dataset readable under ``name``: as it is now, with what comes in the same delivery."""
        contract, stored = self.contracts[dataset], f"stored {dataset}"
        register_files(duck, stored, self.files(dataset), tables.schema_of(contract))
        columns = ", ".join(quoted(column) for column in contract.columns)
        sql = f"SELECT {columns} FROM {quoted(stored)} o"
        new = self.beside.get(dataset)
        if new:
            sql = (
                f"{sql} ANTI JOIN {new} n ON {tables.match(contract, 'o', 'n')} "
                f"UNION ALL SELECT {columns} FROM {new} WHERE NOT _gone"
            )
        duck.execute(f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS {sql}")


@dataclass(frozen=True)
class History:
    """What is known of deliveries before."""

    rows: int | None
    """Rows the newest accepted delivery of the interface brought for the dataset; None: there was none."""


def inspect(duck: Duck, task: Task, made: Conformed, around: Surroundings, history: History | None) -> Conformed:
    """The same rows less those a table check takes out, with what was found; or the refusal.

    ``history``: None where rows are sent again, of which nobody expects a number.
    """
    if made.refused or made.keyed is None:
        return made if made.refused else _expected(task, made, history)
    made = replace(made, warnings=(*made.warnings, *_references(duck, task, made, around)))
    for check in task.contract.table_checks:
        made = _checked(duck, task, made, check, around)
        if made.refused:
            return made
    refused = refusal(task.contract, made.received, made.quarantined, made.flaws)
    if refused:
        return replace(made, refused=refused, flaws=made.flaws[:KEPT_OF_A_REFUSED], questions=())
    return _expected(task, made, history)


def _references(duck: Duck, task: Task, made: Conformed, around: Surroundings) -> list[dict[str, object]]:
    """Values that stand nowhere in the dataset they refer to: a signal, because the other side may only be late."""
    found: list[dict[str, object]] = []
    for column in task.contract.columns.values():
        told = column.references
        if not told or told.dataset not in around.contracts:
            continue
        if not around.files(told.dataset) and told.dataset not in around.beside:
            continue  # never connected: that is the readiness of the other dataset, not a fault of each row
        other, name, there = f"referred {told.dataset}", quoted(column.name), quoted(told.column)
        around.show(duck, told.dataset, other)
        row = duck.execute(
            f"SELECT count(*), min(_file), min(_row) FROM {made.relation} n "
            f"ANTI JOIN (SELECT {there} FROM {quoted(other)}) o ON o.{there} = n.{name} "
            f"WHERE n.{name} IS NOT NULL AND NOT n._gone"
        ).fetchall()[0]
        if row[0]:
            found.append({"kind": "reference", "dataset": task.name, "column": column.name, "rows": row[0],
                          "file": row[1], "row": row[2], "refers_to": f"{told.dataset}.{told.column}"})  # fmt: skip
    return found


def _checked(duck: Duck, task: Task, made: Conformed, check: TableCheck, around: Surroundings) -> Conformed:
    """Run one table check, and do with the rows it finds what its level says."""
    duck.execute(f"CREATE OR REPLACE TEMP VIEW delivered AS SELECT * FROM {made.relation} WHERE NOT _gone")
    if check.reads_pool:
        register_files(duck, "pool", around.files(task.name), tables.schema_of(task.contract))
    for dataset in check.reads:
        around.show(duck, dataset, dataset)
    found = quoted(f"found {check.id}")
    duck.execute(f"CREATE OR REPLACE TEMP TABLE {found} AS SELECT DISTINCT _file, _row FROM ({check.sql})")
    count, file, row = duck.execute(f"SELECT count(*), min(_file), min(_row) FROM {found}").fetchall()[0]
    if not count:
        return made
    if check.level == "reject":
        message = f"{task.name}: {file} row {row} and {count - 1} more break {check.id}, which refuses the delivery"
        return replace(made, refused=message, flaws=made.flaws[:KEPT_OF_A_REFUSED], questions=())
    if check.level == "warn":
        signal = {"kind": "warning", "dataset": task.name, "check": check.id, "rows": count, "file": file, "row": row,
                  "zh": check.title.zh, "en": check.title.en}  # fmt: skip
        return replace(made, warnings=(*made.warnings, signal))
    return _taken_out(duck, task, made, check, found)


def _taken_out(duck: Duck, task: Task, made: Conformed, check: TableCheck, found: str) -> Conformed:
    keyed, out = task.relation("keyed"), quoted(f"out {check.id}")
    duck.execute(
        f"CREATE OR REPLACE TEMP TABLE {out} AS SELECT k._file, k._row, k._at FROM {keyed} k "
        f"SEMI JOIN {found} f ON f._file = k._file AND f._row = k._row "
        f"SEMI JOIN {made.relation} g ON {tables.match(task.contract, 'k', 'g')} "
        "AND g._file = k._file AND g._row = k._row WHERE NOT k._bad"
    )
    raw = raw_rows(duck, task, out)
    flaws = [
        Flaw(file, row, f"check:{check.id}", reason=check.title.en, raw=text)
        for (file, row, _), text in sorted(raw.items())
    ]
    # The good rows are a view over these.
    duck.execute(
        f"UPDATE {keyed} k SET _bad = true FROM {out} o WHERE o._file = k._file AND o._row = k._row AND o._at = k._at"
    )
    return replace(made, quarantined=made.quarantined + len(flaws), flaws=(*made.flaws, *flaws))


def _expected(task: Task, made: Conformed, history: History | None) -> Conformed:
    """Least and most rows, and the change against the delivery before."""
    if history is None:
        return made
    wanted, name = task.contract.expectations, task.name
    if made.received < wanted.min_rows:
        return replace(made, refused=f"{name}: {made.received} rows, at least {wanted.min_rows} are expected")
    signals: list[dict[str, object]] = []
    if wanted.max_rows is not None and made.received > wanted.max_rows:
        signals.append({"kind": "expectation", "dataset": name, "expectation": "max_rows", "rows": made.received,
                        "most": wanted.max_rows})  # fmt: skip
    before = history.rows
    if wanted.max_change is not None and before and abs(made.received - before) > wanted.max_change * before:
        if task.contract.mode == "snapshot" and not task.contract.scope and made.received < before:
            # What a shrunken snapshot leaves out would be deleted: it may be half a file.
            message = f"{name}: {made.received} rows, {before} in the delivery before; at most"
            return replace(made, refused=f"{message} {wanted.max_change:.0%} may be gone")
        signals.append({"kind": "expectation", "dataset": name, "expectation": "max_change", "rows": made.received,
                        "before": before, "most": wanted.max_change})  # fmt: skip
    return replace(made, warnings=(*made.warnings, *signals))
