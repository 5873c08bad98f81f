"""A real kill -9 at every point of landing: nothing is lost, nothing doubled."""

import os
import signal
import subprocess
import sys

import pytest

from steelyard.pool.faults import PLACES
from steelyard.pool.tests.conftest import Desk, contracts_in, interface_of, row

PROGRAM = """
import sys
from pathlib import Path
from steelyard.engines.postgres import Address, Database
from steelyard.kit.home import Home
from steelyard.contracts import load_contracts
from steelyard.pool import Pool
from steelyard.pool.tests.conftest import DAY, RuleKeys, interface_of
host, name, folder, file = sys.argv[1:]
database = Database(Address(host, 5432, name, "postgres", embedded=True))
pool = Pool(Home(Path(folder) / "home").make(), database, load_contracts(Path(folder) / "catalogue" / "contracts"))
pool.land(interface_of(), [Path(file)], assign=RuleKeys(), received_on=DAY)
"""


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("again", ["repair", "hand over again"])
def test_dying_loses_and_doubles_nothing(tmp_path, clean_engine, place, again):
    from steelyard.kit.home import Home
    from steelyard.pool import Pool

    contracts = contracts_in(tmp_path / "catalogue")
    interface = interface_of()
    (tmp_path / "files").mkdir()
    pool = Pool(Home(tmp_path / "home").make(), clean_engine, contracts, {interface.id: interface})
    desk = Desk(pool, tmp_path / "files")
    desk.land(row("1"), row("2"))
    file = desk.file(row("2", amount="20"), row("3"), row("4", amount="-1"))
    died = subprocess.run(
        [sys.executable, "-c", PROGRAM, clean_engine.address.host, clean_engine.address.name, str(tmp_path), str(file)],
        env=os.environ | {"STEELYARD_FAULT": place},
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    recorded = place not in ("after-raw",)
    if again == "repair":
        pool.repair(assign=desk.keys)
    if again != "repair" or not recorded:
        desk.land_files(file)
    assert pool.unfinished() == []
    assert {number: str(found["amount"]) for number, found in desk.table().items()} == {
        "1": "10.00", "2": "20.00", "3": "10.00",
    }  # fmt: skip
    assert [(found.row, found.rule) for found in pool.quarantine_rows()] == [(4, "check:amount-not-negative")]
    receipt = pool.deliveries()[0].receipts[0]
    assert (receipt.received, receipt.admitted, receipt.quarantined) == (3, 2, 1)
    assert pool.current().number == 2
