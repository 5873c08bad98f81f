"""`steelyard synth --scale city|province`: made straight in the pool of a home folder."""

import argparse
import datetime as dt
import os
import resource
import time
from dataclasses import asdict

from steelyard import synth
from steelyard.catalogue import load_catalogue
from steelyard.cli.progress import shown
from steelyard.cli.session import Session, print_json


def make(given: argparse.Namespace) -> int:
    """Make it, or go on with what an interrupted command left."""
    if home := given.home or given.out:
        os.environ["STEELYARD_HOME"] = str(home)
    started = time.monotonic()
    made = made_in(Session.open(), given.scale, given.seed, given.until, quiet=given.json)
    figures = asdict(made) | {"wall_s": round(time.monotonic() - started, 1)} | _spent()
    if given.json:
        print_json(figures)
    else:
        print(
            f"{made.rows} rows in {made.tables} tables, pool version {made.pool_version}, "
            f"{made.wrongs} wrongs planted; truth in {made.truth}; {figures['wall_s']} s"
        )
    return 0


def made_in(session: Session, scale: str, seed: int, until: dt.date | None, *, quiet: bool) -> synth.Provided:
    """A city or province in the pool of a session's home.  ``until``: default yesterday.  Raises PoolNotEmpty."""
    world = synth.World(synth.SCALES[scale], seed, until or dt.date.today() - dt.timedelta(days=1))
    with shown(not quiet) as watch:
        return synth.make(
            load_catalogue(session.catalogue), session.home, session.database, world, name=scale, watch=watch
        )


def _spent() -> dict[str, float]:
    """Processor seconds of this process and of those that wrote tables, and the memory of the largest."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(one.ru_utime + one.ru_stime for one in both)
    return {"cpu_s": round(cpu, 1), "peak_mb_of_largest_process": max(one.ru_maxrss for one in both) // 1024}
