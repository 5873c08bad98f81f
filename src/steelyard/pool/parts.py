"""The Parquet files a table consists of, written by the engine and described for the Delta log."""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from steelyard.contracts import Column, Contract
from steelyard.engines.duck import Duck
from steelyard.kit.sqltext import literal, quoted
from steelyard.pool.faults import fault

MOST_BYTES = 128 * 2**20
"""Small files are brought together up to this size."""
MOST_ROW_GROUPS = 60
"""About a million rows, or 128 MB of rows of usual width: what a change to one row rewrites at most."""
ROW_GROUP_ROWS = 16_384
"""Whoever looks up a few values decodes the row groups they lie in.  An engine that keeps the footers does so in half
the time of 40,960, and a scan of everything costs a twelfth more; with 8,192 the scan costs half as much again."""
LONGEST_BOUND = 64
"""Characters; a longer text is no bound in the log, for the log keeps it for good."""
PLAIN, CLUSTERED = "part", "clustered"
"""How a file's name begins; rows of a clustered file lie together by the contract's ``cluster_by``."""
_INDEXED_TYPES = ("string", "integer", "date")

Bound = str | int


@dataclass(frozen=True)
class Part:
    """One Parquet file of a table."""

    name: str
    """File name in the table's folder."""
    bytes: int
    rows: int
    lowest: Mapping[str, Bound] = field(default_factory=dict)
    """Smallest value by column, where known; dates as ISO text."""
    highest: Mapping[str, Bound] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """``PLAIN`` or ``CLUSTERED``."""
        return CLUSTERED if self.name.startswith(f"{CLUSTERED}-") else PLAIN


def indexed(contract: Contract) -> tuple[str, ...]:
    """Columns whose smallest and largest values may stand in the Delta log.

    The log outlives the rows: what identifies a person must not get there, or nobody could be erased.
    """
    chosen = {*contract.key, *contract.cluster_by}
    return tuple(
        name for name, column in contract.columns.items()
        if column.type in _INDEXED_TYPES and not column.private and (name in chosen or column.type == "date")
    )  # fmt: skip


def write(
    duck: Duck, sql: str, folder: Path, columns: Mapping[str, Column], bounds: Collection[str], kind: str = PLAIN
) -> list[Part]:
    """Write the rows of a query as new files of ``folder``; nobody reads them before they are committed.

    ``bounds``: columns whose smallest and largest values are noted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = duck.execute(
        f"COPY ({sql}) TO {literal(str(folder))} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, "
        # A limit in bytes beside the one in rows makes this engine forget the latter.
        f"ROW_GROUP_SIZE {ROW_GROUP_ROWS}, ROW_GROUPS_PER_FILE {MOST_ROW_GROUPS}, "
        f"FILENAME_PATTERN '{kind}-{{uuid}}', APPEND true, RETURN_STATS true)"
    ).fetchall()
    found = []
    for path, rows, size, _, statistics, *_ in made:
        if not rows:
            Path(path).unlink()
            continue
        _settle(path)
        lowest, highest = _bounds(statistics or {}, columns, bounds)
        found.append(Part(Path(path).name, int(size), int(rows), lowest, highest))
        fault("between-files")
    return found


def _settle(path: str) -> None:
    """Have the disk hold the file before a commit names it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _bounds(
    statistics: Mapping[str, Mapping[str, str]], columns: Mapping[str, Column], wanted: Collection[str]
) -> tuple[dict[str, Bound], dict[str, Bound]]:
    lowest: dict[str, Bound] = {}
    highest: dict[str, Bound] = {}
    for name in wanted:
        known = statistics.get(quoted(name), {})
        least, most = known.get("min"), known.get("max")
        # Both or neither: with one bound alone a file could be passed over wrongly or not at all.
        exact = known.get("min_is_exact") == known.get("max_is_exact") == "true"
        if least is None or most is None or not exact or max(len(least), len(most)) > LONGEST_BOUND:
            continue
        number = columns[name].type == "integer"
        lowest[name], highest[name] = (int(least), int(most)) if number else (least, most)
    return lowest, highest


def groups(parts: Sequence[Part]) -> list[list[Part]]:
    """Files to rewrite together, in their order: small ones become one, those of full size stay apart."""
    found: list[list[Part]] = []
    for part in sorted(parts, key=lambda one: one.kind):
        last = found[-1] if found else []
        fits = last and last[0].kind == part.kind and _fits([*last, part])
        if fits:
            last.append(part)
        else:
            found.append([part])
    return found


def _fits(parts: Sequence[Part]) -> bool:
    rows = sum(part.rows for part in parts)
    return sum(part.bytes for part in parts) <= MOST_BYTES and rows <= MOST_ROW_GROUPS * ROW_GROUP_ROWS
