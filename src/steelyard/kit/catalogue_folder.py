"""Where the catalogue lies: in the checkout, or inside an installed wheel."""

import os
from pathlib import Path

from steelyard.kit.errors import SteelyardError


class CatalogueMissing(SteelyardError):
    """No catalogue folder was found; set STEELYARD_CATALOGUE."""


def catalogue_folder() -> Path:
    """``STEELYARD_CATALOGUE``, else the checkout's folder, else the one packed in the wheel."""
    package = Path(__file__).resolve().parents[1]
    named = os.environ.get("STEELYARD_CATALOGUE")
    places = [Path(named)] if named else [package.parents[1] / "catalogue", package / "_catalogue"]
    for place in places:
        if (place / "contracts").is_dir():
            return place
    raise CatalogueMissing
