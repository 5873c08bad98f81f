from pathlib import Path

import pytest

from steelyard.contracts import load_contracts
from steelyard.pool.conform import Flaw
from steelyard.pool.covering import Cover
from steelyard.sources import load_interfaces

CATALOGUE = Path(__file__).parents[4] / "catalogue"
CONTRACTS = load_contracts(CATALOGUE / "contracts")
FEEDS = {feed.dataset: feed for one in load_interfaces(CATALOGUE / "interfaces").values() for feed in one.feeds}


@pytest.mark.parametrize("dataset", sorted(set(FEEDS) & set(CONTRACTS)))
def test_no_private_column_is_shown_in_full(dataset):
    contract = CONTRACTS[dataset]
    cover = Cover.of(contract, FEEDS[dataset])
    shown = [
        column.name
        for column in contract.columns.values()
        if column.private and not column.subject
        if cover.value(Flaw("f", 1, "type", column.name, "AB-12-c of Long Lane")) == "AB-12-c of Long Lane"
    ]
    assert shown == []
