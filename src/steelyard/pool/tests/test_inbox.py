"""Pushes: acknowledged means kept, once, in order, however many send and whoever dies."""

import os
import random
import signal
import subprocess
import sys
import time

import psycopg
import pytest

from steelyard.pool import inbox
from steelyard.pool.faults import FLUSH_PLACES
from steelyard.pool.tests.conftest import DAY, FIELDS, row

SENDER = """
import json, sys
from steelyard.engines.postgres import Address, Database
from steelyard.pool import inbox
from steelyard.pool.tests.conftest import DAY
host, name, me, keys = sys.argv[1:]
database = Database(Address(host, 5432, name, "postgres", embedded=True))
with database.connect(autocommit=True) as connection:
    for number in range(int(keys)):
        rows = [{"payment_id": f"{me}-{number}-{i}", "payee_no": "9A", "amount": "10", "paid_on": "2025-01-02"}
                for i in range(3)]
        inbox.accept(connection, "finance/payments", f"{me}-{number}", inbox.body_of(rows), DAY)
        print(f"{me}-{number}", flush=True)
"""
FLUSHER = """
import sys
from pathlib import Path
from steelyard.engines.postgres import Address, Database
from steelyard.kit.home import Home
from steelyard.contracts import load_contracts
from steelyard.pool import Pool
from steelyard.pool.tests.conftest import RuleKeys, interface_of
host, name, folder = sys.argv[1:]
interface = interface_of()
database = Database(Address(host, 5432, name, "postgres", embedded=True))
contracts = load_contracts(Path(folder) / "catalogue" / "contracts")
pool = Pool(Home(Path(folder) / "home").make(), database, contracts, {interface.id: interface})
while True:
    pool.flush(assign=RuleKeys())
"""


def start(program, desk, *words, fault=""):
    address = desk.pool.database.address
    return subprocess.Popen(
        [sys.executable, "-c", program, address.host, address.name, *words],
        stdout=subprocess.PIPE, text=True, env=os.environ | {"STEELYARD_FAULT": fault},
    )  # fmt: skip


def pushed(desk, key, *lines):
    rows = [dict(zip(FIELDS, line.split(","), strict=True)) for line in lines]
    with desk.pool.database.connect(autocommit=True) as connection:
        return inbox.accept(connection, desk.interface.id, key, inbox.body_of(rows), DAY)


def flushed(desk):
    return desk.pool.flush(assign=desk.keys)


def test_pushes_that_wait_become_one_delivery_each_a_file_of_it(desk):
    pushed(desk, "a", row("1"))
    pushed(desk, "b", row("2"), row("3", amount="-1"))
    [landing] = flushed(desk)
    assert (landing.total("received"), landing.total("admitted"), landing.total("quarantined")) == (3, 2, 1)
    [bad] = desk.pool.quarantine_rows()
    assert (bad.file, bad.row) == ("push-0000000002.jsonl", 2)
    assert flushed(desk) == []


def test_of_two_pushes_the_later_wins(desk):
    pushed(desk, "a", row("1", amount="1"))
    pushed(desk, "b", row("1", amount="2"))
    [landing] = flushed(desk)
    assert str(desk.table()["1"]["amount"]) == "2.00"
    assert landing.total("superseded") == 1


def test_a_later_flush_wins_over_an_earlier(desk):
    for key, amount in (("a", "1"), ("b", "2")):
        pushed(desk, key, row("1", amount=amount))
        flushed(desk)
    assert str(desk.table()["1"]["amount"]) == "2.00"


def test_a_push_is_never_changed(desk):
    number, _ = pushed(desk, "a", row("1"))
    with desk.pool.database.connect() as connection, pytest.raises(psycopg.errors.RaiseException):
        connection.execute("UPDATE engine.inbox SET body = 'other' WHERE seq = %s", [number])


def test_one_bad_push_keeps_no_other_out(desk):
    pushed(desk, "good", row("1"))
    pushed(desk, "bad", *[row(str(number), amount="-1") for number in range(100, 300)])
    pushed(desk, "good too", row("2"))
    states = [landing.state for landing in flushed(desk)]
    assert sorted(states) == ["accepted", "accepted", "refused"]
    assert set(desk.table()) == {"1", "2"}


