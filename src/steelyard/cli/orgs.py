"""orgs: take areas, bodies and kinship over from the pool into the web half."""

import argparse
from typing import Any

from steelyard.cli.database import migrate_all
from steelyard.cli.session import Session
from steelyard.contracts import load_contracts
from steelyard.engines import duck
from steelyard.engines.postgres import Role
from steelyard.pool import Pool


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("orgs", help="take areas, bodies and kinship over from the pool")
    parser.set_defaults(run=_orgs)


def take_over(session: Session) -> tuple[int, int]:
    """Areas and bodies of the pool's registers, and whom each account must stay away from.

    Returns how many areas and bodies stand.  Django must be started.
    """
    from steelyard.web.orgs import actions  # Django must be started first
    from steelyard.web.orgs.relatives import relatives_of_users

    pool = Pool(session.home, session.database, load_contracts(session.catalogue / "contracts"))
    engine = duck.connect()
    regions, orgs = _rows(engine, pool, "region"), _rows(engine, pool, "org")
    codes = _codes(session)
    counts = actions.sync_from_pool(regions, [row | {"code": codes.get(row["org_id"])} for row in orgs])
    actions.renew_kin(relatives_of_users(pool))
    return counts


def _rows(engine: duck.Duck, pool: Pool, dataset: str) -> list[dict[str, Any]]:
    duck.register_files(engine, dataset, pool.files(dataset), pool.contracts[dataset].schema)
    return duck.rows(engine, f"SELECT * FROM {duck.quoted(dataset)}")


def _codes(session: Session) -> dict[str, str]:
    """Credit codes of bodies by subject key; only the worker may read them."""
    with session.database.transaction(Role.WORKER) as connection:
        found = connection.execute("SELECT key, value FROM engine.identifier WHERE kind <> 'resident'")
        return {str(key): str(value) for key, value in found.fetchall()}


def _orgs(_given: argparse.Namespace) -> int:
    session = Session.open()
    migrate_all(session)
    areas, bodies = take_over(session)
    print(f"{areas} areas and {bodies} bodies stand")
    return 0
