"""Parquet as text: values are cast, never nested, and a file that declares too much is refused unread."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from steelyard.sources.headings import heading_names
from steelyard.sources.textfile import FileRefused, TextFile

BATCH_ROWS = 50_000
MAX_ROWS = 200_000_000
MAX_GROUP_BYTES = 1 << 30
MAX_RATIO = 2_000
RATIO_COUNTS_FROM_BYTES = 256 << 20
MAX_BATCH_BYTES = 256 << 20
_MARK, _LOCKED = b"PAR1", b"PARE"


def read_parquet(path: Path, made: TextFile) -> TextFile:
    """Read one file into ``made``; ``_row`` is the position of a row, from 1.

    Raises FileRefused for damaged, locked, nested and bomb files.
    """
    _ends(path, made.file)
    try:
        with pq.ParquetFile(path, memory_map=False, buffer_size=1 << 20) as file:
            names = _columns(file.schema_arrow, made.file)
            _measure(file.metadata, path.stat().st_size, made.file)
            made.columns = names
            for number, batch in _batches(file):
                columns = [_text(batch.column(at), name, made.file) for at, name in enumerate(names)]
                made.write(names, columns, pa.array(range(number, number + batch.num_rows), pa.int64()))
            if made.rows != file.metadata.num_rows:
                raise FileRefused(f"{made.file}: holds {made.rows} rows and declares {file.metadata.num_rows}")
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise FileRefused(f"{made.file}: not a readable Parquet file: {_first_line(error)}") from error
    return made


def _ends(path: Path, name: str) -> None:
    with path.open("rb") as stream:
        head = stream.read(4)
        stream.seek(max(path.stat().st_size - 4, 0))
        tail = stream.read(4)
    if _LOCKED in (head, tail):
        raise FileRefused(f"{name}: is encrypted; deliver it without")
    if head != _MARK:
        raise FileRefused(f"{name}: not a Parquet file")
    if tail != _MARK:
        raise FileRefused(f"{name}: the Parquet file is cut short: it does not end like one")


def _columns(schema: pa.Schema, name: str) -> list[str]:
    nested = [column.name for column in schema if pa.types.is_nested(column.type)]
    if nested:
        raise FileRefused(f"{name}: the column {', '.join(nested[:20])} is nested; deliver one value a column")
    return heading_names(schema.names, f"{name}: schema")


def _measure(told: Any, size: int, name: str) -> None:
    if told.num_rows > MAX_ROWS:
        raise FileRefused(f"{name}: declares {told.num_rows} rows; the limit is {MAX_ROWS}")
    groups = [told.row_group(at).total_byte_size for at in range(told.num_row_groups)]
    if any(group > MAX_GROUP_BYTES or group < 0 for group in groups):
        raise FileRefused(f"{name}: declares a row group of {max(groups) >> 20} MB; the limit is 1024 MB")
    if sum(groups) > max(RATIO_COUNTS_FROM_BYTES, MAX_RATIO * size):
        raise FileRefused(f"{name}: unpacks to {sum(groups) >> 20} MB, {sum(groups) // max(size, 1)} times its size")


def _batches(file: pq.ParquetFile) -> Iterator[tuple[int, pa.RecordBatch]]:
    number = 1
    for batch in file.iter_batches(batch_size=BATCH_ROWS, use_threads=False):
        yield number, batch
        number += batch.num_rows


def _text(column: pa.Array, name: str, file: str) -> pa.Array:
    """A column as it would be written: dates and times in ISO form, numbers with every digit."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    if column.nbytes > MAX_BATCH_BYTES:
        raise FileRefused(f"{file}: the column {name} holds texts of {column.nbytes // max(len(column), 1)} bytes")
    if pa.types.is_string(kind):
        return column
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        raise FileRefused(f"{file}: the column {name} holds bytes, not text")
    if pa.types.is_timestamp(kind) or pa.types.is_time(kind) or pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        return pa.array([_one(value) for value in column.to_pylist()], pa.string())
    return pc.cast(column, pa.string())


def _one(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(int(value)) if value == value and value not in _ENDLESS and value.is_integer() else repr(value)


_ENDLESS = (float("inf"), float("-inf"))


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
