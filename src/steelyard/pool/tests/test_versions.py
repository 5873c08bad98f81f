"""Older versions are readable and comparable until vacuum; compaction changes no row."""

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steelyard.contracts import Version
from steelyard.engines.duck import connect, rows
from steelyard.engines.postgres.tests.shared import empty_engine
from steelyard.pool import VersionUnknown, VersionUnreadable, parts, versions
from steelyard.pool.pins import ReasonMissing
from steelyard.pool.tests.conftest import DAY, desk_of, row


def seen(desk, version=None):
    with connect(memory_mb=256) as duck:
        desk.pool.register(duck, "payment", version, "t")
        return {found["payment_id"]: found for found in rows(duck, "SELECT * FROM t")}


def amounts(desk, version=None):
    return {number: int(found["amount"]) for number, found in seen(desk, version).items()}


def changed(desk, old, new):
    with connect(memory_mb=256) as duck:
        desk.pool.changes(duck, "payment", old, new, "c")
        return rows(duck, "SELECT * FROM c")


def age(desk, number):
    with desk.pool.database.connect() as connection:
        connection.execute(
            "UPDATE engine.pool_version SET taken_at = now() - interval '90 days' WHERE number <= %s", [number]
        )
        connection.commit()


def test_a_dataset_is_read_as_of_a_version(desk):
    first = desk.land(row("1"))
    desk.land(row("1", amount="11"), row("2"))
    assert amounts(desk, 0) == {}
    assert amounts(desk, first.pool_version) == {"1": 10}
    assert amounts(desk) == {"1": 11, "2": 10}


def test_a_version_that_never_was_is_named(desk):
    with pytest.raises(VersionUnknown, match="7"):
        seen(desk, 7)


def test_changes_show_both_images(desk):
    first = desk.land(row("1"), row("2"))
    second = desk.land(row("2", amount="12"), row("3"))
    found = {
        (one["_new"] or one["_old"])["payment_id"]: one
        for one in changed(desk, first.pool_version, second.pool_version)
    }
    assert {number: one["_change"] for number, one in found.items()} == {"2": "update", "3": "insert"}
    assert (int(found["2"]["_old"]["amount"]), int(found["2"]["_new"]["amount"])) == (10, 12)
    assert found["3"]["_old"] is None
    back = changed(desk, second.pool_version, first.pool_version)
    assert sorted(one["_change"] for one in back) == ["delete", "update"]


