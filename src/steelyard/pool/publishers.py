"""OCDS publishers and the area code each one keeps for ever."""

from collections.abc import Iterator
from typing import Any

import psycopg

from steelyard.pool.locks import until_commit

_FIRST_PROVINCE = 83
_LOCK = "steelyard publisher"


def _prefixes() -> Iterator[str]:
    """Province codes no real province has: 83 to 99, then A0 to Z9."""
    yield from (str(number) for number in range(_FIRST_PROVINCE, 100))
    yield from (f"{letter}{digit}" for letter in "ABCDEFGHJKLMNPQRTUWXY" for digit in range(10))


def area_of_publisher(connection: "psycopg.Connection[Any]", publisher: str, name: str) -> str:
    """The 12-character area code of a publisher, given out on first sight.  A better name replaces an id."""
    with connection.transaction():
        until_commit(connection, _LOCK)
        row = connection.execute("SELECT area_code, name FROM engine.publisher WHERE id = %s", [publisher]).fetchone()
        if row:
            if name != publisher and row[1] == publisher:
                connection.execute("UPDATE engine.publisher SET name = %s WHERE id = %s", [name, publisher])
            return str(row[0])
        taken = {code[0] for code in connection.execute("SELECT area_code FROM engine.publisher")}
        free = next(f"{prefix}0000000000" for prefix in _prefixes() if f"{prefix}0000000000" not in taken)
        connection.execute("INSERT INTO engine.publisher VALUES (%s, %s, %s)", [publisher, name, free])
        return free


def publishers(connection: "psycopg.Connection[Any]") -> dict[str, tuple[str, str]]:
    """Name and area code of every publisher, by id."""
    listed = connection.execute("SELECT id, name, area_code FROM engine.publisher ORDER BY area_code")
    return {row[0]: (row[1], row[2]) for row in listed}
