"""Whatever was delivered and withdrawn: the table is what the other deliveries make it, landed in the same order."""

import json
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steelyard.engines.postgres.tests.shared import empty_engine
from steelyard.pool import NothingToReplay, replaying
from steelyard.pool.tests.conftest import DAY
from steelyard.pool.tests.registers import Counter
from steelyard.pool.tests.test_model import KINDS, lines, placed

SENDERS = ("finance/payments", "finance/other")


@dataclass(frozen=True)
class Handing:
    """A handing over: lines, period, sender, and whether a file nobody can read lies beside them."""

    lines: list
    period: str
    sender: int
    spoiled: bool


@dataclass(frozen=True)
class Again:
    """An earlier handing over comes once more."""

    number: int


@dataclass(frozen=True)
class Resending:
    """The bad rows that wait are sent again: as they came, or corrected."""

    corrected: bool


@dataclass(frozen=True)
class Withdrawing:
    """One of the deliveries that stand is withdrawn."""

    number: int


@dataclass(frozen=True)
class Done:
    """A delivery as it was handed over."""

    path: tuple[Path, ...]
    sender: int
    kind: str


def steps(mode, ordered):
    handing = st.builds(
        Handing, st.lists(lines(mode, ordered).map(placed if mode == "snapshot" else lambda one: one),
                          min_size=1, max_size=5),
        st.sampled_from(["202504", "202505"]) if mode == "snapshot" else st.just(""),
        st.sampled_from([0, 0, 1]), st.sampled_from([False, False, True]),
    )  # fmt: skip
    other = st.one_of(
        st.builds(Again, st.integers(0, 5)), st.builds(Resending, st.booleans()),
        st.builds(Withdrawing, st.integers(0, 5)), st.builds(Withdrawing, st.integers(0, 5)),
    )  # fmt: skip
    history = st.lists(st.one_of(handing, handing, other), min_size=1, max_size=8)
    return st.tuples(history, st.builds(Withdrawing, st.integers(0, 5))).map(lambda both: [*both[0], both[1]])


class History:
    """Plays steps against a pool, and keeps what stands."""

    def __init__(self, counter):
        self.counter = counter
        self.files: list[Done] = []
        self.stands: dict[str, Done] = {}

    def play(self, step):
        {Handing: self.hand_in, Again: self.again, Resending: self.resend, Withdrawing: self.withdraw}[type(step)](step)

    def hand_in(self, step):
        # Of a bad delete nobody knows the key's meaning, so deletes are good rows.
        told = [one if not one.gone else type(one)(one.key, one.amount, one.scope, one.order, gone=True)
                for one in step.lines]  # fmt: skip
        paths = [self.counter.file(told, step.period)]
        if step.spoiled:
            paths.append(self.counter.folder / f"spoiled{self.counter.number}_{step.period}.csv")
            paths[1].write_text(f"nothing,of,use\n{self.counter.number},2,3\n", encoding="utf-8")
        self.land(Done(tuple(paths), step.sender, "delivery"), len(told) + step.spoiled)
        self.files.append(Done(tuple(paths), step.sender, "delivery"))

    def again(self, step):
        if self.files:
            self.land(self.files[step.number % len(self.files)])

    def resend(self, step):
        with self.counter.pool._connection() as connection:
            try:
                found = replaying.waiting(connection, {})
            except NothingToReplay:
                return
        for one in found:
            rows = [dict(row) | ({"amount": "7"} if step.corrected else {}) for row in one.rows]
            self.counter.number += 1
            path = self.counter.folder / f"again{self.counter.number}.jsonl"
            path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
            kind = "correction" if step.corrected else "replay"
            origins = [(at.delivery, at.dataset, at.file, at.row) for at in one.origins]
            self.land(Done((path,), SENDERS.index(one.interface), kind), len(rows), origins=origins)

    def withdraw(self, step):
        if not self.stands:
            return
        chosen = list(self.stands)[step.number % len(self.stands)]
        pool = self.counter.pool
        found = pool.rehearse_withdrawal(chosen, assign=self.counter.keys)
        before = self.counter.table()
        done = pool.withdraw(chosen, reason="wrong", by="a", approved_by="b", assign=self.counter.keys)
        assert done.tables == found.tables
        (table,) = done.tables
        assert len(self.counter.table()) == len(before) - table.removed + table.returned
        del self.stands[chosen]

    def land(self, handed, received=None, **more):
        landing = self.counter.pool.land(
            self.counter.senders[handed.sender], list(handed.path), assign=self.counter.keys, received_on=DAY,
            kind=handed.kind, **more,
        )  # fmt: skip
        if landing.repeated:
            assert landing.delivery in self.stands
            return
        assert landing.state == "accepted"
        if received is not None:
            assert landing.receipts[0].received == received
        self.stands[landing.delivery] = handed

    def accounts(self):
        """Every row of every delivery, withdrawn ones too, ended in one place."""
        for delivery in self.counter.pool.deliveries(limit=1_000):
            for one in delivery.receipts:
                assert one.received == one.admitted + one.unchanged + one.quarantined + one.superseded
                held = {(row.file, row.row) for row in self.counter.pool.quarantine_rows(
                    delivery=delivery.id, state=None, limit=None)}  # fmt: skip
                assert len(held) == one.quarantined
            state = {row.state for row in self.counter.pool.quarantine_rows(delivery=delivery.id, limit=None)}
            assert not state or delivery.state == "accepted"


def told(counter, order):
    """The table as it reads, with the place in the order of the delivery each row stands by."""
    number = {delivery: at for at, delivery in enumerate(order)}
    lineage = ("_seq", "_delivery")
    return {
        key: {name: value for name, value in found.items() if name not in lineage} | {"by": number[found["_delivery"]]}
        for key, found in counter.table().items()
    }


@contextmanager
def empty_pool(database, mode, **more):
    empty_engine(database)
    folder = Path(tempfile.mkdtemp())
    try:
        counter = Counter(folder, database, mode, senders=SENDERS, **more)
        yield counter
    finally:
        shutil.rmtree(folder)


def fate(database, kind, played):
    """The table after the steps, and as landing only what stands makes it."""
    mode, _, more = KINDS[kind]
    with empty_pool(database, mode, **more) as counter:
        history = History(counter)
        for step in played:
            history.play(step)
        history.accounts()
        found, stands = told(counter, list(history.stands)), list(history.stands.values())
        with empty_pool(database, mode, **more) as other:
            afresh = History(other)
            for handed in stands:
                afresh.land(handed)
            return found, told(other, list(afresh.stands))


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_is_what_landing_the_others_makes_it(engine_database, kind):
    mode, ordered, _ = KINDS[kind]

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(played=steps(mode, ordered))
    def agree(played):
        found, expected = fate(engine_database, kind, played)
        assert found == expected

    agree()