STEPS = st.lists(
    st.one_of(
        st.dictionaries(st.integers(1, 12), st.integers(0, 5), min_size=1, max_size=8),
        st.sampled_from(["compact", "restore"]),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, mode=st.sampled_from(["upsert", "snapshot"]))
def test_old_and_changes_make_new(engine_database, tmp_path_factory, steps, mode):
    empty_engine(engine_database)
    desk = desk_of(tmp_path_factory.mktemp("steps"), engine_database, mode)
    states = {0: {}}
    for step in steps:
        before = desk.pool.current()
        if step == "compact":
            desk.pool.compact(cluster=True)
            assert changed(desk, before, desk.pool.current()) == []
        elif step == "restore" and before.number > 1:
            older = desk.pool.version(before.number - 1)
            with desk.pool.database.connect() as connection:
                versions.publish(connection, None, older.tables, what="restore")
                connection.commit()
        elif isinstance(step, dict):
            desk.land(*(row(str(number), amount=str(amount)) for number, amount in step.items()))
        states[desk.pool.current().number] = seen(desk)
    last = max(states)
    for number, state in states.items():
        assert seen(desk, number) == state
        for change in changed(desk, number, last):
            old, new = change["_old"], change["_new"]
            assert (state.pop(old["payment_id"]) if old else None) == old
            if new:
                state[new["payment_id"]] = new
        assert state == seen(desk, last)


@pytest.fixture
def busy_desk(desk):
    desk.pool.contracts = {
        "payment": desk.pool.contracts["payment"].__class__(
            **{**desk.pool.contracts["payment"].__dict__, "cluster_by": ("village_code", "payee_id")}
        )
    }
    for number in range(4):
        desk.land(row(str(number), payee=f"9{number}"))
    return desk


def test_compaction_makes_one_ordered_file_and_changes_no_row(busy_desk):
    before, rows_before = busy_desk.pool.current(), seen(busy_desk)
    (made,) = busy_desk.pool.compact()
    assert (made.files_before, made.files_after, made.clustered) == (4, 1, True)
    assert seen(busy_desk) == rows_before
    assert changed(busy_desk, before, busy_desk.pool.current()) == []
    assert busy_desk.pool.versions()[0].what == "compaction"


def test_what_is_in_order_is_left_alone(busy_desk):
    busy_desk.pool.compact()
    number = busy_desk.pool.current().number
    (made,) = busy_desk.pool.compact()
    assert made.rewritten == 0
    assert busy_desk.pool.current().number == number


def test_a_slice_of_an_ordered_table_reads_few_files(desk, monkeypatch):
    monkeypatch.setattr(parts, "ROW_GROUP_ROWS", 2048)
    monkeypatch.setattr(parts, "MOST_ROW_GROUPS", 1)
    contract = desk.pool.contracts["payment"]
    fields = {**contract.__dict__, "cluster_by": ("village_code", "payee_id")}
    desk.pool.contracts = {"payment": contract.__class__(**fields)}
    lines = [row(str(n), payee=f"9{n * 7919 % 100:03d}").replace("339921101201", f"33992110{n * 31 % 97:04d}")
             for n in range(20_000)]  # fmt: skip
    desk.land(*lines)

    def met(column, value):
        at = desk.pool.current().tables["payment"]
        known = parts_of(desk, at)
        return sum(part.lowest[column] <= value <= part.highest[column] for part in known), len(known)

    spread, _ = met("village_code", "339921100050")
    desk.pool.compact()
    villages, files = met("village_code", "339921100050")
    payees, _ = met("payee_id", "key-9050")
    assert spread >= 9
    assert files >= 9
    assert villages <= files // 2
    assert payees <= files // 2


def parts_of(desk, at):
    from steelyard.pool.commits import parts_of as listed

    return listed(str(desk.pool.home.pool / "payment"), at)


def test_vacuum_takes_old_versions_and_says_so(desk):
    for amount in ("1", "2", "3"):
        desk.land(row("1", amount=amount))
    age(desk, 2)
    planned = desk.pool.vacuum(keep_days=30, dry_run=True)
    assert (planned.unreadable, planned.files) == ((1, 2), 2)
    assert amounts(desk, 1) == {"1": 1}
    done = desk.pool.vacuum(keep_days=30)
    assert (done.unreadable, done.files, done.bytes) == ((1, 2), 2, planned.bytes)
    assert amounts(desk) == {"1": 3}
    with pytest.raises(VersionUnreadable, match="pool version 1"):
        seen(desk, 1)
    with pytest.raises(VersionUnreadable):
        changed(desk, 2, 3)
    assert [bool(one.vacuumed_at) for one in desk.pool.versions()] == [False, True, True]
    assert desk.pool.vacuum(keep_days=30).files == 0


def test_pins_and_what_others_hold_outlast_vacuum(desk):
    for amount in ("1", "2", "3", "4"):
        desk.land(row("1", amount=amount))
    age(desk, 4)
    desk.pool.pin(1, "evidence of an open case")
    done = desk.pool.vacuum(keep_days=30, held={2: "run 9"})
    assert done.unreadable == (3,)
    assert done.kept == {1: "pinned: evidence of an open case", 2: "run 9", 4: "newest"}
    assert [amounts(desk, number) for number in (1, 2, 4)] == [{"1": 1}, {"1": 2}, {"1": 4}]
    assert desk.pool.release(1) == 1
    assert desk.pool.vacuum(keep_days=30).unreadable == (1, 2)


def test_vacuum_removes_what_a_killed_writer_left(desk):
    desk.land(row("1"))
    (desk.pool.home.pool / "payment" / "part-left.parquet").write_bytes(b"half a file")
    assert desk.pool.vacuum().files == 1
    assert amounts(desk) == {"1": 10}


def test_only_a_readable_version_can_be_pinned_and_with_a_reason(desk):
    for amount in ("1", "2"):
        desk.land(row("1", amount=amount))
    age(desk, 1)
    desk.pool.vacuum()
    with pytest.raises(VersionUnreadable):
        desk.pool.pin(1, "too late")
    with pytest.raises(ReasonMissing):
        desk.pool.pin(2, " ")
    with pytest.raises(VersionUnknown):
        desk.pool.pin(99, "why not")


def test_landing_goes_on_after_vacuum_and_compaction(desk):
    desk.land(row("1"))
    desk.land(row("2"))
    desk.pool.compact()
    desk.pool.vacuum(keep_days=0)
    desk.land(row("2", amount="5"), row("3"))
    assert amounts(desk) == {"1": 10, "2": 5, "3": 10}


def test_a_table_of_an_older_contract_is_rewritten_once(desk):
    desk.land(row("1", count="3"), row("2", count="4"))
    old = desk.pool.contracts["payment"]
    columns = {name: column for name, column in old.columns.items() if name != "count"}
    columns["pieces"] = dataclasses.replace(old.columns["count"], name="pieces", type="string")
    steps = (
        Version("1.0.0", DAY, old.title, None, 1),
        Version("2.0.0", DAY, old.title, "SELECT * EXCLUDE (count), 'n' || count AS pieces FROM old", 1),
    )
    desk.pool.contracts = {"payment": dataclasses.replace(old, version="2.0.0", columns=columns, history=steps)}
    assert desk.pool.migrate() == {"payment": "1.0.0"}
    assert {number: found["pieces"] for number, found in seen(desk).items()} == {"1": "n3", "2": "n4"}
    assert seen(desk)["1"]["_file"] == "p1.csv"
    assert desk.pool.migrate() == {}
    assert len(changed(desk, 1, 2)) == 2
