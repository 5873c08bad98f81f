"""One person taken out of files: sealed raw files, and the Parquet files of every version of a table."""

import gzip
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from steelyard.contracts import Contract
from steelyard.pool import parts, raw, sealing
from steelyard.pool.raw import RawFile
from steelyard.pool.sealing import Seal
from steelyard.pool.traces import Traces
from steelyard.sources import FileRefused, Interface, read_file
from steelyard.sources.encodings import is_wide
from steelyard.sources.opening import encoding_of, opened

LINE_FORMATS = ("csv", "jsonl", "ocds")


@dataclass(frozen=True)
class Scrubbed:
    """A file that was rewritten."""

    place: str
    old_sha256: str
    new_sha256: str | None
    """None where the file was removed as a whole."""
    rows: int


# -- raw files ---------------------------------------------------------------------------------


def raw_file(
    folder: Path, file: RawFile, interface: Interface | None, seal: Seal | None, found: Traces, rows: Set[int]
) -> Scrubbed | None:
    """Take a person out of one delivered file; None where the person is not in it.

    ``rows``: lines known to be the person's.  A file by lines keeps every other line as it was delivered and its
    number; in the place of any other file stand its rows as text.
    """
    place = raw.sealed_path(folder, file) if seal else raw.raw_path(folder, file)
    if raw.rows_path(folder, file).exists() and seal:
        with raw.opened_rows(folder, file, seal) as path:
            return _rewrite_rows(folder, file, [pq.read_table(path)], seal, found, rows)
    if not place.exists():
        return None
    with raw.opened(folder, file, seal) as path:
        by_lines = interface is not None and interface.file_format in LINE_FORMATS and not _is_document(path, interface)
        if interface is None or not by_lines:
            return _by_rows(folder, file, path, interface, seal, found, rows)
        touched = 0
        made = path.with_name("scrubbed")
        with made.open("wb") as out:
            for number, (line, written), text in _lines(path, interface):
                if number in rows or found.names_person(text):
                    touched += 1
                    line = written(found.line(text, is_json=interface.file_format != "csv"))
                out.write(line)
        if not touched:
            return None
        return _replace(place, file, made, seal, touched, packed=path.suffix.lower() == ".gz")


def _is_document(path: Path, interface: Interface) -> bool:
    return interface.file_format == "ocds" and ".jsonl" not in path.name.lower()


def _lines(path: Path, interface: Interface) -> Iterator[tuple[int, tuple[bytes, Callable[[str], bytes]], str]]:
    """Number, bytes with a way to write other text in their place, and text of each line."""
    said = interface.options.encoding or ("utf-8" if interface.file_format != "csv" else None)
    found = encoding_of(path, said)
    plain = "utf-8" if is_wide(found) else found

    def written(ending: bytes) -> Callable[[str], bytes]:
        return lambda text: text.encode(plain, "replace") + ending

    with opened(path, found) as stream:
        number, rest = 0, b""
        while chunk := stream.read(1 << 20):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                number += 1
                ending = b"\r\n" if line.endswith(b"\r") else b"\n"
                yield number, (line + b"\n", written(ending)), line.removesuffix(b"\r").decode(plain, "replace")
        if rest:
            yield number + 1, (rest, written(b"")), rest.decode(plain, "replace")


def _by_rows(
    folder: Path, file: RawFile, path: Path, interface: Interface | None, seal: Seal | None, found: Traces,
    rows: Set[int],
) -> Scrubbed | None:  # fmt: skip
    """A file that has no lines, or that cannot be read: its rows in its place, or nothing."""
    if interface is None or interface.file_format == "ocds":
        with opened(path) as stream:
            named = bool(rows) or found.names_person(stream.read().decode("utf-8", "replace"))
        return _remove(folder, file, seal, len(rows)) if named else None
    inner = path.parent / "rows"
    inner.mkdir()
    try:
        texts = read_file(path, interface, inner, 0)
    except FileRefused:
        # Nobody can say who is in it, and nobody can use it.
        return _remove(folder, file, seal, len(rows))
    tables = [
        raw.renamed(pq.read_table(part), file, text.file) for text in texts for part in text.parts
    ]  # fmt: skip
    broken = any(found.names_person(line.text) for text in texts for line in text.broken)
    return _rewrite_rows(folder, file, tables, seal, found, rows, also=broken)


def _rewrite_rows(
    folder: Path, file: RawFile, tables: Sequence[pa.Table], seal: Seal | None, found: Traces, rows: Set[int],
    *, also: bool = False,
) -> Scrubbed | None:  # fmt: skip
    """``also``: the file names the person in a line that is no row."""
    if not tables:
        return _remove(folder, file, seal, 0) if also else None
    made, touched = [], 0
    for table in tables:
        listed = table.to_pylist()
        for row in listed:
            texts = [value for name, value in row.items() if name not in ("_row", "_file") and value]
            if row["_row"] in rows or any(found.names_person(value) for value in texts):
                touched += 1
                row |= {name: found.without(value) for name, value in row.items()
                        if isinstance(value, str) and name != "_file"}  # fmt: skip
        made.append(pa.Table.from_pylist(listed, schema=table.schema))
    if not touched and not also:
        return None
    if seal is None:
        return _remove(folder, file, seal, touched)
    sink = pa.BufferOutputStream()
    pq.write_table(pa.concat_tables(made, promote_options="default"), sink, compression="zstd")
    content = sink.getvalue().to_pybytes()
    draft = raw.rows_path(folder, file).with_suffix(".draft")
    sealing.write(seal, raw.rows_number(file), iter([content]), draft)
    _settle(draft, raw.rows_path(folder, file))
    raw.sealed_path(folder, file).unlink(missing_ok=True)
    return Scrubbed(_name(folder, file), file.sha256, hashlib.sha256(content).hexdigest(), touched)


