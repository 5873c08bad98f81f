"""What the commands of the pool begin with: the pool, the giver of keys, and the day."""

import datetime as dt

from steelyard.cli.session import Session
from steelyard.identity import IdentityKeys
from steelyard.pool import Pool


def opened() -> tuple[Pool, IdentityKeys]:
    """The installation's pool with every contract and interface, and its keys."""
    session = Session.open()
    return Pool.open(session.home, session.database, session.catalogue), IdentityKeys(session.database)


def today(pool: Pool) -> dt.date:
    """The day by the database's clock, which a tutorial may have set."""
    with pool.database.connect() as connection:
        own = connection.execute("SELECT to_regprocedure('public.app_today()') IS NOT NULL").fetchone()
        clock = "public.app_today()" if own and own[0] else "current_date"
        found = connection.execute(f"SELECT {clock}").fetchone()
    return dt.date.min if found is None else dt.date.fromisoformat(str(found[0]))
