"""What every command needs: the home, the database and the rooms' migrations."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import steelyard
from steelyard.engines import migrations
from steelyard.engines.postgres import Database, database
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.kit.home import Home


@dataclass(frozen=True)
class Session:
    """One run of one command."""

    home: Home
    catalogue: Path

    @classmethod
    def open(cls) -> "Session":
        return cls(Home.from_environment().make(), catalogue_folder())

    @cached_property
    def database(self) -> Database:
        """The database, started where it is ours, with schema ``engine`` up to date."""
        found = database(self.home)
        found.prepare()
        migrations.apply(found, engine_migrations())
        return found


def engine_migrations() -> list[Path]:
    """The migration folders of the engine rooms, in the order of the route."""
    root = Path(next(iter(steelyard.__path__)))
    rooms = ("pool", "identity", "catalogue", "detect")
    return [folder for room in rooms if (folder := root / room / "migrations").is_dir()]


def print_json(value: Any) -> None:
    """One JSON document on standard output; dates and decimals as text."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))
