"""A folder handed in, one that is not, and three sandboxes: whole, without its first layer, with its walls alone."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from steelyard.detect.sandbox import asking
from steelyard.detect.sandbox.asking import Answer
from steelyard.detect.sandbox.limits import Limits
from steelyard.kit.catalogue_folder import catalogue_folder

SECRET = "the-secret-word"
NAME = "Zhang-San-whose-name-nobody-may-read"
WITHOUT_TEXT = """
from steelyard.detect.sandbox import cell, text
text.admit = lambda sql, may_read: None
cell.main()
"""
WALLS_ALONE = """
import duckdb
from steelyard.detect.sandbox import cell, running, text
text.admit = lambda sql, may_read: None
def unsealed(relations, memory_mb, threads, prepare):
    connection = duckdb.connect()
    for name, path in relations.items():
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{path}')")
    connection.execute("PRAGMA enable_profiling = 'no_output'")
    return connection
running.sealed = unsealed
cell.main()
"""
Ask = Callable[..., Answer]


@pytest.fixture(scope="session")
def places(tmp_path_factory) -> tuple[Path, Path]:
    """(inside, outside)"""
    inside, outside = tmp_path_factory.mktemp("inside"), tmp_path_factory.mktemp("outside")
    people = {"person_id": [f"p{n}" for n in range(2000)], "name": [NAME] * 2000, "n": list(range(2000))}
    pq.write_table(pa.table(people), inside / "person.parquet")
    pq.write_table(pa.table({"i": [SECRET]}), inside / "beside.parquet")
    pq.write_table(pa.table({"i": [SECRET]}), outside / "other.parquet")
    (outside / "secret.csv").write_text(f"a\n{SECRET}\n", encoding="utf-8")
    return inside, outside


def _asker(inside: Path) -> Ask:
    def ask(sql: str, limits: Limits | None = None, task: str = "run", **errand: Any) -> Answer:
        given = {"reads": ["person"], "relations": {"person": "person.parquet"}, "as_of": "2026-01-01", "root": "33"}
        held = limits or Limits(wall_seconds=20, memory_mb=256, space_mb=1024, rows=50)
        return asking.ask(catalogue_folder(), task, inside, held, sql=sql, **{**given, **errand})

    return ask


def _sandbox(monkeypatch: pytest.MonkeyPatch, inside: Path, program: str | None) -> Iterator[Ask]:
    monkeypatch.setenv("SECRET_WORD", SECRET)
    monkeypatch.setitem(os.environ, "DATABASE_URL", SECRET)
    if program:
        monkeypatch.setattr(asking, "COMMAND", (sys.executable, "-c", program))
    asking.dismiss_all()
    yield _asker(inside)
    asking.dismiss_all()


@pytest.fixture(scope="module")
def whole(places) -> Iterator[Ask]:
    """Every layer."""
    with pytest.MonkeyPatch.context() as patch:
        yield from _sandbox(patch, places[0], None)


@pytest.fixture(scope="module")
def unread(places) -> Iterator[Ask]:
    """Every layer but the first: texts are not looked at before they run."""
    with pytest.MonkeyPatch.context() as patch:
        yield from _sandbox(patch, places[0], WITHOUT_TEXT)


@pytest.fixture(scope="module")
def walled(places) -> Iterator[Ask]:
    """The process alone: neither the text is looked at nor the engine closed off."""
    with pytest.MonkeyPatch.context() as patch:
        yield from _sandbox(patch, places[0], WALLS_ALONE)
