"""A made-up city or province, made straight in the pool: vectorised, restartable, the same for the same seed."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from steelyard.catalogue import Catalogue
from steelyard.engines.postgres import Database
from steelyard.kit.home import Home
from steelyard.pool import begin
from steelyard.synth.scale import build, register, truth
from steelyard.synth.scale.build import World
from steelyard.synth.scale.size import SCALES, Size

__all__ = ["SCALES", "Provided", "Size", "World", "make"]

INTERFACE = "synthetic"


@dataclass(frozen=True)
class Provided:
    """What was made."""

    pool_version: int
    rows: int
    tables: int
    subjects: int
    wrongs: int
    truth: Path


def make(
    catalogue: Catalogue, home: Home, database: Database, world: World, *, name: str = "province",
    watch: Callable[[str, int, int], None] = lambda what, done, total: None, received_on: dt.date | None = None,
) -> Provided:  # fmt: skip
    """Make a province in an empty pool, or go on where an interrupted making ended.

    Writes ``truth.json`` into the home folder.  Raises PoolNotEmpty.
    """
    day = received_on or world.until + dt.timedelta(days=1)
    making = begin(home, database, f"{INTERFACE}/{name}-{world.seed}-{world.until}-{world.size.villages}", day)
    build.build(world, making, catalogue.contracts, watch)
    engine = build.engine(world)
    try:
        told = truth.document(engine, world.size)
        path = home.root / "truth.json"
        which = {"scale": name, "seed": world.seed, "until": str(world.until), "villages": world.size.villages}
        path.write_text(json.dumps({**which, **told, "mentions": []}), encoding="utf-8")
        subjects = register.fill(database, engine, world.size)
    finally:
        engine.close()
    datasets = sorted(made.dataset for made in build.tables(world.size))
    number, rows = making.publish(database, catalogue.contracts, datasets)
    return Provided(number, rows, len(datasets), subjects, len(told["wrongs"]), path)
