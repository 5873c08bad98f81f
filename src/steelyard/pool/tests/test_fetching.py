"""A run brings what is new exactly once, tells what went wrong, and knocks less often where nobody answers."""

import dataclasses
import datetime as dt
import os
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import contextmanager

import pytest

from steelyard.engines.duck import connect, register_files
from steelyard.engines.postgres import Role
from steelyard.pool import CannotBeAsked
from steelyard.pool.locks import locked
from steelyard.pool.tests.conftest import DAY, FIELDS, RuleKeys
from steelyard.sources import Auth, Feed, Fetch, Interface, Limits, Location, Paging, Source
from steelyard.sources.tests.department_api import as_json, department, paged

SECRET = "geheim-4711-zhimi"
NO_PATIENCE = Limits(timeout=2, attempts=1, pause=0.01)


def payment(number, *, payee="9A", amount="10", at="2025-01-01T10:00:00"):
    return {
        "payment_id": str(number), "payee_no": payee, "village_code": "339921101201", "amount": amount,
        "paid_on": "2025-01-02", "kind": "rent", "at": at,
    }  # fmt: skip


def rest(url, **more):
    columns = {field: Source((field,), optional=True) for field in FIELDS}
    return Interface(
        "finance/payments", {}, (Feed("payment", columns),), connector="rest", file_format="jsonl",
        location=Location(address=url, path="rows"), ignore=frozenset({"at"}),
        **{"limits": NO_PATIENCE, "paging": Paging("page", size=50, rows="data.items", total="data.total")} | more,
    )  # fmt: skip


@contextmanager
def payments(rows, **more):
    with department(lambda call: paged(rows, call)) as api:
        api.interface = rest(api.url, **more)
        yield api


def run(desk, interface, **more):
    return desk.pool.fetch(interface, assign=desk.keys, received_on=DAY, **more)


def shift_clock(desk, by):
    with desk.pool.database.transaction(Role.OWNER) as connection:
        connection.execute("UPDATE public.clock_offset SET shift = shift + %s::interval", [by])


@pytest.fixture(autouse=True)
def clock(clean_engine, monkeypatch):
    monkeypatch.setenv("STEELYARD_X_KEY", SECRET)
    monkeypatch.delenv("STEELYARD_SOURCES", raising=False)
    yield
    with clean_engine.transaction(Role.OWNER) as connection:
        connection.execute("UPDATE public.clock_offset SET shift = '0'")


def kinds(desk):
    return sorted(one.kind for one in desk.pool.incidents())


# -- once ----------------------------------------------------------------------------------------


def test_a_run_lands_what_the_department_has(desk):
    with payments([payment(1), payment(2, amount="-5")]) as api:
        done = run(desk, api.interface)
    assert (done.state, done.rows, done.bad_rows, done.calls) == ("ok", 2, 1, 1)
    assert list(desk.table()) == ["1"]
    assert done.latest == dt.date(2025, 1, 2)
    assert desk.pool.runs()[0] == done


def test_the_same_answer_again_is_nothing_new(desk):
    with payments([payment(1)]) as api:
        run(desk, api.interface)
        assert run(desk, api.interface).state == "nothing"
    assert len(desk.pool.deliveries()) == 1


def test_an_answer_that_returns_to_an_older_one_is_news(desk):
    rows = [payment(1, amount="10")]
    with payments(rows) as api:
        run(desk, api.interface)
        rows[0] = payment(1, amount="20")
        run(desk, api.interface)
        rows[0] = payment(1, amount="10")
        assert run(desk, api.interface).state == "ok"
    assert desk.table()["1"]["amount"] == 10


def watermarked(rows):
    return department(lambda call: as_json([row for row in rows if row["at"] >= call.query.get("since", "")]))


BY_TIME = {"fetch": Fetch("watermark", "at", parameter="since"), "paging": Paging()}


def test_the_cursor_is_that_of_the_newest_accepted_delivery(desk):
    rows = [payment(1), payment(2, at="2025-01-01T10:00:09")]
    with watermarked(rows) as api:
        run(desk, rest(api.url, **BY_TIME))
        rows.append(payment(3, at="2025-01-01T10:00:09"))
        second = run(desk, rest(api.url, **BY_TIME))
        assert run(desk, rest(api.url, **BY_TIME)).state == "nothing"
    assert second.rows == 1
    assert [call.query.get("since") for call in api.calls] == [None, "2025-01-01T10:00:09", "2025-01-01T10:00:09"]
    assert sorted(desk.table()) == ["1", "2", "3"]


def test_a_refused_delivery_does_not_move_the_cursor(desk):
    rows = [payment(number, amount="-1") for number in range(100)]
    with watermarked(rows) as api:
        assert run(desk, rest(api.url, **BY_TIME)).state == "refused"
        rows[:] = [payment(number) for number in range(100)]
        assert run(desk, rest(api.url, **BY_TIME)).rows == 100


