"""Evidence says which of its texts are covered from whoever has no purpose to read them."""

from pathlib import Path

import pytest

from steelyard.catalogue import load_catalogue
from steelyard.detect.evidence import EvidenceReader
from steelyard.detect.trace import Traced
from steelyard.engines.duck import connect

ROOT = Path(__file__).resolve().parents[4] / "catalogue"


@pytest.fixture(scope="module")
def reader():
    return EvidenceReader(connect(memory_mb=256), load_catalogue(ROOT))


@pytest.mark.parametrize(
    ("dataset", "column", "level"),
    [
        ("bid_bond", "payer_account", "L3"),
        ("village_bank_txn", "counterparty_account", "L3"),
        ("company", "phone", "L3"),
        ("company", "legal_rep_id", ""),
        ("rent_receivable", "contract_id", ""),
        ("bank_account", "account_type", ""),
    ],
)
def test_a_column_is_covered_by_its_own_level_or_its_name(reader, dataset, column, level):
    known = reader.catalogue.columns(dataset)[column]
    assert reader._covered_level(dataset, known) == level


def test_a_frozen_section_carries_the_levels_of_its_columns(reader):
    covered = set()
    for model in reader.catalogue.models.values():
        for evidence in model.evidence:
            traced = Traced("", (), per_hit=True, orders=())
            section = reader._about(evidence, traced)
            covered |= set(section.get("sensitivity", {}))
    assert "payer_account" in covered
