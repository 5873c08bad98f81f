"""What the departments hold: a sheet of rows behind every database, API and push sender, files for the rest.

A county's folder holds ``systems/<interface>.parquet`` (text columns under the source's own names) with
``systems/index.json`` beside, ``inbox/<department>/…`` for files that are dropped and ``sftp/<department>/…`` for
files that wait on a department's own server.
"""

import json
import os
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from steelyard.sources import Interface

BY_ROWS = ("sql", "rest", "push")
BY_FILES = ("file", "sftp")


class Systems:
    """The county's folder, by interface."""

    def __init__(self, county: Path, interfaces: Mapping[str, Interface]) -> None:
        self._county = county
        index = county / "systems" / "index.json"
        self._index = json.loads(index.read_text(encoding="utf-8")) if index.is_file() else {}
        self.interfaces = {name: one for name, one in interfaces.items() if self._holds(one)}
        """What can be offered from this county."""
        self.without = sorted(
            name
            for name, one in interfaces.items()
            if one.connector in (*BY_ROWS, *BY_FILES) and name not in self.interfaces
        )
        """Interfaces for which the county holds nothing."""

    def of(self, connector: str) -> list[Interface]:
        """The offered interfaces of one kind, by id."""
        return [one for _, one in sorted(self.interfaces.items()) if one.connector == connector]

    def table(self, interface: Interface) -> pa.Table:
        """The rows behind an interface, all text."""
        return pq.read_table(self._sheet(interface))

    def engine(self, interface: Interface) -> str:
        """``postgresql`` or ``mariadb``: what the department's database is."""
        return str(self._index.get(interface.id, {}).get("engine") or "mariadb")

    def files(self, interface: Interface) -> list[Path]:
        """The files an interface is to deliver, in the order of their names."""
        folder = self._county / ("sftp" if interface.connector == "sftp" else "inbox") / interface.department
        if not interface.pattern or not folder.is_dir():
            return []
        name = os.path.basename(interface.pattern)
        return sorted(file for file in folder.iterdir() if file.is_file() and fnmatch(file.name, name))

    def _sheet(self, interface: Interface) -> Path:
        return self._county / "systems" / f"{interface.id}.parquet"

    def _holds(self, interface: Interface) -> bool:
        if interface.connector in BY_ROWS:
            return self._sheet(interface).is_file()
        return interface.connector in BY_FILES and bool(self.files(interface))
