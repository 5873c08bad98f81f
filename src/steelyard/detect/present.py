"""What a run looks at: the newest pool version with the pushed rows that wait, in one look."""

from typing import Any, Protocol, runtime_checkable

from steelyard.detect.views import Tables
from steelyard.engines.postgres import Database
from steelyard.identity import PointKeys
from steelyard.pool import Keys, Moment, VersionUnknown


@runtime_checkable
class Pushed(Protocol):
    """A pool that others push into."""

    def moment(self, assign: Keys, *, version: int | None = None, seq: int | None = None) -> Moment: ...


def present(pool: Tables, database: Database) -> Moment:
    """The newest moment.  Findings rest on waiting rows from the first; they may not vanish while these wait."""
    if isinstance(pool, Pushed):
        return pool.moment(keys_of(pool, database))
    return Moment(pool.current(), 0)


def earlier(pool: Tables, database: Database, version: int, seq: int) -> Moment:
    """A moment again that was looked at before.  Raises VersionUnknown."""
    if isinstance(pool, Pushed):
        return pool.moment(keys_of(pool, database), version=version, seq=seq)
    found = pool.version(version)
    if found is None:
        raise VersionUnknown(f"there is no pool version {version}")
    return Moment(found, 0)


def keys_of(pool: Any, database: Database) -> Keys:
    """Who gives keys to pushed rows; the same for the same pool, which remembers by it what it has checked."""
    known = getattr(pool, "layers", None)
    return known.keys if known is not None else PointKeys(database)