def test_what_landed_pushes_said_is_forgotten_in_time_and_their_keys_are_not(desk):
    import datetime as dt

    pushed(desk, "a", row("1"))
    with desk.pool.database.connect(autocommit=True) as connection:
        assert inbox.forget_bodies(connection, DAY + dt.timedelta(days=90)) == 0  # it waits still
    flushed(desk)
    with desk.pool.database.connect(autocommit=True) as connection:
        assert inbox.forget_bodies(connection, DAY + dt.timedelta(days=29)) == 0
        assert inbox.forget_bodies(connection, DAY + dt.timedelta(days=31)) == 1
    with pytest.raises(inbox.KeyReused):
        pushed(desk, "a", row("2"))


@pytest.mark.parametrize("place", [*FLUSH_PLACES, "after-raw", "after-received", "after-delta", "after-publish"])
def test_a_flush_that_died_is_taken_up_and_nothing_doubles(desk, place):
    pushed(desk, "a", row("1"), row("2"))
    flusher = start(FLUSHER, desk, str(desk.pool.home.root.parent), fault=place)
    assert flusher.wait(60) == -signal.SIGKILL
    desk.pool.repair(assign=desk.keys)
    assert set(desk.table()) == {"1", "2"}
    accepted = [one for one in desk.pool.deliveries() if one.state == "accepted"]
    assert [one.receipts[0].received for one in accepted] == [2]


def test_many_senders_and_killed_flushers_lose_and_double_nothing(desk):
    chance = random.Random(7)
    senders = [start(SENDER, desk, name, "12") for name in ("a", "b", "c")]
    again = start(SENDER, desk, "a", "12")  # the same keys and rows from a second process at once
    for _ in range(4):
        flusher = start(FLUSHER, desk, str(desk.pool.home.root.parent))
        time.sleep(chance.uniform(1.0, 2.5))
        flusher.send_signal(signal.SIGKILL)
        flusher.wait()
    senders[2].send_signal(signal.SIGKILL)
    said = {line for sender in [*senders, again] for line in sender.communicate()[0].split()}
    desk.pool.repair(assign=desk.keys)
    with desk.pool.database.connect() as connection:
        kept = connection.execute("SELECT idempotency_key, row_count FROM engine.inbox").fetchall()
        landed = connection.execute(
            "SELECT sum(r.received), sum(r.admitted) FROM engine.receipt r "
            "JOIN engine.delivery d ON d.id = r.delivery WHERE d.state = 'accepted'"
        ).fetchone()
    assert said <= {key for key, _ in kept}  # what was acknowledged is kept
    assert len(kept) == len({key for key, _ in kept})
    assert landed == (3 * len(kept), 3 * len(kept))
    assert len(desk.table()) == 3 * len(kept)


def seen(desk):
    from steelyard.engines.duck import connect, rows

    duck = connect(memory_mb=256)
    desk.pool.live(duck, "payment", assign=desk.keys)
    return {one["payment_id"]: one for one in rows(duck, "SELECT * FROM payment")}


def test_a_push_is_seen_as_soon_as_it_is_acknowledged(desk):
    desk.land(row("1", amount="1"), row("2", amount="1"))
    pushed(desk, "a", row("2", amount="2"), row("3", amount="-1"))
    pushed(desk, "b", row("4", amount="4"))
    now = seen(desk)
    assert {number: str(found["amount"]) for number, found in now.items()} == {"1": "1.00", "2": "2.00", "4": "4.00"}
    assert set(desk.table()) == {"1", "2"}  # nothing is landed yet


def test_what_was_seen_early_is_what_is_landed(desk):
    desk.land(row("1"))
    pushed(desk, "a", row("1", amount="2"), row("2"))
    before = seen(desk)
    flushed(desk)
    after = desk.table()
    told = ("payment_id", "amount", "_delivery", "_file", "_raw_row")
    assert [[found[n][name] for name in told] for found in (before, after) for n in ("1", "2")] == [
        [after[n][name] for name in told] for _ in range(2) for n in ("1", "2")
    ]
    assert seen(desk).keys() == after.keys()
