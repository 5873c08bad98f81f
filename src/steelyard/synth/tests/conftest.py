"""One county for all tests of the room; making it takes some seconds."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.synth import Manifest, write_county

SEED, UNTIL = 11, dt.date(2026, 3, 31)


@dataclass(frozen=True)
class Written:
    folder: Path
    manifest: Manifest
    truth: dict[str, Any]
    cast: dict[str, Any]

    def lines(self, file: str, encoding: str = "utf-8") -> list[str]:
        return (self.folder / "inbox" / file).read_text(encoding).splitlines()


def write(folder: Path) -> Written:
    manifest = write_county(catalogue_folder(), SEED, UNTIL, folder)
    truth, cast = (json.loads((folder / name).read_text()) for name in ("truth.json", "cast.json"))
    return Written(folder, manifest, truth, cast)


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return write(tmp_path_factory.mktemp("county"))
