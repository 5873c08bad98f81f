"""The texts of models that were released: kept word for word, and read again where the folder holds another."""

import tempfile
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from steelyard.catalogue import SupervisionModel
from steelyard.catalogue.reader import MODEL_FILES, read_model
from steelyard.kit.errors import SteelyardError

Connection = psycopg.Connection[Any]


class TextUnknown(SteelyardError):
    """No text with this hash was ever kept here."""


def keep(connection: Connection, model: SupervisionModel, author: str = "") -> None:
    """Keep the text of a model; the same text is kept once, with whoever brought it first."""
    files = {name: (model.path / name).read_text(encoding="utf-8") for name in MODEL_FILES}
    connection.execute(
        "INSERT INTO engine.model_text (sha256, model, version, files, author) VALUES (%s, %s, %s, %s, %s) "
        "ON CONFLICT (sha256) DO NOTHING",
        [model.sha256, model.id, model.version, Jsonb(files), author],
    )


def author_of(connection: Connection, sha256: str) -> str:
    """Who wrote or brought a text; empty where nobody here did."""
    row = connection.execute("SELECT author FROM engine.model_text WHERE sha256 = %s", [sha256]).fetchone()
    return str(row[0]) if row else ""


def versions(connection: Connection, model: str) -> list[tuple[str, str]]:
    """(version, hash) of the texts kept of a model, the oldest first."""
    rows = connection.execute(
        "SELECT version, sha256 FROM engine.model_text WHERE model = %s ORDER BY kept_at, version", [model]
    ).fetchall()
    return [(str(row[0]), str(row[1])) for row in rows]


def files_of(connection: Connection, sha256: str) -> tuple[str, dict[str, str]]:
    """(model id, its files by name).  Raises TextUnknown."""
    row = connection.execute("SELECT model, files FROM engine.model_text WHERE sha256 = %s", [sha256]).fetchone()
    if row is None:
        raise TextUnknown(f"no text {sha256[:12]} of a model was kept here")
    return str(row[0]), dict(row[1])


def kept(connection: Connection, sha256: str) -> SupervisionModel:
    """A released text as a model.  Raises TextUnknown."""
    model, files = files_of(connection, sha256)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / model
        place.mkdir(parents=True)
        for name, text in files.items():
            (place / name).write_text(text, encoding="utf-8")
        return read_model(place)
