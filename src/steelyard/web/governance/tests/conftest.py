import pytest

from steelyard.contracts import load_contracts
from steelyard.kit.home import Home
from steelyard.pool import Pool
from steelyard.sources import load_interfaces


@pytest.fixture
def pool(clean_engine, tmp_path, settings, monkeypatch):
    """An empty pool with the catalogue's contracts and interfaces, where the jobs of this room find it."""
    settings.STEELYARD_HOME = Home(tmp_path).make()
    for place in ("steelyard.web.intake.pool_link", "steelyard.web.governance.jobs"):
        monkeypatch.setattr(f"{place}.database_of_pages", lambda: clean_engine)
    root = settings.STEELYARD_CATALOGUE
    return Pool(
        settings.STEELYARD_HOME, clean_engine, load_contracts(root / "contracts"), load_interfaces(root / "interfaces")
    )
