"""Delta tables: one a dataset.  A merge rewrites the files that hold touched rows and no other.

Readers take a version's files as plain Parquet, so rows are never marked as deleted beside their file.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck, register_files
from steelyard.kit.sqltext import literal, quoted
from steelyard.pool import commits, parts
from steelyard.pool.commits import Note, files_of, rewind, row_count
from steelyard.pool.parts import Bound, Part

__all__ = ["LINEAGE", "Merged", "Stamp", "files_of", "match", "merge", "rewind", "row_count", "schema_of"]

LINEAGE: Mapping[str, str] = {
    "_delivery": "VARCHAR",
    "_raw_row": "BIGINT",
    "_file": "VARCHAR",
    "_seq": "BIGINT",
    "_supplier": "VARCHAR",
    "_order": "BIGINT",
}
"""Columns every conformed row carries beside those of its contract."""


@dataclass(frozen=True)
class Merged:
    """What a merge did.  ``version``: the Delta version now, unchanged where nothing was written."""

    version: int | None
    admitted: int
    unchanged: int
    removed: int
    written: bool
    corrected: int = 0
    """Of the admitted rows those that took the place of an older one."""
    files_rewritten: int = 0
    bytes_rewritten: int = 0
    """Size of the files that were replaced."""


@dataclass(frozen=True)
class Stamp:
    """What a delivery writes beside its rows."""

    delivery: str
    seq: int
    supplier: str
    ordered: bool = False
    """Whether the rows bring ``_order``: which of two versions of a row is the newer."""
    work: str = "merge"
    """What is done with the delivery: a table takes the same work on it once, so a third replay says so here."""


def schema_of(contract: Contract) -> dict[str, str]:
    """Columns of a table and their SQL types, lineage included."""
    return contract.schema | dict(LINEAGE)


def match(contract: Contract, left: str, right: str) -> str:
    """SQL: whether two relations' rows have the same key."""
    return " AND ".join(f"{left}.{quoted(name)} = {right}.{quoted(name)}" for name in contract.key)


def merge(
    duck: Duck, contract: Contract, good: str, folder: Path, base: int | None, stamp: Stamp, *,
    gone: str | None = None, restored: bool = False,
) -> Merged:  # fmt: skip
    """Bring the rows of ``good`` into the table whose published version is ``base``, and take keys out of it.

    One Delta commit replaces the files that hold changed or leaving rows.  ``good``: one row a key, with ``_file``
    and ``_row``.  Rows that say what the table says already are left as they are, with their first lineage.
    ``gone``: relation of keys that are to be no more; none of them stands in ``good``, and those the table does not
    have do no harm.  ``restored``: the rows bring their own lineage columns, and replace what is there even where
    only these differ.  Raises TableMoved, AlreadyPublished.
    """
    at = rewind(folder, base)
    note = Note(stamp.work, stamp.delivery, stamp.seq)
    commits.refuse_repeated(folder, base, note)
    known = commits.parts_of(str(folder), base) if base is not None else ()
    work = _Work(duck, contract, good, folder, stamp, gone, restored)
    work.compare(known)
    if not work.admitted and not work.removed:
        return Merged(base, 0, work.unchanged, 0, written=False)
    touched = work.touched(known)
    made = work.write(touched)
    version = commits.commit(folder, at, schema_of(contract), made, touched, note)
    size = sum(part.bytes for part in touched)
    return Merged(version, work.admitted, work.unchanged, work.removed, True, work.corrected, len(touched), size)


