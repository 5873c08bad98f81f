"""orgs: take areas, bodies and kinship over from the pool into the web half."""

import argparse
from collections import defaultdict
from typing import Any

from steelyard.cli.database import migrate_all
from steelyard.cli.session import Session
from steelyard.contracts import load_contracts
from steelyard.engines import duck
from steelyard.engines.postgres import Role
from steelyard.pool import Pool

LEAST_CONFIDENCE = 0.8
"""Kinship at least this sure hides a matter by itself; below it a dispatcher decides."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("orgs", help="take areas, bodies and kinship over from the pool")
    parser.set_defaults(run=_orgs)


def take_over(session: Session) -> tuple[int, int]:
    """Areas and bodies of the pool's registers, and whom each account must stay away from.

    Returns how many areas and bodies stand.  Django must be started.
    """
    from steelyard.web.orgs import actions  # Django must be started first

    pool = Pool(session.home, session.database, load_contracts(session.catalogue / "contracts"))
    engine = duck.connect()
    regions, orgs = _rows(engine, pool, "region"), _rows(engine, pool, "org")
    codes = _codes(session)
    counts = actions.sync_from_pool(regions, [row | {"code": codes.get(row["org_id"])} for row in orgs])
    actions.renew_kin(_relatives(engine, pool))
    return counts


def _rows(engine: duck.Duck, pool: Pool, dataset: str) -> list[dict[str, Any]]:
    duck.register_files(engine, dataset, pool.files(dataset), pool.contracts[dataset].schema)
    return duck.rows(engine, f"SELECT * FROM {duck.quoted(dataset)}")


def _codes(session: Session) -> dict[str, str]:
    """Credit codes of bodies by subject key; only the worker may read them."""
    with session.database.transaction(Role.WORKER) as connection:
        found = connection.execute("SELECT key, value FROM engine.identifier WHERE kind <> 'resident'")
        return {str(key): str(value) for key, value in found.fetchall()}


def _relatives(engine: duck.Duck, pool: Pool) -> dict[str, list[str]]:
    from steelyard.web.orgs.models import User  # Django must be started first

    people = [key for key in User.objects.values_list("subject_key", flat=True) if key]
    duck.register_files(engine, "kinship", pool.files("kinship"), pool.contracts["kinship"].schema)
    near: defaultdict[str, list[str]] = defaultdict(list)
    for row in duck.rows(
        engine,
        "SELECT person_id, relative_id FROM kinship WHERE person_id IN (SELECT unnest(?)) "
        "AND coalesce(confidence, 1) >= ?",
        [people, LEAST_CONFIDENCE],
    ):
        near[row["person_id"]].append(row["relative_id"])
    return dict(near)


def _orgs(_given: argparse.Namespace) -> int:
    session = Session.open()
    migrate_all(session)
    areas, bodies = take_over(session)
    print(f"{areas} areas and {bodies} bodies stand")
    return 0
