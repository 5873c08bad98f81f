"""What an errand gets and gives: its answer, its limits, what it knows of the machine, and the order of closing."""

import sys

import pytest

from steelyard.detect.sandbox import asking
from steelyard.detect.sandbox.limits import Limits
from steelyard.detect.sandbox.refusal import Refusal
from steelyard.engines.duck import DuckError
from steelyard.engines.sealed import not_one_select, sealed

SPY = """
import json, os, resource, stat
from steelyard.detect.sandbox import cell, walls
limits_were = {}
close = walls.seccomp.close
def close_after_a_look():
    # Behind the wall nobody may ask for limits any more: the same call sets them.
    for name in ("RLIMIT_FSIZE", "RLIMIT_CPU", "RLIMIT_AS", "RLIMIT_DATA"):
        limits_were[name] = resource.getrlimit(getattr(resource, name))
    return close()
walls.seccomp.close = close_after_a_look
def kind(one):
    try:
        about = os.fstat(one)
    except OSError:
        return None
    return "void" if about.st_rdev == os.makedev(1, 3) else "pipe" if stat.S_ISFIFO(about.st_mode) else "?"
def look(errand, folder, catalogue, limits):
    opened = {one: kind(one) for one in range(64) if kind(one)}
    return {"environment": dict(os.environ), "opened": opened, "pid": os.getpid(), "limits": limits_were}, None
def tried(what):
    try:
        what()
        return "done"
    except OSError as error:
        return type(error).__name__
def act(errand, folder, catalogue, limits):
    import socket, signal
    return {"socket": tried(socket.socket), "pair": tried(socket.socketpair), "fork": tried(os.fork),
            "exec": tried(lambda: os.execv("/bin/true", ["true"])), "kill": tried(lambda: os.kill(os.getppid(), 0)),
            "read": tried(lambda: open("/etc/passwd")), "write": tried(lambda: open(folder / "made", "w")),
            "remove": tried(lambda: os.unlink(folder / "person.parquet")),
            "own": tried(lambda: open(folder / "person.parquet", "rb"))}, None
cell.TASKS.update(look=look, act=act)
cell.main()
"""


@pytest.fixture
def spied(monkeypatch, places, whole):
    monkeypatch.setattr(asking, "COMMAND", (sys.executable, "-c", SPY))
    asking.dismiss_all()
    yield lambda task: whole("", task=task).said
    asking.dismiss_all()


def test_a_run_gives_rows_counts_and_cost(whole):
    answer = whole("SELECT person_id, CASE WHEN n < 3 THEN 'red' ELSE 'blue' END AS grade FROM person", count="grade")
    assert (answer.table.num_rows, answer.said["rows"]) == (50, 2000)
    assert answer.said["counts"] == {"red": 3, "blue": 1997}
    assert answer.said["met"]["rows_read"] == 2000
    assert any(step["relation"] == "person" for step in answer.said["met"]["steps"])


def test_a_word_that_is_no_grade_is_not_told(whole):
    assert whole("SELECT name AS grade FROM person", count="grade").said["counts"] == {"other": 2000}


def test_the_plan_alone_reads_no_row(whole):
    answer = whole("SELECT a.n FROM person AS a CROSS JOIN person AS b CROSS JOIN person AS c", only_plan=True)
    assert answer.said["foreseen"]["products"] == 2
    assert "rows" not in answer.said


def test_a_complaint_names_its_line(whole):
    with pytest.raises(Refusal) as refused:
        whole("SELECT person_id\nFROM person\nWHERE nope = 1")
    assert (refused.value.rule, refused.value.line) == ("sql", 3)


def test_more_than_may_be_told_is_refused(whole):
    little = Limits(wall_seconds=20, memory_mb=256, answer_bytes=1_000)
    with pytest.raises(Refusal) as refused:
        whole("SELECT person_id, name FROM person", little)
    assert refused.value.rule == "limit-answer"


def test_an_errand_knows_no_secret_and_writes_nowhere(spied):
    seen = spied("look")
    assert "the-secret-word" not in str(seen["environment"])
    assert seen["opened"] == {"0": "void", "1": "void", "2": "void", "3": "pipe"}
    assert seen["limits"] == {
        "RLIMIT_FSIZE": [0, 0], "RLIMIT_CPU": [60, 60], "RLIMIT_AS": [Limits().address_mb << 20] * 2,
        "RLIMIT_DATA": [1024 << 20] * 2,
    }  # fmt: skip


def test_the_kernel_refuses_everything_but_the_folder(spied):
    tried = spied("act")
    assert tried.pop("own") == "done"
    assert set(tried.values()) == {"PermissionError"}


def test_each_errand_has_a_process_of_its_own(spied):
    assert spied("look")["pid"] != spied("look")["pid"]


def test_a_view_made_before_the_engine_was_closed_reads_its_own_file_alone(places):
    inside, _ = places
    with sealed({"person": inside / "person.parquet"}, memory_mb=128, threads=1) as duck:
        assert duck.execute("SELECT COUNT(*) FROM person").fetchall() == [(2000,)]
        for closed in (
            f"SELECT * FROM read_parquet('{inside}/beside.parquet')",
            f"COPY person TO '{inside}/person.parquet'",
            "SET enable_external_access = true",
            f"SET allowed_directories = ['{inside}']",
        ):
            with pytest.raises(DuckError, match=r"disabled|locked"):
                duck.execute(closed)


def test_without_its_path_among_the_allowed_a_view_is_closed_with_the_engine(places):
    with sealed({}, memory_mb=128, threads=1, prepare=lambda duck: duck.execute(
        f"CREATE VIEW person AS SELECT * FROM read_parquet('{places[0]}/person.parquet')"
    )) as duck, pytest.raises(DuckError, match="disabled"):  # fmt: skip
        duck.execute("SELECT COUNT(*) FROM person")


def test_the_search_path_can_still_be_set_and_so_is_no_boundary():
    with sealed({}, memory_mb=128, threads=1) as duck:
        duck.execute("SET search_path = 'main'")


def test_the_engine_has_a_say_of_its_own_on_what_is_one_select():
    assert not_one_select("SELECT 1") is None
    assert not_one_select("SELECT 1; DROP TABLE a") == "SELECT, DROP"
    assert not_one_select("PRAGMA database_list") == "PRAGMA"
