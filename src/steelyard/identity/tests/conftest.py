import pytest

from steelyard.identity.tests.world import World


@pytest.fixture
def world(tmp_path, clean_engine):
    return World(tmp_path, clean_engine)