def test_a_watermark_may_not_feed_a_snapshot(snapshot_desk):
    with watermarked([payment(1)]) as api:
        done = run(snapshot_desk, rest(api.url, **BY_TIME))
    assert (done.state, done.permanent) == ("failed", True)
    assert "fetch.by must be full" in done.error


def wait_for_its_locks(desk):
    """Until the database has noticed that a process is dead: till then its run counts as under way."""
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()"
    held += " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    with desk.pool.database.connect(Role.OWNER, autocommit=True) as connection:
        while connection.execute(held).fetchone()[0]:
            time.sleep(0.01)


KILLED = """
import sys
from pathlib import Path
from steelyard.engines.postgres import Address, Database
from steelyard.kit.home import Home
from steelyard.pool import Pool
from steelyard.pool.tests import conftest, test_fetching as t
from steelyard.contracts import load_contracts
host, port, name, admin, home, catalogue, url = sys.argv[1:]
database = Database(Address(host, int(port), name, admin, embedded=True))
interface = t.rest(url, **t.BY_TIME)
pool = Pool(Home(Path(home)), database, load_contracts(Path(catalogue) / "contracts"), {interface.id: interface})
pool.fetch(interface, assign=conftest.RuleKeys(), received_on=conftest.DAY)
"""


@pytest.mark.parametrize(
    "place", ["after-fetch", "after-raw", "after-received", "after-text", "after-delta", "after-publish"]
)
def test_a_run_that_is_killed_loses_and_doubles_nothing(desk, tmp_path, place):
    rows = [payment(number, at=f"2025-01-01T10:00:{number:02}") for number in range(1, 8)]
    address = desk.pool.database.address
    with watermarked(rows) as api:
        run(desk, rest(api.url, **BY_TIME))
        rows += [payment(number, at=f"2025-01-01T10:00:{number:02}") for number in range(8, 12)]
        words = [
            address.host,
            address.port,
            address.name,
            address.admin,
            desk.pool.home.root,
            tmp_path / "catalogue",
            api.url,
        ]
        killed = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(KILLED), *map(str, words)],
            env=os.environ | {"STEELYARD_FAULT": place}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        wait_for_its_locks(desk)
        again = run(desk, rest(api.url, **BY_TIME))
        assert run(desk, rest(api.url, **BY_TIME)).state == "nothing"
    assert again.state in ("ok", "nothing")
    assert sorted(int(number) for number in desk.table()) == list(range(1, 12))
    deliveries = [one for one in desk.pool.deliveries() if one.state == "accepted"]
    assert sum(receipt.received for one in deliveries for receipt in one.receipts) == 11
    assert {one.state for one in desk.pool.runs()} <= {"ok", "nothing", "failed"}


def test_of_two_runs_at_once_one_is_skipped(desk):
    def answer(call):
        if len(api.calls) == 1:
            states.append(run(desk, api.interface).state)
        return paged([payment(1)], call)

    states = []
    with department(answer) as api:
        api.interface = rest(api.url)
        states.append(run(desk, api.interface).state)
    assert states == ["skipped", "ok"]


# -- failing -------------------------------------------------------------------------------------


def test_a_failure_is_written_down_and_leaves_no_delivery(desk):
    with department(lambda call: as_json({}, 500)) as api:
        done = run(desk, rest(api.url))
    assert (done.state, done.permanent) == ("failed", False)
    assert "answered 500" in done.error
    assert desk.pool.deliveries() == []
    assert kinds(desk) == []


def test_three_failures_in_a_row_open_the_circuit_and_a_success_closes_it(desk):
    with department(lambda call: as_json({}, 500)) as api:
        interface = rest(api.url)
        for _ in range(3):
            assert run(desk, interface).state == "failed"
        assert kinds(desk) == ["failing"]
        skipped = run(desk, interface)
        assert (skipped.state, len(api.calls)) == ("skipped", 3)
        assert "failed 3 times" in skipped.error
        shift_clock(desk, "61 seconds")
        assert run(desk, interface).state == "failed"
        shift_clock(desk, "61 seconds")
        assert run(desk, interface).state == "skipped", "the second break is twice as long"
        shift_clock(desk, "60 seconds")
        api.answer = lambda call: paged([payment(1)], call)
        assert run(desk, interface).state == "ok"
    assert kinds(desk) == []
    assert [(one.kind, one.times) for one in desk.pool.incidents(only_open=False)] == [("failing", 2)]


def test_the_circuit_is_opened_by_hand_for_one_run(desk):
    with department(lambda call: as_json({}, 500)) as api:
        for _ in range(3):
            run(desk, rest(api.url))
        api.answer = lambda call: paged([payment(1)], call)
        assert run(desk, rest(api.url), forced=True).state == "ok"


