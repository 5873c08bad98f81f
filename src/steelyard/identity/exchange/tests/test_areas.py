"""Whose related parties an export of an area gives."""

import pytest

from steelyard.contracts import load_contracts
from steelyard.engines.duck import connect
from steelyard.identity import Overlay, exchange
from steelyard.kit.catalogue_folder import catalogue_folder

ROWS = {
    "official": "('village', 'o1', '339921101201'), ('body', 'o2', NULL), ('elsewhere', 'o3', '339922101201'), "
                "(NULL, 'o2', NULL)",
    "org": "('o1', '339900000000'), ('o2', '339921000000'), ('o3', '339922000000')",
}  # fmt: skip
COLUMNS = {"official": "person_id, org_id, village_code", "org": "org_id, area_code"}


class Small:
    """Two tables as the pool keeps them."""

    def __init__(self, folder):
        self.contracts = load_contracts(catalogue_folder() / "contracts")
        self.listed = {}
        with connect(memory_mb=256, threads=1) as duck:
            for dataset, rows in ROWS.items():
                file = folder / f"{dataset}.parquet"
                place = "'d1' AS _delivery, 'a.csv' AS _file, 1 AS _raw_row"
                told = f"SELECT *, {place} FROM (VALUES {rows}) AS t({COLUMNS[dataset]})"
                duck.execute(f"COPY ({told}) TO '{file}' (FORMAT parquet)")
                self.listed[dataset] = [str(file)]

    def files(self, dataset, version=None):
        return self.listed[dataset]


@pytest.mark.parametrize(
    ("area", "found"),
    [("339921", ["body", "village"]), ("339921000000", ["body", "village"]), ("339922101201", ["elsewhere"]),
     ("3399", ["body", "elsewhere", "village"]), ("11", [])],
)  # fmt: skip
def test_officials_of_an_area_are_those_of_its_villages_and_of_its_bodies(tmp_path, area, found):
    assert exchange.officials(Small(tmp_path), Overlay.none(), area) == found


@pytest.mark.parametrize("area", ["", "3", "33992", "village", "３３９９２１", "33992110120100"])
def test_a_code_that_is_none_is_not_taken_for_everywhere(tmp_path, area):
    with pytest.raises(exchange.AreaUnfit):
        exchange.officials(Small(tmp_path), Overlay.none(), area)
