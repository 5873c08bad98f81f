import pytest

from steelyard.pool import Pool
from steelyard.web.intake import asking, jobs
from steelyard.web.intake.actions import fetch_now, pause
from steelyard.web.intake.catalogue_files import interfaces
from steelyard.web.intake.models import Order, OrderState
from steelyard.web.intake.tests import made_runs as made
from steelyard.web.intake.tests import small_delivery as small
from steelyard.web.orgs import clock

pytestmark = pytest.mark.django_db


def waiting(name):
    from procrastinate.contrib.django.models import ProcrastinateJob

    return ProcrastinateJob.objects.filter(task_name=name, status="todo")


@pytest.fixture
def due(intake, monkeypatch):
    """The one interface is due."""
    monkeypatch.setattr(Pool, "due", lambda self, now=None: [interfaces()[small.INTERFACE]])


def test_a_due_interface_is_asked_once_however_often_the_clock_ticks(due):
    for _tick in range(3):
        jobs.ask_due()
    assert waiting("intake.fetch_interface").count() == 1
    assert waiting("intake.fetch_interface").get().lock == f"interface {small.INTERFACE}"


def test_a_paused_interface_is_not_asked(due, intake):
    pause(interfaces()[small.INTERFACE], by=intake.steward, reason="x")
    jobs.ask_due()
    assert not waiting("intake.fetch_interface").exists()


def lay(settings, *lines):
    folder = settings.STEELYARD_HOME.inbox / "agriculture"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / small.FILE
    path.write_bytes(small.content(*lines))
    return path


def test_a_fetch_lands_what_lies_there_and_the_models_look_once(intake, settings):
    lay(settings)
    jobs.fetch_interface(interface=small.INTERFACE)
    jobs.fetch_interface(interface=small.INTERFACE)
    assert waiting("intake.look").count() == 1
    assert [run["state"] for run in asking_runs()] == ["nothing", "ok"]


def asking_runs():
    from steelyard.web.intake import runs

    return runs.runs_of(small.INTERFACE)


def test_a_fetch_that_brings_nothing_wakes_no_model(intake):
    jobs.fetch_interface(interface=small.INTERFACE)
    assert not waiting("intake.look").exists()


def test_an_interface_that_left_the_catalogue_is_passed_over(intake):
    jobs.fetch_interface(interface="nobody/nothing")
    assert asking_runs() == []


def test_an_ordered_fetch_tells_what_came(intake, settings):
    lay(settings)
    order = fetch_now(interfaces()[small.INTERFACE], by=intake.steward)
    jobs.fulfil(order_id=order.pk)
    done = Order.objects.get(pk=order.pk)
    assert done.state == OrderState.DONE
    assert [done.result["receipts"][0][name] for name in ("received", "admitted", "quarantined")] == [5, 3, 2]


def test_an_order_is_not_fulfilled_twice(intake, settings):
    lay(settings)
    order = fetch_now(interfaces()[small.INTERFACE], by=intake.steward)
    jobs.fulfil(order_id=order.pk)
    jobs.fulfil(order_id=order.pk)
    assert len(asking_runs()) == 1


def test_the_watch_opens_an_incident_for_what_is_late_and_closes_it_when_rows_come(landed, intake):
    made.execute("UPDATE engine.delivery SET received_on = received_on - 400")
    asking.judge_lateness(clock.now())
    assert open_kinds() == ["late"]
    made.execute("UPDATE engine.delivery SET received_on = received_on + 400")
    asking.judge_lateness(clock.now())
    assert open_kinds() == []


def open_kinds():
    from steelyard.web.intake import runs

    return [one["kind"] for one in runs.open_incidents().get(small.INTERFACE, [])]


def test_after_a_look_findings_and_public_pages_are_taken_over(landed):
    jobs.look(upload_id=landed.pk)
    landed.refresh_from_db()
    assert set(landed.findings) == {"new", "changed", "vanished", "unchanged"}
    assert waiting("cases.pull_findings").exists()
    assert waiting("people.publish_pages").exists()
