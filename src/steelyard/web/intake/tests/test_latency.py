import datetime as dt

import pytest
from django.db import connection
from django.urls import reverse

from steelyard.detect import traces
from steelyard.pool import inbox
from steelyard.web.intake import actions, pressure
from steelyard.web.intake.catalogue_files import interfaces
from steelyard.web.intake.pool_link import pool
from steelyard.web.intake.tests import made_runs as made
from steelyard.web.intake.tests import small_delivery as small
from steelyard.web.orgs.engine_link import database_of_pages

pytestmark = pytest.mark.django_db
OTHER = "construction/permits"


def traced(total, interface=small.PUSH_INTERFACE, *, ago=0, seq=0):
    with database_of_pages().transaction() as link:
        link.execute(
            "INSERT INTO engine.event_trace (seq, interface, rows, received_at, waited, evaluated, total) "
            "SELECT coalesce(max(seq), 0) + 1, %s, 1, now() - %s, 10, 20, %s FROM engine.event_trace",
            [interface, dt.timedelta(minutes=ago), total],
        )


def shown(as_user, user, **wanted):
    return as_user(user).get(reverse("push_latency"), wanted)


def test_percentiles_of_every_step_are_shown_and_no_mean(intake, as_user):
    for total in (*range(100, 200), 9_000):
        traced(total)
    page = shown(as_user, intake.fang).content.decode()
    assert "150 ms" in page  # half of them
    assert "9.0 s" in page  # the longest
    assert "238 ms" not in page  # what a mean would say
    with database_of_pages().connect() as link:
        [whole] = [one for one in traces.latencies(link, dt.timedelta(hours=1))
                   if (one.interface, one.step) == ("", "total")]  # fmt: skip
    assert (whole.pushes, whole.p50, whole.p99, whole.most) == (101, 150, 199, 9_000)


def test_the_day_shows_what_the_hour_leaves_out(intake, as_user):
    traced(777, ago=120)
    assert "777 ms" not in shown(as_user, intake.fang).content.decode()
    assert "777 ms" in shown(as_user, intake.fang, period="day").content.decode()


def test_the_steps_of_one_interface_alone(intake, as_user):
    traced(111)
    traced(333, OTHER)
    page = shown(as_user, intake.fang, interface=OTHER).content.decode()
    steps = page[page.index('id="steps"') : page.index('id="by-interface"')]
    assert "333 ms" in steps
    assert "111 ms" not in steps


def test_a_departments_steward_sees_its_own_pushes_alone(intake, as_user):
    traced(111)
    traced(333, OTHER)
    page = shown(as_user, made.at_work(intake.steward, "agriculture")).content.decode()
    assert "111 ms" in page
    assert "333 ms" not in page
    assert OTHER not in page


@pytest.mark.parametrize("login", ["qian", "ye", "li"])
def test_others_find_no_page(intake, as_user, login):
    assert shown(as_user, getattr(intake, login)).status_code == 404


def test_a_stranger_is_asked_to_sign_in(intake, as_user):
    assert shown(as_user, None).status_code == 302


def test_the_page_says_how_many_wait(intake, as_user, push):
    kept("a")
    assert "No push waits" not in shown(as_user, intake.fang).content.decode()


@pytest.fixture
def push(intake):
    def send(key):
        body = b'{"rows": [{"x": "1"}]}'
        return actions.push(interfaces()[small.PUSH_INTERFACE], key, body, sender="key:x")

    pressure.forget()
    yield send
    pressure.forget()
    connection.close()  # what was written holds locks on the engine's tables; they must go before those are emptied


def kept(key):
    with pool().database.connect(autocommit=True) as link:
        return inbox.accept(link, small.PUSH_INTERFACE, key, b'{"rows": [{"x": "1"}]}', dt.date(2026, 1, 1))


@pytest.mark.parametrize("limit", [{"MOST_ROWS": 0}, {"MOST_AGE": dt.timedelta(0)}], ids=["rows", "age"])
def test_where_too_much_waits_senders_are_asked_to_wait_and_nothing_is_dropped(push, monkeypatch, limit):
    kept("first")
    for name, value in limit.items():
        monkeypatch.setattr(pressure, name, value)
    with pytest.raises(actions.Pressed):
        push("second")
    monkeypatch.undo()
    pressure.forget()
    assert push("second")[1]
    assert [one.seq for one in waiting()] == [1]  # the second is not committed by this test


def waiting():
    with pool().database.connect() as link:
        return inbox.waiting(link)
