"""A delivery is taken back: the tables are what the other deliveries make them, and nothing else is lost."""

import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from steelyard.engines.postgres import Role
from steelyard.pool import CannotTellAgain, NotWithdrawable, TwoPersonsNeeded
from steelyard.pool.pins import ReasonMissing
from steelyard.pool.tests.accounts import Line
from steelyard.pool.tests.conftest import DAY, contracts_in, interface_of, row
from steelyard.pool.tests.registers import CHANGES, ORDERED, PERIODS, Counter, counts

SAID = {"reason": "the wrong month", "by": "wang", "approved_by": "li"}


def take_back(desk, landing, **more):
    return desk.pool.withdraw(landing.delivery, assign=desk.keys, **SAID | more)


def amounts(desk):
    return {number: str(found["amount"]) for number, found in desk.table().items()}


@pytest.fixture
def register(tmp_path, clean_engine):
    return lambda mode, **more: Counter(tmp_path, clean_engine, mode, **more)


def test_new_rows_go_and_older_images_stand_again(desk):
    first = desk.land(row("1"), row("2"))
    wrong = desk.land(row("2", amount="20"), row("3"))
    done = take_back(desk, wrong)
    assert amounts(desk) == {"1": "10.00", "2": "10.00"}
    assert desk.table()["2"]["_delivery"] == first.delivery
    (table,) = done.tables
    assert (table.removed, table.returned, table.replaced, table.later) == (1, 0, 1, 0)
    assert done.pool_version == desk.pool.current().number == 3


def test_what_a_later_delivery_overwrote_stays(desk):
    desk.land(row("1"))
    wrong = desk.land(row("1", amount="20"), row("2", amount="20"))
    desk.land(row("1", amount="30"))
    take_back(desk, wrong)
    assert amounts(desk) == {"1": "30.00"}


def test_a_row_that_came_again_unchanged_stands_by_its_later_delivery(desk):
    wrong = desk.land(row("1"))
    later = desk.land(row("1"), row("2"))
    take_back(desk, wrong)
    assert {found["_delivery"] for found in desk.table().values()} == {later.delivery}


def test_rows_a_snapshot_took_away_come_back(snapshot_desk):
    desk = snapshot_desk
    desk.land(row("1"), row("2"))
    wrong = desk.land(row("1"))
    done = take_back(desk, wrong)
    assert set(desk.table()) == {"1", "2"}
    assert done.tables[0].returned == 1


def test_a_snapshot_of_an_older_month_counts_once_the_newer_one_is_gone(register):
    desk = register("snapshot", **PERIODS)
    wrong = desk.land(Line("1", 6), period="202506")
    kept_out = desk.land(Line("1", 5), Line("2", 5), period="202505")
    assert counts(kept_out)[4] == 2
    take_back(desk, wrong)
    assert desk.rows() == {"1": 5, "2": 5}


def test_a_change_that_came_too_late_for_a_wrong_delete_counts_again(register):
    desk = register("changes", **CHANGES)
    desk.land(Line("1", 1, order=1))
    wrong = desk.land(Line("1", 0, order=9, gone=True))
    desk.land(Line("1", 5, order=5))
    assert desk.rows() == {}
    take_back(desk, wrong)
    assert desk.rows() == {"1": 5}


def test_a_delete_that_was_too_late_keeps_older_versions_out_afterwards(register):
    desk = register("changes", **CHANGES)
    wrong = desk.land(Line("1", 9, order=9))
    desk.land(Line("1", 0, order=5, gone=True))
    take_back(desk, wrong)
    assert desk.rows() == {}
    desk.land(Line("1", 4, order=4))
    assert desk.rows() == {}


def test_an_older_version_counts_once_the_newer_one_is_gone(register):
    desk = register("upsert", **ORDERED)
    wrong = desk.land(Line("1", 9, order=9))
    desk.land(Line("1", 3, order=3))
    take_back(desk, wrong)
    assert desk.rows() == {"1": 3}


