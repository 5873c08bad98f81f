"""Real procurement data of 17 publishers; users do not have the folder."""

import os
from pathlib import Path

import pytest

from steelyard.contracts import load_contracts
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.kit.home import Home
from steelyard.pool import OCDS_IMPORT, Pool
from steelyard.pool.tests.conftest import DAY, RuleKeys
from steelyard.sources.ocds import count

FOLDER = Path(os.environ.get("STEELYARD_OCDS") or Path(__file__).parents[4].parent / "shared" / "data" / "ocds")
ARMENIA, PUBLISHERS = FOLDER / "armenia.jsonl.gz", FOLDER / "publishers.jsonl.gz"

pytestmark = pytest.mark.skipif(not PUBLISHERS.exists(), reason="no real OCDS files: set STEELYARD_OCDS")


class AllKeys(RuleKeys):
    """A key for every number."""

    def assign(self, duck, asked, answered, on):
        duck.execute(
            f"CREATE TABLE {answered} AS SELECT kind, number, name, 'key-' || number AS key, "
            "CAST(NULL AS VARCHAR) AS reason, name AS known_name, CAST(NULL AS VARCHAR) AS known_key "
            f"FROM {asked}"
        )


def test_the_files_hold_what_is_known_of_them():
    assert [(total.processes, total.bids, len(by)) for total, by, _ in (count([ARMENIA]), count([PUBLISHERS]))] == [
        (900, 1468, 1), (1738, 1480, 17),
    ]  # fmt: skip
    assert count([ARMENIA, PUBLISHERS])[0].processes == 1738


def test_a_process_delivered_by_two_files_is_there_once(tmp_path, clean_engine):
    pool = Pool(Home(tmp_path / "home").make(), clean_engine, load_contracts(catalogue_folder() / "contracts"))
    for file in (ARMENIA, PUBLISHERS, ARMENIA):
        landing = pool.land(OCDS_IMPORT, [file], assign=AllKeys(), received_on=DAY)
        assert landing.state == "accepted", landing.message
    counts = pool.row_counts()
    assert (counts["bid"], counts["region"]) == (1480, 17)
    assert len(pool.publishers()) == 17
    assert {found.rule for found in pool.quarantine_rows()} == {"type"}
