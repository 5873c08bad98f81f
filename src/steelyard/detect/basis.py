"""What findings were computed from when their evidence was frozen: texts, parameters, and the run behind them."""

import hashlib
import json
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from steelyard.catalogue import Catalogue, Relation, SupervisionModel
from steelyard.catalogue.cases import Override
from steelyard.catalogue.reader import RELATION_FILES, read_relation
from steelyard.detect import texts

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Basis:
    """One set of texts and parameters."""

    model: SupervisionModel
    relations: tuple[Relation, ...]
    """The derived relations the model read, as they were."""
    defaults: Mapping[str, Any]
    overrides: tuple[Override, ...]
    """Those in force, the strongest first."""


def freeze(
    connection: Connection, catalogue: Catalogue, model: SupervisionModel, parameters: Mapping[str, Any],
    fingerprints: Collection[str], run: int,
) -> None:  # fmt: skip
    """Remember for findings whose evidence was just frozen what they were computed from.  Call in the run's commit.

    ``parameters``: as ``parameters.parameter_set`` gives them.
    """
    if not fingerprints:
        return
    if (model.path / "model.sql").is_file():
        # A model that was itself read from what was kept has no folder.
        texts.keep(connection, model)
    relations = {one.id: one for one in catalogue.relations_needed(set(model.data))}
    for relation in relations.values():
        _keep(connection, relation)
    said = {"model": model.sha256, "relations": {name: one.sha256 for name, one in sorted(relations.items())},
            "parameters": parameters}  # fmt: skip
    sha256 = hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    connection.execute(
        "INSERT INTO engine.basis (sha256, model, model_sha, relations, parameters) VALUES (%s, %s, %s, %s, %s) "
        "ON CONFLICT (sha256) DO NOTHING",
        [sha256, model.id, model.sha256, Jsonb(said["relations"]), Jsonb(parameters)],
    )
    connection.execute(
        "UPDATE engine.finding SET frozen_basis = %s, frozen_run = %s WHERE fingerprint = ANY(%s)",
        [sha256, run, sorted(fingerprints)],
    )


def read(connection: Connection, sha256: str) -> Basis:
    """The texts and parameters of a basis, as they were.  Raises TextUnknown."""
    row = connection.execute(
        "SELECT model_sha, relations, parameters FROM engine.basis WHERE sha256 = %s", [sha256]
    ).fetchone()
    if row is None:
        raise texts.TextUnknown(f"no basis {sha256[:12]} of a finding was kept here")
    model_sha, relations, parameters = row
    overrides = tuple(Override(area, dict(values), None, None) for area, values in parameters["overrides"])
    return Basis(
        texts.kept(connection, model_sha),
        tuple(_kept(connection, relations[name]) for name in sorted(relations)),
        parameters["defaults"],
        overrides,
    )


def _keep(connection: Connection, relation: Relation) -> None:
    files = {name: (relation.path / name).read_text(encoding="utf-8") for name in RELATION_FILES}
    connection.execute(
        "INSERT INTO engine.relation_text (sha256, relation, version, files) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT (sha256) DO NOTHING",
        [relation.sha256, relation.id, relation.version, Jsonb(files)],
    )


def _kept(connection: Connection, sha256: str) -> Relation:
    row = connection.execute(
        "SELECT relation, files FROM engine.relation_text WHERE sha256 = %s", [sha256]
    ).fetchone()  # fmt: skip
    if row is None:
        raise texts.TextUnknown(f"no text {sha256[:12]} of a derived relation was kept here")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / row[0]
        place.mkdir()
        for name, text in row[1].items():
            (place / name).write_text(text, encoding="utf-8")
        return read_relation(place)
