"""Keys for the few numbers of a push: each is looked up, where landing holds all of them in memory."""

import datetime as dt
from typing import Any

import psycopg
import pyarrow as pa

from steelyard.engines.duck import Duck
from steelyard.engines.postgres import Database
from steelyard.identity.checking import value_of
from steelyard.identity.keys import KNOWN, IdentityKeys

Connection = psycopg.Connection[Any]


class PointKeys(IdentityKeys):
    """Gives the keys and reasons landing gives; new numbers get their key for good."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._values: list[str] = []

    def assign(self, duck: Duck, asked: str, answered: str, on: dt.date) -> None:
        """See ``pool.Keys``."""
        numbers = duck.execute(f"SELECT DISTINCT number FROM {asked} WHERE number IS NOT NULL").fetchall()
        self._values = sorted({value_of(str(row[0])) for row in numbers})
        with self.database.connect() as connection:
            self._refresh(connection)
        super().assign(duck, asked, answered, on)

    def _refresh(self, connection: Connection) -> None:
        listed = connection.execute(
            "SELECT i.kind, i.value, i.key, s.name FROM engine.identifier i JOIN engine.subject s ON s.key = i.key "
            "WHERE i.value = ANY(%s)",
            [self._values],
        ).fetchall()
        columns = list(zip(*listed, strict=True)) or [(), (), (), ()]
        self._known = pa.table([pa.array(column, pa.string()) for column in columns], schema=KNOWN)
        self._own = set()
