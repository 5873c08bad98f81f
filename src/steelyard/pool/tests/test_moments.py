"""What the pool shows at one moment: a version and the pushed rows that wait, and the same again later."""

import signal
from dataclasses import replace

import pyarrow as pa

from steelyard.engines.duck import connect, rows
from steelyard.pool import lay_over, new_rows, touched
from steelyard.pool.newest import NewestRows
from steelyard.pool.tests.conftest import desk_of, row
from steelyard.pool.tests.test_inbox import FLUSHER, flushed, pushed, start


def shown(desk, moment):
    duck = connect(memory_mb=256)
    desk.pool.register(duck, "payment", moment.version)
    lay_over(duck, desk.pool.contracts["payment"], "payment", moment.over("payment"))
    return {one["payment_id"]: str(one["amount"]) for one in rows(duck, "SELECT * FROM payment")}


def now(desk):
    return desk.pool.moment(desk.keys)


def test_an_earlier_moment_is_laid_out_again_after_its_pushes_were_landed(desk):
    desk.land(row("1", amount="1"))
    pushed(desk, "a", row("1", amount="2"))
    then = now(desk)
    pushed(desk, "b", row("1", amount="3"), row("2"))
    flushed(desk)
    assert shown(desk, now(desk)) == {"1": "3.00", "2": "10.00"}
    again = desk.pool.moment(desk.keys, version=then.version.number, seq=then.seq)
    assert shown(desk, again) == shown(desk, then) == {"1": "2.00"}


def test_a_flush_changes_a_moment_and_not_what_it_shows(desk):
    desk.land(row("1", amount="1"))
    pushed(desk, "a", row("1", amount="2"), row("2"))
    before = now(desk)
    flushed(desk)
    after = now(desk)
    assert (after.layers, after.seq, after.version.number) == ((), before.seq, before.version.number + 1)
    assert shown(desk, before) == shown(desk, after)
    assert touched(before, after) == {"payment"}


def test_only_pushes_that_came_between_two_moments_are_new(desk):
    pushed(desk, "a", row("1"))
    first = now(desk)
    pushed(desk, "b", row("2"))
    second = now(desk)
    assert [table["payment_id"].to_pylist() for table in new_rows(first, second, "payment")] == [["2"]]
    assert touched(first, second) == {"payment"}
    assert touched(second, second) == set()


def test_a_push_that_is_looked_at_keeps_its_delivery_until_it_is_landed(desk):
    pushed(desk, "a", row("1"))
    [first] = now(desk).layers
    pushed(desk, "b", row("2"))
    batches = {layer.batch for layer in now(desk).layers}
    [landing] = flushed(desk)  # both go together: looking closes nothing
    assert batches == {first.batch} == {landing.delivery}


def test_a_version_and_the_end_of_waiting_are_seen_together(desk):
    pushed(desk, "a", row("1"))
    flusher = start(FLUSHER, desk, str(desk.pool.home.root.parent), fault="after-publish")
    assert flusher.wait(60) == -signal.SIGKILL
    assert (now(desk).version.number, now(desk).layers) == (1, ())


def test_a_push_of_which_nothing_may_be_landed_is_not_shown(desk):
    pushed(desk, "good", row("1"))
    pushed(desk, "bad", *[row(str(number), amount="-1") for number in range(100, 300)])
    pushed(desk, "half", row("2"), row("3", amount="-1"))
    before = shown(desk, now(desk))
    flushed(desk)
    assert before.keys() == {"1", "2"} == shown(desk, now(desk)).keys()


def test_a_row_that_is_older_than_what_is_there_is_not_laid_over_it(tmp_path, clean_engine):
    desk = desk_of(tmp_path, clean_engine)
    desk.pool.contracts = {"payment": replace(desk.pool.contracts["payment"], order="count")}
    desk.land(row("1", amount="1", count="5"))
    pushed(desk, "a", row("1", amount="2", count="4"))
    pushed(desk, "b", row("2", amount="9", count="3"), row("2", amount="8", count="2"))
    before = shown(desk, now(desk))
    flushed(desk)
    assert before == shown(desk, now(desk)) == {"1": "1.00", "2": "9.00"}


def test_of_waiting_rows_the_newest_of_a_key_is_seen_and_remembered(desk):
    contract = desk.pool.contracts["payment"]
    for amount in ("1", "2"):
        pushed(desk, amount, row("1", amount=amount), row(f"only {amount}"))
    first = now(desk).over("payment")
    newest = NewestRows()
    made = newest.of(contract, first)
    assert {one["payment_id"]: str(one["amount"]) for one in made.to_pylist()}["1"] == "2.00"
    assert newest.of(contract, list(first)) is made
    pushed(desk, "3", row("1", amount="3"))
    added = newest.of(contract, now(desk).over("payment"))
    assert sorted((one["payment_id"], str(one["amount"])) for one in added.to_pylist()) == sorted(
        (one["payment_id"], str(one["amount"]))
        for one in NewestRows().of(contract, now(desk).over("payment")).to_pylist()
    )
    assert newest.of(contract, first) is made


def test_an_older_order_never_lies_over_a_newer_one(desk):
    contract = desk.pool.contracts["payment"]
    pushed(desk, "a", row("1", amount="1"))
    [layer] = now(desk).over("payment")

    def numbered(order, number):
        table = layer.set_column(layer.column_names.index("_order"), "_order", pa.array([order], pa.int64()))
        return table.set_column(table.column_names.index("_layer"), "_layer", pa.array([number], pa.int64()))

    tables = [numbered(2, 1), numbered(1, 2), numbered(None, 3)]
    assert NewestRows().of(contract, tables)["_layer"].to_pylist() == [1]
    assert NewestRows().of(contract, tables[1:])["_layer"].to_pylist() == [2]