def test_a_wrong_signature_is_told_at_once(desk):
    with department(lambda call: as_json({}, 401)) as api:
        run(desk, rest(api.url, auth=Auth("hmac", secret="${STEELYARD_X_KEY}")))
        assert kinds(desk) == ["signature"]
        api.answer = lambda call: paged([payment(1)], call)
        shift_clock(desk, "2 hours")
        run(desk, rest(api.url, auth=Auth("hmac", secret="${STEELYARD_X_KEY}")))
    assert kinds(desk) == []


def test_a_lost_list_is_drift_and_so_is_a_column_nobody_knows(desk):
    with department(lambda call: as_json({"rows": []})) as api:
        run(desk, rest(api.url))
        assert kinds(desk) == ["drift"]
        api.answer = lambda call: paged([payment(1) | {"身份": "x"}], call)
        assert run(desk, rest(api.url), forced=True).state == "ok"
        assert desk.pool.incidents()[0].times == 2
        api.answer = lambda call: paged([payment(2)], call)
        run(desk, rest(api.url))
    assert kinds(desk) == []


def test_a_refused_delivery_is_an_incident_until_one_is_accepted(desk):
    rows = [payment(number, amount="-1") for number in range(100)]
    with payments(rows) as api:
        assert run(desk, api.interface).state == "refused"
        assert kinds(desk) == ["refused"]
        rows[:] = [payment(number) for number in range(100)]
        assert run(desk, api.interface).state == "ok"
    assert kinds(desk) == []


def test_far_fewer_rows_than_usual_are_told(desk):
    rows = [payment(number) for number in range(40)]
    with payments(rows) as api:
        run(desk, api.interface)
        del rows[5:]
        run(desk, api.interface)
        assert kinds(desk) == ["thin"]
        rows.clear()
        assert run(desk, api.interface).state == "nothing"
        assert kinds(desk) == ["thin"]
        rows += [payment(number) for number in range(50)]
        run(desk, api.interface)
    assert kinds(desk) == []


def test_a_missing_reference_fails_the_run_by_its_name(desk):
    done = run(desk, rest("${STEELYARD_NOBODY_SET}"))
    assert (done.state, "STEELYARD_NOBODY_SET is not set" in done.error) == ("failed", True)


def test_interfaces_that_are_pushed_to_are_not_asked(desk):
    with pytest.raises(CannotBeAsked, match="push"):
        run(desk, dataclasses.replace(rest("x"), connector="push"))


def test_no_table_of_the_engine_holds_a_secret(desk):
    more = {"auth": Auth("bearer", secret="${STEELYARD_X_KEY}")}
    with payments([payment(1)], **more) as api:
        api.interface = dataclasses.replace(
            api.interface, location=dataclasses.replace(api.interface.location, parameters={"t": "${STEELYARD_X_KEY}"})
        )
        run(desk, api.interface)
        api.answer = lambda call: as_json({"error": SECRET}, 403)
        run(desk, api.interface)
    with desk.pool.database.connect() as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'engine'").fetchall()
        text = "".join(str(connection.execute(f'SELECT * FROM engine."{name}"').fetchall()) for (name,) in names)
    assert "answered 403" in text
    assert SECRET not in text


# -- folders -------------------------------------------------------------------------------------


def test_a_folder_is_run_like_any_interface(desk):
    inbox = desk.pool.home.inbox / "finance"
    inbox.mkdir()
    interface = dataclasses.replace(
        desk.interface, location=dataclasses.replace(desk.interface.location, folder=str(inbox), settled="PT0S")
    )
    desk.pool.interfaces[interface.id] = interface
    assert run(desk, interface).state == "nothing"
    line = "1,9A,,,,339921101201,10,2025-01-02,1,是,rent"
    (inbox / "a.csv").write_text(f"{','.join(FIELDS)}\n{line}\n", encoding="utf-8")
    assert (run(desk, interface).state, run(desk, interface).state) == ("ok", "nothing")


# -- the log -------------------------------------------------------------------------------------


