"""orgs: take areas, bodies and kinship over from the pool into the web half."""

import argparse

from steelyard.cli.database import migrate_all
from steelyard.cli.session import Session
from steelyard.contracts import load_contracts
from steelyard.pool import Pool


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("orgs", help="take areas, bodies and kinship over from the pool")
    parser.set_defaults(run=_orgs)


def take_over(session: Session) -> tuple[int, int]:
    """Areas and bodies of the pool's registers, and whom each account must stay away from.

    Returns how many areas and bodies stand.  Django must be started.
    """
    from steelyard.web.orgs import registers  # Django must be started first

    pool = Pool(session.home, session.database, load_contracts(session.catalogue / "contracts"))
    return registers.take_over(pool, session.database)


def _orgs(_given: argparse.Namespace) -> int:
    session = Session.open()
    migrate_all(session)
    areas, bodies = take_over(session)
    print(f"{areas} areas and {bodies} bodies stand")
    return 0
