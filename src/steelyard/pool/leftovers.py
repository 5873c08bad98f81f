"""Plain files between fetching and landing: each run has a folder, and what a run that died left is removed.

A folder belongs to a run as long as the run holds the folder's lock; the lock goes with the process.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import psycopg

from steelyard.pool.locks import locked, tried

Connection = psycopg.Connection[Any]


@contextmanager
def folder_of(connection: Connection, below: Path, interface: str) -> Iterator[Path]:
    """An empty folder for one run of an interface; it is gone when the run is over."""
    folder = below / quote(interface, safe="")
    with locked(connection, _lock(folder)):
        # What a run that died left behind is not known to have come whole.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def remove(connection: Connection, below: Path) -> int:
    """Remove the folders of runs that are no more; returns how many.  Folders of live runs are left."""
    gone = 0
    for folder in sorted(below.iterdir()) if below.is_dir() else []:
        with tried(connection, _lock(folder)) as ours:
            if ours and folder.is_dir():
                shutil.rmtree(folder, ignore_errors=True)
                gone += 1
    return gone


def _lock(folder: Path) -> str:
    return f"fetching {unquote(folder.name)}"
