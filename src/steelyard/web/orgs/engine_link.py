"""The web half's read-only window on schema ``engine``: a second pool in the role that sees no identifiers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
from django.conf import settings
from psycopg_pool import ConnectionPool

from steelyard.engines.postgres import Database, Role

_pools: dict[str, "ConnectionPool[psycopg.Connection[Any]]"] = {}


def database_of_pages() -> Database:
    """The engine's database under the name the pages use; a test run has one of its own."""
    found: Database = settings.STEELYARD_DATABASE()
    return Database(replace(found.address, name=str(settings.DATABASES["default"]["NAME"])))


@contextmanager
def reader() -> Iterator["psycopg.Connection[Any]"]:
    """A connection as engine_reader; what it read is never written back."""
    with _pool().connection() as connection:
        yield connection


def _pool() -> "ConnectionPool[psycopg.Connection[Any]]":
    database = settings.STEELYARD_DATABASE()
    name = str(settings.DATABASES["default"]["NAME"])
    if name not in _pools:
        _pools[name] = ConnectionPool(
            kwargs=database.parameters(Role.READER, name=name) | {"autocommit": True},
            min_size=0, max_size=4, open=True,
        )  # fmt: skip
    return _pools[name]


def close() -> None:
    """Close the pools, so that a process can end and a test database be dropped."""
    for pool in _pools.values():
        pool.close()
    _pools.clear()
