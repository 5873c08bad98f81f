"""Taking a signed bundle in: checked like any model, laid beside the catalogue, a draft until people decide."""

import datetime as dt
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.catalogue.lint.one_model import look_at
from steelyard.catalogue.lock import read_lock
from steelyard.catalogue.reader import read_model
from steelyard.detect import deciding
from steelyard.detect.bundles import Bundle, BundleBroken
from steelyard.detect.cases import run_cases
from steelyard.kit.ed25519 import is_key
from steelyard.kit.errors import SteelyardError

Connection = psycopg.Connection[Any]
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*")
_VERSION = re.compile(r"\d+\.\d+\.\d+")


class IdTaken(SteelyardError):
    """Another model has this id here."""


class ModelRefused(SteelyardError):
    """A model breaks the rules every model of the catalogue keeps."""


class NoKey(SteelyardError):
    """A public key has 64 hexadecimal digits."""


@dataclass(frozen=True)
class Imported:
    """What an import came to."""

    model: str
    version: str
    sha256: str
    came_from: str
    folder: Path
    cases: int
    already: bool
    """The very text was here before; nothing changed."""


def trusted_keys(connection: Connection) -> dict[str, str]:
    """Keys whose bundles are believed, and whose they are."""
    rows = connection.execute(
        "SELECT DISTINCT ON (public_key) public_key, name, trusted FROM engine.trusted_key ORDER BY public_key, id DESC"
    ).fetchall()
    return {str(key): str(name) for key, name, trusted in rows if trusted}


def trust(connection: Connection, key: str, *, name: str, by: str, approved_by: str, trusted: bool = True) -> None:
    """Believe a key from now on, or no longer.  Raises NoKey."""
    if not is_key(key):
        raise NoKey
    connection.execute(
        "INSERT INTO engine.trusted_key (public_key, name, trusted, said_by, approved_by) VALUES (%s, %s, %s, %s, %s)",
        [key.lower(), name, trusted, by, approved_by],
    )


def take_in(
    connection: Connection, catalogue: Catalogue, own: Path, bundle: Bundle, *, by: str, day: dt.date
) -> Imported:
    """Check a bundle and lay its model into the folder of own models, as a draft.

    ``connection``: in a transaction.  Raises BundleBroken, IdTaken, ModelRefused, TextChanged.
    """
    if not _ID.fullmatch(bundle.model) or not _VERSION.fullmatch(bundle.version):
        raise BundleBroken(f"{bundle.model!r} {bundle.version!r} is no id and version of a model")
    with tempfile.TemporaryDirectory(dir=own, prefix=".import-") as draft:
        model = _laid(bundle, Path(draft))
        if _already(catalogue, model):
            return Imported(model.id, model.version, model.sha256, bundle.came_from, own / model.id, 0, True)
        id_is_free(catalogue, model)
        cases = _checked(catalogue, model)
        deciding.draft(connection, model, by=by, reason=f"imported from {bundle.came_from}", day=day)
        connection.execute(
            "INSERT INTO engine.model_import (model, version, sha256, public_key, came_from, manifest, reports, "
            "imported_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                *(model.id, model.version, model.sha256, bundle.public_key, bundle.came_from),
                *(Jsonb(dict(bundle.manifest)), Jsonb(dict(bundle.reports)), by),
            ],
        )
        put(model.path, own / model.id)
    return Imported(model.id, model.version, model.sha256, bundle.came_from, own / model.id, cases, False)


def _laid(bundle: Bundle, folder: Path) -> SupervisionModel:
    place = folder / bundle.model
    place.mkdir(parents=True)
    for name, content in bundle.files.items():
        (place / name).write_bytes(content)
    model = read_model(place)
    if (model.id, model.version, model.sha256) != (bundle.model, bundle.version, bundle.sha256):
        raise BundleBroken(f"the folder is {model.id} {model.version}, the signed lock names another text")
    return model


def _already(catalogue: Catalogue, model: SupervisionModel) -> bool:
    here = catalogue.models.get(model.id)
    return here is not None and here.sha256 == model.sha256


def id_is_free(catalogue: Catalogue, model: SupervisionModel) -> None:
    """Raises IdTaken where the id belongs to another text."""
    here = catalogue.models.get(model.id)
    if here is not None and here.path.is_relative_to(catalogue.root):
        raise IdTaken(f"the catalogue has {model.id} {here.version} itself; it changes with the catalogue")
    if here is None and model.id in read_lock(catalogue.root):
        raise IdTaken(f"{model.id} was published and withdrawn; an id is never used again")
    if here is not None and _number(here.version) >= _number(model.version):
        raise IdTaken(f"{model.id} {here.version} stands here; {model.version} would go back")


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _checked(catalogue: Catalogue, model: SupervisionModel) -> int:
    """The number of its cases, all green.  Raises ModelRefused."""
    complaints, _ = look_at(catalogue, model)
    if complaints:
        more = f" (and {len(complaints) - 3} more)" if len(complaints) > 3 else ""
        raise ModelRefused(f"{model.id}: " + "; ".join(f"{one.rule}: {one.message}" for one in complaints[:3]) + more)
    beside = Catalogue(
        catalogue.root, catalogue.contracts, catalogue.vocabulary, catalogue.relations,
        {**catalogue.models, model.id: model},
    )  # fmt: skip
    ran = run_cases(beside, [model.id])
    if ran.failed:
        raise ModelRefused(f"{model.id}: {ran.failures} of {ran.cases} cases fail: {ran.failed[0].case}")
    return ran.cases


def put(draft: Path, place: Path) -> None:
    """Lay the folder down in one step; an older version of it goes, its released text is kept in the database."""
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = place.parent / f".old-{place.name}"
    shutil.rmtree(aside, ignore_errors=True)
    if place.exists():
        os.rename(place, aside)
    os.rename(draft, place)
    shutil.rmtree(aside, ignore_errors=True)
