"""A pool of a few given rows, under the real contracts, without a database."""

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from steelyard.contracts import load_contracts
from steelyard.engines.duck import connect
from steelyard.identity.ties import making as building
from steelyard.identity.ties.reading import open_root
from steelyard.identity.ties.who import Who
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.pool import LINEAGE, PoolVersion

DAY = dt.date(2025, 6, 30)


class SmallPool:
    """Rows by dataset; every ``put`` is a new version of its dataset."""

    def __init__(self, folder: Path, contracts) -> None:
        self.folder, self.contracts = folder, contracts
        self.at = PoolVersion(1, {})

    def put(self, dataset, *rows):
        contract = self.contracts[dataset]
        version = self.at.tables.get(dataset, 0) + 1
        schema = contract.schema | dict(LINEAGE)
        own = {"_delivery": "d1", "_file": f"{dataset}.csv", "_seq": 1, "_supplier": "s"}
        for number, row in enumerate(rows, 1):
            unknown = set(row) - set(schema)
            assert not unknown, f"{dataset} has no {unknown}"
            rows[number - 1].setdefault("_raw_row", number)
        with connect(memory_mb=256, threads=1) as duck:
            values = {
                name: [str(v) if (v := (own | row).get(name)) is not None else None for row in rows] for name in schema
            }
            duck.register("given", pa.table({name: pa.array(v, pa.string()) for name, v in values.items()}))
            chosen = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in schema.items())
            file = self.folder / f"{dataset}-{version}.parquet"
            duck.execute(f"COPY (SELECT {chosen} FROM given) TO '{file}' (FORMAT parquet)")
        self.at = PoolVersion(self.at.number + 1, {**self.at.tables, dataset: version})

    def current(self):
        return self.at

    def files(self, dataset, version=None):
        at = (version or self.at).tables.get(dataset)
        return [] if at is None else [str(self.folder / f"{dataset}-{at}.parquet")]


@pytest.fixture(scope="session")
def contracts():
    return load_contracts(catalogue_folder() / "contracts")


@pytest.fixture
def pool(tmp_path, contracts):
    (tmp_path / "pool").mkdir()
    found = SmallPool(tmp_path / "pool", contracts)
    found.put("official", {"person_id": "P1", "org_id": "V1", "position": "village_head", "from_date": "2015-01-01"})
    return found


@pytest.fixture
def ties(pool, tmp_path):
    """Build the ties of the pool and open them."""
    opened = []

    def make(*, full=True, who=None, **more):
        made = building.make(pool, who or Who.none(), tmp_path / "ties", DAY, full=full, memory_mb=512, **more)
        opened.append(open_root(tmp_path / "ties"))
        assert opened[-1].made == made
        return opened[-1]

    yield make
    for one in opened:
        one.close()