class _Work:
    """One merge on its way: rows are compared, then touched files are written anew."""

    def __init__(
        self, duck: Duck, contract: Contract, good: str, folder: Path, stamp: Stamp, gone: str | None, restored: bool
    ) -> None:
        self.duck, self.contract, self.good, self.folder = duck, contract, good, folder
        self.stamp, self.gone, self.restored = stamp, gone, restored
        self.met, self.dropped = quoted(f"met {contract.dataset}"), quoted(f"dropped {contract.dataset}")
        self.admitted = self.unchanged = self.corrected = self.removed = 0
        self.inserts = False

    def compare(self, known: Sequence[Part]) -> None:
        """Find the stored row of every key: ``met`` (key, place, whether it says the same), ``dropped`` (place)."""
        total = self._count(f"SELECT count(*) FROM {self.good}")
        near = self._near(known, self.good)
        self.duck.execute(f"CREATE OR REPLACE TEMP TABLE {self.met} AS {self._met(near)}")
        found, self.unchanged = self.duck.execute(
            f"SELECT count(*), count(*) FILTER (_same) FROM {self.met}"
        ).fetchall()[0]
        self.admitted, self.corrected = total - self.unchanged, found - self.unchanged
        self.inserts = total > found
        self.duck.execute(
            f"CREATE OR REPLACE TEMP TABLE {self.dropped} AS SELECT o._path, o._at FROM {self._leaving(known)}"
        )
        self.removed = self._count(f"SELECT count(*) FROM {self.dropped}")
        self.duck.execute(f"INSERT INTO {self.dropped} SELECT _path, _at FROM {self.met} WHERE NOT _same")

    def touched(self, known: Sequence[Part]) -> list[Part]:
        """The files that hold a changed or deleted row."""
        paths = self.duck.execute(f"SELECT DISTINCT _path FROM {self.dropped}").fetchall()
        names = {Path(path).name for (path,) in paths}
        return [part for part in known if part.name in names]

    def write(self, touched: Sequence[Part]) -> list[Part]:
        """New files for the touched ones, with changed rows where the old ones were, and for new rows."""
        groups = parts.groups(touched)
        queries = [(self._rewritten(group), group[0].kind) for group in groups]
        if self.inserts:
            new = self._stamped(f"{self.good} n ANTI JOIN {self.met} m ON {match(self.contract, 'n', 'm')}")
            room = bool(groups) and sum(part.bytes for part in groups[-1]) < parts.MOST_BYTES // 4
            if room and groups[-1][0].kind == parts.PLAIN:
                queries[-1] = (f"{queries[-1][0]} UNION ALL {new}", parts.PLAIN)
            else:
                queries.append((new, parts.PLAIN))
        bounds = parts.indexed(self.contract)
        return [
            part
            for sql, kind in queries
            for part in parts.write(self.duck, sql, self.folder, self.contract.columns, bounds, kind)
        ]

    def _count(self, sql: str) -> int:
        return int(self.duck.execute(sql).fetchall()[0][0])

    def _near(self, known: Sequence[Part], keys: str) -> list[Part]:
        """The files whose bounds let them hold one of the keys."""
        names = [name for name in self.contract.key if any(name in part.lowest for part in known)]
        if not names:
            return list(known)
        ends = ", ".join(f"CAST(min({quoted(name)}) AS VARCHAR), CAST(max({quoted(name)}) AS VARCHAR)"
                         for name in names)  # fmt: skip
        found = self.duck.execute(f"SELECT {ends} FROM {keys}").fetchall()[0]
        spans = {name: (found[2 * at], found[2 * at + 1]) for at, name in enumerate(names)}
        return [part for part in known if all(_overlap(part, name, *span) for name, span in spans.items())]

    def _old(self, among: Collection[Part], columns: Collection[str]) -> str:
        """Stored rows of some files with their place, as a query; columns a file lacks read as null."""
        name = quoted(f"old {self.contract.dataset}")
        schema = {column: kind for column, kind in schema_of(self.contract).items() if column in columns}
        files = [str(self.folder / part.name) for part in among]
        register_files(self.duck, name[1:-1], files, schema, place=True)
        return name

    def _met(self, near: Sequence[Part]) -> str:
        key = ", ".join(f"n.{quoted(name)}" for name in self.contract.key)
        others = [quoted(name) for name in self.contract.columns if name not in self.contract.key]
        same = " AND ".join(["true", *(f"o.{name} IS NOT DISTINCT FROM n.{name}" for name in others)])
        same = "false" if self.restored else same
        old = self._old(near, self.contract.columns)
        both = f"{old} o JOIN {self.good} n ON {match(self.contract, 'o', 'n')}"
        return f"SELECT {key}, o._path, o._at, {same} AS _same FROM {both}"

    def _leaving(self, known: Sequence[Part]) -> str:
        """Stored rows, as ``o``, whose keys are to be no more."""
        if not self.gone:
            return f"{self._old((), self.contract.key)} o"
        old = self._old(self._near(known, self.gone), self.contract.key)
        return f"{old} o SEMI JOIN {self.gone} g ON {match(self.contract, 'o', 'g')}"

    def _rewritten(self, group: Sequence[Part]) -> str:
        files = ", ".join(literal(str(self.folder / part.name)) for part in group)
        columns = ", ".join(f"o.{quoted(name)}" for name in schema_of(self.contract))
        name = quoted(f"group {group[0].name}")
        paths = [str(self.folder / part.name) for part in group]
        register_files(self.duck, name[1:-1], paths, schema_of(self.contract), place=True)
        inside = f"WHERE _path IN ({files})"
        kept = (
            f"SELECT {columns} FROM {name} o ANTI JOIN (SELECT * FROM {self.dropped} {inside}) d "
            "ON o._path = d._path AND o._at = d._at"
        )
        changed = f"(SELECT * FROM {self.met} {inside} AND NOT _same)"
        new = self._stamped(f"{self.good} n SEMI JOIN {changed} m ON {match(self.contract, 'n', 'm')}")
        return f"{kept} UNION ALL {new}"

    def _stamped(self, rows: str) -> str:
        columns = ", ".join(f"n.{quoted(name)}" for name in self.contract.columns)
        if self.restored:
            return f"SELECT {columns}, {', '.join(f'n.{name}' for name in LINEAGE)} FROM {rows}"
        return (
            f"SELECT {columns}, {literal(self.stamp.delivery)} AS _delivery, n._row AS _raw_row, n._file, "
            f"CAST({self.stamp.seq} AS BIGINT) AS _seq, {literal(self.stamp.supplier)} AS _supplier, "
            f"{'n._order' if self.stamp.ordered else 'CAST(NULL AS BIGINT)'} AS _order FROM {rows}"
        )


def _overlap(part: Part, name: str, least: str | None, most: str | None) -> bool:
    lowest, highest = part.lowest.get(name), part.highest.get(name)
    if lowest is None or highest is None:
        return True
    if least is None or most is None:
        return False
    return not (_less(highest, least) or _less(most, lowest))


def _less(one: Bound, other: Bound) -> bool:
    number = isinstance(one, int) or isinstance(other, int)
    return int(one) < int(other) if number else str(one) < str(other)


def replace(duck: Duck, contract: Contract, rows: str, folder: Path, base: int, note: Note) -> int:
    """Put the rows of a query in the place of all there are, as for a contract whose columns changed.

    ``rows``: SQL that gives every column of the contract and the lineage.  Returns the new Delta version.
    """
    at = rewind(folder, base)
    schema = schema_of(contract)
    chosen = ", ".join(f"CAST({quoted(name)} AS {kind}) AS {quoted(name)}" for name, kind in schema.items())
    sql = f"SELECT {chosen} FROM ({rows})"
    made = parts.write(duck, sql, folder, contract.columns, parts.indexed(contract))
    return commits.commit(folder, at, schema, made, commits.parts_of(str(folder), base), note)