def _remove(folder: Path, file: RawFile, seal: Seal | None, rows: int) -> Scrubbed:
    (raw.sealed_path(folder, file) if seal else raw.raw_path(folder, file)).unlink(missing_ok=True)
    return Scrubbed(_name(folder, file), file.sha256, None, rows)


def _name(folder: Path, file: RawFile) -> str:
    return f"raw/{folder.name}/{file.name}"


def _replace(place: Path, file: RawFile, made: Path, seal: Seal | None, rows: int, *, packed: bool) -> Scrubbed:
    digest = hashlib.sha256()
    with ExitStack() as stack:
        stream = stack.enter_context(made.open("rb"))
        data = gzip.compress(stream.read(), mtime=0) if packed else None

        def pieces() -> Iterator[bytes]:
            for piece in [data] if data is not None else iter(lambda: stream.read(1 << 20), b""):
                digest.update(piece)
                yield piece

        draft = place.with_suffix(".draft")
        if seal:
            sealing.write(seal, file.number, pieces(), draft)
        else:
            draft.write_bytes(b"".join(pieces()))
        _settle(draft, place)
    return Scrubbed(_name(place.parent.parent, file), file.sha256, digest.hexdigest(), rows)


def _settle(draft: Path, place: Path) -> None:
    """Put a draft in a file's place such that the disk has either the one or the other."""
    handle = os.open(draft, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(draft, place)
    handle = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# -- tables ------------------------------------------------------------------------------------


def person_rows(path: Path, contract: Contract, key: str) -> tuple[set[tuple[str, str, int]], set[str]]:
    """Where the rows of a person in one Parquet file came from, and their private values."""
    table = pq.read_table(path)
    mine = table.filter(_mask(table, contract, key))
    places = {
        (str(row["_delivery"]), str(row["_file"]), int(row["_raw_row"]))
        for row in mine.select([name for name in ("_delivery", "_file", "_raw_row") if name in mine.column_names])
        .to_pylist()
        if "_raw_row" in row
    }  # fmt: skip
    private = [name for name, column in contract.columns.items() if column.private and not column.subject]
    values = {
        str(value) for name in private if name in mine.column_names for value in mine[name].to_pylist() if value
    }  # fmt: skip
    return places, values


def _mask(table: pa.Table, contract: Contract, key: str) -> pa.Array:
    subjects = [name for name, column in contract.columns.items() if column.subject and name in table.column_names]
    found = pa.array([False] * table.num_rows, pa.bool_())
    for name in subjects:
        found = pc.or_(found, pc.fill_null(pc.equal(table[name], key), False).combine_chunks())
    return found


def table_file(path: Path, contract: Contract, key: str, found: Traces) -> Scrubbed | None:
    """Empty a person's private values in one Parquet file, in place; None where there were none.

    The rows stay, so that every count and every version stays: what is left of them names nobody.
    """
    table = pq.read_table(path)
    mine = _mask(table, contract, key)
    made, touched = table, pa.array([False] * table.num_rows, pa.bool_())
    for at, name in enumerate(table.column_names):
        column = table[name].combine_chunks()
        gone = _gone(column, name, contract, mine, found)
        if gone is not None and pc.any(gone).as_py():
            values = _kept(column, gone, name, contract)
            made = made.set_column(at, table.schema.field(name).with_nullable(True), values)
            touched = pc.or_(touched, gone)
    rows = pc.sum(touched).as_py() or 0
    if not rows:
        return None
    old = raw.sha256_of(path)[0]
    draft = path.with_suffix(".draft")
    pq.write_table(made, draft, compression="zstd", compression_level=1, row_group_size=parts.ROW_GROUP_ROWS)
    _settle(draft, path)
    return Scrubbed(f"pool/{path.parent.name}/{path.name}", old, raw.sha256_of(path)[0], int(rows))


def _gone(
    column: pa.Array, name: str, contract: Contract, mine: pa.Array, found: Traces
) -> pa.Array | None:  # fmt: skip
    """Which cells of a column must be emptied."""
    known = contract.columns.get(name)
    if known is None or known.subject:
        return None  # lineage and keys name nobody
    if known.private:
        named = pc.and_(mine, pc.is_valid(column))
        return pc.or_(named, _by_number(column, found)) if pa.types.is_string(column.type) else named
    if not pa.types.is_string(column.type):
        return None
    told = pa.array([bool(value) and found.by_value.search(value) is not None for value in column.to_pylist()])
    return pc.or_(_by_number(column, found), pc.and_(mine, pc.cast(told, pa.bool_())))


def _by_number(column: pa.Array, found: Traces) -> pa.Array:
    return pa.array([found.names_person(value) for value in column.to_pylist()], pa.bool_())


def _kept(column: pa.Array, gone: pa.Array, name: str, contract: Contract) -> pa.Array:
    if name not in contract.key:
        return pc.if_else(gone, pa.scalar(None, column.type), column)
    # A key must stay one: two rows without it would be taken for the same.
    values = [
        f"erased-{at}-{os.urandom(6).hex()}" if out else value
        for at, (value, out) in enumerate(zip(column.to_pylist(), gone.to_pylist(), strict=True))
    ]  # fmt: skip
    return pa.array(values, column.type)
