"""Takes the pool's registers over: areas, bodies, and whom each account must stay away from."""

from typing import Any

from steelyard.engines import duck
from steelyard.engines.postgres import Database, Role
from steelyard.pool import Pool
from steelyard.web.orgs import actions
from steelyard.web.orgs.relatives import relatives_of_users


def take_over(pool: Pool, database: Database) -> tuple[int, int]:
    """Areas and bodies of the newest pool version, and kinship.  Returns how many areas and bodies stand.

    Only for a role that may read credit codes.
    """
    engine = duck.connect()
    try:
        regions, orgs = _rows(engine, pool, "region"), _rows(engine, pool, "org")
    finally:
        engine.close()
    codes = _codes(database)
    counts = actions.sync_from_pool(regions, [row | {"code": codes.get(row["org_id"])} for row in orgs])
    actions.renew_kin(relatives_of_users(pool))
    return counts


def _rows(engine: duck.Duck, pool: Pool, dataset: str) -> list[dict[str, Any]]:
    duck.register_files(engine, dataset, pool.files(dataset), pool.contracts[dataset].schema)
    return duck.rows(engine, f"SELECT * FROM {duck.quoted(dataset)}")


def _codes(database: Database) -> dict[str, str]:
    """Credit codes of bodies by subject key."""
    with database.transaction(Role.WORKER) as connection:
        found = connection.execute("SELECT key, value FROM engine.identifier WHERE kind <> 'resident'")
        return {str(key): str(value) for key, value in found.fetchall()}
