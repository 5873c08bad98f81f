"""The path from a push to alerts: each push once, in order, and none holds up those behind it for ever."""

import datetime as dt
from pathlib import Path as Folder

import pytest
from django.db import connection

from steelyard import detect
from steelyard.detect import cursors as detect_cursors
from steelyard.detect.carrying import carry
from steelyard.kit.errors import SteelyardError
from steelyard.kit.home import Home
from steelyard.pool import inbox
from steelyard.web.alerts import events
from steelyard.web.intake import actions
from steelyard.web.intake.catalogue_files import interfaces
from steelyard.web.intake.tests import small_delivery as small

pytestmark = pytest.mark.django_db
ROW = {"收款编号": "R1", "合同编号": "L1", "村代码": "339921101201", "收款日期": "2026-01-05", "金额": "5.00"}


@pytest.fixture
def way(web_database, settings, tmp_path, cast):
    """The path over an empty engine and a catalogue with two interfaces."""
    settings.STEELYARD_CATALOGUE = small.catalogue_with_interface(
        Folder(settings.STEELYARD_CATALOGUE), tmp_path / "catalogue"
    )
    settings.STEELYARD_HOME = Home(tmp_path / "home").make()
    small.empty(web_database)
    yield events.Path.open()
    connection.close()  # what was written holds locks on the engine's tables; they must go before those are emptied
    small.empty(web_database)


def push(way, key, interface=small.PUSH_INTERFACE):
    with way.keys.database.connect(autocommit=True) as link:
        return inbox.accept(link, interface, key, inbox.body_of([ROW | {"收款编号": key}]), dt.date(2026, 2, 1))[0]


def traces(way):
    with way.keys.database.connect() as link:
        return link.execute(
            "SELECT seq, interface, total IS NOT NULL, failure <> '' FROM engine.event_trace ORDER BY seq"
        ).fetchall()


def test_every_push_is_looked_at_once_in_the_order_it_came(way):
    push(way, "a")
    push(way, "b", small.INTERFACE)
    assert way.take_up() == 2
    assert way.take_up() == 0
    assert traces(way) == [(1, small.PUSH_INTERFACE, True, False), (2, small.INTERFACE, True, False)]


def test_a_process_that_died_before_the_alerts_is_followed_by_one_that_takes_them_over(way, monkeypatch):
    push(way, "a")
    monkeypatch.setattr(events, "pull", _dies)
    with pytest.raises(RuntimeError):
        way.take_up()
    assert traces(way) == [(1, small.PUSH_INTERFACE, False, False)]  # the findings stand, the alerts do not
    monkeypatch.undo()
    assert events.Path.open().take_up() == 0
    assert traces(way) == [(1, small.PUSH_INTERFACE, True, False)]


def _dies(_connection):
    raise RuntimeError("killed")


def test_what_cannot_be_looked_at_holds_nobody_up_after_three_tries(way, monkeypatch):
    push(way, "a")

    def fail(*_moment, **_also):
        raise SteelyardError("cannot be read")

    monkeypatch.setattr(way.watcher, "step", fail)
    for _try in range(events.TRIES - 1):
        with pytest.raises(SteelyardError):
            way.take_up()
        assert traces(way) == []
    way.take_up()
    monkeypatch.undo()
    push(way, "b")
    way.take_up()
    assert [(seq, failed) for seq, _, _, failed in traces(way)] == [(1, True), (2, False)]


def test_pushes_ask_for_one_look_in_their_own_transaction(way):
    from procrastinate.contrib.django.models import ProcrastinateJob

    for key in ("a", "b"):
        actions.push(interfaces()[small.PUSH_INTERFACE], key, inbox.body_of([ROW]), sender="key:x")
    asked = ProcrastinateJob.objects.filter(task_name="alerts.take_events", status="todo")
    assert [job.queue_name for job in asked] == ["events"]
    assert way.pool.pushed() == []  # nothing is committed by this test: neither the pushes nor the job


@pytest.fixture
def watched(way, settings):
    """The path after a batch looked at every model of the catalogue, and at one push that told of an area."""
    push(way, "first")
    folder = Folder(settings.STEELYARD_CATALOGUE)
    (folder / "models.lock.json").symlink_to((folder / "models").resolve().parent / "models.lock.json")
    assert detect.run(way.pool, way.watcher.catalogue, way.keys.database).scopes
    return way


def cursors(way):
    with way.keys.database.connect() as link:
        return detect_cursors.cursors(link)


def test_models_that_a_push_does_not_concern_are_carried_along_without_a_look(watched):
    before = cursors(watched)
    push(watched, "a")
    watched.take_up()
    after = cursors(watched)
    looked = {name for name in after if after[name].looked_seq == 2}
    assert looked == {name for name, read in watched.watcher.reads.models.items() if "rent_receipt" in read}
    carried = watched.watcher.reads.models.keys() - looked
    assert {after[name].inbox_seq for name in carried} == {2}
    # A batch that began before did not miss anything of theirs.
    assert all(after[name] == before[name] for name in carried)
    assert all(after[name] != before[name] for name in looked)


def test_relations_that_a_push_does_not_concern_hold_for_it_too(watched):
    push(watched, "a")
    watched.take_up()
    with watched.keys.database.connect() as link:
        held = link.execute(
            "SELECT inbox_seq, count(DISTINCT relation) FROM engine.relation_version GROUP BY 1"
        ).fetchall()
    assert dict(held)[2] == dict(held)[1]


def test_a_model_that_missed_a_push_is_not_carried_past_it(watched):
    push(watched, "a")
    watched.take_up()
    reader = next(name for name, read in sorted(watched.watcher.reads.models.items()) if "rent_receipt" in read)
    with watched.keys.database.transaction() as link:
        link.execute("UPDATE engine.model_cursor SET inbox_seq = 0, looked_seq = 0 WHERE model = %s", [reader])
        carry(link, watched.watcher.reads, watched.pool.moment(watched.keys), detect_cursors.cursors(link), None)
    assert cursors(watched)[reader].inbox_seq == 0