def test_withdrawals_in_any_order_leave_what_the_rest_says(desk):
    first = desk.land(row("1", amount="1"), row("2", amount="1"))
    second = desk.land(row("1", amount="2"), row("2", amount="2"))
    desk.land(row("2", amount="3"))
    take_back(desk, first)
    assert amounts(desk) == {"1": "2.00", "2": "3.00"}
    take_back(desk, second)
    assert amounts(desk) == {"2": "3.00"}


def test_where_the_older_version_is_gone_all_is_told_from_the_delivered_files(desk):
    desk.land(row("1"), row("2"))
    wrong = desk.land(row("2", amount="20"))
    desk.land(row("3"))
    desk.pool.compact()
    desk.pool.vacuum(keep_days=0)
    done = take_back(desk, wrong)
    assert done.tables[0].later == 2
    assert amounts(desk) == {"1": "10.00", "2": "10.00", "3": "10.00"}


def test_where_a_later_delivery_cannot_be_read_again_nothing_is_changed(desk, clean_engine):
    wrong = desk.land(row("1"))
    later = desk.land(row("2"))
    with clean_engine.transaction(Role.OWNER) as connection:
        connection.execute("UPDATE engine.raw_key SET wrapped = NULL, destroyed_at = now() WHERE delivery = %s",
                           [later.delivery])  # fmt: skip
    with pytest.raises(CannotTellAgain, match=later.delivery):
        take_back(desk, wrong)
    assert set(desk.table()) == {"1", "2"}


def test_rows_let_in_by_a_check_of_then_are_not_judged_by_one_of_today(desk):
    checks = desk.pool.contracts["payment"].checks
    wrong = desk.land(row("1", amount="5"))
    desk.land(row("1", amount="7"), row("2", amount="-7"))
    desk.pool.contracts = {"payment": replace(
        desk.pool.contracts["payment"], checks=tuple(replace(one, sql="amount < 6") for one in checks)
    )}  # fmt: skip
    take_back(desk, wrong)
    assert amounts(desk) == {"1": "7.00"}


def test_bad_rows_leave_the_list_and_stay_in_the_ledger(desk):
    wrong = desk.land(row("1"), row("2", amount="-5"))
    done = take_back(desk, wrong)
    assert (done.quarantined, desk.pool.quarantine_rows()) == (1, [])
    (found,) = desk.pool.quarantine_rows(state="withdrawn")
    assert found.row == 3
    delivery = desk.pool.deliveries()[0]
    assert (delivery.state, counts(delivery)) == ("withdrawn", (2, 1, 0, 1, 0))
    assert desk.pool.quarantine_counts() == {}


def test_a_bad_row_it_had_mended_is_open_again(desk):
    desk.land(row("2", amount="-5"))
    wrong = desk.land(row("2", amount="5"))
    assert take_back(desk, wrong).reopened == 1
    assert [found.value for found in desk.pool.quarantine_rows()] == ["-5"]


def test_a_bad_row_that_a_third_delivery_mended_too_stays_mended(desk):
    desk.land(row("2", amount="-5"))
    wrong = desk.land(row("2", amount="5"))
    third = desk.land(row("2", amount="6"))
    take_back(desk, wrong)
    (found,) = desk.pool.quarantine_rows(state="resolved")
    assert found.resolved_by == third.delivery


def test_the_same_content_again_is_a_new_delivery(desk):
    file = desk.file(row("1"), row("2"))
    wrong = desk.land_files(file)
    take_back(desk, wrong)
    again = desk.land_files(file)
    assert (again.repeated, again.delivery != wrong.delivery, counts(again)) == (False, True, (2, 2, 0, 0, 0))
    take_back(desk, again)
    assert desk.table() == {}


def test_coverage_follows(desk):
    desk.land(row("1"))
    wrong = desk.land(row("2"))
    assert desk.pool.covered_areas("payment")["339921101201"][0] == 2
    take_back(desk, wrong)
    assert desk.pool.covered_areas("payment")["339921101201"][0] == 1


