"""What stands in a department's own system, for interfaces that ask instead of waiting for a file.

A system is one Parquet file of text under ``systems/``, named by its interface, with the source's own columns: those
the interface maps, those it ignores, and the time of the last change where it asks by watermark.  Row numbers count
from 1.  ``synth serve`` puts these into databases and behind HTTP.
"""

import datetime as dt
import io

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from steelyard.sources.interfaces import Interface
from steelyard.synth.delivery.sheet import Sheet, numbered

SYSTEMS = ("sql", "rest", "push")
POSTGRESQL = frozenset(
    {"finance", "natural-resources", "organisation", "public-security", "transport", "establishment", "education"}
)
"""Departments whose databases are PostgreSQL; the others have MariaDB."""
CHANGES_SINCE_DAYS = 400


def engine(interface: Interface) -> str:
    """``postgresql`` or ``mariadb`` for a database, empty for other systems."""
    if interface.connector != "sql":
        return ""
    return "postgresql" if interface.department in POSTGRESQL else "mariadb"


def system_bytes(sheet: Sheet, until: dt.date) -> bytes:
    """The table of a system as Parquet; the same sheet gives the same bytes."""
    interface = sheet.shape.interface
    columns = dict(sheet.columns)
    for name in (interface.fetch.column, interface.order):
        if name and name not in columns:
            columns[name] = changed_at(len(sheet), until)
    if interface.operation and interface.operation not in columns:
        word = next((word for word, kind in interface.operations.items() if kind == "upsert"), "U")
        columns[interface.operation] = pa.array([word] * len(sheet), pa.string())
    for header in sheet.shape.ignored:
        columns.setdefault(header, numbered(len(sheet)))
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, compression="zstd", compression_level=1)
    return file.getvalue()


def changed_at(count: int, until: dt.date) -> pa.StringArray:
    """When each row was last changed: later rows later, the last on the evening of ``until``."""
    last = np.datetime64(dt.datetime.combine(until, dt.time(18)), "s")
    span = CHANGES_SINCE_DAYS * 86_400
    back = (np.arange(count, dtype=np.int64)[::-1] * span) // max(count, 1)
    texts = pa.array(last - back.astype("timedelta64[s]")).cast(pa.string())
    changed: pa.StringArray = pc.utf8_slice_codeunits(texts, 0, 19)
    return changed
