"""Found against planted in an installation, and the place where the figures are kept for its site."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg

from steelyard import identity, synth
from steelyard.cli.session import Session
from steelyard.detect import scores
from steelyard.engines.postgres import Role
from steelyard.kit.errors import SteelyardError
from steelyard.kit.home import Home

Connection = psycopg.Connection[Any]
PROVINCE = "33"


class NobodyLooked(SteelyardError):
    """No model has looked at this home yet; `steelyard detect run` lets them."""


class NoHome(SteelyardError):
    """There is no installation in that folder."""


@dataclass(frozen=True)
class Look:
    """What the figures rest on."""

    pool_version: int
    looked_on: str
    days_looked: int
    scored_at: str
    versions: Mapping[str, str]


def judged(connection: Connection, wrongs: Sequence[Mapping[str, Any]], keys: Mapping[str, str]) -> synth.Score:
    """Compare the standing findings of the made-up province with what was planted."""
    rows = connection.execute(
        "SELECT f.model, f.key, f.model_grade, r.as_of FROM engine.finding f "
        "JOIN engine.run r ON r.id = f.first_run WHERE f.state <> 'vanished' AND f.area_code LIKE %s",
        [f"{PROVINCE}%"],
    ).fetchall()
    return synth.score(wrongs, keys, [synth.Found(*row) for row in rows])


def world(truth: Mapping[str, Any], scale: str) -> dict[str, Any]:
    """Which made-up world a truth is about.  ``scale``: of a truth that does not say it, because it is older."""
    if "scale" not in truth:
        scale = "county" if "quarantined" in truth else scale
    known = synth.SCALES.get(scale)
    return {
        "scale": truth.get("scale", scale), "seed": truth["seed"], "until": truth.get("until"),
        "villages": truth.get("villages") or (known.villages if known else None),
    }  # fmt: skip


def keep(
    connection: Connection, catalogue: Path, homes: Iterable[Home], which: Mapping[str, Any], figures: Mapping[str, Any]
) -> list[Path]:  # fmt: skip
    """Write the figures into the homes.  Raises NobodyLooked."""
    lock = hashlib.sha256((catalogue / "models.lock.json").read_bytes()).hexdigest()
    document = {**which, **asdict(_look(connection)), "catalogue": lock, "figures": dict(figures)}
    return [scores.keep(home, document) for home in homes]


def score_and_keep(session: Session, truth_file: Path) -> synth.Score:
    """Of what stands in a session's home, without the question who is who."""
    truth = json.loads(truth_file.read_text(encoding="utf-8"))
    which = world(truth, "county")
    with session.database.connect(Role.OWNER) as connection:
        found = judged(connection, truth["wrongs"], identity.keys_of(connection, synth.numbers_in(truth["wrongs"])))
        keep(connection, session.catalogue, [session.home], which, found.told(which["villages"]))
    return found


def home_named(folder: Path) -> Home:
    """Raises NoHome."""
    if not Home(folder).secrets.is_dir():
        raise NoHome(f"{folder} is no home of an installation; name the one whose site shall show the score")
    return Home(folder.resolve())


def _look(connection: Connection) -> Look:
    row = connection.execute(
        "SELECT max(pool_version), max(as_of)::text, count(DISTINCT as_of), now() FROM engine.run"
    ).fetchone()
    if row is None or row[0] is None:
        raise NobodyLooked()
    # Where it could look somewhere: a model without its data found nothing for another reason.
    versions = connection.execute(
        "SELECT DISTINCT ON (m.model) m.model, m.model_version FROM engine.run_model m WHERE m.failure = '' AND EXISTS "
        "(SELECT 1 FROM engine.readiness r WHERE r.model = m.model AND r.state IN ('ready', 'partly', 'thin')) "
        "ORDER BY m.model, m.run DESC"
    ).fetchall()
    return Look(
        int(row[0]), row[1], int(row[2]), row[3].isoformat(), {str(model): str(said) for model, said in versions}
    )
