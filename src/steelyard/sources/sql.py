"""Rows of a department's database, as text Parquet: read only, in bounded memory, one consistent picture."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from steelyard.sources import celltext
from steelyard.sources.fetched import Fetched, FetchFailed, SourceDrifted, SourceRefused
from steelyard.sources.hosts import Hosts
from steelyard.sources.interfaces import Interface
from steelyard.sources.pace import Pace
from steelyard.sources.references import References
from steelyard.sources.sql_dialects import DIALECTS, Dialect
from steelyard.sources.watermark import Watermark, Window


@dataclass(frozen=True)
class _Column:
    name: str
    kind: str
    """What the driver says of it; empty: its values tell."""


def fetch_sql(
    interface: Interface, folder: Path, references: References, cursor: Mapping[str, Any] | None = None,
    limit: int | None = None,
) -> Fetched:  # fmt: skip
    """Read what is new (or all) into one Parquet file below ``folder``.

    ``limit``: rows of a look without landing; then the whole is counted too.
    Raises FetchFailed and its kinds, ReferenceMissing.
    """
    watermark = Watermark.of(interface.fetch, cursor)
    with _reading(interface, references) as (connection, dialect, signals):
        reader = _Reader(interface, connection, dialect, watermark)
        path = folder / f"{_file_name(interface)}-0000.parquet"
        rows = reader.write(path, limit)
        total = reader.count() if limit is not None else None
    return Fetched((path,), reader.cursor(), rows, reader.statements, total, signals, pace=reader.pace)


def _file_name(interface: Interface) -> str:
    named = interface.location.table.rpartition(".")[2] or interface.id.rpartition("/")[2]
    return re.sub(r"[^\w-]+", "_", named) or "rows"


@contextmanager
def _reading(interface: Interface, references: References) -> Iterator[tuple[sa.Connection, Dialect, tuple[str, ...]]]:
    """A connection in a read-only transaction; the driver's errors become ours, without statement or address."""
    url, dialect = _address(interface, references)
    engine = _engine(url, dialect, interface)
    try:
        with engine.connect() as connection:
            signals = _require_read_only(connection, dialect, interface)
            reading = connection.execution_options(**dialect.options)
            dialect.begin(reading, interface.limits.timeout)
            yield reading, dialect, signals
            reading.rollback()
    except DBAPIError as error:
        raise _failed(interface, error) from None
    except SQLAlchemyError as error:
        raise FetchFailed(f"{interface.id}: {type(error).__name__}: {_first_line(error)}", permanent=True) from None
    finally:
        engine.dispose()


def _address(interface: Interface, references: References) -> tuple[URL, Dialect]:
    try:
        url = make_url(references.resolve(interface.location.address))
    except (ArgumentError, ValueError):
        raise SourceRefused(
            f"{interface.id}: the address is no SQLAlchemy address: dialect://user@host/database"
        ) from None
    dialect = DIALECTS.get(url.get_backend_name())
    if dialect is None:
        raise SourceRefused(
            f"{interface.id}: {url.get_backend_name()} is none of the databases we read: {', '.join(sorted(DIALECTS))}"
        )
    auth = interface.auth
    if auth.user:
        url = url.set(username=references.resolve(auth.user))
    if auth.secret:
        url = url.set(password=references.resolve(auth.secret))
    for host in _hosts(url):
        Hosts.from_environment().require(host)
    return (url if "+" in url.drivername else url.set(drivername=dialect.driver)), dialect


def _hosts(url: URL) -> list[str]:
    """Every host of an address; a socket in the file system is this machine."""
    more = [url.query.get(name, ()) for name in ("host", "hostaddr", "unix_socket")]
    named = [one for said in more for one in ([said] if isinstance(said, str) else said)]
    listed = [host.partition(":")[0] for said in named for host in said.split(",")]
    found = [*([url.host] if url.host else []), *("localhost" if host.startswith("/") else host for host in listed)]
    return found or ["localhost"]


