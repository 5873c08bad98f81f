"""When the detectors look: shape and silence after each run of models, all of them once a night."""

import datetime as dt
from collections.abc import Collection
from typing import Any

import psycopg

from steelyard.catalogue import Catalogue
from steelyard.detect.releases import releases_on
from steelyard.detect.signs.canary import canary
from steelyard.detect.signs.shape import keep as keep_shapes
from steelyard.detect.signs.shape import shape
from steelyard.detect.signs.sign import DETECTORS, Sign, forget, keep, signs
from steelyard.detect.signs.silence import silence

Connection = psycopg.Connection[Any]


def look(
    connection: Connection, catalogue: Catalogue, day: dt.date, models: Collection[str] | None = None
) -> list[Sign]:
    """Ask every detector about every model that is evaluated (or some of them); what they say is kept and returned."""
    life = releases_on(connection, day)
    every = {name: runs.sha256 for name in life.models if (runs := life.runs(name))}
    running = {name: sha for name, sha in every.items() if models is None or name in models}
    found = [
        *shape(connection, running, day),
        *silence(connection, catalogue, running, day),
        *canary(connection, catalogue, running),
    ]
    keep(connection, DETECTORS, running, found, day)
    forget(connection, every)
    return signs(connection, models)


def after_run(connection: Connection, catalogue: Catalogue, run: int, day: dt.date, models: Collection[str]) -> None:
    """What can be told from stored rows alone, of the models of a run; not in its transaction: pushes wait for that."""
    keep_shapes(connection, run, day, models)
    found = [*shape(connection, models, day), *silence(connection, catalogue, models, day)]
    keep(connection, ("shape", "silence"), models, found, day)
