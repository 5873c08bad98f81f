"""One project that a village official's former employer won, in a pool with a home."""

from pathlib import Path

import pytest

from steelyard.catalogue import Catalogue, load_catalogue
from steelyard.detect.guards.tests.homely import INSURED, OFFICIAL, PROJECT, HomelyPool
from steelyard.detect.tests.small_pool import REGION, know
from steelyard.engines.postgres import Database
from steelyard.kit.catalogue_folder import catalogue_folder


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(catalogue_folder())


@pytest.fixture
def pool(tmp_path: Path, catalogue: Catalogue, clean_engine: Database) -> HomelyPool:
    found = HomelyPool(tmp_path, catalogue)
    know(clean_engine, PLI="person", CB="company", V1="org")
    found.put(region=REGION, official=[OFFICIAL], social_insurance=INSURED, village_project=[PROJECT])
    return found