def _engine(url: URL, dialect: Dialect, interface: Interface) -> sa.Engine:
    try:
        return sa.create_engine(
            url,
            poolclass=NullPool,
            hide_parameters=True,
            connect_args=dict(dialect.arguments(interface.limits.timeout)),
        )
    except (NoSuchModuleError, ModuleNotFoundError):
        raise SourceRefused(
            f"{interface.id}: {url.drivername} needs a driver that is not installed: {dialect.package}"
        ) from None


def _require_read_only(connection: sa.Connection, dialect: Dialect, interface: Interface) -> tuple[str, ...]:
    """Refuse an account that may write.  Where its department has no other, the interface says so and is warned of."""
    where = dialect.writable(connection)
    connection.rollback()
    if not where and interface.location.table and _deletes(connection, _table(interface)):
        where = interface.location.table
    if not where:
        return ()
    found = f"the account may write ({where}); it must be allowed to read alone"
    if not interface.auth.may_write:
        raise SourceRefused(f"{interface.id}: {found}. Ask the department for a read-only account")
    return (found,)


def _deletes(connection: sa.Connection, table: sa.TableClause) -> bool:
    """Whether a deletion of no row is let through; it is rolled back either way."""
    try:
        connection.execute(sa.delete(table).where(sa.false()))
    except DBAPIError:
        return False
    finally:
        connection.rollback()
    return True


def _table(interface: Interface) -> sa.TableClause:
    schema, _, name = interface.location.table.rpartition(".")
    return sa.table(name, schema=schema or None)


def _failed(interface: Interface, error: DBAPIError) -> FetchFailed:
    said = _first_line(error.orig or error)
    lowered = said.lower()
    if any(word in lowered for word in ("does not exist", "doesn't exist", "unknown column", "invalid identifier")):
        return SourceDrifted(f"{interface.id}: {said}")
    if any(word in lowered for word in ("access denied", "authentication failed", "permission denied")):
        return SourceRefused(f"{interface.id}: {said}")
    return FetchFailed(f"{interface.id}: {said}", permanent=False)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]


