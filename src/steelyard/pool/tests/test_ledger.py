"""received = admitted + unchanged + quarantined + superseded, to the row, whatever is handed over."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steelyard.engines.postgres.tests.shared import empty_engine
from steelyard.pool.tests.conftest import desk_of, row

LINES = st.builds(
    row,
    st.sampled_from(["1", "2", "3", "4", ""]),
    payee=st.sampled_from(["9A", "9B", "bad", ""]),
    amount=st.sampled_from(["1", "2", "-3", "x", ""]),
    day=st.sampled_from(["2025-01-01", "2021-02-30"]),
) | st.sampled_from(["1,2", "\x00,,,,,,,,,,", ""])


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(deliveries=st.lists(st.lists(LINES, min_size=1, max_size=12), min_size=1, max_size=3))
def test_every_row_is_accounted_for(engine_database, deliveries):
    empty_engine(engine_database)
    folder = Path(tempfile.mkdtemp())
    try:
        desk = desk_of(folder, engine_database)
        expected: dict[str, str] = {}
        for lines in deliveries:
            landing = desk.land(*lines)
            for receipt in landing.receipts:
                assert receipt.received == sum(1 for line in lines if line.strip())
                assert receipt.received == (
                    receipt.admitted + receipt.unchanged + receipt.quarantined + receipt.superseded
                )
            for line in lines:
                cells = line.split(",")
                good = len(cells) == 11 and cells[0] not in ("", "\x00") and cells[1].startswith("9")
                if good and cells[6] in ("1", "2", "") and cells[7] == "2025-01-01":
                    expected[cells[0]] = cells[6]
        told = {number: str(found["amount"] or "").removesuffix(".00") for number, found in desk.table().items()}
        assert told == expected
    finally:
        shutil.rmtree(folder)
