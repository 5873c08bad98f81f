"""Whatever is delivered, in whatever order: the ledger and the table are those of a plain model."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steelyard.engines.postgres.tests.shared import empty_engine
from steelyard.pool.tests.accounts import Line, Model
from steelyard.pool.tests.registers import CHANGES, ORDERED, PERIODS, Counter, counts

KINDS = {
    "upsert": ("upsert", False, {}),
    "append": ("append", False, {}),
    "upsert by order": ("upsert", True, ORDERED),
    "changes": ("changes", True, CHANGES),
    "snapshot": ("snapshot", False, PERIODS),
}
KEYS = st.sampled_from("123")


def lines(mode, ordered):
    """One delivered row of a kind."""
    return st.builds(
        Line, KEYS, st.integers(1, 3),
        # A row that wandered to another scope would belong to two answers at once.
        scope=st.just("A") if mode != "snapshot" else st.just(""),
        order=st.integers(1, 6) if ordered else st.none(),
        gone=st.booleans() if mode == "changes" else st.just(False),
        bad=st.sampled_from([False, False, False, True]),
    )  # fmt: skip


def placed(line):
    """Of a snapshot, each key has its place for ever."""
    return line if line.scope else Line(line.key, line.amount, "B" if line.key == "3" else "A", bad=line.bad)


@pytest.mark.parametrize("kind", KINDS)
def test_ledger_and_table_are_those_of_the_model(engine_database, kind):
    mode, ordered, more = KINDS[kind]
    # A bad change of unknown meaning is a bad upsert, so deletes are good rows here.
    deliveries = st.lists(
        st.tuples(st.lists(lines(mode, ordered), min_size=1, max_size=5), st.sampled_from(["202504", "202505"])),
        min_size=1, max_size=4,
    )  # fmt: skip

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(deliveries=deliveries)
    def agree(deliveries):
        empty_engine(engine_database)
        folder = Path(tempfile.mkdtemp())
        try:
            counter, model = Counter(folder, engine_database, mode, **more), Model(mode, ordered)
            for delivered, period in deliveries:
                told = [placed(line) for line in delivered]
                told = [Line(one.key, one.amount, one.scope, one.order, bad=one.bad and not one.gone, gone=one.gone)
                        for one in told]  # fmt: skip
                period = period if mode == "snapshot" else ""
                account = model.land(told, period)
                assert counts(counter.land(*told, period=period)) == account.whole
                assert counter.rows() == {key: line.amount for key, line in model.rows.items()}
        finally:
            shutil.rmtree(folder)

    agree()