def test_a_rehearsal_changes_nothing(desk):
    wrong = desk.land(row("1"), row("2", amount="-1"))
    found = desk.pool.rehearse_withdrawal(wrong.delivery, assign=desk.keys)
    assert (found.tables[0].removed, found.quarantined, found.pool_version) == (1, 1, None)
    assert (desk.pool.current().number, set(desk.table()), desk.pool.deliveries()[0].state) == (1, {"1"}, "accepted")


def test_only_what_was_published_can_be_withdrawn_and_once(desk):
    refused = desk.land(*[row(str(number), amount="-1") for number in range(150)])
    with pytest.raises(NotWithdrawable, match="refused"):
        take_back(desk, refused)
    wrong = desk.land(row("1"))
    take_back(desk, wrong)
    with pytest.raises(NotWithdrawable, match=r"withdrawn already, on .* by wang"):
        take_back(desk, wrong)
    with pytest.raises(NotWithdrawable, match="no delivery"):
        desk.pool.withdraw("nothing", assign=desk.keys, **SAID)
    assert desk.pool.current().number == 2


def test_it_takes_two_persons_and_a_reason(desk):
    wrong = desk.land(row("1"))
    for said in ({"approved_by": "wang"}, {"approved_by": " wang "}, {"approved_by": ""}, {"by": " "}):
        with pytest.raises(TwoPersonsNeeded):
            take_back(desk, wrong, **said)
    with pytest.raises(ReasonMissing):
        take_back(desk, wrong, reason=" ")
    assert set(desk.table()) == {"1"}


PROGRAM = """
import sys
from pathlib import Path
from steelyard.engines.postgres import Address, Database
from steelyard.kit.home import Home
from steelyard.contracts import load_contracts
from steelyard.pool import Pool
from steelyard.pool.tests.conftest import RuleKeys, interface_of
host, name, folder, delivery = sys.argv[1:]
database = Database(Address(host, 5432, name, "postgres", embedded=True))
contracts = load_contracts(Path(folder) / "catalogue" / "contracts")
interface = interface_of()
pool = Pool(Home(Path(folder) / "home").make(), database, contracts, {interface.id: interface})
pool.withdraw(delivery, reason="wrong", by="wang", approved_by="li", assign=RuleKeys())
"""


@pytest.mark.parametrize("place", ["between-files", "before-commit", "after-commit", "after-delta", "after-publish"])
def test_dying_on_the_way_loses_and_doubles_nothing(tmp_path, clean_engine, place):
    from steelyard.kit.home import Home
    from steelyard.pool import Pool
    from steelyard.pool.tests.conftest import Desk

    contracts, interface = contracts_in(tmp_path / "catalogue"), interface_of()
    (tmp_path / "files").mkdir()
    pool = Pool(Home(tmp_path / "home").make(), clean_engine, contracts, {interface.id: interface})
    desk = Desk(pool, tmp_path / "files")
    desk.land(row("1"), row("2"))
    wrong = desk.land(row("2", amount="20"), row("3"))
    died = subprocess.run(
        [sys.executable, "-c", PROGRAM, clean_engine.address.host, clean_engine.address.name, str(tmp_path),
         wrong.delivery],
        env=os.environ | {"STEELYARD_FAULT": place}, check=False,
    )  # fmt: skip
    assert died.returncode == -signal.SIGKILL
    if place == "after-publish":
        with pytest.raises(NotWithdrawable, match="already"):
            take_back(desk, wrong)
    else:
        assert amounts(desk) == {"1": "10.00", "2": "20.00", "3": "10.00"}
        assert pool.deliveries()[0].state == "accepted"
        take_back(desk, wrong)
    assert amounts(desk) == {"1": "10.00", "2": "10.00"}
    assert pool.current().number == 3
    desk.land(row("4"))
    assert set(desk.table()) == {"1", "2", "4"}


def test_a_replay_of_its_bad_rows_stands_by_itself(desk):
    wrong = desk.land(row("1"), row("2", amount="-5"))
    desk.pool.contracts = {"payment": replace(desk.pool.contracts["payment"], checks=())}
    (landing,) = desk.pool.replay(assign=desk.keys, received_on=DAY)
    assert take_back(desk, wrong).resent == (landing.delivery,)
    assert amounts(desk) == {"2": "-5.00"}