def test_finished_runs_become_rows_of_the_interface_log_once(desk, tmp_path):
    contract = tmp_path / "catalogue" / "contracts" / "finance" / "interface_log.yaml"
    columns = "".join(f"  {name}: {{type: string, zh: 列, en: column}}\n" for name in LOGGED)
    contract.write_text(LOG.replace("COLUMNS", columns), encoding="utf-8")
    from steelyard.contracts import load_contracts

    desk.pool.contracts = load_contracts(tmp_path / "catalogue" / "contracts")
    feed = Feed("interface_log", {name: Source((name,), optional=True) for name in LOGGED})
    log = Interface("platform/interface-log", {}, (feed,), connector="import", file_format="jsonl",
                    ignore=frozenset({"dept_org_name"}))  # fmt: skip
    desk.pool.interfaces[log.id] = log
    with payments([payment(1), payment(2, amount="-1")]) as api:
        run(desk, api.interface)
        api.answer = lambda call: as_json({}, 500)
        run(desk, api.interface)
    landing = desk.pool.log_runs(assign=RuleKeys(), received_on=DAY)
    assert landing.total("admitted") == 2
    assert desk.pool.log_runs(assign=RuleKeys(), received_on=DAY) is None
    duck = connect(memory_mb=256)
    register_files(duck, "log", desk.pool.files("interface_log"), desk.pool.schema("interface_log"))
    found = duck.execute("SELECT status, row_count, error_rows FROM log ORDER BY run_id").fetchall()
    assert found == [("partial", "2", "1"), ("failed", "0", "0")]


LOGGED = ("run_id", "interface_id", "dataset", "run_time", "row_count", "error_rows", "max_biz_date", "status")
LOG = """
format: 1
dataset: interface_log
version: 1.0.0
title: {zh: 日志, en: log}
owners: [finance]
mode: append
key: [run_id]
purpose: {zh: 测试, en: a test}
sensitivity: L2
expectations: {rhythm: realtime, latest: P1D}
columns:
COLUMNS"""


# -- order and pace ------------------------------------------------------------------------------


def sorted_by(url, **more):
    return rest(url, sequence="at", **more)


def test_rows_behind_a_newer_one_are_told_until_the_next_delivery_in_order(desk):
    rows = [payment(number, at=f"2025-01-01T10:00:0{number}") for number in (3, 1, 2)]
    with watermarked(rows) as api:
        done = run(desk, sorted_by(api.url, **BY_TIME))
        assert done.state == "ok"
        assert [(one.kind, one.first_error) for one in desk.pool.incidents()] == [
            ("out-of-order", "arrived out of order: 2 rows behind a newer one of their file")
        ]
        assert desk.pool.deliveries()[0].signals[-1]["column"] == "at"
        assert run(desk, sorted_by(api.url, **BY_TIME)).state == "nothing"
        assert kinds(desk) == ["out-of-order"]
        rows.append(payment(4, at="2025-01-01T10:00:09"))
        run(desk, sorted_by(api.url, **BY_TIME))
    assert kinds(desk) == []
    assert sorted(desk.table()) == ["1", "2", "3", "4"]


@pytest.mark.parametrize(("values", "wrong"), [(["9", "10", "11"], 0), (["A9", "A10", "A2"], 1), (["2", "2", "1"], 1)])
def test_running_numbers_are_no_text(desk, values, wrong):
    rows = [payment(number, at=value) for number, value in enumerate(values)]
    with payments(rows, sequence="at") as api:
        run(desk, api.interface)
    assert kinds(desk) == ["out-of-order"] * wrong


def test_rows_older_than_what_the_pool_had_are_told(desk):
    rows = [payment(1, at="2025-01-01T10:00:09")]
    with payments(rows, order="at") as api:
        run(desk, api.interface)
        rows[:] = [payment(1, at="2025-01-01T10:00:01", amount="99")]
        run(desk, api.interface)
        assert [one.first_error for one in desk.pool.incidents()] == [
            "arrived out of order: 1 rows older than what the pool had"
        ]
        rows[:] = [payment(1, at="2025-01-01T10:00:11", amount="12")]
        run(desk, api.interface)
    assert kinds(desk) == []
    assert desk.table()["1"]["amount"] == 12


def test_an_answer_slower_than_agreed_is_slow_until_one_is_not(desk):
    rows = [payment(1)]
    with payments(rows) as api:
        done = run(desk, rest(api.url, limits=dataclasses.replace(NO_PATIENCE, slow=1e-9)))
        assert 0 < done.slowest <= done.seconds
        assert done.bytes > 50
        assert kinds(desk) == ["slow"]
        run(desk, rest(api.url, limits=dataclasses.replace(NO_PATIENCE, timeout=300)))
    assert kinds(desk) == []


def test_what_a_killed_run_left_goes_with_any_run_but_not_what_a_live_one_holds(desk):
    below = desk.pool.home.fetching
    for name in ("finance%2Fdead", "finance%2Flive"):
        (below / name).mkdir(parents=True)
        (below / name / "rows.jsonl").write_text("{}")
    with desk.pool.database.connect(Role.WORKER, autocommit=True) as other, locked(other, "fetching finance/live"):
        with payments([payment(1)]) as api:
            run(desk, api.interface)
        assert [path.name for path in below.iterdir()] == ["finance%2Flive"]
    assert desk.pool.vacuum(dry_run=True).fetched == 0
    assert desk.pool.vacuum().fetched == 1
    assert list(below.iterdir()) == []