class _Reader:
    """One statement's rows into one file."""

    def __init__(
        self, interface: Interface, connection: sa.Connection, dialect: Dialect, watermark: Watermark | None
    ) -> None:
        self.interface = interface
        self.connection = connection
        self.dialect = dialect
        self.statements = 0
        self.pace = Pace()
        self.columns = self._describe(self._everything())
        self.source = self._source()
        self._begin(watermark)

    def _begin(self, watermark: Watermark | None) -> None:
        self.window: Window | None = None
        self._as_text = False
        if watermark is None:
            return
        if watermark.column not in self.names:
            raise SourceDrifted(f"{self.interface.id}: the watermark {watermark.column} is no column of what is read")
        kind = self.columns[self.names.index(watermark.column)].kind or self._kind_of(watermark.column)
        self._as_text = kind == "text"
        if not watermark.kind and not self._as_text:
            watermark.kind = kind
        self.window = Window(watermark)

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def write(self, path: Path, limit: int | None) -> int:
        """Stream the rows into ``path``.  Returns how many."""
        statement = self._statement(limit)
        schema = pa.schema([(name, pa.string()) for name in self.names])
        written = 0
        with pq.ParquetWriter(path, schema, compression="zstd", compression_level=1) as writer:
            for rows in self._batches(statement):
                batch = pa.record_batch(self._texts(rows), schema=schema)
                self.pace.bytes += batch.nbytes
                batch = self._new(batch)
                if batch.num_rows:
                    writer.write_batch(batch)
                    written += batch.num_rows
        return written

    def count(self) -> int:
        """How many rows there are in all."""
        self.statements += 1
        return int(self.connection.execute(sa.select(sa.func.count()).select_from(self.source)).scalar() or 0)

    def cursor(self) -> dict[str, Any] | None:
        return self.window.cursor() if self.window else None

    # -- what is asked ---------------------------------------------------------------------

    def _everything(self) -> sa.Select[Any]:
        if self.interface.location.table:
            return sa.select(sa.text("*")).select_from(_table(self.interface))
        return sa.select(sa.text("*")).select_from(self._query().subquery("delivered"))

    def _query(self, columns: Sequence[str] = ()) -> sa.TextualSelect:
        said = self.interface.location.query.strip().rstrip(";")
        if ";" in said or not re.match(r"(?i)(select|with)\b", said):
            raise SourceRefused(f"{self.interface.id}: location.query must be one SELECT")
        # A colon is no parameter of ours; PostgreSQL casts with it.  The line ends, for the query may end in a comment.
        return sa.text(said.replace(":", "\\:") + "\n").columns(*(sa.column(name) for name in columns))

    def _source(self) -> sa.FromClause:
        if not self.interface.location.table:
            return self._query(self.names).subquery("delivered")
        schema, _, name = self.interface.location.table.rpartition(".")
        return sa.table(name, *(sa.column(column) for column in self.names), schema=schema or None)

    def _describe(self, everything: sa.Select[Any]) -> list[_Column]:
        """The columns that are asked for: what the interface ignores does not leave the department."""
        self.statements += 1
        found = self.connection.execute(everything.where(sa.false()))
        described = list(found.cursor.description) if found.cursor else []
        kinds = [self.dialect.kinds.get(one[1], "") if isinstance(one[1], int) else "" for one in described]
        # The driver's own names: the library turns some of them into small letters.
        named = [_Column(str(one[0]), kind) for one, kind in zip(described, kinds, strict=True)]
        found.close()
        wanted = [one for one in named if one.name not in self.interface.ignore or one.name in self._used()]
        lost = sorted(self.interface.needed() - {one.name for one in wanted})
        if lost:
            raise SourceDrifted(f"{self.interface.id}: the column {', '.join(lost)} is missing")
        return wanted

    def _used(self) -> set[str]:
        return self.interface.used() | {self.interface.fetch.column}

    def _kind_of(self, column: str) -> str:
        """What a watermark is, where the driver has no code for it: told by its first value."""
        self.statements += 1
        cell = self.source.c[column]
        value = self.connection.execute(sa.select(cell).where(cell.is_not(None)).limit(1)).scalar()
        if isinstance(value, int | float) or type(value).__name__ == "Decimal":
            return "number"
        return "time" if hasattr(value, "isoformat") else "text"

    def _statement(self, limit: int | None) -> sa.Select[Any]:
        statement = sa.select(*(self.source.c[name] for name in self.names))
        if self.window and self.window.watermark.last is not None:
            mark = self.window.watermark
            since = mark.since_text() if self._as_text else mark.since()
            cell = self.source.c[self.window.watermark.column]
            # A row without a watermark has no place in the order; it is asked for every time.
            statement = statement.where(sa.or_(cell >= sa.literal(since), cell.is_(None)))
        return statement if limit is None else statement.limit(limit)

    # -- what comes ------------------------------------------------------------------------

    def _batches(self, statement: sa.Select[Any]) -> Iterator[Sequence[Any]]:
        self.statements += 1
        size = self.interface.fetch.batch
        with self.pace.waiting():
            found = self.connection.execution_options(yield_per=size).execute(statement)
        batches = found.partitions(size)
        while True:
            with self.pace.waiting():
                rows = next(batches, None)
            if rows is None:
                return
            yield rows

    def _texts(self, rows: Sequence[Any]) -> list[pa.Array]:
        return [
            self._text(column, values) for column, values in zip(self.columns, zip(*rows, strict=True), strict=True)
        ]

    def _text(self, column: _Column, values: Sequence[Any]) -> pa.Array:
        if column.kind == "boolean":
            values = [{"t": "true", "f": "false"}.get(value, value) for value in values]
        elif column.kind == "bytes":
            values = [bytes.fromhex(value[2:]) if isinstance(value, str) else value for value in values]
        if celltext.is_bytes(values) and column.name not in self.interface.used():
            raise SourceRefused(
                f"{self.interface.id}: {column.name} holds bytes: list it under ignore, or map it (it comes as base64)"
            )
        return celltext.column(values)

    def _new(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch without rows that came in an earlier run."""
        if self.window is None:
            return batch
        marks = batch.column(self.window.watermark.column).to_pylist()
        self.window.watermark.learn(marks, as_text=self._as_text)
        kept = self.window.new(marks, lambda at: [column[at].as_py() for column in batch.columns])
        return batch if len(kept) == batch.num_rows else batch.take(pa.array(kept, pa.int64()))
