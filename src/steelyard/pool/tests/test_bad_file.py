"""One bad file keeps no other out, today or later."""

import pytest

from steelyard.pool.tests.conftest import DAY, interface_of, row

SPOILED = [row(str(n), amount="-1" if n < 50 else "1") for n in range(150)]


@pytest.fixture
def inbox(desk):
    return opened(desk)


@pytest.fixture
def snapshot_inbox(snapshot_desk):
    return opened(snapshot_desk)


def opened(desk):
    (desk.folder / "finance").mkdir()
    desk.pool.interfaces = {"finance/payments": interface_of(folder="${STEELYARD_INBOX}/finance")}

    def land(**more):
        return desk.pool.land_inbox(desk.folder, assign=desk.keys, received_on=DAY, **more)

    desk.land_inbox = land
    return desk


def test_a_refused_file_joins_no_later_delivery(inbox):
    inbox.file(*SPOILED, name="finance/a.csv")
    assert [landing.state for landing in inbox.land_inbox()] == ["refused"]
    inbox.file(row("x"), name="finance/b.csv")
    assert [landing.state for landing in inbox.land_inbox()] == ["accepted"]
    assert set(inbox.table()) == {"x"}


def test_a_refused_file_is_tried_again_only_when_asked(inbox):
    inbox.file(*SPOILED, name="finance/a.csv")
    inbox.land_inbox()
    assert inbox.land_inbox() == []
    assert [landing.state for landing in inbox.land_inbox(again=True)] == ["refused"]


def test_files_that_are_refused_together_are_landed_one_by_one(inbox):
    inbox.file(*SPOILED, name="finance/a.csv")
    inbox.file(row("x"), name="finance/b.csv")
    assert [landing.state for landing in inbox.land_inbox()] == ["refused", "accepted"]
    assert set(inbox.table()) == {"x"}


def test_files_refused_together_are_not_lost_where_the_process_died_then(inbox):
    paths = [inbox.file(*SPOILED, name="finance/a.csv"), inbox.file(row("x"), name="finance/b.csv")]
    interface = inbox.pool.interfaces["finance/payments"]
    assert inbox.land_files(*paths, interface=interface).state == "refused"
    inbox.land_inbox()
    assert set(inbox.table()) == {"x"}


def test_of_a_snapshot_the_file_that_cannot_be_read_is_named_and_left_out(snapshot_inbox):
    desk = snapshot_inbox
    (desk.folder / "finance" / "a.csv").write_text("payment_id\n1\n")
    desk.file(*(row(f"x{n}", amount="-1" if n < 6 else "1") for n in range(120)), name="finance/b.csv")
    first, second = desk.land_inbox()
    assert (first.state, second.state) == ("refused", "accepted")
    assert len(desk.table()) == 114
    assert [landing.state for landing in desk.land_inbox()] == ["accepted"]


def test_a_file_put_in_by_itself_takes_no_other_along(inbox):
    inbox.file(*SPOILED, name="finance/a.csv")
    path = inbox.file(row("x"), name="finance/b.csv")
    interface = inbox.pool.interfaces["finance/payments"]
    (landing,) = inbox.pool.land_file(interface, path, assign=inbox.keys, received_on=DAY)
    assert (landing.state, landing.total("received")) == ("accepted", 1)
